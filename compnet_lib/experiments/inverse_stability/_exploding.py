r"""The exploding gradient in training: $a\max(x,0)-a\max(x-b,0)$ fitted to the function 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..._core import checks, memory
from ..._core import seeds as numbers
from .._labelled import listed

if TYPE_CHECKING:
    import xarray as xr

LONGEST = 1_000_000
"""Steps, at most."""
DRAWN = 256
"""Batches that are drawn at a time."""
MEASURES = ("error", "slope", "distance")


def exploding(
    seeds: Iterable[int],
    *,
    steps: int = 150,
    every: int = 10,
    penalties: Sequence[float] = (0.0,),
    slope: float = 1.0,
    shift: float = 1.0,
    lr: float = 1e-3,
    momentum: float = 0.9,
    batch: int = 10,
    reach: float = 10.0,
) -> xr.Dataset:
    r"""Fit 0 on $[-R,R]$ by $c_1\max(w_1x+b_1,0)+c_2\max(w_2x+b_2,0)+e$, from the start
    $a\max(x,0)-a\max(x-b,0)$, by stochastic gradient descent on all seven numbers.

    Descended is the mean of the squares on a batch of fresh points, uniform on $[-R,R]$, plus the
    largest slope at a point of it times a penalty.

    Args:
        seeds: of the batches, one run each; the same for every penalty.
        steps: of the descent, at least 1 and at most 1,000,000.
        every: the function is measured each time after so many steps, at least 1, and at the start.
        penalties: at least one, different, at least 0.
        slope, shift: $a$, not 0, and $b$, positive and below $R$, of the start.
        lr: learning rate, positive.
        momentum: at least 0 and below 1.
        batch: points a step, at least 1.
        reach: $R$, positive.

    Returns:
        A data set over penalty, seed and step: `error`, the largest $|f|$ on $[-R,R]$; `slope`,
        the largest $|f'|$ there, both exact but for rounding; and `distance`: by whichever two
        neurons the function is computed on $[-R,R]$, one of their weights is at least so large.
        It is the root of the largest change of slope $|c_iw_i|$ inside, if $f$ bends at two
        places there, and of half of the only one otherwise. A run that diverges has infinities.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    seeds = numbers.several("seeds", seeds)
    steps = checks.integer("steps", steps, 1, LONGEST)
    every = checks.integer("every", every, 1)
    batch = checks.integer("batch", batch, 1)
    weights = _penalties(penalties)
    reach, lr = _positive("reach", reach), _positive("lr", lr)
    start = _start(slope, shift, reach)
    momentum = checks.number("momentum", momentum)
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum must be at least 0 and below 1, got {momentum}")
    marks = range(0, steps + 1, every)
    runs = len(weights) * len(seeds)
    need = 8 * (runs * (3 * len(marks) + 20 * batch) + len(seeds) * DRAWN * batch)
    memory.fit("seeds, batch and steps", (len(seeds), batch, steps), need)
    net, speed = np.tile(start, (runs, 1)), np.zeros((runs, 7))
    penalty = np.repeat(weights, len(seeds))
    measured = np.empty((3, len(marks), runs))
    points = _points(seeds, batch, reach)
    with np.errstate(all="ignore"):  # a run that diverges shows itself in what is measured
        for step in range(steps + 1):
            if step % every == 0:
                measured[:, step // every] = _measured(net, reach)
            x = np.tile(next(points), (len(weights), 1))
            speed = momentum * speed + _gradient(net, x, penalty)
            net = net - lr * speed
    shape = (3, len(marks), len(weights), len(seeds))
    values = np.nan_to_num(measured.reshape(shape), nan=np.inf).transpose(0, 2, 3, 1)
    dims = ("penalty", "seed", "step")
    return xr.Dataset(
        {name: (dims, own) for name, own in zip(MEASURES, values)},
        {"penalty": weights, "seed": seeds, "step": list(marks)},
    )


def _positive(name: str, value: Any) -> float:
    if (found := checks.number(name, value)) <= 0:
        raise ValueError(f"{name} must be positive, got {found}")
    return found


def _penalties(penalties: Any) -> list[float]:
    found = [checks.number("penalties", one) for one in listed("penalties", penalties, "numbers")]
    if min(found) < 0 or len(set(found)) < len(found):
        raise ValueError(f"penalties must differ and be at least 0, got {checks.brief(found)}")
    return found


def _start(slope: Any, shift: Any, reach: float) -> NDArray:
    """The seven numbers w_1, w_2, b_1, b_2, c_1, c_2, e of the start."""
    a, b = checks.number("slope", slope), checks.number("shift", shift)
    if a == 0:
        raise ValueError("slope must not be 0: nothing would be to fit")
    if not 0 < b < reach:
        raise ValueError(f"shift must be positive and below reach, {reach}, got {b}")
    return np.array([1.0, 1.0, 0.0, -b, a, -a, 0.0])


def _points(seeds, batch, reach):
    """The batches (seeds, batch), step by step: those of a seed do not depend on the others."""
    sources = [np.random.default_rng(seed) for seed in seeds]
    while True:
        drawn = np.stack([rng.uniform(-reach, reach, (DRAWN, batch)) for rng in sources], 1)
        yield from drawn


def _gradient(net: NDArray, x: NDArray, penalty: NDArray) -> NDArray:
    """Of the mean of the squares and the penalty, by the seven numbers."""
    w, b, c = net[:, None, 0:2], net[:, None, 2:4], net[:, None, 4:6]
    z = x[:, :, None] * w + b
    on = z > 0
    signals = np.where(on, z, 0.0)
    miss = 2 * ((signals * c).sum(2) + net[:, 6:]) / x.shape[1]
    pushed = miss[:, :, None] * on
    found = np.empty_like(net)
    found[:, 0:2] = ((pushed * x[:, :, None]).sum(1)) * c[:, 0]
    found[:, 2:4] = pushed.sum(1) * c[:, 0]
    found[:, 4:6] = (miss[:, :, None] * signals).sum(1)
    found[:, 6] = miss.sum(1)
    slopes = (on * c * w).sum(2)
    rows = np.arange(len(net))
    steepest = np.abs(slopes).argmax(1)
    push = (penalty * np.sign(slopes[rows, steepest]))[:, None] * on[rows, steepest]
    found[:, 0:2] += push * c[:, 0]
    found[:, 4:6] += push * w[:, 0]
    return found


def _measured(net: NDArray, reach: float) -> NDArray:
    """Error, slope and distance, (3, runs)."""
    w, b, c = net[:, 0:2], net[:, 2:4], net[:, 4:6]
    bends = np.where(w == 0, reach, np.clip(-b / np.where(w == 0, 1.0, w), -reach, reach))
    ends = np.full((len(net), 1), reach)
    places = np.sort(np.concatenate([-ends, bends, ends], 1), 1)
    signals = np.maximum(places[:, :, None] * w[:, None] + b[:, None], 0)
    errors = np.abs((signals * c[:, None]).sum(2) + net[:, 6:]).max(1)
    middles = (places[:, 1:] + places[:, :-1]) / 2
    on = middles[:, :, None] * w[:, None] + b[:, None] > 0
    slopes = np.abs((on * (c * w)[:, None]).sum(2))
    slopes[places[:, 1:] == places[:, :-1]] = 0
    inside = np.abs(bends) < reach
    jumps = np.where(inside, c * np.abs(w), 0.0)
    apart = inside.all(1) & (bends[:, 0] != bends[:, 1])
    jumps = np.where(apart[:, None], jumps, jumps.sum(1, keepdims=True) / 2)
    return np.array([errors, slopes.max(1), np.sqrt(np.abs(jumps)).max(1)])
