import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import compnet_lib as cn
from compnet_lib.functions import splines

CURVES = [
    cn.TARGETS["x^3"],
    cn.TARGETS["x^11"],
    cn.TARGETS["sin"],
    cn.TARGETS["tanh"],
    cn.Target.read("exp(x) on -1 to 2"),
]
each = pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)


@pytest.mark.parametrize("pieces", [1, 2, 3, 8, 33])
def test_for_the_parabola_equal_pieces_are_best(pieces):
    """On each piece of width h the best line of x² misses it by h⁵/180 in all."""
    curve = cn.TARGETS["x^2"]
    found = cn.free_knot_spline(curve, pieces)
    np.testing.assert_allclose(found.mse, 1 / (180 * pieces**4), rtol=1e-9)
    np.testing.assert_allclose(found.knots, np.linspace(0, 1, pieces + 1), atol=1e-6)
    np.testing.assert_allclose(splines.uniform_spline(curve, pieces).mse, found.mse, rtol=1e-9)
    np.testing.assert_allclose(splines.free_knot_bound(curve, pieces), found.mse, rtol=1e-9)


@pytest.mark.parametrize(
    "curve, value",
    [*zip(CURVES, (8.96e-9, 8.01e-9, 2.63e-9, 7.05e-9))],
    ids=lambda one: getattr(one, "name", ""),
)
def test_thirty_two_free_knots(curve, value):
    np.testing.assert_allclose(cn.free_knot_spline(curve, 32).mse, value, rtol=5e-3)


@each
@pytest.mark.parametrize("pieces", [2, 5, 12])
def test_free_knots_do_what_dynamic_programming_finds_on_a_grid(curve, pieces):
    """From below: the grid's partitions are some of those that are free;
    and not by more than a finer grid gains."""
    found, rough, fine = (
        cn.free_knot_spline(curve, pieces).mse,
        splines.grid_spline(curve, pieces, 300),
        splines.grid_spline(curve, pieces, 600),
    )
    assert (
        found <= fine * (1 + 1e-9)
        and fine <= rough * (1 + 1e-9)
        and fine - found < max(rough - fine, 1e-3 * found)
    )


@each
def test_the_bound_is_what_many_pieces_approach(curve):
    ratios = [
        cn.free_knot_spline(curve, pieces).mse / splines.free_knot_bound(curve, pieces)
        for pieces in (16, 32, 64)
    ]
    assert abs(ratios[2] - 1) < 0.02 and abs(ratios[2] - 1) < abs(ratios[0] - 1) + 1e-3
    assert splines.pieces_for(curve, splines.free_knot_bound(curve, 20)) == pytest.approx(20)


@each
def test_a_spline_is_the_least_squares_fit_on_its_knots(curve):
    """By a dense weighted least-squares problem in hat functions."""
    spline = splines.uniform_spline(curve, 7)
    at, weight = np.polynomial.legendre.leggauss(20)
    x = (spline.knots[:-1, None] + np.diff(spline.knots)[:, None] * (at + 1) / 2).ravel()
    root = np.sqrt((np.diff(spline.knots)[:, None] * weight / 2).ravel())
    hats = np.stack([np.interp(x, spline.knots, row) for row in np.eye(8)], axis=1)
    values = np.linalg.lstsq(hats * root[:, None], curve(x) * root, rcond=None)[0]
    np.testing.assert_allclose(spline.values, values, atol=1e-12)
    np.testing.assert_allclose(
        spline.mse,
        (((hats @ values - curve(x)) * root) ** 2).sum() / np.ptp(spline.knots),
        rtol=1e-8,
    )


@given(st.lists(st.floats(0.02, 1), min_size=2, max_size=9), st.sampled_from(CURVES))
def test_on_given_knots_what_is_left_is_orthogonal_to_every_hat(widths, curve):
    low, high = curve.interval
    knots = np.concatenate(
        [[low], low + (high - low) * np.cumsum(widths)[:-1] / np.sum(widths), [high]]
    )
    spline = splines.fitted_spline(curve, knots)
    at, weight = np.polynomial.legendre.leggauss(20)
    x, weight = (
        (knots[:-1, None] + np.diff(knots)[:, None] * (at + 1) / 2).ravel(),
        (np.diff(knots)[:, None] * weight / 2).ravel(),
    )
    left = spline(x) - curve(x)
    for hat in np.eye(len(knots)):
        assert abs((weight * left * np.interp(x, knots, hat)).sum()) < 1e-9 * np.abs(curve(x)).max()
    np.testing.assert_allclose(spline.mse, weight @ left**2 / (high - low), rtol=1e-8)
    assert cn.free_knot_spline(curve, len(knots) - 1).mse <= spline.mse * (1 + 1e-9)


@each
def test_its_error_is_that_of_its_piecewise_linear_function(curve):
    spline = cn.free_knot_spline(curve, 9)
    low, high = curve.interval
    np.testing.assert_allclose(
        spline.piecewise_linear().squared_error(curve) / (high - low), spline.mse, rtol=1e-8
    )
    x = np.linspace(low, high, 101)
    np.testing.assert_allclose(spline(x), spline.piecewise_linear()(x), rtol=1e-12, atol=1e-12)


@given(st.lists(st.floats(0.02, 1), min_size=3, max_size=6), st.sampled_from(CURVES))
def test_the_derivative_by_the_knots(widths, curve):
    """The formula in `free_knot_spline` against central differences."""
    low, high = curve.interval
    knots = low + (high - low) * np.concatenate([[0], np.cumsum(widths) / np.sum(widths)])
    slopes = splines._fitted(curve, knots)[1]
    for k in range(1, len(knots) - 1):
        move = np.zeros(len(knots))
        move[k] = 1e-6 * (high - low)
        ends = [splines._fitted(curve, knots + side * move)[0].mse for side in (-1, 1)]
        np.testing.assert_allclose(
            slopes[k - 1], (ends[1] - ends[0]) / (2 * move[k]), rtol=1e-4, atol=1e-9
        )


def test_a_polygon_has_no_density_of_knots_but_a_best_fit():
    curve = cn.Target.read("abs(x) on -1 to 2")
    assert cn.free_knot_spline(curve, 1).mse == splines.uniform_spline(curve, 1).mse
    assert cn.free_knot_spline(curve, 3).mse < 1e-8


def test_no_second_derivative_is_needed():
    with_it, plain = cn.TARGETS["tanh"], cn.Target("tanh", lambda x: np.tanh(3 * x))
    np.testing.assert_allclose(
        splines.free_knot_bound(plain, 10), splines.free_knot_bound(with_it, 10), rtol=1e-3
    )
    np.testing.assert_allclose(
        cn.free_knot_spline(plain, 10).mse, cn.free_knot_spline(with_it, 10).mse, rtol=1e-6
    )


@pytest.mark.parametrize(
    "call, error, name",
    [
        (lambda: cn.free_knot_spline("x^3", 3), TypeError, "target"),
        (lambda: cn.free_knot_spline(CURVES[0], 0), ValueError, "pieces"),
        (lambda: cn.free_knot_spline(CURVES[0], 2.5), TypeError, "pieces"),
        (lambda: splines.uniform_spline(3, 3), TypeError, "target"),
        (lambda: splines.uniform_spline(CURVES[0], 0), ValueError, "pieces"),
        (lambda: splines.fitted_spline(3, [0, 1]), TypeError, "target"),
        (lambda: splines.fitted_spline(CURVES[0], "01"), TypeError, "knots"),
        (lambda: splines.fitted_spline(CURVES[0], [0, 0.5, 0.5, 1]), ValueError, "knots"),
        (lambda: splines.fitted_spline(CURVES[0], [0, 0.5]), ValueError, "knots"),
        (lambda: splines.fitted_spline(CURVES[0], [[0, 1]]), ValueError, "knots"),
        (lambda: splines.fitted_spline(CURVES[0], [0, np.nan, 1]), ValueError, "knots"),
        (lambda: splines.free_knot_bound(None, 3), TypeError, "target"),
        (lambda: splines.free_knot_bound(CURVES[0], 0), ValueError, "pieces"),
        (lambda: splines.free_knot_bound(CURVES[0], "3"), TypeError, "pieces"),
        (lambda: splines.pieces_for(CURVES[0], 0), ValueError, "mse"),
        (lambda: splines.grid_spline(CURVES[0], 5, 4), ValueError, "points"),
        (lambda: splines.grid_spline(None, 5), TypeError, "target"),
        (lambda: splines.grid_spline(CURVES[0], 0), ValueError, "pieces"),
    ],
)
def test_bad_arguments_are_named(call, error, name):
    with pytest.raises(error, match=rf"\b{name} must"):
        call()


STEEP = ["exp(-300*x)", "1/(x+0.001)", "sqrt(x)", "asin(x)", "tanh(500*(x-0.3))"]


@pytest.mark.parametrize("text", STEEP)
def test_errors_of_steep_curves_are_integrals(text):
    """Those of the library's exact functions, which high-precision quadrature checks; and of the
    free knots none is left where another place on a fine grid is better."""
    curve = cn.Target.from_formula(text, line=(0, 1))
    for spline in (splines.uniform_spline(curve, 6), cn.free_knot_spline(curve, 6)):
        found, error = spline.piecewise_linear().squared_error(curve, with_error=True)
        assert abs(spline.mse - found) <= error + spline.error
        assert spline.error < 1e-6 * spline.mse
    convex = text != STEEP[-1]
    assert spline.mse < splines.grid_spline(curve, 6, 1200) * (1 + 1e-9) or not convex


def test_an_interrupt_keeps_the_best_knots_so_far():
    left = [10**9]

    def curve(x):
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return np.tanh(500 * (x - 0.3))

    target = cn.Target("step", curve)
    target.panels  # found before
    reached = []
    for calls in (5, 12):
        left[0] = calls
        with pytest.raises(cn.Interrupted, match="after [0-9]+ evaluations") as stop:
            cn.free_knot_spline(target, 12)
        reached.append(stop.value.result.mse)
    left[0] = 10**9
    assert splines.uniform_spline(target, 12).mse > reached[0] > reached[1]
    assert reached[1] > cn.free_knot_spline(target, 12).mse


def test_pieces_that_do_not_fit_into_memory_are_refused():
    with pytest.raises(ValueError, match="pieces must be smaller, got 1000000000: .* memory"):
        cn.free_knot_spline(cn.TARGETS["sin"], 10**9)
    with pytest.raises(ValueError, match="points must be smaller"):
        splines.grid_spline(cn.TARGETS["sin"], 4, 10**6)
