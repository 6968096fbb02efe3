"""Runs of stand-ins for optimizers come back under their labels."""

import numpy as np
import pytest

import compnet_lib as cn
from compnet_lib.experiments import followed, raced
from compnet_lib.training.race import CONTESTANTS, Trace

CURVES = [cn.TARGETS["sin"], cn.TARGETS["x^3"]]


def starts(curve):
    return {"drawn": (cn.default_init(2, 2, 3), 0.0), "charged": (cn.raai_init(2, 2), 0.25)}


def halving(net, curve, seconds):
    """A first result after a tenth of the time, a second at the end."""
    first = float(net.weights[0].sum() ** 2) + (curve.name == "sin")
    return Trace(np.array([0, 0.1, 1]) * seconds, first * np.array([4.0, 2, 1]), net)


@pytest.fixture(scope="module")
def runs():
    return raced(CURVES, starts, 1.0, {"halving": halving})


def test_errors_and_seconds(runs):
    assert runs.error.dims == ("curve", "start", "optimizer", "model")
    for name in ("sin", "x^3"):
        for start, (nets, _) in starts(None).items():
            expected = [net.weights[0].sum() ** 2 + (name == "sin") for net in nets]
            found = runs.error.sel(curve=name, start=start, optimizer="halving")
            np.testing.assert_allclose(found, expected)
    assert (runs.seconds == 1).all()  # the charge counts


def test_followed_is_infinite_until_there_is_a_result(runs):
    lines = followed(runs, [0.05, 0.2, 0.3, 1]).sel(optimizer="halving")
    last = runs.error.min("model").sel(optimizer="halving")
    drawn, charged = ((lines / last).sel(start=start) for start in ("drawn", "charged"))
    np.testing.assert_allclose(drawn, [[np.inf, 2, 2, 1]] * 2)
    np.testing.assert_allclose(charged, [[np.inf, np.inf, np.inf, 1]] * 2)


def test_the_optimizers_of_the_library_by_default():
    runs = raced(CURVES[:1], starts, 1e-4)
    assert runs.optimizer.values.tolist() == list(CONTESTANTS)
    assert np.isfinite(runs.error).all()
    with pytest.raises(ValueError, match="seconds must be positive"):
        raced(CURVES, starts, 0)
