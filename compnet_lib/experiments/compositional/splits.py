"""Few points to train on and points between them to test on,
in every way that "spaced in between" can be read."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..._core import checks, memory
from ...targets.checks import a_curve, listed
from ...targets.target import Target

SPLITS = MappingProxyType(
    {
        "left end": "i/n against (i+1/2)/n",
        "right end": "(i+1)/n against (i+1/2)/n",
        "quarters": "(i+1/4)/n against (i+3/4)/n",
        "midpoints, left": "(i+1/2)/n against i/n",
        "midpoints, right": "(i+1/2)/n against (i+1)/n",
        "every other": "2i/(2n-1) against (2i+1)/(2n-1)",
        "both ends": "i/(n-1) against its n-1 midpoints",
    }
)
"""The splits of [0, 1] by name, each as training against test points, i = 0, …, n-1."""


def evenly(curves: Sequence[Target], points: int) -> NDArray:
    """Evenly spaced points on each curve's interval, with both ends, (curves, points).

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits,
            or the points would not fit into memory.
    """
    points, curves = checks.integer("points", points, 2), listed("curves", curves)
    memory.fit("points", points, 32 * points * len(curves))
    return np.stack([np.linspace(*curve.interval, points) for curve in curves])


def on_unit_square(curve: Target) -> Target:
    r"""The curve $(f(\text{low}+(\text{high}-\text{low})\,u)-\alpha)/\beta$ on [0, 1], of the same
    name, sign and formula: a network is laid along it with no change of scale.
    TypeError if it is not a :class:`Target`."""
    (low, high), (alpha, beta) = a_curve("curve", curve).interval, curve.line
    return Target(
        curve.name,
        lambda u: (curve(low + (high - low) * u) - alpha) / beta,
        sign=curve.sign,
        interval=(0, 1),
        line=(0, 1),
        formula=curve.formula,
    )


def split(
    name: str, points: int = 10, interval: tuple[float, float] = (0, 1)
) -> tuple[NDArray, NDArray]:
    """Training and test points on an interval.

    Args:
        name: one of `SPLITS`.
        points: n, how many points to train on, at least 2.
        interval: (low, high); the points of [0, 1] are laid out on it.

    Returns:
        The training points (n,) and the test points, as many, or for "both ends" one less;
        increasing, float64. Between two neighbouring training points lies one test point,
        halfway; a test point before the first or beyond the last is as far from it.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.

    Source: Milkert, Hyde and Laine, section 4.1, which asks for test points "spaced in between
        so as to be as far away from learned data as possible".
    """
    checks.choice("name", name, SPLITS)
    n = checks.integer("points", points, 2)
    memory.fit("points", points, 64 * n)
    low, high = map(float, checks.pair("interval", interval))
    if not low < high or not np.isfinite(high - low):
        raise ValueError(
            f"interval must have low < high, not too far apart, got {checks.brief(interval)}"
        )
    i = np.arange(n)
    match name:
        case "left end":
            train, test = i / n, (i + 0.5) / n
        case "right end":
            train, test = (i + 1) / n, (i + 0.5) / n
        case "quarters":
            train, test = (i + 0.25) / n, (i + 0.75) / n
        case "midpoints, left":
            train, test = (i + 0.5) / n, i / n
        case "midpoints, right":
            train, test = (i + 0.5) / n, (i + 1) / n
        case "every other":
            train, test = 2 * i / (2 * n - 1), (2 * i + 1) / (2 * n - 1)
        case "both ends":
            train, test = i / (n - 1), (i[:-1] + 0.5) / (n - 1)
    return low + (high - low) * train, low + (high - low) * test


def placed(name: str, curves: Sequence[Target], points: int = 10) -> tuple[NDArray, NDArray]:
    """:func:`split` on each curve's interval: training and test points, (curves, points) each."""
    pairs = [split(name, points, curve.interval) for curve in listed("curves", curves)]
    train, test = (np.array(rows) for rows in zip(*pairs))
    return train, test
