"""Fits of a curve without a network: least squares by cubic splines and by polynomials."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks
from ..targets.target import Target

SHARES = np.geomspace(1e-12, 0.5, 60)
"""Where the panels towards an end of the interval begin, as shares of its length."""
GAUSS, MASS = np.polynomial.legendre.leggauss(12)


def graded_nodes(target: Target, cuts: ArrayLike = ()) -> tuple[NDArray, NDArray]:
    """Gauss nodes and weights, (nodes,) each, for a mean over a curve's interval:
    on panels that end at the `cuts` and shrink geometrically towards both ends,
    so that a curve whose slope is infinite there is integrated as well."""
    low, high = target.interval
    steps = SHARES * (high - low)
    edges = np.concatenate([[low], low + steps, high - steps[::-1], [high], np.asarray(cuts)])
    edges = np.unique(np.clip(edges, low, high))
    widths = np.diff(edges)[:, None]
    nodes, weights = edges[:-1, None] + widths * (GAUSS + 1) / 2, widths * MASS / 2
    return nodes.ravel(), weights.ravel() / (high - low)


def graded_mse(
    target: Target, function: Callable[[NDArray], NDArray], cuts: ArrayLike = ()
) -> float:
    """Mean squared error of a function over the curve's interval, by :func:`graded_nodes`;
    `cuts` are where it is not smooth."""
    x, mass = graded_nodes(target, cuts)
    return float(mass @ (function(x) - target(x)) ** 2)


def cubic_mse(target: Target, coefficients: int) -> float:
    """Mean squared error of the best cubic spline on equal intervals.

    Args:
        target: the curve.
        coefficients: of the spline, at least 5.

    Raises:
        TypeError, ValueError: `coefficients` is no integer, or too small.
    """
    from scipy.interpolate import make_lsq_spline

    count = checks.integer("coefficients", coefficients, 5)
    low, high = target.interval
    inner = np.linspace(low, high, count - 2)
    x, mass = graded_nodes(target, inner)
    knots = np.concatenate([[low] * 3, inner, [high] * 3])
    spline = make_lsq_spline(x, target(x), knots, w=np.sqrt(mass))
    return float(mass @ (spline(x) - target(x)) ** 2)


def polynomial_mse(target: Target, coefficients: int) -> float:
    """Mean squared error of the best polynomial, the projection on Legendre polynomials.

    Args:
        target: the curve.
        coefficients: of the polynomial, at least 1.

    Raises:
        TypeError, ValueError: `coefficients` is no integer, or too small.
    """
    count = checks.integer("coefficients", coefficients, 1)
    low, high = target.interval
    x, mass = graded_nodes(target, np.linspace(low, high, max(count, 2)))
    basis = np.polynomial.legendre.legvander((2 * x - low - high) / (high - low), count - 1)
    basis *= np.sqrt(2 * np.arange(count) + 1)
    fitted = basis @ (basis.T @ (mass * target(x)))
    return float(mass @ (fitted - target(x)) ** 2)
