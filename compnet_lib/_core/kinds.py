"""One formula for many kinds of numbers: floats, arrays, torch tensors,
`Fraction` and SymPy expressions.

A sequence of peaks becomes a list of *columns*, one a wave: numbers for one composition,
arrays (models, 1) for a stack.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from . import checks
from .checks import brief

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
    if all(isinstance(v, (float, np.floating)) for v in items):
        return np.array(items)
    array = np.empty(len(items), object)
    array[:] = items
    return array


def operand(name: str, value: Numbers) -> Numbers:
    """A number, array, tensor or expression as it is, all finite; lists become arrays."""
    value = checks.scalar(value)
    if isinstance(value, (list, tuple)):
        value = checks.rectangular(name, value)
    kind = kind_of(value)
    if kind == "torch":
        return _tensor(name, value)
    if kind == "numpy" and _holds_sympy(value):
        for entry in value.flat:
            operand(name, entry)
        return value
    if kind == "numpy":
        return checks.numeric(name, value, exact=True)
    if kind == "sympy":
        return _expression(name, value)
    if not checks.is_number(value):
        raise TypeError(
            f"{name} must be a number, an array, a tensor or a SymPy expression, got {brief(value)}"
        )
    if isinstance(value, (float, np.floating)):
        found = checks.number(name, value)
        return value if isinstance(value, (float, np.float32)) else found
    return int(value) if isinstance(value, np.integer) else value


def agreed(operands: Mapping[str, Numbers]) -> list[Numbers]:
    """Checked operands that can be computed with: of one kind, where there are arrays or tensors;
    exact numbers are floats where they meet floats.

    Raises:
        TypeError, ValueError: NumPy meets torch, a number is beyond floats, or an expression that
            is no number meets an array.
    """
    kinds = {name: kind_of(v) for name, v in operands.items()}
    tensors, arrays = ([n for n, kind in kinds.items() if kind == k] for k in ("torch", "numpy"))
    if tensors and arrays:
        raise TypeError(
            f"{arrays[0]} must be a tensor as {tensors[0]} is, or {tensors[0]} an array: "
            "NumPy and torch are not mixed"
        )
    if tensors or arrays:
        operands = {name: _numbers(name, v) for name, v in operands.items()}
    if any(map(_inexact, operands.values())):
        operands = {name: _floating(name, v) for name, v in operands.items()}
    # NumPy's numbers are none to torch.
    return [v.item() if tensors and isinstance(v, np.generic) else v for v in operands.values()]


def broadcast(operands: Mapping[str, Numbers]) -> None:
    """Refuse operands whose shapes do not broadcast."""
    shapes = {name: tuple(np.shape(v)) for name, v in operands.items()}
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        first, *rest = shapes
        raise ValueError(f"{first} must broadcast against {', '.join(rest)}, got {told}") from None


def columns(values: Numbers, name: str = "peaks", unit: bool = True) -> list[Numbers]:
    """The entries of the last axis, shaped to broadcast against points: scalars, or
    (models, 1) arrays."""
    values = checks.scalar(values)
    if kind_of(values) == "torch" or hasattr(values, "__len__"):
        values = operand(name, values)
    else:
        values = operand(name, [operand(name, values)])
    if np.ndim(values) not in (1, 2) or values.shape[-1] == 0 or values.shape[0] == 0:
        raise ValueError(
            f"{name} must have shape (depth,) or (models, depth) with at least one entry, "
            f"got {tuple(np.shape(values))}"
        )
    if unit:
        inside(name, values)
    return (
        list(values) if values.ndim == 1 else [values[:, i, None] for i in range(values.shape[1])]
    )


def against(x: Numbers, columns: Sequence[Numbers], name: str = "peaks") -> list[Numbers]:
    """Points and columns that can be computed with: (x, *columns).

    Raises:
        TypeError, ValueError: as for `agreed`; or `x` is neither (points,) nor (models, points)
            while the columns are those of a stack.
    """
    if len(shape := np.shape(columns[0])) == 2 and (
        np.ndim(x) > 2 or (np.ndim(x) == 2 and 1 != shape[0] != np.shape(x)[0] != 1)
    ):
        raise ValueError(
            f"x must have shape (points,) or ({shape[0]}, points) for a stack of {shape[0]}, "
            f"got {tuple(np.shape(x))}"
        )
    x, _ = agreed({"x": x, name: columns[0]})
    return [x, *(agreed({"x": x, name: column})[1] for column in columns)]


def as_kind(number: Numbers, like: Numbers) -> Numbers:
    """An exact number in the kind of `like`: exact where that is."""
    if kind_of(like) == "sympy":
        return sys.modules["sympy"].Rational(Fraction(number))
    exact = like.dtype == object if isinstance(like, np.ndarray) else isinstance(like, Fraction)
    return Fraction(number) if exact else float(number)


def inside(name: str, a: Numbers) -> None:
    """Refuse what is not strictly between 0 and 1; of symbols that is not asked."""
    kind = kind_of(a)
    if isinstance(a, np.ndarray) and _holds_sympy(a):
        for entry in a.flat:
            inside(name, entry)
    elif kind == "numpy":
        checks.inside_unit(name, a)
    elif kind == "torch":
        if bad := a.detach()[~((a > 0) & (a < 1))].tolist():
            raise ValueError(f"{name} must lie strictly between 0 and 1, got {brief(bad[0])}")
    elif (kind != "sympy" or a.is_number) and not (0 < a < 1):
        raise ValueError(f"{name} must lie strictly between 0 and 1, got {brief(a)}")


def flat(column: Numbers) -> Numbers:
    return column[:, 0] if getattr(column, "ndim", 0) == 2 else column


def as_column(value: Numbers, columns: Sequence[Numbers]) -> Numbers:
    stacked = getattr(columns[0], "ndim", 0) == 2
    return value[:, None] if stacked and getattr(value, "ndim", 0) == 1 else value


def _tensor(name: str, value: Numbers) -> Numbers:
    torch = sys.modules["torch"]
    real = not (value.is_complex() or value.dtype == torch.bool or value.is_quantized)
    if not real or value.layout != torch.strided or value.is_meta:
        raise TypeError(f"{name} must be a dense tensor of real numbers, got {brief(value)}")
    if not bool(torch.isfinite(value).all()):
        raise ValueError(f"{name} must be finite, got NaN or infinite entries")
    return value


def _expression(name: str, value: Numbers) -> Numbers:
    sympy = sys.modules["sympy"]
    if not isinstance(value, sympy.Expr) or value.is_real is False:  # false of NaN and infinity
        raise TypeError(f"{name} must be a real expression, got {brief(value)}")
    if value.is_number and value.is_real is not True:
        raise ValueError(f"{name} must be real and finite, got {brief(value)}")
    return value


def _inexact(value: Numbers) -> bool:
    kind = kind_of(value)
    if kind in ("torch", "numpy"):
        return kind == "torch" or value.dtype != object
    return isinstance(value, (float, np.floating))


def _floating(name: str, value: Numbers) -> Numbers:
    """An exact number or array of them as floats; expressions are left."""
    if isinstance(value, np.ndarray):
        return checks.cast(name, value, np.float64) if value.dtype == object else value
    return value if _inexact(value) or kind_of(value) == "sympy" else checks.number(name, value)


def _numbers(name: str, value: Numbers) -> Numbers:
    """Expressions, alone or in an array, as numbers."""
    if isinstance(value, np.ndarray) and _holds_sympy(value):
        found = np.empty(value.shape, object)
        for place, entry in np.ndenumerate(value):
            found[place] = _numbers(name, entry)
        exact = all(isinstance(v, Fraction) for v in found.flat)
        return found if exact else checks.cast(name, found, np.float64)
    if kind_of(value) != "sympy":
        return value
    if not value.is_number:
        raise TypeError(f"{name} must be a number where there are arrays, got {brief(value)}")
    return Fraction(int(value.p), int(value.q)) if value.is_Rational else float(value)


def _holds_sympy(array: np.ndarray) -> bool:
    return array.dtype == object and array.size > 0 and kind_of(*array.flat) == "sympy"
