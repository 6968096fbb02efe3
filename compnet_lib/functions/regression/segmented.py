"""The best lines on runs of consecutive points, and a fast approximation with a guarantee."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks, memory
from .data import Segments, some_pieces, stacked
from .kernels import best_runs, merged_runs


def segmented_regression(x: ArrayLike, y: ArrayLike, pieces: int, *, shortest: int = 1) -> Segments:
    """The least squares fit by straight lines on `pieces` runs of consecutive points,
    the global optimum, by dynamic programming.

    The lines need not meet, so no continuous piecewise linear function of as many pieces has a
    smaller squared error on the points. Time grows as points² × pieces.

    Args:
        x: points in increasing order, (points,) or (models, points).
        y: values, (points,) or (models, points), a stack of data sets.
        pieces: runs, at least 1 and at most as many as there are points.
        shortest: points that a run has at least, at least 1.

    Returns:
        :class:`Segments` with `starts`, `boundaries`, `slopes`, `intercepts`, `sse`, and in
        `path` the least squared errors for 1, 2, ..., `pieces` runs; callable.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits,
            or the points are too few for so many runs.

    Source: J. Bai and P. Perron, "Estimating and testing linear models with multiple structural
        changes" (1998).
    """
    x, y = stacked(x, y)
    pieces = some_pieces(pieces, x.shape[1])
    shortest = checks.integer("shortest", shortest, 1)
    if pieces * shortest > x.shape[1]:
        raise ValueError(
            f"shortest must leave {pieces} pieces enough of {x.shape[1]} points, got {shortest}"
        )
    memory.fit("pieces", pieces, 12 * pieces * x.shape[1])
    starts, paths = [], []
    for points, values in zip(x, y):
        least, first = best_runs(points, values, pieces, shortest)
        starts.append(_traced(first))
        paths.append(least)
    return Segments(x, y, np.array(starts), np.array(paths))


def merged_regression(x: ArrayLike, y: ArrayLike, pieces: int) -> Segments:
    """Least squares lines on at most `pieces` runs of consecutive points, by greedy merging.

    It starts with every point alone. In each round neighbouring runs are paired, and all pairs
    are merged but the $q$ whose lines would have the largest squared errors, with
    $q=\\lfloor(\\text{pieces}-1)/2\\rfloor$, until at most `pieces` are left.
    The squared error is at most :func:`merging_factor` times the best with $k$ pieces,
    for every $k\\le q+1$. Time grows as points × log points.

    Args, errors: as for :func:`segmented_regression`.

    Returns:
        :class:`Segments`.

    Source: J. Acharya, I. Diakonikolas, J. Li and L. Schmidt, "Fast algorithms for segmented
        regression" (2016), without their term for the variance of the noise.
    """
    x, y = stacked(x, y)
    pieces = some_pieces(pieces, x.shape[1])
    starts = [merged_runs(points, values, pieces) for points, values in zip(x, y)]
    return Segments(x, y, np.array(starts))


def merging_factor(pieces: int, k: int) -> float:
    """At most so many times the squared error of the best `k` runs is that of greedy merging with
    `pieces`: $(q+1)/(q+2-k)$, where $q=\\lfloor(\\text{pieces}-1)/2\\rfloor$.

    Of the final runs at most $k-1$ have a boundary of the best `k` runs inside. When such a run
    was merged, $q$ pairs had errors as large and stayed apart; at least $q-(k-2)$ of these have
    no boundary inside, so the least of their errors is at most the best's over $q+2-k$.
    All other final runs have together at most the best's error.

    Args:
        pieces: runs that merging may leave, at least 1.
        k: runs of the best, at least 1 and at most $q+1$.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    keep = (checks.integer("pieces", pieces, 1) - 1) // 2
    k = checks.integer("k", k, 1, keep + 1)
    return (keep + 1) / (keep + 2 - k)


def _traced(first: NDArray) -> NDArray:
    """The starts of the runs, from the starts of last runs for each number and each end."""
    beyond, starts = first.shape[1] - 1, []
    for runs in reversed(range(len(first))):
        beyond = first[runs, beyond]
        starts.append(beyond)
    return np.array(starts[::-1])
