from itertools import product
from math import exp, fsum, lgamma, log, log1p

import numpy as np
import pytest
import xarray as xr

from compnet_book import words
from compnet_lib.experiments.statistics import (
    Interval,
    bootstrap,
    median_ratio,
    rank_correlation,
    share,
)


@pytest.mark.parametrize("hits, total", [(0, 1), (0, 30), (1, 30), (14, 30), (30, 30), (600, 2400)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_beyond_its_bounds_a_proportion_makes_what_was_seen_rarer_than_the_level_allows(
    hits, total, level
):
    """Clopper and Pearson: at each bound the binomial tail, summed term by term from the gamma
    function, is half of what the level leaves."""
    value, low, high = share(hits, total, level)
    assert value == hits / total and low <= value <= high

    def tail(p, counts):
        ways = [lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1) for k in counts]
        return fsum(exp(way + k * log(p) + (total - k) * log1p(-p)) for way, k in zip(ways, counts))

    if hits:
        np.testing.assert_allclose(tail(low, range(hits, total + 1)), (1 - level) / 2, rtol=1e-6)
    else:
        assert low == 0
    if hits < total:
        np.testing.assert_allclose(tail(high, range(hits + 1)), (1 - level) / 2, rtol=1e-6)
    else:
        assert high == 1


@pytest.mark.parametrize("statistic", [np.median, np.mean, np.max])
def test_the_bootstrap_is_the_distribution_over_all_resamples(statistic):
    """With four seeds all 256 resamples can be listed."""
    values = np.array([1.0, 2.0, 4.0, 8.0])
    every = np.array([statistic(values[list(rows)]) for rows in product(range(4), repeat=4)])
    found = bootstrap(values, statistic, resamples=20_000)
    assert found.value == statistic(values)
    for bound, q in ((found.low, 0.025), (found.high, 0.975)):
        assert np.quantile(every, q - 0.01) <= bound <= np.quantile(every, min(1, q + 0.01))


def test_entries_of_a_seed_stay_together():
    """Two columns that cancel within each seed cancel in every resample."""
    values = np.random.default_rng(0).normal(size=12)
    paired = np.stack([values, -values], axis=1)
    assert bootstrap(paired, lambda sample, axis: sample.sum(-1).mean(axis)) == Interval(0, 0, 0)


def test_the_same_seed_gives_the_same_interval():
    values = np.arange(10.0)
    assert (
        bootstrap(values, np.mean, seed=3)
        == bootstrap(values, np.mean, seed=3)
        != bootstrap(values, np.mean, seed=4)
    )


@pytest.mark.parametrize(
    "call, error, name",
    [
        (lambda: share(1, 0), ValueError, "total"),
        (lambda: share(2, 1), ValueError, "hits"),
        (lambda: share(-1, 1), ValueError, "hits"),
        (lambda: share(0.5, 1), TypeError, "hits"),
        (lambda: share(1, 2, 1.0), ValueError, "level"),
        (lambda: share(1, 2, "0.9"), TypeError, "level"),
        (lambda: bootstrap([]), ValueError, "values"),
        (lambda: bootstrap(3.0), ValueError, "values"),
        (lambda: bootstrap(["a"]), TypeError, "values"),
        (lambda: bootstrap([1.0], lambda sample, axis: sample), ValueError, "statistic"),
        (lambda: bootstrap([1.0], level=0), ValueError, "level"),
        (lambda: bootstrap([1.0], resamples=0), ValueError, "resamples"),
        (lambda: bootstrap([1.0], seed=-1), ValueError, "seed"),
    ],
)
def test_bad_arguments_are_named(call, error, name):
    with pytest.raises(error, match=rf"\b{name} must"):
        call()


@pytest.mark.parametrize("seed", range(5))
def test_rank_correlation_is_the_correlation_of_mean_ranks(seed):
    """Ranks by counting who is below and who is equal; a sample on the first axis,
    the rest pooled."""
    pairs = np.random.default_rng(seed).integers(0, 6, (3, 4, 5, 2)).astype(float)

    def ranks(values):
        return np.array([(values < v).sum() + ((values == v).sum() + 1) / 2 for v in values])

    expected = [
        np.corrcoef(*(ranks(column) for column in sample.reshape(-1, 2).T))[0, 1]
        for sample in pairs
    ]
    np.testing.assert_allclose(rank_correlation(pairs, axis=1), expected, atol=1e-12)
    np.testing.assert_allclose(rank_correlation(pairs[0]), expected[0], atol=1e-12)
    assert bootstrap(pairs, rank_correlation, resamples=20).low >= -1


def test_rank_correlation_of_a_constant_is_zero():
    assert (
        rank_correlation([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])
        == 0
        == rank_correlation([[1.0, 2.0]])
    )


@pytest.mark.parametrize(
    "arguments, error",
    [
        (([1.0, 2.0],), "pairs must hold pairs"),
        ((np.zeros((2, 3)),), "pairs must hold pairs"),
        ((np.zeros((3, 2)), 1), "pairs must hold pairs"),
        ((np.zeros((0, 2)),), "pairs must hold pairs"),
        ((np.zeros((3, 2)), 2), "axis must be 0 or 1"),
        (([["a", "b"]],), "pairs must hold"),
    ],
)
def test_rank_correlation_names_bad_input(arguments, error):
    with pytest.raises((TypeError, ValueError), match=error):
        rank_correlation(*arguments)


def test_an_interval_is_written_with_its_value():
    found = Interval(0.4321, 0.4, 0.47)
    assert words.interval(found) == "0.43 (0.40\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}0.47)"
    assert words.interval(found, "+.1f") == "+0.4 (+0.4\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}+0.5)"
    assert (
        words.interval((0, 1, 2), lambda power: f"{10**power}")
        == "1 (10\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}100)"
    )


def test_the_median_of_a_ratio_is_taken_for_each_label_of_either():
    """What has a dimension more is compared, label by label, with what has not."""
    rng = np.random.default_rng(0)
    dims = ("way", "seed", "model")
    first = xr.DataArray(rng.uniform(1, 2, (3, 5, 4)), dims=dims, coords={"way": [*"abc"]})
    second = xr.DataArray(rng.uniform(1, 2, (5, 4)), dims=dims[1:])
    found = median_ratio(first, second)
    for way in "abc":
        own = first.sel(way=way)
        assert found.sel(way=way, bound="value") == np.median(own) / np.median(second)
        np.testing.assert_array_equal(found.sel(way=way), median_ratio(own, second))
    with pytest.raises(ValueError, match="second must have the seeds and models of first"):
        median_ratio(first, second[1:])
