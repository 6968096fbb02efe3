"""Random starts: what gradient descent makes of them, how flat they are, and where the layers of
deep ones break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks
from ...functions._breakpoints import Breakpoints, to_breakpoints
from ...functions.of_networks import piecewise_linear
from ...functions.piecewise import PiecewiseLinear
from ...networks.network import ReLUNet
from ...networks.schemes import random_init
from ...targets.checks import distinct
from ...targets.target import Target
from ...training.first_order import train
from .._labelled import listed

if TYPE_CHECKING:
    import xarray as xr


def from_starts(
    starts: Mapping[str, ReLUNet],
    curves: Sequence[Target],
    x: ArrayLike,
    *,
    epochs: int,
    lr: float,
    objective: str = "sum",
) -> xr.Dataset:
    """Train networks from several starts on several curves by plain gradient descent,
    all in one stack.

    Args:
        starts: by name, stacks of networks of one shape, as many in each.
        curves: the targets, whose names differ.
        x: the points, (points,).
        epochs: at least 0.
        lr: the learning rate, positive.
        objective: "sum" or "mean" of the squares: what is descended.

    Returns:
        A data set with the dimensions `start`, `curve`, `seed` (one) and `model`: `loss`, the sum
        of squares over the points, infinite where a network diverges; and, at `x`, `fit`, the
        trained functions.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or shape.
    """
    import xarray as xr

    curves = distinct("curves", curves)
    stacks = _stacks(starts)
    models, points = len(stacks[0]), checks.shaped("x", checks.numeric("x", x), (None,))
    targets = [curve for _ in stacks for curve in curves for _ in range(models)]
    begun = ReLUNet.concatenate([stack for stack in stacks for _ in curves])
    options: dict[str, Any] = {"epochs": epochs, "lr": lr, "objective": objective}
    found = train(begun, targets, points, optimizer="gd", **options)
    shape = len(stacks), len(curves), 1, models
    with np.errstate(invalid="ignore", over="ignore"):  # of networks that diverged
        fits = found.net(points)
    loss = np.where(found.diverged, np.inf, found.loss * len(points))
    dims = ("start", "curve", "seed", "model")
    return xr.Dataset(
        {
            "loss": (dims, loss.reshape(shape)),
            "fit": ((*dims, "x"), fits.reshape(*shape, -1)),
        },
        {"start": list(starts), "curve": [curve.name for curve in curves], "x": points},
        {"epochs": epochs, "lr": lr, "objective": objective},
    )


def flatness(
    schemes: Mapping[str, Mapping[str, Any]],
    depths: Sequence[int],
    widths: Sequence[int],
    *,
    models: int = 100,
    at: float = 1.0,
    seed: int = 0,
) -> xr.Dataset:
    r"""How flat the functions of untrained networks are.

    Args:
        schemes: by name, the options of :func:`compnet_lib.random_init`, such as
            `{"scheme": "he normal", "biases": "zero"}`.
        depths, widths: hidden layers, and neurons in each.
        models: networks of each kind, at least 1.
        at: where the slope is taken.
        seed: of the networks.

    Returns:
        A data set with the dimensions `scheme`, `depth`, `width`, `model`: `roughness`, the sum of
        the squares of the changes of slope on the whole line, and `slope`, that at `at`.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    sizes = [
        [checks.integer(name, each, 1) for each in listed(name, values, "integers")]
        for name, values in (("depths", depths), ("widths", widths))
    ]
    where = checks.number("at", at)
    functions = [
        piecewise_linear(net)
        for options in _options(schemes)
        for depth in sizes[0]
        for width in sizes[1]
        for net in [random_init(models, depth, width, seed, **options)]
    ]
    shape = len(schemes), len(sizes[0]), len(sizes[1]), -1
    dims = ("scheme", "depth", "width", "model")
    measured = {
        "roughness": [[_roughness(f) for f in each] for each in functions],
        "slope": [[f.slopes[np.searchsorted(f.knots, where)] for f in each] for each in functions],
    }
    return xr.Dataset(
        {name: (dims, np.reshape(values, shape)) for name, values in measured.items()},
        {"scheme": list(schemes), "depth": sizes[0], "width": sizes[1]},
        {"seed": seed, "at": where},
    )


def by_layer(
    schemes: Mapping[str, Mapping[str, Any]],
    depth: int = 3,
    width: int = 20,
    *,
    models: int = 100,
    seed: int = 0,
) -> xr.Dataset:
    """The active breakpoints of untrained networks, and by how much the output's slope changes at
    each, one after the other.

    Args:
        schemes: as for :func:`flatness`.
        depth, width, models, seed: as for :func:`compnet_lib.random_init`.

    Returns:
        A data set with the one dimension `breakpoint`: `place`; `delta_slope`, of the network's
        output; `own_slope`, of the neuron's own input there, which is by how much its output's
        slope changes; and as coordinates `scheme`, `model` and `layer`, which is counted from 1.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    variables, labels = ("place", "delta_slope", "own_slope"), ("scheme", "model", "layer")
    columns: dict[str, list] = {name: [] for name in (*variables, *labels)}
    for name, options in zip(schemes, _options(schemes)):
        net = random_init(models, depth, width, seed, **options)
        for number, found in enumerate(to_breakpoints(net)):
            on = found.active
            columns["scheme"].append(np.repeat(name, on.sum()))
            columns["model"].append(np.repeat(number, on.sum()))
            columns["layer"].append(found.layer[on] + 1)
            columns["place"].append(found.breakpoints[on])
            columns["delta_slope"].append(found.delta_slopes[on])
            columns["own_slope"].append(_own_slopes(net[number], found)[on])
    along = {name: ("breakpoint", np.concatenate(parts)) for name, parts in columns.items()}
    measured = {name: along.pop(name) for name in variables}
    return xr.Dataset(measured, along, {"depth": depth, "width": width, "seed": seed})


def _own_slopes(net: ReLUNet, found: Breakpoints) -> NDArray:
    """The slope of each neuron's input where it is zero, from the wider side: between two
    breakpoints inputs are straight."""
    place = found.breakpoints
    ends = np.concatenate([place[:1] - 1, place, place[-1:] + 1])
    gaps = np.diff(ends)
    start = np.where(gaps[1:] > gaps[:-1], place, ends[:-2])
    gap = np.maximum(gaps[1:], gaps[:-1])
    first, second = (net.layers(start + part * gap) for part in (0.25, 0.75))
    rise = [b[0] - a[0] for a, b in zip(first, second)]
    own = [
        rise[layer][neuron, k] for k, (layer, neuron) in enumerate(zip(found.layer, found.neuron))
    ]
    return np.array(own) / (gap / 2)


def _roughness(f: PiecewiseLinear) -> NDArray:
    return (f.delta_slopes**2).sum()


def _stacks(starts: Any) -> list[ReLUNet]:
    if not isinstance(starts, Mapping) or not all(isinstance(s, ReLUNet) for s in starts.values()):
        raise TypeError(f"starts must map names to networks, got {checks.brief(starts)}")
    stacks = list(starts.values())
    if not stacks or len({(len(s), s.widths, s.dtype) for s in stacks}) != 1:
        raise ValueError("starts must hold stacks of one shape and size, at least one")
    return stacks


def _options(schemes: Any) -> list[Mapping[str, Any]]:
    if not isinstance(schemes, Mapping) or not all(
        isinstance(o, Mapping) for o in schemes.values()
    ):
        raise TypeError(f"schemes must map names to options, got {checks.brief(schemes)}")
    if not schemes:
        raise ValueError("schemes must hold at least one, got none")
    return list(schemes.values())
