"""Breakpoints followed through a training: matching, births, deaths, velocities, roughness."""

from itertools import combinations

import numpy as np
import pytest

import compnet_lib as cn
from compnet_lib.experiments import descended, gap_curves, gap_points, mobility, tracked
from compnet_lib.experiments import roughness_by_layer as by_layer
from compnet_lib.experiments.function_space._tracked import matched


def network(w, b, v):
    """One member with one hidden layer."""
    return cn.ReLUNet(
        [np.array(w, float)[None, :, None], np.array(v, float)[None, None]],
        [np.array(b, float)[None], np.zeros((1, 1))],
    )


def test_matching_has_the_least_sum_of_distances():
    rng = np.random.default_rng(0)
    for _ in range(200):
        few, many = sorted(rng.integers(0, 7, 2))
        short, long = np.sort(rng.normal(size=few)), np.sort(rng.normal(size=many))
        chosen = (np.array(each, int) for each in combinations(range(many), few))
        least = min(abs(short - long[each]).sum() for each in chosen)
        for old, new in ((short, long), (long, short)):
            first, second = matched(old, new)
            assert len(first) == len(second) == few
            assert (np.diff(first) > 0).all() and (np.diff(second) > 0).all()
            assert np.isclose(abs(old[first] - new[second]).sum(), least)


def test_a_known_motion_is_found():
    """Two neurons whose breakpoints move by 0.1 and 0.3 an epoch, one the other way."""
    snapshots = {k: network([1, -2], [-0.1 * k, 2 - 0.6 * k], [1, 1]) for k in range(0, 5, 2)}
    tracks = tracked(snapshots)
    assert np.allclose(tracks.position.sel(epoch=4), [0.4, 1 - 1.2])
    assert tracks.orientation.values.tolist() == [1, -1]
    found = mobility(tracks).squeeze()
    assert np.isclose(found.velocity, 0.2)
    assert not found.births and not found.deaths and not found.changes
    assert np.isclose(mobility(tracks, -0.01, 0.45).velocity, 0.1), "the other begins outside"
    assert np.isnan(mobility(tracks, 5, 6).velocity)


def test_steps_after_the_end_do_not_count():
    at = (0.0, 1.0, 1.5, 1.5, 1.5)
    tracks = tracked({10 * k: network([1], [-b], [1]) for k, b in enumerate(at)})
    for until, mean in ((None, 1.5 / 40), ([20], 1.5 / 20), ([15], 1.5 / 20), ([10], 0.1)):
        found = mobility(tracks, until=until)
        assert np.isclose(found.velocity, mean)
        assert not found.deaths


def test_a_breakpoint_that_turns_round_dies_and_is_born():
    tracks = tracked({0: network([1, 1], [0, -1], [1, 1]), 1: network([-1, 1], [0, -1], [1, 1])})
    found = mobility(tracks).squeeze()
    assert (found.births, found.deaths, found.changes) == (1, 1, 0)
    assert found.velocity == 0


def test_a_deep_neuron_gains_and_loses_two_breakpoints():
    """The second layer's one neuron passes on |x| - c: no zeros, two, none."""
    weights = [np.array([[[1.0], [-1.0]]]), np.ones((1, 1, 2)), np.ones((1, 1, 1))]
    snapshots = {
        k: cn.ReLUNet(weights, [np.zeros((1, 2)), np.array([[-c]]), np.zeros((1, 1))])
        for k, c in enumerate((-1.0, 2.0, 3.0, -1.0))
    }
    found = mobility(tracked(snapshots)).isel(model=0)
    assert found.births.values.tolist() == found.deaths.values.tolist() == [0, 2]
    assert found.changes.values.tolist() == [0, 4]
    assert found.velocity.sel(layer=2) == 1
    assert found["first"].values.tolist() == found["last"].values.tolist() == [2, 0]


def test_every_breakpoint_of_every_snapshot_is_on_one_track():
    run = descended(
        gap_curves(), gap_points(61), trials=2, depth=3, width=5, epochs=400, lr=1e-4, every=100
    )["sharp"]
    tracks = tracked(run.snapshots)
    assert tracks.epoch.values.tolist() == [0, 100, 200, 300, 400]
    for epoch, net in run.snapshots.items():
        for model, found in enumerate(cn.to_breakpoints(net)):
            own = tracks.position.sel(epoch=epoch)[tracks.model.values == model]
            assert np.array_equal(np.sort(own.dropna("track")), found.breakpoints)
    found = mobility(tracks)
    assert not found.changes.sel(layer=1).any(), "one zero for each neuron of the first layer"
    assert found.changes.sum() > 0
    growth = found["last"] - found["first"]
    assert np.array_equal(found.births - found.deaths, growth)
    assert (found.changes >= abs(growth)).all()
    assert (found.changes <= found.births + found.deaths).all()


def test_all_curves_start_from_the_same_networks():
    runs = descended(gap_curves(), gap_points(61), trials=2, depth=2, width=4, epochs=3, lr=1e-4)
    first, second = (run.snapshots[0] for run in runs.values())
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, second.weights))
    start = cn.default_init(2, 2, 4, 0)
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, start.weights))


def test_the_gap_has_no_points_but_its_ends():
    x = gap_points(601)
    assert len(x) == 502
    assert not ((x > -0.499) & (x < 0.499)).any()
    assert np.isclose(abs(x).min(), 0.5) and x[0] == -3 and x[-1] == 3
    smooth, sharp = gap_curves()
    assert np.allclose(sharp(x) - smooth(x), np.where(x > 0, 1, -1))


# Roughness by layer


def test_the_roughness_of_the_first_layer_is_the_squares_of_its_weights():
    net = cn.default_init(4, 3, 6, seed=1)
    found = by_layer({0: net}).sel(epoch=0, layer=1)
    assert np.allclose(found, (net.weights[0][:, :, 0] ** 2).sum(1), rtol=1e-12)


@pytest.mark.parametrize("ends", [(None, None), (-1.5, 0.75)])
def test_roughness_is_that_of_each_neuron_s_own_network(ends):
    net = cn.default_init(3, 4, 5, seed=2)
    found = by_layer({7: net}, *ends)
    for layer in range(net.depth):
        total = np.zeros(3)
        for neuron in range(5):
            out = np.zeros((3, 1, 5))
            out[:, :, neuron] = 1
            cut = [*net.weights[: layer + 1], out], [*net.biases[: layer + 1], np.zeros((3, 1))]
            total += cn.roughness(cn.ReLUNet(*cut), *ends)
        assert np.allclose(found.sel(epoch=7, layer=layer + 1), total, rtol=1e-9)


def test_roughness_is_told_from_what_a_neuron_takes_in():
    """Before its ReLU a neuron of the first layer has no bend, and one that is off has none after:
    neither sum of squares is that of the layer."""
    net = network([2, 3], [0, 0], [1, 1])
    assert by_layer({0: net}).item() == 13
    assert by_layer({0: net}, before=True).item() == 0
    deep = cn.ReLUNet(
        [net.weights[0], -np.ones((1, 1, 2)), np.ones((1, 1, 1))],
        [net.biases[0], np.zeros((1, 1)), np.zeros((1, 1))],
    )
    assert by_layer({0: deep}).sel(layer=2).item() == 0
    assert by_layer({0: deep}, before=True).sel(layer=2).item() == 25


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tracked([]), "snapshots must be a mapping"),
        (lambda: tracked({}), "at least one stack"),
        (lambda: tracked({0: cn.default_init(1, 1, 2), 1: cn.default_init(1, 2, 2)}), "one shape"),
        (lambda: tracked({0: 3}), r"snapshots\[0\] must be"),
        (lambda: by_layer({0: cn.default_init(1)}, 1, 0), "low < high"),
        (lambda: mobility(3), "tracks must be"),
        (lambda: mobility(tracked({0: cn.default_init(1)}), 1, 0), "low < high"),
        (lambda: mobility(tracked({0: cn.default_init(1)}), statistic="sum"), "statistic must be"),
        (lambda: mobility(tracked({0: cn.default_init(2)}), until=[1]), "until must"),
        (lambda: gap_points(1), "points must be"),
        (
            lambda: descended([], [0.0], trials=1, depth=1, width=1, epochs=1, lr=1.0),
            "curves must be",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()
