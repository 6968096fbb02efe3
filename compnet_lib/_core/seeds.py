"""Seeds: one check of them, and one way to make many of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from . import checks


def one(name: str, value: Any) -> int:
    """`value` as a seed: an integer, at least 0 and of any size."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return checks.integer(name, value, high=None)


def per_member(name: str, value: Any, models: int) -> tuple[int, ...]:
    """One seed for all members, as a tuple of one, or one for each of them."""
    if not isinstance(value, Sequence | np.ndarray) or isinstance(value, str) or not np.ndim(value):
        return (one(name, value),)
    if len(value) != models:
        raise ValueError(
            f"{name} must be one integer, or one for each of the {models} members, got {len(value)}"
        )
    return tuple(one(name, each) for each in value)


def generators(seed: int, models: int) -> Iterator[np.random.Generator]:
    """One generator a member, of the seed and the member's number only."""
    return (np.random.default_rng([seed, i]) for i in range(models))


def split(seed: int, *path: int) -> int:
    """The seed of something that has a place in what `seed` stands for."""
    return int(np.random.SeedSequence([seed, *path]).generate_state(1)[0])
