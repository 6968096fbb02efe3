r"""The nested function $G_a$ of a sequence of peaks, and how it moves with each of them.

$G_{(a_0)}(x)=a_0x$, and $G_a(x)=a_0x+$ $a_0(1-a_0)\,G_{(a_1,\dots,a_d)}(T_{a_0}(x))$:
the sum of waves with its first scale chosen so that the last entry, the closing number, counts
like a peak.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks, memory

MOST = 12
"""Peaks of a nested function, at most: it has two to that power pieces."""


class Norms(NamedTuple):
    """Norms of a function on [0, 1] that is 0 at 0."""

    sup: float
    L2: float
    H1: float
    """The root of the integral of the squared slope."""
    W: float
    """The largest slope, by size."""


class Pieces(NamedTuple):
    """A nested function and its derivatives by each peak, at both ends of each of its pieces."""

    ends: NDArray
    """(pieces, 2)."""
    values: NDArray
    """(pieces, 2)."""
    moves: NDArray
    """(peaks, pieces, 2): where a bend moves along, a derivative jumps."""


def peak_distances(first: ArrayLike, second: ArrayLike) -> Norms:
    r"""How far two nested functions are apart: norms of $G_a-G_b$ on [0, 1], exact but for
    rounding, since the difference is linear between the bends of both.

    Args:
        first, second: $a_0,\dots,a_d$ and $b_0,\dots,b_d$, numbers in (0, 1), the closing number
            last; up to 13 each, and of any two lengths.

    Returns:
        The maximum `sup`, `L2`, and of the slopes the root of the mean square, `H1`, and the
        largest size, `W`.

    Raises:
        TypeError: an argument does not hold numbers.
        ValueError: an argument is not a sequence of numbers in (0, 1), or is too long.
    """
    one, other = (polygon(sequence(*pair)) for pair in (("first", first), ("second", second)))
    return between(one, other)


def between(one: tuple[NDArray, NDArray], other: tuple[NDArray, NDArray]) -> Norms:
    """:func:`peak_distances` of two polygons, each (places, values)."""
    x = np.union1d(one[0], other[0])
    gap = np.interp(x, *one) - np.interp(x, *other)
    width, rise = np.diff(x), np.diff(gap)
    # Two bends within a rounding of each other are one: there is no slope between them.
    wide = width > 4 * np.finfo(float).eps
    slopes = rise[wide] / width[wide]
    left, right = gap[:-1], gap[1:]
    square = (width * (left**2 + left * right + right**2)).sum() / 3
    return Norms(
        float(abs(gap).max()),
        float(np.sqrt(square)),
        float(np.sqrt((width[wide] * slopes**2).sum())),
        float(abs(slopes).max()),
    )


def peak_gram(peaks: ArrayLike) -> NDArray:
    r"""The inner products of the derivatives of the nested function by its peaks.

    .. math:: \int_0^1\frac{\partial G_a}{\partial a_j}\,\frac{\partial G_a}{\partial a_k}\,dx,
              \qquad 0\le j,k\le d

    The root of the least value of $h^\top Mh$ with $h_j=1$, which is $1/(M^{-1})_{jj}$, is how far
    a small move of $a_j$ at least moves $G_a$, in $L^2$, whatever the other peaks do.

    Args:
        peaks: $a_0,\dots,a_d$, (d + 1,), numbers in (0, 1), the closing number last; at most 13.

    Returns:
        (d + 1, d + 1), symmetric; exact if the peaks are `Fraction`.

    Raises:
        TypeError: `peaks` does not hold numbers.
        ValueError: `peaks` is not a sequence of numbers in (0, 1), or is too long.
    """
    found = pieces(sequence("peaks", peaks, exact=True))
    width = found.ends[:, 1] - found.ends[:, 0]
    left, right = found.moves[..., 0], found.moves[..., 1]
    half = (left * width) @ (2 * left + right).T + (right * width) @ (left + 2 * right).T
    return half / 6


def sequence(name: str, peaks: ArrayLike, exact: bool = False) -> NDArray:
    """Peaks with their closing number, checked, as an array."""
    found = checks.shaped(name, checks.numeric(name, peaks, exact=exact), (None,))
    if not 1 <= len(found) <= MOST + 1:
        raise ValueError(f"{name} must hold 1 to {MOST + 1} numbers, got {len(found)}")
    found = checks.inside_unit(name, found)
    memory.fit(name, peaks, 2 ** len(found) * 80 * (len(found) + 4))
    return found if found.dtype == object else found.astype(float)


def polygon(peaks: NDArray) -> tuple[NDArray, NDArray]:
    """The bends of the nested function with 0 and 1, and its values there."""
    x, y = np.array([0.0, 1.0]), np.array([0.0, peaks[-1]])
    for p in peaks[-2::-1]:
        right = 1 - (1 - p) * x[::-1]
        folded = p * (1 - p) * y
        y = np.concatenate([p * p * x + folded, (p * right + folded[::-1])[1:]])
        x = np.concatenate([p * x, right[1:]])
    return x, y


def pieces(peaks: NDArray) -> Pieces:
    """The nested function, piece by piece; exact if the peaks are."""
    one = peaks[-1] * 0 + 1
    t = np.array([[0 * one, one]])
    value, moves = peaks[-1] * t, t[None]
    for p in peaks[-2::-1]:
        slope = (value[:, 1:] - value[:, :1]) / (t[:, 1:] - t[:, :1])
        a, b = t - value, value - t * slope
        first = _folded(p * a + (1 - p) * b, 1 - (1 - p) * a - p * b)
        later = [_folded(*2 * (p * (1 - p) * move,)) for move in moves]
        moves = np.array([first, *later])
        folded = p * (1 - p) * value
        right = 1 - (1 - p) * t
        value = _folded(p * p * t + folded, p * right + folded)
        t = _folded(p * t, right)
    return Pieces(t, value, moves)


def _folded(left: NDArray, right: NDArray) -> NDArray:
    """What is on the left side of a triangle, and on the right, which runs backwards."""
    return np.concatenate([left, right[::-1, ::-1]])
