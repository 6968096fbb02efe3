"""Integrals of the squared distance between a polyline and a curve.

In floats a curve is integrated on the cells that the polyline's knots and the curve's panels make
(see :mod:`compnet_lib.targets.panels`), so that it may be steep, have kinks or infinite slopes.
"""

from __future__ import annotations

import warnings
from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..targets.panels import Panels, panels
from ..targets.target import Target

NODES = 10
"""Gauss nodes on a cell."""
BLOCK = 2**17
"""Pieces whose nodes are held at a time."""
PROMISED = 1e-6
"""The relative error of an integral above which there is a warning."""


def cells(
    knots: NDArray, edges: NDArray, nodes: int = NODES
) -> tuple[NDArray, NDArray, NDArray[np.int64]]:
    """Gauss nodes on the cells that knots and edges between them make.

    Args:
        knots: increasing, (pieces + 1,).
        edges: of panels; those beyond the knots are left out.
        nodes: on each cell.

    Returns:
        Points and their weights, (cells, nodes) each, and the piece that each cell is in, (cells,).
    """
    inner = edges[(edges > knots[0]) & (edges < knots[-1])]
    cuts = np.union1d(knots, inner) if len(inner) else knots
    at, weight = _gauss(nodes)
    width = np.diff(cuts)[:, None]
    piece = np.searchsorted(knots, cuts[:-1], side="right") - 1
    return cuts[:-1, None] + width * at, width * weight, piece


def panels_on(target: Target, low: float, high: float) -> Panels:
    """The panels of a curve between two points."""
    found = target.panels
    edges = found.edges
    if (low, high) == target.interval:
        return found
    if low < edges[0] or high > edges[-1]:
        return panels(target, low, high)
    first, last = np.searchsorted(edges, low, side="right") - 1, np.searchsorted(edges, high)
    ends = np.concatenate([[low], edges[first + 1 : last], [high]])
    return Panels(ends, found.coefficients[first:last], found.misses[first:last])


def squared_error(x: NDArray, y: NDArray, target: Target) -> tuple[float, float]:
    r"""The integral from the first of the knots `x` to the last, in floats, and about its error.

    By Gauss nodes on :func:`cells`, or by those alone that a polynomial needs.
    """
    curve = panels_on(target, float(x[0]), float(x[-1]))
    edges, nodes = curve.edges, NODES
    if target.polynomial:
        edges, nodes = x[:0], max(len(target.polynomial), 2)
    parts = [slice(k, k + BLOCK + 1) for k in range(0, len(x) - 1, BLOCK)]
    value = sum(_integral(x[part], y[part], target, edges, nodes) for part in parts)
    return value, known_to(value, target, curve, float(np.abs(y).max()))


def _integral(x: NDArray, y: NDArray, target: Target, edges: NDArray, nodes: int) -> float:
    slopes = np.diff(y) / np.diff(x)
    points, weights, piece = cells(x, edges, nodes)
    found = y[piece, None] + slopes[piece, None] * (points - x[piece, None])
    return float(((found - target(points)) ** 2 * weights).sum())


def known_to(value: float, target: Target, curve: Panels, largest: float = 0.0) -> float:
    r"""By how much an integral over a curve's panels, the `value` of a squared error of a function
    with such a `largest` value, may be off: $2\eta\sqrt I+\eta^2$, with $\eta$ the root of the
    integral of what is not known of the curve squared, rounding included.

    There is a warning if that is more than it should be because of the curve.
    """
    length = curve.edges[-1] - curve.edges[0]
    size = max(largest, float(np.abs(target(curve.edges)).max()))
    rounding = 4 * float(np.finfo(float).eps) * size * np.sqrt(length)
    unknown = np.hypot(curve.miss, rounding)
    error = float(2 * unknown * np.sqrt(value) + unknown**2)
    if curve.miss > 64 * rounding and error > PROMISED * value:
        warnings.warn(
            f"{target.name!r} varies too fast for its integrals: the squared error {value:.3g} "
            f"is known to {error:.1g} only",
            RuntimeWarning,
            stacklevel=2,
        )
    return error


def exact_squared_error(x: NDArray, y: NDArray, target: Target) -> Fraction:
    r"""$\int f^2 - 2\int fp + \int p^2$. With $P''=p$,
    integration by parts leaves of $\int fp$ the ends, and the slopes times the steps of $P$."""
    if target.polynomial is None:
        raise TypeError(f"target must be a polynomial for an exact function, got {target!r}")
    p = np.array(target.polynomial, dtype=object)
    first = _integrated(p)
    steps = np.diff(x)
    square = (steps * (y[1:] * y[1:] + y[1:] * y[:-1] + y[:-1] * y[:-1])).sum() / 3
    mixed = (
        y[-1] * _horner(first, x[-1])
        - y[0] * _horner(first, x[0])
        - (np.diff(y) / steps * np.diff(_horner(_integrated(first), x))).sum()
    )
    return square - 2 * mixed + np.diff(_horner(_integrated(np.convolve(p, p)), x[[0, -1]]))[0]


def _integrated(polynomial):
    return np.array([Fraction(0), *(c / (k + 1) for k, c in enumerate(polynomial))], dtype=object)


def _horner(polynomial, x):
    value = 0
    for c in polynomial[::-1]:
        value = value * x + c
    return value


@cache
def _gauss(nodes):
    """Nodes and weights on [0, 1]."""
    at, weight = np.polynomial.legendre.leggauss(nodes)
    return (at + 1) / 2, weight / 2
