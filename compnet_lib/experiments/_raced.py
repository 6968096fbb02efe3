"""Optimizers that are given the same seconds from several starts, as labelled data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .._core import checks
from ..networks.network import ReLUNet
from ..targets.checks import listed
from ..targets.target import Target
from ..training.race import CONTESTANTS, Trace
from ._labelled import function, variables

if TYPE_CHECKING:
    import xarray as xr

DIMENSIONS = ("curve", "start", "optimizer", "model")


def raced(
    curves: Sequence[Target],
    starts: Callable[[Target], Mapping[str, tuple[ReLUNet, float]]],
    seconds: float,
    contestants: Mapping[str, Callable[[ReLUNet, Target, float], Trace]] | None = None,
) -> xr.Dataset:
    """Give every optimizer so many `seconds` for each network of each start on each curve.

    Args:
        curves: the targets, whose names differ.
        starts: for a curve the kinds of start by name: a stack of networks, as many for each,
            and the seconds that each of them is charged before it begins.
        seconds: for each network, those of its start included; positive.
        contestants: by name; None takes those of :mod:`compnet_lib.training.race`.

    Returns:
        A data set with the dimensions curve, start, optimizer and model: `error`, the least
        integral of the squared error, as a mean over the interval; `seconds`, what was used;
        and `trace`, for :func:`followed`.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    curves, starts = listed("curves", curves), function("starts", starts)
    contestants = CONTESTANTS if contestants is None else contestants
    if not isinstance(contestants, Mapping) or not all(map(callable, contestants.values())):
        raise TypeError(f"contestants must map names to functions, got {checks.brief(contestants)}")
    if not contestants:
        raise ValueError("contestants must hold at least one optimizer, got none")
    if checks.number("seconds", seconds) <= 0:
        raise ValueError(f"seconds must be positive, got {seconds}")
    found = []
    for curve in curves:
        begun = starts(curve)
        if not isinstance(begun, Mapping):
            raise TypeError(
                f"starts must give networks and seconds by name, got {checks.brief(begun)}"
            )
        for nets, charge in begun.values():
            for run in contestants.values():
                left = max(seconds - charge, 0)
                traces = [run(net, curve, left) for net in nets]
                found += [(charge + trace.seconds, trace.loss) for trace in traces]
    names = [curve.name for curve in curves]
    shape = len(names), len(begun), len(contestants), -1
    variables = {
        "error": np.array([loss[-1] for _, loss in found]),
        "seconds": np.array([moments[-1] for moments, _ in found]),
        "trace": np.empty(len(found), object),
    }
    for k, trace in enumerate(found):
        variables["trace"][k] = trace
    return xr.Dataset(
        {name: (DIMENSIONS, values.reshape(shape)) for name, values in variables.items()},
        {"curve": names, "start": list(begun), "optimizer": list(contestants)},
        {"budget": seconds},
    )


def followed(runs: xr.Dataset, seconds: ArrayLike) -> xr.DataArray:
    """The least error of all networks at each moment, infinite before there is a first result:
    (curve, start, optimizer, second).

    Args:
        runs: what :func:`raced` gives.
        seconds: the moments, increasing, (moments,).

    Raises:
        TypeError, ValueError: an argument is of the wrong type or shape.
    """
    import xarray as xr

    variables("runs", runs, "trace")
    clock = checks.shaped("seconds", checks.numeric("seconds", seconds), (None,))

    def along(traces: np.ndarray) -> np.ndarray:
        lines = []
        for moments, loss in traces:
            last = np.searchsorted(moments, clock, side="right") - 1
            begun = clock >= moments[min(1, len(moments) - 1)]
            lines.append(np.where(begun, loss[np.maximum(last, 0)], np.inf))
        return np.min(lines, axis=0)

    found = xr.apply_ufunc(
        along,
        runs["trace"],
        input_core_dims=[["model"]],
        output_core_dims=[["second"]],
        vectorize=True,
        output_dtypes=[float],
    )
    return found.assign_coords(second=clock)
