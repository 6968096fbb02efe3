"""What networks do where there are no data: the gap of the function-space paper's figure 5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..._core import checks, memory, seeds
from ...functions._breakpoints import delta_slopes
from ...networks.initialize import default_init
from ...networks.network import ReLUNet
from ...targets.checks import listed as curves_of
from ...targets.target import Target
from ...training.first_order import train
from .._labelled import listed
from ._gaps import GAP, beside_gap, gap_curves

if TYPE_CHECKING:
    import xarray as xr

SIDES = "sin(x+1)"
SCALED = ("input weights", "all")
LOOKS = 100
"""Epochs between two looks at whether a network rests."""


def gap_roughness(
    widths: Iterable[int],
    scales: Iterable[float] = (1.0,),
    *,
    curves: Sequence[Target] | None = None,
    scaled: str = "input weights",
    trials: int = 8,
    seed: int = 0,
    points: int = 26,
    rate: float = 0.01,
    epochs: int = 100_000,
    rest: float = 1e-8,
    dtype: DTypeLike = np.float32,
) -> xr.Dataset:
    r"""Train networks with one hidden layer beside a gap, and see how rough they are in it.

    Gradient descent on the sum of squares from PyTorch's default start, at the learning rate
    `rate` / (width $\cdot\max(1, \text{scale}^2)$), until a network rests.

    Args:
        widths: neurons, at least 1.
        scales: positive factors of the standard deviation of the initial weights.
        curves: the targets, on [-3, 3]; None takes :func:`gap_curves` of
            "sin(x+1)".
        scaled: what a scale multiplies, "input weights" or "all": them, output weights and biases.
        trials: networks of each kind, at least 1.
        seed: of their weights.
        points: on each side of the gap, at least 2.
        rate: positive.
        epochs: at most.
        rest: a network rests if over 100 epochs its loss, the sum of squares, changes by less than
            this an epoch; positive. The paper has $10^{-8}$ from one epoch to the next.
        dtype: float32 or float64.

    Returns:
        A data set with dimensions width, scale, seed (a single one), curve and model, and variables

        - `rough_start`, `rough`: the sum of the squares of the delta-slopes in the gap, before and
          after training;
        - `turning`: the sum of their absolute values after training;
        - `train`: the sum of the squared errors; `epochs`: until it rested;
        - `diverged`, booleans; numbers of such a network are NaN.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.

    Source: the paper, figures 5 and 8, section 3.
    """
    import xarray as xr

    widths = [checks.integer("widths", width, 1) for width in listed("widths", widths, "widths")]
    scales = [checks.number("scales", scale) for scale in listed("scales", scales, "scales")]
    curves = gap_curves(SIDES) if curves is None else curves_of("curves", curves)
    checks.choice("scaled", scaled, SCALED)
    trials, seed = checks.integer("trials", trials, 1), seeds.one("seed", seed)
    for name, value in (("scales", min(scales)), ("rate", rate), ("rest", rest)):
        if checks.number(name, value) <= 0:
            raise ValueError(f"{name} must be positive, got {value}")
    x, dtype = beside_gap(points), checks.floating("dtype", dtype)
    cells = len(scales) * len(curves) * trials
    memory.fit("widths, scales and trials", (widths, scales, trials), 200 * cells * max(widths))
    options: dict[str, Any] = {
        "epochs": checks.integer("epochs", epochs),
        "every": LOOKS,
        "stop": LOOKS * rest / len(x),
    }
    found: list[dict[str, Any]] = []
    for width in widths:
        start = default_init(trials, 1, width, seed, dtype=dtype)
        stack = [_times(start, scale, scaled) for scale in scales for _ in curves]
        targets = [curve for _ in scales for curve in curves for _ in range(trials)]
        slowed = np.maximum(1, np.repeat(scales, len(curves) * trials)) ** 2
        net = ReLUNet.concatenate(stack)
        lr = rate / (width * slowed)
        result = train(net, targets, x, lr=lr, optimizer="gd", objective="sum", **options)
        fine = ~result.diverged
        found.append(
            {
                "rough_start": _over_gap(net, np.square),
                "rough": _over_gap(result.net, np.square, fine),
                "turning": _over_gap(result.net, abs, fine),
                "train": np.where(fine, len(x) * result.loss, np.nan),
                "epochs": result.finished,
                "diverged": result.diverged,
            }
        )
    shape = len(widths), len(scales), len(curves), trials
    cell = ("width", "scale", "seed", "curve", "model")
    variables = {
        name: (cell, np.array([one[name] for one in found]).reshape(shape)[:, :, None])
        for name in found[0]
    }
    names = [curve.name for curve in curves]
    labels = dict(zip(cell, (widths, scales, [seed], names)))
    return xr.Dataset(variables, labels, {"scaled": scaled, "points": points, "rate": rate})


def _times(net: ReLUNet, scale: float, scaled: str) -> ReLUNet:
    """A start with a scale."""
    own = net.dtype.type(scale)
    if scaled == "all":
        biases = [None if b is None else own * b for b in net.biases]
        return ReLUNet([own * w for w in net.weights], biases)
    return ReLUNet([own * net.weights[0], *net.weights[1:]], net.biases)


def _over_gap(net: ReLUNet, what: Any, fine: NDArray | None = None) -> NDArray:
    """The sum over the breakpoints in the gap of a function of the delta-slopes, (models,)."""
    fine = np.ones(len(net), bool) if fine is None else fine
    found = np.full(len(net), np.nan)
    if fine.any():
        found[fine] = [what(jumps).sum() for jumps in delta_slopes(net[fine], *GAP)]
    return found
