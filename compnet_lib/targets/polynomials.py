"""The coefficients of a formula that is a polynomial, in rational arithmetic."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .tree import Node

DEGREE = 100
"""Polynomials of a higher degree are treated as any other curve."""


class _Over(NamedTuple):
    """Integers, the constant first, over one denominator: sums and products need no
    fractions in lowest terms."""

    integers: NDArray
    denominator: int


def coefficients(node: Node) -> tuple[Fraction, ...] | None:
    """The coefficients, the constant first and the last one not 0; None if the formula is
    written with anything but sums, products, whole powers and quotients by rational numbers,
    or its degree may be above `DEGREE`."""
    found = _read(node) if node.degree <= DEGREE else None
    if found is None:
        return None
    kept = np.flatnonzero(found.integers)
    last = int(kept[-1]) if kept.size else 0
    return tuple(Fraction(n, found.denominator) for n in found.integers[: last + 1])


def _read(node: Node) -> _Over | None:
    if node.exact is not None:
        return _Over(_integers(node.exact.numerator), node.exact.denominator)
    if node.name == "x":
        return _Over(_integers(0, 1), 1)
    if node.name not in ("+", "-", "*", "/", "^", "negative"):
        return None
    parts = [found for part in node.parts if (found := _read(part)) is not None]
    return _joined(node, *parts) if len(parts) == len(node.parts) else None


def _joined(node: Node, first: _Over, second: _Over | None = None) -> _Over | None:
    if second is None:
        return _Over(-first.integers, first.denominator)
    if node.name in "+-":
        return _sum(first, second, 1 if node.name == "+" else -1)
    if node.name == "*":
        return _product(first, second)
    number = node.parts[1].exact
    if number is None:
        return None
    if node.name == "/":
        return _product(first, _Over(_integers(number.denominator), number.numerator))
    if number.denominator != 1 or number < 0:
        return None
    return reduce(_product, [first] * int(number), _Over(_integers(1), 1))


def _integers(*values: int) -> NDArray:
    return np.array(values, dtype=object)


def _product(u: _Over, v: _Over) -> _Over:
    return _Over(np.convolve(u.integers, v.integers), u.denominator * v.denominator)


def _sum(u: _Over, v: _Over, sign: int) -> _Over:
    found = np.full(max(len(u.integers), len(v.integers)), 0, dtype=object)
    found[: len(u.integers)] += u.integers * v.denominator
    found[: len(v.integers)] += sign * v.integers * u.denominator
    return _Over(found, u.denominator * v.denominator)
