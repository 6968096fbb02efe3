"""Seeds: one check of them, and one way to make many of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from . import checks

BITS = 4096
"""Of a seed, at most: NumPy takes minutes for seeds of a million digits."""
MOST = 10**6
"""Seeds that are taken from what does not end."""


def one(name: str, value: Any) -> int:
    """`value` as a seed: an integer of at least 0 and at most `BITS` bits."""
    value = checks.integer(name, value, high=None)
    if value.bit_length() > BITS:
        raise ValueError(f"{name} must be below 2**{BITS}, got {checks.brief(value)}")
    return value


def several(name: str, value: Any) -> list[int]:
    """One to `MOST` seeds, each as `one` takes it, from anything that can be gone through once."""
    value = checks.untracked(value)
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes, dict)) or not _rows(value):
        raise TypeError(f"{name} must be a sequence of integers, got {checks.brief(value)}")
    found = [one(name, each) for each in islice(value, MOST + 1)]
    if not found:
        raise ValueError(f"{name} must hold at least one seed, got none")
    if len(found) > MOST:
        raise ValueError(f"{name} must hold at most {MOST:,} seeds, got more")
    return found


def per_member(name: str, value: Any, models: int) -> tuple[int, ...]:
    """One seed for all members, as a tuple of one, or one for each of them."""
    value = checks.untracked(value)
    if not isinstance(value, Sequence | np.ndarray) or isinstance(value, str) or not _rows(value):
        return (one(name, value),)
    if len(value) != models:
        raise ValueError(
            f"{name} must be one integer, or one for each of the {models} members, got {len(value)}"
        )
    return tuple(one(name, each) for each in value)


def _rows(value: Any) -> bool:
    """Whether it has entries: a 0-d array can be looked through, and has none."""
    return not isinstance(value, np.ndarray) or value.ndim > 0


def generators(seed: int, models: int) -> Iterator[np.random.Generator]:
    """One generator a member, of the seed and the member's number only."""
    return (np.random.default_rng([seed, i]) for i in range(models))


def split(seed: int, *path: int) -> int:
    """The seed of something that has a place in what `seed` stands for."""
    return int(np.random.SeedSequence([seed, *path]).generate_state(1)[0])
