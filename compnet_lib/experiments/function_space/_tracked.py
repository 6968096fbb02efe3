"""Breakpoints on their way through training: which one is which, how far each moves,
and where some appear and others vanish."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks
from ...functions._breakpoints import Breakpoints, to_breakpoints
from ...networks.network import ReLUNet
from .._labelled import variables
from ._by_layer import interval, stacks

if TYPE_CHECKING:
    import xarray as xr

STATISTICS: dict[str, Callable[[NDArray], Any]] = {"mean": np.nanmean, "median": np.nanmedian}
"""What a velocity may be, of all steps of a layer's breakpoints."""


def tracked(snapshots: Mapping[int, ReLUNet]) -> xr.Dataset:
    r"""The breakpoints of every neuron at some epochs of a training, joined to tracks.

    From one snapshot to the next, the breakpoints of one neuron with one orientation are matched:
    as many pairs as there can be, with the least sum of distances, in their order on the line.
    What is left over has appeared (a birth) or vanished (a death). A breakpoint that leaves at one
    end of the line and comes back at the other, as a weight changes its sign, turns round; it
    counts as a death and a birth.

    Args:
        snapshots: stacks by epoch, as `Result.snapshots`.

    Returns:
        `position` (track, epoch), NaN where the track is not there. The coordinates of a track are
        its `model`, `layer` (from 1), `neuron` (from 0) and `orientation`.

    Raises:
        TypeError: `snapshots` is no mapping of univariate stacks of floats.
        ValueError: it is empty, or its stacks are not of one shape.
    """
    import xarray as xr

    nets = stacks(snapshots)
    frames = [to_breakpoints(net) for net in nets.values()]
    position, keys = [], []
    for model, several in enumerate(zip(*frames)):
        own, found = _joined(several)
        position.append(own)
        keys.append(np.column_stack([np.full(len(found), model), found]))
    model, layer, neuron, orientation = np.concatenate(keys).T
    coordinates: dict[str, Any] = {
        "model": ("track", model),
        "layer": ("track", layer + 1),
        "neuron": ("track", neuron),
        "orientation": ("track", orientation),
        "epoch": list(nets),
    }
    return xr.Dataset({"position": (["track", "epoch"], np.concatenate(position))}, coordinates)


def mobility(
    tracks: xr.Dataset,
    low: float | None = None,
    high: float | None = None,
    *,
    statistic: str = "mean",
    until: ArrayLike | None = None,
) -> xr.Dataset:
    """Births, deaths and velocities of breakpoints, by network and layer.

    Args:
        tracks: as :func:`tracked` gives them.
        low, high: a step counts for the velocity if it begins and ends between the two;
            None is no bound. Births and deaths count wherever they are.
        statistic: of the lengths of these steps an epoch, "mean" or "median".
        until: an epoch for each model, such as `Result.finished`: steps that begin there or later
            do not count for the velocity. None counts all.

    Returns:
        (model, layer): `births`, `deaths`; `changes`, by how much the numbers of breakpoints of the
        layer's neurons went up and down, summed; `velocity`, NaN where no step counts; `first` and
        `last`, the numbers of breakpoints at the start and at the end.

    Raises:
        TypeError, ValueError: `tracks` is not as said, not low < high, or an unknown statistic.
    """
    import xarray as xr

    position = variables("tracks", tracks, "position", "model", "layer", "neuron").position
    checks.choice("statistic", statistic, STATISTICS)
    ends = interval(low, high)
    x, lasting = position.values, np.diff(position.epoch.values)
    here, inside = np.isfinite(x), (x >= ends[0]) & (x <= ends[1])
    going_on = inside[:, :-1]
    if until is not None:
        last = checks.shaped(
            "until", checks.numeric("until", until), (int(tracks.model.max()) + 1,)
        )
        going_on = going_on & (position.epoch.values[:-1] < last[tracks.model.values, None])
    with np.errstate(invalid="ignore"):
        steps = np.where(going_on & inside[:, 1:], abs(np.diff(x)) / lasting, np.nan)
    labels = [np.unique(tracks[name]) for name in ("model", "layer")]
    names = ("births", "deaths", "changes", "velocity", "first", "last")
    found = {name: np.zeros([len(each) for each in labels]) for name in names}
    for place in np.ndindex(found["births"].shape):
        of = np.ones(len(x), bool)
        for name, k, each in zip(("model", "layer"), place, labels):
            of &= tracks[name].values == each[k]
        before, after = here[of, :-1], here[of, 1:]
        own = steps[of]
        neurons = tracks.neuron.values[of]
        values = {
            "births": (after & ~before).sum(),
            "deaths": (before & ~after).sum(),
            "changes": abs(np.diff(_numbers(here[of], neurons), axis=1)).sum(),
            "velocity": np.nan if np.isnan(own).all() else STATISTICS[statistic](own),
            "first": here[of, 0].sum(),
            "last": here[of, -1].sum(),
        }
        for name, value in values.items():
            found[name][place] = value
    coordinates = dict(zip(("model", "layer"), labels))
    return xr.Dataset(
        {name: (list(coordinates), each) for name, each in found.items()}, coordinates
    )


def _numbers(here: NDArray, neurons: NDArray) -> NDArray:
    """How many breakpoints each neuron has, (neurons, epochs)."""
    return np.array([here[neurons == each].sum(0) for each in np.unique(neurons)])


def _joined(frames: Sequence[Breakpoints]) -> tuple[NDArray, NDArray]:
    """The tracks of one network: positions (tracks, frames), and whose they are (tracks, 3)."""
    position: list[NDArray] = []
    keys: list[NDArray] = []
    before, ids = (np.zeros(0, int), np.zeros(0)), np.zeros(0, int)
    for frame, found in enumerate(frames):
        own, at, whose = _sorted(found)
        links = _links(*before, own, at)
        going_on = links >= 0
        last, ids = ids, np.zeros(len(at), int)
        ids[going_on] = last[links[going_on]]
        for new in np.flatnonzero(~going_on):
            ids[new] = len(position)
            position.append(np.full(len(frames), np.nan))
            keys.append(whose[new])
        for track, place in zip(ids, at):
            position[track][frame] = place
        before = own, at
    return np.reshape(position, (-1, len(frames))), np.reshape(keys, (-1, 3)).astype(int)


def _sorted(found: Breakpoints) -> tuple[NDArray, NDArray, NDArray]:
    """For each breakpoint one number for its layer, neuron and orientation, where it is, and these
    three; by that number, then by place."""
    whose = np.column_stack([found.layer, found.neuron, found.orientations])
    code = (found.layer * 2**32 + found.neuron) * 3 + found.orientations
    at = found.breakpoints.astype(float)
    order = np.lexsort([at, code])
    return code[order], at[order], whose[order]


def _links(code: NDArray, at: NDArray, new_code: NDArray, new_at: NDArray) -> NDArray:
    """Which breakpoint each new one continues, or -1."""
    if np.array_equal(code, new_code):
        return np.arange(len(at))
    links = np.full(len(new_at), -1)
    for each in np.unique(new_code):
        old = np.arange(*np.searchsorted(code, [each, each + 1]))
        new = np.arange(*np.searchsorted(new_code, [each, each + 1]))
        if len(old):
            first, second = matched(at[old], new_at[new])
            links[new[second]] = old[first]
    return links


def matched(old: NDArray, new: NDArray) -> tuple[NDArray, NDArray]:
    """Pairs of two sorted rows of places: as many as there can be, with the least sum of
    distances, in their order. The indices into both, (pairs,) each."""
    from scipy.optimize import linear_sum_assignment

    if len(old) == len(new):
        return np.arange(len(old)), np.arange(len(new))
    first, second = (np.sort(each) for each in linear_sum_assignment(abs(old[:, None] - new)))
    return first, second
