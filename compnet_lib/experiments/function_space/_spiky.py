r"""Table 3 of the function-space paper: networks that start spiky beside networks that start flat.

A sum of squares is descended, without a factor $\frac12$, and reported: from its printed losses
that is the paper's convention.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..._core import checks, memory, seeds
from ...functions._breakpoints import roughness
from ...functions._spiky import spikes, spiky_init
from ...functions.piecewise import PiecewiseLinear
from ...networks.initialize import default_init
from ...networks.network import ReLUNet
from ...targets.checks import listed as curves_of
from ...targets.target import Target
from ...training.first_order import train
from .._labelled import listed

if TYPE_CHECKING:
    import xarray as xr

STARTS = ("shallow", "spiky shallow", "deep", "spiky deep")
"""The columns of Table 3."""
CELLS = ("start", "seed", "curve", "model")
PLACES = 401
"""Where networks are tested, evenly spaced: on [-2, 2] every 0.01."""


@dataclass(frozen=True)
class _Plan:
    """How networks are made and trained; see :func:`spiky_and_standard`."""

    points: int
    epochs: int
    lr: float
    slower: float
    optimizer: str
    breakpoints: int
    balanced: bool
    depth: int
    width: int
    pretraining: int
    spots: int


def spiky_and_standard(
    curves: Sequence[Target],
    starts: Iterable[str] | None = None,
    *,
    trials: int = 20,
    seed: int = 0,
    points: int = 20,
    epochs: int = 20_000,
    lr: float = 1e-4,
    slower: float = 5.0,
    optimizer: str = "gd",
    breakpoints: int = 20,
    balanced: bool = True,
    depth: int = 4,
    width: int = 8,
    pretraining: int = 10_000,
    spots: int = PLACES,
    dtype: DTypeLike = np.float32,
) -> xr.Dataset:
    r"""Train networks from flat and from spiky starts on a few random points; test between.

    - "shallow": one hidden layer of `breakpoints` + 1 neurons, PyTorch's default start.
    - "spiky shallow": the same layer, started as a spiky function (:func:`spiky_init`),
      at the learning rate `lr` / `slower`.
    - "deep": `depth` hidden layers of `width` neurons, PyTorch's default start.
    - "spiky deep": the networks of "deep", first trained to the same spiky functions.

    A trial has one set of points, uniform in the curves' interval, and one spiky function for all
    curves and starts.

    Args:
        curves: the targets, on one interval.
        starts: of those above; None takes all.
        trials: networks of each kind, at least 1.
        seed: of points, spikes and weights.
        points: to train on, at least 1.
        epochs, lr, optimizer: as for :func:`train`.
        slower: positive.
        breakpoints, balanced: of the spiky functions, see :func:`spiky_init`.
        depth, width: of the deep networks, at least 1.
        pretraining: epochs at the rate `lr` that make a spiky deep start, at least 0.
        spots: evenly spaced points at which the spiky function is given to it, at least 2.
        dtype: float32 or float64.

    Returns:
        A data set with dimensions start, seed (a single one), curve and model, and variables

        - `test`, `train`: sums of the squared errors, at 401 evenly spaced places and at the points
          of the training;
        - `rough_start`, `rough`: roughness inside the interval before and after, see
          :func:`roughness`;
        - `kept`: the correlation of the second differences before and after, at the places where
          the spiky functions have their breakpoints, and as far apart as these;
        - `diverged`, booleans; numbers of such a network are NaN;
        - `before`, `after`: the functions at the `place`s;
        - `x`: the points (seed, model, point); `y`: the data there (seed, curve, model, point);
          `spikes`: the spiky functions (seed, model, place).

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits, or the curves
            are on several intervals or share a name.

    Source: the paper, Table 3 and sections 3 and 3.1.3 of its appendix.
    """
    import xarray as xr

    curves = curves_of("curves", curves)
    low, high = _interval(curves)
    starts = list(STARTS) if starts is None else listed("starts", starts, "names")
    for start in starts:
        checks.choice("starts", start, STARTS)
    if (slower := checks.number("slower", slower)) <= 0:
        raise ValueError(f"slower must be positive, got {slower}")
    trials, points = checks.integer("trials", trials, 1), checks.integer("points", points, 1)
    breakpoints, spots = (
        checks.integer("breakpoints", breakpoints, 1),
        checks.integer("spots", spots, 2),
    )
    depth, width = checks.integer("depth", depth, 1), checks.integer("width", width, 1)
    pretraining, epochs = (
        checks.integer("pretraining", pretraining),
        checks.integer("epochs", epochs),
    )
    if (lr := checks.number("lr", lr)) <= 0:
        raise ValueError(f"lr must be positive, got {lr}")
    checks.choice("optimizer", optimizer, ("gd", "adam"))
    plan = _Plan(
        *(points, epochs, lr, slower, optimizer, breakpoints),
        *(checks.flag("balanced", balanced), depth, width, pretraining, spots),
    )
    seed, dtype = seeds.one("seed", seed), checks.floating("dtype", dtype)
    cells = len(starts) * len(curves) * trials
    memory.fit("trials", trials, 16 * cells * (PLACES + breakpoints + 100))
    drawn = spikes(trials, breakpoints, seed, interval=(low, high))
    x = _points(trials, points, seed, low, high)
    place = np.linspace(low, high, PLACES)
    found = [_start(start, plan, curves, x, place, drawn, seed, dtype) for start in starts]
    variables: dict[str, Any] = {
        name: ((*CELLS, *(["place"] if values.ndim > 2 else [])), _cells(found, name))
        for name, values in found[0].items()
    }
    variables["x"] = (("seed", "model", "point"), x[None])
    data = np.array([[curve(row) for row in x] for curve in curves])
    variables["y"] = (("seed", "curve", "model", "point"), data[None])
    variables["spikes"] = (("seed", "model", "place"), np.array([[f(place) for f in drawn]]))
    labels = {"start": starts, "seed": [seed], "curve": [curve.name for curve in curves]}
    return xr.Dataset(variables, labels | {"place": place}, plan.__dict__ | {"dtype": str(dtype)})


def _cells(found: list[dict[str, NDArray]], name: str) -> NDArray:
    """(start, 1, curve, model, …)."""
    return np.stack([one[name] for one in found])[:, None]


def _interval(curves: list[Target]) -> tuple[float, float]:
    intervals = {curve.interval for curve in curves}
    if len(intervals) > 1:
        raise ValueError(f"curves must be on one interval, got {checks.brief(sorted(intervals))}")
    names = [curve.name for curve in curves]
    if len(set(names)) < len(names):
        raise ValueError(f"curves must have different names, got {checks.brief(names)}")
    return intervals.pop()


def _points(trials: int, points: int, seed: int, low: float, high: float) -> NDArray:
    """Where each trial is trained, (trials, points), increasing."""
    generators = seeds.generators(seeds.split(seed, 1), trials)
    return np.sort([rng.uniform(low, high, points) for rng in generators])


def _start(
    start: str,
    plan: _Plan,
    curves: list[Target],
    x: NDArray,
    place: NDArray,
    drawn: list[PiecewiseLinear],
    seed: int,
    dtype: np.dtype,
) -> dict[str, NDArray]:
    """The variables of one start, (curves, trials, …)."""
    ends = (place[0], place[-1])
    before = _begin(start, plan, len(x), ends, drawn, seed, dtype)
    stack = ReLUNet.concatenate([before] * len(curves))
    result = train(
        stack,
        [curve for curve in curves for _ in x],
        np.concatenate([x] * len(curves)),
        epochs=plan.epochs,
        lr=plan.lr / plan.slower if start == "spiky shallow" else plan.lr,
        optimizer=plan.optimizer,
        objective="sum",
    )
    fine = ~result.diverged
    values = np.full((len(stack), len(place)), np.nan)
    sites = np.linspace(*ends, plan.breakpoints + 2)
    bends = np.full((len(stack), plan.breakpoints), np.nan)
    rough = np.full(len(stack), np.nan)
    if fine.any():
        values[fine] = result.net[fine](place)
        bends[fine] = _bends(result.net[fine], sites)
        rough[fine] = roughness(result.net[fine], *ends)
    truth = np.repeat([curve(place) for curve in curves], len(x), axis=0)
    found = {
        "test": ((values - truth) ** 2).sum(1),
        "train": np.where(fine, plan.points * result.loss, np.nan),
        "rough_start": np.tile(roughness(before, *ends), len(curves)),
        "rough": rough,
        "kept": _correlation(_bends(stack, sites), bends),
        "diverged": result.diverged,
        "before": np.tile(np.asarray(before(place), float), (len(curves), 1)),
        "after": values,
    }
    shape = len(curves), len(x)
    return {name: array.reshape(*shape, *array.shape[1:]) for name, array in found.items()}


def _begin(
    start: str,
    plan: _Plan,
    trials: int,
    ends: tuple[float, float],
    drawn: list[PiecewiseLinear],
    seed: int,
    dtype: np.dtype,
) -> ReLUNet:
    """The networks that the trials of one start begin with, the same for all curves."""
    count = plan.breakpoints
    if start == "spiky shallow":
        options: dict[str, Any] = {"interval": ends, "balanced": plan.balanced, "dtype": dtype}
        return spiky_init(trials, count, seed, **options)
    if start == "shallow":
        return default_init(trials, 1, count + 1, seed, dtype=dtype)
    net = default_init(trials, plan.depth, plan.width, seed, dtype=dtype)
    if start == "deep":
        return net
    spots = np.linspace(*ends, plan.spots)
    wanted = np.array([f(spots) for f in drawn])
    options = {"epochs": plan.pretraining, "lr": plan.lr, "optimizer": plan.optimizer}
    return train(net, wanted, spots, objective="sum", **options).net


def _bends(net: ReLUNet, sites: NDArray) -> NDArray:
    """Second differences at the inner ones of evenly spaced places, (models, places - 2)."""
    return np.diff(np.asarray(net(sites), float), 2)


def _correlation(first: NDArray, second: NDArray) -> NDArray:
    """Of the rows of two arrays; NaN where one does not vary."""
    first, second = (each - each.mean(1, keepdims=True) for each in (first, second))
    size = np.sqrt((first**2).sum(1) * (second**2).sum(1))
    return np.divide((first * second).sum(1), size, np.full(len(size), np.nan), where=size > 0)
