"""What a formula is at numbers or arrays, its two derivatives there, and how far rounding
carries it: on the tree that was read, one pass each, so that the work is known beforehand.

Derivatives are carried along with the values (forward mode), by the rules of school.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .tree import Node

EPS = float(np.finfo(float).eps)
TINY, SMALL = float(np.finfo(float).smallest_subnormal), float(np.finfo(float).tiny)

_Jet = tuple[Any, Any, Any]
"""A value and two derivatives. What is 0 for every formula of its form is the integer 0."""

_BY_CHAIN: dict[str, tuple[Callable, Callable, Callable]] = {
    "abs": (np.abs, lambda u, y: np.sign(u), lambda u, y: 0),
    "acos": (
        np.arccos,
        lambda u, y: -(((1 - u) * (1 + u)) ** -0.5),
        lambda u, y: -u * ((1 - u) * (1 + u)) ** -1.5,
    ),
    "asin": (
        np.arcsin,
        lambda u, y: ((1 - u) * (1 + u)) ** -0.5,
        lambda u, y: u * ((1 - u) * (1 + u)) ** -1.5,
    ),
    "atan": (
        np.arctan,
        lambda u, y: 1 / (1 + u * u),
        lambda u, y: -2 * (u / (1 + u * u)) / (1 + u * u),
    ),
    "cos": (np.cos, lambda u, y: -np.sin(u), lambda u, y: -y),
    "cosh": (np.cosh, lambda u, y: np.sinh(u), lambda u, y: y),
    "exp": (np.exp, lambda u, y: y, lambda u, y: y),
    "sin": (np.sin, lambda u, y: np.cos(u), lambda u, y: -y),
    "sinh": (np.sinh, lambda u, y: np.cosh(u), lambda u, y: y),
    "tan": (np.tan, lambda u, y: 1 + y * y, lambda u, y: 2 * y * (1 + y * y)),
    "tanh": (np.tanh, lambda u, y: np.cosh(u) ** -2, lambda u, y: -2 * y * np.cosh(u) ** -2),
}
"""Functions of `u`, and their two derivatives by `u`, which may use their value `y`."""

FUNCTIONS: dict[str, Callable] = {
    name: _BY_CHAIN[name][0] if name in _BY_CHAIN else getattr(np, name)
    for name in sorted([*_BY_CHAIN, "log", "sqrt"])
}
"""The functions that a formula may hold."""


def apply(name: str, *parts: Any) -> Any:
    """What an operator or function makes of numbers or arrays; nan or infinite where it is not
    defined."""
    return (FUNCTIONS.get(name) or _OPERATORS[name])(*parts)


def value(node: Node, x: NDArray) -> Any:
    """The formula at `x`; a number if `x` does not occur."""
    if node.value is not None:
        return node.value
    if not node.parts:
        return x
    return apply(node.name, *(value(part, x) for part in node.parts))


def derivatives(node: Node, x: NDArray) -> _Jet:
    """The formula and its first two derivatives at `x`; nan where the rules give no limit.
    The second derivative of the absolute value is 0, also at its kink."""
    if node.value is not None:
        return node.value, 0, 0
    if not node.parts:
        return x, 1, 0
    parts = [derivatives(part, x) for part in node.parts]
    if node.name in _BY_CHAIN:
        return _chain(*_BY_CHAIN[node.name], *parts)
    return _RULES[node.name](*parts)


def rounding(node: Node, x: NDArray) -> tuple[Any, Any]:
    """The formula at `x`, and about how far off it may be because every step is rounded:
    each step is taken again from where the errors before it may have led."""
    if not node.parts or node.exact is not None:
        y = x if node.value is None else np.float64(node.value)
        exact = node.value is None or node.exact == node.value
        return y, 0 * y if exact else EPS * np.abs(y) + TINY
    parts = [rounding(part, x) for part in node.parts]
    values = [part for part, _ in parts]
    y = apply(node.name, *values)
    off = EPS * np.abs(y) + TINY
    for k, (part, error) in enumerate(parts):
        ends = (
            np.abs(apply(node.name, *values[:k], part + step, *values[k + 1 :]) - y)
            for step in (error, -error)
        )
        off = off + np.fmax(*ends)
    return y, off


def _power(u: Any, v: Any) -> Any:
    return np.power(u, v) if isinstance(u, float) else u**v


_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": lambda u, v: u + v,
    "-": lambda u, v: u - v,
    "*": lambda u, v: u * v,
    "/": lambda u, v: u / v,
    "^": _power,
    "negative": lambda u: -u,
}


def _product(*factors: Any) -> Any:
    """The product; 0 if a factor is the integer 0, whatever the others are."""
    found = 1
    for factor in factors:
        if isinstance(factor, int) and factor == 0:
            return 0
        found = found * factor
    return found


def _chain(function: Callable, first: Callable, second: Callable, u: _Jet) -> _Jet:
    y = function(u[0])
    slope, bend = first(u[0], y), second(u[0], y)
    return y, _product(slope, u[1]), _product(bend, u[1], u[1]) + _product(slope, u[2])


def _log(u: _Jet) -> _Jet:
    if isinstance(u[0], float):
        return np.log(u[0]), 0, 0
    first = u[1] / u[0]
    return np.log(u[0]), first, u[2] / u[0] - first * first


def _sqrt(u: _Jet) -> _Jet:
    y = np.sqrt(u[0])
    first = u[1] / (2 * y)
    return y, first, (u[2] / 2 - first * first) / y


def _times(u: _Jet, v: _Jet) -> _Jet:
    return (
        u[0] * v[0],
        _product(u[1], v[0]) + _product(u[0], v[1]),
        _product(u[2], v[0]) + _product(2, u[1], v[1]) + _product(u[0], v[2]),
    )


def _over(u: _Jet, v: _Jet) -> _Jet:
    y = u[0] / v[0]
    first = (u[1] - _product(y, v[1])) / v[0]
    return y, first, (u[2] - _product(2, first, v[1]) - _product(y, v[2])) / v[0]


def _to_the(u: _Jet, v: _Jet) -> _Jet:
    if isinstance(v[0], float):
        return _to_a_number(u, v[0])
    y = _power(u[0], v[0])
    _, first, second = _times(v, _log(u))  # the power is e to this
    return y, y * first, y * (first * first + second)


def _to_a_number(u: _Jet, n: float) -> _Jet:
    y = _power(u[0], n)
    if n == 0:
        return y, 0, 0
    slope = n * _power(u[0], n - 1)
    first, second = _product(slope, u[1]), _product(slope, u[2])
    if n == 1:
        return y, first, second
    power = _power(u[0], n - 2)
    bend = _product(n * (n - 1) * power, u[1], u[1])
    # At u = 0 the power is what it is; elsewhere it may be too large or small for a float.
    lost = (u[0] != 0) & ((np.abs(power) < SMALL) | np.isinf(power))
    return y, first, second + np.where(lost, (n - 1) * first * (u[1] / u[0]), bend)


_RULES: dict[str, Callable[..., _Jet]] = {
    "+": lambda u, v: (u[0] + v[0], u[1] + v[1], u[2] + v[2]),
    "-": lambda u, v: (u[0] - v[0], u[1] - v[1], u[2] - v[2]),
    "*": _times,
    "/": _over,
    "^": _to_the,
    "negative": lambda u: (-u[0], -u[1], -u[2]),
    "log": _log,
    "sqrt": _sqrt,
}
