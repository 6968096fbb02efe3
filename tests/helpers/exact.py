"""The papers' formulas once more, spelled out one number at a time,
and the inputs that the tests draw."""

from fractions import Fraction
from itertools import product

import numpy as np
from hypothesis import strategies as st

rationals = st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20)
signs = st.sampled_from([1, -1])


def rational_peaks(low=1, high=4):
    return st.lists(rationals, min_size=low, max_size=high)


def float_peaks(low=1, high=12):
    return st.lists(st.floats(0.05, 0.95), min_size=low, max_size=high)


def objects(values):
    """An object array of Fractions; nested lists give more axes."""
    return np.vectorize(Fraction, otypes=[object])(np.array(values, dtype=object))


def triangle(x, a):
    """The weight identity of section 3, T = x/a - relu(x-a)/(a-a²)."""
    return x / a - max(x - a, 0) / (a - a * a)


def waves(x, peaks):
    found = []
    for a in peaks:
        x = triangle(x, a)
        found.append(x)
    return found


def scales(peaks, sign, closing):
    """The closed form of (7), s_n = C a_{n+1} ∏_{j≤n} a_j(1-a_j),
    with C = 1/a_0 for sums and 1/(1-a_0) for differences."""
    found, total = [], 1 / (peaks[0] if sign > 0 else 1 - peaks[0])
    for a, following in zip(peaks, [*peaks[1:], closing]):
        total *= a * (1 - a)
        found.append(total * following)
    return found


def series(x, peaks, sign, scales):
    return x + sign * sum(s * w for s, w in zip(scales, waves(x, peaks)))


def valleys(peaks):
    """V_d: where the wave after the last is zero, by undoing one triangle after the other."""
    return sorted(
        {undo(y, branch, peaks) for y in (0, 1) for branch in product((0, 1), repeat=len(peaks))}
    )


def slopes(points, values):
    """From each point to the next."""
    return [(v - u) / (y - x) for x, y, u, v in zip(points, points[1:], values, values[1:])]


def undo(y, branch, peaks):
    for a, right in zip(reversed(peaks), branch):
        y = 1 - (1 - a) * y if right else a * y
    return y


def forward(net, member, x):
    """All signals of one member at one point, neuron by neuron."""
    signals, h = [], [x]
    for layer, (w, b) in enumerate(zip(net.weights, net.biases)):
        if layer:
            h = [max(v, 0) for v in h]
        h = [
            sum(w[member, j, k] * h[k] for k in range(len(h))) + (0 if b is None else b[member, j])
            for j in range(w.shape[1])
        ]
        signals.append(h)
    return signals


def matrices(a, S, sign, line=(0, 1), interval=(0, 1), stack=np.array):
    """Section 7.1 as printed, for one member: I, b, H_0, …, H_{d-2} and O,
    and the output's bias. `stack` makes arrays of nested lists."""
    zero = a[0] * 0
    alpha, beta = [s / p for s, p in zip(S, a)], [-s / (p - p * p) for s, p in zip(S, a)]
    low, width = interval[0], interval[1] - interval[0]
    I = [[zero + 1 / width], [zero + 1 / width], [zero + 1 / width], [zero]]
    b = [zero - low / width, zero - low / width, -low / width - a[0], zero + 1]
    H = [
        [
            [zero + 1, sign * p, sign * q, zero],
            [zero, p, q, zero],
            [zero, p, q, -s * following],
            [zero, zero, zero, s],
        ]
        for p, q, s, following in zip(alpha, beta, S, a[1:])
    ]
    O = [[zero + line[1], line[1] * sign * alpha[-1], line[1] * sign * beta[-1], zero]]
    return [stack(I), *map(stack, H), stack(O)], stack(b), stack([zero + line[0]])


def random_net(rng, models, widths, dtype=np.float64, biased=None):
    """A stack of normal weights; `biased` says which layers have a bias, all by default."""
    from compnet_lib import ReLUNet

    shape = [1, *widths, 1]
    biased = biased or [True] * (len(shape) - 1)
    weights = [
        rng.normal(size=(models, out, into)).astype(dtype) for into, out in zip(shape, shape[1:])
    ]
    biases = [
        rng.normal(size=(models, out)).astype(dtype) if b else None
        for out, b in zip(shape[1:], biased)
    ]
    return ReLUNet(weights, biases)


def rational_net(rng, widths, biased=None):
    """One member with small rational weights, zero among them."""
    from compnet_lib import ReLUNet

    shape = [1, *widths, 1]
    biased = biased or [True] * (len(shape) - 1)
    draw = lambda *size: objects(rng.integers(-6, 7, size)) / int(rng.integers(1, 5))
    return ReLUNet(
        [draw(1, out, into) for into, out in zip(shape, shape[1:])],
        [draw(1, out) if b else None for out, b in zip(shape[1:], biased)],
    )


def breakpoints(net, member):
    """All zeros of all hidden signals but those that only touch zero, and 0.

    Layer by layer the signals are computed at the knots so far,
    and at a point outside on either side.
    """
    knots = [Fraction(0)]
    for layer in range(net.depth):
        ends = [knots[0] - 1, *knots, knots[-1] + 1]
        signals = [forward(net, member, x)[layer] for x in ends]
        found = set(knots)
        for n, (u, v) in enumerate(zip(ends, ends[1:])):
            for a, b in zip(signals[n], signals[n + 1]):
                x = u if a == b else u + (v - u) * a / (a - b)
                if a != b and (n == 0 or x > u) and (n == len(knots) or x < v):
                    found.add(x)
        knots = sorted(found)
    return knots


def mattering(x, y, limit):
    """Round by round, each from scratch: which points stay when those go that are at most
    `limit` high, of neighbours the lower first."""
    kept = list(range(len(x)))
    while len(kept) > 2:
        height = [float("inf")]
        for i, j, k in zip(kept, kept[1:], kept[2:]):
            before, after = x[j] - x[i], x[k] - x[j]
            height.append(abs((y[j] - y[i]) * after - (y[k] - y[j]) * before) / (before + after))
        height.append(float("inf"))
        goes = [
            h <= limit and (limit == 0 or (h < low and h <= high))
            for low, h, high in zip(height, height[1:], height[2:])
        ]
        if not any(goes):
            break
        kept = [kept[0], *(k for k, gone in zip(kept[1:], goes) if not gone), kept[-1]]
    stays = set(kept)
    return [i in stays for i in range(len(x))]


def extreme_net(rng, widths, powers):
    """One network of weights and biases from 10^-powers to 10^powers, of either sign:
    some bends lie far out, some near 0."""
    from compnet_lib import ReLUNet

    shape = [1, *widths, 1]
    draw = lambda *size: rng.choice([-1, 1], size) * 10.0 ** rng.uniform(-powers, powers, size)
    return ReLUNet(
        [draw(1, out, into) for into, out in zip(shape, shape[1:])],
        [draw(1, out) if rng.random() < 0.8 else None for out in shape[1:]],
    )


def in_fractions(net):
    """The same networks, exactly."""
    from compnet_lib import ReLUNet

    biases = [None if b is None else objects(b) for b in net.biases]
    return ReLUNet([objects(w) for w in net.weights], biases)


def sums(net, member, x):
    """What is summed up for the output at the points, all of it positive, (points,):
    rounding is relative to it."""
    h = np.abs(x)[None]
    for w, b in zip(net.weights, net.biases):
        h = np.abs(w[member]) @ h + (0 if b is None else np.abs(b[member])[:, None])
    return h[0]
