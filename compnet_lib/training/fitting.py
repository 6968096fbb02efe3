"""What second-order training fits, as its kernels take it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..functions.of_networks import on_the_line
from ..networks.network import ReLUNet
from ..targets.checks import one_each
from ..targets.target import Target
from .problem import fitted, trainable

DEGREE = 15
"""Of the Chebyshev series of a curve."""


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
            self.which, self.tables = (
                np.zeros(models, int),
                [(np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((1, 1, DEGREE + 1)))],
            )
            self.frame, self.edges, self.coefficients = self.tables[0]
            return
        targets = one_each("targets", targets, models)
        known = list({id(t): t for t in targets}.values())
        place = {id(t): k for k, t in enumerate(known)}
        tables = [series(t) for t in known]
        most = max(len(c) for _, c in tables)
        self.which = np.array([place[id(t)] for t in targets])
        self.frame = np.array([t.interval for t in known], dtype=float)
        self.edges = np.stack([np.pad(e, (0, most + 1 - len(e)), mode="edge") for e, _ in tables])
        self.coefficients = np.stack([np.pad(c, ((0, most - len(c)), (0, 0))) for _, c in tables])
        self.points, self.data = np.zeros((1, 0)), np.zeros((models, 0))

    def of(self, part: slice) -> tuple[NDArray, ...]:
        """The tables, and what is the members' own of some of them."""
        return (
            self.frame,
            self.which[part],
            self.edges,
            self.coefficients,
            self.points[part] if len(self.points) > 1 else self.points,
            self.data[part],
        )


def series(target: Target) -> tuple[NDArray, NDArray]:
    """The curve as Chebyshev series of degree 15 on intervals halved until the last terms vanish
    in rounding: edges (pieces + 1,) and coefficients (pieces, 16)."""
    low, high = target.interval
    terms = DEGREE + 1
    angle = np.pi * (np.arange(terms) + 0.5) / terms
    transform = 2 / terms * np.cos(np.arange(terms)[:, None] * angle)
    transform[0] /= 2
    scale = np.abs(target(np.linspace(low, high, 257))).max()
    edges, waiting = [low], [(low, high, 0)]
    rows: list[NDArray] = []
    while waiting:
        a, b, depth = waiting.pop()
        row = transform @ target((a + b) / 2 + (b - a) / 2 * np.cos(angle))
        if np.abs(row[-2:]).max() > 4e-15 * scale and depth < 40 and len(rows) < 2000:
            waiting += [((a + b) / 2, b, depth + 1), (a, (a + b) / 2, depth + 1)]
        else:
            rows.append(row)
            edges.append(b)
    return np.array(edges), np.array(rows)
