"""What second-order training fits, as its kernels take it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..functions.of_networks import on_the_line
from ..functions.squares import known_to
from ..networks.network import ReLUNet
from ..targets.checks import one_each
from ..targets.panels import TERMS
from ..targets.target import Target
from .problem import fitted, trainable


def univariate_floats(net: ReLUNet) -> ReLUNet:
    """`net`, which must be a stack of floats of one input and one output, with finite
    weights."""
    return on_the_line("net", trainable(net))


class Fitting:
    """What the members fit, as the kernels take it."""

    def __init__(self, targets: Any, x: ArrayLike | None, models: int) -> None:
        if x is not None:
            x, y, _ = fitted(targets, x, models, np.dtype(np.float64))
            self.points, self.data = np.ascontiguousarray(x), np.ascontiguousarray(y)
            self.which, self.frame = np.zeros(models, int), np.zeros((1, 2))
            self.edges, self.coefficients = np.zeros((1, 2)), np.zeros((1, 1, TERMS))
            self.cuts, self.curves = np.zeros((1, 0)), []
            return
        targets = one_each("targets", targets, models)
        known = list({id(t): t for t in targets}.values())
        self.curves = known
        place = {id(t): k for k, t in enumerate(known)}
        most = max(len(t.panels.misses) for t in known)
        cuts = [fine_cuts(t) for t in known]
        self.which = np.array([place[id(t)] for t in targets])
        self.frame = np.array([t.interval for t in known], dtype=float)
        self.edges = _filled([t.panels.edges for t in known], most + 1)
        self.cuts = _filled(cuts, max(map(len, cuts)))
        self.coefficients = np.stack(
            [
                np.pad(t.panels.coefficients, ((0, most - len(t.panels.misses)), (0, 0)))
                for t in known
            ]
        )
        self.points, self.data = np.zeros((1, 0)), np.zeros((models, 0))

    def judge(self, loss: NDArray) -> None:
        """A warning of each curve that varies too fast for the best of the losses, (models,)."""
        for k, target in enumerate(self.curves):
            low, high = target.interval
            known_to(float(loss[self.which == k].min()) * (high - low), target, target.panels)

    def of(self, part: slice) -> tuple[NDArray, ...]:
        """The tables, and what is the members' own of some of them."""
        return (
            self.frame,
            self.which[part],
            self.edges,
            self.coefficients,
            self.cuts,
            self.points[part] if len(self.points) > 1 else self.points,
            self.data[part],
        )


def fine_cuts(target: Target) -> NDArray[np.float64]:
    """Where the pieces of a network are cut besides, so that four Gauss nodes suffice: the
    quarters of panels that are narrower than an eighth of the interval."""
    low, high = target.interval
    edges = target.panels.edges
    narrow = np.diff(edges) < (high - low) / 8
    quarters = edges[:-1, None] + np.diff(edges)[:, None] * np.linspace(0, 1, 5)
    return np.unique(quarters[narrow])


def _filled(rows: list[NDArray], size: int) -> NDArray:
    """Rows of numbers, each with its last repeated up to this size."""
    return np.stack(
        [
            np.pad(row, (0, size - len(row)), mode="edge") if len(row) else np.full(size, np.inf)
            for row in rows
        ]
    )
