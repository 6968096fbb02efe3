"""What the theory chapters share: random rational peaks, slopes, and the open kink."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from helpers.exact import rational_peaks, valleys, waves
from hypothesis import given
from hypothesis import strategies as st

from compnet_book import exact


@pytest.mark.parametrize(("over", "margin"), [(97, 1), (97, 5), (20, 3), (2, 1)])
def test_random_peaks_fill_their_range(over, margin):
    drawn = exact.rational_peaks(np.random.default_rng(0), 2000, over, margin)
    wanted = {Fraction(k, over) for k in range(margin, over - margin + 1)}
    assert len(drawn) == 2000 and set(drawn) == wanted
    assert drawn == exact.rational_peaks(np.random.default_rng(0), 2000, over, margin)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"count": -1}, "count"), ({"margin": 0}, "margin"), ({"over": 20, "margin": 11}, "margin")],
)
def test_no_peak_outside(wrong, named):
    with pytest.raises(ValueError, match=named):
        exact.rational_peaks(np.random.default_rng(0), **{"count": 2} | wrong)


def test_slopes_of_rows():
    x = np.array([Fraction(0), Fraction(1, 3), Fraction(1)])
    y = np.array([[Fraction(0), Fraction(1), Fraction(0)], [Fraction(2), Fraction(2), Fraction(3)]])
    assert exact.chord_slopes(x, y).tolist() == [[3, Fraction(-3, 2)], [0, Fraction(3, 2)]]
    assert exact.chord_slopes(x, y[0]).tolist() == [3, Fraction(-3, 2)]


@given(rational_peaks(2, 4), st.data())
def test_the_open_kink_is_the_change_of_slope(peaks, data):
    """At x = a_0 the slope of s_0 W_0 + ... + s_N W_N changes by -(L + R) K_{0,N}."""
    fractions = st.fractions(-1, 1, max_denominator=9)
    scales = data.draw(st.lists(fractions, min_size=len(peaks), max_size=len(peaks)))
    a, step = peaks[0], Fraction(1, 21 ** (len(peaks) + 1))  # shorter than any piece
    for last in range(len(peaks)):
        sums = [
            sum(s * w for s, w in zip(scales[: last + 1], waves(x, peaks)))
            for x in (a - step, a, a + step)
        ]
        before, after = ((v - u) / step for u, v in pairwise(sums))
        found = exact.open_kink(scales, peaks, 0, last)
        assert after - before == -(1 / a + 1 / (1 - a)) * found


@given(rational_peaks(1, 5))
def test_a_bend_is_the_peak_of_one_generation(peaks):
    knots, depth = valleys(peaks), len(peaks)
    for number, x in enumerate(knots[1:-1], 1):
        i = exact.generation(number, depth)
        assert waves(x, peaks)[i] == 1
        reach = number & -number
        beside = [waves(knots[number + side * reach], peaks)[i] for side in (-1, 1)]
        assert beside == [0, 0] and reach == 2 ** (depth - i - 1)


@pytest.mark.parametrize("bend", [-1, 0, 8, 9])
def test_the_ends_are_no_bends(bend):
    with pytest.raises(ValueError, match="bend"):
        exact.generation(bend, 3)
