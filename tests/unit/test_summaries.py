"""What experiments are summed up by."""

import numpy as np
import pytest
import xarray as xr

import compnet_lib as cn
from compnet_lib.experiments import (
    bootstrap,
    by_curve,
    counted,
    evenly,
    intervals,
    over_models,
    placed,
    pooled,
    pooled_median,
    published_grid,
    share,
    split,
)


def test_what_the_paper_prints_as_a_grid():
    dense, sparse = published_grid(), published_grid(sparse=True)
    assert dense.sizes == {"regime": 5, "curve": 4, "statistic": 2} and not dense.isnull().any()
    assert dense.sel(regime="raai", curve="x^11", statistic="mean") == 4.12e-2
    assert sparse.sel(regime="enforced", curve="sin", statistic="min") == 7.92e-7
    assert sparse.sizes == {"regime": 2, "curve": 4, "statistic": 1}


def test_statistics_over_networks():
    values = xr.DataArray(
        [[1.0, 2.0, 6.0], [3.0, np.nan, 4.0]], {"seed": [0, 1], "model": [0, 1, 2]}
    )
    found = over_models(values, ["min", "mean", "median", "max"])
    assert found.dims == ("statistic", "seed")
    assert found.sel(seed=0).values.tolist() == [1, 3, 2, 6]
    assert found.sel(seed=1).isnull().all(), "what diverged is not left out"
    with pytest.raises(ValueError, match="statistics must be one of"):
        over_models(values, ["mode"])


def test_truths_are_counted():
    hits = np.arange(60).reshape(3, 4, 5) % 3 == 0
    assert counted(hits) == share(20, 60) and counted(hits[0].tolist(), 0.5) == share(7, 20, 0.5)
    with pytest.raises(TypeError, match="hits must hold truth values, got int64"):
        counted([0, 1])
    with pytest.raises(ValueError, match="total must be at least 1"):
        counted(np.zeros(0, bool))


def test_points_on_each_curves_interval():
    curves = [cn.TARGETS["sin"], cn.Target.read("exp(x) on -1 to 2")]
    np.testing.assert_allclose(evenly(curves, 4), [[0, 1 / 3, 2 / 3, 1], [-1, 0, 1, 2]], atol=1e-15)
    with pytest.raises(ValueError, match="points must be at least 2, got 1"):
        evenly(curves, 1)


def test_pooled_shares():
    hits = xr.DataArray([[True, False, True, True]] * 3, dims=["seed", "model"])
    assert pooled(hits) == (0.75, 0.75, 0.75), "the seeds are alike, and so are all samples"
    of = xr.DataArray([True, True, False, False], dims="model")
    assert pooled(hits & of, of & hits.notnull())[0] == 0.5
    assert pooled(hits & False, hits & False) == (0, 0, 0), "none of none"
    values = xr.DataArray(np.random.default_rng(0).random((4, 6)), dims=["model", "seed"])
    means = bootstrap(values.mean("model"), np.mean)
    np.testing.assert_allclose(pooled(values), means, rtol=1e-12)
    np.testing.assert_allclose(pooled(2 * values, values), [2, 2, 2], rtol=1e-12)


def test_pooling_weighs_seeds_by_what_they_count():
    part = xr.DataArray([[1, 0, 0, 0], [1, 1, 1, 1]], dims=["seed", "model"])
    whole = xr.DataArray([[1, 0, 0, 0], [1, 1, 2, 4]], dims=["seed", "model"])
    value, low, high = pooled(part, whole)
    assert value == 5 / 9 and {low, high} == {4 / 8, 1.0}


def test_an_interval_for_each_place():
    hits = xr.DataArray(np.arange(24).reshape(3, 2, 4) % 3 == 0, dims=["seed", "curve", "model"])
    found = intervals(hits.assign_coords(curve=["x^3", "sin"]), ["seed", "model"], counted)
    assert found.dims == ("curve", "bound") and found.bound.values.tolist() == [
        *share(0, 1)._fields
    ]
    assert tuple(found.sel(curve="sin").values) == counted(hits[:, 1])
    values = xr.DataArray(np.random.default_rng(1).random((2, 5)), dims=["curve", "seed"])
    assert tuple(intervals(values, ["seed"], bootstrap)[1].values) == bootstrap(values[1])


@pytest.mark.parametrize("name", ["left end", "both ends"])
def test_splits_on_each_curves_interval(name):
    curves = [cn.TARGETS["sin"], cn.Target.read("exp(x) on -1 to 2")]
    train, test = placed(name, curves, 6)
    for k, curve in enumerate(curves):
        for found, alone in zip((train, test), split(name, 6, curve.interval)):
            np.testing.assert_array_equal(found[k], alone)


def test_members_are_pooled():
    values = np.arange(24.0).reshape(2, 3, 4) ** 2
    assert pooled_median(values) == np.median(values)
    assert pooled_median(values, axis=1).tolist() == [np.median(values[0]), np.median(values[1])]


def test_each_curve_on_its_own():
    rng = np.random.default_rng(0)
    values = xr.DataArray(
        rng.normal(size=(2, 3, 4, 5)),
        {
            "regime": ["default", "free"],
            "seed": [0, 1, 2],
            "curve": list("abcd"),
            "model": range(5),
        },
    )
    found = by_curve(values, bootstrap, statistic=pooled_median, resamples=50)
    for k, one in enumerate(found):
        alone = values.values[:, :, k].transpose(1, 0, 2)
        assert one == bootstrap(alone, pooled_median, resamples=50)
    hits = by_curve(values > 0, counted)
    assert [one.value for one in hits] == (values > 0).mean(
        ["regime", "seed", "model"]
    ).values.tolist()
    assert by_curve(values[0, 0, :, 0], float) == values.values[0, 0, :, 0].tolist()
