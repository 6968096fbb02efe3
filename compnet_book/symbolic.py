r"""Sums and products with a symbolic number of terms, taken apart one term at a time,
as in a proof by induction.

SymPy keeps $\sum_{n=i}^{j}$ and $\prod_{k=i}^{j}$ with symbolic limits whole.
An induction step compares one such expression with the next,
and needs one term of it in the open: the functions here split it off.
They take the outermost sums and products only; what stands inside a sum's term stays as it is.
"""

from __future__ import annotations

import sympy as sp


def last_out(expression):
    r"""Take the last term out of every outermost sum, and the last factor out of every outermost
    product.

    .. math:: \sum_{n=i}^{j} t_n = t_j + \sum_{n=i}^{j-1} t_n, \qquad \prod_{n=i}^{j} t_n = t_j \prod_{n=i}^{j-1} t_n

    Args:
        expression: a SymPy expression. Each outermost sum and product must have at least one term, which is not checked.

    Returns:
        An equal expression.

    Raises:
        ValueError: a sum or product has several indices, or no last term.
    """
    return _outermost(
        expression,
        lambda e, n, low, high: _join(e)(
            _at(e, n, high, "last"), e.func(e.function, (n, low, high - 1))
        ),
    )


def first_out(expression):
    r"""Take the first term out of every outermost sum, and the first factor out of every outermost
    product.

    .. math:: \sum_{n=i}^{j} t_n = t_i + \sum_{n=i+1}^{j} t_n, \qquad \prod_{n=i}^{j} t_n = t_i \prod_{n=i+1}^{j} t_n

    Arguments and errors as for :func:`last_out`. The upper limit may be infinite.
    """
    return _outermost(
        expression,
        lambda e, n, low, high: _join(e)(
            _at(e, n, low, "first"), e.func(e.function, (n, low + 1, high))
        ),
    )


def factor_out(expression):
    r"""Draw the first factor of the products inside a sum,
    and whatever does not depend on its index, in front of the sum.

    .. math:: \sum_{n=i+1}^{j} c\,s_n \prod_{k=i}^{n} t_k = c\,t_i \sum_{n=i+1}^{j} s_n \prod_{k=i+1}^{n} t_k

    Arguments and errors as for :func:`last_out`; every product inside a sum must have at least
    one factor.
    """

    def drawn(e, n, low, high):
        if not isinstance(e, sp.Sum):
            return e
        free, bound = first_out(e.function).as_independent(n, as_Add=False)
        return free * sp.Sum(bound, (n, low, high))

    return _outermost(expression, drawn)


def _join(e):
    return sp.Add if isinstance(e, sp.Sum) else sp.Mul


def _at(e, index, place, which):
    if place.is_infinite:
        raise ValueError(f"expression must have a {which} term in every sum and product, got {e}")
    # An inner product whose limits have become equal, or empty, is written out.
    return e.function.subs(index, place).replace(
        lambda inner: (
            isinstance(inner, (sp.Sum, sp.Product))
            and (inner.limits[0][2] - inner.limits[0][1]).is_Integer
        ),
        lambda inner: inner.doit(),
    )


def _outermost(expression, change):
    expression = sp.sympify(expression)
    if isinstance(expression, (sp.Sum, sp.Product)):
        if len(expression.limits) != 1 or len(expression.limits[0]) != 3:
            raise ValueError(
                f"expression must have one index and two limits in every sum and product, got {expression}"
            )
        return change(expression, *expression.limits[0])
    if not expression.args or isinstance(expression, sp.Indexed):
        return expression
    return expression.func(*(_outermost(part, change) for part in expression.args))
