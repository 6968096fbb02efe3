"""Forward pass, backward pass and update of one network after the other, compiled by numba.

A network's parameters lie in one row, layer by layer: the weights, one row a neuron,
then the biases. Widths are padded to multiples of four with neurons whose weights are zero and
stay so. Signals are rows of points, so that the compiler puts points side by side into a
register; weights are taken four by four, so that what is loaded is used four times.

Sums over the points may be reordered, and products fused into them. In the signals they are not:
product is added to product and the bias comes last, because at a data point on a bend the last
bit decides whether a ReLU is active, and torch's answer is the same only so.
Nothing is assumed about NaN and infinity: a network that diverges shows it.

Rows are named by their index, not handed on as slices:
a slice is counted when it is made and when it is dropped,
and with a few hundred of them an epoch took a third longer.

All of it stands in one file, because numba's cache on disk is renewed when the file of a
compiled loop changes, and not when one of its imports does.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from ..dropout import FIRST, GOLDEN, SECOND
from ..protocol import Adam

_BETA1, _BETA2, _EPS = Adam()

# Inlined by force: functions that stay on their own exist in several versions,
# and which of them runs depends on whether the loop was just compiled or read from disk.
_plain = njit(fastmath=False, error_model="numpy", forceinline=True)
_fused = njit(fastmath={"contract", "nsz"}, error_model="numpy", forceinline=True)
_inner = njit(fastmath={"contract", "nsz", "reassoc"}, error_model="numpy", forceinline=True)
_outer = njit(fastmath=False, error_model="numpy", nogil=True, cache=True)


@_plain
def _positive(t, zero):
    # Not max(): a NaN has to come through.
    return zero if t < zero else t


@_plain
def _four(w, at):
    return w[at], w[at + 1], w[at + 2], w[at + 3]


@_plain
def _block(w, at, stride):
    """Four rows of four weights, `stride` apart."""
    return _four(w, at), _four(w, at + stride), _four(w, at + 2 * stride), _four(w, at + 3 * stride)


@_plain
def _column(H, i, j):
    """Four signals at one point."""
    return H[i, j], H[i + 1, j], H[i + 2, j], H[i + 3, j]


@_plain
def _first(w, bias, o, x, H, zero):
    """Four neurons of the first layer."""
    a0, a1, a2, a3 = _four(w, o)
    b0, b1, b2, b3 = _four(w, bias + o)
    for j in range(H.shape[1]):
        H[o, j] = _positive(a0 * x[j] + b0, zero)
        H[o + 1, j] = _positive(a1 * x[j] + b1, zero)
        H[o + 2, j] = _positive(a2 * x[j] + b2, zero)
        H[o + 3, j] = _positive(a3 * x[j] + b3, zero)


@_plain
def _forward(w, at, stride, bias, H, i, o, first, last, zero):
    """Four outputs, rows of `H` from `o`, from four inputs, rows from `i`;
    on top of what they hold but for the `first` inputs; bias and ReLU come with the `last`."""
    (a00, a01, a02, a03), (a10, a11, a12, a13), (a20, a21, a22, a23), (a30, a31, a32, a33) = _block(
        w, at, stride
    )
    b0, b1, b2, b3 = _four(w, bias)
    if first and last:
        for j in range(H.shape[1]):
            u0, u1, u2, u3 = _column(H, i, j)
            H[o, j] = _positive(a00 * u0 + a01 * u1 + a02 * u2 + a03 * u3 + b0, zero)
            H[o + 1, j] = _positive(a10 * u0 + a11 * u1 + a12 * u2 + a13 * u3 + b1, zero)
            H[o + 2, j] = _positive(a20 * u0 + a21 * u1 + a22 * u2 + a23 * u3 + b2, zero)
            H[o + 3, j] = _positive(a30 * u0 + a31 * u1 + a32 * u2 + a33 * u3 + b3, zero)
    elif first:
        for j in range(H.shape[1]):
            u0, u1, u2, u3 = _column(H, i, j)
            H[o, j] = a00 * u0 + a01 * u1 + a02 * u2 + a03 * u3
            H[o + 1, j] = a10 * u0 + a11 * u1 + a12 * u2 + a13 * u3
            H[o + 2, j] = a20 * u0 + a21 * u1 + a22 * u2 + a23 * u3
            H[o + 3, j] = a30 * u0 + a31 * u1 + a32 * u2 + a33 * u3
    elif last:
        for j in range(H.shape[1]):
            u0, u1, u2, u3 = _column(H, i, j)
            H[o, j] = _positive(H[o, j] + a00 * u0 + a01 * u1 + a02 * u2 + a03 * u3 + b0, zero)
            H[o + 1, j] = _positive(
                H[o + 1, j] + a10 * u0 + a11 * u1 + a12 * u2 + a13 * u3 + b1, zero
            )
            H[o + 2, j] = _positive(
                H[o + 2, j] + a20 * u0 + a21 * u1 + a22 * u2 + a23 * u3 + b2, zero
            )
            H[o + 3, j] = _positive(
                H[o + 3, j] + a30 * u0 + a31 * u1 + a32 * u2 + a33 * u3 + b3, zero
            )
    else:
        for j in range(H.shape[1]):
            u0, u1, u2, u3 = _column(H, i, j)
            H[o, j] = H[o, j] + a00 * u0 + a01 * u1 + a02 * u2 + a03 * u3
            H[o + 1, j] = H[o + 1, j] + a10 * u0 + a11 * u1 + a12 * u2 + a13 * u3
            H[o + 2, j] = H[o + 2, j] + a20 * u0 + a21 * u1 + a22 * u2 + a23 * u3
            H[o + 3, j] = H[o + 3, j] + a30 * u0 + a31 * u1 + a32 * u2 + a33 * u3


@_plain
def _add(g, at, a0, a1, a2, a3):
    g[at] += a0
    g[at + 1] += a1
    g[at + 2] += a2
    g[at + 3] += a3


@_inner
def _weight_gradient(g, at, stride, bias, E, o, H, i, first, zero):
    """Products of four errors with four signals, summed over the points;
    with the `first` signals, also the sums of the errors."""
    a00 = a01 = a02 = a03 = a10 = a11 = a12 = a13 = a20 = a21 = a22 = a23 = a30 = a31 = a32 = (
        a33
    ) = zero
    b0 = b1 = b2 = b3 = zero
    for j in range(H.shape[1]):
        u0, u1, u2, u3 = _column(H, i, j)
        d0, d1, d2, d3 = _column(E, o, j)
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


@_fused
def _backward(w, at, stride, E, o, H, i, f, more, last, zero):
    """Four errors, rows of `E` from `o`, through the transposed weights into rows from `f`;
    with the last of them, zero where the signal's ReLU is at rest."""
    (a00, a01, a02, a03), (a10, a11, a12, a13), (a20, a21, a22, a23), (a30, a31, a32, a33) = _block(
        w, at, stride
    )
    if more:
        for j in range(H.shape[1]):
            d0, d1, d2, d3 = _column(E, o, j)
            E[f, j] = E[f, j] + a00 * d0 + a10 * d1 + a20 * d2 + a30 * d3
            E[f + 1, j] = E[f + 1, j] + a01 * d0 + a11 * d1 + a21 * d2 + a31 * d3
            E[f + 2, j] = E[f + 2, j] + a02 * d0 + a12 * d1 + a22 * d2 + a32 * d3
            E[f + 3, j] = E[f + 3, j] + a03 * d0 + a13 * d1 + a23 * d2 + a33 * d3
    elif not last:
        for j in range(H.shape[1]):
            d0, d1, d2, d3 = _column(E, o, j)
            E[f, j] = a00 * d0 + a10 * d1 + a20 * d2 + a30 * d3
            E[f + 1, j] = a01 * d0 + a11 * d1 + a21 * d2 + a31 * d3
            E[f + 2, j] = a02 * d0 + a12 * d1 + a22 * d2 + a32 * d3
            E[f + 3, j] = a03 * d0 + a13 * d1 + a23 * d2 + a33 * d3
    else:
        for j in range(H.shape[1]):
            d0, d1, d2, d3 = _column(E, o, j)
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


@_plain
def _drop(H, kept, scale, row, width):
    for i in range(row, row + width if scale > 1 else row):
        for j in range(H.shape[1]):
            H[i, j] *= kept[i, j]


@_plain
def _enlarge(E, row, width, scale):
    for i in range(row, row + width if scale > 1 else row):
        for j in range(E.shape[1]):
            E[i, j] *= scale


@_inner
def _signals(w, widths, x, H, kept, scale, zero):
    """The hidden layers' outputs, into the rows of `H`; with dropout, times `kept`.
    Returns where the output layer's weights start, and its inputs' rows."""
    width = widths[0]
    for o in range(0, width, 4):
        _first(w, width, o, x, H, zero)
    if kept is not None:
        _drop(H, kept, scale, 0, width)
    at, row = 2 * width, 0
    for layer in range(1, len(widths)):
        inputs, width = widths[layer - 1], widths[layer]
        to, bias = row + inputs, at + width * inputs
        for o in range(0, width, 4):
            for i in range(0, inputs, 4):
                _forward(
                    w,
                    at + o * inputs + i,
                    inputs,
                    bias + o,
                    H,
                    row + i,
                    to + o,
                    i == 0,
                    i + 4 == inputs,
                    zero,
                )
        if kept is not None:
            _drop(H, kept, scale, to, width)
        at, row = bias + width, to
    return at, row


@_plain
def _residual(w, at, row, width, y, H, r):
    """The output less the data."""
    b = w[at + width]
    for i in range(0, width, 4):
        a0, a1, a2, a3 = _four(w, at + i)
        if i == 0:
            for j in range(H.shape[1]):
                u0, u1, u2, u3 = _column(H, row, j)
                r[j] = a0 * u0 + a1 * u1 + a2 * u2 + a3 * u3
        else:
            for j in range(H.shape[1]):
                u0, u1, u2, u3 = _column(H, row + i, j)
                r[j] = r[j] + a0 * u0 + a1 * u1 + a2 * u2 + a3 * u3
    for j in range(H.shape[1]):
        r[j] = r[j] + b - y[j]


@_inner
def _squares(r, share, zero):
    total = zero
    for j in range(r.shape[0]):
        total += share[j] * r[j] * r[j]
    return total


@_inner
def _last_gradient(w, g, at, row, r, H, E, o, zero):
    """The gradient of four weights of the output layer, and the errors before it."""
    a0, a1, a2, a3 = _four(w, at)
    g0 = g1 = g2 = g3 = zero
    for j in range(H.shape[1]):
        h0, h1, h2, h3 = _column(H, row, j)
        g0 += r[j] * h0
        g1 += r[j] * h1
        g2 += r[j] * h2
        g3 += r[j] * h3
        E[o, j] = a0 * r[j] if h0 > zero else zero
        E[o + 1, j] = a1 * r[j] if h1 > zero else zero
        E[o + 2, j] = a2 * r[j] if h2 > zero else zero
        E[o + 3, j] = a3 * r[j] if h3 > zero else zero
    _add(g, at, g0, g1, g2, g3)


@_inner
def _first_gradient(g, bias, o, x, E, e, zero):
    """The gradient of four weights of the first layer, and of their biases."""
    a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = zero
    for j in range(E.shape[1]):
        d0, d1, d2, d3 = _column(E, e, j)
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


@_inner
def _loss_and_gradient(w, g, widths, x, y, share, H, E, r, kept, scale, zero):
    """The sum of the squares, each by its share; its gradient, over two, is added to `g`.
    With dropout, `kept` is `scale` or 0; without, it is None, or `scale` 1."""
    at, row = _signals(w, widths, x, H, kept, scale, zero)
    width = widths[-1]
    _residual(w, at, row, width, y, H, r)
    total, sum_ = _squares(r, share, zero), zero
    for j in range(r.shape[0]):
        r[j] *= share[j]
        sum_ += r[j]
    g[at + width] += sum_
    most, here = E.shape[0] // 2, 0
    for i in range(0, width, 4):
        _last_gradient(w, g, at + i, row + i, r, H, E, i, zero)
    if kept is not None:
        _enlarge(E, 0, width, scale)
    for layer in range(len(widths) - 1, 0, -1):
        inputs, width = widths[layer - 1], widths[layer]
        at -= width * (inputs + 1)
        row -= inputs
        there = most - here
        for o in range(0, width, 4):
            for i in range(0, inputs, 4):
                block = at + o * inputs + i
                _weight_gradient(
                    g, block, inputs, at + width * inputs + o, E, here + o, H, row + i, i == 0, zero
                )
                _backward(
                    w,
                    block,
                    inputs,
                    E,
                    here + o,
                    H,
                    row + i,
                    there + i,
                    o > 0,
                    o + 4 == width,
                    zero,
                )
        if kept is not None:
            _enlarge(E, there, inputs, scale)
        here = there
    for o in range(0, widths[0], 4):
        _first_gradient(g, widths[0], o, x, E, here + o, zero)
    return total


@_inner
def _all_loss(w, widths, x, y, share, H, r, tile, zero):
    total = zero
    for t in range(0, x.shape[0], tile):
        at, row = _signals(w, widths, x[t : t + tile], H, None, zero, zero)
        _residual(w, at, row, widths[-1], y[t : t + tile], H, r)
        total += _squares(r, share[t : t + tile], zero)
    return total


@_inner
def _step(q, g, m, v, rate, count, adam, constants):
    """One update of the parameters `q`, by Adam or plain gradient descent;
    `constants` is room for six numbers of their dtype."""
    if not adam:
        for i in range(len(q)):
            q[i] -= rate[i] * g[i]
        return
    # In the parameters' dtype, or else every operation below would be in float64.
    constants[0], constants[1], constants[2], constants[3] = 1 - _BETA1, 1 - _BETA2, _BETA2, _EPS
    constants[4], constants[5] = 1 / (1 - _BETA1**count), 1 / np.sqrt(1 - _BETA2**count)
    first, second, kept, eps, scale, root = (
        constants[0],
        constants[1],
        constants[2],
        constants[3],
        constants[4],
        constants[5],
    )
    for i in range(len(q)):
        m[i] += first * (g[i] - m[i])
        v[i] = kept * v[i] + second * g[i] * g[i]
        q[i] -= rate[i] * scale * m[i] / (np.sqrt(v[i]) * root + eps)


@_inner
def _gather(order, x, y, start, stop, xs, ys, share, each):
    for j in range(len(xs)):
        k = order[min(start + j, stop - 1)]
        xs[j], ys[j], share[j] = x[k], y[k], each if start + j < stop else 0


@_inner
def _gradient(w, g, widths, x, y, share, H, E, r, zero):
    g[:] = zero
    tile, total = len(r), zero
    for t in range(0, len(x), tile):
        total += _loss_and_gradient(
            w,
            g,
            widths,
            x[t : t + tile],
            y[t : t + tile],
            share[t : t + tile],
            H,
            E,
            r,
            None,
            zero,
            zero,
        )
    return total


@_outer
def train(
    theta,
    m,
    v,
    rate,
    x,
    y,
    share,
    order,
    batch,
    widths,
    tile,
    epochs,
    epoch,
    every,
    history,
    loss,
    adam,
    total,
):
    """Move the rows of `theta` on by some epochs, from `epoch`.

    `x` and `y` are padded, and `share` is 0 for what was added. With minibatches,
    `batch` points long and in the order of the rows of `order`, (epochs, 1 or models, points),
    the paddings of `x` and `y` are never used. `loss` gets the squares' sum by their shares
    after the last update, and `history` the same before the update of every `every`-th epoch.
    """
    constants = np.zeros(6, x.dtype)
    zero, most = x.dtype.type(0), widths.max()
    g, r = np.empty(theta.shape[1], x.dtype), np.empty(tile, x.dtype)
    H, E = np.empty((widths.sum(), tile), x.dtype), np.empty((2 * most, tile), x.dtype)
    points = order.shape[2]
    updates = -(-points // batch) if batch else 1
    size = -(-batch // tile) * tile
    xs, ys, shares = np.empty(size, x.dtype), np.empty(size, x.dtype), np.empty(size, x.dtype)
    for k in range(len(theta)):
        q, xk, yk = theta[k], x[k % len(x)], y[k]
        for e in range(epochs + 1):
            record = e < epochs and every > 0 and (epoch + e) % every == 0
            if e == epochs or (batch and record):
                before = _all_loss(q, widths, xk, yk, share, H, r, tile, zero)
                if e == epochs:
                    loss[k] = before
                    break
                history[k, (epoch + e) // every] = before
            for u in range(updates):
                xu, yu, su = xk, yk, share
                if batch:
                    stop = min(points, (u + 1) * batch)
                    _gather(
                        order[e, k % order.shape[1]],
                        xk,
                        yk,
                        u * batch,
                        stop,
                        xs,
                        ys,
                        shares,
                        2 if total else 2 / (stop - u * batch),
                    )
                    xu, yu, su = xs, ys, shares
                before = _gradient(q, g, widths, xu, yu, su, H, E, r, zero)
                if record and not batch:
                    history[k, (epoch + e) // every] = before
                _step(q, g, m[k], v[k], rate[k], (epoch + e) * updates + u + 1, adam, constants)


@_plain
def _mix(z):
    """`dropout.mix`."""
    z = (z ^ (z >> np.uint64(30))) * FIRST
    z = (z ^ (z >> np.uint64(27))) * SECOND
    return z ^ (z >> np.uint64(31))


@_plain
def _masks(kept, widths, key, update, numbers, threshold, scale, zero):
    """`dropout.kept` for one network: `scale` where a signal is kept, 0 where it is not."""
    own, row = _mix(key + np.uint64(update + 1) * GOLDEN), 0
    for layer in range(len(widths)):
        for neuron in range(widths[layer]):
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


@_inner
def _dropped_gradient(
    w, g, widths, x, y, share, numbers, key, update, threshold, scale, H, E, r, kept, zero
):
    """`_gradient` of the network that dropout leaves in an update, of all of it if `scale` is 1;
    `numbers` are those of the points."""
    g[:] = zero
    tile = len(r)
    for t in range(0, len(x), tile):
        if scale > 1:
            _masks(kept, widths, key, update, numbers[t : t + tile], threshold, scale, zero)
        _loss_and_gradient(
            w,
            g,
            widths,
            x[t : t + tile],
            y[t : t + tile],
            share[t : t + tile],
            H,
            E,
            r,
            kept,
            scale,
            zero,
        )


@_inner
def _penalize(g, q, decay, l1, zero):
    for i in range(len(q)):
        g[i] += decay * q[i] + (l1 if q[i] > zero else -l1 if q[i] < zero else zero)


@_inner
def _look(q, best, least, k, widths, x, y, share, H, r, tile, zero):
    """Keep `q` if no earlier look at the held-out points was as good."""
    held = _all_loss(q, widths, x, y, share, H, r, tile, zero)
    if held < least[k, 0]:
        least[k, 0] = held
        best[k, :] = q


@_outer
def regularized(
    theta,
    m,
    v,
    rate,
    x,
    y,
    share,
    order,
    batch,
    strengths,
    keys,
    held_x,
    held_y,
    best,
    least,
    held_share,
    look,
    last,
    widths,
    tile,
    epochs,
    epoch,
    every,
    history,
    loss,
    adam,
    total,
):
    """As `train`, with the weight decay, L1, and scale of dropout in a row of `strengths`,
    and dropout's key and threshold in a row of `keys`.

    If `look` is positive, the row of `best` gets the parameters with the least loss on the
    held-out points so far, and `least` that loss; looks are at every `look`-th epoch and after
    the epoch `last`.
    """
    constants = np.zeros(6, x.dtype)
    zero, most = x.dtype.type(0), widths.max()
    g, r = np.empty(theta.shape[1], x.dtype), np.empty(tile, x.dtype)
    H, E, kept = (
        np.empty((widths.sum(), tile), x.dtype),
        np.empty((2 * most, tile), x.dtype),
        np.empty((widths.sum(), tile), x.dtype),
    )
    points = order.shape[2]
    updates = -(-points // batch) if batch else 1
    size = -(-batch // tile) * tile
    xs, ys, shares = np.empty(size, x.dtype), np.empty(size, x.dtype), np.empty(size, x.dtype)
    all_points, some_points = np.arange(x.shape[1]).astype(np.uint64), np.empty(size, np.uint64)
    for k in range(len(theta)):
        q, xk, yk, decay, l1, scale, key, threshold = (
            theta[k],
            x[k % len(x)],
            y[k],
            strengths[k, 0],
            strengths[k, 1],
            strengths[k, 2],
            keys[k, 0],
            keys[k, 1],
        )
        for e in range(epochs + 1):
            if e == epochs or (every > 0 and (epoch + e) % every == 0):
                before = _all_loss(q, widths, xk, yk, share, H, r, tile, zero)
                if e < epochs:
                    history[k, (epoch + e) // every] = before
                else:
                    loss[k] = before
            if look > 0 and ((epoch + e) % look == 0 if e < epochs else epoch + e == last):
                _look(q, best, least, k, widths, held_x[k], held_y[k], held_share, H, r, tile, zero)
            for u in range(updates if e < epochs else 0):
                update = (epoch + e) * updates + u
                xu, yu, su, numbers = xk, yk, share, all_points
                if batch:
                    chosen, start, stop = (
                        order[e, k % order.shape[1]],
                        u * batch,
                        min(points, (u + 1) * batch),
                    )
                    _gather(
                        chosen,
                        xk,
                        yk,
                        start,
                        stop,
                        xs,
                        ys,
                        shares,
                        2 if total else 2 / (stop - start),
                    )
                    for j in range(size):
                        some_points[j] = chosen[min(start + j, stop - 1)]
                    xu, yu, su, numbers = xs, ys, shares, some_points
                _dropped_gradient(
                    q,
                    g,
                    widths,
                    xu,
                    yu,
                    su,
                    numbers,
                    key,
                    update,
                    threshold,
                    scale,
                    H,
                    E,
                    r,
                    kept,
                    zero,
                )
                _penalize(g, q, decay, l1, zero)
                _step(q, g, m[k], v[k], rate[k], update + 1, adam, constants)


@_inner
def _scales_of(q, ratios, sign, depth, derived):
    """The ratios, given or derived by (4)."""
    for i in range(depth):
        ratios[i] = ((1 - q[i]) if i or sign > 0 else q[i]) * q[i + 1] if derived else q[depth + i]


@_inner
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


@_inner
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


@_outer
def pretrain(
    theta,
    m,
    v,
    rate,
    x,
    y,
    share,
    order,
    batch,
    frames,
    depth,
    derived,
    margin,
    tile,
    epochs,
    epoch,
    every,
    history,
    loss,
    adam,
    total,
):
    """As `train`, for rows of peaks, followed by the closing number if the ratios are `derived`,
    or else by the free ratios."""
    constants = np.zeros(6, x.dtype)
    zero, widths = x.dtype.type(0), np.full(depth, 4)
    w, g, to, ratios = (
        np.zeros(13 + 20 * (depth - 1), x.dtype),
        np.empty(13 + 20 * (depth - 1), x.dtype),
        np.empty(theta.shape[1], x.dtype),
        np.empty(depth, x.dtype),
    )
    r, H, E = (
        np.empty(tile, x.dtype),
        np.empty((4 * depth, tile), x.dtype),
        np.empty((8, tile), x.dtype),
    )
    points = order.shape[2]
    updates = -(-points // batch) if batch else 1
    size = -(-batch // tile) * tile
    xs, ys, shares = np.empty(size, x.dtype), np.empty(size, x.dtype), np.empty(size, x.dtype)
    kept = theta.shape[1] if derived else depth
    for k in range(len(theta)):
        q, xk, yk, frame = theta[k], x[k % len(x)], y[k], frames[k]
        for e in range(epochs + 1):
            for u in range(updates):
                _scales_of(q, ratios, frame[0], depth, derived)
                _fill(w, q, ratios, frame, depth)
                record = e < epochs and every > 0 and (epoch + e) % every == 0 and u == 0
                if e == epochs or (batch and record):
                    before = _all_loss(w, widths, xk, yk, share, H, r, tile, zero)
                    if e == epochs:
                        loss[k] = before
                        break
                    history[k, (epoch + e) // every] = before
                xu, yu, su = xk, yk, share
                if batch:
                    stop = min(points, (u + 1) * batch)
                    _gather(
                        order[e, k % order.shape[1]],
                        xk,
                        yk,
                        u * batch,
                        stop,
                        xs,
                        ys,
                        shares,
                        2 if total else 2 / (stop - u * batch),
                    )
                    xu, yu, su = xs, ys, shares
                before = _gradient(w, g, widths, xu, yu, su, H, E, r, zero)
                if record and not batch:
                    history[k, (epoch + e) // every] = before
                _pull_back(g, to, q, ratios, frame, depth, derived, zero)
                _step(q, to, m[k], v[k], rate[k], (epoch + e) * updates + u + 1, adam, constants)
                for i in range(kept):
                    q[i] = margin if q[i] < margin else 1 - margin if q[i] > 1 - margin else q[i]
