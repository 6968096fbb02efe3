"""Searches under their labels, the closest networks, and the noise that they bear."""

import numpy as np
import pytest
import xarray as xr

import compnet_lib as cn
from compnet_lib.experiments import evenly, nearest, noise_at, searched, shaken, under_noise

CURVES = [cn.TARGETS["sin"], cn.Target.read("exp(x) on -1 to 2")]
OPTIONS = {"models": 2, "depth": 2}


@pytest.fixture(scope="module")
def search():
    return searched(CURVES, seeds=[5, 1], rounds=0, **OPTIONS)


def test_each_seed_is_a_search_of_its_own(search):
    alone = cn.closest(CURVES, 2, models=2, rounds=0, seed=1)
    cell = search.sel(seed=1)
    x = evenly(CURVES, 40)
    np.testing.assert_array_equal(cn.nets(cell)(x), alone.net(x))
    np.testing.assert_array_equal(cell.loss.squeeze(), cn.mse(alone.net, CURVES))
    np.testing.assert_array_equal(cn.measure(search, cn.mse), search.loss)


def test_the_nearest_have_the_least_errors(search):
    runs = cn.grid("enforced", CURVES, evenly(CURVES, 30), seeds=[2, 4], epochs=3, **OPTIONS)
    for data in (search, runs):
        error = cn.measure(data, cn.mse)
        least = error.min(["regime", "seed", "model"])
        np.testing.assert_array_equal(cn.mse(nearest(data, error), CURVES), least)


def test_noise_is_relative_or_absolute():
    net = cn.default_init(1, 2, 3)
    for relative in (True, False):
        moved = shaken(net, 0.1, relative=relative, seed=4)
        rng = np.random.default_rng(4)
        for before, after in zip((*net.weights, *net.biases[:-1]), (*moved.weights, *moved.biases)):
            step = 0.1 * rng.standard_normal(before.shape)
            np.testing.assert_allclose(after - before, before * step if relative else step)


def test_errors_under_noise(search):
    net = cn.nets(search.sel(seed=1))
    ratios = under_noise(net, CURVES, [1e-9, 1e-2], draws=3)
    np.testing.assert_allclose(ratios.sel(sigma=1e-9), 1, rtol=1e-3)
    each = [cn.mse(shaken(net, 1e-2, seed=[draw, 7]), CURVES) for draw in range(3)]
    expected = np.median(each, axis=0) / cn.mse(net, CURVES)
    np.testing.assert_allclose(ratios.sel(sigma=1e-2), expected)


def test_where_a_parabola_has_doubled():
    sigma = np.geomspace(1e-4, 1, 9)
    sensitivity = xr.DataArray([1.0, 1e4, 1e-9], dims="curve")
    ratios = 1 + sensitivity * xr.DataArray(sigma**2, {"sigma": sigma})
    np.testing.assert_allclose(noise_at(ratios, 2), [1, 1e-2, 1], rtol=1e-9)
    np.testing.assert_allclose(noise_at(ratios[1], 101), 0.1, rtol=1e-9)
