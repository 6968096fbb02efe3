"""Which neuron becomes which, so that the largest change of a weight is least."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .shallow import Neurons

HALVINGS = 60
"""Steps of a bisection: from a factor that is not far off to the last bit of a float."""


def closest_factors(gamma: Neurons, units: Neurons) -> tuple[NDArray, NDArray]:
    r"""For each neuron $(a_i,c_i)$ and each unit $(b_j,e_j)$ the factor $\lambda>0$ with the least
    $\max(\lVert\lambda b_j-a_i\rVert_\infty,|e_j/\lambda-c_i|)$, and that least change, both
    (models, m, units); $\lambda=1$ for units that are 0.

    A change of at most $t$ confines $\lambda$ to an interval for each weight; the least $t$ for
    which these meet is found by bisection.
    """
    a, c = gamma.a[:, :, None], gamma.c[:, :, None]
    b, e = units.a[:, None], units.c[:, None]
    live = np.broadcast_to(units.products != 0, units.c.shape)[:, None]
    b = np.where(live[..., None], b, 1.0)
    e = np.where(live, e, 1.0)
    start = np.sqrt(np.abs(e) / np.abs(b).max(3))
    high = np.maximum(np.abs(start[..., None] * b - a).max(3), np.abs(e / start - c))
    factor = np.broadcast_to(start, high.shape).copy()
    low = np.zeros_like(high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        least, most = _confined(a, c, b, e, middle)
        fits = least <= most
        with np.errstate(invalid="ignore"):  # inf - inf, where nothing fits
            factor = np.where(fits, (least + most) / 2, factor)
        low, high = np.where(fits, low, middle), np.where(fits, middle, high)
    change = np.maximum(np.abs(factor[..., None] * b - a).max(3), np.abs(e / factor - c))
    return np.where(live, factor, 1.0), change


def _confined(
    a: NDArray, c: NDArray, b: NDArray, e: NDArray, t: NDArray
) -> tuple[NDArray, NDArray]:
    """The least and the largest positive factor with which no weight changes by more than t."""
    wide = t[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        centre, reach = a / b, wide / np.abs(b)
        still = np.where(np.abs(a) <= wide, np.inf, -np.inf)
        least = np.where(b == 0, -still, centre - reach).max(3)
        most = np.where(b == 0, still, centre + reach).min(3)
        # |e / factor - c| <= t, of positive e: 1 / factor from (c - t) / e to (c + t) / e.
        towards = c * np.sign(e)
        least_read = np.where(towards + t > 0, np.abs(e) / (towards + t), np.inf)
        most_read = np.where(towards - t > 0, np.abs(e) / (towards - t), np.inf)
    least = np.maximum(np.maximum(least, least_read), np.finfo(float).tiny)
    return least, np.minimum(most, most_read)


def bottleneck(costs: NDArray) -> tuple[NDArray, NDArray]:
    """Rows and columns of a one-to-one matching of a square matrix with the least largest cost,
    and among these one with the least sum."""
    from scipy.optimize import linear_sum_assignment

    levels = np.unique(costs)
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high) // 2
        above = (costs > levels[middle]).astype(float)
        matched = linear_sum_assignment(above)
        if above[matched].any():
            low = middle + 1
        else:
            high = middle
    # A pair above the level costs more than all pairs below it together.
    costs = np.where(costs > levels[low], 2 * len(costs) * (levels[low] + 1), costs)
    return linear_sum_assignment(costs)
