"""Checks of labelled data, and of what is gone through once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from .._core.checks import brief

if TYPE_CHECKING:
    import xarray as xr

MOST = 10_000
"""Entries that are taken from what does not end."""


def labelled(name: str, value: Any, *dimensions: str) -> xr.DataArray:
    """`value`, which must be a `DataArray` of numbers or truth values with these dimensions."""
    import xarray as xr

    if not isinstance(value, xr.DataArray) or value.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be a DataArray of numbers, got {brief(value)}")
    return _with(name, value, dimensions)


def variables(name: str, value: Any, *names: str) -> xr.Dataset:
    """`value`, which must be a `Dataset` with variables of these names."""
    import xarray as xr

    if not isinstance(value, xr.Dataset) or not set(names) <= set(value.variables):
        wanted = ", ".join(names)
        raise TypeError(f"{name} must be a Dataset with {wanted}, got {brief(value)}")
    return value


def listed(name: str, value: Any, of: str) -> list:
    """At least one entry of something that can be gone through, and is no text."""
    if isinstance(value, (str, bytes, dict)) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a sequence of {of}, got {brief(value)}")
    try:
        found = list(islice(value, MOST + 1))
    except TypeError:  # arrays of no dimension
        raise TypeError(f"{name} must be a sequence of {of}, got {brief(value)}") from None
    if not 0 < len(found) <= MOST:
        raise ValueError(f"{name} must hold 1 to {MOST:,} {of}, got {len(found):,}")
    return found


def function(name: str, value: Any) -> Any:
    """`value`, which must be callable."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {brief(value)}")
    return value


def _with(name, value, dimensions):
    missing = [one for one in dimensions if one not in value.dims]
    if missing or not value.size:
        wanted = ", ".join(dimensions)
        raise ValueError(
            f"{name} must have entries, and the dimensions {wanted}, got {dict(value.sizes)}"
        )
    return value
