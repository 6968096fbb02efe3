r"""How much the peaks can move while the nested function hardly does: searched for in a box."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..._core import checks, seeds
from .._labelled import listed
from . import _nested as nested

if TYPE_CHECKING:
    import xarray as xr

NORMS = ("sup", "L2", "H1")


def peak_moduli(
    depths: Iterable[int],
    low: float = 0.2,
    *,
    starts: int = 8,
    steps: int = 400,
    seed: int = 0,
) -> xr.DataArray:
    r"""The largest $\max_j|a_j-b_j|\,/\,\lVert G_a-G_b\rVert$ that a search finds, for sequences of
    peaks, closing number included, in the box $[\mathrm{low},1-\mathrm{low}]$.

    In the maximum norm and in $L^2$ the ratio is searched for at its limit $b\to a$, by linear
    programming and by the inverse of the Gram matrix (:func:`peak_gram`): pairs close to each other
    come as near to it as one likes. In the norm of the slopes that limit is 0 for all moves but
    those of the closing number alone, so pairs are searched for.

    Args:
        depths: numbers of peaks without the closing number, each at least 1 and at most 9.
        low: where the box begins, at least 0.01 and below 1/2.
        starts: corners of the box at which a search begins, 1 to 100.
        steps: random changes that are tried for a sequence or pair, at most 5,000.
        seed: of the starts and steps.

    Returns:
        Ratios with dimensions norm ("sup", "L2" and "H1", as in :func:`peak_distances`) and depth.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    depths = [checks.integer("depths", depth, 1, 9) for depth in listed("depths", depths, "depths")]
    low = checks.number("low", low)
    if not 0.01 <= low < 0.5:
        raise ValueError(f"low must be at least 0.01 and below 1/2, got {low}")
    starts, steps = (
        checks.integer("starts", starts, 1, 100),
        checks.integer("steps", steps, 0, 5000),
    )
    seed = seeds.one("seed", seed)
    found = np.zeros((len(NORMS), len(depths)))
    for place, depth in enumerate(depths):
        dice = np.random.default_rng([seed, depth])
        upper = dice.random((starts, depth + 1)) < 0.5
        last = min(3, depth + 1)  # which decide most: the starts go through all their corners
        upper[:, -last:] = (np.arange(starts)[:, None] >> np.arange(last)) % 2
        corners = np.where(upper, 1 - low, low)
        found[0, place] = max(map(_least_program, corners))
        found[1, place] = max(
            _climbed(_by_gram, corner, low, steps, dice) for corner in corners[:3]
        )
        pairs = np.concatenate([corners, corners], 1)
        pairs[:, -1] = 1 - pairs[:, depth]
        found[2, place] = max(_climbed(_by_slopes, pair, low, steps, dice) for pair in pairs[:3])
    return xr.DataArray(found, {"norm": list(NORMS), "depth": depths}, ["norm", "depth"])


def _by_slopes(pair: NDArray) -> float:
    """The ratio in H1 of a pair, given as one row."""
    first, second = np.split(pair, 2)
    apart = abs(first - second).max()
    if apart < 1e-6:
        return 0.0
    return apart / nested.between(nested.polygon(first), nested.polygon(second)).H1


def _by_gram(peaks: NDArray) -> float:
    """The limit of the ratio in L2, over all directions."""
    place = np.cumprod(np.concatenate([[1.0], peaks[:-1] * (1 - peaks[:-1])]))
    scaled = nested.peak_gram(peaks) / place[:, None] / place
    return float(np.sqrt(np.diag(np.linalg.inv(scaled)) / place**2).max())


def _least_program(peaks: NDArray) -> float:
    """The limit of the ratio in the maximum norm, over the directions that move the last number:
    a linear program."""
    from scipy.optimize import linprog

    place = np.cumprod(np.concatenate([[1.0], peaks[:-1] * (1 - peaks[:-1])]))
    ends = nested.pieces(peaks).moves.reshape(len(peaks), -1).T / place
    rows = np.concatenate([ends, -ends])
    cost = np.zeros(len(peaks))
    cost[-1] = -1
    best = linprog(cost, A_ub=rows, b_ub=np.ones(len(rows)), bounds=(None, None))
    return float(-best.fun / place[-1])


def _climbed(
    height: Callable[[NDArray], float],
    start: NDArray,
    low: float,
    steps: int,
    dice: np.random.Generator,
) -> float:
    """The largest value found by changing one or two entries at a time, within the box."""
    best, top = start, height(start)
    for step in range(steps):
        tried = best.copy()
        for place in dice.integers(len(start), size=dice.integers(1, 3)):
            size = 0.3 * 0.99**step + 1e-3
            ends = (low, 1 - low, tried[place] + dice.normal(0, size))
            tried[place] = np.clip(ends[dice.choice(3, p=[0.2, 0.2, 0.6])], low, 1 - low)
        if (value := height(tried)) > top:
            best, top = tried, value
    return top
