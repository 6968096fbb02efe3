"""Checks of what is to be trained, on what, and how: each once, before any work is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .. import engines
from .._core import checks, memory, seeds
from .._core.checks import brief
from ..engines.regularizer import Regularizer, Resolved
from ..networks.network import ReLUNet, points, stack
from ..targets.target import Target


def trainable(net: Any) -> ReLUNet:
    """`net`, which must be a stack of floats."""
    if stack("net", net).dtype == object:
        raise TypeError("net must hold floats to be trained, got Fractions")
    return net


def fitted(
    targets: Any, x: ArrayLike, models: int, dtype: DTypeLike, inputs: int = 1, outputs: int = 1
) -> tuple[NDArray, NDArray, list[Target] | None]:
    """What a stack fits: the points (1 or models, points), the data (models, points), and the
    targets that they came from, if any. Several inputs or outputs are one axis more, the last."""
    where = points("x", x, models, inputs=inputs)
    memory.fit("x", x, 4 * 8 * models * where.shape[1] * outputs)
    if isinstance(targets, Target):
        targets = [targets] * models
    if isinstance(targets, str) or callable(targets):
        raise TypeError(
            f"targets must be a Target, a sequence of Targets or data, got {brief(targets)}"
        )
    if isinstance(targets, Sequence) and any(isinstance(t, Target) for t in targets):
        if (inputs, outputs) != (1, 1):
            raise TypeError(
                f"targets must be data for {inputs} inputs and {outputs} outputs, got Targets"
            )
        y, curves = _values(targets, where, models), list(targets)
    else:
        y, curves = values("targets", targets, where.shape[1], models, outputs), None
    return checks.cast("x", where, dtype), checks.cast("targets", y, dtype), curves


def values(name: str, y: ArrayLike, count: int, models: int, outputs: int = 1) -> NDArray:
    """Data (points,) or (models, points), as (models, points); of several outputs (points, outputs)
    or (models, points, outputs)."""
    shape = (count,) if outputs == 1 else (count, outputs)
    given = checks.shaped(name, checks.numeric(name, y), shape, (models, *shape))
    return np.broadcast_to(given, (models, *shape))


def _values(targets: Sequence[Target], x: NDArray, models: int) -> NDArray:
    """The targets' values at `x`, (models, points)."""
    if len(targets) != models or not all(isinstance(t, Target) for t in targets):
        raise ValueError(
            f"targets must be one Target for each of the {models} members, got {len(targets)}"
        )
    rows = np.broadcast_to(x, (models, x.shape[1]))
    for low, high in {t.interval for t in targets}:
        own = x if len(x) == 1 else rows[[t.interval == (low, high) for t in targets]]
        if own.min() < low or own.max() > high:
            raise ValueError(
                f"x must lie in the target's interval [{low:g}, {high:g}], "
                f"got points from {own.min():g} to {own.max():g}"
            )
    known = {id(t): t(x[0]) for t in targets} if len(x) == 1 else {}
    return np.stack([known[id(t)] if known else t(row) for t, row in zip(targets, rows)])


def planned(
    y: NDArray,
    *,
    epochs: int,
    lr: ArrayLike,
    optimizer: str,
    every: int,
    batch: int,
    seed: Any,
    objective: str,
    snapshots: Sequence[int],
    stop: float,
    mask: ReLUNet | None = None,
    regularizer: Resolved | None = None,
) -> engines.Plan:
    """How to train on the data `y`; mask and regularizer have been checked."""
    models, count = y.shape[:2]
    epochs, every, batch = (
        checks.integer("epochs", epochs),
        checks.integer("every", every),
        checks.integer("batch", batch),
    )
    kept = (epochs // every + 2) * (8 + 3 * models * y.itemsize) if every else 0
    memory.fit("every", every, kept)
    checks.choice("optimizer", optimizer, engines.OPTIMIZERS)
    checks.choice("objective", objective, ("mean", "sum"))
    rates = checks.per_member("lr", lr, models, np.float64)
    if (rates <= 0).any():
        raise ValueError(f"lr must be positive, got {rates.min()}")
    if not (checks.cast("lr", rates, y.dtype) > 0).all():
        raise ValueError(f"lr must be positive in {y.dtype}, got {rates.min()}")
    if (stop := checks.number("stop", stop)) < 0:
        raise ValueError(f"stop must be at least 0, got {stop}")
    if stop and not every:
        raise ValueError("every must be at least 1 where stop is given, got 0")
    return engines.Plan(
        epochs,
        rates,
        optimizer,
        every,
        0 if batch >= count else batch,
        seeds.per_member("seed", seed, models),
        objective == "sum",
        mask,
        regularizer,
        _marks(snapshots, epochs),
        stop,
    )


def _marks(snapshots: Any, epochs: int) -> tuple[int, ...]:
    snapshots = checks.untracked(snapshots)
    flat = isinstance(snapshots, np.ndarray) and snapshots.ndim == 1
    if not flat and (isinstance(snapshots, str | bytes) or not isinstance(snapshots, Sequence)):
        raise TypeError(f"snapshots must be a sequence of epochs, got {brief(snapshots)}")
    marks = sorted({checks.integer("snapshots", mark) for mark in snapshots})
    if marks and marks[-1] > epochs:
        raise ValueError(f"snapshots must be at most {epochs}, the epochs, got {marks[-1]}")
    return tuple(marks)


def masking(mask: Any, net: ReLUNet) -> ReLUNet | None:
    """`mask`, which must be None or ones and zeros of the shape of `net`."""
    if mask is None:
        return None
    if not isinstance(mask, ReLUNet):
        raise TypeError(f"mask must be a ReLUNet of ones and zeros, got {brief(mask)}")
    shapes = [
        [None if a is None else a.shape for a in (*one.weights, *one.biases)] for one in (mask, net)
    ]
    if shapes[0] != shapes[1]:
        raise ValueError(f"mask must have the shape of net, {net!r}, got {mask!r}")
    if not all(np.isin(a, (0, 1)).all() for a in (*mask.weights, *mask.biases) if a is not None):
        raise ValueError("mask must hold ones and zeros only")
    return mask


def regularizing(regularizer: Any, net: ReLUNet) -> Resolved | None:
    """`regularizer`, checked for `net`, with arrays for its fields; or None."""
    if regularizer is None:
        return None
    if not isinstance(regularizer, Regularizer):
        raise TypeError(f"regularizer must be a Regularizer or None, got {brief(regularizer)}")
    return regularizer.resolved(len(net), net.dtype, net.inputs, net.outputs)
