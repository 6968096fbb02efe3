"""What further runs of an experiment would give."""

import numpy as np
import pytest
import xarray as xr

from compnet_lib.experiments import redrawn


def labelled(values):
    """Values of (curve, seed, model) with names for the curves."""
    return xr.DataArray(
        values,
        {"curve": [f"c{k}" for k in range(len(values))]},
        dims=("curve", "seed", "model"),
    )


def test_minima_follow_the_order_statistics_of_all_networks():
    """Of N networks the k-th least or a smaller one is missed by n draws with probability
    (1 - k/N)^n."""
    values = labelled(np.random.default_rng(0).permutation(60).reshape(1, 6, 10))
    runs, size = 40_000, 7
    found = redrawn(values, ["min"], size=size, runs=runs).sel(statistic="min", curve="c0")
    for k in range(60):
        above = (1 - (k + 1) / 60) ** size
        deviation = np.sqrt(above * (1 - above) / runs)
        assert abs((found > k).mean() - above) <= 5 * deviation


def test_means_of_normal_samples_are_normal():
    values = labelled(np.random.default_rng(1).normal(3, 2, (1, 100, 30)))
    found = redrawn(values, ["mean"], runs=40_000).squeeze()
    centre, spread = values.mean().item(), values.std().item() / np.sqrt(30)
    for quantile, deviations in ((0.005, -2.5758), (0.16, -0.9945), (0.5, 0), (0.995, 2.5758)):
        np.testing.assert_allclose(
            found.quantile(quantile), centre + deviations * spread, atol=0.06 * spread
        )


def test_a_constant_stays_constant():
    found = redrawn(labelled(np.full((2, 3, 4), 7.0)), ["min", "mean", "median", "max"], runs=5)
    assert found.dims == ("statistic", "curve", "run")
    assert found.shape == (4, 2, 5) and (found == 7).all()


def test_a_run_has_the_networks_of_a_seed_and_the_same_for_all_labels():
    values = np.random.default_rng(2).lognormal(size=(4, 5))
    found = redrawn(labelled(np.array([values, 2 * values])), runs=50)
    np.testing.assert_array_equal(found.sel(curve="c1"), 2 * found.sel(curve="c0"))
    alone = labelled(values[None, :1])
    assert set(redrawn(alone, ["min"], size=1, runs=200).values.flat) == set(values[0])
    assert (redrawn(alone, ["min"], runs=9) == redrawn(alone, ["min"], size=5, runs=9)).all()
    assert not (redrawn(alone, runs=9) == redrawn(alone, runs=9, seed=1)).all()


def test_what_diverged_is_not_left_out():
    values = labelled(np.array([[[1.0, 2.0, np.nan]]]))
    found = redrawn(values, ["min"], size=1, runs=100).values
    assert np.isnan(found).any() and not np.isnan(found).all()


def test_dimensions_may_come_in_any_order():
    values = labelled(np.random.default_rng(3).normal(size=(3, 4, 5)))
    turned = values.transpose("model", "curve", "seed")
    assert redrawn(turned, runs=7).equals(redrawn(values, runs=7))


@pytest.mark.parametrize(("statistic", "missed"), [("mean", 0.01), ("min", 30 / 630 + 0.005)])
def test_a_further_run_seldom_lies_outside_the_quantiles(statistic, missed):
    """A new minimum falls below all 600 networks in 30 of 630 cases; nothing else is missed
    more often than one run in a hundred, up to four deviations of the count."""
    rng, outside, times = np.random.default_rng(4), 0, 300
    for _ in range(times):
        drawn = redrawn(labelled(rng.normal(size=(1, 20, 30))), [statistic], runs=1000)
        low, high = drawn.quantile([0.005, 0.995]).values
        outside += not low <= getattr(rng.normal(size=30), statistic)() <= high
    assert outside <= times * missed + 4 * np.sqrt(times * missed * (1 - missed))


@pytest.mark.parametrize(
    ("options", "error", "name"),
    [
        ({"statistics": ["mode"]}, ValueError, "statistics"),
        ({"statistics": "min"}, TypeError, "statistics"),
        ({"statistics": []}, ValueError, "statistics"),
        ({"size": 0}, ValueError, "size"),
        ({"size": 2.5}, TypeError, "size"),
        ({"runs": 0}, ValueError, "runs"),
        ({"runs": 10**15}, ValueError, "runs"),
        ({"seed": -1}, ValueError, "seed"),
        ({"values": np.ones((2, 3))}, TypeError, "values"),
        ({"values": xr.DataArray(np.ones(3), dims="seed")}, ValueError, "values"),
    ],
)
def test_what_cannot_be_drawn_is_named(options, error, name):
    with pytest.raises(error, match=rf"\b{name} must"):
        redrawn(**({"values": labelled(np.ones((1, 2, 3)))} | options))
