"""The text of a formula, read against a whitelist and a budget."""

from __future__ import annotations

import ast
import math
import re
from fractions import Fraction
from typing import NoReturn

import numpy as np

from .._core.checks import brief
from .arithmetic import FUNCTIONS, apply
from .tree import Node

LENGTH, DEPTH = 200, 12
"""Characters of a formula, and how deep functions, powers and denominators may be nested."""
NUMBER, LARGEST = 10**6, 10**43
"""Numbers as they are typed, and parts without `x`, are at most this large."""
EXPONENT, DEGREE = 100, 1000
"""Exponents, and degrees of nested powers."""
BITS = 14_000
"""Binary digits of the numbers once powers are multiplied out: about 4,200 decimal ones."""

_CONSTANTS = {"pi": np.pi, "e": np.e}
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}
_TOKEN = re.compile(
    r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])|[A-Za-z]\w*|[-+*/^()]|\s+", re.ASCII
)


def parse(text: str) -> Node:
    """The tree of a formula; errors as for `Target.from_formula`."""
    if not isinstance(text, str):
        raise TypeError(f"text must be a formula in x, got {brief(text)}")
    if len(text) > LENGTH:
        raise ValueError(f"text must be at most {LENGTH} characters long, got {len(text)}")
    strange = _TOKEN.sub("", text)
    if strange:
        _refuse(strange, text)
    code = text.strip().replace("^", "**")
    try:
        tree = ast.parse(code, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"text must be a formula in x, got {brief(text)}") from error
    return _Reader(text, code).node(tree)


def _refuse(what: str, text: str) -> NoReturn:
    raise ValueError(
        f"text may not hold {brief(what)}, in {brief(text)}: only numbers up to 1e6, x, "
        f"{', '.join(_CONSTANTS)}, + - * / ^ and {', '.join(FUNCTIONS)}, as in 2*x"
    )


class _Reader:
    def __init__(self, text: str, code: str):
        self.text, self.code = text, code

    def node(self, tree: ast.expr, depth: int = 0) -> Node:
        if depth > DEPTH:
            raise ValueError(
                f"text may hold functions, powers and denominators nested up to {DEPTH} deep, "
                f"got {brief(self.text)}"
            )
        match tree:
            case ast.Constant(int() | float() as number) if self.allowed(number):
                return _number(number)
            case ast.Name("x"):
                return Node("x", degree=1)
            case ast.Name(name) if name in _CONSTANTS:
                return Node(name, value=_CONSTANTS[name])
            case ast.UnaryOp(ast.UAdd(), inner):
                return self.node(inner, depth)
            case ast.UnaryOp(ast.USub(), inner):
                part = self.node(inner, depth)
                return part.parts[0] if part.name == "negative" else self.of("negative", tree, part)
            case ast.BinOp(left, operator, right) if type(operator) in _OPERATORS:
                name = _OPERATORS[type(operator)]
                return self.of(
                    name,
                    tree,
                    self.node(left, depth + (name == "^")),
                    self.node(right, depth + (name in "/^")),
                )
            case ast.Call(ast.Name(name), [inner], []) if name in FUNCTIONS:
                return self.of(name, tree, self.node(inner, depth + 1))
        _refuse(self.source(tree), self.text)

    def of(self, name: str, tree: ast.expr, *parts: Node) -> Node:
        """What an operator or function makes of its parts, if that keeps to the budget."""
        number = parts[-1].value
        if name == "^" and number is not None and abs(number) > EXPONENT:
            self.exceeds(f"exponents up to {EXPONENT}", tree)
        if name == "/" and number == 0:
            self.exceeds("denominators other than 0", tree)
        if name == "^" and parts[0].name == "e":
            name, parts = "exp", parts[1:]
        degree, bits = _degree(name, *parts), _bits(name, *parts)
        if degree > DEGREE:
            self.exceeds(f"powers of degree up to {DEGREE}", tree)
        if bits > BITS:
            self.exceeds("numbers that stay short when powers are multiplied out", tree)
        if any(part.value is None for part in parts):
            return Node(name, parts, degree=degree, bits=bits)
        exact = _exact(name, *parts)
        if exact is not None:
            value = float(exact) if abs(exact) <= LARGEST else math.inf
        else:
            with np.errstate(all="ignore"):
                value = float(apply(name, *(np.float64(part.value) for part in parts)))
        if not abs(value) <= LARGEST:
            self.exceeds("real numbers up to about 1e43", tree)
        return Node(name, parts, value, exact, degree, bits)

    def allowed(self, number: float) -> bool:
        return not isinstance(number, bool) and abs(number) <= NUMBER

    def exceeds(self, limit: str, tree: ast.expr) -> NoReturn:
        raise ValueError(
            f"text may hold {limit}, got {brief(self.source(tree))} in {brief(self.text)}"
        )

    def source(self, tree: ast.expr) -> str:
        return (ast.get_source_segment(self.code, tree) or "").replace("**", "^")


def _number(number: float) -> Node:
    exact = Fraction(str(number))
    bits = exact.numerator.bit_length() + exact.denominator.bit_length()
    return Node("number", value=float(exact), exact=exact, bits=bits)


def _degree(name: str, *parts: Node) -> float:
    if name in FUNCTIONS:
        return float(parts[0].value is None)
    first, *rest = parts
    if name in "*/":
        return first.degree + rest[0].degree
    if name == "^":
        number = rest[0].value
        return 1 if number is None else first.degree * abs(number)
    return max(part.degree for part in parts)


def _bits(name: str, *parts: Node) -> float:
    power = parts[-1].exact if name == "^" else None
    times = abs(power) if power is not None and power.denominator == 1 else 1
    return float(times * parts[0].bits + sum(part.bits for part in parts[1:]) + 1)


def _exact(name: str, *parts: Node) -> Fraction | None:
    """The rational number that rational numbers are joined to, if it is one by rule."""
    if name in FUNCTIONS or any(part.exact is None for part in parts):
        return None
    values = [part.exact for part in parts if part.exact is not None]
    if name == "^" and (values[1].denominator != 1 or (values[0] == 0 and values[1] < 0)):
        return None
    return apply(name, *values)
