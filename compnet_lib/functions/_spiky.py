"""Functions full of spikes, and networks that start as them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .._core import checks, memory, seeds
from ..networks.equivalent import balance
from ..networks.network import ReLUNet
from ._breakpoints import from_breakpoints
from .piecewise import PiecewiseLinear


def spikes(
    models: int,
    breakpoints: int = 20,
    seed: int = 0,
    *,
    interval: tuple[float, float] = (-2, 2),
    height: float = 2.0,
) -> list[PiecewiseLinear]:
    r"""Piecewise linear functions whose values are drawn at random: uniform in
    $\pm$ `height` and independent, at evenly spaced breakpoints and at the ends of the interval.

    Args:
        models: how many, at least 1.
        breakpoints: strictly inside the interval, at least 1.
        seed: an integer of at least 0, of 4,096 bits at most; a function depends on it and on its
            own number only.
        interval: (low, high); the outer pieces go on beyond it.
        height: the largest absolute value, positive.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.

    Source: "A functional characterization of randomly initialized gradient descent in deep ReLU
        networks", section 3.1.3 of its appendix, which does not say where the breakpoints lie.
    """
    models = checks.integer("models", models, 1)
    count = checks.integer("breakpoints", breakpoints, 1) + 2
    seed = seeds.one("seed", seed)
    low, high = checks.pair("interval", interval)
    if not low < high:
        raise ValueError(f"interval must be low < high, got {low} and {high}")
    if (height := checks.number("height", height)) <= 0:
        raise ValueError(f"height must be positive, got {height}")
    memory.fit("models and breakpoints", (models, breakpoints), 100 * models * (count + 10))
    x = np.linspace(low, high, count)
    drawn = [rng.uniform(-height, height, count) for rng in seeds.generators(seed, models)]
    return [PiecewiseLinear.through(x, y) for y in drawn]


def spiky_init(
    models: int,
    breakpoints: int = 20,
    seed: int = 0,
    *,
    interval: tuple[float, float] = (-2, 2),
    height: float = 2.0,
    balanced: bool = True,
    dtype: DTypeLike = np.float64,
) -> ReLUNet:
    r"""Networks with one hidden layer that are the functions of :func:`spikes`: $n$ breakpoints
    take $n+1$ neurons and an output bias.

    Args:
        models, breakpoints, seed, interval, height: as for :func:`spikes`.
        balanced: whether the weights into and out of a neuron are of like size, see
            :func:`balance`; False gives input weights $\pm1$, as :func:`from_breakpoints` does.
        dtype: float64 or float32.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.

    Source: as for :func:`spikes`. The start of a deep network is made by training, see
        `spiky_and_standard` of `compnet_lib.experiments`.
    """
    balanced, dtype = checks.flag("balanced", balanced), checks.floating("dtype", dtype)
    drawn: list[Any] = spikes(models, breakpoints, seed, interval=interval, height=height)
    net = from_breakpoints(drawn)
    return (balance(net) if balanced else net).astype(dtype)
