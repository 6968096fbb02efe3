"""The masks of dropout, drawn by counting: a hash of the member's seed, the update,
the neuron and the point.

No mask depends on what else is in a stack, or on how it is cut;
and an engine needs no other's generator to draw the same. The hash is splitmix64's, of G.
Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number generators" (2014).
`cpu.kernels` has it once more, compiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

GOLDEN, FIRST, SECOND = (
    np.uint64(c) for c in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)


def mix(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64's last step, on an array of uint64."""
    z = (z ^ (z >> np.uint64(30))) * FIRST
    z = (z ^ (z >> np.uint64(27))) * SECOND
    return z ^ (z >> np.uint64(31))


def keys(seeds: Sequence[int], models: int) -> NDArray[np.uint64]:
    """One key a member, (models,), from one seed for all or one a member, of any size."""
    return np.broadcast_to(np.array([_key(seed) for seed in seeds]), (models,)).copy()


def _key(seed: int) -> np.uint64:
    """Of 64 bits after the other, the lowest first."""
    key = mix(np.array([seed % 2**64], np.uint64) + GOLDEN)
    while seed := seed >> 64:
        key = mix((key ^ np.array([seed % 2**64], np.uint64)) + GOLDEN)
    return key[0]


def thresholds(shares: NDArray) -> NDArray[np.uint64]:
    """A neuron rests where the upper 53 bits of its number are below this, uint64."""
    return np.ceil(np.asarray(shares, np.float64) * 2.0**53).astype(np.uint64)


def kept(
    keys: NDArray[np.uint64],
    update: int,
    layer: int,
    width: int,
    points: NDArray,
    thresholds: NDArray[np.uint64],
) -> NDArray[np.bool_]:
    """Which signals of a layer are kept in an update, booleans (models, width, points).

    Args:
        keys, thresholds: (models,).
        update: counted from 0.
        layer: counted from 0, the first hidden one.
        width: of the layer.
        points: the points' numbers in the data, (1 or models, points).
    """
    own = mix(keys + np.array([update + 1], np.uint64) * GOLDEN)[:, None, None]
    neurons = np.arange(width, dtype=np.uint64)[None, :, None] << np.uint64(32)
    counter = (
        points.astype(np.uint64)[:, None, :] + neurons + np.array([(layer << 48) + 1], np.uint64)
    )
    numbers: Any = own + counter * GOLDEN
    return mix(numbers) >> np.uint64(11) >= thresholds[:, None, None]
