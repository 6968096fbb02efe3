"""Which points of a polyline matter: compiled by numba for floats, the same code as it stands for `Fraction`."""

from __future__ import annotations

import numpy as np
from numba import njit


def mattering(x, y, limit) -> np.ndarray:
    """Which points of the polyline matter: without the others it moves by at most about `limit`. The ends always do.

    In rounds: those go that are not higher than `limit` above the line between their neighbours. Of neighbours that do not matter the lower goes first: the
    other may matter without it.
    """
    if x.dtype != object:
        return _mattering(np.ascontiguousarray(x, dtype=float), np.ascontiguousarray(y, dtype=float), float(limit))
    if limit == 0:
        slopes = np.diff(y) / np.diff(x)
        return np.concatenate([[True], slopes[1:] != slopes[:-1], [True]])
    return _mattering.py_func(x, y, limit)


@njit(cache=True, error_model="numpy")
def _mattering(x, y, limit):
    size = len(x)
    kept, seen = np.ones(size, np.bool_), np.zeros(size, np.int64)
    before, after = np.arange(-1, size - 1), np.arange(1, size + 1)
    height = np.empty_like(x)
    height[0] = height[-1] = np.inf
    look, going = np.arange(1, size - 1), np.empty(size, np.int64)
    looks, rounds = size - 2, 0
    while looks > 0:
        rounds += 1
        for i in look[:looks]:
            a, b = before[i], after[i]
            left, right = x[i] - x[a], x[b] - x[i]
            height[i] = abs((y[i] - y[a]) * right - (y[b] - y[i]) * left) / (left + right)
        goes = 0
        for i in look[:looks]:
            if height[i] <= limit and (limit == 0 or (height[i] < height[before[i]] and height[i] <= height[after[i]])):
                going[goes] = i
                goes += 1
        for i in going[:goes]:
            kept[i] = False
            after[before[i]], before[after[i]] = after[i], before[i]
        # Only beside a point that went something has changed: up to the second neighbour, who is compared with the first.
        looks = 0
        for i in going[:goes]:
            a, b = before[i], after[i]
            for j in (before[a], a, b, after[b]):
                if 0 < j < size - 1 and kept[j] and seen[j] < rounds:
                    seen[j] = rounds
                    look[looks] = j
                    looks += 1
    return kept
