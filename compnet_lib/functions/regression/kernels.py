"""Least squares lines on runs of consecutive points, compiled.

The squared error of a run is updated point by point with the error of predicting the next one,
so that it is a sum of terms of one sign: differences of sums over all points would lose the
digits of a run that a line fits closely.
"""

import numpy as np

from ..._core.compiling import compiled


@compiled(forceinline=True)
def _grown(count, mean_x, mean_y, spread, joint, error, x, y):
    """The moments of a run and one more point: how many, means, centred sums of the squares of x
    and of x times y, and the squared error of the best line."""
    u, v = x - mean_x, y - mean_y
    share = count / (count + 1)
    if count >= 2:
        miss = v - joint / spread * u
        error = error + miss * miss * share * spread / (spread + share * u * u)
    mean_x, mean_y = mean_x + u / (count + 1), mean_y + v / (count + 1)
    return count + 1, mean_x, mean_y, spread + share * u * u, joint + share * u * v, error


@compiled(kept=True, nogil=True)
def best_runs(x, y, pieces, shortest):
    """The least squared errors of 1, ..., pieces runs, (pieces,), and for each number of runs and
    each end the start of the last run, (pieces, points + 1); -1 where there is none."""
    points = len(x)
    least = np.full((points + 1, pieces), np.inf)
    start = np.full((points + 1, pieces), -1, np.int32)
    for first in range(points):
        count, mean_x, mean_y, spread, joint, error = 0, x[first], y[first], 0.0, 0.0, 0.0
        for last in range(first, points):
            count, mean_x, mean_y, spread, joint, error = _grown(
                count, mean_x, mean_y, spread, joint, error, x[last], y[last]
            )
            if count < shortest:
                continue
            if first == 0:
                least[last + 1, 0], start[last + 1, 0] = error, 0
                continue
            for k in range(1, pieces):
                total = least[first, k - 1] + error
                if total < least[last + 1, k]:
                    least[last + 1, k], start[last + 1, k] = total, first
    return least[points].copy(), start.T.copy()


@compiled(kept=True, nogil=True)
def merged_runs(x, y, pieces):
    """The starts of the runs that greedy merging leaves, at most `pieces`."""
    points, keep = len(x), (pieces - 1) // 2
    edges = np.arange(points + 1)
    while len(edges) - 1 > pieces:
        pairs = (len(edges) - 1) // 2
        errors = np.empty(pairs)
        for pair in range(pairs):
            first, beyond = edges[2 * pair], edges[2 * pair + 2]
            count, mean_x, mean_y, spread, joint, error = 0, x[first], y[first], 0.0, 0.0, 0.0
            for at in range(first, beyond):
                count, mean_x, mean_y, spread, joint, error = _grown(
                    count, mean_x, mean_y, spread, joint, error, x[at], y[at]
                )
            errors[pair] = error
        stays = np.ones(len(edges), np.bool_)
        for pair in np.argsort(errors, kind="mergesort")[: pairs - keep]:
            stays[2 * pair + 1] = False
        edges = edges[stays]
    return edges[:-1].copy()


@compiled(kept=True, nogil=True)
def lines_on(x, y, starts):
    """Slope, value at the mean of x, that mean, and squared error of each run, (runs, 4);
    a run of one point has slope 0."""
    found = np.zeros((len(starts), 4))
    for k in range(len(starts)):
        first = starts[k]
        beyond = starts[k + 1] if k + 1 < len(starts) else len(x)
        count, mean_x, mean_y, spread, joint, error = 0, x[first], y[first], 0.0, 0.0, 0.0
        for at in range(first, beyond):
            count, mean_x, mean_y, spread, joint, error = _grown(
                count, mean_x, mean_y, spread, joint, error, x[at], y[at]
            )
        slope = joint / spread if count > 1 else 0.0
        found[k] = slope, mean_y, mean_x, error
    return found
