"""A formula as a tree, and what is known of each part before anything is computed at points."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple


class Node(NamedTuple):
    """A part of a formula.

    Attributes:
        name: "number", "x", "pi", "e", an operator (``+ - * / ^`` or "negative") or a function.
        parts: what the operator or function is applied to.
        value: the number that it is, if `x` does not occur in it.
        exact: that number as a fraction, if it is a rational one that was found as such.
        degree: its degree, or a bound on it, if it is a polynomial; a function counts as `x`.
        bits: a bound on the binary digits of the numbers in it once powers are multiplied out.
    """

    name: str
    parts: tuple[Node, ...] = ()
    value: float | None = None
    exact: Fraction | None = None
    degree: float = 0
    bits: float = 0
