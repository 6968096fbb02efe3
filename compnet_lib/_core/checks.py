"""Checks of arguments: each raises an error that names the argument,
what it was and what it may be."""

from __future__ import annotations

from fractions import Fraction
from numbers import Integral, Real

import numpy as np

LARGEST = 2**63 - 1
"""What numba and NumPy can count to."""


def integer(name: str, value, low: int = 0, high: int | None = LARGEST) -> int:
    """`value` as an int of at least `low` and at most `high`, if that is not None."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    found = int(value)
    if found < low:
        raise ValueError(f"{name} must be at least {low}, got {_brief(value)}")
    if high is not None and found > high:
        raise ValueError(f"{name} must be at most {high}, got {_brief(value)}")
    return found


def number(name: str, value) -> float:
    """`value` as a finite float."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r}")
    try:
        found = float(value)
    except OverflowError:
        found = float("inf")
    if not np.isfinite(found):
        raise ValueError(f"{name} must be finite, got {_brief(value)}")
    return found


def choice(name: str, value, allowed):
    """`value`, which must be one of `allowed`."""
    allowed = tuple(allowed)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")
    return value


def flag(name: str, value) -> bool:
    """`value`, which must be True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def floating(name: str, value) -> np.dtype:
    """`value` as a dtype, float32 or float64."""
    try:
        dtype = None if value is None else np.dtype(value)
    except TypeError:
        dtype = None
    if dtype not in (np.float32, np.float64):
        raise TypeError(f"{name} must be float32 or float64, got {value!r}")
    return dtype


def pair(name: str, value) -> tuple:
    """`value` as two finite numbers, of the type they are."""
    try:
        first, second = value
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be a pair of numbers, got {value!r}") from error
    number(name, first), number(name, second)
    return first, second


def rectangular(name: str, value) -> np.ndarray:
    """`value` as an array, whatever it holds; of a torch tensor, its values."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"{name} must be a rectangular array, got rows of unequal length"
        ) from error


def numeric(name: str, value, exact: bool = False) -> np.ndarray:
    """`value` as an array of finite floats; an object array of `Fraction` is kept if `exact`."""
    array = rectangular(name, value)
    if array.dtype == object:
        if exact and array.size and all(isinstance(v, (Fraction, Integral)) for v in array.flat):
            return array
        raise TypeError(
            f"{name} must hold numbers{' or Fractions' if exact else ''}, got {_brief(value)}"
        )
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold real numbers, got {_brief(value)}")
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} must be finite, got {int((~np.isfinite(array)).sum())} NaN or infinite entries"
        )
    return array


def cast(name: str, array: np.ndarray, dtype) -> np.ndarray:
    """Finite numbers in another dtype, which they must fit."""
    with np.errstate(over="ignore"):
        found = array.astype(dtype)
    if found.dtype != object and not np.isfinite(found).all():
        most = float(np.finfo(found.dtype).max)
        raise ValueError(f"{name} must be at most {most:.2g} in {found.dtype}, got {array.max():g}")
    return found


def rational(name: str, value) -> np.ndarray:
    """`value` as an object array of `Fraction` and integers."""
    array = numeric(name, value, exact=True)
    if array.dtype != object and np.asarray(value).dtype.kind not in "iu":
        raise TypeError(f"{name} must hold Fractions or integers for an exact function, got floats")
    return array if array.dtype == object else np.asarray(value).astype(object)


def inside_unit(name: str, array: np.ndarray) -> np.ndarray:
    """`array`, whose entries must lie strictly between 0 and 1."""
    bad = array[(array <= 0) | (array >= 1)] if array.size else array
    if bad.size:
        raise ValueError(f"{name} must lie strictly between 0 and 1, got {bad.flat[0]}")
    return array


def shaped(name: str, array: np.ndarray, *shapes: tuple) -> np.ndarray:
    """`array`, whose shape must be one of `shapes`; None stands for any positive length."""
    for shape in shapes:
        if array.ndim == len(shape) and all(
            n == m if m is not None else n > 0 for n, m in zip(array.shape, shape)
        ):
            return array
    wanted = " or ".join(
        "("
        + ", ".join("n" if m is None else str(m) for m in shape)
        + ("," if len(shape) == 1 else "")
        + ")"
        for shape in shapes
    )
    raise ValueError(f"{name} must have shape {wanted}, got {array.shape}")


def per_member(name: str, value, models: int, dtype=None, exact: bool = False) -> np.ndarray:
    """A number, or one number per member, as an array of shape (models,)."""
    array = shaped(name, numeric(name, value, exact), (), (models,))
    array = np.broadcast_to(array, (models,)).copy()
    return array if dtype is None else cast(name, array, dtype)


def sign(name: str, value, models: int | None = None) -> np.ndarray:
    """A sign, +1 or -1, or one per member, as integers."""
    array = numeric(name, value)
    array = shaped(name, array, ()) if models is None else shaped(name, array, (), (models,))
    if not np.isin(array, (-1, 1)).all():
        raise ValueError(
            f"{name} must be +1 (waves added) or -1 (waves subtracted), got {_brief(value)}"
        )
    array = array.astype(np.int64)
    return array if models is None else np.broadcast_to(array, (models,)).copy()


def _brief(value) -> str:
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python prints
        text = f"one of {value.bit_length()} bits"
    return text if len(text) <= 80 else text[:77] + "..."
