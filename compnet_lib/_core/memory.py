"""Whether what is asked for fits into memory: found out before it is made."""

from __future__ import annotations

from typing import Any

from .checks import brief

SMALL = 2**26
"""Bytes that are never asked about."""
SHARE = 0.8
"""Of the memory that is free, what one call may take."""


def free() -> int:
    """Bytes that a call may take now."""
    import psutil  # type: ignore[import-untyped]  # here: small calls do without

    return int(SHARE * psutil.virtual_memory().available)


def fit(name: str, value: Any, need: int) -> None:
    """Refuse an argument, `name`, whose `value` makes a call need more than there is.

    Args:
        need: the call's bytes, about.

    Raises:
        ValueError: they are more than a call may take.
    """
    if need > SMALL and need > (room := free()):
        raise ValueError(
            f"{name} must be smaller, got {brief(value)}: this needs {size(need)} of memory, "
            f"and {size(room)} can be had"
        )


def size(count: int) -> str:
    """Bytes as a reader counts them, to three digits."""
    if count >= 10**15:
        return "more than 1,000 TB"
    power = max(len(str(count)) - 1, 0) // 3
    return f"about {count / 1000**power:.3g} {('bytes', 'kB', 'MB', 'GB', 'TB')[power]}"
