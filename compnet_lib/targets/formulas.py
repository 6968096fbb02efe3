"""Formulas in `x`: read against a whitelist, never evaluated as code, and differentiated.

What a formula may cost is known from its text before anything is computed: it is short, its
numbers and powers are small, and each part is visited a few times by plain arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core.checks import brief
from . import arithmetic
from .grammar import LENGTH as LENGTH
from .grammar import parse
from .polynomials import coefficients
from .printed import latex

NOISE = 1e-6
"""Rounding may move a curve by this share of its largest value."""


class Curve(NamedTuple):
    """A formula as functions of arrays, its LaTeX, and its coefficients if it is a polynomial
    with rational ones, the constant first. `rounding` is about how far off the values may be."""

    function: Callable[[Any], Any]
    derivative: Callable[[Any], NDArray]
    second: Callable[[Any], NDArray]
    rounding: Callable[[NDArray], Any]
    formula: str
    polynomial: tuple[Fraction, ...] | None


def curve(text: str) -> Curve:
    """What a formula says, with two derivatives; errors as for `Target.from_formula`."""
    try:
        node = parse(text)
        polynomial, formula = coefficients(node), latex(node)
    except RecursionError:
        raise ValueError(f"text is nested too deeply to be read here, got {brief(text)}") from None

    def function(x: ArrayLike | Fraction) -> Any:
        x = np.asarray(x)
        if x.dtype == object and polynomial is not None:
            return _horner(polynomial, x)
        found = _at(x, lambda x: arithmetic.value(node, x))
        return found if x.ndim else found.item()

    return Curve(
        function,
        lambda x: _at(x, lambda x: arithmetic.derivatives(node, x)[1]),
        lambda x: _at(x, lambda x: arithmetic.derivatives(node, x)[2]),
        lambda x: _at(x, lambda x: arithmetic.rounding(node, x)[1]),
        formula,
        polynomial,
    )


def steady(found: Curve, name: str, low: float, high: float) -> None:
    """Refuse a curve of which rounding may leave less than six digits on the interval,
    which has a pole there, or whose derivatives are not finite inside it."""
    inner = low + (high - low) * np.arange(1, 256, 2) / 256
    off, largest = np.max(found.rounding(inner)), np.abs(found.function(inner)).max()
    if not off <= NOISE * largest + np.finfo(float).tiny:
        raise ValueError(
            "text must be a formula that keeps six digits when each step is rounded: "
            f"{name!r} may be off by {off:.2g} on ({low:.4g}, {high:.4g})"
        )
    pole = _pole(found.function, np.linspace(low, high, 1001))
    if pole is not None:
        raise ValueError(
            f"text must be a formula that is finite on ({low:.4g}, {high:.4g}): "
            f"{name!r} has no bound near {pole:.6g}"
        )
    for derivative in (found.derivative, found.second):
        lost = inner[~np.isfinite(derivative(inner))]
        if lost.size:
            raise ValueError(
                "text must be a formula with two derivatives that floats can hold: "
                f"{name!r} has none at {lost[0]:.4g}"
            )


def _pole(function: Callable, x: NDArray) -> float | None:
    """Where the largest values still grow after they were looked at 10^8 times more closely."""
    largest = []
    for _ in range(4):
        y = np.abs(function(x))
        k = int(y.argmax())
        largest.append(y[k])
        if not np.isfinite(y[k]):
            return float(x[k])
        x = np.linspace(x[max(k - 1, 0)], x[min(k + 1, len(x) - 1)], len(x))
    return float(x[len(x) // 2]) if largest[-1] > 4 * largest[-2] else None


def constant(text: str) -> float:
    """The number that a formula without `x` is."""
    node = parse(text)
    if node.value is None:
        raise ValueError(f"text must name the ends of the interval by numbers, got {brief(text)}")
    with np.errstate(all="ignore"):
        _, off = arithmetic.rounding(node, np.zeros(1))
    if not off <= NOISE * max(1, abs(node.value)):
        raise ValueError(
            "text must name the ends of the interval by numbers that keep six digits when each "
            f"step is rounded, got {brief(text)}"
        )
    return node.value


def _at(x: ArrayLike, work: Callable[[NDArray], Any]) -> NDArray:
    """What is worked out at points, in the shape of `x`, also where it is one number for all."""
    x = np.asarray(x)
    x = x if x.dtype.kind == "f" else x.astype(float)
    with np.errstate(all="ignore"):
        found = work(x.reshape(-1))
    return np.array(np.broadcast_to(found, x.size)).reshape(x.shape)


def _horner(polynomial: tuple[Fraction, ...], x: NDArray) -> Any:
    value: Any = Fraction(0)
    for c in reversed(polynomial):
        value = value * x + c
    return value
