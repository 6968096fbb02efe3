"""What a further run of an experiment would give, from all networks that were trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._core import checks, memory
from .._core.seeds import one
from ._labelled import labelled, listed
from .statistics import OVER_MODELS

if TYPE_CHECKING:
    import xarray as xr


def redrawn(
    values: xr.DataArray,
    statistics: Sequence[str] = ("min", "mean"),
    *,
    size: int | None = None,
    runs: int = 10_000,
    seed: int = 0,
) -> xr.DataArray:
    r"""Statistics of further runs of an experiment, as :func:`over_models` gives them for the
    seeds: the networks of a run are drawn, with replacement, from those of all seeds.

    It takes the networks as exchangeable over seeds: independent draws of one distribution,
    for each label beside `seed` and `model` its own. Then the quantiles of many runs are estimated
    from every network, and not only from one number a seed, as the range over seeds is.
    The places of a run are the same for all labels, so that labels can be compared run by run.
    No run goes below the least of the $N$ networks. One of $n$ new networks would,
    with probability $n/(N+n)$.

    Args:
        values: one entry a network, such as the losses of :func:`grid`; NaN are not left out.
        statistics: of "min", "mean", "median" and "max".
        size: networks of a run, at least 1; None takes as many as a seed has.
        runs: how many are drawn, at least 1.
        seed: of these draws; an integer of at least 0, of 4,096 bits at most.

    Returns:
        `statistic`, the other dimensions of `values`, and last `run`.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits,
            or `values` have no seeds and models.
    """
    import xarray as xr

    labelled("values", values, "seed", "model")
    statistics = listed("statistics", statistics, "names")
    for name in statistics:
        checks.choice("statistics", name, OVER_MODELS)
    size = values.sizes["model"] if size is None else checks.integer("size", size, 1)
    runs = checks.integer("runs", runs, 1)
    memory.fit("runs", runs, 16 * runs * (size + len(statistics) * values[..., 0].size))
    networks = values.sizes["seed"] * values.sizes["model"]
    places = np.random.default_rng(one("seed", seed)).integers(0, networks, (runs, size))
    functions = [getattr(np, name) for name in statistics]

    def draw(pool: NDArray) -> NDArray:
        drawn = pool.ravel()[places]
        return np.stack([function(drawn, axis=-1) for function in functions])

    options: dict[str, Any] = {
        "input_core_dims": [["seed", "model"]],
        "output_core_dims": [["statistic", "run"]],
        "vectorize": True,
    }
    found = xr.apply_ufunc(draw, values, **options).transpose("statistic", ..., "run")
    return found.assign_coords(statistic=statistics)
