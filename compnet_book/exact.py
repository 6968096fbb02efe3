"""What the theory chapters compute again and again in rational arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod

import numpy as np
from numpy.typing import NDArray


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
