"""Births, deaths and ways of bends, against polylines that are moved by hand."""

import numpy as np
import pytest

import compnet_lib as cn
from compnet_lib.experiments import bends_followed, output_bends


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
