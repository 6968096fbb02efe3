"""Three parametrizations, bends and sums over paths, on random networks in rational numbers."""

from fractions import Fraction as Q
from itertools import product
from math import prod

import numpy as np
from helpers.statements import Statements

import compnet_lib as cn
from compnet_book.exact import rational_nets

states = Statements()
TINY = Q(1, 10**30)


def random_net(peaks, widths, over=7):
    rng = np.random.default_rng([peak.numerator for peak in peaks])
    return rational_nets(rng, 1, widths, over)


def values(net, x, layer=None, neuron=None, more=Q(0)):
    """Inputs of every layer at x, by plain sums; `more` is added to the output of one neuron."""
    h, found = [x], []
    for n, (w, b) in enumerate(zip(net.weights, net.biases)):
        z = [sum(v * a for v, a in zip(row, h)) + offset for row, offset in zip(w[0], b[0])]
        found.append(z)
        h = [max(v, Q(0)) for v in z]
        if n == layer:
            h[neuron] += more
    return found


def change_of_slope(net, x):
    """Of the output at x, which must be more than TINY from the next bend."""
    left, at, right = (values(net, x + step)[-1][0] for step in (-TINY, Q(0), TINY))
    return (left - 2 * at + right) / TINY


@states(
    "F-eq1-3",
    "prop-three",
    right=lambda s, mu: s * mu,
    sign=lambda s, mu: mu,
    factor=lambda s, mu: 2 * s * mu,
    index=lambda s, mu: s * abs(mu),
)
def changes_of_slope(formula, peaks):
    net = random_net(peaks, [1, 5, 1], 9973)
    for w, b, v in zip(net.weights[0][0, :, 0], net.biases[0][0], net.weights[1][0, 0]):
        s = 1 if w > 0 else -1
        if change_of_slope(net, -b / w) != formula(s, w * v):
            return False
    return True


def sums(deltas, sign):
    return sorted(
        sign * sum((d for d, taken in zip(deltas, some) if taken), Q(0))
        for some in product([0, 1], repeat=len(deltas))
    )


@states(
    "prop-back",
    right=lambda deltas: sums(deltas, -1),
    sign=lambda deltas: sums(deltas, 1),
    factor=lambda deltas: [2 * m for m in sums(deltas, -1)],
    index=lambda deltas: sums([*deltas[1:], Q(0)], -1),
)
def slopes_at_the_left(formula, peaks):
    """Of all networks with one neuron for each bend, whichever way they face."""
    places, deltas = np.array(peaks[:4]) + np.arange(4), [a - b for a, b in zip(peaks, peaks[4:8])]
    if not all(deltas):
        return formula(deltas) is not None
    found = []
    for faces in product([1, -1], repeat=4):
        w = np.array([[[Q(face)] for face in faces]])
        v = np.array([[deltas]])
        net = cn.ReLUNet([w, v], [-w[:, :, 0] * places, None])
        (function,) = cn.piecewise_linear(net)
        assert (function.simplify().delta_slopes == deltas).all()
        found.append(function.left)
    return sorted(found) == formula(deltas)


@states(
    "F-def1",
    "thm-delta-slopes",
    right=lambda slope, gain: abs(slope) * gain,
    sign=lambda slope, gain: slope * gain,
    factor=lambda slope, gain: 2 * abs(slope) * gain,
    index=lambda slope, gain: abs(slope * gain),
)
def bends_of_deep_networks(formula, peaks):
    """The derivative by a neuron's output is what a small change of it makes."""
    net = random_net(peaks, [1, 3, 3, 3, 1], 9973)
    for x, layer, neuron, degenerate in entries(net):
        before, after = (values(net, x + step)[layer][neuron] for step in (-TINY, TINY))
        shifted = values(net, x, layer, neuron, TINY)[-1][0]
        gain = (shifted - values(net, x)[-1][0]) / TINY
        if not degenerate and change_of_slope(net, x) != formula((after - before) / 2 / TINY, gain):
            return False
    return True


def entries(net):
    (found,) = cn.to_breakpoints(net)
    return zip(found.breakpoints, found.layer, found.neuron, found.degenerate)


@states(
    "thm-delta-slopes",
    right=lambda on, slopes, gain: (on[1] - on[0]) * (slopes[0] + slopes[1]) / 2 * gain,
    sign=lambda on, slopes, gain: (on[0] - on[1]) * (slopes[0] + slopes[1]) / 2 * gain,
    index=lambda on, slopes, gain: (on[1] - on[0]) * slopes[1] * gain,
    factor=lambda on, slopes, gain: (on[1] - on[0]) * (slopes[0] + slopes[1]) * gain,
)
def bends_of_degenerate_breakpoints(formula, peaks):
    """In networks of small whole numbers, where they are many."""
    net = random_net(peaks, [1, 4, 4, 4, 1], 1)
    total = {}
    for x, layer, neuron, _ in entries(net):
        sides = [values(net, x + step) for step in (-TINY, Q(0), TINY)]
        slopes = [(b[layer][neuron] - a[layer][neuron]) / TINY for a, b in zip(sides, sides[1:])]
        on = [int(side[layer][neuron] > 0) for side in sides[::2]]
        gain = Q(0)
        for path in product(range(4), repeat=2 - layer):
            steps = zip(net.weights[layer + 1 :], [neuron, *path], [*path, 0])
            shares = (
                Q(sum(side[layer + 1 + n][k] > 0 for side in sides[::2]), 2)
                for n, k in enumerate(path)
            )
            gain += prod((w[0, k, j] for w, j, k in steps), start=prod(shares, start=Q(1)))
        total[x] = total.get(x, 0) + formula(on, slopes, gain)
    return all(change_of_slope(net, x) == change for x, change in total.items())


def summed(x, slopes, own, biases, times):
    """x times the slopes, the neuron's own bias, and those of earlier ones `times(...)` over."""
    return x * sum(slopes) + own + sum(b * times(paths, ways) for b, paths, ways in biases)


@states(
    "F-sec5.8",
    "thm-paths",
    right=lambda *terms: summed(*terms, lambda paths, ways: sum(paths)),
    printed=lambda *terms: summed(*terms, lambda paths, ways: ways * sum(paths)),
    sign=lambda *terms: summed(*terms, lambda paths, ways: -sum(paths)),
    factor=lambda *terms: summed(*terms, lambda paths, ways: sum(paths) / max(len(paths), 1)),
)
def inputs_as_sums_over_paths(formula, peaks):
    net = random_net(peaks, [1, 4, 4, 4, 1])
    weights = [w[0] for w in net.weights]
    for x in (Q(-3), peaks[0], Q(4)):
        inputs = values(net, x)
        active = [[j for j, z in enumerate(layer) if z > 0] for layer in inputs]

        def products(start, layer, first):
            """Of the weights along the paths from neuron `first` of layer `start` to neuron 0."""
            for rest in product(*active[start + 1 : layer]):
                steps = zip(weights[start + 1 :], [first, *rest], [*rest, 0])
                yield prod((w[k, j] for w, j, k in steps), start=Q(1))

        for layer in (1, 2, 3):
            slopes = [weights[0][j, 0] * w for j in active[0] for w in products(0, layer, j)]
            biases = [
                (net.biases[v][0, j], [*products(v, layer, j)], prod(map(len, active[:v])))
                for v in range(layer)
                for j in active[v]
            ]
            if inputs[layer][0] != formula(x, slopes, net.biases[layer][0, 0], biases):
                return False
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, test_claims_are_covered = states.covering("breakpoints")
