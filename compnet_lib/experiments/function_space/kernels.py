"""Stochastic descent with batch normalization of one hidden layer on the line, compiled.

With one input, normalizing a neuron's input $wx+b$ over a batch gives $t(x-\\bar x)$ with
$t=w/\\sqrt{w^2V+\\epsilon}$: its bias drops out. The sums over a batch may be reordered.
"""

import numpy as np

from ..._core.compiling import compiled

EPSILON = 1e-5
"""Added to a variance, as PyTorch does."""


@compiled(kept=True, nogil=True, fastmath={"reassoc"})
def descend_normalized(x, y, order, size, rate, w, gain, shift, out, bias):
    """All updates of one network, in place: w, gain, shift and out are (neurons,), bias (1,).
    `order` has the points' order for each epoch, (epochs, points); a batch has `size` of them,
    the last one of an epoch what is left. Descended is the mean of the squares over a batch."""
    one, two = x.dtype.type(1), x.dtype.type(2)
    epsilon = x.dtype.type(EPSILON)
    u, miss, signal = np.empty(size, x.dtype), np.empty(size, x.dtype), np.empty(size, x.dtype)
    for epoch in range(len(order)):
        for first in range(0, len(x), size):
            count = min(size, len(x) - first)
            share = one / x.dtype.type(count)
            mean = x.dtype.type(0)
            for n in range(count):
                u[n] = x[order[epoch, first + n]]
                mean += u[n] * share
                miss[n] = bias[0] - y[order[epoch, first + n]]
            spread = x.dtype.type(0)
            for n in range(count):
                u[n] -= mean
                spread += u[n] * u[n] * share
            for i in range(len(w)):
                a = gain[i] * w[i] / np.sqrt(w[i] * w[i] * spread + epsilon)
                for n in range(count):
                    miss[n] += out[i] * max(a * u[n] + shift[i], x.dtype.type(0))
            total = x.dtype.type(0)
            for n in range(count):
                miss[n] *= two * share
                total += miss[n]
            bias[0] -= rate * total
            for i in range(len(w)):
                root = np.sqrt(w[i] * w[i] * spread + epsilon)
                t, v = w[i] / root, out[i]
                on, along, through = x.dtype.type(0), x.dtype.type(0), x.dtype.type(0)
                for n in range(count):
                    signal[n] = gain[i] * t * u[n] + shift[i]
                for n in range(count):
                    e = miss[n] if signal[n] > 0 else x.dtype.type(0)
                    on += e
                    along += e * u[n]
                    through += e * signal[n]
                out[i] = v - rate * through
                shift[i] -= rate * v * on
                w[i] -= rate * v * gain[i] * along * epsilon / (root * root * root)
                gain[i] -= rate * v * t * along
