"""Formulas in `x`: read against a whitelist, never evaluated as code, and differentiated."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import sympy as sp
from numpy.typing import NDArray

LENGTH, DEPTH = 200, 12
"""Characters of a formula, and how deep functions, powers and denominators may be nested."""

_X = sp.Symbol("x", real=True)
_FUNCTIONS = {
    "abs": sp.Abs,
    "acos": sp.acos,
    "asin": sp.asin,
    "atan": sp.atan,
    "cos": sp.cos,
    "cosh": sp.cosh,
    "exp": sp.exp,
    "log": sp.log,
    "sin": sp.sin,
    "sinh": sp.sinh,
    "sqrt": sp.sqrt,
    "tan": sp.tan,
    "tanh": sp.tanh,
}
_NAMES = {"x": _X, "pi": sp.pi, "e": sp.E}
_OPERATORS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


class Curve(NamedTuple):
    """A formula as functions of arrays, its LaTeX, and its coefficients if it is a polynomial
    with rational ones, the constant first."""

    function: Callable
    derivative: Callable
    second: Callable
    formula: str
    polynomial: tuple[Fraction, ...] | None


def curve(text: str) -> Curve:
    """What a formula says, with two derivatives; errors as for `Target.from_formula`."""
    expression = _parse(text)
    try:
        # The second derivative of |x| is taken away from the kink.
        derivatives = [
            sp.diff(expression, _X, k).replace(sp.DiracDelta, lambda *_: sp.Integer(0))
            for k in range(3)
        ]
        functions = [sp.lambdify(_X, e, "numpy") for e in derivatives]
    except (ArithmeticError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(
            f"text must be a formula whose derivatives can be computed, got {text!r}"
        ) from error
    found = expression.as_poly(_X) if _degree(expression) <= 100 else None
    polynomial = None
    if found is not None and found.domain in (sp.ZZ, sp.QQ):
        polynomial = tuple(Fraction(int(c.p), int(c.q)) for c in reversed(found.all_coeffs()))
    first, second = map(_spread, functions[1:])
    return Curve(functions[0], first, second, sp.latex(expression), polynomial)


def constant(text: str) -> float:
    """The number that a formula without `x` is."""
    expression = _parse(text)
    if expression.free_symbols:
        raise ValueError(f"text must name the ends of the interval by numbers, got {text!r}")
    return float(expression)


def _parse(text: str) -> sp.Expr:
    if not isinstance(text, str):
        raise TypeError(f"text must be a formula in x, got {text!r}")
    if len(text) > LENGTH:
        raise ValueError(f"text must be at most {LENGTH} characters long, got {len(text)}")
    try:
        tree = ast.parse(text.replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"text must be a formula in x, got {text!r}") from error
    try:
        expression = _expression(tree, text)
    except (ArithmeticError, RecursionError, TypeError) as error:
        raise ValueError(f"text must be a formula that can be computed, got {text!r}") from error
    if not expression.free_symbols <= {_X} or expression.has(sp.zoo, sp.nan, sp.oo, sp.I):
        raise ValueError(f"text must be a real, finite formula in x, got {text!r}")
    return expression


def _expression(node: ast.expr, text: str, depth: int = 0) -> sp.Expr:
    if depth > DEPTH:
        raise ValueError(
            f"text may hold functions, powers and denominators nested up to {DEPTH} deep, "
            f"got {text!r}"
        )
    if (
        isinstance(node, ast.Constant)
        and type(node.value) in (int, float)
        and abs(node.value) <= 1e6  # type: ignore[arg-type]
    ):
        return sp.Rational(str(node.value))
    if isinstance(node, ast.Name) and node.id in _NAMES:
        return _NAMES[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        value = _expression(node.operand, text, depth)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        deeper = isinstance(node.op, ast.Div)
        return _OPERATORS[type(node.op)](
            _expression(node.left, text, depth), _expression(node.right, text, depth + deeper)
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        left, right = (
            _expression(node.left, text, depth + 1),
            _expression(node.right, text, depth + 1),
        )
        _bounded_power(left, right, text)
        return left**right
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _FUNCTIONS
        and len(node.args) == 1
        and not node.keywords
    ):
        return _FUNCTIONS[node.func.id](_expression(node.args[0], text, depth + 1))
    raise ValueError(
        f"text may hold numbers up to 1e6, {', '.join(_NAMES)}, + - * / ^ and "
        f"{', '.join(_FUNCTIONS)}; got {ast.unparse(node)!r} in {text!r}"
    )


def _bounded_power(base: sp.Expr, exponent: sp.Expr, text: str) -> None:
    """Refuse towers such as 9^9^9, which would compute for ever."""
    if exponent.is_number and abs(exponent.evalf()) > 100:
        raise ValueError(f"text may hold exponents up to 100, got {sp.sstr(exponent)} in {text!r}")
    if (
        base.is_number
        and exponent.is_number
        and base != 0
        and abs(float(exponent) * math.log(abs(complex(base)))) > 100
    ):
        raise ValueError(
            "text may hold numbers up to about 1e43, "
            f"got {sp.sstr(base)}^{sp.sstr(exponent)} in {text!r}"
        )
    if exponent.is_number and _degree(base) * abs(exponent.evalf()) > 1000:
        raise ValueError(
            "text may hold powers of degree up to 1000, "
            f"got ({sp.sstr(base)})^{sp.sstr(exponent)} in {text!r}"
        )


def _degree(expression: sp.Expr) -> Any:
    """The degree of a polynomial, or a bound on it, found without expanding;
    a function counts as `x`."""
    if expression.is_number:
        return 0
    if expression.is_Pow and expression.exp.is_number:
        return _degree(expression.base) * abs(expression.exp.evalf())
    if expression.is_Add or expression.is_Mul:
        return (max if expression.is_Add else sum)(map(_degree, expression.args))
    return 1


def _spread(function: Callable) -> Callable[[Any], NDArray]:
    """Constant derivatives come back from SymPy as one number: give them the shape of `x`."""
    return lambda x: np.broadcast_to(function(np.asarray(x)), np.shape(x)).copy()
