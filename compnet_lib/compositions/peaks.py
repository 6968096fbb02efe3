"""Where compositional networks start: random peaks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._core import checks, memory, seeds


def sample_peaks(
    models: int, depth: int, seed: int, low: float = 0.1, high: float = 0.9
) -> NDArray[np.float64]:
    """Peaks drawn uniformly from [low, high], independently. Member i
    depends on `seed` and i only: the first ten of a hundred are the ten that one gets alone.

    Args:
        models, depth: at least 1.
        seed: an integer of at least 0, of 4,096 bits at most.
        low, high: 0 < low <= high < 1.

    Returns:
        float64, (models, depth).

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits,
            or the peaks would not fit into memory.
    """
    models, depth = checks.integer("models", models, 1), checks.integer("depth", depth, 1)
    low, high = checks.number("low", low), checks.number("high", high)
    if not 0 < low <= high < 1:
        raise ValueError(f"low and high must satisfy 0 < low <= high < 1, got {low} and {high}")
    seed = seeds.one("seed", seed)
    memory.fit("models and depth", (models, depth), models * (16 * depth + 320))
    return np.stack(
        [np.random.default_rng([seed, i]).uniform(low, high, depth) for i in range(models)]
    )
