"""The one loop over epochs: losses, gradients and updates of one network after the other,
compiled by numba.

Parameters lie in rows whose widths are padded to multiples of four, with neurons whose weights
are zero and stay so; how signals lie, and what may be reordered, says `networks.kernels`. Sums
over the points may be reordered, and products fused into them.

Data are cut into tiles, which stay in the cache on their way through a network. Each point has a
share in the loss, which is 0 for what was added to fill the last tile. What has one input, or one
output, has one axis less: loops are compiled for the axes that there are.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..._core.compiling import compiled
from ...networks.kernels import block, column, four, fused, plain, residuals, rows, signals, summed
from ..dropout import FIRST, GOLDEN, SECOND


class Data(NamedTuple):
    """`x` (1 or models, tiles, tile) or (1 or models, tiles, inputs, tile), `y` (models, tiles,
    tile) or (models, tiles, outputs, tile), and the points' shares in the loss (tiles, tile)."""

    x: Any
    y: Any
    share: Any


class Batches(NamedTuple):
    """Points by updates, if `size` points of an update is not 0: the `order` of the points in each
    epoch (epochs, 1 or models, points), and all of them, `x` and `y` as in `Data`, without tiles.
    Of an update's squares the mean counts, or the `total`."""

    order: Any
    x: Any
    y: Any
    size: int
    total: bool


class Schedule(NamedTuple):
    """So many `epochs` from `epoch` on, of `last` in the end. At every `every`-th epoch, if that is
    not 0, the loss is recorded; times `scale` it is the mean square, and where that changes by
    less than `stop` from one record to the next, a member is finished."""

    epochs: int
    epoch: int
    last: int
    every: int
    stop: float
    scale: Any


class Records(NamedTuple):
    """Of each member: the losses before updates, `history` (models, records), the `loss` in the
    end (models,), and after how many epochs it was `finished` (models,), at first `last`."""

    history: Any
    loss: Any
    finished: Any


class Rule(NamedTuple):
    """How to update: by the running means `m` and `v`, (models, parameters), with Adam's constants,
    or by plain descent, where these are empty."""

    adam: bool
    m: Any
    v: Any
    beta1: float
    beta2: float
    eps: float


class Restraint(NamedTuple):
    """A regularizer: weight decay, L1 and the scale of dropout in the rows of `strengths`; its
    keys and thresholds in those of `keys`. If `every` is not 0, there is a look at the `held`
    points at every `every`-th epoch, and the rows of `best` are the parameters with the `least`
    loss there, (models, 1)."""

    strengths: Any
    keys: Any
    held: Data
    best: Any
    least: Any
    every: int


class Manifold(NamedTuple):
    """Where the rows to be moved are peaks, and the weights follow: `frames`, rows of (sign, low,
    width, alpha, beta); whether the ratios are `derived` from the peaks and a closing number, or
    stand in the rows themselves; and how far from 0 and 1 peaks and closing are kept."""

    frames: Any
    depth: int
    derived: bool
    margin: Any


@plain
def _add(g, at, a0, a1, a2, a3):
    g[at] += a0
    g[at + 1] += a1
    g[at + 2] += a2
    g[at + 3] += a3


@summed
def _weight_gradient(g, at, stride, bias, E, o, H, i, first, zero):
    """Products of four errors with four signals, summed over the points;
    with the `first` signals, also the sums of the errors."""
    a00 = a01 = a02 = a03 = a10 = a11 = a12 = a13 = a20 = a21 = a22 = a23 = a30 = a31 = a32 = (
        a33
    ) = zero
    b0 = b1 = b2 = b3 = zero
    for j in range(H.shape[1]):
        u0, u1, u2, u3 = column(H, i, j)
        d0, d1, d2, d3 = column(E, o, j)
        a00 += d0 * u0
        a01 += d0 * u1
        a02 += d0 * u2
        a03 += d0 * u3
        a10 += d1 * u0
        a11 += d1 * u1
        a12 += d1 * u2
        a13 += d1 * u3
        a20 += d2 * u0
        a21 += d2 * u1
        a22 += d2 * u2
        a23 += d2 * u3
        a30 += d3 * u0
        a31 += d3 * u1
        a32 += d3 * u2
        a33 += d3 * u3
        b0 += d0
        b1 += d1
        b2 += d2
        b3 += d3
    _add(g, at, a00, a01, a02, a03)
    _add(g, at + stride, a10, a11, a12, a13)
    _add(g, at + 2 * stride, a20, a21, a22, a23)
    _add(g, at + 3 * stride, a30, a31, a32, a33)
    if first:
        _add(g, bias, b0, b1, b2, b3)


@fused
def _backward(w, at, stride, E, o, H, i, f, more, last, zero):
    """Four errors, rows of `E` from `o`, through the transposed weights into rows from `f`;
    with the last of them, zero where the signal's ReLU is at rest."""
    (a00, a01, a02, a03), (a10, a11, a12, a13), (a20, a21, a22, a23), (a30, a31, a32, a33) = block(
        w, at, stride
    )
    if more:
        for j in range(H.shape[1]):
            d0, d1, d2, d3 = column(E, o, j)
            E[f, j] = E[f, j] + a00 * d0 + a10 * d1 + a20 * d2 + a30 * d3
            E[f + 1, j] = E[f + 1, j] + a01 * d0 + a11 * d1 + a21 * d2 + a31 * d3
            E[f + 2, j] = E[f + 2, j] + a02 * d0 + a12 * d1 + a22 * d2 + a32 * d3
            E[f + 3, j] = E[f + 3, j] + a03 * d0 + a13 * d1 + a23 * d2 + a33 * d3
    elif not last:
        for j in range(H.shape[1]):
            d0, d1, d2, d3 = column(E, o, j)
            E[f, j] = a00 * d0 + a10 * d1 + a20 * d2 + a30 * d3
            E[f + 1, j] = a01 * d0 + a11 * d1 + a21 * d2 + a31 * d3
            E[f + 2, j] = a02 * d0 + a12 * d1 + a22 * d2 + a32 * d3
            E[f + 3, j] = a03 * d0 + a13 * d1 + a23 * d2 + a33 * d3
    else:
        for j in range(H.shape[1]):
            d0, d1, d2, d3 = column(E, o, j)
            s0 = a00 * d0 + a10 * d1 + a20 * d2 + a30 * d3
            s1 = a01 * d0 + a11 * d1 + a21 * d2 + a31 * d3
            s2 = a02 * d0 + a12 * d1 + a22 * d2 + a32 * d3
            s3 = a03 * d0 + a13 * d1 + a23 * d2 + a33 * d3
            E[f, j] = s0 if H[i, j] > zero else zero
            E[f + 1, j] = s1 if H[i + 1, j] > zero else zero
            E[f + 2, j] = s2 if H[i + 2, j] > zero else zero
            E[f + 3, j] = s3 if H[i + 3, j] > zero else zero
    if more and last:
        for k in range(4):
            for j in range(H.shape[1]):
                E[f + k, j] = E[f + k, j] if H[i + k, j] > zero else zero


@plain
def _enlarge(E, row, width, scale):
    for i in range(row, row + width if scale > 1 else row):
        for j in range(E.shape[1]):
            E[i, j] *= scale


@summed
def _squares(r, share, zero):
    total = zero
    if r.ndim == 1:
        for j in range(r.shape[0]):
            total += share[j] * r[j] * r[j]
    else:
        for k in range(r.shape[0]):
            for j in range(r.shape[1]):
                total += share[j] * r[k, j] * r[k, j]
    return total


@summed
def _last_gradient(w, g, at, row, r, H, E, o, zero):
    """The gradient of four weights of a single output, and the errors before it."""
    a0, a1, a2, a3 = four(w, at)
    g0 = g1 = g2 = g3 = zero
    for j in range(H.shape[1]):
        h0, h1, h2, h3 = column(H, row, j)
        g0 += r[j] * h0
        g1 += r[j] * h1
        g2 += r[j] * h2
        g3 += r[j] * h3
        E[o, j] = a0 * r[j] if h0 > zero else zero
        E[o + 1, j] = a1 * r[j] if h1 > zero else zero
        E[o + 2, j] = a2 * r[j] if h2 > zero else zero
        E[o + 3, j] = a3 * r[j] if h3 > zero else zero
    _add(g, at, g0, g1, g2, g3)


@summed
def _first_gradient(g, bias, o, x, E, e, zero):
    """The gradient of four weights of the first layer, of one input, and of their biases."""
    a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = zero
    for j in range(E.shape[1]):
        d0, d1, d2, d3 = column(E, e, j)
        a0 += d0 * x[j]
        a1 += d1 * x[j]
        a2 += d2 * x[j]
        a3 += d3 * x[j]
        b0 += d0
        b1 += d1
        b2 += d2
        b3 += d3
    _add(g, o, a0, a1, a2, a3)
    _add(g, bias + o, b0, b1, b2, b3)


@summed
def _weight_gradients(g, at, inputs, width, E, here, H, row, zero):
    """The gradients of a layer's weights, from the errors after it and the signals before."""
    for o in range(0, width, 4):
        for i in range(0, inputs, 4):
            place, bias = at + o * inputs + i, at + width * inputs + o
            _weight_gradient(g, place, inputs, bias, E, here + o, H, row + i, i == 0, zero)


@summed
def _through(w, g, at, inputs, width, E, here, there, H, row, zero):
    """A layer's gradients, and the errors before it: rows of `E` from `there`."""
    for o in range(0, width, 4):
        for i in range(0, inputs, 4):
            place, bias = at + o * inputs + i, at + width * inputs + o
            first, more, last = i == 0, o > 0, o + 4 == width
            _weight_gradient(g, place, inputs, bias, E, here + o, H, row + i, first, zero)
            _backward(w, place, inputs, E, here + o, H, row + i, there + i, more, last, zero)


@summed
def _loss_and_gradient(w, g, widths, x, y, share, H, E, r, kept, scale, zero):
    """The sum of the squares, each by its share; its gradient, over two, is added to `g`.
    With dropout, `kept` is `scale` or 0; without, it is None, or `scale` 1."""
    at, row = signals(w, widths, x, H, kept, scale, zero)
    residuals(w, widths, at, row, y, H, r)
    total, width, most, here = _squares(r, share, zero), widths[-2], E.shape[0] // 2, 0
    if y.ndim == 1:
        sum_ = zero
        for j in range(r.shape[0]):
            r[j] *= share[j]
            sum_ += r[j]
        g[at + width] += sum_
        for i in range(0, width, 4):
            _last_gradient(w, g, at + i, row + i, r, H, E, i, zero)
    else:
        here = most
        for k in range(widths[-1]):
            for j in range(E.shape[1]):
                E[here + k, j] = r[k, j] * share[j] if k < len(y) else zero
        _through(w, g, at, width, widths[-1], E, here, 0, H, row, zero)
        here = 0
    if kept is not None:
        _enlarge(E, 0, width, scale)
    for layer in range(len(widths) - 2, 1, -1):
        inputs, width = widths[layer - 1], widths[layer]
        at -= width * (inputs + 1)
        row -= inputs
        there = most - here
        _through(w, g, at, inputs, width, E, here, there, H, row, zero)
        if kept is not None:
            _enlarge(E, there, inputs, scale)
        here = there
    if x.ndim == 1:
        for o in range(0, widths[1], 4):
            _first_gradient(g, widths[1], o, x, E, here + o, zero)
    else:
        _weight_gradients(g, 0, widths[0], widths[1], E, here, H, 0, zero)
    return total


@summed
def _all_loss(w, widths, x, y, share, H, r, zero):
    total = zero
    for t in range(len(share)):
        at, row = signals(w, widths, x[t], H, None, zero, zero)
        residuals(w, widths, at, row, y[t], H, r)
        total += _squares(r, share[t], zero)
    return total


@summed
def _step(q, g, m, v, rate, count, rule, constants):
    """One update of the parameters `q`; `constants` is room for six numbers of their dtype."""
    if not rule.adam:
        for i in range(len(q)):
            q[i] -= rate[i] * g[i]
        return
    # In the parameters' dtype, or else every operation below would be in float64.
    constants[0], constants[1] = 1 - rule.beta1, 1 - rule.beta2
    constants[2], constants[3] = rule.beta2, rule.eps
    constants[4] = 1 / (1 - rule.beta1**count)
    constants[5] = 1 / np.sqrt(1 - rule.beta2**count)
    first, second, kept, eps = constants[0], constants[1], constants[2], constants[3]
    scale, root = constants[4], constants[5]
    for i in range(len(q)):
        m[i] += first * (g[i] - m[i])
        v[i] = kept * v[i] + second * g[i] * g[i]
        q[i] -= rate[i] * scale * m[i] / (np.sqrt(v[i]) * root + eps)


@plain
def _take(data, numbers, to):
    """The points of these numbers, (points,) or (rows, points)."""
    if data.ndim == 1:
        for j in range(len(numbers)):
            to[j] = data[numbers[j]]
    else:
        for i in range(len(data)):
            for j in range(len(numbers)):
                to[i, j] = data[i, numbers[j]]


@summed
def _gather(order, x, y, start, stop, each, xs, ys, share, numbers):
    """The points of an update, into tiles; the last of them fills up."""
    tile = share.shape[1]
    for t in range(len(share)):
        for j in range(tile):
            place = start + t * tile + j
            numbers[t, j] = order[min(place, stop - 1)]
            share[t, j] = each if place < stop else 0
        _take(x, numbers[t], xs[t])
        _take(y, numbers[t], ys[t])


@plain
def _mix(z):
    """`dropout.mix`."""
    z = (z ^ (z >> np.uint64(30))) * FIRST
    z = (z ^ (z >> np.uint64(27))) * SECOND
    return z ^ (z >> np.uint64(31))


@plain
def _masks(kept, row, widths, key, update, numbers, threshold, scale, zero):
    """`dropout.kept` for one network: `scale` where a signal is kept, 0 where it is not."""
    own = _mix(key + np.uint64(update + 1) * GOLDEN)
    for layer in range(len(widths) - 2):
        for neuron in range(widths[layer + 1]):
            base = (
                (np.uint64(layer) << np.uint64(48))
                + (np.uint64(neuron) << np.uint64(32))
                + np.uint64(1)
            )
            for j in range(len(numbers)):
                kept[row, j] = (
                    scale
                    if _mix(own + (base + numbers[j]) * GOLDEN) >> np.uint64(11) >= threshold
                    else zero
                )
            row += 1


@summed
def _penalize(g, q, decay, l1, zero):
    for i in range(len(q)):
        g[i] += decay * q[i] + (l1 if q[i] > zero else -l1 if q[i] < zero else zero)


@summed
def _look(q, best, least, k, widths, held, H, r, zero):
    """Keep `q` if no earlier look at the held-out points was as good."""
    loss = _all_loss(q, widths, held.x[k], held.y[k], held.share, H, r, zero)
    if loss < least[k, 0]:
        least[k, 0] = loss
        best[k, :] = q


@summed
def _scales_of(q, ratios, sign, depth, derived):
    """The ratios, given or derived by (4)."""
    for i in range(depth):
        ratios[i] = ((1 - q[i]) if i or sign > 0 else q[i]) * q[i + 1] if derived else q[depth + i]


@summed
def _fill(w, q, ratios, frame, depth):
    """`manifold.fill` for one network."""
    sign, low, width, alpha, beta = frame[0], frame[1], frame[2], frame[3], frame[4]
    start = -low / width
    for k in range(3):
        w[k], w[4 + k] = 1 / width, start
    w[6] -= q[0]
    w[7] = 1
    for i in range(depth):
        rise = ratios[i] / q[i]
        fall = -rise / (1 - q[i])
        at = 8 + 20 * i
        w[at] = 1
        w[at + 1], w[at + 2] = sign * rise, sign * fall
        if i < depth - 1:
            w[at + 5], w[at + 6], w[at + 9], w[at + 10] = rise, fall, rise, fall
            w[at + 11], w[at + 15] = -ratios[i] * q[i + 1], ratios[i]
        else:
            w[at], w[at + 1], w[at + 2], w[at + 4] = beta, beta * w[at + 1], beta * w[at + 2], alpha


@summed
def _pull_back(g, to, q, ratios, frame, depth, derived, zero):
    """`manifold.pull_back` for one network, from the gradient `g` of the weights to that of the
    peaks and of the rest, in `to`."""
    sign, beta_line = frame[0], frame[4]
    to[:] = zero
    to[0] -= g[6]
    for i in range(depth):
        at = 8 + 20 * i
        if i < depth - 1:
            to_rise = sign * g[at + 1] + g[at + 5] + g[at + 9]
            to_fall = sign * g[at + 2] + g[at + 6] + g[at + 10]
            to_ratio = g[at + 15] - q[i + 1] * g[at + 11]
            to[i + 1] -= ratios[i] * g[at + 11]
        else:
            to_rise, to_fall, to_ratio = (
                beta_line * sign * g[at + 1],
                beta_line * sign * g[at + 2],
                zero,
            )
        rise = 1 / q[i]
        fall = -rise / (1 - q[i])
        to_ratio += to_rise * rise + to_fall * fall
        to[i] += ratios[i] * (to_fall * (1 - 2 * q[i]) * fall * fall - to_rise * rise * rise)
        if derived:
            to[i] -= (1 if i else sign) * to_ratio * q[i + 1]
            to[i + 1] += to_ratio * ((1 - q[i]) if i or sign > 0 else q[i])
        else:
            to[depth + i] = to_ratio


@summed
def _follow(w, q, ratios, frame, manifold):
    """The weights of the peaks `q`, into `w`, and their ratios."""
    _scales_of(q, ratios, frame[0], manifold.depth, manifold.derived)
    _fill(w, q, ratios, frame, manifold.depth)


@plain
def _settled(history, k, record, schedule):
    """Whether the loss has changed by less than `stop` since the record before."""
    if not schedule.stop > 0 or record == 0:
        return False
    before, now = history[k, record - 1] * schedule.scale, history[k, record] * schedule.scale
    return abs(np.float64(now) - np.float64(before)) < schedule.stop


@compiled(kept=True, fastmath=False, nogil=True)
def descend(theta, rate, widths, data, batches, schedule, records, rule, restraint, manifold):
    """Move the rows of `theta` on by some epochs: the parameters of networks, or with `manifold`
    peaks. `rate` is one learning rate a parameter, `widths` are (inputs, hidden widths, outputs),
    and `restraint` and `manifold` may be None; not both are given."""
    x, y, share, order = data.x, data.y, data.share, batches.order
    epochs, epoch, every = schedule.epochs, schedule.epoch, schedule.every
    history, loss, finished, m, v = records.history, records.loss, records.finished, rule.m, rule.v
    zero, constants = theta.dtype.type(0), np.zeros(6, theta.dtype)
    outputs, tile = y.size // (len(y) * share.size), share.shape[1]
    H, E = np.empty((rows(widths), tile), x.dtype), np.empty((2 * max(widths[1:]), tile), x.dtype)
    r, batch = np.empty(y.shape[2:], x.dtype), batches.size
    points = order.shape[2]
    updates, tiles = (-(-points // batch), -(-batch // tile)) if batch else (1, 0)
    xs, ys = np.empty((tiles, *x.shape[2:]), x.dtype), np.empty((tiles, *y.shape[2:]), x.dtype)
    shares, some = np.empty((tiles, tile), x.dtype), np.empty((tiles, tile), np.uint64)
    if manifold is not None:
        depth, margin = manifold.depth, manifold.margin
        bounded = theta.shape[1] if manifold.derived else depth
        weights, g = np.zeros((2, 13 + 20 * (depth - 1)), x.dtype)
        to, ratios = np.empty(theta.shape[1], x.dtype), np.empty(depth, x.dtype)
    else:
        g = np.empty(theta.shape[1], x.dtype)
    if restraint is not None:
        kept, held = np.empty(H.shape, x.dtype), restraint.held
        hidden = widths[0] if widths[0] > 1 else 0
        everything = np.arange(share.size).astype(np.uint64).reshape(share.shape)
    else:
        kept, scale = None, zero
    # Where the loss is not that of all points and the whole network, it takes a pass of its own.
    apart = batch > 0 or schedule.stop > 0
    if restraint is not None:
        apart = True
    for k in range(len(theta)):
        if finished[k] < schedule.last:
            continue
        q, xk, yk = theta[k], x[k % len(x)], y[k]
        if manifold is not None:
            w, frame = weights, manifold.frames[k]
            _follow(w, q, ratios, frame, manifold)
        else:
            w = q
        if restraint is not None:
            strengths, keys = restraint.strengths, restraint.keys
            decay, l1, scale = strengths[k, 0], strengths[k, 1], strengths[k, 2]
            key, threshold = keys[k, 0], keys[k, 1]
        for e in range(epochs + 1):
            now, ending = epoch + e, e == epochs
            record = not ending and every > 0 and now % every == 0
            if ending or (record and apart):
                before = _all_loss(w, widths, xk, yk, share, H, r, zero)
                if record:
                    history[k, now // every] = before
                    if _settled(history, k, now // every, schedule):
                        finished[k], ending = now, True
                if ending:
                    loss[k] = before
            if restraint is not None:
                last = ending and (now == schedule.last or finished[k] == now)
                if restraint.every > 0 and (last or (not ending and now % restraint.every == 0)):
                    _look(q, restraint.best, restraint.least, k, widths, held, H, r, zero)
            if ending:
                break
            for u in range(updates):
                xu, yu, su = xk, yk, share
                if batch:
                    start, stop = u * batch, min(points, (u + 1) * batch)
                    _gather(
                        order[e, k % order.shape[1]],
                        batches.x[k % len(x)],
                        batches.y[k],
                        start,
                        stop,
                        2 if batches.total else 2 / ((stop - start) * outputs),
                        xs,
                        ys,
                        shares,
                        some,
                    )
                    xu, yu, su = xs, ys, shares
                update = now * updates + u
                g[:], before = zero, zero
                for t in range(len(su)):
                    if restraint is not None and scale > 1:
                        at = some[t] if batch else everything[t]
                        _masks(kept, hidden, widths, key, update, at, threshold, scale, zero)
                    before += _loss_and_gradient(
                        w, g, widths, xu[t], yu[t], su[t], H, E, r, kept, scale, zero
                    )
                if restraint is not None:
                    _penalize(g, q, decay, l1, zero)
                elif record and not apart:
                    history[k, now // every] = before
                if manifold is not None:
                    _pull_back(g, to, q, ratios, frame, depth, manifold.derived, zero)
                    _step(q, to, m[k], v[k], rate[k], update + 1, rule, constants)
                    for i in range(bounded):
                        q[i] = (
                            margin if q[i] < margin else 1 - margin if q[i] > 1 - margin else q[i]
                        )
                    _follow(w, q, ratios, frame, manifold)
                else:
                    _step(q, g, m[k], v[k], rate[k], update + 1, rule, constants)
