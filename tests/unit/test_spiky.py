"""Starts that are spiky functions, and the networks that are trained from them."""

import numpy as np
import pytest

import compnet_lib as cn
from compnet_lib.experiments import space_curves, spiky_and_standard
from compnet_lib.functions._spiky import spikes

X = np.linspace(-2, 2, 1001)


@pytest.mark.parametrize("balanced", [True, False])
def test_a_spiky_network_is_the_drawn_function(balanced):
    net = cn.spiky_init(4, 20, seed=3, balanced=balanced)
    assert net.widths == (21,)
    for f, member in zip(spikes(4, 20, seed=3), net):
        assert np.allclose(member(X)[0], np.interp(X, f.knots, f.values), rtol=0, atol=1e-11)


def test_spikes_have_their_breakpoints_evenly_and_values_uniform_in_the_height():
    drawn = spikes(500, 4, seed=1, interval=(0, 5), height=3.0)
    values = np.array([f.values for f in drawn])
    assert np.allclose([f.knots for f in drawn], np.arange(6))
    assert abs(values).max() < 3
    # 3,000 independent values: Hoeffding's bound for the share below 1, at 1e-9.
    assert abs((values < 1).mean() - 2 / 3) < np.sqrt(np.log(2e9) / (2 * values.size))


def test_a_member_depends_on_seed_and_number_only():
    few, many = cn.spiky_init(2, 5, seed=7), cn.spiky_init(6, 5, seed=7)
    assert (few(X) == many[:2](X)).all()
    assert (cn.spiky_init(2, 5, seed=8)(X) != few(X)).any()


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("interval", lambda: cn.spiky_init(1, interval=(2, -2))),
        ("height", lambda: cn.spiky_init(1, height=0)),
        ("breakpoints", lambda: cn.spiky_init(1, 0)),
        ("balanced", lambda: cn.spiky_init(1, balanced=1)),
        ("starts", lambda: spiky_and_standard(space_curves(3), ["steep"])),
        ("curves", lambda: spiky_and_standard([*space_curves(3), *space_curves(2)])),
        ("slower", lambda: spiky_and_standard(space_curves(3), slower=0)),
    ],
)
def test_bad_arguments_are_named(name, call):
    with pytest.raises((ValueError, TypeError), match=name):
        call()


@pytest.fixture(scope="module")
def runs():
    options = {"trials": 2, "epochs": 40, "pretraining": 30, "points": 6, "dtype": np.float64}
    return spiky_and_standard(space_curves(3)[:2], seed=5, **options)


def test_errors_are_sums_of_squares_of_what_is_returned(runs):
    curves = space_curves(3)[:2]
    for curve in curves:
        own = runs.sel(curve=curve.name)
        truth = curve(own.place.values)
        assert np.allclose(own.test, ((own.after - truth) ** 2).sum("place"))
        at = [
            np.interp(own.x.values[0, k], own.place, own.after.sel(start="shallow")[0, k])
            for k in range(2)
        ]
        near = ((np.array(at) - curve(own.x.values[0])) ** 2).sum(1)
        # The networks bend between the places: their values there are read off with an error.
        assert np.allclose(own.train.sel(start="shallow")[0], near, rtol=0.02, atol=1e-3)


def test_a_step_descends_the_sum_of_squares_by_autograd():
    torch = pytest.importorskip("torch")
    curve = space_curves(3)[0]
    one = spiky_and_standard(
        [curve], ["shallow"], trials=1, seed=2, epochs=1, lr=1e-3, dtype=np.float64
    )
    module = cn.default_init(1, 1, 21, 2).to_torch(0)
    x = torch.tensor(one.x.values[0, 0])[:, None]
    y = torch.tensor(curve(one.x.values[0, 0]))[:, None]
    ((module(x) - y) ** 2).sum().backward()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter -= 1e-3 * parameter.grad
        found = module(torch.tensor(one.place.values)[:, None])[:, 0]
    assert np.allclose(found, one.after[0, 0, 0, 0], rtol=0, atol=1e-12)


def test_starts_are_what_they_say(runs):
    drawn = runs.spikes.values[0]
    assert np.allclose(runs.before.sel(start="spiky shallow")[0, 0], drawn)
    flat = cn.default_init(2, 4, 8, 5)
    assert np.allclose(runs.before.sel(start="deep")[0, 1], flat(runs.place.values))
    spots = runs.place.values
    taught = cn.train(flat, drawn, spots, epochs=30, lr=1e-4, optimizer="gd", objective="sum")
    assert np.allclose(runs.before.sel(start="spiky deep")[0, 1], taught.net(spots))


def test_what_is_kept_is_one_for_what_does_not_move():
    still = spiky_and_standard(space_curves(3)[:1], trials=2, epochs=0, pretraining=5)
    assert np.allclose(still.kept, 1)
    assert np.allclose(still.rough, still.rough_start)


def test_spiky_roughness_is_that_of_the_drawn_values(runs):
    for k, f in enumerate(spikes(2, 20, seed=5)):
        turns = np.diff(f.values, 2) / (4 / 21)
        found = runs.rough_start.sel(start="spiky shallow")[0, 0, k]
        assert np.isclose(found, (turns**2).sum())
