"""Integrals of squared errors against high-precision quadrature, for curves that are steep,
singular, oscillating or not smooth."""

import re
from fractions import Fraction as Q

import mpmath as mp
import numpy as np
import pytest

import compnet_lib as cn
from compnet_lib.functions import squares
from compnet_lib.functions.piecewise import PiecewiseLinear
from compnet_lib.targets.panels import panels

CURVES = {  # with the places, inside or at the ends, where quadrature has to be careful
    "exp(x)": [],
    "1/(x+1)": [],
    "log(x+1)": [],
    "x^100": [0.9, 0.97],
    "cosh(3*x)": [],
    "atan(20*x)": [0.05, 0.2],
    "1/(x+0.001)": [0, 0.0005, 0.002, 0.01, 0.05, 0.2],
    "1/(x+0.00001)": [0, 1e-5, 1e-4, 1e-3, 0.01, 0.1],
    "1/(1.0001-x)": [0.9, 0.99, 0.999, 0.9999, 1],
    "exp(-300*x)": [0, 0.003, 0.01, 0.03, 0.1],
    "exp(-10000*x)+x": [0, 1e-4, 3e-4, 1e-3, 3e-3],
    "exp(40*x-40)": [0.5, 0.8, 0.95],
    "tanh(500*(x-0.3))": [0.28, 0.295, 0.3, 0.305, 0.32],
    "tanh(20000*(x-0.3))": [0.299, 0.2999, 0.3, 0.3001, 0.301],
    "atan(1000*(x-0.7))": [0.69, 0.699, 0.7, 0.701, 0.71],
    "exp(-(300*(x-0.37))^2)+x": [0.35, 0.365, 0.37, 0.375, 0.39],
    "1/(1+25*(2*x-1)^2)+x": [0.3, 0.5, 0.7],
    "1/((x-0.61)^2+0.0001)+x": [0.5, 0.59, 0.61, 0.63, 0.7],
    "sqrt(x)": [0],
    "x^0.1": [0],
    "x^0.02": [0],
    "x^(1/3)": [0],
    "x^1.5": [0],
    "x^2.5-x": [0],
    "sqrt(1-x)": [1],
    "(1-x)^0.1": [1],
    "sqrt(x*(1-x))+x": [0, 1],
    "asin(x)": [1],
    "acos(x)": [1],
    "sqrt(1-x^2)": [1],
    "x*log(x+0.0000000001)": [0, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2],
    "abs(x-1/3)": ["1/3"],
    "abs(x-0.3)^1.5": [0.3],
    "sqrt(abs(x-0.3))+x": [0.3],
    "abs(abs(x-1/3)-1/7)+x": ["1/3-1/7", "1/3", "1/3+1/7"],
    "abs(sin(10*x))": ["pi/10", "pi/5", "3*pi/10"],
    "sin(30*x)/10+x^2": np.linspace(0, 1, 12),
    "cos(200*x)+x": np.linspace(0, 1, 65),
    "sin(1000*x)+x": np.linspace(0, 1, 301),
    "sqrt(x)*sin(1/(x+0.02))": [0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3],
}
NAMES = ["acos", "asin", "atan", "cos", "cosh", "exp", "log", "pi", "sin", "sqrt", "tanh"]
SPACE = {"abs": abs, "mpf": mp.mpf, **{name: getattr(mp, name) for name in NAMES}}


@pytest.fixture(autouse=True)
def many_digits():
    with mp.workdps(30):
        yield


def precise(text, x=None):
    """A formula of this file in many digits."""
    exact = re.sub(r"\d+\.?\d*", lambda number: f"mpf('{number[0]}')", text.replace("^", "**"))
    return eval(exact, {**SPACE, "x": x})


def line_through(f, middle):
    """The linear piece of `f` around a point that is no knot, in many digits."""
    k = int(np.searchsorted(f.knots, float(middle)))
    x, y = ([mp.mpf(float(v)) for v in values[k - 1 : k + 1]] for values in (f.knots, f.values))
    return lambda t: y[0] + (y[1] - y[0]) / (x[1] - x[0]) * (t - x[0])


def reference(f, text, places):
    """The integral of the squared error on [0, 1]: tanh-sinh quadrature beside the places, and
    Gauss-Legendre elsewhere."""
    places = {precise(p) if isinstance(p, str) else mp.mpf(float(p)) for p in places}
    knots = {mp.mpf(float(k)) for k in f.knots}
    edges = sorted(places | knots)
    total = mp.mpf(0)
    for a, b in zip(edges, edges[1:]):
        line = line_through(f, (a + b) / 2)
        method = "tanh-sinh" if {a, b} & places else "gauss-legendre"
        total += mp.quad(lambda t: (line(t) - precise(text, t)) ** 2, [a, b], method=method)
    return total


@pytest.mark.slow
@pytest.mark.parametrize("knots", [np.linspace(0, 1, 5), np.linspace(0, 1, 12) ** 2])
@pytest.mark.parametrize("text", CURVES)
def test_squared_error_is_known_to_a_millionth_and_says_how_well(text, knots):
    target = cn.Target.from_formula(text, line=(0, 1))
    f = PiecewiseLinear.through(knots, target(knots))
    found, error = f.squared_error(target, with_error=True)
    assert abs(found - reference(f, text, CURVES[text])) <= error <= 1e-6 * found


def test_an_error_that_is_rounding_is_said_to_be():
    target = cn.Target.from_formula("abs(x-0.25)", line=(0, 1))
    f = PiecewiseLinear.through([0, 0.25, 1], [0.25, 0, 0.75])
    found, error = f.squared_error(target, with_error=True)
    assert found <= error < 1e-28


def test_a_curve_that_varies_too_fast_is_named_and_its_error_told():
    target = cn.Target.from_formula("cos(100000*x)+x", line=(0, 1))
    line = PiecewiseLinear.through([0, 1], [0, 1])
    with pytest.warns(RuntimeWarning, match=r"'cos\(100000\*x\)\+x' varies too fast"):
        found, error = line.squared_error(target, with_error=True)
    truth = 0.5 + np.sin(2e5) / 4e5
    assert abs(found - truth) <= error


def test_parts_of_the_interval_and_what_is_beyond_add_up():
    target = cn.Target.from_formula("sqrt(x)", interval=(0.04, 1))
    f = PiecewiseLinear.through([0, 0.3, 1], [0.1, 0.5, 1])
    ends = [0, 0.04, 0.2, 0.9, 1]
    parts = [f.squared_error(target, a, b) for a, b in zip(ends, ends[1:])]
    assert np.isclose(sum(parts), f.squared_error(target, 0, 1), rtol=1e-13, atol=0)
    assert np.isclose(sum(parts[1:]), f.squared_error(target), rtol=1e-13, atol=0)
    assert np.isclose(sum(parts), float(reference(f, "sqrt(x)", [0])), rtol=1e-9, atol=0)


def test_mse_of_a_stack_has_the_errors_of_its_members_over_the_length_of_the_interval():
    curve = cn.Target.from_formula("1/(x+0.001)", interval=(0, 2), line=(0, 1))
    net = cn.default_init(3, 2, 4, seed=1)
    found, errors = cn.mse(net, curve, with_error=True)
    assert np.array_equal(found, cn.mse(net, curve))
    for f, value, error in zip(cn.piecewise_linear(net), found, errors):
        f = PiecewiseLinear.through(*f.on(0, 2))
        places = [0, 0.0005, 0.002, 0.01, 0.05, 0.2, 1]
        assert abs(value - reference(f, "1/(x+0.001)", places) / 2) <= error <= 1e-6 * value


def test_mse_of_an_exact_net_has_no_error():
    net = cn.compositional([Q(1, 3), Q(1, 2)], -1)
    found, errors = cn.mse(net, cn.TARGETS["x^2"], with_error=True)
    assert isinstance(found[0], Q) and errors.tolist() == [0]


@pytest.mark.parametrize("name", ["x^3", "sin", "tanh"])
def test_many_pieces_are_integrated_a_block_at_a_time(monkeypatch, name):
    target, net = cn.TARGETS[name], cn.compositional(np.full((1, 8), 0.4), 1)
    at_once = cn.mse(net, target)
    monkeypatch.setattr(squares, "BLOCK", 100)
    np.testing.assert_allclose(cn.mse(net, target), at_once, rtol=1e-14)


@pytest.mark.parametrize("text", CURVES)
def test_panels_hold_the_curve_between_their_edges(text):
    target = cn.Target.from_formula(text, line=(0, 1))
    edges, rows, _ = target.panels
    assert (edges[0], edges[-1]) == (0, 1) and (np.diff(edges) > 0).all()
    t = np.random.default_rng(0).uniform(-1, 1, 40)
    total = 0.0
    for a, b, row in zip(edges, edges[1:], rows):
        x = (a + b) / 2 + (b - a) / 2 * t
        off = np.polynomial.chebyshev.chebval(t, row) - target(x)
        total += (b - a) * (off**2).mean()
    size = np.abs(target(target.grid())).max()
    assert np.sqrt(total) <= 2 * target.panels.miss + 1e-14 * size


def test_panels_find_what_lies_between_the_first_nodes():
    bump = lambda x: np.exp(-((2000 * (x - 0.37)) ** 2))
    found = panels(bump, 0.0, 1.0)
    assert len(found.misses) > 20
    narrowest = found.edges[np.argmin(np.diff(found.edges))]
    assert abs(narrowest - 0.37) < 0.01
