"""Breakpoints through the layers of one network, in floats, compiled.

Signals stand in rows, one a knot. Nothing is fused or reordered, so the last bit does not depend
on the machine, and a network gives the same alone and in a stack. Parameters lie in a row, layer
by layer, the weights row by row and then the biases. For networks of `Fraction` there is
`rationals`.
"""

from typing import Any, NamedTuple

import numpy as np

from .._core.compiling import compiled


class Signal(NamedTuple):
    """What `insides` tells of a signal: numbers, or arrays (models, neurons + 1)."""

    least: Any
    most: Any
    sign: Any
    crossings: Any
    bends: Any
    monotone: Any
    copies: Any
    constant: Any


_LOOK = 2**16
"""Pieces between two looks at the stop sign, a power of two."""


@compiled(kept=True, nogil=True)
def propagate(theta, widths, most, stop):
    """Knots on the whole line, values there, and the slopes before the first knot and after the
    last. `widths` are 1, those of the hidden layers, and 1. No knots if there might be more than
    `most`, or soon after `stop` is set."""
    knots, signals, slopes = start(theta, widths[1], -np.inf, np.inf, False)
    at = 2 * widths[1]
    for layer in range(2, len(widths)):
        knots, signals = with_crossings(knots, signals, slopes, most, stop)
        if not len(knots):
            break
        signals, slopes, at = onward(signals, slopes, theta, at, widths[layer], False)
    return knots, signals[:, 0].copy(), slopes[:, 0].copy()


@compiled(kept=True, nogil=True)
def layered(theta, widths, most, stop):
    """The knots of every hidden layer: those of the layers before it, and where its own signals
    cross zero; the signals there, and their slopes on the two tails. Flat arrays, layer after
    layer, and how many knots each has. No knots if there might be more than `most`, or soon after
    `stop` is set."""
    hidden = len(widths) - 2
    counts, kept = np.zeros(hidden, np.int64), []
    all_slopes = np.empty(2 * widths[1:-1].sum())
    knots, signals, slopes = start(theta, widths[1], -np.inf, np.inf, False)
    at, filled = 2 * widths[1], 0
    for layer in range(hidden):
        width = widths[layer + 1]
        if layer:
            signals, slopes, at = onward(signals, slopes, theta, at, width, False)
        knots, signals = with_crossings(knots, signals, slopes, most, stop)
        if not len(knots):
            return knots, knots, knots, counts
        counts[layer] = len(knots)
        kept.append((knots, signals.copy()))
        all_slopes[filled : filled + 2 * width] = slopes.ravel()
        filled += 2 * width
    places, rows = np.empty(counts.sum()), np.empty((counts * widths[1:-1]).sum())
    first = begin = 0
    for own, values in kept:
        places[first : first + len(own)] = own
        rows[begin : begin + values.size] = values.ravel()
        first += len(own)
        begin += values.size
    return places, rows, all_slopes, counts


@compiled(forceinline=True)
def start(theta, width, low, high, early):
    """Knots, signals and slopes of the first layer: on [low, high] the ends, without slopes;
    on the whole line 0, with the slopes on its left and on its right."""
    weights, bias = theta[:width].reshape((width, 1)), theta[width : 2 * width]
    knots = np.array([low, high]) if high < np.inf else np.zeros(1)
    slopes = np.empty((0 if high < np.inf else 2, width))
    for side in range(len(slopes)):
        slopes[side] = theta[:width]
    return knots, _affine(knots.reshape((-1, 1)), weights, bias, early), slopes


@compiled(forceinline=True)
def onward(signals, slopes, theta, at, out, early):
    """Signals and slopes of the next layer, at knots that hold all crossings, and where in
    `theta` the layer after it begins.

    `early` adds the bias before the products, as training does, in place of after them:
    that decides the last bit.
    """
    into = signals.shape[1]
    weights = theta[at : at + out * into].reshape((out, into))
    at += out * (into + 1)
    # A tail on which a neuron is positive is the one along which it rises outwards.
    for side in range(len(slopes)):
        outwards = 2 * side - 1
        for i in range(into):
            slopes[side, i] = outwards * _positive(outwards * slopes[side, i])
    for k in range(len(signals)):
        for i in range(into):
            signals[k, i] = _positive(signals[k, i])
    if len(slopes):
        slopes = _affine(slopes, weights, np.zeros(out), early)
    return _affine(signals, weights, theta[at - out : at], early), slopes, at


@compiled(forceinline=True)
def _positive(t):
    # Not max(): what has overflown, even to minus infinity, has to come through.
    return 0 * t if t <= 0 else t


@compiled(forceinline=True)
def _affine(rows, weights, bias, early):
    out, into = weights.shape
    found = np.empty((len(rows), out))
    for j in range(out):
        own = bias[j]
        for k in range(len(rows)):
            total = own if early else 0.0
            for i in range(into):
                total += weights[j, i] * rows[k, i]
            found[k, j] = total if early else total + own
    return found


@compiled(forceinline=True)
def with_crossings(knots, signals, slopes, most, stop):
    """Add a knot wherever a signal crosses zero between knots or on the tails, if there are any.
    Piece k ends at knot k. No knots at all if there might be more than `most`, or if `stop` is
    set."""
    size, width = signals.shape
    tails = len(slopes) > 0
    room = size
    for k in range(1, size):
        for i in range(width):
            room += _changes(signals[k - 1, i], signals[k, i])
    for i in range(width if tails else 0):
        room += _changes(slopes[0, i], -signals[0, i]) + _changes(slopes[1, i], signals[-1, i])
    if room > most:
        return knots[:0], signals[:0]
    found, rows, filled = np.empty(room), np.empty((room, width)), 0
    for piece in range(size + 1):
        if piece & (_LOOK - 1) == 0 and stop[0]:
            return knots[:0], signals[:0]
        if piece:
            # Where an old knot and a new one coincide the old one stays.
            place, filled = _inserted(found, rows, filled, knots[piece - 1])
            for j in range(width):
                rows[place, j] = signals[piece - 1, j]
        near, far = max(piece - 1, 0), min(piece, size - 1)
        side, outside = min(piece, 1), near == far
        if outside and not tails:
            continue
        # On the whole line from the end nearer to 0: bends there may be far out, and must not cost
        # the digits of what is near.
        if tails and abs(knots[far]) < abs(knots[near]):
            near, far = far, near
        length = 1.0 if outside else knots[far] - knots[near]
        for i in range(width):
            here, there = signals[near, i], signals[far, i]
            if outside:
                there = (2 * side - 1) * slopes[side, i]
            if not _changes(here, there):
                continue
            share = -here / slopes[side, i] if outside else here / (here - there)
            position, before = knots[near] + share * length, filled
            if np.isnan(position):  # after an overflow
                continue
            place, filled = _inserted(found, rows, filled, position)
            if filled == before:
                continue
            for j in range(width):
                toward = slopes[side, j] if outside else signals[far, j] - signals[near, j]
                rows[place, j] = signals[near, j] + share * toward
            rows[place, i] = 0.0
    return found[:filled], rows[:filled]


@compiled(forceinline=True)
def _changes(a, b):
    return ((a < 0) & (b > 0)) | ((a > 0) & (b < 0))


@compiled(forceinline=True)
def _inserted(found, rows, filled, position):
    """The place of a knot among the `filled` first, in order, and how many there are then: as many
    as before, if there is one already. They come nearly in order: it is a step or two."""
    place = filled
    while place > 0 and found[place - 1] > position:
        place -= 1
    if place > 0 and found[place - 1] == position:
        return place - 1, filled
    for m in range(filled, place, -1):
        found[m] = found[m - 1]
        for j in range(rows.shape[1]):
            rows[m, j] = rows[m - 1, j]
    found[place] = position
    return place, filled + 1


@compiled(kept=True, nogil=True)
def mattering(x, y, limit):
    """`polyline.mattering`, which says what it is."""
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


@compiled(forceinline=True)
def _value(x, knots, signals, slopes, j):
    """Signal `j` at `x`, to the last bit as `PiecewiseLinear` has it."""
    k = np.searchsorted(knots, x, side="right")
    if k == 0:
        return signals[0, j] + slopes[0, j] * (x - knots[0])
    if k == len(knots):
        return signals[-1, j] + slopes[1, j] * (x - knots[-1])
    slope = (signals[k, j] - signals[k - 1, j]) / (knots[k] - knots[k - 1])
    at = k - 1 if abs(knots[k - 1]) <= abs(knots[k]) else k
    return signals[at, j] + slope * (x - knots[at])


@compiled(kept=True, nogil=True)
def neurons(parameters, widths, low, high, tol, rim, most, stop):
    """The signals of all neurons of a stack, and its outputs, described as by `describe`.
    `parameters` is a row for each network. Nothing is described of a network that might have more
    than `most` knots, or after `stop` is set: the second result says whether all were."""
    shape = len(parameters), widths[1:].sum()
    least, most_of = np.empty(shape), np.empty(shape)
    sign, crossings, bends, copies = np.empty((4, *shape), np.int64)
    monotone, constant = np.empty((2, *shape), np.bool_)
    whole = True
    for m in range(len(parameters)):
        theta, at, n = parameters[m], 2 * widths[1], 0
        knots, signals, slopes = start(theta, widths[1], -np.inf, np.inf, False)
        for layer in range(1, len(widths)):
            if layer > 1:
                knots, signals = with_crossings(knots, signals, slopes, most, stop)
                if not len(knots):
                    whole = False
                    break
                signals, slopes, at = onward(signals, slopes, theta, at, widths[layer], False)
            first = np.searchsorted(knots, low[m], side="right")
            last = max(np.searchsorted(knots, high[m]), first)
            x = np.empty(last - first + 2)
            y = np.empty(len(x))
            x[0], x[-1], x[1:-1] = low[m], high[m], knots[first:last]
            for j in range(widths[layer]):
                y[0] = _value(low[m], knots, signals, slopes, j)
                y[-1] = _value(high[m], knots, signals, slopes, j)
                for k in range(first, last):
                    y[k - first + 1] = signals[k, j]
                limit = tol * np.abs(y).max()
                found = describe(y, mattering(x, y, limit), limit, rim)
                least[m, n], most_of[m, n], sign[m, n] = found.least, found.most, found.sign
                crossings[m, n], bends[m, n] = found.crossings, found.bends
                monotone[m, n], copies[m, n] = found.monotone, found.copies
                constant[m, n] = found.constant
                n += 1
    found = Signal(least, most_of, sign, crossings, bends, monotone, copies, constant)
    return found, whole


@compiled(forceinline=True)
def describe(y, kept, limit, rim):
    """A signal with the values `y` at its knots, of which those in `kept` matter."""
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
    sign = -1 if most <= limit else 1 if least >= -limit else 0
    monotone = rise <= limit or fall <= limit
    constant = most - least <= limit
    return Signal(least, most, sign, crossings, kept.sum() - 2, monotone, copies, constant)
