"""The best broken lines with given bends through data, and bends that are moved or left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._core.stops import GO
from ..piecewise import PiecewiseLinear
from . import kernels


class Data:
    """Data (models, points) at increasing points, and lines with bends (models, bends) through
    them, NaN for bends that are nowhere. A bend belongs between the first point and the last.

    Everything is computed on [-1, 1], onto which the points are laid.
    """

    def __init__(self, x: NDArray, y: NDArray):
        self.x, self.y = x, np.ascontiguousarray(y)
        self._middle, self._half = (x[0] + x[-1]) / 2, (x[-1] - x[0]) / 2
        self._laid = self._lay(x)

    def _lay(self, places: NDArray) -> NDArray:
        return np.clip((places - self._middle) / self._half, -1, 1)

    def moved(self, bends: NDArray, stop: NDArray[np.bool_] = GO) -> tuple[NDArray, NDArray]:
        """The bends after each of every member was moved, in turn, to where it lowers the sum of
        squares most, and the sums of squares (models,); not finished after `stop` is set."""
        laid, sums = self._lay(bends), self.sums(bends)
        kernels.sweep(self._laid, self.y, laid, sums, stop)
        return self._middle + self._half * laid, sums

    def dropped(self, bends: NDArray, most: int) -> NDArray:
        """`bends` without those that cost least, one after the other, until each member has at most
        `most`; as many columns."""
        kept, found = self._lay(bends), np.empty(bends.shape)
        for _ in range(bends.shape[1] - most):  # one a pass, whatever the costs are
            some = np.flatnonzero(np.isfinite(kept).sum(1) > most)
            if not len(some):
                break
            kernels.costs(self._laid, self.y, kept, found)
            found[np.isnan(kept)] = np.inf
            kept[some, found[some].argmin(1)] = np.nan
        order = np.argsort(kept, axis=1)[:, :most]
        return self._middle + self._half * np.take_along_axis(kept, order, 1)

    def sums(self, bends: NDArray) -> NDArray:
        """The least sums of squares with these bends, (models,)."""
        found = np.empty(len(self.y))
        kernels.sums(self._laid, self.y, self._lay(bends), found)
        return found

    def lines(self, bends: NDArray) -> list[PiecewiseLinear]:
        """The lines of least squares with these bends, of which there must be fewer than points;
        of bends that the data do not tell apart one bends."""
        return [self._line(own, y) for own, y in zip(bends, self.y)]

    def _line(self, bends: NDArray, y: NDArray) -> PiecewiseLinear:
        inside = np.unique(bends[(bends > self.x[0]) & (bends < self.x[-1])])
        knots = np.concatenate([self.x[:1], inside, self.x[-1:]])
        # Tents, one a knot: their sums are the lines, and their products are small.
        tents = np.array([np.interp(self.x, knots, row) for row in np.eye(len(knots))]).T
        values = np.linalg.lstsq(tents, y, rcond=None)[0]
        return PiecewiseLinear.through(knots, values)
