"""The examples in which close functions have no close parameters, and a pair of units trained to 0,
against torch, dense grids and enumeration."""

from fractions import Fraction as Q
from itertools import product

import numpy as np
import pytest
import torch

import compnet_lib as cn
from compnet_lib.experiments import (
    PATHOLOGIES,
    exploding,
    parameter_distance,
    parametrizations,
    pathologies,
    pathology,
    uniform_norm,
)
from compnet_lib.experiments.inverse_stability._exploding import _measured

FEW = {"steps": 12, "every": 4, "batch": 5, "penalties": [0.0, 0.5]}


def by_torch(seed, steps, penalty, batch, reach=10.0, lr=1e-3, momentum=0.9):
    """The seven numbers after so many steps, by torch's own descent."""
    first, last = torch.nn.Linear(1, 2).double(), torch.nn.Linear(2, 1).double()
    with torch.no_grad():
        for part, values in (
            (first.weight, [[1.0], [1.0]]),
            (first.bias, [0.0, -1.0]),
            (last.weight, [[1.0, -1.0]]),
            (last.bias, [0.0]),
        ):
            part.copy_(torch.tensor(values))
    weights = [first.weight, first.bias, last.weight, last.bias]
    descent = torch.optim.SGD(weights, lr=lr, momentum=momentum)
    points = np.random.default_rng(seed).uniform(-reach, reach, (256, batch))
    for step in range(steps):
        x = torch.tensor(points[step][:, None], requires_grad=True)
        f = last(torch.relu(first(x)))
        (slopes,) = torch.autograd.grad(f.sum(), x, create_graph=True)
        descent.zero_grad()
        ((f**2).mean() + penalty * slopes.abs().max()).backward()
        descent.step()
    return np.concatenate([part.detach().numpy().ravel() for part in weights])


@pytest.mark.parametrize("penalty", [0.0, 0.5])
def test_the_descent_is_that_of_torch(penalty):
    found = exploding([3], **FEW).sel(penalty=penalty, seed=3)
    for step in (4, 12):
        numbers = by_torch(3, step, penalty, 5)[None]
        own = [found[name].sel(step=step).item() for name in ("error", "slope", "distance")]
        assert np.allclose(own, _measured(numbers, 10.0)[:, 0], rtol=1e-12)


def test_a_run_does_not_depend_on_the_others():
    both, alone = exploding([1, 2], **FEW), exploding([2], **FEW | {"penalties": [0.5]})
    assert both.sel(seed=[2], penalty=[0.5]).equals(alone)


def test_the_start_is_measured_exactly():
    found = exploding([0], slope=-3.0, shift=2.0, **FEW).sel(step=0, penalty=0.0, seed=0)
    assert (found.error, found.slope) == (6, 3)
    assert found.distance == np.sqrt(3)


def test_error_and_slope_are_those_of_a_dense_grid():
    rng = np.random.default_rng(0)
    nets = rng.normal(size=(200, 7)) * [1, 1, 3, 3, 1, 1, 1]
    error, slope, _ = _measured(nets, 10.0)
    x = np.linspace(-10, 10, 40_001)
    for net, largest, steepest in zip(nets, error, slope):
        f = np.maximum(x[:, None] * net[:2] + net[2:4], 0) @ net[4:6] + net[6]
        assert np.isclose(abs(f).max(), largest, rtol=1e-3, atol=1e-3)
        assert abs(np.diff(f)).max() / (x[1] - x[0]) <= steepest * (1 + 1e-9) + 1e-9
        assert np.isclose(np.quantile(abs(np.diff(f)) / (x[1] - x[0]), 1), steepest, rtol=1e-6)


@pytest.mark.parametrize(
    ("net", "distance"),
    [
        ([2.0, 1.0, 0.0, -1.0, 3.0, -5.0, 0.0], np.sqrt(6)),  # bends at 0 and at 1
        ([2.0, 1.0, 0.0, 0.0, 3.0, -5.0, 0.0], np.sqrt(0.5)),  # both at 0, of the sum 1
        ([2.0, 1.0, 0.0, 20.0, 3.0, -5.0, 0.0], np.sqrt(3)),  # the second one outside
        ([0.0, 1.0, 4.0, 20.0, 3.0, -5.0, 0.0], 0.0),
    ],
)
def test_no_two_neurons_for_the_function_have_smaller_weights(net, distance):
    assert np.isclose(_measured(np.array([net]), 10.0)[2, 0], distance)


def test_a_diverged_run_is_infinite():
    found = exploding([0], lr=1e6, **FEW | {"steps": 400})
    assert np.isinf(found.error.sel(step=400)).all()


@pytest.mark.parametrize(
    ("wrong", "argument"),
    [
        ({"seeds": []}, "seeds"),
        ({"steps": 0}, "steps"),
        ({"steps": 10**7}, "steps"),
        ({"every": 0}, "every"),
        ({"penalties": []}, "penalties"),
        ({"penalties": [0.0, 0.0]}, "penalties"),
        ({"penalties": [-1.0]}, "penalties"),
        ({"slope": 0.0}, "slope"),
        ({"shift": 0.0}, "shift"),
        ({"shift": 10.0}, "shift"),
        ({"lr": 0.0}, "lr"),
        ({"momentum": 1.0}, "momentum"),
        ({"batch": 0}, "batch"),
        ({"reach": -1.0}, "reach"),
    ],
)
def test_wrong_arguments_of_the_descent(wrong, argument):
    with pytest.raises(ValueError, match=rf"^{argument} must"):
        exploding(**{"seeds": [0]} | wrong)


# The examples


def test_examples_are_the_functions_that_they_say():
    x = np.array([[Q(u, 3), Q(v, 5)] for u, v in product(range(-3, 4), repeat=2)])
    on = lambda t: np.maximum(t, Q(0))
    for k in (1, 3):
        part = Q(1, k)
        functions = {
            "2.1": k * on(k * x[:, 0]) - k * on(k * x[:, 0] - x[:, 1] / Q(k) ** 2),
            "2.2": part * on(x[:, 1]),
            "2.3": 2 * on(x[:, 0]) + part * on(x[:, 1]),
            "2.4": part * on(x[:, 0] + x[:, 1]),
            "A.2": part * on(x[:, 1]),
        }
        starts = {"2.3": 2 * on(x[:, 0]), "A.2": part * on(x[:, 0])}
        for example, wanted in functions.items():
            gamma, g = pathology(example, [k])
            assert list(g(x)[0]) == list(wanted)
            assert list(gamma(x)[0]) == list(starts.get(example, 0 * x[:, 0]))


def test_example_2_5_is_a_linear_function_away():
    gamma, g = pathology("2.5", [1, 4, 100])
    x = np.random.default_rng(0).normal(size=(50, 3))
    for net, other, k in zip(gamma, g, (1, 4, 100)):
        assert np.allclose(net(x)[0] - other(x)[0], 3 * x[:, 2], atol=1e-11 * k**2)
        assert np.allclose(abs(net.weights[0][0]).max(1), net.weights[1][0, 0])


def test_what_is_found_is_between_what_is_proved():
    found = pathologies([1, 2, 8], weight=0.5)
    assert (found.nearest >= found.bound * (1 - 1e-12)).all()
    reached = found.sel(example=["2.1", "2.3", "2.5", "A.2"])
    assert np.allclose(reached.nearest, reached.bound, rtol=1e-12)
    assert np.allclose(found.function.sel(example="2.5"), 3)
    for example in ("2.1", "2.2", "2.3", "2.4", "A.2"):
        assert list(found.function.sel(example=example)) == [1, 1 / 2, 1 / 8]
    assert list(found.example.values) == list(PATHOLOGIES)


def test_uniform_norm_is_the_largest_value_on_the_square():
    rng = np.random.default_rng(0)
    net = cn.ReLUNet([rng.normal(size=(20, 4, 2)), rng.normal(size=(20, 1, 4))], [None, None])
    grid = np.linspace(-1, 1, 201)
    most = abs(net(np.stack(np.meshgrid(grid, grid), -1).reshape(-1, 2))).max(1)
    assert (most <= uniform_norm(net) * (1 + 1e-12)).all()
    assert np.allclose(most, uniform_norm(net), rtol=0.1, atol=0.05)


def test_parametrizations_are_all_of_one_function():
    g = pathology("2.3", [3])[1]
    found = parametrizations(g, [Q(1, 2), Q(1), Q(3)])
    x = np.array([[Q(u), Q(v)] for u, v in product(range(-2, 3), repeat=2)])
    assert len(found) == 2 * 9
    assert all(list(row) == list(g(x)[0]) for row in found(x))
    keys = {tuple(map(tuple, a)) + tuple(c[0]) for a, c in zip(*found.weights)}
    assert len(keys) == len(found)


def test_neurons_are_turned_round_where_the_function_allows_it():
    rows = [[Q(1), Q(0)], [Q(0), Q(1)], [Q(-1), Q(-1)]]
    closed = cn.ReLUNet([[rows], [[[Q(1)] * 3]]], [None, None])
    found = parametrizations(closed, [Q(1)])
    assert len(found) == 2 * 6  # as it is, and all turned; in six orders
    assert not cn.seminorm(found, cn.ReLUNet.concatenate([closed] * 12)).any()


def test_parameter_distance_is_the_largest_difference():
    first = cn.ReLUNet([[[[1.0, 2.0]], [[1.0, 2.0]]], [[[3.0]], [[0.0]]]], [None, None])
    assert list(parameter_distance(first, first[0])) == [0, 3]
    with pytest.raises(ValueError, match=r"^other must"):
        parameter_distance(first[0], first)
    with pytest.raises(ValueError, match=r"^net must have no biases"):
        parameter_distance(first.with_biases(), first)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: pathology("2.6", [1]), "example"),
        (lambda: pathology("2.1", [0]), "ks"),
        (lambda: pathology("2.1", []), "ks"),
        (lambda: pathology("2.1", [10**7]), "ks"),
        (lambda: pathologies([1], weight=0.0), "weight"),
        (lambda: uniform_norm(pathology("2.5", [1])[0]), "net"),
        (lambda: parametrizations(pathology("2.3", [1, 2])[1], [Q(1)]), "g"),
        (lambda: parametrizations(pathology("2.3", [1])[1], [Q(0)]), "factors"),
        (lambda: parametrizations(pathology("2.4", [1])[0], [Q(1)] * 9), "factors"),
    ],
)
def test_wrong_arguments_of_the_examples(call, argument):
    with pytest.raises(ValueError, match=rf"^{argument}\b.* must"):
        call()


def test_factors_are_of_the_kind_of_the_network():
    with pytest.raises(TypeError, match=r"^factors must hold Fractions"):
        parametrizations(pathology("2.3", [1])[1], [0.5])
