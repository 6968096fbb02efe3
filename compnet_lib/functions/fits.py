"""Fits of a curve without a network: least squares by cubic splines and by polynomials."""

from __future__ import annotations

import numpy as np

from .._core import checks, memory
from ..targets.checks import a_curve
from ..targets.target import Target
from .squares import cells


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
    memory.fit("coefficients", count, 1000 * count)
    low, high = a_curve("target", target).interval
    inner = np.linspace(low, high, count - 2)
    x, mass = _nodes(target, inner)
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
    memory.fit("coefficients", count, 200 * count**2)
    low, high = a_curve("target", target).interval
    # As closely as Legendre polynomials have their zeros, towards the ends above all.
    cuts = low + (high - low) * (1 - np.cos(np.linspace(0, np.pi, count + 1))) / 2
    x, mass = _nodes(target, np.concatenate([[low], cuts[1:-1], [high]]))
    basis = np.polynomial.legendre.legvander((2 * x - low - high) / (high - low), count - 1)
    basis *= np.sqrt(2 * np.arange(count) + 1)
    fitted = basis @ (basis.T @ (mass * target(x)))
    return float(mass @ (fitted - target(x)) ** 2)


def _nodes(target, cuts):
    """Gauss nodes and their shares in a mean over the interval, (nodes,) each."""
    points, weights, _ = cells(cuts, target.panels.edges)
    return points.ravel(), weights.ravel() / (cuts[-1] - cuts[0])
