"""Searches for the closest networks as labelled data, and the closest of a data set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .._core.seeds import several
from ..functions.of_networks import mse
from ..networks.network import ReLUNet
from ..targets.checks import distinct, listed
from ..targets.target import Target
from ..training.starts import closest
from ._grid import DIMENSIONS, kept
from ._labelled import labelled, variables
from ._measure import nets

if TYPE_CHECKING:
    import xarray as xr


def searched(
    curves: Sequence[Target],
    depth: int = 5,
    *,
    seeds: Iterable[int] = range(3),
    models: int = 30,
    rounds: int = 30,
) -> xr.Dataset:
    """:func:`closest` for each of several seeds.

    Args:
        curves: the targets, whose names differ.
        depth, models, rounds: as for `closest`.
        seeds: one a repetition.

    Returns:
        A data set like that of :func:`grid`, for :func:`nets` and :func:`measure`,
        with the one regime "search" and one network for each seed and curve: `loss`,
        here the integral of the squared error as a mean over the interval, `diverged` and `net`.

    Raises:
        TypeError, ValueError: as for `closest`.
    """
    import xarray as xr

    curves, seeds = distinct("curves", listed("curves", curves)), several("seeds", seeds)
    options = {"models": models, "rounds": rounds}
    found = [closest(curves, depth, seed=seed, **options).net for seed in seeds]
    shape = 1, len(seeds), len(curves), 1
    error = np.concatenate([mse(net, curves) for net in found]).reshape(shape)
    variables = {
        "loss": (DIMENSIONS, error),
        "diverged": (DIMENSIONS, np.zeros(shape, bool)),
        "net": (DIMENSIONS[:3], kept(ReLUNet.concatenate(found), shape)),
    }
    targets = np.empty(len(curves), object)
    targets[:] = curves
    labels = {"regime": ["search"], "seed": seeds, "curve": [curve.name for curve in curves]}
    coordinates = labels | {"model": [0], "target": ("curve", targets)}
    return xr.Dataset(variables, coordinates, options | {"depth": depth})


def nearest(runs: xr.Dataset, error: xr.DataArray) -> ReLUNet:
    """The network with the least error for each curve, as one stack in the curves' order.

    Args:
        runs: a data set of :func:`grid` or :func:`searched`, or a selection from it.
        error: one entry a network, with the dimensions of `runs.loss`.

    Raises:
        TypeError: `runs` or `error` is something else.
        ValueError: `error` has other dimensions, or the networks differ in shape.
    """
    variables("runs", runs, "net", "model")
    labelled("error", error, "curve")
    if error.sizes["curve"] != runs.sizes.get("curve"):
        raise ValueError(
            f"error must have one entry for each network of runs, got {dict(error.sizes)}"
        )
    chosen = []
    for k in range(runs.sizes["curve"]):
        row = error.isel(curve=k)
        place = row.argmin([name for name in DIMENSIONS if name in row.dims])
        chosen.append(nets(runs.isel(curve=k).isel(place)))
    return ReLUNet.concatenate(chosen)
