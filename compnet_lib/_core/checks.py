"""Checks of arguments: each raises an error that names the argument,
what it was and what it may be."""

from __future__ import annotations

import reprlib
import sys
from collections.abc import Iterable, Sequence
from fractions import Fraction
from numbers import Integral, Rational, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

LARGEST = 2**63 - 1
"""What numba and NumPy can count to."""
_LONG = 80
"""Characters of a value that an error shows."""
_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxlong = _REPR.maxother = _LONG
_REPR.maxlist = _REPR.maxtuple = _REPR.maxarray = 8


def brief(value: Any) -> str:
    """`value` as an error shows it, however large it is."""
    try:
        text = repr(value) if isinstance(value, np.ndarray) else _REPR.repr(value)
    except Exception:  # a number of more digits than Python writes, or a broken __repr__
        text = f"a {type(value).__name__}"
    text = " ".join(text.split())
    return text if len(text) <= _LONG else text[: _LONG - 3] + "..."


def scalar(value: Any) -> Any:
    """Of a 0-d array the number that it holds; any other value as it is."""
    plain = isinstance(value, np.ndarray) and not isinstance(value, np.ma.MaskedArray)
    return value[()] if plain and value.ndim == 0 else value


def is_number(value: Any, kind: type = Real) -> bool:
    """Whether `value` is a number of this kind; truth values and times are none."""
    return isinstance(value, kind) and not isinstance(value, (bool, np.bool_, np.timedelta64))


def integer(name: str, value: Any, low: int = 0, high: int | None = LARGEST) -> int:
    """`value` as an int of at least `low` and at most `high`, if that is not None."""
    value = scalar(value)
    if not is_number(value, Integral):
        raise TypeError(f"{name} must be an integer, got {brief(value)}")
    found = int(value)
    if found < low:
        raise ValueError(f"{name} must be at least {low}, got {brief(found)}")
    if high is not None and found > high:
        raise ValueError(f"{name} must be at most {high}, got {brief(found)}")
    return found


def number(name: str, value: Any) -> float:
    """`value` as a finite float."""
    value = scalar(value)
    if not is_number(value):
        raise TypeError(f"{name} must be a number, got {brief(value)}")
    try:
        found = float(value)
    except OverflowError:
        raise ValueError(f"{name} must be below 1.8e308, got a larger {_kind(value)}") from None
    if not np.isfinite(found):
        raise ValueError(f"{name} must be finite, got {brief(value)}")
    return found


def choice(name: str, value: Any, allowed: Iterable[str]) -> str:
    """`value`, which must be one of `allowed`."""
    allowed = tuple(allowed)
    wanted = f"{name} must be one of {', '.join(map(repr, allowed))}, got {brief(value)}"
    if not isinstance(value, str):
        raise TypeError(wanted)
    if value not in allowed:
        raise ValueError(wanted)
    return value


def flag(name: str, value: Any) -> bool:
    """`value`, which must be True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {brief(value)}")
    return bool(value)


def floating(name: str, value: Any) -> np.dtype:
    """`value` as a dtype, float32 or float64."""
    try:
        dtype = None if value is None else np.dtype(value)
    except Exception:  # NumPy raises several kinds
        dtype = None
    if dtype is None or dtype not in (np.float32, np.float64):
        raise TypeError(f"{name} must be float32 or float64, got {brief(value)}")
    return dtype


def pair(name: str, value: Any) -> tuple[Any, Any]:
    """`value` as two finite numbers, of the type they are."""
    value = untracked(value)
    value = value.tolist() if isinstance(value, np.ndarray) else value
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)) or len(value) != 2:
        raise ValueError(f"{name} must be a pair of numbers, got {brief(value)}")
    first, second = map(scalar, value)
    number(name, first)
    number(name, second)
    return first, second


def rectangular(name: str, value: Any) -> NDArray:
    """`value` as an array, whatever it holds; of a torch tensor, its values."""
    if is_masked(value):
        raise TypeError(f"{name} must not be a masked array: fill it, or leave the entries out")
    try:
        return np.asarray(untracked(value))
    except ValueError as error:
        raise ValueError(
            f"{name} must be a rectangular array, got rows of unequal length"
        ) from error
    except Exception as error:  # an object may raise whatever it likes where it is read
        raise TypeError(f"{name} must be an array, got {brief(value)}") from error


def untracked(value: Any) -> Any:
    """Of a tensor, or a list of them, the values as NumPy takes them: without gradients, on the
    CPU, and in float64 where NumPy lacks the kind."""
    torch = sys.modules.get("torch")  # only a module that is loaded can have made a value
    if torch is None:
        return value
    if isinstance(value, (list, tuple)) and any(isinstance(v, torch.Tensor) for v in value):
        return [untracked(v) for v in value]
    if not isinstance(value, torch.Tensor):
        return value
    try:
        found = value.detach().cpu().resolve_neg()
        return (found.double() if found.dtype == torch.bfloat16 else found).numpy()
    except Exception:  # sparse, quantized or without data: what it is not for is found below
        return value


def is_masked(value: Any, levels: int = 32) -> bool:
    """Whether entries of an array, or of one in a list, are left out; lists in lists are looked
    into so many levels deep."""
    if isinstance(value, (list, tuple)):
        return levels > 0 and any(is_masked(v, levels - 1) for v in value)
    return isinstance(value, np.ma.MaskedArray)


def numeric(name: str, value: ArrayLike | Fraction, exact: bool = False) -> NDArray:
    """`value` as an array of finite floats; an object array of `Fraction` is kept if `exact`."""
    array = rectangular(name, value)
    if array.dtype == object:
        rational = array.size and all(is_number(v, Rational) for v in array.flat)
        if rational and exact:
            return _exact(array)
        if rational and all(isinstance(v, Integral) for v in array.flat):
            return cast(name, array, np.float64)  # integers beyond NumPy's
        if rational and max(map(abs, array.flat)) >= 2**1024:
            raise ValueError(f"{name} must be below 1.8e308, got a larger number")
        raise TypeError(
            f"{name} must hold numbers{' or Fractions' if exact else ''}, got {brief(value)}"
        )
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold real numbers, got {brief(value)}")
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} must be finite, got {int((~np.isfinite(array)).sum())} NaN or infinite entries"
        )
    return array if array.dtype in (np.float32, np.float64) else cast(name, array, np.float64)


def _exact(array: NDArray) -> NDArray:
    """Rational numbers as int and `Fraction`: NumPy's own integers would overflow."""
    if all(type(v) in (int, Fraction) for v in array.flat):
        return array
    found = np.empty(array.shape, object)
    for place, v in np.ndenumerate(array):
        whole = isinstance(v, Integral)
        found[place] = int(v) if whole else Fraction(int(v.numerator), int(v.denominator))
    return found


def cast(name: str, array: NDArray, dtype: DTypeLike) -> NDArray:
    """Finite numbers in another dtype, which they must fit."""
    try:
        with np.errstate(over="ignore"):
            found = array.astype(dtype)
    except OverflowError:  # of integers and Fractions beyond floats
        raise ValueError(f"{name} must be below 1.8e308, got a larger number") from None
    if found.dtype != object and not np.isfinite(found).all():
        most, got = float(np.finfo(found.dtype).max), array[~np.isfinite(found)].flat[0]
        raise ValueError(f"{name} must be at most {most:.2g} in {found.dtype}, got {got:g}")
    return found


def rational(name: str, value: ArrayLike) -> NDArray:
    """`value` as an object array of `Fraction` and integers."""
    array = rectangular(name, value)
    if array.dtype.kind == "f":
        raise TypeError(f"{name} must hold Fractions or integers for an exact function, got floats")
    return numeric(name, array if array.dtype.kind not in "iu" else array.astype(object), True)


def inside_unit(name: str, array: NDArray) -> NDArray:
    """`array`, whose entries must lie strictly between 0 and 1."""
    bad = array[(array <= 0) | (array >= 1)] if array.size else array
    if bad.size:
        raise ValueError(f"{name} must lie strictly between 0 and 1, got {brief(bad.flat[0])}")
    return array


def shaped(name: str, array: NDArray, *shapes: tuple[int | None, ...]) -> NDArray:
    """`array`, whose shape must be one of `shapes`; None stands for any positive length."""
    for shape in shapes:
        if array.ndim == len(shape) and all(
            n == m if m is not None else n > 0 for n, m in zip(array.shape, shape)
        ):
            return array
    wanted = " or ".join(str(shape).replace("None", "n") for shape in shapes)
    raise ValueError(f"{name} must have shape {wanted}, got {array.shape}")


def per_member(
    name: str, value: ArrayLike, models: int, dtype: DTypeLike | None = None, exact: bool = False
) -> NDArray:
    """A number, or one number per member, as an array of shape (models,)."""
    array = shaped(name, numeric(name, value, exact), (), (models,))
    array = np.broadcast_to(array, (models,)).copy()
    return array if dtype is None else cast(name, array, dtype)


def sign(name: str, value: ArrayLike, models: int | None = None) -> NDArray:
    """A sign, +1 or -1, or one per member, as integers."""
    array = numeric(name, value)
    array = shaped(name, array, ()) if models is None else shaped(name, array, (), (models,))
    if not np.isin(array, (-1, 1)).all():
        raise ValueError(
            f"{name} must be +1 (waves added) or -1 (waves subtracted), got {brief(value)}"
        )
    array = array.astype(np.int64)
    return array if models is None else np.broadcast_to(array, (models,)).copy()


def _kind(value: Any) -> str:
    return "integer" if isinstance(value, Integral) else type(value).__name__
