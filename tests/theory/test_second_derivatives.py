"""Second derivatives and convexity: every statement of the page from the slopes of finite sums
between their bends, and nothing else."""

from bisect import bisect_left
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from math import prod

import pytest
from helpers import exact
from helpers.statements import Statements

import compnet_lib as cn

states = Statements()
UP_TO = 6


@cache
def knots(peaks):
    return exact.valleys(peaks)


@cache
def scales(peaks, first=Fraction(1, 3)):
    """By the recurrence (4); one fewer than there are peaks."""
    found = [first]
    for following, after in zip(peaks[1:], peaks[2:]):
        found.append(found[-1] * (1 - following) * after)
    return tuple(found)


@cache
def staircase(peaks, weights):
    """The bends of the weighted sum of the waves, the ends, and the slopes between them."""
    at = knots(peaks)
    heights = [sum(s * w for s, w in zip(weights, exact.waves(x, peaks))) for x in at]
    return at, exact.slopes(at, heights)


def slopes_beside(x, peaks, weights):
    at, slopes = staircase(peaks, weights)
    place = bisect_left(at, x)
    return slopes[place - 1], slopes[place]


@cache
def derivative(x, peaks):
    """F' at a bend, equation (6): the sum of the waves that do not bend there has one slope."""
    i = generation(x, peaks)
    if i == 0:
        return Fraction(0)
    at, slopes = staircase(peaks[:i], scales(peaks)[:i])
    return slopes[bisect_left(at, x) - 1]


def generation(x, peaks):
    return exact.waves(x, peaks).index(1)


def neighbours(x, level, peaks):
    at = knots(peaks[: level + 1])
    place = bisect_left(at, x)
    return at[place - 1], at[place + 1]


def bends(peaks, generations=range(3)):
    return [(i, x) for i in generations for x in knots(peaks[: i + 1])[1::2]]


def sides(x, i, peaks):
    l, r = neighbours(x, i, peaks)
    return 1 / (x - l), 1 / (r - x)


def every(peaks):
    """Bends x of the first generations with L and R, and the levels above them."""
    peaks = tuple(peaks[: UP_TO + 2])
    for i, x in bends(peaks):
        for n in range(1, UP_TO - i):
            yield peaks, i, x, n, *sides(x, i, peaks)


def rho(a):
    return (1 - a) / a


@states(
    "C-eq10",
    "lem-7-7",
    right=lambda a, i, n, side: (1 - a[i + 1]) / side * prod(a[i + m] for m in range(2, n + 1)),
    index=lambda a, i, n, side: (1 - a[i + 1]) / side * a[i + 1] ** (n - 1),
    upper=lambda a, i, n, side: (1 - a[i + 1]) / side * prod(a[i + m] for m in range(2, n + 2)),
    factor=lambda a, i, n, side: prod(a[i + m] for m in range(2, n + 1)) / side,
    sign=lambda a, i, n, side: (a[i + 1] - 1) / side * prod(a[i + m] for m in range(2, n + 1)),
)
def equation_10(formula, peaks):
    return all(
        (x - l, r - x) == (formula(a, i, n, L), formula(a, i, n, R))
        for a, i, x, n, L, R in every(peaks)
        for l, r in [neighbours(x, i + n, a)]
    )


@states(
    "C-eq10",
    "lem-7-7",
    right=lambda a, i, n, gap: a[i + n + 1] * gap,
    index=lambda a, i, n, gap: a[i + 1] * gap,
    factor=lambda a, i, n, gap: (1 - a[i + n + 1]) * gap,
    sign=lambda a, i, n, gap: -a[i + n + 1] * gap,
)
def step_of_equation_10(formula, peaks):
    return all(
        [x - neighbours(x, i + n + 1, a)[0], neighbours(x, i + n + 1, a)[1] - x]
        == [formula(a, i, n, x - l), formula(a, i, n, r - x)]
        for a, i, x, n, *_ in every(peaks)
        for l, r in [neighbours(x, i + n, a)]
    )


@states(
    "C-lem7.7",
    "lem-7-7",
    right=lambda c, n, first: (0, (1 - c) ** (n - 1) * first),
    index=lambda c, n, first: (0, (1 - c) ** (n + 1) * first),
    factor=lambda c, n, first: (0, c ** (n - 1) * first),
    sign=lambda c, n, first: ((1 - c) ** (n - 1) * first, 0),
)
def lemma_7_7(formula, peaks):
    c = min(min(a, 1 - a) for a in peaks)
    return all(
        low < gap <= high
        for a, i, x, n, *_ in every(peaks)
        for end, first in zip(neighbours(x, i + n, a), neighbours(x, i + 1, a))
        for gap, (low, high) in [(abs(end - x), formula(c, n, abs(first - x)))]
    )


@states(
    "C-thm7.8",
    "thm-7-8",
    "lem-second-quotients",
    right=lambda a, i, n, side, s: (
        -(side**2) * s / (1 - a[i + 1]) * prod(rho(a[m]) for m in range(i + 2, i + n + 1))
    ),
    index=lambda a, i, n, side, s: (
        -(side**2) * s / (1 - a[i + 1]) * prod(rho(a[m]) for m in range(i + 2, n + 1))
    ),
    sign=lambda a, i, n, side, s: (
        side**2 * s / (1 - a[i + 1]) * prod(rho(a[m]) for m in range(i + 2, i + n + 1))
    ),
    factor=lambda a, i, n, side, s: (
        -(side**2) * s * prod(rho(a[m]) for m in range(i + 2, i + n + 1))
    ),
    power=lambda a, i, n, side, s: (
        -side * s / (1 - a[i + 1]) * prod(rho(a[m]) for m in range(i + 2, i + n + 1))
    ),
)
def quotients_at_a_bend(formula, peaks):
    return all(
        (derivative(end, a) - derivative(x, a)) / (end - x) == formula(a, i, n, side, scales(a)[i])
        for a, i, x, n, L, R in every(peaks)
        for end, side in zip(neighbours(x, i + n, a), (L, R))
    )


def constant(peaks):
    return scales(peaks)[0] / (peaks[0] * (1 - peaks[0]) * peaks[1])


def address(u, v, peaks):
    middle = exact.waves((u + v) / 2, peaks)
    return [int(w > a) for w, a in zip([(u + v) / 2, *middle], peaks)]


@states(
    "C-thm7.8",
    "thm-7-8",
    "lem-second-chords",
    right=lambda C, a, d: -C * prod(1 / rho(p) if right else rho(p) for p, right in zip(a, d)),
    sign=lambda C, a, d: C * prod(1 / rho(p) if right else rho(p) for p, right in zip(a, d)),
    digit=lambda C, a, d: -C * prod(rho(p) if right else 1 / rho(p) for p, right in zip(a, d)),
    index=lambda C, a, d: -C * prod(1 / rho(p) if right else rho(p) for p, right in zip(a[1:], d)),
    factor=lambda C, a, d: (
        -C * a[0] * prod(1 / rho(p) if right else rho(p) for p, right in zip(a, d))
    ),
)
def chords_of_the_derivative(formula, peaks):
    a = tuple(peaks[: UP_TO + 1])
    at = knots(a[:UP_TO])[1:-1]
    return all(
        (derivative(v, a) - derivative(u, a)) / (v - u)
        == formula(constant(a), a[:UP_TO], address(u, v, a[:UP_TO]))
        for u, v in zip(at, at[1:])
    )


@states(
    "C-thm7.8",
    "lem-second-chords",
    right=lambda C, a, n: (
        C * prod(1 - p for p in a[: n + 1]),
        -C * a[0] * prod(1 - p for p in a[1 : n + 1]),
    ),
    sign=lambda C, a, n: (
        C * prod(1 - p for p in a[: n + 1]),
        C * a[0] * prod(1 - p for p in a[1 : n + 1]),
    ),
    index=lambda C, a, n: (C * prod(1 - p for p in a[:n]), -C * a[0] * prod(1 - p for p in a[1:n])),
    factor=lambda C, a, n: (
        C * prod(1 - p for p in a[1 : n + 1]),
        -C * prod(1 - p for p in a[1 : n + 1]),
    ),
)
def slopes_at_the_ends(formula, peaks):
    """What the waves from W_n on add to the slope at 0 and at 1, up to W_5,
    is what the formula loses between n and 6."""
    a = tuple(peaks[: UP_TO + 1])
    s = scales(a)
    all_of = staircase(a[:UP_TO], s[:UP_TO])[1]
    for n in range(1, UP_TO):
        some = staircase(a[:n], s[:n])[1]
        here, later = formula(constant(a), a, n), formula(constant(a), a, UP_TO)
        if (all_of[0] - some[0], all_of[-1] - some[-1]) != (here[0] - later[0], here[1] - later[1]):
            return False
    return True


@states(
    "C-fig8",
    right=lambda a, s, left: -2 * s / (a if left else 1 - a) ** 2,
    sign=lambda a, s, left: 2 * s / (a if left else 1 - a) ** 2,
    factor=lambda a, s, left: -s / (a if left else 1 - a) ** 2,
    side=lambda a, s, left: -2 * s / (1 - a if left else a) ** 2,
)
def figure_8(formula, peaks):
    """For a_0 of the peaks, and 1/2 after it: all marked points of a side are on its line."""
    a = (peaks[0], *[Fraction(1, 2)] * (UP_TO + 1))
    x = a[0]
    lines = [
        {
            (derivative(neighbours(x, n, a)[side], a)) / (neighbours(x, n, a)[side] - x)
            for n in range(1, UP_TO)
        }
        for side in (0, 1)
    ]
    return lines == [{formula(x, scales(a)[0], True)}, {formula(x, scales(a)[0], False)}]


@states(
    "C-lem7.9",
    "lem-7-9",
    right=lambda a, i, d, L, R, s: -(L + R) * s * prod(1 - a[m] for m in range(i + 2, d + 1)),
    convex=lambda a, i, d, L, R, s: (L + R) * s * prod(1 - a[m] for m in range(i + 2, d + 1)),
    index=lambda a, i, d, L, R, s: -(L + R) * s * prod(1 - a[m] for m in range(i + 2, d)),
    factor=lambda a, i, d, L, R, s: -L * s * prod(1 - a[m] for m in range(i + 2, d + 1)),
)
def lemma_7_9(formula, peaks):
    """The changes of slope of f_d, all negative; the change is the formula's."""
    a, d = tuple(peaks[: UP_TO + 1]), UP_TO
    weights = scales(a)[:d]
    for i, x in bends(a, range(d)):
        left, right = slopes_beside(x, a[:d], weights)
        if not right - left == formula(a, i, d, *sides(x, i, a), weights[i]) < 0:
            return False
    return True


def open_kink(a, s, i):
    """The expression (5), with the waves there are."""
    return s[i] - sum(
        s[n] / ((1 - a[i + 1]) * prod(a[i + 2 : n + 1])) for n in range(i + 1, len(s))
    )


@states(
    "prop-lost-regions",
    right=lambda kinks: 1 + sum(2**i for i, K in enumerate(kinks) if K != 0),
    index=lambda kinks: 1 + sum(2 ** (i + 1) for i, K in enumerate(kinks) if K != 0),
    sign=lambda kinks: 1 + sum(2**i for i, K in enumerate(kinks) if K == 0),
    factor=lambda kinks: 1 + sum(i + 1 for i, K in enumerate(kinks) if K != 0),
)
def lost_regions(formula, peaks):
    """Free scales for which a chosen set of kinks is 1 and the others 0,
    by solving for them from the last one; counted from the network's weights."""
    d, a = 4, peaks[:4]
    for size in range(d):
        for kept in combinations(range(d - 1), size):
            s = [Fraction(0)] * d
            for i in reversed(range(d)):
                s[i] = int(i in (*kept, d - 1)) - open_kink(a, s, i)
            net = cn.compositional(
                a, +1, ratios=[s[0], *(after / before for before, after in zip(s, s[1:]))]
            )
            kinks = [open_kink(a, s, i) for i in range(d)]
            if kinks != [int(i in (*kept, d - 1)) for i in range(d)] or cn.linear_regions(net)[
                0
            ] != formula(kinks):
                return False
    return True


@states(
    "prop-clipping",
    right=lambda a, n, kappa: 1 - kappa * (1 - prod(1 - p for p in a[1 : n + 1])),
    sign=lambda a, n, kappa: 1 + kappa * (1 - prod(1 - p for p in a[1 : n + 1])),
    index=lambda a, n, kappa: 1 - kappa * (1 - prod(1 - p for p in a[: n + 1])),
    factor=lambda a, n, kappa: 1 - (1 - prod(1 - p for p in a[1 : n + 1])),
)
def clipping(formula, peaks):
    """The slope of x - f_n at 0; and a negative value on the mesh exactly where the formula is
    negative."""
    a = tuple(peaks[: UP_TO + 1])
    for kappa in (Fraction(1, 2), 1, Fraction(11, 10), 3):
        s = scales(a, kappa * a[0] * a[1])
        for n in range(1, UP_TO):
            at, slopes = staircase(a[:n], s[:n])
            lowest = min(x - sum(c * w for c, w in zip(s, exact.waves(x, a[:n]))) for x in at)
            if 1 - slopes[0] != formula(a, n, kappa) or (lowest < 0) != (formula(a, n, kappa) < 0):
                return False
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, test_claims_are_covered = states.covering("second_derivatives")

TWO_THIRDS = (Fraction(2, 3),) * (UP_TO + 2)


@pytest.mark.parametrize("peak", [Fraction(2, 3), Fraction(3, 4)])
def test_at_bends_alone_a_second_derivative_exists(peak):
    """Quotients at every point of the meshes between neighbours shrink from both sides,
    although L and R differ; and chords elsewhere grow."""
    a = (peak,) * (UP_TO + 2)
    every_bend = knots(a[:UP_TO])[1:-1]
    for i, x in bends(a, range(2)):
        L, R = sides(x, i, a)
        assert L != R
        first = {-1: L**2, 1: R**2}
        for y in every_bend:
            if (
                y == x
                or generation(y, a) <= i
                or not neighbours(x, i + 1, a)[0] <= y <= neighbours(x, i + 1, a)[1]
            ):
                continue
            n = next(
                n
                for n in range(1, UP_TO - i)
                if n == UP_TO - i - 1
                or not neighbours(x, i + n + 1, a)[0] <= y <= neighbours(x, i + n + 1, a)[1]
            )
            bound = (
                first[1 if y > x else -1] * scales(a)[i] / (1 - peak) * rho(peak) ** (n - 1) / peak
            )
            assert 0 < (derivative(x, a) - derivative(y, a)) / (y - x) <= bound
    fixed = 1 / (2 - peak)
    chords = []
    for level in range(2, UP_TO + 1):
        at = knots(a[:level])
        place = bisect_left(at, fixed)
        u, v = at[place - 1], at[place]
        chords.append((derivative(u, a) - derivative(v, a)) / (v - u))
    assert all(after == before / rho(peak) for before, after in zip(chords, chords[1:]))


def test_halves_give_the_parabola():
    a = (Fraction(1, 2),) * (UP_TO + 1)
    s = scales(a)
    for x in knots(a[:UP_TO]):
        assert sum(c * w for c, w in zip(s, exact.waves(x, a))) == 4 * s[0] * x * (1 - x)
    square = scales(a, Fraction(1, 4))
    assert all(
        x - sum(c * w for c, w in zip(square, exact.waves(x, a))) == x * x for x in knots(a[:UP_TO])
    )


def test_the_printed_signs_and_words_fail():
    a = (Fraction(3, 10), *[Fraction(1, 2)] * UP_TO)
    s = scales(a)
    assert sum(c * w for c, w in zip(s, exact.waves(a[0], a))) == s[0] > 0, (
        "above its chord: not convex"
    )
    low = scales(a, -s[0])
    assert all(
        right > left
        for i, x in bends(a)
        for left, right in [slopes_beside(x, a[:UP_TO], low[:UP_TO])]
    )


def test_bend_free_interval_when_peaks_run_to_one():
    """a_m = 1 - (m+2)^-2: always the longer part of a cell, and the length stays above 1/2."""
    length = Fraction(1)
    for m in range(60):
        length *= 1 - Fraction(1, (m + 2) ** 2)
    assert length > Fraction(1, 2)
    a = tuple(1 - Fraction(1, (m + 2) ** 2) for m in range(UP_TO))
    assert knots(a)[1] > Fraction(1, 2)


def test_one_generation_bends_together():
    """With integer scales some kinks vanish by chance: in one generation all do, or none."""
    for a in product([Fraction(1, 2), Fraction(2, 3)], repeat=3):
        for s in product([1, 2, 3], repeat=3):
            s = tuple(map(Fraction, s))
            for i in range(3):
                gone = {
                    left == right
                    for _, x in bends(a, [i])
                    for left, right in [slopes_beside(x, a, s)]
                }
                assert gone == {open_kink((*a, Fraction(1, 2)), s, i) == 0}


@pytest.mark.parametrize(
    "ratios",
    [
        [Fraction(1, 2), Fraction(1, 2), Fraction(1, 3)],
        [1, Fraction(1, 4), Fraction(1, 4)],
        [Fraction(1, 9), 1, 1],
    ],
)
def test_the_sum_neuron_clips_where_a_partial_sum_is_negative(ratios):
    a = [Fraction(2, 5), Fraction(1, 2), Fraction(3, 5)]
    net = cn.compositional(a, -1, ratios=list(map(Fraction, ratios)))
    held = [
        min(
            exact.series(x, a[:n], -1, [prod(ratios[: k + 1]) for k in range(n)])
            for x in knots(tuple(a[:n]))
        )
        for n in (1, 2)
    ]
    assert (cn.clipped(net, cn.mesh(a))[0] > 0) == (min(held) < 0)
