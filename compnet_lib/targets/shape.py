"""Which way a curve bends and turns, as seen on evenly spaced points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NOISE = 64 * float(np.finfo(float).eps)
"""Differences that are a smaller share of the largest value are rounding."""
_WORDS = {1: ("falls", "rises"), 2: ("is concave", "is convex")}
_MOST = 4
"""Pieces that are listed; of more, the first three and how many."""


def bend(y: NDArray) -> str:
    """Of the values `y`, (points,): "convex", "concave", "straight" or "neither"."""
    second, least = np.diff(y, 2), NOISE * np.abs(y).max()
    ways = (second > least).any(), (second < -least).any()
    names = {(True, False): "convex", (False, True): "concave", (False, False): "straight"}
    return names.get(ways, "neither")


def turns(x: NDArray, y: NDArray, order: int) -> str:
    """Where the first or the second differences of `y` change sign, in words."""
    differences = np.diff(y, order)
    seen = np.abs(differences) > NOISE * np.abs(y).max()
    places, up = x[order:][seen], differences[seen] > 0
    if not len(up):
        return "is level"
    edges = [x[0], *places[1:][np.diff(up.astype(int)) != 0], x[-1]]
    pieces = [
        f"{_WORDS[order][int(up[0]) ^ (k % 2)]} on [{a:.3g}, {b:.3g}]"
        for k, (a, b) in enumerate(zip(edges, edges[1:]))
    ]
    if len(pieces) <= _MOST:
        return ", ".join(pieces)
    return f"{', '.join(pieces[:3])} and so on, {len(pieces)} times"
