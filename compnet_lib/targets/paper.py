"""Curves with names, in closed form: those of the compositional paper."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np


class Curve(NamedTuple):
    """A curve on [0, 1] with its first and second `derivative`: functions of numbers or arrays.

    The `sign` of the waves is -1 for convex curves and +1 for concave ones; `tex` is the formula
    as it is printed, `text` as a reader would type it. A polynomial has its coefficients, from the
    constant on.
    """

    name: str
    function: Callable[[Any], Any]
    derivative: Callable[[Any], Any]
    second: Callable[[Any], Any]
    sign: int
    tex: str
    text: str
    polynomial: tuple[Fraction, ...] | None = None


_HALF = (1 / 2) * np.pi


def _power(degree: int) -> Curve:
    return Curve(
        f"x^{degree}",
        lambda x: x**degree,
        derivative=lambda x: degree * np.asarray(x) ** (degree - 1),
        second=lambda x: degree * (degree - 1) * np.asarray(x) ** (degree - 2),
        sign=-1,
        tex=f"x^{degree}" if degree < 10 else f"x^{{{degree}}}",
        text=f"x^{degree}",
        polynomial=(*[Fraction(0)] * degree, Fraction(1)),
    )


CURVES = (
    *map(_power, (2, 3, 11)),
    Curve(
        "sin",
        lambda x: np.sin(_HALF * x),
        derivative=lambda x: _HALF * np.cos(_HALF * np.asarray(x)),
        second=lambda x: -1 / 4 * np.pi**2 * np.sin(_HALF * np.asarray(x)),
        sign=1,
        tex=r"\sin(\pi x/2)",
        text="sin(pi*x/2)",
    ),
    Curve(
        "tanh",
        lambda x: np.tanh(3 * x),
        derivative=lambda x: 3 - 3 * np.tanh(3 * np.asarray(x)) ** 2,
        second=lambda x: 18 * (np.tanh(3 * np.asarray(x)) ** 2 - 1) * np.tanh(3 * np.asarray(x)),
        sign=1,
        tex=r"\tanh(3x)",
        text="tanh(3*x)",
    ),
)
"""Each is laid along the line from 0 to 1. As in the paper none is scaled or shifted,
so ``"tanh"`` is laid along the line to 1 although the curve ends at 0.995."""
