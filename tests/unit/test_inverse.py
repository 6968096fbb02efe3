from fractions import Fraction as Q

import numpy as np
import pytest
from helpers.exact import float_peaks, rational_peaks, rationals, signs
from hypothesis import given
from hypothesis import strategies as st

import compnet_lib as cn


def wave_sum(peaks, C, tail=None):
    """F with the scales of (4), the given peaks first and ½ for ever after:
    there Φ = t(1 - t)/2, so the sum is finite. `tail` replaces it."""

    def F(x):
        total, w, c = 0, x, C
        for a, following in zip(peaks, [*peaks[1:], type(peaks[0])(1) / 2]):
            w, c = cn.triangle(w, a), c * a * (1 - a)
            total = total + c * following * w
        return total + c * (w * (1 - w) / 2 if tail is None else tail(w))

    return F


def slopes(peaks, C):
    return C * (1 - peaks[0]), -C * peaks[0]


def h(x, peaks):
    """h of the sequence that goes on with ½, from the two branches of the functional equation."""
    if not len(peaks):
        return x
    a = peaks[0]
    return (1 - a) * h(x / a, peaks[1:]) if x <= a else 1 - a * h((1 - x) / (1 - a), peaks[1:])


@given(rational_peaks(1, 6), st.fractions(Q(1, 9), 9, max_denominator=9))
def test_peaks_come_back_exactly_from_a_rational_function(peaks, C):
    found = cn.recover_peaks(wave_sum(peaks, C), len(peaks), slopes(peaks, C))
    assert list(found) == peaks and all(isinstance(a, Q) for a in found)


@given(st.lists(st.floats(0.1, 0.9), min_size=8, max_size=8), st.floats(0.1, 10))
def test_peaks_come_back_to_ten_digits_at_depth_8(peaks, C):
    np.testing.assert_allclose(
        cn.recover_peaks(wave_sum(np.array(peaks), C), 8, slopes(peaks, C)),
        peaks,
        rtol=0,
        atol=1e-10,
    )


def test_more_peaks_than_were_put_in_are_halves():
    peaks = [Q(1, 3), Q(4, 5)]
    assert list(cn.recover_peaks(wave_sum(peaks, Q(2)), 6, slopes(peaks, Q(2)))) == [
        *peaks,
        *[Q(1, 2)] * 4,
    ]


@given(rational_peaks(1, 5), signs, rationals)
def test_peaks_come_back_exactly_from_a_rational_network(peaks, sign, closing):
    net = cn.compositional(peaks, sign, closing)
    assert (
        list(cn.recover_peaks(net, len(peaks))[0])
        == list(cn.recover_peaks(cn.piecewise_linear(net)[0], len(peaks)))
        == peaks
    )


@given(st.lists(st.floats(0.1, 0.9), min_size=8, max_size=8), signs)
def test_peaks_come_back_to_ten_digits_from_a_network_of_depth_8(peaks, sign):
    np.testing.assert_allclose(
        cn.recover_peaks(cn.compositional(np.array([peaks]), sign), 8)[0], peaks, rtol=0, atol=1e-10
    )


def test_free_scales_do_not_hide_the_peaks():
    peaks = [Q(1, 3), Q(2, 7), Q(3, 5)]
    assert (
        list(cn.recover_peaks(cn.compositional(peaks, 1, ratios=[Q(1), Q(1, 7), Q(2, 3)]), 3)[0])
        == peaks
    )


def test_a_stack_of_networks_gives_a_row_each():
    peaks = cn.sample_peaks(5, 4, 0)
    np.testing.assert_allclose(
        cn.recover_peaks(cn.compositional(peaks, [1, -1, 1, -1, 1]), 4), peaks, rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("p", [3, 4, 11])
def test_powers_are_not_representable(p):
    """x - x^p: its end slopes and its values contradict each other; exactly and in floats."""
    for one in (Q(1), 1.0):
        with pytest.raises(ValueError, match="F must be a sum of waves, and is not"):
            cn.recover_peaks(lambda x: x - x**p, 4, (one, (1 - p) * one))


@pytest.mark.parametrize("number", [Q, float])
def test_what_goes_wrong_at_the_last_level_only_is_noticed(number):
    """After three levels the tail is another concave curve, t(1 - t²)/3:
    it has the slopes and the first value of no sum of waves there."""
    peaks = [number(Q(1, 3)), number(Q(3, 4)), number(Q(2, 5))]
    F = wave_sum(peaks, number(1), tail=lambda t: t * (1 - t * t) / 3)
    assert cn.recover_peaks(F, 3, slopes(peaks, number(1))) == pytest.approx(peaks, abs=1e-9)
    with pytest.raises(ValueError, match="F must be a sum of waves, and is not"):
        cn.recover_peaks(F, 5, slopes(peaks, number(1)))


def test_a_bend_in_the_wrong_place_is_noticed():
    """The leftmost knots are those of peaks 1/2, 1/2, the others are not; then right knots,
    but unequal heights."""
    knots = np.array([Q(0), Q(1, 4), Q(1, 2), Q(2, 3), Q(1)], dtype=object)
    shape = lambda x, y: cn.PiecewiseLinear(
        np.array(x, dtype=object), np.array(y, dtype=object), Q(0), Q(0)
    )
    with pytest.raises(ValueError, match="x = 0.6"):
        cn.recover_peaks(shape(knots, [Q(0), Q(1, 3), Q(1, 2), Q(1, 2), Q(0)]), 2)
    quarters = [Q(k, 4) for k in range(5)]
    with pytest.raises(ValueError, match="x = 0.75"):
        cn.recover_peaks(shape(quarters, [Q(0), Q(1, 3), Q(1, 2), Q(1, 4) + Q(1, 13), Q(0)]), 2)
    assert (
        list(cn.recover_peaks(shape(quarters, [Q(0), Q(1, 3), Q(1, 2), Q(1, 3), Q(0)]), 2))
        == [Q(1, 2)] * 2
    )


def test_a_random_network_is_not_compositional():
    with pytest.raises(ValueError, match="linear regions"):
        cn.recover_peaks(cn.default_init(1, 5, 4, 0), 5)


@given(float_peaks(1, 8))
def test_greedy_peaks_are_the_peaks_of_a_sum_of_waves(peaks):
    """For representable h the greedy sequence is the sequence."""
    curve = np.vectorize(lambda x: h(x, peaks), otypes=[float])
    np.testing.assert_allclose(
        cn.retract(curve, len(peaks) + 2), [*peaks, 0.5, 0.5], rtol=0, atol=1e-9
    )


@pytest.mark.parametrize("p", [2, 3, 5, 11])
def test_greedy_peaks_of_powers_solve_one_equation(p):
    """h = x^(p-1): every peak is the root of a^(p-1) + a = 1, found here as a polynomial's."""
    roots = np.roots([1, *[0] * (p - 3), 1, -1]) if p > 2 else np.array([0.5])
    root = next(r.real for r in roots if abs(r.imag) < 1e-12 and 0 < r.real < 1)
    np.testing.assert_allclose(cn.retract(lambda x: x ** (p - 1), 12), root, rtol=0, atol=1e-13)


def test_greedy_peaks_of_flipped_curves_are_flipped():
    """The inverse of h flips every peak."""
    np.testing.assert_allclose(
        cn.retract(np.square, 8) + cn.retract(np.sqrt, 8), 1, rtol=0, atol=1e-12
    )
