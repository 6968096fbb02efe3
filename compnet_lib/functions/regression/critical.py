r"""Continuous functions that are a least squares line on each of their pieces, counted exactly.

Such a function is a local minimum of the squared error: what has its breakpoints in the same gaps
between the points cannot have a smaller error on any piece. Counted are those with every
breakpoint strictly between two neighbouring points, at least two points in each piece, and lines
that differ from piece to piece. With pieces of fewer points there are infinitely many more.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks, memory
from ..piecewise import PiecewiseLinear


def critical_counts(x: ArrayLike, y: ArrayLike, breakpoints: int) -> list[int]:
    """How many there are with 0, 1, ..., `breakpoints` breakpoints.

    Exact: floats are taken as the rational numbers that they are. By dynamic programming over
    the last piece, in a time that grows as points³ and linearly with the breakpoints.

    Args:
        x: points in increasing order, (points,), at least two; floats or `Fraction`.
        y: values, (points,).
        breakpoints: at least 0.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    runs = _Runs.of(x, y)
    most = checks.integer("breakpoints", breakpoints)
    ways = {(0, beyond): 1 for beyond in range(2, runs.points + 1)}
    found = [ways[0, runs.points]]
    for _ in range(most):
        more: dict[tuple[int, int], int] = {}
        for (first, middle), number in ways.items():
            for beyond in runs.meeting[first, middle]:
                more[middle, beyond] = more.get((middle, beyond), 0) + number
        ways = more
        found.append(sum(n for (_, beyond), n in ways.items() if beyond == runs.points))
    return found


def critical_fits(x: ArrayLike, y: ArrayLike, breakpoints: int) -> Iterator[PiecewiseLinear]:
    """These functions one by one, exact, for so many breakpoints, at least 1.

    Arguments and errors as for :func:`critical_counts`.
    """
    runs = _Runs.of(x, y)
    most = checks.integer("breakpoints", breakpoints, 1)

    def onward(path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        for beyond in runs.meeting[path[-2], path[-1]]:
            if len(path) < most + 1:
                yield from onward((*path, beyond))
            elif beyond == runs.points:
                yield (*path, beyond)

    for middle in range(2, runs.points):
        for path in onward((0, middle)):
            yield runs.joined(path)


class _Runs(NamedTuple):
    """Least squares lines on all runs [first, beyond) of at least two points: `lines` holds
    slope and value at 0; `meeting`, for each run, where those end that it meets in its gap."""

    points: int
    lines: dict[tuple[int, int], tuple[Fraction, Fraction]]
    meeting: dict[tuple[int, int], list[int]]

    @classmethod
    def of(cls, x: ArrayLike, y: ArrayLike) -> _Runs:
        x, y = _exact("x", x), _exact("y", y)
        if len(x) < 2 or x.shape != y.shape or not (np.diff(x) > 0).all():
            raise ValueError(
                "x must hold at least two points in increasing order, and y as many values, "
                f"got shapes {x.shape} and {y.shape}"
            )
        points = len(x)
        memory.fit("x", points, 60 * points**3)
        sums = [np.concatenate([[Fraction(0)], np.cumsum(v)]) for v in (x, y, x * x, x * y)]
        lines = {}
        for first in range(points - 1):
            for beyond in range(first + 2, points + 1):
                count = beyond - first
                sx, sy, sxx, sxy = (each[beyond] - each[first] for each in sums)
                slope = (count * sxy - sx * sy) / (count * sxx - sx * sx)
                lines[first, beyond] = slope, (sy - slope * sx) / count
        meeting = {}
        for (first, middle), (slope, height) in lines.items():
            ends = x[middle - 1], x[middle] if middle < points else None
            meeting[first, middle] = [
                beyond
                for beyond in range(middle + 2, points + 1)
                if _crosses(lines[middle, beyond], slope, height, *ends)
            ]
        return cls(points, lines, meeting)

    def joined(self, path: tuple[int, ...]) -> PiecewiseLinear:
        """The function with these lines."""
        lines = [self.lines[run] for run in zip(path, path[1:])]
        knots = [(q - b) / (a - p) for (a, b), (p, q) in zip(lines, lines[1:])]
        values = [a * knot + b for (a, b), knot in zip(lines, knots)]
        return PiecewiseLinear(
            np.array(knots, object), np.array(values, object), lines[0][0], lines[-1][0]
        )


def _crosses(line, slope, height, low, high):
    """Whether two lines meet strictly between two points, at an angle."""
    steeper, higher = line[0] - slope, line[1] - height
    return (steeper * low + higher) * (steeper * high + higher) < 0


def _exact(name: str, values: ArrayLike) -> NDArray:
    array = checks.shaped(name, checks.numeric(name, values, exact=True), (None,))
    return np.array([Fraction(v) for v in array.tolist()], dtype=object)
