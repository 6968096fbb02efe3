"""Dynamics: every statement of the page from exact differences of losses and outputs.

Between data points the output is linear and the loss quadratic in each single weight, breakpoint
or delta-slope, so that a central difference with rational numbers is the derivative itself.
"""

from fractions import Fraction

import numpy as np
import pytest
import torch
from helpers.statements import Statements
from scipy.integrate import solve_ivp

states = Statements()
SMALL = Fraction(1, 10**9)
HALF = Fraction(1, 2)


def network(peaks):
    """Three neurons with rational weights (w, b, v), points, and values to fit."""
    w = [3 * p - 1 for p in peaks[:3]]
    b = [p - HALF for p in peaks[3:6]]
    v = [2 * p - Fraction(3, 4) for p in peaks[6:9]]
    x = [Fraction(5 * n, 7) + peaks[n + 5] / 31 - 1 for n in range(5)]
    y = [p * (-1) ** n for n, p in enumerate(peaks[3:8])]
    assert all(wi * xn + bi for wi, bi in zip(w, b) for xn in x), "no breakpoint at a data point"
    return (w, b, v), x, y


def outputs(theta, x):
    return [sum(v * max(w * xn + b, 0) for w, b, v in zip(*theta)) for xn in x]


def loss(theta, x, y):
    return HALF * sum((f - yn) ** 2 for f, yn in zip(outputs(theta, x), y))


def moved(theta, kind, neuron, step):
    rows = [list(row) for row in theta]
    rows[kind][neuron] += step
    return rows


def derivative(function, theta, kind, neuron):
    """Of a number, or of each number of a list, by one weight."""
    up, down = (function(moved(theta, kind, neuron, sign * SMALL)) for sign in (1, -1))
    if isinstance(up, list):
        return [(a - b) / (2 * SMALL) for a, b in zip(up, down)]
    return (up - down) / (2 * SMALL)


def gradient(theta, x, y, neuron):
    """Of the loss by w, b, v of a neuron."""
    return [derivative(lambda each: loss(each, x, y), theta, kind, neuron) for kind in range(3)]


def flow(theta, x, y, neuron):
    """The velocities of breakpoint and delta-slope, from those of the weights."""
    w, b, v = (row[neuron] for row in theta)
    w_dot, b_dot, v_dot = (-g for g in gradient(theta, x, y, neuron))
    return (b * w_dot - w * b_dot) / w**2, w_dot * v + w * v_dot


def sums(theta, x, y, neuron):
    """What the data do to a neuron: E_1 and E_x."""
    w, b = theta[0][neuron], theta[1][neuron]
    on = [(f - yn, xn) for f, yn, xn in zip(outputs(theta, x), y, x) if w * xn + b > 0]
    return sum(e for e, _ in on) + Fraction(0), sum(e * xn for e, xn in on) + Fraction(0)


def each_neuron(peaks):
    theta, x, y = network(peaks)
    for neuron in range(3):
        weights = [row[neuron] for row in theta]
        yield theta, x, y, neuron, weights, sums(theta, x, y, neuron)


@states(
    "F-thm5",
    "thm-flow",
    right=lambda w, b, v, E_1, E_x: v / w * (E_1 - b / w * E_x),
    middle=lambda w, b, v, E_1, E_x: w * v * E_1,
    sign=lambda w, b, v, E_1, E_x: -v / w * (E_1 - b / w * E_x),
    breakpoint=lambda w, b, v, E_1, E_x: v / w * (E_1 + b / w * E_x),
    swapped=lambda w, b, v, E_1, E_x: v / w * (E_x - b / w * E_1),
    proof_line=lambda w, b, v, E_1, E_x: (b * v * E_x - w * v * E_1) / w**2,
)
def equation_4(formula, peaks):
    return all(
        flow(theta, x, y, neuron)[0] == formula(*weights, *data)
        for theta, x, y, neuron, weights, data in each_neuron(peaks)
    )


@states(
    "F-thm5",
    "thm-flow",
    right=lambda w, b, v, E_1, E_x: -(v**2 + w**2) * E_x - w * b * E_1,
    middle=lambda w, b, v, E_1, E_x: -E_x - b / w * E_1,
    bias=lambda w, b, v, E_1, E_x: -(v**2 + w**2) * E_x + w * b * E_1,
    factor=lambda w, b, v, E_1, E_x: -(v**2 - w**2) * E_x - w * b * E_1,
    left_out=lambda w, b, v, E_1, E_x: -(v**2) * E_x - w * b * E_1,
)
def equation_5(formula, peaks):
    return all(
        flow(theta, x, y, neuron)[1] == formula(*weights, *data)
        for theta, x, y, neuron, weights, data in each_neuron(peaks)
    )


def in_function_space(theta, x, y, neuron, beta, mu):
    """The loss when one neuron has this breakpoint and delta-slope, and is on where it was."""
    w, b, v = (row[neuron] for row in theta)
    total = Fraction(0)
    for f, yn, xn in zip(outputs(theta, x), y, x):
        own = w * xn + b > 0
        total += HALF * (f - own * v * (w * xn + b) + own * mu * (xn - beta) - yn) ** 2
    return total


@states(
    "F-thm5",
    "thm-flow",
    right=lambda w, b, v: [[(w**2 + b**2) / w**4, b * v / w**2], [b * v / w**2, v**2 + w**2]],
    identity=lambda w, b, v: [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]],
    power=lambda w, b, v: [[(w**2 + b**2) / w**2, b * v / w**2], [b * v / w**2, v**2 + w**2]],
    diagonal=lambda w, b, v: [[(w**2 + b**2) / w**4, Fraction(0)], [Fraction(0), v**2 + w**2]],
    sign=lambda w, b, v: [[(w**2 + b**2) / w**4, -b * v / w**2], [-b * v / w**2, v**2 + w**2]],
)
def the_matrix_between_gradient_and_flow(formula, peaks):
    for theta, x, y, neuron, (w, b, v), _ in each_neuron(peaks):
        at = lambda beta, mu, own=(theta, x, y, neuron): in_function_space(*own, beta, mu)
        beta, mu = -b / w, w * v
        by_beta = (at(beta + SMALL, mu) - at(beta - SMALL, mu)) / (2 * SMALL)
        by_mu = (at(beta, mu + SMALL) - at(beta, mu - SMALL)) / (2 * SMALL)
        matrix = formula(w, b, v)
        found = tuple(-row[0] * by_beta - row[1] * by_mu for row in matrix)
        if found != flow(theta, x, y, neuron):
            return False
    return True


@states(
    "prop-conserved",
    right=lambda rate, g_w, g_b, g_v: rate**2 * (g_v**2 - g_w**2 - g_b**2),
    sign=lambda rate, g_w, g_b, g_v: rate**2 * (g_v**2 - g_w**2 + g_b**2),
    left_out=lambda rate, g_w, g_b, g_v: rate**2 * (g_v**2 - g_w**2),
    order=lambda rate, g_w, g_b, g_v: rate * (g_v**2 - g_w**2 - g_b**2),
    factor=lambda rate, g_w, g_b, g_v: 2 * rate**2 * (g_v**2 - g_w**2 - g_b**2),
)
def what_a_step_changes(formula, peaks):
    rate = peaks[0] / 10
    for theta, x, y, neuron, (w, b, v), _ in each_neuron(peaks):
        g_w, g_b, g_v = gradient(theta, x, y, neuron)
        after = (v - rate * g_v) ** 2 - (w - rate * g_w) ** 2 - (b - rate * g_b) ** 2
        if after - (v**2 - w**2 - b**2) != formula(rate, g_w, g_b, g_v):
            return False
    return True


def kernels(sign=-1, factor=lambda theta: Fraction(1), inside=False, constant=1):
    def velocity(theta, x, e):
        found = []
        for xi in x:
            total = Fraction(0)
            for xj, ej in zip(x, e):
                for w, b, v in zip(*theta):
                    both = w * xi + b > 0 and w * xj + b > 0
                    pair = [w * (each + b) if inside else w * each + b for each in (xi, xj)]
                    total += ej * (v**2 * both * (constant + xi * xj))
                    total += ej * max(pair[0], Fraction(0)) * max(pair[1], Fraction(0))
            found.append(sign * factor(theta) * total)
        return found

    return velocity


@states(
    "F-sec5.7",
    "prop-kernel",
    right=kernels(),
    sign=kernels(sign=1),
    factor=kernels(factor=lambda theta: Fraction(1, len(theta[0]))),
    bracket=kernels(inside=True),
    no_bias=kernels(constant=0),
)
def the_velocity_of_the_predictions(formula, peaks):
    theta, x, y = network(peaks)
    velocity = [Fraction(0) for _ in x]
    for neuron in range(3):
        for kind, g in enumerate(gradient(theta, x, y, neuron)):
            slope = derivative(lambda each: outputs(each, x), theta, kind, neuron)
            velocity = [old - g * own for old, own in zip(velocity, slope)]
    e = [f - yn for f, yn in zip(outputs(theta, x), y)]
    return velocity == formula(theta, x, e)


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, _ = states.covering("dynamics")


def test_the_claims_that_are_formulas_are_covered():
    """The others of the page are measured."""
    assert {"F-thm5", "F-sec5.7"} <= states.claims


def weight_flow(_, flat, x, y):
    """Minus the gradient of half the sum of squares, by torch."""
    theta = torch.tensor(flat.reshape(3, -1), requires_grad=True)
    f = torch.relu(theta[0] * x[:, None] + theta[1]) @ theta[2]
    (0.5 * ((f - y) ** 2).sum()).backward()
    return -theta.grad.numpy().ravel()


@pytest.fixture(scope="module")
def trajectory():
    """A flow of six neurons, followed by an ODE solver."""
    rng = np.random.default_rng(5)
    x = torch.linspace(-2, 2, 21, dtype=torch.float64)
    y = torch.sin(2 * x)
    start = rng.normal(size=18)
    found = solve_ivp(weight_flow, (0, 0.5), start, args=(x, y), rtol=1e-11, atol=1e-12)
    assert found.success
    return found.y.T.reshape(-1, 3, 6), x.numpy(), y.numpy()


def balance(theta, signs=(-1, -1, 1)):
    """Of every neuron: the squares of w, b, v with these signs, added."""
    return np.einsum("k,...kn->...n", signs, theta**2)


def test_the_balance_stays_along_the_flow(trajectory):
    theta, *_ = trajectory
    drift = lambda *signs: abs(balance(theta, *signs) - balance(theta[0], *signs)).max()
    assert drift() < 1e-8
    assert min(drift(each) for each in ((1, -1, 1), (-1, 0, 1), (-1, 1, 1))) > 0.01


@pytest.mark.slow
def test_descent_drifts_with_its_rate(trajectory):
    """Half the rate and twice the steps: half the drift, to first order."""
    theta, x, y = trajectory
    drift = []
    for steps in (1000, 2000, 4000):
        flat = theta[0].ravel()
        for _ in range(steps):
            flat = flat + 0.5 / steps * weight_flow(0, flat, torch.tensor(x), torch.tensor(y))
        drift.append(abs(balance(flat.reshape(3, 6)) - balance(theta[0])).max())
    assert np.allclose(np.divide(drift[:2], drift[1:]), 2, rtol=0.05)
