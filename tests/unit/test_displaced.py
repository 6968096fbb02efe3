"""How far breakpoints of one hidden layer are moved, and what their places cost."""

from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import minimize

import compnet_lib as cn
from compnet_lib.experiments import displaced, space_curves
from compnet_lib.experiments.function_space._displaced import assigned, least_squares

X = np.linspace(-2, 2, 41)
SMALL = {"trials": 3, "width": 5, "epochs": 200, "lr": 1e-3}


@pytest.fixture(scope="module")
def found():
    return displaced(space_curves(1), X, **SMALL)


def test_the_assignment_has_the_least_sum_of_distances():
    rng = np.random.default_rng(0)
    for _ in range(50):
        places, goals = rng.normal(size=(2, 5))
        least = min(abs(places - goals[list(order)]).sum() for order in permutations(range(5)))
        own = assigned(places, goals)
        assert np.isclose(abs(places - own).sum(), least)
        assert np.array_equal(np.sort(own), np.sort(goals))


def test_start_and_end_are_zeros_of_the_neurons_before_and_after(found):
    net = cn.default_init(3, 1, 5, 0)
    run = cn.train(net, space_curves(1)[0], X, epochs=200, lr=1e-3, optimizer="gd", objective="sum")
    of = found.sel(curve="sine")
    for name, stack in (("start", net), ("end", run.net)):
        for trial, one in enumerate(stack):
            inputs = one.layers(of[name].sel(trial=trial).values)[0][0]
            assert np.allclose(np.diag(inputs), 0, atol=1e-12)
    assert np.allclose(of.loss, ((run.net(X) - np.sin(np.pi * X)) ** 2).sum(1))


def test_least_squares_are_least():
    rng = np.random.default_rng(1)
    breakpoints, orientations = rng.uniform(-1, 1, 3), np.array([1, -1, 1])
    y = np.exp(X)

    def error(c):
        f = sum(
            v * np.where(s * (X - b) > 0, s * (X - b), 0)
            for v, s, b in zip(c, orientations, breakpoints)
        )
        return ((f + c[-1] - y) ** 2).sum()

    best = minimize(error, np.zeros(4), method="BFGS", options={"gtol": 1e-9})
    assert np.isclose(least_squares(X, y, breakpoints, orientations), best.fun, rtol=1e-6)


def test_no_fit_is_better_than_the_best_one(found):
    assert (found.frozen_end <= found.loss).all(), "training's own output weights are among them"
    assert (found.best < found.frozen_end).all() and (found.best < found.frozen_start).all()


def test_there_must_be_a_goal_for_each():
    with pytest.raises(ValueError, match="goals"):
        assigned(np.zeros(3), np.zeros(2))
