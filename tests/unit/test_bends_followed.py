"""Births, deaths and ways of bends, against polylines that are moved by hand."""

import numpy as np
import pytest

import compnet_lib as cn
from compnet_lib.experiments import (
    bends_followed,
    built_or_default,
    output_bends,
    trained_three_ways,
)


def stack(*places):
    """Networks with one hidden layer that bend at these places."""
    functions = [
        cn.PiecewiseLinear.through(np.array([-1, *row, 2.0]), np.arange(len(row) + 2) % 2 * 1.0)
        for row in places
    ]
    return cn.from_breakpoints(functions)


def test_bends_that_move_are_followed_in_order():
    found = bends_followed({0: stack([0.2, 0.5, 0.8]), 10: stack([0.21, 0.515, 0.795])})
    assert found.bends.values.tolist() == [[3], [3]]
    assert found.path.values[:, 0] == pytest.approx([0, 0.01 + 0.015 + 0.005])
    assert found.births.sum() == found.deaths.sum() == 0


def test_births_deaths_and_jumps():
    frames = {
        0: stack([0.2, 0.5, 0.8], [0.3, 0.6]),
        1: stack([0.2, 0.5], [0.3, 0.4, 0.6]),
        2: stack([0.2, 0.7], [0.3, 0.4, 0.601]),
    }
    found = bends_followed(frames)
    assert found.deaths.values.tolist() == [[0, 0], [1, 0], [1, 0]]
    assert found.births.values.tolist() == [[0, 0], [0, 1], [1, 0]]
    assert found.path.values[2] == pytest.approx([0, 0.001])
    assert (found.bends.diff("epoch") == found.births[1:] - found.deaths[1:]).all()


def test_the_least_way_is_taken_not_the_nearest_first():
    found = bends_followed({0: stack([0.50, 0.51]), 1: stack([0.509, 0.519])}, reach=0.1)
    assert found.path.values[1] == pytest.approx([0.018])


def test_bends_are_counted_inside_only():
    assert [len(row) for row in output_bends(stack([0.2, 0.5, 0.8]), 0.2, 0.8)] == [1]


def test_a_rounded_compositional_network_bends_at_its_peaks():
    peaks = cn.sample_peaks(20, 5, 3)
    for row, bends in zip(peaks, output_bends(cn.compositional(peaks, -1))):
        assert bends == pytest.approx(cn.mesh(row)[1:-1], abs=1e-12)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"snapshots": {0: stack([0.5])}}, "snapshots must be stacks"),
        ({"snapshots": {0: stack([0.5]), 1: stack([0.5], [0.4])}}, "as many networks"),
        ({"reach": 0.0}, "reach must be positive"),
        ({"low": 1.0}, "low < high"),
    ],
)
def test_bad_input_is_named(wrong, message):
    good = {"snapshots": {0: stack([0.5]), 1: stack([0.5])}}
    with pytest.raises((TypeError, ValueError), match=message):
        bends_followed(**good | wrong)


def test_the_three_trainings_are_those_of_the_engine():
    curve, x = cn.TARGETS["x^3"], np.linspace(0, 1, 20)
    found = trained_three_ways(curve, 3, models=2, points=20, epochs=7, lr=1e-2, step=3, seed=5)
    peaks = cn.sample_peaks(2, 3, 5)
    options = {"epochs": 6, "lr": 1e-2}
    assert {kind: sorted(frames) for kind, frames in found.items()} == dict.fromkeys(
        ("pretraining", "all weights", "default"), [0, 3, 6]
    )
    z = np.linspace(0, 1, 51)
    wanted = {
        "pretraining": cn.pretrain(peaks, curve, x, **options).net,
        "all weights": cn.train(cn.compositional(peaks, curve.sign), curve, x, **options).net,
        "default": cn.train(cn.default_init(2, 3, 4, 5), curve, x, **options).net,
    }
    for kind, net in wanted.items():
        assert found[kind][6](z) == pytest.approx(net(z), abs=1e-12)
    assert found["pretraining"][0](z) == pytest.approx(found["all weights"][0](z), abs=1e-12)


def test_pieces_and_squares_of_both_starts():
    curves = [cn.Target.from_formula(text) for text in ("x^2", "exp(2*x)")]
    ways = {"slow": {"lr": 1e-4}, "wild": {"lr": 1e30, "optimizer": "gd"}}
    options = {"models": 3, "points": 15, "pretraining": 4, "epochs": 5, "lr": 1e-2, "seed": 2}
    found = built_or_default(curves, [2, 3], ways, **options)
    built = found.sel(start="triangles", moment="start")
    assert (built.pieces == 2**found.depth).all()
    x = np.linspace(0, 1, 15)
    first = cn.pretrain(cn.sample_peaks(3, 3, 2), curves[1], x, epochs=4, lr=1e-2).net
    done = cn.train(first, curves[1], x, epochs=5, lr=1e-4)
    here = found.sel(curve="exp(2*x)", depth=3, start="triangles", way="slow", moment="trained")
    assert here.squares.values == pytest.approx(15 * done.loss, rel=1e-9)
    assert here.pieces.values.tolist() == [len(row) + 1 for row in output_bends(done.net)]
    wild = found.sel(way="wild", moment="trained")
    assert wild.pieces.isnull().any() and (wild.pieces.isnull() == wild.squares.isnull()).all()


def test_wrong_arguments_are_named():
    with pytest.raises(TypeError, match="ways must be"):
        built_or_default([cn.TARGETS["x^2"]], [2], {"Adam": 3})
    with pytest.raises(ValueError, match="step must leave"):
        trained_three_ways(cn.TARGETS["x^2"], 2, epochs=10**6, step=1)
