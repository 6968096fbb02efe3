"""A formula in LaTeX.

SymPy collects and orders the terms and prints them. What it would compute or decide for itself,
functions of numbers and the signs of what stands under a root, is kept from it:
functions and powers that are no polynomials have names without meaning until they are printed.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from .arithmetic import FUNCTIONS
from .tree import Node

_LEAVES = {"x": sp.Symbol("x"), "pi": sp.pi, "e": sp.E}
_NAMELESS = {name: sp.Function(name) for name in (*FUNCTIONS, "^")}
_MEANT = {"abs": sp.Abs} | {
    name: getattr(sp, name) for name in FUNCTIONS if name not in ("abs", "sqrt")
}


def latex(node: Node) -> str:
    """The formula as it is printed on pages."""
    return _Printer().doprint(_expression(node))


def _expression(node: Node) -> sp.Expr:
    if node.exact is not None:
        return sp.Rational(node.exact.numerator, node.exact.denominator)
    if not node.parts:
        return _LEAVES[node.name]
    parts = [_expression(part) for part in node.parts]
    found = _applied(node.name, parts)
    if node.value is not None and found.has(AppliedUndef):
        return _Constant(_Printer().doprint(found), node.value)
    return found


def _applied(name: str, parts: list[sp.Expr]) -> sp.Expr:
    match name:
        case "+":
            return parts[0] + parts[1]
        case "-":
            return parts[0] - parts[1]
        case "*":
            return parts[0] * parts[1]
        case "/":
            return parts[0] / parts[1]
        case "negative":
            return -parts[0]
        case "^":
            return _power(*parts)
    return _NAMELESS[name](*parts)


def _power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    if exponent.is_Integer:
        return base**exponent
    if exponent.is_Rational and exponent < 0:
        return 1 / _NAMELESS["^"](base, -exponent)
    return _NAMELESS["^"](base, exponent)


class _Constant(sp.AtomicExpr):
    """A number that is printed as `tex`, and of which SymPy knows the value in floats."""

    is_commutative = True
    is_number = True
    precedence = PRECEDENCE["Mul"]

    def __new__(cls, tex: str, value: float) -> _Constant:
        self = super().__new__(cls)
        self.tex, self.value = tex, value
        return self

    @classmethod
    def class_key(cls) -> tuple[int, int, str]:
        return 1, 0, cls.__name__  # in front of x, as numbers are

    def _hashable_content(self) -> tuple[str]:
        return (self.tex,)

    def _eval_evalf(self, prec: int) -> sp.Float:
        return sp.Float(self.value, precision=prec)

    def _latex(self, printer: LatexPrinter) -> str:
        return self.tex

    def _sympystr(self, printer: Any) -> str:
        return self.tex


class _Printer(LatexPrinter):
    def _print_Function(self, expr: Any, exp: str | None = None) -> str:
        """Here the names get their meaning back, unevaluated."""
        name = type(expr).__name__
        if not isinstance(expr, AppliedUndef):
            return super()._print_Function(expr, exp)
        if name == "^":
            meant = sp.Pow(*expr.args, evaluate=False)
        elif name == "sqrt":
            meant = sp.Pow(*expr.args, sp.Rational(1, 2), evaluate=False)
        else:
            meant = _MEANT[name](*expr.args, evaluate=False)
        if exp is None:
            return self._print(meant)
        if name in ("^", "sqrt", "exp"):
            return rf"\left({self._print(meant)}\right)^{{{exp}}}"
        return self._print(meant, exp=exp)
