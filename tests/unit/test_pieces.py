"""Pieces of trained networks, counted by what a network gives on a fine grid and by hand."""

import numpy as np
import pytest
import xarray as xr

import compnet_lib as cn
from compnet_lib.experiments import (
    count_pieces,
    sd_growth,
    space_curves,
    trained_pieces,
    trial_means,
)

CURVES = space_curves(2)[:2]
SMALL = {"units": 6, "trials": 3, "points": 11, "epochs": 4, "lr": 1e-3}


@pytest.fixture(scope="module")
def found():
    return trained_pieces(CURVES, [1, 2], **SMALL)


def test_it_is_labelled(found):
    assert dict(found["count"].sizes) == {
        "depth": 2,
        "moment": 2,
        "curve": 2,
        "seed": 3,
        "model": 1,
        "counted": 4,
    }
    assert found.attrs["units"] == 6 and not found.diverged.any()


def test_one_layer_has_a_breakpoint_a_neuron(found):
    assert (found["count"].sel(depth=1, counted="breakpoints") == 6).all()
    assert (found["count"].sel(depth=1, counted="pieces") == 7).all()


def test_the_networks_are_those_of_the_engine(found):
    start = cn.default_init(3, 2, 3, 0, dtype=np.float32)
    x = np.linspace(-3, 3, 11)
    options = {"epochs": 4, "lr": 1e-3, "optimizer": "gd", "objective": "sum"}
    done = cn.train(start, CURVES[1], x, **options)
    here = {"depth": 2, "curve": "polynomial", "model": 0}
    counts = [len(where) for where in cn.breakpoints(done.net)]
    trained = found["count"].sel(here | {"moment": "trained", "counted": "breakpoints"})
    assert trained.values.tolist() == counts
    errors = ((done.net(x) - CURVES[1](x)) ** 2).sum(-1)
    assert found.loss.sel(here).values == pytest.approx(errors, rel=1e-4)


@pytest.mark.slow
def test_pieces_are_what_second_differences_see():
    net = cn.default_init(20, 3, 4, 1)
    x = np.linspace(-3, 3, 600_001)
    values = net(x)
    counts = count_pieces(net, -3, 3)
    for row, (_, inside, zeros, _) in zip(values, counts):
        bent = abs(np.diff(row, 2)) > 1e-12
        runs = (bent[1:] & ~bent[:-1]).sum() + bent[0]
        assert runs <= inside <= zeros
        assert inside - runs <= 1, "two within a step, or one too small to see"
    assert (counts[:, 3] == counts[:, 0] + 1).all()


@pytest.mark.parametrize("widths", [(3, 5), (4, 4), (5, 2)])
def test_pieces_are_at_most_the_product_of_widths_and_one(widths):
    depth, width = widths
    counts = count_pieces(cn.default_init(30, depth, width, 2), -1, 1)
    assert counts[:, 3].max() <= (width + 1) ** depth


def test_a_gain_scales_the_weights_and_moves_breakpoints_of_one_layer_inwards():
    plain, scaled = (
        trained_pieces(CURVES[:1], [1], **SMALL | {"epochs": 0, "gain": gain}) for gain in (1, 1e6)
    )
    assert (scaled["count"].sel(counted="inside") == 6).all()
    assert (plain["count"].sel(counted="inside") < 6).any()


def test_diverged_networks_are_left_out():
    found = trained_pieces(CURVES, [2], **SMALL | {"lr": 1e12, "epochs": 20})
    gone = found.diverged
    assert gone.any()
    counts = found["count"].sel(moment="trained")
    assert (counts.isnull().all("counted") == gone).all()
    assert not found["count"].sel(moment="start").isnull().any()


def test_means_of_one_trial_are_the_trials_that_have_not_diverged():
    values = xr.DataArray(
        [[[3.0], [5.0], [np.nan]], [[np.nan]] * 3], dims=("curve", "seed", "model")
    )
    drawn = trial_means(values, 1, 500)
    assert drawn.dims == ("curve", "run") and set(drawn.values[0]) == {3, 5}
    assert np.isnan(drawn.values[1]).all()
    assert set(trial_means(values[:1], 2, 500).values[0]) == {3, 4, 5}


def test_sd_growth_is_that_of_the_standard_deviations():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(7, 3, 2)) * np.array([1, 2, 5])[:, None]
    by_hand = [
        np.mean([np.sqrt(((v - v.mean()) ** 2).sum() / 6) for v in values[:, depth].T])
        for depth in (0, 2)
    ]
    assert sd_growth(values) == pytest.approx(by_hand[1] - by_hand[0])
    assert sd_growth(values[None], axis=1) == pytest.approx([by_hand[1] - by_hand[0]])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"depths": [1, 1]}, "depths must be different"),
        ({"depths": [7]}, "depths must be"),
        ({"units": 0}, "units must be"),
        ({"trials": 0}, "trials must be"),
        ({"points": 1}, "points must be"),
        ({"gain": 0.0}, "gain must be positive"),
        ({"dtype": int}, "dtype must be"),
    ],
)
def test_bad_input_is_named(wrong, message):
    depths = wrong.pop("depths", [1])
    with pytest.raises((TypeError, ValueError), match=message):
        trained_pieces(CURVES, depths, **SMALL | wrong)


def test_bad_values_are_named():
    with pytest.raises(ValueError, match="values must have shape"):
        sd_growth(np.zeros((1, 2, 3)))
    with pytest.raises(TypeError, match="values must be a DataArray"):
        trial_means(np.zeros((3, 1)), 2)
