from fractions import Fraction as Q

import numpy as np
import pytest
import sympy as sp
import torch
from helpers import exact
from helpers.exact import float_peaks, rational_peaks, rationals, signs, valleys
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

import compnet_lib as cn

polynomials = st.lists(st.fractions(-3, 3, max_denominator=6), min_size=1, max_size=5)
CURVES = [
    cn.Target.from_formula("x^3 - x/2 + 1/3", interval=(-1, 2), line=(0.25, 1.5)),
    cn.TARGETS["x^2"],
    cn.TARGETS["x^11"],
]


def integral(coefficients, low, high):
    return sum(c * (high ** (k + 1) - low ** (k + 1)) / (k + 1) for k, c in enumerate(coefficients))


@given(rational_peaks(1, 3))
def test_gram_is_the_integral_piece_by_piece(peaks):
    """Simpson's rule is exact for the product of two lines."""
    V = valleys(peaks)
    curve = lambda x: [x, *exact.waves(x, peaks)]
    found = 0
    for u, v in zip(V, V[1:]):
        left, middle, right = (np.array(curve(x), dtype=object) for x in (u, (u + v) / 2, v))
        found = found + (v - u) / 6 * (
            np.outer(left, left) + 4 * np.outer(middle, middle) + np.outer(right, right)
        )
    assert (cn.gram(peaks) == found).all()


@given(polynomials, rational_peaks(1, 3))
def test_moments_are_the_integrals_piece_by_piece(polynomial, peaks):
    """On a cell a wave is a line c + m x, and p(x)(c + m x) a polynomial."""
    V = valleys(peaks)
    found = np.zeros(len(peaks) + 1, object)
    for u, v in zip(V, V[1:]):
        for i, (at_u, at_v) in enumerate(
            zip([u, *exact.waves(u, peaks)], [v, *exact.waves(v, peaks)])
        ):
            m = (at_v - at_u) / (v - u)
            c = at_u - m * u
            product = [c * p + m * q for p, q in zip([*polynomial, 0], [0, *polynomial])]
            found[i] += integral(product, u, v)
    assert list(cn.moments(polynomial, peaks)) == list(found)


@given(rational_peaks(1, 4), signs, rationals, st.sampled_from(CURVES))
def test_the_series_error_is_the_networks_own(peaks, sign, closing, target):
    net = cn.compositional(peaks, sign, closing)
    alpha, beta = map(Q, target.line)
    low, high = map(Q, target.interval)
    curve = cn.piecewise_linear(net)[0]
    knots, values = curve.on(0, 1)
    laid = cn.PiecewiseLinear(low + (high - low) * knots, alpha + beta * values, Q(0), Q(0))
    assert cn.series_mse(peaks, target, sign, closing) == laid.squared_error(target) / (high - low)


@given(
    rational_peaks(3, 3), st.lists(st.fractions(-2, 2, max_denominator=9), min_size=3, max_size=3)
)
def test_the_series_error_takes_free_ratios(peaks, ratios):
    """Against the inner products of the error with itself, one by one."""
    s = np.cumprod(np.array(ratios, dtype=object))
    v = np.array([Q(1), *(-s)], dtype=object)
    square = [0, 0, 0, 0, 0, 0, Q(1)]
    wanted = (
        v @ cn.gram(peaks) @ v
        - 2 * v @ cn.moments([0, 0, 0, 1], peaks)
        + integral(square, Q(0), Q(1))
    )
    assert cn.series_mse(peaks, cn.TARGETS["x^3"], -1, ratios=ratios) == wanted


@pytest.mark.parametrize("target", CURVES, ids=lambda target: target.name)
def test_the_series_error_equals_numerical_quadrature(target):
    rng = np.random.default_rng(3)
    peaks, (low, high), (alpha, beta) = rng.uniform(0.1, 0.9, (2, 5)), target.interval, target.line
    for row, found in zip(peaks, cn.series_mse(peaks, target)):
        error = lambda u: (
            (
                alpha
                + beta * cn.series(np.array([u]), row, target.sign)[0]
                - float(target(low + (high - low) * u))
            )
            ** 2
        )
        V = cn.mesh(row)
        wanted = sum(quad(error, u, v, epsabs=1e-15, epsrel=1e-13)[0] for u, v in zip(V, V[1:]))
        assert abs(found - wanted) < 1e-12 * max(1, target(np.linspace(low, high, 9)).max() ** 2)


@given(st.lists(float_peaks(8, 8), min_size=1, max_size=3))
def test_floats_keep_their_digits_at_degree_eleven(rows):
    """The folds average Bernstein coefficients; powers of x would lose a digit a fold."""
    exactly = [cn.moments([0] * 11 + [1], [Q(a) for a in row]) for row in rows]
    np.testing.assert_allclose(
        cn.moments([0] * 11 + [1], np.array(rows)), np.array(exactly, dtype=float), rtol=1e-13
    )


def test_the_error_of_halves_is_known():
    """16^-d/30, Yarotsky's sum."""
    for depth in range(1, 9):
        assert cn.series_mse([Q(1, 2)] * depth, cn.TARGETS["x^2"]) == Q(1, 30 * 16**depth)


def test_every_kind_of_number_gives_the_same_integrals():
    peaks, target = [Q(1, 3), Q(3, 4), Q(2, 5)], cn.TARGETS["x^3"]
    wanted = cn.series_mse(peaks, target)
    symbols = sp.symbols("a:3", positive=True)
    filled = lambda e: Q(
        str(sp.sympify(e).subs(dict(zip(symbols, map(sp.Rational, map(str, peaks))))))
    )
    assert filled(cn.series_mse(list(symbols), target)) == wanted
    assert [filled(m) for m in cn.moments([1, 2], list(symbols))] == list(cn.moments([1, 2], peaks))
    assert cn.series_mse([sp.Rational(str(a)) for a in peaks], target) == sp.Rational(str(wanted))
    tensor = torch.tensor([[float(a) for a in peaks]] * 2, dtype=torch.float64, requires_grad=True)
    assert abs(cn.series_mse(tensor, target).detach().numpy() - float(wanted)).max() < 1e-15
    assert torch.autograd.gradcheck(lambda a: cn.series_mse(a, target, [1, -1]), tensor)
    assert cn.series_mse(np.full((2, 3), 0.4, np.float32), target).dtype == np.float32


@given(st.lists(float_peaks(3, 3), min_size=1, max_size=4))
def test_a_stack_of_integrals_is_its_rows(rows):
    peaks, closing = np.array(rows), np.linspace(0.3, 0.7, len(rows))
    for i, row in enumerate(rows):
        np.testing.assert_array_equal(
            cn.moments([1, 0, 2], peaks)[i], cn.moments([1, 0, 2], np.array(row))
        )
        np.testing.assert_allclose(
            cn.series_mse(peaks, CURVES[0], None, closing)[i],
            cn.series_mse(np.array(row), CURVES[0], None, closing[i]),
            rtol=0,
            atol=1e-14,
        )
