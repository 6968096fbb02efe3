"""Breakpoints through the layers of one network of `Fraction`, in integers.

A knot is a column of integers $(q, p, v_1, \\dots, v_n)$ without a common factor, $q\\ge0$:
its position is $p/q$ and the signals there are $v_i/q$. The tails are columns with $q=0$:
directions in which $x$ and the signals go to infinity. On a piece where all signals are linear,
the columns of its points are the combinations of those of its two ends;
the one where signal $i$ is zero has the factors $|v_i|$ of the other end.
Nothing is divided but by common factors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

MOST = 2**20
"""Breakpoints of a network that are found exactly: about a kilobyte each."""


def layers(weights: Sequence[NDArray], biases: Sequence[NDArray | None]) -> Iterator[NDArray]:
    """The columns of each layer before its ReLU, the output's last.

    Args:
        weights: of one network, (out, in) for each layer.
        biases: (out,) for each layer, or None.
    """
    points = np.array([[0, 1, 0], [-1, 0, 1]], dtype=object)
    for layer, (w, b) in enumerate(zip(weights, biases)):
        if layer:
            points = with_crossings(points)
            points[2:] = np.maximum(points[2:], 0)
        points = _affine(points, *_integers(w, b), not layer)
        yield points.copy()


def signal(points: NDArray, neuron: int) -> tuple[NDArray, NDArray, NDArray]:
    """Knots, the values of one signal there, and its slopes before the first knot and after the
    last, as object arrays of `Fraction`."""
    knots, values, slopes = signals(points[[0, 1, 2 + neuron]])
    return knots, values[:, 0], slopes[:, 0]


def signals(points: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Knots, the values of all signals there, (knots, signals), and their slopes before the first
    knot and after the last, (2, signals), as object arrays of `Fraction`."""
    q, p, v = points[0], points[1], points[2:].T
    inner, tails = slice(1, -1), [0, -1]
    return (
        _fractions(p[inner], q[inner]),
        _fractions(v[inner], q[inner, None]),
        _fractions(v[tails], p[tails, None]),
    )


def _affine(points: NDArray, weights: NDArray, bias: NDArray, common: int, first: bool) -> NDArray:
    signals = points[1:2] if first else points[2:]
    return _reduced(np.concatenate([common * points[:2], weights @ signals + bias * points[0]]))


def _integers(w: NDArray, b: NDArray | None) -> tuple[NDArray, NDArray, int]:
    """Weights and biases times their common denominator, and the denominator."""
    w, b = (
        np.vectorize(Fraction, otypes=[object])(a) for a in (w, w[:, 0] * 0 if b is None else b)
    )
    common = lcm(*(int(v.denominator) for v in (*w.flat, *b)))
    w, b = (
        np.vectorize(lambda v: int(v.numerator) * (common // int(v.denominator)), otypes=[object])(
            a
        )
        for a in (w, b)
    )
    return w, b[:, None], common


def with_crossings(points: NDArray) -> NDArray:
    """Add a knot wherever a signal crosses zero between knots or outside them."""
    a, b = points[2:, :-1], points[2:, 1:]
    neuron, piece = np.nonzero(((a < 0) & (b > 0)) | ((a > 0) & (b < 0)))
    if not len(piece):
        return points
    if len(piece) + points.shape[1] > MOST:
        raise ValueError(f"net must have at most {MOST:,} breakpoints to stay exact, got more")
    found = _reduced(
        abs(b[neuron, piece]) * points[:, piece] + abs(a[neuron, piece]) * points[:, piece + 1]
    )
    places = sorted(
        (k, Fraction(p, q), i)
        for i, (k, p, q) in enumerate(zip(piece.tolist(), found[1], found[0]))
    )
    order = [i for n, (k, x, i) in enumerate(places) if not n or places[n - 1][:2] != (k, x)]
    return np.insert(points, piece[order] + 1, found[:, order], axis=1)


def _reduced(points: NDArray) -> NDArray:
    return points // np.gcd.reduce(points)


_fractions: Callable[..., NDArray] = np.frompyfunc(Fraction, 2, 1)
"""The quotients of two object arrays of integers."""
