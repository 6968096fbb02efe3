"""Breakpoints through the layers of one network, in floats, compiled by numba.

Signals stand in rows, one a knot. Nothing is fused or reordered, so the last bit does not depend on the machine, and a network gives the same alone and in a
stack. For networks of `Fraction` there is :mod:`compnet_lib._rationals`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_compiled = njit(cache=True, error_model="numpy")


@_compiled
def propagate(parameters, widths):
    """Knots, values there, and the slopes before the first knot and after the last.

    `parameters` are those of one network, layer by layer, the weights row by row and then the biases; `widths` are 1, those of the hidden layers, and 1.
    """
    width = widths[1]
    knots, signals, slopes = np.zeros(1), np.empty((1, width)), np.empty((2, width))
    for i in range(width):
        slopes[0, i] = slopes[1, i] = parameters[i]
        signals[0, i] = parameters[width + i]
    at = 2 * width
    for layer in range(2, len(widths)):
        into, out = widths[layer - 1], widths[layer]
        knots, signals = _with_crossings(knots, signals, slopes)
        weights = parameters[at:at + out * into].reshape((out, into))
        bias = parameters[at + out * into:at + out * into + out]
        at += out * into + out
        # All crossings are knots now, so a tail on which a neuron is positive is the one along which it rises outwards.
        for i in range(into):
            slopes[0, i] = -_positive(-slopes[0, i])
            slopes[1, i] = _positive(slopes[1, i])
        for k in range(len(knots)):
            for i in range(into):
                signals[k, i] = _positive(signals[k, i])
        signals, slopes = _affine(signals, weights, bias), _affine(slopes, weights, np.zeros(out))
    return knots, signals[:, 0].copy(), slopes[:, 0].copy()


@_compiled
def _positive(t):
    # Not max(): what has overflown, even to minus infinity, has to come through.
    return 0 * t if t <= 0 else t


@_compiled
def _affine(rows, weights, bias):
    out, into = weights.shape
    found = np.empty((len(rows), out))
    for k in range(len(rows)):
        for j in range(out):
            total = 0.0
            for i in range(into):
                total += weights[j, i] * rows[k, i]
            found[k, j] = total + bias[j]
    return found


@_compiled
def _with_crossings(knots, signals, slopes):
    """Add a knot wherever a signal crosses zero between knots or outside them."""
    size, width = signals.shape
    room = size
    for piece in range(size + 1):
        for i in range(width):
            room += _crosses(signals, slopes, piece, i)
    found, rows, row = np.empty(room), np.empty((room, width)), np.empty(width)
    filled = 0
    for piece in range(size + 1):
        for i in range(width):
            if _crosses(signals, slopes, piece, i):
                position = _crossing(knots, signals, slopes, piece, i, row)
                filled = _insert(found, rows, filled, position, row, False)
        if piece < size:
            for i in range(width):
                row[i] = signals[piece, i]
            filled = _insert(found, rows, filled, knots[piece], row, True)
    return found[:filled], rows[:filled]


@_compiled
def _crosses(signals, slopes, piece, i):
    """Whether signal `i` changes its sign inside a piece; piece k ends at knot k, the first and the last are the tails."""
    if piece == 0:
        return slopes[0, i] * signals[0, i] > 0
    if piece == len(signals):
        return slopes[1, i] * signals[-1, i] < 0
    a, b = signals[piece - 1, i], signals[piece, i]
    return (a < 0 and b > 0) or (a > 0 and b < 0)


@_compiled
def _crossing(knots, signals, slopes, piece, i, row):
    """Where signal `i` crosses zero inside a piece; all signals there are written to `row`."""
    width = len(row)
    if 0 < piece < len(knots):
        share = signals[piece - 1, i] / (signals[piece - 1, i] - signals[piece, i])
        position = knots[piece - 1] + share * (knots[piece] - knots[piece - 1])
        for j in range(width):
            row[j] = signals[piece - 1, j] + share * (signals[piece, j] - signals[piece - 1, j])
    else:
        end, side = (0, 0) if piece == 0 else (-1, 1)
        step = -signals[end, i] / slopes[side, i]
        position = knots[end] + step
        for j in range(width):
            row[j] = signals[end, j] + slopes[side, j] * step
    row[i] = 0.0
    return position


@_compiled
def _insert(knots, rows, filled, position, row, old):
    """Put a knot among the `filled` first, in order, and return how many there are then. They come nearly in order: it is a step or two from the end.

    Where two knots coincide the old one stays, or else the first. After an overflow a crossing may have no position, and gets no knot.
    """
    if np.isnan(position):
        return filled
    k = filled
    while k > 0 and knots[k - 1] > position:
        k -= 1
    there = k > 0 and knots[k - 1] == position
    if there and not old:
        return filled
    if there:
        k -= 1
    else:
        for m in range(filled, k, -1):
            knots[m] = knots[m - 1]
            for i in range(len(row)):
                rows[m, i] = rows[m - 1, i]
        filled += 1
    knots[k] = position
    for i in range(len(row)):
        rows[k, i] = row[i]
    return filled
