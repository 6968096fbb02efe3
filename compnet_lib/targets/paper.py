"""The curves of the compositional paper, with their derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from .target import Target

FORMULAS = MappingProxyType({"sin": "sin(pi*x/2)", "tanh": "tanh(3*x)"})
"""What names that are no formulas stand for, as `Target.from_formula` reads it."""

_HALF = (1 / 2) * np.pi


def _power(degree: int) -> Target:
    target = Target(
        f"x^{degree}",
        lambda x: x**degree,
        derivative=lambda x: degree * np.asarray(x) ** (degree - 1),
        second=lambda x: degree * (degree - 1) * np.asarray(x) ** (degree - 2),
        sign=-1,
        line=(0, 1),
        formula=f"x^{degree}" if degree < 10 else f"x^{{{degree}}}",
    )
    target.polynomial = (*[Fraction(0)] * degree, Fraction(1))
    return target


_CURVES = (
    *map(_power, (2, 3, 11)),
    Target(
        "sin",
        lambda x: np.sin(_HALF * x),
        derivative=lambda x: _HALF * np.cos(_HALF * np.asarray(x)),
        second=lambda x: -1 / 4 * np.pi**2 * np.sin(_HALF * np.asarray(x)),
        sign=1,
        line=(0, 1),
        formula=r"\sin(\pi x/2)",
    ),
    Target(
        "tanh",
        lambda x: np.tanh(3 * x),
        derivative=lambda x: 3 - 3 * np.tanh(3 * np.asarray(x)) ** 2,
        second=lambda x: 18 * (np.tanh(3 * np.asarray(x)) ** 2 - 1) * np.tanh(3 * np.asarray(x)),
        sign=1,
        line=(0, 1),
        formula=r"\tanh(3x)",
    ),
)

TARGETS: Mapping[str, Target] = MappingProxyType({curve.name: curve for curve in _CURVES})
"""The paper's curves by name: ``"x^2"``, ``"x^3"``, ``"x^11"``, ``"sin"`` and ``"tanh"``.
As in the paper none is scaled or shifted, so ``"tanh"`` is laid along the line to 1 although the
curve ends at 0.995."""
