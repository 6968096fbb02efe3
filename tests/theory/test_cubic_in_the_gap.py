"""Between the data: what only the output weights, trained from a flat start, lead to."""

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import quad
from scipy.interpolate import CubicHermiteSpline, CubicSpline

import compnet_lib as cn
from compnet_lib.experiments import (
    beside_gap,
    cubic_in_gap,
    flat_start,
    gap_curves,
    gap_roughness,
    output_limit,
)
from compnet_lib.experiments.function_space._cubic import DRAWS, share_beyond
from compnet_lib.experiments.function_space._gaps import GAP

X = beside_gap(5)
Y = np.random.default_rng(11).normal(size=X.size)
INSIDE = np.linspace(*GAP, 101)


def neurons(net):
    """w, b, v of the one member of a stack."""
    return net.weights[0][0, :, 0], net.biases[0][0], net.weights[1][0, 0]


@pytest.mark.parametrize("draw", DRAWS)
def test_the_limit_fits_the_data_and_is_the_nearest_that_does(draw):
    net = flat_start(draw, 1, 60, seed=2)
    end = output_limit(net, Y, X)
    assert np.allclose(end(X)[0], Y, rtol=0, atol=1e-7)
    w, b, v = neurons(end)
    signals = np.maximum(np.outer(X, w) + b, 0)
    kernel = signals @ signals.T
    expected = signals.T @ np.linalg.solve(kernel, Y)
    assert np.allclose(v, expected, rtol=1e-5, atol=1e-6 * abs(v).max())


@pytest.mark.slow
def test_training_of_the_output_weights_comes_to_the_limit():
    net = flat_start("uniform", 1, 200, seed=4)
    x, y = np.array([-2.0, -0.5, 0.5, 2.0]), np.array([0.3, -0.2, 0.9, 0.1])
    mask = cn.ReLUNet([w * 0 + k for k, w in enumerate(net.weights)], [net.biases[0] * 0, None])
    options = {"epochs": 200_000, "lr": 0.1 / 200, "optimizer": "gd", "objective": "sum"}
    trained = cn.train(net, y, x, mask=mask, **options).net
    end = output_limit(net, y, x)
    assert np.allclose(trained(INSIDE), end(INSIDE), rtol=0, atol=1e-4)


DELTA_SLOPES = {
    "right": lambda w, beta, s, r2, r3: w**2 * (r2[s] + r3[s] * beta),
    "without the square of w": lambda w, beta, s, r2, r3: r2[s] + r3[s] * beta,
    "w for its square": lambda w, beta, s, r2, r3: w * (r2[s] + r3[s] * beta),
    "the other side's data": lambda w, beta, s, r2, r3: w**2 * (r2[-s] + r3[-s] * beta),
    "sign of the net residual": lambda w, beta, s, r2, r3: w**2 * (r2[s] - r3[s] * beta),
}


@pytest.mark.parametrize("form", DELTA_SLOPES)
def test_delta_slopes_in_the_gap_are_w_squared_times_a_line(form):
    """The integrals of the residuals are those of the data's side, found by least squares from
    the delta-slopes of two other neurons."""
    net = output_limit(flat_start("normal", 1, 300, seed=6), Y, X)
    w, b, v = neurons(net)
    beta, mu = -b / w, w * v
    inside = (beta > GAP[0]) & (beta < GAP[1])
    r2, r3 = {}, {}
    for side in (1, -1):
        own = np.flatnonzero(inside & (np.sign(w) == side))[:2]
        line = np.stack([np.ones(2), beta[own]], 1)
        r2[side], r3[side] = np.linalg.solve(line, mu[own] / w[own] ** 2)
    formula = DELTA_SLOPES[form]
    own = np.flatnonzero(inside)
    stated = [formula(w[i], beta[i], int(np.sign(w[i])), r2, r3) for i in own]
    assert np.allclose(stated, mu[own], atol=1e-6 * abs(mu[own]).max()) == (form == "right")


WEIGHTED = {
    "uniform": lambda x: 1 / max(1, abs(x)) ** 4 / 8,
    "normal": lambda x: 2 / (np.pi * (1 + x**2) ** 2),
}


@pytest.mark.parametrize("draw", WEIGHTED)
@pytest.mark.parametrize("place", [0.0, 0.4, -0.9, 1.7])
def test_density_of_breakpoints_times_mean_square_of_weights(draw, place):
    """Against quadrature of the joint density of weight and breakpoint, |w| p(w) p(-w x)."""
    density = {
        "uniform": lambda z: 0.5 * (abs(z) <= 1),
        "normal": lambda z: np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi),
    }[draw]
    end = min(1.0, 1 / abs(place)) if draw == "uniform" and place else 1.0
    end = end if draw == "uniform" else 40.0
    found, _ = quad(lambda w: 2 * w**3 * density(w) * density(-w * place), 0, end, limit=200)
    assert np.isclose(found, float(WEIGHTED[draw](place)), rtol=1e-8)


BASES = {
    "right": [0, 1, 2, 3],
    "without the cube": [0, 1, 2],
    "without the square": [0, 1, 3],
    "without the line": [0, 2, 3],
}


@pytest.mark.parametrize("form", BASES)
def test_evenly_spread_breakpoints_give_a_cubic(form):
    end = output_limit(flat_start("even", 1, 20_000), Y, X)
    basis = INSIDE ** np.array(BASES[form])[:, None]
    assert (share_beyond(end(INSIDE), basis)[0] < 1e-6) == (form == "right")


LAWS = {
    "right": lambda x: [x**0, x, np.arctan(x), x * np.arctan(x)],
    "a cubic": lambda x: [x**0, x, x**2, x**3],
    "the density alone": lambda x: [
        *(x**0, x, x * np.arctan(x) - np.log1p(x**2) / 2),
        (x * np.log1p(x**2) / 2 - x + np.arctan(x)),
    ],
    "a line": lambda x: [x**0, x],
}


@pytest.mark.parametrize("form", LAWS)
def test_normal_weights_give_an_arctan_law(form):
    """Breakpoints at the quantiles of the Cauchy distribution, weights the root of the conditional
    mean square: what many draws come to, without their noise."""
    width = 40_000
    beta = np.tan(np.pi * ((np.arange(width) + 0.5) / width - 0.5))
    w = np.sqrt(2 / (1 + beta**2)) * np.resize([1, -1], width)
    net = cn.ReLUNet([w[None, :, None], np.zeros((1, 1, width))], [(-w * beta)[None], None])
    end = output_limit(net, Y, X)
    basis = np.array(LAWS[form](INSIDE))
    assert (share_beyond(end(INSIDE), basis)[0] < 1e-5) == (form == "right")


def test_arctan_law_has_the_second_derivative_of_normal_weights():
    x, a, b = sp.symbols("x a b")
    function = a * x * sp.atan(x) + b * sp.atan(x)
    expected = (2 * a - 2 * b * x) / (1 + x**2) ** 2
    assert sp.simplify(sp.diff(function, x, 2) - expected) == 0


def test_evenly_spread_breakpoints_give_an_interpolating_spline():
    """Between the data the limit is what SciPy's spline through them is, given the second
    derivatives of the limit at the outer points: twice continuously differentiable."""
    end = output_limit(flat_start("even", 1, 40_000), Y, X)
    step = 5e-3
    ends = X[1], X[-2]
    second = [np.diff(end([at - step, at, at + step])[0], 2)[0] / step**2 for at in ends]
    # Away from the outer points, so that the differences stay inside one cubic each.
    inner = slice(1, -1)
    conditions = tuple((2, float(value)) for value in second)
    spline = CubicSpline(X[inner], Y[inner], bc_type=conditions)
    at = np.linspace(*ends, 401)
    size = abs(spline(at)).max()
    assert abs(end(at)[0] - spline(at)).max() < 2e-3 * size


SIDES = {"left": (lambda x: np.sin(2 * x), -0.5), "right": (lambda x: np.cos(3 * x) / 2, 0.5)}


@pytest.mark.slow
@pytest.mark.parametrize("side", SIDES)
def test_at_the_ends_slopes_come_to_the_data_and_second_derivatives_to_a_cubic(side):
    slopes, seconds = [], []
    curve, place = SIDES[side]
    for points in (6, 12, 24):
        x = beside_gap(points)
        y = np.where(x < 0, SIDES["left"][0](x), SIDES["right"][0](x))
        end = output_limit(flat_start("even", 1, 20_000), y, x)
        cubic = np.polynomial.Polynomial.fit(INSIDE, end(INSIDE)[0], 3)
        slopes.append(cubic.deriv()(place))
        seconds.append(cubic.deriv(2)(place))
    step = 1e-4
    near = {name: f(at + step * np.arange(-1, 2)) for name, (f, at) in SIDES.items()}
    slope = {name: (y[2] - y[0]) / (2 * step) for name, y in near.items()}
    hermite = CubicHermiteSpline(GAP, [y[1] for y in near.values()], [*slope.values()])
    second = np.diff(near[side], 2)[0] / step**2
    missed = abs(np.array(slopes) - slope[side])
    assert (np.diff(missed) < 0).all() and missed[-1] < missed[0] / 2
    apart = abs(np.array(seconds) - hermite(place, 2))
    assert (np.diff(apart) < 0).all() and apart[-1] < apart[0] / 2
    assert abs(hermite(place, 2) - second) > 0.2


def test_distances_are_those_of_the_limits():
    found = cubic_in_gap(["uniform"], [50], Y, X, models=2, seed=3)
    end = output_limit(flat_start("uniform", 2, 50, 3), Y, X)
    place = np.linspace(*GAP, 201)
    for k, values in enumerate(end(place)):
        fit = np.polynomial.Polynomial.fit(place, values, 3)
        left = np.sqrt(((values - fit(place)) ** 2).mean()) / values.std()
        assert np.isclose(found.cubic[0, 0, k], left)


def test_roughness_in_the_gap_is_that_of_the_neurons_there():
    runs = gap_roughness([7], [0.5, 2.0], trials=2, epochs=0, seed=9, dtype=np.float64)
    start = cn.default_init(2, 1, 7, 9)
    for scale in (0.5, 2.0):
        for k in range(2):
            w, b, v = neurons(start[k])
            place = -b / (scale * w)
            inside = (place > GAP[0]) & (place < GAP[1])
            expected = ((scale * w * v)[inside] ** 2).sum()
            found = runs.rough_start.sel(scale=scale, curve="sharp")[0, 0, k]
            assert np.isclose(found, expected)


def test_a_network_that_rests_stops():
    options = {"trials": 2, "epochs": 3000, "points": 4}
    lively, rested = (gap_roughness([6], rest=rest, **options) for rest in (1e-12, 1e-3))
    assert (rested.epochs < lively.epochs).all() and (rested.train >= lively.train).all()


def test_gap_curves_jump_or_not_and_leave_the_gap_out():
    smooth, sharp = gap_curves("sin(x+1)")
    assert np.isclose(smooth(-1e-9), smooth(1e-9))
    assert np.isclose(sharp(1e-9) - sharp(-1e-9), 2)
    x = beside_gap(9)
    assert ((abs(x) >= 0.5) & (abs(x) <= 3)).all() and {-0.5, 0.5} <= set(x)
