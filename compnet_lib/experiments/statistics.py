"""Intervals for what is counted and what is measured over seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks, memory
from .._core.seeds import one
from ._labelled import function as _callable
from ._labelled import labelled, listed

if TYPE_CHECKING:
    import xarray as xr

OVER_MODELS = ("min", "mean", "median", "max")


class Interval(NamedTuple):
    """A value and the bounds of its interval."""

    value: float
    low: float
    high: float


def share(hits: int, total: int, level: float = 0.95) -> Interval:
    """A proportion, hits / total, with its exact binomial interval.

    Args:
        hits: how many of `total` independent trials succeeded.
        total: at least 1.
        level: the least probability that the interval covers the true proportion, in (0, 1).

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.

    Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits" (1934).
    """
    total = checks.integer("total", total, 1)
    hits = checks.integer("hits", hits)
    if hits > total:
        raise ValueError(f"hits must be at most total, got {hits} of {total}")
    from scipy import stats

    found = stats.binomtest(hits, total).proportion_ci(_level(level), method="exact")
    return Interval(hits / total, float(found.low), float(found.high))


def counted(hits: ArrayLike, level: float = 0.95) -> Interval:
    """The :func:`share` of truths among booleans of any shape."""
    hits = checks.rectangular("hits", hits)
    if hits.dtype != bool:
        raise TypeError(f"hits must hold truth values, got {hits.dtype}")
    return share(int(hits.sum()), hits.size, level)


def _level(level: float) -> float:
    return float(checks.inside_unit("level", np.array(checks.number("level", level))))


def bootstrap(
    values: ArrayLike,
    statistic: Callable = np.median,
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """A statistic of values found for several seeds, with its bootstrap interval (percentiles).

    Args:
        values: one entry a seed, (seeds,) or (seeds, …); entries of one seed stay together.
        statistic: a function of an array and `axis`, the seeds' axis,
            that gives one number a sample, such as `np.median`.
        level: of the interval, in (0, 1).
        resamples: how many times the seeds are drawn anew, with replacement; at least 1.
        seed: of these draws; an integer of at least 0, of 4,096 bits at most.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits,
            or `statistic` gives something else.

    Source: B. Efron, "Bootstrap methods: another look at the jackknife" (1979).
    """
    values = checks.numeric("values", values)
    if values.ndim == 0 or not len(values):
        raise ValueError(f"values must hold one entry a seed, got shape {values.shape}")
    level, resamples = _level(level), checks.integer("resamples", resamples, 1)
    _callable("statistic", statistic)
    memory.fit("resamples", resamples, 16 * resamples * (values.size + len(values)))
    rows = np.random.default_rng(one("seed", seed)).integers(
        0, len(values), (resamples, len(values))
    )
    drawn = checks.numeric("statistic", statistic(values[rows], axis=1))
    value = checks.numeric("statistic", statistic(values[None], axis=1))
    if drawn.shape != (resamples,) or value.shape != (1,):
        raise ValueError(
            f"statistic must give one number a sample, "
            f"got shape {drawn.shape} for {resamples} samples"
        )
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(value[0]), float(low), float(high))


def pooled(part: xr.DataArray, whole: xr.DataArray | None = None) -> Interval:
    r"""The share $\sum\text{part}/\sum\text{whole}$ over all entries of all seeds,
    0 if the denominator is, with its :func:`bootstrap` interval.

    Args:
        part: numbers or truth values with a dimension `seed`; entries of one seed stay together.
        whole: likewise; None counts the entries of `part`, which makes it a mean.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or shape.
    """
    import xarray as xr

    labelled("part", part, "seed")
    if whole is not None:
        labelled("whole", whole, "seed")
        if whole.sizes["seed"] != part.sizes["seed"]:
            raise ValueError(f"whole must have the seeds of part, got {dict(whole.sizes)}")
    whole = xr.ones_like(part, int) if whole is None else whole
    sums = [each.sum(set(each.dims) - {"seed"}).values for each in (part, whole)]

    def quotient(drawn, axis):
        above, below = np.moveaxis(drawn.sum(axis), -1, 0)
        return np.divide(above, below, out=np.zeros(above.shape), where=below > 0)

    return bootstrap(np.stack(sums, axis=1), quotient)


def intervals(
    values: xr.DataArray, over: Sequence[str], what: Callable[[NDArray], Interval]
) -> xr.DataArray:
    """An interval for each place in an array.

    Args:
        values: with the dimensions `over`, and others.
        over: the dimensions that an interval is made from, in the order that `what` takes them.
        what: a function of an array with these dimensions,
            such as :func:`counted` or :func:`bootstrap`.

    Returns:
        The other dimensions, and the last one `bound`: "value", "low", "high".

    Raises:
        TypeError, ValueError: an argument is of the wrong type or shape,
            or `what` gives something else.
    """
    import xarray as xr

    over = listed("over", over, "dimensions")
    if not all(isinstance(name, str) for name in over):
        raise TypeError(f"over must hold the names of dimensions, got {checks.brief(over)}")
    labelled("values", values, *over)
    _callable("what", what)
    options: dict[str, Any] = {"input_core_dims": [list(over)], "output_core_dims": [["bound"]]}

    def three(part: NDArray) -> NDArray:
        return checks.shaped("what", checks.rectangular("what", what(part)), (3,))

    found = xr.apply_ufunc(three, values, vectorize=True, **options)
    return found.assign_coords(bound=list(Interval._fields))


def pooled_median(sample: ArrayLike, axis: int = 0) -> NDArray:
    """The median over the seeds' axis and all that follow it: the members of a sample are pooled,
    for :func:`bootstrap`. TypeError, ValueError if one of them is something else."""
    sample, axis = checks.numeric("sample", sample), checks.integer("axis", axis)
    if axis >= sample.ndim or not sample.size:
        raise ValueError(f"axis must be below {sample.ndim}, the axes of sample, got {axis}")
    return np.median(sample.reshape(*sample.shape[:axis], -1), axis=-1)


def rank_correlation(pairs: ArrayLike, axis: int = 0) -> NDArray:
    r"""Spearman's $\rho$: the correlation of the ranks, equal values sharing their mean rank;
    0 where one of the two does not vary.

    Made for :func:`bootstrap`: the members of a sample are pooled.

    Args:
        pairs: the two quantities on the last axis, (…, 2);
            all of an array is one sample if `axis` is 0,
            and each entry along the first axis is one if it is 1.
        axis: 0 or 1, the seeds' axis.

    Returns:
        A number, or one a sample, between -1 and 1.

    Raises:
        TypeError, ValueError: an argument is of the wrong type, shape or value.

    Source: C. Spearman, "The proof and measurement of association between two things" (1904).
    """
    pairs = checks.numeric("pairs", pairs)
    axis = checks.integer("axis", axis)
    if axis > 1:
        raise ValueError(f"axis must be 0 or 1, got {axis}")
    if pairs.ndim < axis + 2 or pairs.shape[-1] != 2 or not pairs.size:
        raise ValueError(f"pairs must hold pairs on its last axis, got shape {pairs.shape}")
    samples = pairs.reshape(*pairs.shape[:axis], -1, 2)
    from scipy import stats

    ranks = stats.rankdata(samples, axis=-2)
    ranks -= ranks.mean(-2, keepdims=True)
    products, sizes = ranks.prod(-1).sum(-1), (ranks**2).sum(-2)
    return np.divide(
        products, np.sqrt(sizes.prod(-1)), out=np.zeros_like(products), where=(sizes > 0).all(-1)
    )


def over_models(values: xr.DataArray, statistics: Sequence[str] = ("min", "mean")) -> xr.DataArray:
    """Statistics of the networks of each seed, along a dimension `statistic` in place of `model`.

    Args:
        values: one entry a network, such as the losses of :func:`grid`; NaN are not left out.
        statistics: of "min", "mean", "median" and "max".

    Raises:
        TypeError, ValueError: an unknown statistic, or `values` have no models.
    """
    import xarray as xr

    statistics = listed("statistics", statistics, "names")
    for name in statistics:
        checks.choice("statistics", name, OVER_MODELS)
    labelled("values", values, "model")
    found = [getattr(values, name)("model", skipna=False) for name in statistics]
    return xr.concat(found, xr.DataArray(list(statistics), dims="statistic", name="statistic"))


def median_ratio(first: xr.DataArray, second: xr.DataArray) -> xr.DataArray:
    """The median of one quantity over that of another, with its :func:`bootstrap` interval:
    along a dimension `bound`, "value", "low" and "high", in place of `seed` and `model`.

    Args:
        first, second: one entry a network; both medians are taken from the same draw of seeds.
            They may differ in other dimensions.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or shape.
    """
    import xarray as xr

    for name, values in (("first", first), ("second", second)):
        labelled(name, values, "seed", "model")
        if any(values.sizes[one] != first.sizes[one] for one in ("seed", "model")):
            raise ValueError(
                f"second must have the seeds and models of first, got {dict(values.sizes)}"
            )

    def quotient(values, axis):
        above, below = np.moveaxis(np.median(values, axis=(axis, -1)), -1, 0)
        return above / below

    def both(above, below):
        return np.array(bootstrap(np.stack([above, below], axis=1), quotient))

    networks = [["seed", "model"]] * 2
    options: dict[str, Any] = {"input_core_dims": networks, "output_core_dims": [["bound"]]}
    found = xr.apply_ufunc(both, first, second, vectorize=True, **options)
    return found.assign_coords(bound=list(Interval._fields))


def by_curve(values: xr.DataArray, function: Callable, **options: Any) -> list:
    """`function(part, **options)` for the part of each curve, such as :func:`bootstrap`
    or :func:`counted`; `seed` is the first dimension of a part, if it has it.
    TypeError, ValueError if an argument is of the wrong type or shape."""
    labelled("values", values, "curve")
    _callable("function", function)
    parts = values.transpose("curve", "seed", ..., missing_dims="ignore")
    return [function(part, **options) for part in parts]
