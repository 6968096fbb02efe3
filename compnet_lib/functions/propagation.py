"""Breakpoints through the layers of one network, in floats, compiled by numba.

Signals stand in rows, one a knot. Nothing is fused or reordered,
so the last bit does not depend on the machine, and a network gives the same alone and in a
stack. For networks of `Fraction` there is :mod:`compnet_lib._rationals`.
What is compiled on top of it stands here too, since numba's cache on disk is renewed when the
file of a function changes, and not when one of its imports does.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_compiled = njit(cache=True, error_model="numpy")

COLUMNS = 8
"""What `describe` finds of a signal: least, most, sign, crossings, bends, monotone, copies,
constant; see `insides`."""


@_compiled
def propagate(parameters, widths):
    """Knots, values there, and the slopes before the first knot and after the last.

    `parameters` are those of one network, layer by layer,
    the weights row by row and then the biases; `widths` are 1, those of the hidden layers,
    and 1.
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
        weights = parameters[at : at + out * into].reshape((out, into))
        bias = parameters[at + out * into : at + out * into + out]
        at += out * into + out
        # All crossings are knots now, so a tail on which a neuron is positive is the one along
        # which it rises outwards.
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
    """Whether signal `i` changes its sign inside a piece; piece k ends at knot k,
    the first and the last are the tails."""
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
    """Put a knot among the `filled` first, in order, and return how many there are then.
    They come nearly in order: it is a step or two from the end.

    Where two knots coincide the old one stays, or else the first.
    After an overflow a crossing may have no position, and gets no knot.
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


@_compiled
def mattering(x, y, limit):
    """`_polyline.mattering`, which says what it is."""
    size = len(x)
    kept, seen = np.ones(size, np.bool_), np.zeros(size, np.int64)
    before, after = np.arange(-1, size - 1), np.arange(1, size + 1)
    height = np.empty_like(x)
    height[0] = height[-1] = np.inf
    look, going = np.arange(1, size - 1), np.empty(size, np.int64)
    looks, rounds = size - 2, 0
    while looks > 0:
        rounds += 1
        for i in look[:looks]:
            a, b = before[i], after[i]
            left, right = x[i] - x[a], x[b] - x[i]
            height[i] = abs((y[i] - y[a]) * right - (y[b] - y[i]) * left) / (left + right)
        goes = 0
        for i in look[:looks]:
            if height[i] <= limit and (
                limit == 0 or (height[i] < height[before[i]] and height[i] <= height[after[i]])
            ):
                going[goes] = i
                goes += 1
        for i in going[:goes]:
            kept[i] = False
            after[before[i]], before[after[i]] = after[i], before[i]
        # Only beside a point that went something has changed: up to the second neighbour,
        # who is compared with the first.
        looks = 0
        for i in going[:goes]:
            a, b = before[i], after[i]
            for j in (before[a], a, b, after[b]):
                if 0 < j < size - 1 and kept[j] and seen[j] < rounds:
                    seen[j] = rounds
                    look[looks] = j
                    looks += 1
    return kept


@_compiled
def neurons(parameters, widths, low, high, tol, rim):
    """The signals of all neurons of a stack, and its outputs, described as by `describe`:
    (models, neurons + 1, `COLUMNS`). `parameters` is a row for each network."""
    found = np.empty((len(parameters), widths[1:].sum(), COLUMNS))
    for i in range(len(parameters)):
        _member(parameters[i], widths, low[i], high[i], tol, rim, found[i])
    return found


@_compiled
def _member(parameters, widths, low, high, tol, rim, found):
    knots = np.array([low, high])
    signals = knots.copy().reshape((2, 1))
    at = filled = 0
    for layer in range(1, len(widths)):
        into, out = widths[layer - 1], widths[layer]
        if layer > 1:
            # Without slopes there are no crossings outside the interval.
            knots, signals = _with_crossings(knots, signals, np.zeros((2, into)))
            for k in range(len(knots)):
                for i in range(into):
                    signals[k, i] = _positive(signals[k, i])
        weights = parameters[at : at + out * into].reshape((out, into))
        bias = parameters[at + out * into : at + out * into + out]
        at += out * into + out
        signals = _affine(signals, weights, bias)
        for j in range(out):
            y = signals[:, j].copy()
            limit = tol * np.abs(y).max()
            describe(y, limit, rim, found[filled])
            found[filled, 4] = mattering(knots, y, limit).sum() - 2
            filled += 1


@_compiled
def describe(y, limit, rim, found):
    """All but the bends of a signal with the values `y` at its knots, written to `found`."""
    least = most = y[0]
    rise = fall = y[0] * 0
    side = crossings = 0
    for v in y:
        least, most = min(least, v), max(most, v)
        rise, fall = max(rise, v - least), max(fall, most - v)
        now = 1 if v > limit else -1 if v < -limit else 0
        if now != 0:
            crossings += now == -side
            side = now
    bottom, top = max(least, y[0] * 0), max(most, y[0] * 0)
    room = (top - bottom) * rim
    place = copies = 0
    if top - bottom > limit:
        for v in y:
            now = 1 if v >= top - room else -1 if v <= bottom + room else 0
            if now != 0:
                copies += now == -place
                place = now
    found[0], found[1] = least, most
    found[2] = -1 if most <= limit else 1 if least >= -limit else 0
    found[3] = crossings
    found[5] = rise <= limit or fall <= limit
    found[6] = copies
    found[7] = most - least <= limit
