"""One formula for many kinds of numbers: floats, arrays, torch tensors,
`Fraction` and SymPy expressions.

A sequence of peaks becomes a list of *columns*, one a wave: numbers for one composition,
arrays (models, 1) for a stack.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from fractions import Fraction
from numbers import Real
from typing import Any, TypeAlias

import numpy as np

from . import checks

Numbers: TypeAlias = Any
"""A number or `Fraction`, an array, a torch tensor or a SymPy expression."""


def kind_of(*values: Numbers) -> str:
    # torch and SymPy are not imported for those who do not use them:
    # only a module that is loaded can have made a value.
    torch, sympy = sys.modules.get("torch"), sys.modules.get("sympy")
    if torch is not None and any(isinstance(v, torch.Tensor) for v in values):
        return "torch"
    if any(isinstance(v, np.ndarray) for v in values):
        return "numpy"
    if sympy is not None and any(isinstance(v, sympy.Basic) for v in values):
        return "sympy"
    return "scalar"


def where(condition: Numbers, yes: Numbers, no: Numbers) -> Numbers:
    kind = kind_of(yes, no)
    if kind == "torch":
        return sys.modules["torch"].where(condition, yes, no)
    if kind == "numpy":
        return np.where(condition, yes, no)
    if kind == "sympy":
        return sys.modules["sympy"].Piecewise((yes, condition), (no, True))
    return yes if condition else no


def stack(items: Sequence[Numbers], axis: int = 0) -> Numbers:
    kind = kind_of(*items)
    if kind == "torch":
        return sys.modules["torch"].stack(items, axis)
    if kind == "numpy":
        return np.stack(np.broadcast_arrays(*items), axis)
    array = np.empty(
        len(items), dtype=float if all(isinstance(v, float) for v in items) else object
    )
    array[:] = items
    return array


def operand(name: str, value: Numbers) -> Numbers:
    """A number, array, tensor or expression as it is; lists become arrays."""
    if isinstance(value, (list, tuple)):
        value = checks.rectangular(name, value)
    if isinstance(value, np.ndarray):
        return checks.numeric(name, value, exact=True) if not _holds_sympy(value) else value
    if kind_of(value) == "scalar" and (isinstance(value, bool) or not isinstance(value, Real)):
        raise TypeError(
            f"{name} must be a number, an array, a tensor or a SymPy expression, got {value!r}"
        )
    if (
        kind_of(value) == "scalar"
        and isinstance(value, (float, np.floating))
        and not np.isfinite(value)
    ):
        raise ValueError(f"{name} must be finite, got {value}")
    return value


def columns(values: Numbers, name: str = "peaks", unit: bool = True) -> list[Numbers]:
    """The entries of the last axis, shaped to broadcast against points: scalars, or
    (models, 1) arrays."""
    if kind_of(values) != "torch":
        values = operand(name, values if hasattr(values, "__len__") else [values])
    if values.ndim not in (1, 2) or values.shape[-1] == 0 or values.shape[0] == 0:
        raise ValueError(
            f"{name} must have shape (depth,) or (models, depth) with at least one entry, "
            f"got {tuple(values.shape)}"
        )
    columns = (
        list(values) if values.ndim == 1 else [values[:, i, None] for i in range(values.shape[1])]
    )
    if unit:
        for a in columns:
            inside(name, a)
    return columns


def matching(x: Numbers, values: Sequence[Numbers]) -> list[Numbers]:
    """Exact numbers as floats where they meet an array of floats,
    which would become an object array otherwise."""
    inexact = isinstance(x, np.ndarray) and x.dtype.kind == "f"
    return [float(v) if inexact and isinstance(v, Fraction) else v for v in values]


def as_kind(number: Numbers, like: Numbers) -> Numbers:
    """An exact number in the kind of `like`: exact where that is."""
    if kind_of(like) == "sympy":
        return sys.modules["sympy"].Rational(Fraction(number))
    exact = like.dtype == object if isinstance(like, np.ndarray) else isinstance(like, Fraction)
    return Fraction(number) if exact else float(number)


def inside(name: str, a: Numbers) -> None:
    if isinstance(a, np.ndarray) and not _holds_sympy(a):
        checks.inside_unit(name, a)
    elif kind_of(a) == "torch":
        if not bool(((a > 0) & (a < 1)).all()):
            raise ValueError(
                f"{name} must lie strictly between 0 and 1, got {a.detach().cpu().numpy()}"
            )
    elif kind_of(a) == "sympy":
        if a.is_number and not (0 < a < 1):
            raise ValueError(f"{name} must lie strictly between 0 and 1, got {a}")
    elif not isinstance(a, np.ndarray) and not 0 < a < 1:
        raise ValueError(f"{name} must lie strictly between 0 and 1, got {a}")


def flat(column: Numbers) -> Numbers:
    return column[:, 0] if getattr(column, "ndim", 0) == 2 else column


def as_column(value: Numbers, columns: Sequence[Numbers]) -> Numbers:
    stacked = getattr(columns[0], "ndim", 0) == 2
    return value[:, None] if stacked and getattr(value, "ndim", 0) == 1 else value


def _holds_sympy(array: np.ndarray) -> bool:
    return array.dtype == object and array.size > 0 and kind_of(*array.flat) == "sympy"
