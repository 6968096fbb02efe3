"""What the compositional network is in the function-space paper's terms: its bends, followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..._core import checks, memory
from ...compositions.manifold import compositional
from ...compositions.peaks import sample_peaks
from ...functions.of_networks import piecewise_linear
from ...functions.piecewise import bounds
from ...networks.initialize import default_init
from ...networks.network import ReLUNet, stack
from ...targets.checks import a_curve, distinct
from ...targets.target import Target
from ...training.first_order import pretrain, train
from .._labelled import listed
from ._pieces import not_diverged

if TYPE_CHECKING:
    import xarray as xr

MOST_SNAPSHOTS = 10_000
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


def trained_three_ways(
    curve: Target,
    depth: int = 5,
    *,
    models: int = 20,
    points: int = 500,
    epochs: int = 1000,
    lr: float = 1e-3,
    step: int = 5,
    seed: int = 0,
) -> dict[str, dict[int, ReLUNet]]:
    """Networks along three trainings with Adam: "pretraining" moves the peaks of compositional
    networks, "all weights" the weights from the same starts, "default" those of default networks
    with layers of four neurons.

    Args:
        curve: on [0, 1], with different values at the ends.
        depth: hidden layers, at least 1.
        models: networks of each kind, at least 1.
        points: evenly spaced, at least 2.
        epochs, lr: of each training, see :func:`train`.
        step: from one snapshot to the next, in epochs, at least 1.
        seed: of the starts.

    Returns:
        For each training a stack for each epoch that is a multiple of `step`,
        as :func:`bends_followed` takes them.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    a_curve("curve", curve)
    points, step = checks.integer("points", points, 2), checks.integer("step", step, 1)
    epochs, models = checks.integer("epochs", epochs), checks.integer("models", models, 1)
    memory.fit("points", points, 40 * points * models)
    if epochs // step > MOST_SNAPSHOTS:
        raise ValueError(
            f"step must leave at most {MOST_SNAPSHOTS:,} snapshots, got {epochs // step:,}"
        )
    x = np.linspace(0, 1, points)
    peaks = sample_peaks(models, depth, seed)
    options: dict[str, Any] = {
        "epochs": epochs,
        "lr": lr,
        "snapshots": range(0, epochs + 1, step),
    }
    kept: Mapping[int, Any] = pretrain(peaks, curve, x, **options).snapshots
    built = pretrain(peaks, curve, x, epochs=0, lr=lr).net
    moved = {
        epoch: compositional(each.peaks, curve.sign, each.closing) for epoch, each in kept.items()
    }
    weights: Mapping[int, Any] = train(built, curve, x, **options).snapshots
    default = default_init(models, depth, 4, seed)
    others: Mapping[int, Any] = train(default, curve, x, **options).snapshots
    return {"pretraining": moved, "all weights": dict(weights), "default": dict(others)}


def built_or_default(
    curves: Sequence[Target],
    depths: Iterable[int],
    ways: Mapping[str, Mapping[str, Any]],
    *,
    models: int = 10,
    points: int = 601,
    pretraining: int = 1000,
    epochs: int = 5000,
    lr: float = 1e-3,
    seed: int = 0,
) -> xr.Dataset:
    """Pieces and errors of networks built from triangles and of default ones with layers of four
    neurons, before and after all their weights are trained.

    Args:
        curves: on [0, 1], with different values at the ends; their names differ.
        depths: hidden layers, each at least 1.
        ways: for each name what :func:`train` is told, such as its `lr` and `optimizer`.
        models: networks of each kind, at least 1.
        points: evenly spaced, at least 2.
        pretraining: epochs in which the peaks are trained, by Adam at the rate `lr`.
        epochs: of the training that follows.
        seed: of the starts.

    Returns:
        A data set with dimensions curve, depth, start ("triangles" and "default"), way, model and
        moment ("start" and "trained"): `pieces` on [0, 1], and `squares`, the sum of squares over
        the points; NaN after training where a network diverged.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    curves, depths = distinct("curves", curves), listed("depths", depths, "integers")
    if not isinstance(ways, Mapping) or not all(isinstance(one, Mapping) for one in ways.values()):
        raise TypeError(f"ways must be options by name, got {checks.brief(ways)}")
    points, models = checks.integer("points", points, 2), checks.integer("models", models, 1)
    memory.fit("points", points, 40 * points * models)
    x = np.linspace(0, 1, points)
    found = np.full((2, len(curves), len(depths), 2, len(ways), 2, models), np.nan)
    for i, curve in enumerate(curves):
        for j, depth in enumerate(depths):
            peaks = sample_peaks(models, depth, seed)
            built = pretrain(peaks, curve, x, epochs=pretraining, lr=lr).net
            for k, net in enumerate((built, default_init(models, depth, 4, seed))):
                for n, options in enumerate(ways.values()):
                    done = train(net, curve, x, epochs=epochs, **options)
                    fine = np.flatnonzero(not_diverged(done))
                    found[:, i, j, k, n, 0] = _pieces_and_squares(net, curve, x)
                    if len(fine):
                        each = _pieces_and_squares(done.net[fine], curve, x)
                        found[:, i, j, k, n, 1][:, fine] = each
    dims = ("curve", "depth", "start", "way", "moment", "model")
    return xr.Dataset(
        {"pieces": (dims, found[0]), "squares": (dims, found[1])},
        {
            "curve": [curve.name for curve in curves],
            "depth": depths,
            "start": ["triangles", "default"],
            "way": list(ways),
            "moment": ["start", "trained"],
        },
    )


def _pieces_and_squares(net: ReLUNet, curve: Target, x: NDArray) -> NDArray:
    """Pieces on [0, 1] and sums of squares of every member, (2, models)."""
    squares = ((net(x) - curve(x)) ** 2).sum(-1)
    return np.array([[len(bends) + 1 for bends in output_bends(net)], squares])
