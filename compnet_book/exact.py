"""What the theory chapters compute again and again in rational arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import prod

import numpy as np
from numpy.typing import NDArray

from compnet_lib.networks.network import ReLUNet


def rational_peaks(
    rng: np.random.Generator, count: int, over: int = 97, margin: int = 1
) -> list[Fraction]:
    r"""`count` random peaks $k/\text{over}$, $k$ uniform from `margin` to `over - margin`.

    Raises:
        ValueError: `count` is negative, or `margin` leaves no fraction inside (0, 1).
    """
    if count < 0:
        raise ValueError(f"count must be at least 0, got {count}")
    if not 1 <= margin <= over / 2:
        raise ValueError(f"margin must be from 1 to half of over, {over}, got {margin}")
    return [Fraction(int(k), over) for k in rng.integers(margin, over - margin + 1, count)]


def rational_nets(
    rng: np.random.Generator, models: int, widths: Sequence[int], over: int = 7
) -> ReLUNet:
    r"""Networks with random weights and biases $k/\text{over}$, $k$ uniform from $-2\,\text{over}$
    to $2\,\text{over}$ without 0; `widths` are inputs, hidden widths, and outputs."""

    def drawn(*shape: int) -> NDArray:
        sizes = rng.integers(1, 2 * over + 1, (models, *shape))
        signed = sizes * rng.choice([-1, 1], sizes.shape)
        return np.vectorize(lambda k: Fraction(int(k), over), otypes=[object])(signed)

    layers = [*pairwise(widths)]
    return ReLUNet([drawn(b, a) for a, b in layers], [drawn(b) for _, b in layers])


def chord_slopes(x: NDArray, y: NDArray) -> NDArray:
    r"""The slopes $\frac{y_{k+1}-y_k}{x_{k+1}-x_k}$ along the last axis of `y`,
    (points,) or (rows, points), at the places `x`, (points,); exact for `Fraction`."""
    return np.diff(y) / np.diff(x)


def open_kink(scales: Sequence[Fraction], peaks: Sequence[Fraction], i: int, last: int) -> Fraction:
    r"""The kink at a peak of $W_i$ that is open after the waves up to $W_N$, $N$ = `last` ≥ `i`.

    .. math:: K_{i,N}=s_i-\frac1{1-a_{i+1}}
        \Bigl(s_{i+1}+\sum_{n=i+2}^{N}s_n\prod_{k=i+2}^{n}\frac1{a_k}\Bigr), \qquad K_{i,i}=s_i

    Source: expression (5) of Milkert, Hyde and Laine, stopped at $W_N$.
    """
    later = (scales[n] / prod(peaks[i + 2 : n + 1]) for n in range(i + 1, last + 1))
    return scales[i] - sum(later) / (1 - peaks[i + 1]) if last > i else scales[i]


def generation(bend: int, depth: int) -> int:
    r"""The $i$ for which knot number `bend` of the mesh of `depth` waves, counted from 0 at the
    left end, is a peak of $W_i$; `bend` is from 1 to $2^d-1$.

    The next valleys of $W_i$ are `bend & -bend` knots away, on both sides.
    """
    if not 0 < bend < 2**depth:
        raise ValueError(f"bend must be from 1 to {2**depth - 1}, got {bend}")
    return depth - (bend & -bend).bit_length()


def affine_pieces(
    x: Sequence[Fraction], y: Sequence[Fraction], tolerance: Fraction, limit: int
) -> int:
    r"""A lower bound of the number of affine pieces, jumps allowed, that approximate a concave
    polygon to within `tolerance` in the sup norm; no more than `limit` + 1 are counted.

    Each piece in turn reaches as far as it can: over $[u,v]$ the least error is half of the
    largest height above the chord. Where a piece ends between two corners it is made longer, by
    less than $2^{-80}$, which keeps the fractions short. So the count may be too small; it never
    is too large, since a piece that starts further right reaches further.

    Args:
        x, y: corners of the polygon, from left to right; slopes must not increase,
            which is not checked.
    """
    u, height, corner = x[0], y[0], 0
    for pieces in range(1, limit + 1):
        least = None  # the chord may not fall below a corner by more than twice the tolerance
        for after in range(corner + 1, len(x)):
            rise, run = y[after] - height, x[after] - u
            if least is not None and rise < least * run:
                break
            allowed = (rise - 2 * tolerance) / run
            least = allowed if least is None else max(least, allowed)
        else:
            return pieces
        left, right = x[after - 1], x[after]
        slope = (y[after] - y[after - 1]) / (right - left)
        reached = left + (y[after - 1] - height - least * (left - u)) / (least - slope)
        u = min(Fraction(-(-reached * 2**80 // 1), 2**80), right)
        height = y[after - 1] + slope * (u - left)
        corner = after if u == right else after - 1
        if corner == len(x) - 1:
            return pieces
    return limit + 1
