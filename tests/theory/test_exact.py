"""What the theory chapters share: random rational peaks, slopes, the open kink,
and how networks answer to their weights."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from helpers.exact import forward, rational_peaks, scales, series, valleys, waves
from hypothesis import given
from hypothesis import strategies as st

import compnet_lib as cn
from compnet_book import exact

POINTS = [Fraction(2 * k + 1, 64) for k in range(32)]


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


@given(rational_peaks(2, 5), st.sampled_from([1, -1]))
def test_the_network_of_scales_computes_the_series(peaks, sign):
    *peaks, closing = peaks
    net = exact.direct_network(peaks, sign, closing)
    s = scales(peaks, sign, closing)
    assert list(net(POINTS)[0]) == [series(x, peaks, sign, s) for x in POINTS]
    first_rows = [w[0, 0, 1] for w in net.weights[1:]]
    assert first_rows == [sign * size / a for size, a in zip(s, peaks)]
    for signals, wave in zip(forward(net, 0, POINTS[0])[1:], waves(POINTS[0], peaks)[:-1]):
        assert signals[1] == wave, "at full size"


@pytest.mark.parametrize("wrong", [[], [Fraction(3, 2)], [0.5], [Fraction(1, 2), 1]])
def test_the_network_of_scales_refuses_what_is_no_peak(wrong):
    with pytest.raises((TypeError, ValueError), match="peaks|closing"):
        exact.direct_network(wrong, 1, Fraction(1, 2))


def changed(net, layer, place, step):
    """The network with one weight, or one bias, changed."""
    weights, biases = (
        [w.copy() for w in net.weights],
        [b if b is None else b.copy() for b in net.biases],
    )
    (weights if len(place) == 3 else biases)[layer][place] += step
    return cn.ReLUNet(weights, biases)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("build", [exact.direct_network, cn.compositional])
def test_sensitivity_is_the_quotient_of_differences(build, sign):
    """The output is linear in a small change of one weight, and linear between two close points."""
    peaks = [Fraction(2, 5), Fraction(3, 7), Fraction(1, 3)]
    net = build(peaks, sign, Fraction(1, 2))
    x = np.array(POINTS[::5])
    found = exact.sensitivity(net, x)
    step, gap = Fraction(1, 10**9), Fraction(1, 10**5)
    wanted = {}
    for layer, (w, b) in enumerate(zip(net.weights, net.biases)):
        places = [(0, *place) for place in np.argwhere(w[0])]
        places += [] if b is None else [(0, place) for place in np.flatnonzero(b[0])]
        for place in places:
            other = changed(net, layer, place, step)
            values = [(other(at)[0] - net(at)[0]) / step for at in (x, x + gap)]
            weight = (w if len(place) == 3 else b)[place]
            row = weight, *values[0], *(values[1] - values[0]) / gap
            wanted[row] = wanted.get(row, 0) + 1
    rows = {}
    for row in zip(found.weights, *found.values.T, *found.slopes.T):
        rows[row] = rows.get(row, 0) + 1
    assert len(found.weights) == sum(wanted.values()) and rows == wanted


@pytest.mark.parametrize(
    ("net", "error", "named"),
    [
        (cn.default_init(1), TypeError, "Fractions"),
        (cn.ReLUNet.concatenate([cn.compositional(POINTS[:1], 1)] * 2), ValueError, "one member"),
    ],
)
def test_sensitivity_of_one_exact_network(net, error, named):
    with pytest.raises(error, match=named):
        exact.sensitivity(net, POINTS)


def rotation(v):
    """The reflection along a vector of integers: orthogonal, and rational."""
    return np.eye(len(v), dtype=int) - 2 * np.outer(v, v) * Fraction(1, int(np.dot(v, v)))


@pytest.mark.parametrize(
    "values",
    [
        [1, 1],
        [5, 3, 0],
        [1, Fraction(1, 10**12)],
        [7, 1, Fraction(1, 10**30), 0, 0],
        [10**400, 10**380],
    ],
)
def test_condition_numbers_beyond_floats(values):
    """Of rotated diagonal matrices, more columns than rows and the other way round."""
    rows, columns = len(values), len(values) + 2
    middle = np.zeros((rows, columns), dtype=object)
    middle[np.arange(rows), np.arange(rows)] = values
    matrix = rotation(np.arange(1, rows + 1)) @ middle @ rotation(np.arange(2, columns + 2))
    wanted = float(Fraction(max(values)) / min(filter(None, values)))
    for turned in (matrix, matrix.T):
        assert exact.condition_number(turned) == pytest.approx(wanted, rel=1e-10)


@pytest.mark.parametrize(
    ("matrix", "error"), [([[0.5]], TypeError), ([[0, 0]], ValueError), ([1, 2], ValueError)]
)
def test_no_condition_number(matrix, error):
    with pytest.raises(error, match="matrix"):
        exact.condition_number(matrix)


def test_sensitivity_at_exact_points():
    with pytest.raises(TypeError, match="x must hold Fractions"):
        exact.sensitivity(cn.compositional(POINTS[:1], 1), [0.5])
