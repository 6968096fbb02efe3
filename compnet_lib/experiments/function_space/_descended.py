"""Networks under plain gradient descent, as the function-space paper trains them, kept at times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from numpy.typing import ArrayLike

from ..._core import checks
from ...networks.initialize import default_init
from ...networks.network import ReLUNet
from ...targets.checks import listed
from ...targets.target import Target
from ...training.first_order import train
from ...training.result import Result


def descended(
    curves: Sequence[Target],
    x: ArrayLike,
    *,
    trials: int,
    depth: int,
    width: int,
    epochs: int,
    lr: float,
    every: int = 50,
    stop: float = 0.0,
    seed: int = 0,
) -> dict[str, Result]:
    """Default starts under plain gradient descent on the sum of squares, for each curve the same.

    Args:
        curves: of different names, at least one.
        x: the points, (points,).
        trials: networks for each curve, at least 1.
        depth, width: of the networks, at least 1.
        epochs: steps, at least 1.
        lr: the learning rate, positive.
        every: a stack is kept each time after so many steps, at least 1; the start is, too.
        stop: a network is finished at the first step that changes its loss, the mean of the
            squares, by less; 0 finishes none.
        seed: of the starts, an integer of at least 0.

    Returns:
        For each curve, by name, a :class:`Result` with `snapshots`.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    curves = listed("curves", curves)
    names = [curve.name for curve in curves]
    if len(set(names)) < len(names):
        raise ValueError(f"curves must have different names, got {names}")
    trials, epochs = checks.integer("trials", trials, 1), checks.integer("epochs", epochs, 1)
    every = checks.integer("every", every, 1)
    start = default_init(trials, depth, width, seed)
    run = train(
        ReLUNet.concatenate([start] * len(names)),
        [curve for curve in curves for _ in range(trials)],
        x,
        epochs=epochs,
        lr=lr,
        optimizer="gd",
        objective="sum",
        every=1 if stop else 0,
        stop=stop,
        snapshots=range(0, epochs + 1, every),
    )
    return {
        name: _members(run, slice(k * trials, (k + 1) * trials)) for k, name in enumerate(names)
    }


def _members(run: Result, part: slice) -> Result:
    """Some of the members of a run on common points."""
    return replace(
        run,
        net=run.net[part],
        loss=run.loss[part],
        history=run.history[part],
        diverged=run.diverged[part],
        finished=None if run.finished is None else run.finished[part],
        snapshots={epoch: net[part] for epoch, net in run.snapshots.items()},  # type: ignore
    )
