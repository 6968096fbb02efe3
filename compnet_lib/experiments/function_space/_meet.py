"""What the compositional network is in the function-space paper's terms: its bends, followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..._core import checks
from ...functions.of_networks import piecewise_linear
from ...functions.piecewise import bounds
from ...networks.network import ReLUNet, stack

if TYPE_CHECKING:
    import xarray as xr

CHANGES = ("births", "deaths", "path")


def output_bends(net: ReLUNet, low: float = 0.0, high: float = 1.0) -> list[NDArray]:
    """Where the output of every member bends strictly between `low` and `high`.

    Bends that matter less than 64 roundings of the function's size are left out: a compositional
    network has none at its valleys, but rounded it has two close ones of opposite signs.

    Raises:
        TypeError, ValueError: as for :func:`piecewise_linear`, or not low < high.
    """
    bounds(low, high, False)
    return [f.bends(low, high)[0][1:-1] for f in piecewise_linear(net)]


def bends_followed(
    snapshots: Mapping[int, ReLUNet], low: float = 0.0, high: float = 1.0, reach: float = 0.02
) -> xr.Dataset:
    """Births, deaths and ways of the bends of the output, from one snapshot to the next.

    Bends of two snapshots are matched so that the sum of the distances is least, where a distance
    of `reach` or more is no match: such a bend has died, and another one was born. A bend that
    leaves the interval dies.

    Args:
        snapshots: for each epoch a stack of as many networks, at least two epochs, as in
            `Result.snapshots`; epochs are taken in increasing order.
        low, high: the interval, low < high.
        reach: how far a bend may go from a snapshot to the next, positive.

    Returns:
        A data set with dimensions epoch and model: `bends`, how many there are; and since the
        epoch before, `births`, `deaths`, and `path`, the sum of the distances of matched bends,
        0 at the first.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    if not isinstance(snapshots, Mapping) or len(snapshots) < 2:
        raise TypeError(
            f"snapshots must be stacks by epoch, at least two, got {checks.brief(snapshots)}"
        )
    if (reach := checks.number("reach", reach)) <= 0:
        raise ValueError(f"reach must be positive, got {reach}")
    epochs = sorted(snapshots)
    sizes = {len(stack("snapshots", snapshots[epoch])) for epoch in epochs}
    if len(sizes) > 1:
        raise ValueError(f"snapshots must hold as many networks each, got {sorted(sizes)}")
    frames = [output_bends(snapshots[epoch], low, high) for epoch in epochs]
    changes = np.zeros((3, len(epochs), len(frames[0])))
    for now, (old, new) in enumerate(zip(frames, frames[1:]), 1):
        changes[:, now] = np.transpose([_changed(*pair, reach) for pair in zip(old, new)])
    dims = ("epoch", "model")
    counts = np.array([[len(bends) for bends in frame] for frame in frames])
    return xr.Dataset(
        {"bends": (dims, counts)} | {name: (dims, c) for name, c in zip(CHANGES, changes)},
        {"epoch": epochs, "model": np.arange(counts.shape[1])},
    )


def _changed(old: NDArray, new: NDArray, reach: float) -> tuple[int, int, float]:
    """Births, deaths and the sum of distances between two sets of bends."""
    from scipy.optimize import linear_sum_assignment

    distances = abs(old[:, None] - new)
    rows, columns = linear_sum_assignment(np.minimum(distances, reach))
    ways = distances[rows, columns]
    kept = ways < reach
    return len(new) - kept.sum(), len(old) - kept.sum(), ways[kept].sum()
