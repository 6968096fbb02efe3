"""Checks of arguments that are curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.checks import brief
from .target import Target


def a_curve(name: str, value: Any) -> Target:
    """`value`, which must be a :class:`Target`."""
    if not isinstance(value, Target):
        raise TypeError(f"{name} must be a Target, got {brief(value)}")
    return value


def one_each(name: str, value: Target | Sequence[Target], models: int) -> list[Target]:
    """A target for each member of a stack: `value` is one for all, or a sequence."""
    if isinstance(value, Target):
        return [value] * models
    curves = _several(name, value, "a Target, or a sequence of one per member")
    if len(curves) != models:
        raise ValueError(
            f"{name} must be one Target, or one for each of the {models} members, got {len(curves)}"
        )
    return curves


def listed(name: str, value: Sequence[Target]) -> list[Target]:
    """At least one target, of a sequence of them."""
    wanted = "a sequence of at least one Target"
    curves = _several(name, value, wanted)
    if not curves:
        raise TypeError(f"{name} must be {wanted}, got none")
    return curves


def distinct(name: str, value: Target | Sequence[Target]) -> list[Target]:
    """One or more targets, none of them twice."""
    curves = _several(name, [value] if isinstance(value, Target) else value, "a Target or several")
    if not curves:
        raise TypeError(f"{name} must be a Target or a sequence of at least one, got none")
    if len(set(map(id, curves))) < len(curves):
        raise ValueError(f"{name} must differ from one another, got one twice")
    return curves


def _several(name: str, value: Any, wanted: str) -> list[Target]:
    if (
        not isinstance(value, Sequence)
        or isinstance(value, str)
        or not all(isinstance(t, Target) for t in value)
    ):
        raise TypeError(f"{name} must be {wanted}, got {brief(value)}")
    return list(value)
