"""Data sets on the line, as the fits take them, and lines on runs of their points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks
from .kernels import lines_on


def stacked(x: ArrayLike, y: ArrayLike) -> tuple[NDArray, NDArray]:
    """Points in increasing order and values as float64 stacks, (models, points) each.

    Raises:
        TypeError: they do not hold real numbers.
        ValueError: their shapes do not fit, or the points do not increase.
    """
    x = checks.shaped("x", checks.numeric("x", x), (None,), (None, None))
    y = checks.shaped("y", checks.numeric("y", y), (None,), (None, None))
    if x.shape[-1] != y.shape[-1] or (x.ndim == 2 and x.shape != np.atleast_2d(y).shape):
        raise ValueError(f"y must have values for the points of x, {x.shape}, got {y.shape}")
    if not (np.diff(x) > 0).all():
        raise ValueError("x must hold points in increasing order, all different")
    y = np.atleast_2d(y).astype(float)
    return np.broadcast_to(x.astype(float), y.shape).copy(), y


def some_pieces(pieces: int, points: int) -> int:
    """A number of pieces, at least 1 and at most as many as there are points."""
    return checks.integer("pieces", pieces, 1, points)


@dataclass(frozen=True, eq=False)
class Segments:
    """Least squares lines on runs of consecutive points, one set of runs a member of a stack.
    From run to run the lines need not meet.

    Attributes:
        x, y: the data, (models, points).
        starts: the first point of each run, (models, runs).
        path: the least squared error for 1, 2, ... runs, (models, runs), where it is known.
    """

    x: NDArray
    y: NDArray
    starts: NDArray
    path: NDArray | None = None

    @cached_property
    def _lines(self) -> NDArray:
        data = zip(self.x, self.y, self.starts)
        return np.stack([lines_on(x, y, starts) for x, y, starts in data])

    @property
    def slopes(self) -> NDArray:
        """(models, runs); 0 for a run of one point."""
        return self._lines[..., 0]

    @property
    def intercepts(self) -> NDArray:
        """The lines' values at 0, (models, runs)."""
        slope, mean_y, mean_x, _ = np.moveaxis(self._lines, -1, 0)
        return mean_y - slope * mean_x

    @property
    def boundaries(self) -> NDArray:
        """Half-way between the last point of a run and the first of the next,
        (models, runs - 1)."""
        rows, first = np.arange(len(self.x))[:, None], self.starts[:, 1:]
        return (self.x[rows, first - 1] + self.x[rows, first]) / 2

    @property
    def sse(self) -> NDArray:
        """Sums of the squared errors, (models,)."""
        return self._lines[..., 3].sum(-1)

    def __call__(self, x: ArrayLike) -> NDArray:
        """Each member's lines at the points, (points,), as (models, points); a line ends at its
        boundary, and the next one has it."""
        x = checks.shaped("x", checks.numeric("x", x), (None,)).astype(float)
        found = []
        for lines, ends in zip(self._lines, self.boundaries):
            slope, mean_y, mean_x, _ = lines[np.searchsorted(ends, x, side="right")].T
            found.append(mean_y + slope * (x - mean_x))
        return np.stack(found)
