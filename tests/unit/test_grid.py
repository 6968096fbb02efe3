"""A grid is its regimes, seeds, curves and networks, each as it is alone, under its label."""

import numpy as np
import pytest
import xarray as xr
from helpers.nets import assert_same

import compnet_lib as cn
from compnet_lib.experiments import begin_regime, error_at, evenly, paper_curves

CURVES = [cn.TARGETS["x^3"], cn.Target.read("exp(x) on -1 to 2")]
X = evenly(CURVES, 12)
SMALL = {"models": 2, "depth": 2, "width": 3, "epochs": 4, "lr": 1e-2, "dtype": np.float64}
SEEDS = [7, 3]


@pytest.fixture(scope="module")
def runs():
    return cn.grid(["default", "enforced"], CURVES, X, seeds=SEEDS, every=3, **SMALL)


def alone(regime, seed, k, **changed):
    """One cell, trained without the others."""
    return cn.run_regime(regime, [CURVES[k]], X[k], seeds=[seed], every=3, **SMALL | changed)


def test_every_cell_is_what_it_is_alone(runs):
    assert dict(runs.loss.sizes) == {"regime": 2, "seed": 2, "curve": 2, "model": 2}
    for regime in ("default", "enforced"):
        for seed in SEEDS:
            for k, curve in enumerate(CURVES):
                here = {"regime": regime, "seed": seed, "curve": curve.name}
                cell, one = runs.sel(here), alone(regime, seed, k)
                np.testing.assert_array_equal(cell.loss, one.loss)
                np.testing.assert_array_equal(cell.clipped, one.clipped)
                np.testing.assert_array_equal(cell.history, one.history)
                assert cell.target.item() is curve and cell.epoch.values.tolist() == [0, 3, 4]
                np.testing.assert_array_equal(cn.nets(cell)(X[k]), one.net(X[k]))
                np.testing.assert_array_equal(cn.nets(cell, "start")(X[k]), one.start(X[k]))


def test_networks_of_a_selection_come_in_the_order_of_its_labels(runs):
    part = runs.sel(regime="enforced").isel(seed=[1, 0], model=1)
    stack = cn.nets(part)
    assert len(stack) == 4
    order = [(seed, k) for seed in SEEDS[::-1] for k in range(2)]
    for member, (seed, k) in zip(stack, order):
        np.testing.assert_array_equal(member(X[k])[0], alone("enforced", seed, k).net(X[k])[1])
    with pytest.raises(ValueError, match="same widths"):
        cn.nets(runs)
    with pytest.raises(ValueError, match="of must be one of 'net', 'start'"):
        cn.nets(part, "end")


def test_it_carries_its_data_and_parameters(runs):
    assert runs.x.dims == runs.y.dims == ("curve", "point")
    np.testing.assert_array_equal(runs.y.sel(curve="x^3"), X[0] ** 3)
    carried = {"depth": 2, "width": 3, "dtype": "float64", "lr": 1e-2, "epochs": 4, "batch": 0}
    assert carried.items() <= runs.attrs.items()
    assert "ReLUNet(2 × 1-3-3-1, float64)" in repr(runs)


def test_noise_and_points_of_their_own_for_each_seed():
    rng = np.random.default_rng(0)
    x = np.sort(rng.uniform(0, 1, (2, 2, 12)), axis=2)
    y = x**3 + rng.normal(0, 0.1, x.shape)
    curves = [cn.TARGETS["x^3"], cn.TARGETS["sin"]]
    runs = cn.grid("enforced", curves, x, y=y, seeds=SEEDS, **SMALL)
    assert runs.x.dims == runs.y.dims == ("seed", "curve", "point")
    for i, seed in enumerate(SEEDS):
        for k, curve in enumerate(curves):
            one = cn.run_regime(
                "enforced", [curve], x[i, k], y=y[i, k][None], seeds=[seed], **SMALL
            )
            np.testing.assert_array_equal(runs.loss[0, i, k], one.loss)
            missed = cn.nets(runs.isel(seed=i, curve=k))(x[i, k]) - y[i, k]
            np.testing.assert_allclose(runs.loss[0, i, k], (missed**2).mean(1), rtol=1e-12)


def test_rates_of_their_own_for_each_regime():
    rates = {"skipped": 1e-2, "default": 1e-3}
    runs = cn.grid(rates, CURVES, X, seeds=SEEDS, **SMALL | {"lr": rates})
    for name, lr in rates.items():
        one = cn.run_regime(name, CURVES, X, seeds=SEEDS, **SMALL | {"lr": lr})
        np.testing.assert_array_equal(runs.loss.sel(regime=name).values.ravel(), one.loss)
    assert runs.attrs["lr"] == rates


def test_something_is_measured_for_each_network(runs):
    missed = cn.measure(runs, lambda net, curve, at: ("at", net(at) - curve(at)), X[:, ::4])
    assert missed.dims == (*runs.loss.dims, "at")
    one = alone("default", 3, 1).net
    here = {"regime": "default", "seed": 3, "curve": CURVES[1].name}
    np.testing.assert_allclose(missed.sel(here), one(X[1, ::4]) - CURVES[1](X[1, ::4]), atol=1e-14)
    error = cn.measure(runs, cn.mse)
    assert error.dims == runs.loss.dims
    for regime in ("default", "enforced"):
        for seed in SEEDS:
            for k, curve in enumerate(CURVES):
                one = alone(regime, seed, k)
                here = {"regime": regime, "seed": seed, "curve": curve.name}
                np.testing.assert_allclose(error.sel(here), cn.mse(one.net, curve), rtol=1e-12)
    np.testing.assert_allclose(cn.measure(runs, error_at, X), runs.loss, rtol=1e-12)
    both = cn.measure(
        runs,
        lambda net, curve: {
            "regions": cn.linear_regions(net, *curve.interval),
            "first": ("neuron", net.weights[0][:, :2, 0]),
        },
        of="start",
    )
    assert both.regions.dtype.kind == "i" and both.first.dims[-1] == "neuron"
    np.testing.assert_array_equal(
        both.first.sel(regime="enforced", seed=3, curve="x^3"),
        alone("enforced", 3, 0).start.weights[0][:, :2, 0],
    )
    np.testing.assert_array_equal(both.target, runs.target)


def test_networks_that_diverged_have_no_measure():
    wild = cn.Reading(lr=30.0, epochs=60, optimizer="gd")
    runs = cn.grid("default", CURVES, X, seeds=range(4), models=3, depth=2, reading=wild)
    lost = runs.diverged
    assert lost.any() and not lost.all(), "the rate must part them"
    seen = []
    error = cn.measure(runs, lambda net, curve: seen.append(len(net)) or cn.mse(net, curve))
    np.testing.assert_array_equal(np.isnan(error), lost)
    assert sum(seen) == int((~lost).sum())
    gone = runs.assign(diverged=xr.ones_like(lost))
    assert np.isnan(cn.measure(gone, cn.mse)).all()
    half = runs.assign(diverged=lost | (lost.curve == "x^3"))
    assert np.isnan(cn.measure(half, cn.mse).sel(curve="x^3")).all()
    assert cn.measure(half, cn.mse).sel(curve=CURVES[1].name).notnull().any()


def test_a_regimes_start_without_its_last_phase():
    for regime in ("raai", "skipped", "free", "enforced"):
        begun = begin_regime(regime, CURVES, X, seeds=SEEDS, **SMALL)
        assert_same(begun, cn.run_regime(regime, CURVES, X, seeds=SEEDS, **SMALL).start)


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"regimes": "best"}, ValueError, "regimes must be one of 'default'"),
        ({"regimes": []}, ValueError, "regimes must hold at least one entry"),
        ({"regimes": ["free", "free"]}, ValueError, "regimes must differ from each other"),
        ({"curves": CURVES[:1] * 2}, ValueError, "curves must differ from each other"),
        ({"curves": []}, TypeError, "curves must be a sequence of at least one Target"),
        ({"seeds": [1, 1]}, ValueError, "seeds must differ from each other"),
        ({"seeds": []}, ValueError, "seeds must hold at least one"),
        ({"seeds": 5}, TypeError, "seeds must be a sequence of integers, got 5"),
        ({"seeds": [-1]}, ValueError, "seeds must be at least 0"),
        ({"models": 0}, ValueError, "models must be at least 1"),
        ({"x": np.zeros((3, 5))}, ValueError, "x must have shape"),
        ({"reading": 1}, TypeError, "reading must be a Reading"),
        ({"lr": {"free": 1.0}}, ValueError, "lr must have a rate for each regime, got none for"),
    ],
)
def test_what_is_refused(wrong, error, said):
    given = {"regimes": "default", "curves": CURVES, "x": X, "seeds": SEEDS, "epochs": 1} | wrong
    with pytest.raises(error, match=said):
        cn.grid(**given)


def test_what_cannot_be_measured(runs):
    with pytest.raises(ValueError, match="rows must have one entry a curve, got 1"):
        cn.measure(runs, lambda net, curve, at: net(at), X[:1])
    with pytest.raises(ValueError, match="what must give one entry for each of 4 networks"):
        cn.measure(runs, lambda net, curve: np.zeros(3))
    with pytest.raises(ValueError, match="name further axes"):
        cn.measure(runs, lambda net, curve: np.zeros((4, 2)))
    with pytest.raises(
        ValueError, match="runs must have the dimensions regime, seed, curve, model"
    ):
        cn.measure(runs.sel(regime="default"), cn.mse)


def test_a_readers_curve_that_is_the_papers_is_not_there_twice():
    assert paper_curves("sin") == paper_curves() and len(paper_curves("sqrt(x)")) == 5
