"""Where a curve is smooth: its interval cut into panels, on each of which it is a polynomial of
low degree but for rounding.

What is integrated on panels keeps its accuracy where a curve is steep, has a kink or a slope that
is infinite; and what the panels could not resolve is known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TERMS = 16
"""Of the Chebyshev series on a panel."""
MOST = 4096
"""Panels of a curve."""
LOOKS = 4097
"""Evenly spaced points at which the series are compared with the curve: between them a feature
that no panel has met would go unseen."""

_EPS = float(np.finfo(float).eps)
_ANGLE = np.pi * (np.arange(TERMS) + 0.5) / TERMS
_TRANSFORM = 2 / TERMS * np.cos(np.arange(TERMS)[:, None] * _ANGLE)
_TRANSFORM[0] /= 2


class Panels(NamedTuple):
    """A curve in pieces.

    Attributes:
        edges: of the panels, increasing, (panels + 1,).
        coefficients: the curve's Chebyshev series on each, (panels, 16).
        misses: about how far the series are from the curve, in the mean over each, (panels,).
    """

    edges: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    misses: NDArray[np.float64]

    @property
    def miss(self) -> float:
        r"""$\sqrt{\int(\text{series}-\text{curve})^2}$, as estimated."""
        return float(np.sqrt(np.diff(self.edges) @ self.misses**2))


def panels(curve: Callable[[NDArray], NDArray], low: float, high: float) -> Panels:
    """The panels of a curve on [low, high]: halved until the last terms of each series vanish in
    rounding, or weigh too little in an integral to matter.

    Args:
        curve: on arrays of points between the ends, finite there.
        low, high: floats, low < high.
    """
    length = high - low
    scale = float(np.abs(curve(np.linspace(low, high, 257))).max())
    looks = np.linspace(low, high, LOOKS)
    seen = curve(looks)

    def unseen(row: NDArray, a: float, b: float) -> float:
        inside = slice(*np.searchsorted(looks, (a, b)))
        series = np.polynomial.chebyshev.chebval((2 * looks[inside] - a - b) / (b - a), row)
        return float(np.abs(series - seen[inside]).max(initial=0.0))

    found: list[tuple[float, float, NDArray, float]] = []
    waiting = np.array([[low, high]])
    while len(waiting):
        points = waiting.mean(1)[:, None] + np.diff(waiting) / 2 * np.cos(_ANGLE)
        values = curve(points)
        rows = [_TRANSFORM @ row for row in values]
        limits, ends = _limits(waiting, points, values, scale, length)
        full = len(found) + 2 * len(waiting) > MOST
        halves = []
        for (a, b), row, limit, end in zip(waiting, rows, limits, ends):
            tail = float(np.abs(row[-2:]).max())
            if full or end:
                found.append((a, b, row, max(4 * tail, unseen(row, a, b) if full else 0.0)))
            elif tail <= limit and unseen(row, a, b) <= 64 * limit:
                found.append((a, b, row, 4 * tail))
            else:
                halves += [(a, (a + b) / 2), ((a + b) / 2, b)]
        waiting = np.array(halves).reshape(-1, 2)
    found.sort(key=lambda panel: panel[0])
    return Panels(
        np.array([low, *(b for _, b, _, _ in found)]),
        np.array([row for _, _, row, _ in found]),
        np.array([miss for _, _, _, miss in found]),
    )


def _limits(
    ends: NDArray, points: NDArray, values: NDArray, scale: float, length: float
) -> tuple[NDArray, NDArray]:
    """Below which size the last terms of each panel are rounding, or weigh nothing; and whether
    floats have no room for its halves."""
    width, far = np.diff(ends)[:, 0], np.abs(ends).max(1)
    # A point is known to a rounding, and so is the curve to its slope times that.
    with np.errstate(all="ignore"):
        slope = np.abs(np.diff(values) / np.diff(points)).max(1)
        noise = np.fmax(4e-15 * scale, 4 * _EPS * far * slope)
    return np.maximum(noise, 1e-16 * scale / np.sqrt(width / length)), width <= 64 * _EPS * far
