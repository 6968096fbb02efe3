"""How many pieces networks of as many units have, in few layers or in many: Table 2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ..._core import checks, memory
from ...functions._breakpoints import to_breakpoints
from ...networks.initialize import default_init
from ...networks.network import ReLUNet
from ...targets.checks import distinct
from ...targets.target import Target
from ...training.first_order import train
from ...training.result import Result
from .._labelled import labelled, listed
from .._redrawn import redrawn

if TYPE_CHECKING:
    import xarray as xr

COUNTS = ("breakpoints", "inside", "zeros", "pieces")
LARGEST = 1e15
MOMENTS = ("start", "trained")


def count_pieces(net: ReLUNet, low: float, high: float) -> NDArray:
    """What can be counted of each member, (models, 4), in the order of `COUNTS`:

    - "breakpoints": places on the whole line where the slope of the output changes;
    - "inside": those of them strictly between `low` and `high`;
    - "zeros": all zeros of inputs of hidden neurons, whether the output bends there or not;
    - "pieces": straight lines that the output is made of, one more than breakpoints.

    Raises:
        TypeError, ValueError: as for :func:`breakpoints`.
    """
    found = to_breakpoints(net)
    bends = [len(one.bends()[0]) for one in found]
    inside = [len(one.bends(low, high)[0]) for one in found]
    return np.array([bends, inside, [len(one) for one in found], np.array(bends) + 1]).T


def not_diverged(done: Result) -> NDArray[np.bool_]:
    """Which networks of a training have finite losses, and no parameter beyond `LARGEST`, so that
    their functions do not overflow on the line; (models,)."""
    fine = ~done.diverged
    for array in (*done.net.weights, *done.net.biases):
        if array is not None:
            fine &= abs(np.nan_to_num(array.reshape(len(fine), -1))).max(1) <= LARGEST
    return fine


def trained_pieces(
    curves: Sequence[Target],
    depths: Iterable[int] = (1, 2, 4, 5),
    *,
    units: int = 40,
    trials: int = 5,
    points: int = 601,
    epochs: int = 25_000,
    lr: float = 5e-5,
    optimizer: str = "gd",
    objective: str = "sum",
    output_bias: bool = True,
    gain: float = 1.0,
    seed: int = 0,
    dtype: DTypeLike = np.float32,
) -> xr.Dataset:
    r"""Pieces of networks with as many hidden units in each number of layers, before and after
    training, as in Table 2 of the function-space paper. All networks of a depth are one stack.

    Args:
        curves: the targets, whose names differ.
        depths: hidden layers, each at least 1 and at most `units`; a layer has
            `units` // depth neurons. Depths may not repeat.
        units: hidden neurons in all, at least 1.
        trials: networks for each curve and depth, at least 1. Trial k starts alike for all curves.
        points: evenly spaced on a curve's interval, at least 2.
        epochs, lr, optimizer, objective: of the training, see :func:`train`.
        output_bias: whether the output layer has a bias.
        gain: of the starts, positive: what the weights of PyTorch's default are multiplied by,
            not the biases; $\sqrt6$ makes them He's uniform ones.
        seed: of the starts.
        dtype: of the training, float32 or float64; pieces are counted in float64.

    Returns:
        A data set with dimensions depth, curve, seed (a trial) and model (one):
        `count` has the dimensions moment and counted besides, see :func:`count_pieces`;
        it is NaN after training where a network diverged; `loss`, the sum of squares over the
        points; `diverged`, also where a parameter is larger than 1e15.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.

    Source: the paper, section 3 and section 3.1.2 of its appendix.
    """
    import xarray as xr

    curves, dtype = distinct("curves", curves), checks.floating("dtype", dtype)
    units, trials = checks.integer("units", units, 1), checks.integer("trials", trials, 1)
    depths = [checks.integer("depths", depth, 1, units) for depth in listed("depths", depths, "")]
    if not depths or len(set(depths)) < len(depths):
        raise ValueError(f"depths must be different integers, got {checks.brief(depths)}")
    points = checks.integer("points", points, 2)
    if (gain := checks.number("gain", gain)) <= 0:
        raise ValueError(f"gain must be positive, got {gain}")
    networks = len(curves) * trials
    memory.fit("points", points, 40 * points * networks)
    memory.fit("trials", trials, 64 * networks * (units * units + 4 * units))
    x = np.stack([np.linspace(*curve.interval, points) for curve in curves])
    y = np.stack([curve(row) for curve, row in zip(curves, x)])
    shape = (len(curves), trials, 1)
    found: dict[str, list] = {"count": [], "loss": [], "diverged": []}
    for depth in depths:
        start = _scaled(
            default_init(trials, depth, units // depth, seed, output_bias=output_bias, dtype=dtype),
            gain,
        )
        done = train(
            start[np.tile(np.arange(trials), len(curves))],
            np.repeat(y, trials, 0),
            np.repeat(x, trials, 0),
            epochs=epochs,
            lr=lr,
            optimizer=optimizer,
            objective=objective,
        )
        counts = np.full((2, len(curves), trials, len(COUNTS)), np.nan)
        fine = not_diverged(done).reshape(shape[:2])
        for k, curve in enumerate(curves):
            counts[0, k] = count_pieces(start, *curve.interval)
            if fine[k].any():
                kept = done.net[k * trials + np.flatnonzero(fine[k])]
                counts[1, k, fine[k]] = count_pieces(kept, *curve.interval)
        found["count"].append(counts[:, :, :, None])
        found["loss"].append(np.reshape(points * done.loss.astype(float), shape))
        found["diverged"].append(~fine[..., None])
    dims = ("depth", "curve", "seed", "model")
    names = ("depth", "moment", "curve", "seed", "model", "counted")
    return xr.Dataset(
        {
            "count": (names, np.array(found["count"])),
            "loss": (dims, np.array(found["loss"])),
            "diverged": (dims, np.array(found["diverged"])),
        },
        {
            "depth": depths,
            "curve": [curve.name for curve in curves],
            "seed": np.arange(trials),
            "model": [0],
            "moment": list(MOMENTS),
            "counted": list(COUNTS),
        },
        {"units": units, "epochs": epochs, "points": points, "lr": lr, "dtype": str(dtype)},
    )


def _scaled(net: ReLUNet, gain: float) -> ReLUNet:
    return ReLUNet([w.dtype.type(gain) * w for w in net.weights], net.biases)


def trial_means(values: xr.DataArray, trials: int, runs: int = 10_000) -> xr.DataArray:
    """Means of so many trials, as further runs of an experiment would give them: :func:`redrawn`
    for each label, networks that diverged (NaN) left out.

    Args:
        values: with dimensions seed and model, and others.
        trials: of which a mean is taken, at least 1.
        runs: how many means, at least 1.

    Returns:
        The other dimensions and `run`; NaN where all networks diverged.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    labelled("values", values, "seed", "model")
    trials, runs = checks.integer("trials", trials, 1), checks.integer("runs", runs, 1)
    places = values.size // (values.sizes["seed"] * values.sizes["model"])
    memory.fit("runs", runs, 16 * runs * (trials + places))

    def draw(part: NDArray) -> NDArray:
        kept = part.ravel()[~np.isnan(part.ravel())]
        if not len(kept):
            return np.full(runs, np.nan)
        pool = xr.DataArray(kept[:, None], dims=("seed", "model"))
        return redrawn(pool, ["mean"], size=trials, runs=runs).values[0]

    return xr.apply_ufunc(
        draw,
        values,
        input_core_dims=[["seed", "model"]],
        output_core_dims=[["run"]],
        vectorize=True,
    )


def sd_growth(values: ArrayLike, axis: int = 0) -> NDArray:
    """How much more the trials of the last depth vary than those of the first: the difference of
    their standard deviations, a mean over curves; for :func:`bootstrap`.

    Args:
        values: (…, depths, curves), with the trials along `axis`; at least two trials and depths.
        axis: 0, or 1 where the samples come first.

    Raises:
        TypeError, ValueError: `values` are no numbers, or of another shape.
    """
    values, axis = checks.numeric("values", values), checks.integer("axis", axis, 0, 1)
    if values.ndim != axis + 3 or min(values.shape[axis : axis + 2]) < 2:
        raise ValueError(
            f"values must have shape (trials, depths, curves), at least two of the first two, "
            f"got {values.shape}"
        )
    spread = values.std(axis, ddof=1).mean(-1)
    return spread[..., -1] - spread[..., 0]
