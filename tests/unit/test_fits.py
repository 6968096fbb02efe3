"""Errors of splines and polynomials, by routes that use no panels."""

import numpy as np
import pytest
from scipy.interpolate import make_lsq_spline

import compnet_lib as cn
from compnet_lib.functions import fits

ROOT = cn.Target.read("sqrt(x)")
CURVES = [cn.TARGETS["sin"], cn.Target.read("exp(x) on -1 to 2"), ROOT]


def test_polynomials_against_the_root():
    """With n Legendre coefficients the error is the tail of a known series."""
    k = np.arange(6, 200_000, dtype=float)
    tail = (4 * (2 * k + 1) / ((2 * k - 1) * (2 * k + 1) * (2 * k + 3)) ** 2).sum()
    assert fits.polynomial_mse(ROOT, 6) == pytest.approx(tail, rel=1e-6)
    assert fits.polynomial_mse(cn.TARGETS["x^3"], 4) < 1e-28


def test_cubic_splines_are_least_squares_on_equal_intervals():
    curve, (low, high) = CURVES[1], CURVES[1].interval
    x = np.linspace(low, high, 200_001)
    knots = np.concatenate([[low] * 3, np.linspace(low, high, 5), [high] * 3])
    dense = make_lsq_spline(x, curve(x), knots)(x) - curve(x)
    assert fits.cubic_mse(curve, 7) == pytest.approx((dense**2).mean(), rel=1e-3)
    assert fits.cubic_mse(cn.TARGETS["x^3"], 5) < 1e-28


@pytest.mark.parametrize(("fit", "least"), [(fits.cubic_mse, 5), (fits.polynomial_mse, 1)])
def test_too_few_coefficients(fit, least):
    assert fit(ROOT, least) > 0
    with pytest.raises(ValueError, match=f"coefficients must be at least {least}"):
        fit(ROOT, least - 1)


def test_a_polynomial_of_many_coefficients_leaves_rounding():
    """Its inner products are those of polynomials of degree 180, which oscillate at the ends."""
    for curve in CURVES[:2]:
        assert fits.polynomial_mse(curve, 93) < 1e-26


@pytest.mark.parametrize(("fit", "many"), [(fits.cubic_mse, 10**9), (fits.polynomial_mse, 10**6)])
def test_coefficients_that_do_not_fit_into_memory_are_refused(fit, many):
    with pytest.raises(ValueError, match=f"coefficients must be smaller, got {many}: .* memory"):
        fit(ROOT, many)
