"""Integrals of the squared distance between a polyline and a curve."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..targets.target import Target

CUTS = 33
"""Edges of equal parts of the interval, at which a curve that is no polynomial is cut besides."""


def squared_error(x: NDArray, y: NDArray, target: Target) -> float:
    """The integral from the first of the knots `x` to the last, in floats: by a Gauss rule that
    is exact for a polynomial, or else with eight nodes on pieces of at most 1/32 of it."""
    slopes = np.diff(y) / np.diff(x)
    nodes, cuts = (
        (len(target.polynomial), x)
        if target.polynomial
        else (8, np.union1d(x, np.linspace(x[0], x[-1], CUTS)))
    )
    at, weight = _gauss(max(nodes, 2))
    width = np.diff(cuts)[:, None]
    points = cuts[:-1, None] + width * (at + 1) / 2
    piece = np.searchsorted(x, cuts[:-1], side="right") - 1
    found = y[piece, None] + slopes[piece, None] * (points - x[piece, None])
    return float((((found - target(points)) ** 2) @ (weight / 2) * width[:, 0]).sum())


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
    return np.polynomial.legendre.leggauss(nodes)
