"""The forward pass of one network, compiled by numba.

A network's parameters lie in one row, see `packing.Packing`. Signals are rows of points, so that
the compiler puts points side by side into a register; weights are taken four by four, so that
what is loaded is used four times. Where a layer has other widths than multiples of four, neurons
are taken one by one.

Product is added to product and the bias comes last, without reordering, because at a data point
on a bend the last bit decides whether a ReLU is active, and torch's answer is the same only so.
Nothing is assumed about NaN and infinity: a network that diverges shows it.

Rows are named by their index, not handed on as slices:
a slice is counted when it is made and when it is dropped,
and with a few hundred of them an epoch took a third longer.

All of it is inlined by force: functions that stay on their own exist in several versions, and
which of them runs depends on whether the loop was just compiled or read from disk.
"""

from __future__ import annotations

from .._core.compiling import compiled

plain = compiled(fastmath=False, forceinline=True)
"""What rounds as it is written."""
fused = compiled(fastmath={"contract", "nsz"}, forceinline=True)
"""Where products may be fused into sums."""
summed = compiled(fastmath={"contract", "nsz", "reassoc"}, forceinline=True)
"""Where sums may be reordered, too."""


@plain
def positive(t, zero):
    # Not max(): a NaN has to come through.
    return zero if t < zero else t


@plain
def four(w, at):
    return w[at], w[at + 1], w[at + 2], w[at + 3]


@plain
def block(w, at, stride):
    """Four rows of four weights, `stride` apart."""
    return four(w, at), four(w, at + stride), four(w, at + 2 * stride), four(w, at + 3 * stride)


@plain
def column(H, i, j):
    """Four signals at one point."""
    return H[i, j], H[i + 1, j], H[i + 2, j], H[i + 3, j]


@plain
def _first(w, bias, o, x, H, zero):
    """Four neurons of the first layer, of one input."""
    a0, a1, a2, a3 = four(w, o)
    b0, b1, b2, b3 = four(w, bias + o)
    for j in range(H.shape[1]):
        H[o, j] = positive(a0 * x[j] + b0, zero)
        H[o + 1, j] = positive(a1 * x[j] + b1, zero)
        H[o + 2, j] = positive(a2 * x[j] + b2, zero)
        H[o + 3, j] = positive(a3 * x[j] + b3, zero)


@plain
def _forward(w, at, stride, bias, H, i, o, first, last, zero):
    """Four outputs, rows of `H` from `o`, from four inputs, rows from `i`;
    on top of what they hold but for the `first` inputs; bias and ReLU come with the `last`."""
    (a00, a01, a02, a03), (a10, a11, a12, a13), (a20, a21, a22, a23), (a30, a31, a32, a33) = block(
        w, at, stride
    )
    b0, b1, b2, b3 = four(w, bias)
    if first and last:
        for j in range(H.shape[1]):
            u0, u1, u2, u3 = column(H, i, j)
            H[o, j] = positive(a00 * u0 + a01 * u1 + a02 * u2 + a03 * u3 + b0, zero)
            H[o + 1, j] = positive(a10 * u0 + a11 * u1 + a12 * u2 + a13 * u3 + b1, zero)
            H[o + 2, j] = positive(a20 * u0 + a21 * u1 + a22 * u2 + a23 * u3 + b2, zero)
            H[o + 3, j] = positive(a30 * u0 + a31 * u1 + a32 * u2 + a33 * u3 + b3, zero)
    elif first:
        for j in range(H.shape[1]):
            u0, u1, u2, u3 = column(H, i, j)
            H[o, j] = a00 * u0 + a01 * u1 + a02 * u2 + a03 * u3
            H[o + 1, j] = a10 * u0 + a11 * u1 + a12 * u2 + a13 * u3
            H[o + 2, j] = a20 * u0 + a21 * u1 + a22 * u2 + a23 * u3
            H[o + 3, j] = a30 * u0 + a31 * u1 + a32 * u2 + a33 * u3
    elif last:
        for j in range(H.shape[1]):
            u0, u1, u2, u3 = column(H, i, j)
            H[o, j] = positive(H[o, j] + a00 * u0 + a01 * u1 + a02 * u2 + a03 * u3 + b0, zero)
            H[o + 1, j] = positive(
                H[o + 1, j] + a10 * u0 + a11 * u1 + a12 * u2 + a13 * u3 + b1, zero
            )
            H[o + 2, j] = positive(
                H[o + 2, j] + a20 * u0 + a21 * u1 + a22 * u2 + a23 * u3 + b2, zero
            )
            H[o + 3, j] = positive(
                H[o + 3, j] + a30 * u0 + a31 * u1 + a32 * u2 + a33 * u3 + b3, zero
            )
    else:
        for j in range(H.shape[1]):
            u0, u1, u2, u3 = column(H, i, j)
            H[o, j] = H[o, j] + a00 * u0 + a01 * u1 + a02 * u2 + a03 * u3
            H[o + 1, j] = H[o + 1, j] + a10 * u0 + a11 * u1 + a12 * u2 + a13 * u3
            H[o + 2, j] = H[o + 2, j] + a20 * u0 + a21 * u1 + a22 * u2 + a23 * u3
            H[o + 3, j] = H[o + 3, j] + a30 * u0 + a31 * u1 + a32 * u2 + a33 * u3


@plain
def _one(w, at, bias, inputs, H, row, o, zero):
    """One neuron, row `o` of `H`, from the rows from `row`."""
    for j in range(H.shape[1]):
        H[o, j] = w[at] * H[row, j]
    for i in range(1, inputs):
        for j in range(H.shape[1]):
            H[o, j] += w[at + i] * H[row + i, j]
    for j in range(H.shape[1]):
        H[o, j] = positive(H[o, j] + w[bias], zero)


@plain
def _drop(H, kept, scale, row, width):
    for i in range(row, row + width if scale > 1 else row):
        for j in range(H.shape[1]):
            H[i, j] *= kept[i, j]


@plain
def rows(widths):
    """How many rows the signals of a network of these widths take: those of its hidden layers,
    and of its inputs if there are several."""
    total = widths[0] if widths[0] > 1 else 0
    for layer in range(1, len(widths) - 1):
        total += widths[layer]
    return total


@summed
def signals(w, widths, x, H, kept, scale, zero):
    """The hidden layers' outputs, into the rows of `H`; with dropout, times `kept`, of the same
    rows, if `scale` is more than 1, and else `kept` is None.

    `widths` are (inputs, hidden widths, outputs). Points `x` of one input are (points,); of
    several, (inputs, points), and they go into the first rows of `H`. `zero` is 0 of the weights'
    dtype.
    Returns where the output layer's weights start, and its inputs' rows.
    """
    if x.ndim == 1:
        width = widths[1]
        for o in range(0, width - width % 4, 4):
            _first(w, width, o, x, H, zero)
        for o in range(width - width % 4, width):
            for j in range(H.shape[1]):
                H[o, j] = positive(w[o] * x[j] + w[width + o], zero)
        if kept is not None:
            _drop(H, kept, scale, 0, width)
        at, row, start = 2 * width, 0, 2
    else:
        for i in range(widths[0]):
            for j in range(H.shape[1]):
                H[i, j] = x[i, j]
        at, row, start = 0, 0, 1
    for layer in range(start, len(widths) - 1):
        inputs, width = widths[layer - 1], widths[layer]
        to, bias = row + inputs, at + width * inputs
        blocks = width - width % 4 if inputs % 4 == 0 else 0
        for o in range(0, blocks, 4):
            for i in range(0, inputs, 4):
                place, last = at + o * inputs + i, i + 4 == inputs
                _forward(w, place, inputs, bias + o, H, row + i, to + o, i == 0, last, zero)
        for o in range(blocks, width):
            _one(w, at + o * inputs, bias + o, inputs, H, row, to + o, zero)
        if kept is not None:
            _drop(H, kept, scale, to, width)
        at, row = bias + width, to
    return at, row


@plain
def _sums(w, at, width, H, row, r):
    """Sums of the rows of `H` from `row`, times the weights at `at`, into `r`."""
    blocks = width - width % 4
    for i in range(0, blocks, 4):
        a0, a1, a2, a3 = four(w, at + i)
        if i == 0:
            for j in range(H.shape[1]):
                u0, u1, u2, u3 = column(H, row, j)
                r[j] = a0 * u0 + a1 * u1 + a2 * u2 + a3 * u3
        else:
            for j in range(H.shape[1]):
                u0, u1, u2, u3 = column(H, row + i, j)
                r[j] = r[j] + a0 * u0 + a1 * u1 + a2 * u2 + a3 * u3
    if blocks == 0:
        for j in range(H.shape[1]):
            r[j] = w[at] * H[row, j]
    for i in range(max(blocks, 1), width):
        for j in range(H.shape[1]):
            r[j] += w[at + i] * H[row + i, j]


@plain
def residuals(w, widths, at, row, y, H, r):
    """The outputs less the data `y` into `r`, both (points,), or of several outputs (outputs,
    points). The last layer's weights stand at `at`, and its inputs are rows of `H` from `row`."""
    width = widths[-2]
    if y.ndim == 1:
        _sums(w, at, width, H, row, r)
        bias = w[at + width]
        for j in range(H.shape[1]):
            r[j] = r[j] + bias - y[j]
    else:
        for k in range(len(y)):
            _sums(w, at + k * width, width, H, row, r[k])
            bias = w[at + widths[-1] * width + k]
            for j in range(H.shape[1]):
                r[k, j] = r[k, j] + bias - y[k, j]
