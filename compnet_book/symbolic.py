r"""Sums and products with a symbolic number of terms, taken apart one term at a time,
as in a proof by induction.

SymPy keeps $\sum_{n=i}^{j}$ and $\prod_{k=i}^{j}$ with symbolic limits whole.
An induction step compares one such expression with the next,
and needs one term of it in the open: the functions here split it off.
They take the outermost sums and products only; what stands inside a sum's term stays as it is.

Expressions are SymPy's own or Python numbers. A text is refused, since to read it is to run it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import lazy_loader

from compnet_lib._core import checks

if TYPE_CHECKING:
    import sympy as sp
else:
    sp = lazy_loader.load("sympy")


def last_out(expression: Any) -> sp.Expr:
    r"""Take the last term out of every outermost sum, and the last factor out of every outermost
    product.

    .. math::
        \sum_{n=i}^{j} t_n = t_j + \sum_{n=i}^{j-1} t_n,
        \qquad \prod_{n=i}^{j} t_n = t_j \prod_{n=i}^{j-1} t_n

    Args:
        expression: a SymPy expression. Each outermost sum and product must have at least one term,
            which is not checked.

    Returns:
        An equal expression.

    Raises:
        TypeError: `expression` is a text, or nothing that SymPy knows.
        ValueError: a sum or product has several indices, or no last term.
    """

    def split(e: Any, n: sp.Symbol, low: sp.Expr, high: sp.Expr) -> sp.Expr:
        return _join(e)(_at(e, n, high, "last"), e.func(e.function, (n, low, high - 1)))

    return _outermost(_read(expression), split)


def first_out(expression: Any) -> sp.Expr:
    r"""Take the first term out of every outermost sum, and the first factor out of every outermost
    product.

    .. math::
        \sum_{n=i}^{j} t_n = t_i + \sum_{n=i+1}^{j} t_n,
        \qquad \prod_{n=i}^{j} t_n = t_i \prod_{n=i+1}^{j} t_n

    Arguments and errors as for :func:`last_out`. The upper limit may be infinite.
    """

    def split(e: Any, n: sp.Symbol, low: sp.Expr, high: sp.Expr) -> sp.Expr:
        return _join(e)(_at(e, n, low, "first"), e.func(e.function, (n, low + 1, high)))

    return _outermost(_read(expression), split)


def factor_out(expression: Any) -> sp.Expr:
    r"""Draw the first factor of the products inside a sum,
    and whatever does not depend on its index, in front of the sum.

    .. math::
        \sum_{n=i+1}^{j} c\,s_n \prod_{k=i}^{n} t_k
        = c\,t_i \sum_{n=i+1}^{j} s_n \prod_{k=i+1}^{n} t_k

    Arguments and errors as for :func:`last_out`; every product inside a sum must have at least
    one factor.
    """

    def draw(e: Any, n: sp.Symbol, low: sp.Expr, high: sp.Expr) -> sp.Expr:
        if not isinstance(e, sp.Sum):
            return e
        free, bound = first_out(e.function).as_independent(n, as_Add=False)
        return free * sp.Sum(bound, (n, low, high))

    return _outermost(_read(expression), draw)


def vanishes(*expressions: Any) -> bool:
    """Whether every expression, and every entry of a matrix, is 0 after SymPy has expanded or,
    failing that, simplified it.

    False means that SymPy did not find 0, which is no proof that there is none.

    Raises:
        TypeError: an expression is a text, or nothing that SymPy knows.
    """
    read = [_read(e) for e in expressions]
    entries = [e for part in read for e in (part if isinstance(part, sp.MatrixBase) else [part])]
    return all(sp.expand(e) == 0 or sp.simplify(e) == 0 for e in entries)


def _read(expression: Any) -> Any:
    try:
        found = sp.sympify(expression, strict=True)
    except sp.SympifyError:
        found = None
    if not isinstance(found, (sp.Expr, sp.MatrixBase)):
        raise TypeError(
            f"expression must be a SymPy expression or a number, got {checks.brief(expression)}"
        )
    return found


def _join(e: Any) -> Any:
    return sp.Add if isinstance(e, sp.Sum) else sp.Mul


def _at(e: Any, index: sp.Symbol, place: sp.Expr, which: str) -> sp.Expr:
    if place.is_infinite:
        raise ValueError(f"expression must have a {which} term in every sum and product, got {e}")
    # An inner product whose limits have become equal, or empty, is written out.
    return e.function.subs(index, place).replace(_countable, lambda inner: inner.doit())


def _countable(inner: Any) -> bool:
    if not isinstance(inner, (sp.Sum, sp.Product)):
        return False
    _, low, high = inner.limits[0]
    return (high - low).is_Integer


def _outermost(expression: Any, change: Callable[..., sp.Expr]) -> sp.Expr:
    if isinstance(expression, (sp.Sum, sp.Product)):
        if len(expression.limits) != 1 or len(expression.limits[0]) != 3:
            raise ValueError(
                "expression must have one index and two limits in every sum and product,"
                f" got {expression}"
            )
        return change(expression, *expression.limits[0])
    if not expression.args or isinstance(expression, sp.Indexed):
        return expression
    return expression.func(*(_outermost(part, change) for part in expression.args))
