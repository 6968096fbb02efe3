"""The statements of the chapters on triangle waves and on their weights, number by number."""

from fractions import Fraction as Q
from itertools import pairwise
from math import prod

import numpy as np
from helpers import exact
from helpers.statements import PEAKS, Statements

import compnet_lib as cn
from compnet_book.conditioning import direct_network, sensitivity

states = Statements()
HALVES = [Q(1, 2)] * 6
POINTS = [Q(k, 7) for k in range(8)]


def fold(peaks):
    """Knots of the last wave with its values there: wherever a line crosses the next peak,
    it is broken; then all values are folded."""
    knots = [(Q(0), Q(0)), (Q(1), Q(1))]
    for a in peaks:
        broken = knots[:1]
        for (x, y), (u, v) in pairwise(knots):
            broken += [(x + (a - y) / (v - y) * (u - x), a)] * ((y - a) * (v - a) < 0) + [(u, v)]
        knots = [(x, exact.triangle(y, a)) for x, y in broken]
    return knots


def slopes(knots):
    return [(v - y) / (u - x) for (x, y), (u, v) in pairwise(knots)]


def kinks(knots):
    """The change of slope at each inner knot."""
    rises = slopes(knots)
    return dict(
        zip(
            [x for x, _ in knots[1:-1]],
            [after - before for before, after in pairwise(rises)],
            strict=True,
        )
    )


def tops(peaks):
    return [x for x, y in fold(peaks) if y == 1]


def summed(peaks, sign, scales):
    """Knots of x ± ∑ s_iW_i, which bends nowhere else."""
    return [(x, exact.series(x, peaks, sign, scales)) for x, _ in fold(peaks)]


def yarotsky(n):
    """Knots of f_n, from the recurrence f_n = f_{n-1} - T^n/4^n."""
    if n == 0:
        return [(Q(0), Q(0)), (Q(1), Q(1))]
    before = lambda x: x - sum(w / 4**m for m, w in enumerate(exact.waves(x, HALVES[: n - 1]), 1))
    return [(x, before(x) - w / 4**n) for x, w in fold(HALVES[:n])]


# Triangle waves


@states(
    "C-eq1",
    "def-triangle",
    right=lambda a, i: [1 / a[i], -1 / (1 - a[i])],
    sign=lambda a, i: [1 / a[i], 1 / (1 - a[i])],
    index=lambda a, i: [1 / a[i], -1 / (1 - a[i + 1])],
    factor=lambda a, i: [1 / (2 * a[i]), -1 / (1 - a[i])],
    side=lambda a, i: [1 / (1 - a[i]), -1 / a[i]],
)
def equation_1(formula, peaks):
    """The lines through (0, 0), (a, 1) and (1, 0), and the function's own differences on both
    sides."""
    for i, a in enumerate(peaks[:6]):
        rises = slopes([(x, cn.triangle(x, a)) for x in (Q(0), a / 3, a, (1 + a) / 2, Q(1))])
        if [*formula(peaks, i)] * 2 != [rises[0], rises[2], rises[1], rises[3]]:
            return False
    return True


@states(
    "C-eq2",
    "prop-pieces",
    right=lambda i: (2 ** (i + 1), 2**i),
    index=lambda i: (2 ** (i + 2), 2 ** (i + 1)),
    sign=lambda i: (2 ** (i + 1) - 1, 2**i),
    factor=lambda i: (2 * 2 ** (i + 1), 2**i),
    base=lambda i: (3 ** (i + 1), 3**i),
    peaks=lambda i: (2 ** (i + 1), 2**i + 1),
)
def pieces_and_peaks(formula, peaks):
    """Counted on the folded line; every knot but the ends is a bend,
    and on each piece the wave runs through all of [0, 1]."""
    for i in range(6):
        found = fold(peaks[: i + 1])
        assert [y for _, y in found] == [k % 2 for k in range(len(found))] and 0 not in kinks(
            found
        ).values()
        if formula(i) != (len(slopes(found)), sum(y == 1 for _, y in found)):
            return False
    return True


@states(
    "C-eq2",
    right=lambda i, P, V: P[i] | V[i],
    inside=lambda i, P, V: (P[i] | V[i]) - {0, 1},
    sign=lambda i, P, V: P[i] - V[i],
    index=lambda i, P, V: P[i] | V[i - 1],
    earlier=lambda i, P, V: set().union(*P[:i]),
)
def bends(formula, peaks):
    """P_i and V_i by undoing the triangles; the bends on the line from the slopes of the folded
    one, which goes on as 0 outside [0, 1]."""
    meshes = [exact.valleys(peaks[: i + 1]) for i in range(6)]
    P, V = ([set(points[start::2]) for points in meshes] for start in (1, 0))
    line = lambda i: [(Q(-1), Q(0)), *fold(peaks[: i + 1]), (Q(2), Q(0))]
    return all(
        formula(i, P, V) == {x for x, kink in kinks(line(i)).items() if kink} for i in range(1, 6)
    )


@states(
    "C-fig7",
    right=lambda t, rising: t if rising else 1 - t,
    sign=lambda t, rising: 1 - t if rising else t,
    unmirrored=lambda t, rising: t,
    factor=lambda t, rising: t if rising else 1 - t / 2,
    shift=lambda t, rising: t * t if rising else 1 - t,
)
def figure_7_copies(formula, peaks):
    """Where a piece of W_{i-1} rises, W_i is a copy of T_i, else a mirrored one;
    W_i from the weight identity, T_i by its cases."""
    for i in range(5):
        for (x, y), (u, _) in pairwise(fold(peaks[:i])):
            for t in POINTS:
                if exact.waves(x + t * (u - x), peaks[: i + 1])[-1] != cn.triangle(
                    formula(t, y == 0), peaks[i]
                ):
                    return False
    return True


@states(
    "C-fig7",
    right=lambda i, P, V: V[i] | P[i],
    sign=lambda i, P, V: V[i] - P[i],
    index=lambda i, P, V: V[i] | P[i - 1] if i else V[i],
    all_peaks=lambda i, P, V: set().union(*P[: i + 1]),
)
def figure_7_valleys(formula, peaks):
    """V_{i+1}: peaks become valleys, and valleys stay."""
    folded = [fold(peaks[: i + 1]) for i in range(6)]
    P, V = ([{x for x, y in points if y == level} for points in folded] for level in (1, 0))
    return all(formula(i, P, V) == V[i + 1] == set(exact.valleys(peaks[: i + 1])) for i in range(5))


@states(
    "C-sec2-yarotsky",
    "thm-yarotsky",
    right=lambda n, w: (w - w * w) / 4**n,
    sign=lambda n, w: (w * w - w) / 4**n,
    index=lambda n, w: (w - w * w) / 4 ** (n - 1),
    factor=lambda n, w: (w - w * w) / 2**n,
    power=lambda n, w: (w - w**3) / 4**n,
)
def yarotsky_remainder(formula, peaks):
    """f_n - x², at the drawn numbers."""
    for n in range(1, 6):
        for x in peaks:
            waves = exact.waves(x, HALVES[:n])
            if x - sum(w / 4**m for m, w in enumerate(waves, 1)) - x * x != formula(n, waves[-1]):
                return False
    return True


@states(
    "C-sec2-yarotsky",
    "thm-yarotsky",
    right=lambda n: [Q(1, 4 ** (n + 1)), Q(1, 2**n), Q(1, 30 * 16**n)],
    sign=lambda n: [-Q(1, 4 ** (n + 1)), Q(1, 2**n), Q(1, 30 * 16**n)],
    index=lambda n: [Q(1, 4**n), Q(1, 2**n), Q(1, 30 * 16**n)],
    factor=lambda n: [Q(1, 2 * 4 ** (n + 1)), Q(1, 2**n), Q(1, 30 * 16**n)],
    derivative=lambda n: [Q(1, 4 ** (n + 1)), Q(1, 2 ** (n + 1)), Q(1, 30 * 16**n)],
    mean=lambda n: [Q(1, 4 ** (n + 1)), Q(1, 2**n), Q(1, 15 * 16**n)],
)
def yarotsky_errors(formula, peaks):
    """Largest error, largest error of the derivative, and mean square, from the pieces of f_n:
    a line less x² is extreme where 2x is its slope."""
    for n in range(6):
        largest = steepest = mean = 0
        knots = yarotsky(n)
        for (x, y), (u, _), m in zip(knots, knots[1:], slopes(knots)):
            error = lambda t: y + m * (t - x) - t * t
            largest = max([largest, *(abs(error(t)) for t in (x, min(max(m / 2, x), u), u))])
            steepest = max(steepest, abs(m - 2 * x), abs(m - 2 * u))
            mean += (
                (u - x)
                / 90
                * sum(
                    b * error(x + (u - x) * Q(k, 4)) ** 2 for k, b in enumerate([7, 32, 12, 32, 7])
                )
            )  # Boole's rule, exact to degree 5
        if formula(n) != [largest, steepest, mean]:
            return False
    return True


@states(
    "C-fig1",
    right=lambda n, k: Q(2 * k + 1, 2**n),
    sign=lambda n, k: Q(2 * k - 1, 2**n),
    index=lambda n, k: Q(2 * k + 3, 2**n),
    factor=lambda n, k: Q(2 * k + 1, 2 ** (n + 1)),
    line=lambda n, k: Q(2 * k, 2**n),
)
def figure_1_steps(formula, peaks):
    """The slope of f_n on its k-th cell: that of 2x in the cell's middle."""
    return all(slopes(yarotsky(n)) == [formula(n, k) for k in range(2**n)] for n in range(6))


# Triangles to weights


@states(
    "C-sec3-triangle",
    right=lambda a, i: [1 / a[i], -1 / (a[i] - a[i] ** 2)],
    sign=lambda a, i: [1 / a[i], 1 / (a[i] - a[i] ** 2)],
    index=lambda a, i: [1 / a[i], -1 / (a[i] - a[i] * a[i + 1])],
    factor=lambda a, i: [1 / a[i], -1 / (2 * (a[i] - a[i] ** 2))],
    plus=lambda a, i: [1 / a[i], -1 / (a[i] + a[i] ** 2)],
)
def triangle_from_two_neurons(formula, peaks):
    """The first weight is the first slope; the second is the change of slope at the peak."""
    for i, a in enumerate(peaks[:6]):
        u, v = formula(peaks, i)
        bend = kinks([(Q(0), Q(0)), (a, Q(1)), (Q(1), Q(0))])[a]
        if v != bend or any(
            u * max(x, 0) + v * max(x - a, 0) != cn.triangle(x, a) for x in [*POINTS, a]
        ):
            return False
    return True


def matrix(a, following, S, sign):
    alpha, beta = S / a, -S / (a - a * a)
    return [
        [1, sign * alpha, sign * beta, 0],
        [0, alpha, beta, 0],
        [0, alpha, beta, -S * following],
        [0, 0, 0, S],
    ]


@states(
    "C-sec7.1-weights",
    "thm-weights",
    right=matrix,
    unsigned=lambda a, following, S, sign: matrix(a, following, S, 1),
    sign=lambda a, following, S, sign: matrix(a, following, S, -sign),
    index=lambda a, following, S, sign: matrix(a, a, S, sign),
    factor=lambda a, following, S, sign: matrix(a, following, 2 * S, sign),
    carried=lambda a, following, S, sign: matrix(a, following, S, sign)[:3] + [[0, 0, 0, 1]],
)
def section_7_1(formula, peaks):
    """Signals through I, H_0, H_1, …: the series so far, s W, s max(W-a, 0) and s.
    O is the first row of what would be H_{d-1}. Ratios from (4), and free ones."""
    depth = 4
    for sign in (1, -1):
        derived = exact.scales(peaks[:depth], sign, peaks[depth])
        for s in (derived, [prod(peaks[1 : i + 2]) for i in range(depth)]):
            S = [s[0], *(u / v for v, u in pairwise(s))]
            for x in POINTS:
                signal = [x, x, max(x - peaks[0], 0), Q(1)]
                for i, w in enumerate(exact.waves(x, peaks[:depth])):
                    signal = [
                        sum(map(prod, zip(row, signal)))
                        for row in formula(peaks[i], peaks[i + 1], S[i], sign)
                    ]
                    signal[2] = max(signal[2], 0)
                    if signal != [
                        exact.series(x, peaks[: i + 1], sign, s[: i + 1]),
                        s[i] * w,
                        s[i] * max(w - peaks[i + 1], 0),
                        s[i],
                    ]:
                        return False
    return True


@states(
    "C-sec7.1-weights",
    right=lambda a, i: (1 - a[i]) * a[i + 1],
    sign=lambda a, i: (1 + a[i]) * a[i + 1],
    index=lambda a, i: (1 - a[i + 1]) * a[i],
    factor=lambda a, i: (1 - a[i]) * a[i + 1] / 2,
    closed=lambda a, i: (1 - a[i]) * a[i - 1],
)
def the_last_ratio_needs_one_number_more(formula, peaks):
    """The wave W_i with s_i = s_{i-1} S_i takes the fraction a_{i+1} off each kink that W_{i-1}
    has left: the number after the last peak is needed."""
    for i in range(1, 5):
        s = exact.scales(peaks[:i], 1, peaks[i])
        before, after = (
            kinks(summed(peaks[: i + n], 1, s + [s[-1] * formula(peaks, i)] * n)) for n in (0, 1)
        )
        if any(after[x] != (1 - peaks[i + 1]) * before[x] for x in tops(peaks[:i])):
            return False
    return True


@states(
    "thm-weights",
    "C-sec7.1-weights",
    right=lambda a, n: prod(1 - a[m] for m in range(1, n + 1)),
    sign=lambda a, n: prod(1 + a[m] for m in range(1, n + 1)),
    index=lambda a, n: prod(1 - a[m] for m in range(n)),
    shorter=lambda a, n: prod(1 - a[m] for m in range(1, n)),
    factor=lambda a, n: prod(1 - a[m] for m in range(1, n + 1)) / 2,
)
def slope_at_zero(formula, peaks):
    """Of x - ∑_{i<n} s_iW_i. It is convex and starts at 0, so that the sum neuron never clips."""
    for n in range(1, 6):
        knots = summed(peaks[:n], -1, exact.scales(peaks[:n], -1, peaks[n]))
        rises = slopes(knots)
        assert rises == sorted(rises) and min(y for _, y in knots) == 0
        if formula(peaks, n) != rises[0]:
            return False
    return True


def test_no_network_of_equation_4_clips():
    for peaks in PEAKS:
        net = cn.compositional(peaks[:6], -1, peaks[6])
        signals = [exact.forward(net, 0, x) for x in exact.valleys(peaks[:6])]
        assert all(layer[0] >= 0 for layers in signals for layer in layers[:-1])


@states(
    "C-fig2",
    right=lambda a, i: -1 / (1 - a[i]),
    sign=lambda a, i: 1 / (1 - a[i]),
    index=lambda a, i: -1 / (1 - a[i + 1]),
    factor=lambda a, i: -2 / (1 - a[i]),
    other=lambda a, i: -1 / a[i],
)
def figure_2_proportion(formula, peaks):
    """What every neuron takes of t_2 for one of t_1: the change of slope at the peak by the
    slope before it. Read off the library's weights."""
    depth = 5
    for i, weights in enumerate(cn.compositional(peaks[:depth], -1, peaks[depth]).weights[1:]):
        taken = {row[2] / row[1] for row in weights[0] if row[1] or row[2]}
        if taken != {formula(peaks, i)}:
            return False
    return len(taken) == 1


@states(
    "C-fig3",
    "C-sec3-conditioning",
    right=lambda a, w, s: [s * w, s * max(w - a[0], 0), s],
    sign=lambda a, w, s: [s * w, s * max(a[0] - w, 0), s],
    index=lambda a, w, s: [s * w, s * max(w - a[1], 0), s],
    factor=lambda a, w, s: [s * w, 2 * s * max(w - a[0], 0), s],
    unscaled=lambda a, w, s: [s * w, s * max(w - a[0], 0), 1],
    constant=lambda a, w, s: [s * w, max(s * w - a[0], 0), s],
)
def figure_3_signals(formula, peaks):
    """t_1, t_2 and the bias neuron of each layer, propagated neuron by neuron:
    t_1 - t_2 is the constant s a_i where t_2 is active."""
    depth = 5
    net, s = (
        cn.compositional(peaks[:depth], -1, peaks[depth]),
        [1, *exact.scales(peaks[:depth], -1, peaks[depth])],
    )
    for x in [*POINTS, *peaks]:
        waves = [x, *exact.waves(x, peaks[:depth])]
        for i, signal in enumerate(exact.forward(net, 0, x)[:-1]):
            t1, t2, bias = (max(v, 0) for v in signal[1:])
            assert t2 == 0 or t1 - t2 == s[i] * peaks[i]
            if formula(peaks[i:], waves[i], s[i]) != [t1, t2, bias]:
                return False
    return True


@states(
    "C-sec3-conditioning",
    right=lambda a, i: [1 / a[i], -1 / (a[i] - a[i] ** 2), -a[i + 1], 1],
    sign=lambda a, i: [1 / a[i], -1 / (a[i] - a[i] ** 2), a[i + 1], 1],
    index=lambda a, i: [1 / a[i], -1 / (a[i] - a[i] ** 2), -a[i], 1],
    factor=lambda a, i: [2 / a[i], -1 / (a[i] - a[i] ** 2), -a[i + 1], 1],
)
def a_layer_is_multiplied_by_its_ratio(formula, peaks):
    """The third and fourth row of H_i are S_i times numbers of the peaks beside it alone;
    S_i from the scales, which fall below a quarter in two steps."""
    depth = 6
    s = exact.scales(peaks[:depth], 1, peaks[depth])
    assert all(4 * later < earlier for earlier, later in zip(s, s[2:]))
    S = [s[0], *(u / v for v, u in pairwise(s))]
    net = cn.compositional(peaks[:depth], 1, peaks[depth])
    return all(
        [*weights[0][2][1:], weights[0][3][3]] == [S[i] * v for v in formula(peaks, i)]
        for i, weights in enumerate(net.weights[1:-1])
    )


@states(
    "prop-regions",
    "C-regions",
    right=lambda d: 2**d,
    index=lambda d: 2 ** (d + 1),
    sign=lambda d: 2**d - 1,
    factor=lambda d: 2 * d,
    base=lambda d: 3**d,
)
def regions(formula, peaks):
    """Changes of slope of the sum, all of one sign; and the breakpoints that the library
    propagates through the weights."""
    for sign in (1, -1):
        for d in range(1, 6):
            changes = kinks(
                summed(peaks[:d], sign, exact.scales(peaks[:d], sign, peaks[d]))
            ).values()
            assert all(-sign * change > 0 for change in changes)
            if (
                not formula(d)
                == len(changes) + 1
                == cn.linear_regions(cn.compositional(peaks[:d], sign, peaks[d]))[0]
            ):
                return False
    return True


@states(
    "prop-regions",
    right=lambda a, i, d: prod(1 - a[m] for m in range(i + 2, d + 1)),
    sign=lambda a, i, d: -prod(1 - a[m] for m in range(i + 2, d + 1)),
    index=lambda a, i, d: prod(1 - a[m] for m in range(i + 1, d + 1)),
    last=lambda a, i, d: prod(1 - a[m] for m in range(i + 2, d)),
    factor=lambda a, i, d: prod(a[m] for m in range(i + 2, d + 1)),
)
def what_is_left_of_a_kink(formula, peaks):
    """The kink of the sum of d waves at a peak of W_i,
    as a part of what s_iW_i makes there alone."""
    for d in range(1, 6):
        s = exact.scales(peaks[:d], 1, peaks[d])
        left = kinks(summed(peaks[:d], 1, s))
        for i in range(d):
            alone = kinks(fold(peaks[: i + 1]))
            if any(left[x] != s[i] * alone[x] * formula(peaks, i, d) for x in tops(peaks[: i + 1])):
                return False
    return True


@states(
    "C-regions",
    right=lambda d: 2**d,
    index=lambda d: 2 ** (d + 1),
    sign=lambda d: 2**d - 1,
    factor=lambda d: 2 * d,
)
def patterns_of_free_ratios(formula, peaks):
    """Which of t_1, t_2 and the bias neurons are active, neuron by neuron, at one point of each
    cell, for positive ratios that follow no rule and may clip the sum."""
    for d in range(2, 5):
        net = cn.compositional(peaks[:d], -1, ratios=[1 / a for a in peaks[3 : 3 + d]])
        ends = exact.valleys(peaks[:d])
        found = set()
        for u, v in pairwise(ends):
            signals = exact.forward(net, 0, (u + v) / 2)[:-1]
            found.add(tuple(value > 0 for layer in signals for value in layer[1:]))
        if len(found) != formula(d):
            return False
    return True


@states(
    "C-regions",
    right=lambda a: 1 - a[1],
    sign=lambda a: 1 + a[1],
    index=lambda a: 1 - a[0],
    factor=lambda a: (1 - a[1]) / 2,
    other=lambda a: a[1],
)
def free_scales_cancel_a_bend(formula, peaks):
    """With s_1 = (1-a_1)s_0 the bend at the peak of W_0 is gone: three regions,
    two of them neighbours with one line."""
    for first in (Q(1), Q(1, 3)):
        left = kinks(summed(peaks[:2], 1, [first, first * formula(peaks)]))
        if [x for x, kink in left.items() if kink == 0] != [peaks[0]]:
            return False
        assert (
            cn.linear_regions(cn.compositional(peaks[:2], 1, ratios=[first, formula(peaks)]))[0]
            == 3
        )
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, test_claims_are_covered = states.covering(
    "triangle_waves", "triangles_to_weights"
)


def test_printed_examples():
    """The page's counterexample, and the printed matrices under subtraction at one point."""
    halves = [Q(1, 2)] * 2
    assert kinks(summed(halves, 1, [Q(1), Q(1, 2)])) == {Q(1, 4): -4, Q(1, 2): 0, Q(3, 4): -4}
    (I, H, O), b, _ = exact.matrices(halves, [Q(1, 4), Q(1, 4)], 1)
    x = Q(1, 2)
    signal = [max(w * x + c, 0) for (w,), c in zip(I, b)]
    signal = [max(sum(map(prod, zip(row, signal))), 0) for row in H]
    assert (
        sum(map(prod, zip(O[0], signal)))
        == x + Q(1, 4)
        != exact.series(x, halves, -1, [Q(1, 4), Q(1, 16)])
    )


def test_only_the_slope_tells_scales_from_ratios():
    """With all peaks at 1/2 a unit added to s_i/a_i adds W_{i-1}, of slope 2^i, i = 0, ..., 7; in
    the network of ratios it adds s_{i-1}W_{i-1}, of slope 2^{-i}."""
    halves, x = [Q(1, 2)] * 8, [Q(1, 3)]
    direct = sensitivity(direct_network(halves, -1, Q(1, 2)), x)
    ratios = sensitivity(cn.compositional(halves, -1), x)
    slopes = {name: abs(by.slopes[:, 0]) for name, by in (("direct", direct), ("ratios", ratios))}
    assert slopes["direct"].max() == 2**7 and slopes["ratios"].max() <= 2
    sizes = [np.linalg.norm(by.values.astype(float)) for by in (direct, ratios)]
    assert sizes[0] < 2 * sizes[1]


def test_a_negative_ratio_stops_the_wave():
    """The signals s W and s must not be negative, before the last layer:
    the ReLU that clips is then not the first neuron's."""
    peaks, s = [Q(1, 2)] * 3, Q(1, 4)
    same = lambda ratios: (
        cn.compositional(peaks, 1, ratios=ratios)(POINTS)[0].tolist()
        == [cn.series(x, peaks, 1, ratios=ratios) for x in POINTS]
    )
    assert not same([s, -s, s]) and same([s, s, -s])


def test_a_large_first_scale_clips_and_adds_a_region():
    """With (4) but s_0 > a_0a_1 the subtracted sum has 2^d regions, the network one more."""
    peaks, ratios = [Q(1, 3), Q(3, 4), Q(2, 5)], [Q(1, 2), Q(1, 10), Q(3, 10)]
    assert ratios[0] > peaks[0] * peaks[1] and all(
        kinks(summed(peaks, -1, [prod(ratios[: i + 1]) for i in range(3)])).values()
    )
    assert cn.linear_regions(cn.compositional(peaks, -1, ratios=ratios))[0] == 9
