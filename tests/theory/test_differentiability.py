"""The statements of the chapter on the differentiability condition,
from the values of the waves at their bends."""

import random
from fractions import Fraction as Q
from math import prod

import pytest
from helpers import exact
from helpers.statements import PEAKS, Statements

import compnet_lib as cn

states = Statements()
DEPTH = 5
POINTS = [Q(k, 31) for k in range(32)]


def free_scales(peaks):
    """Rational scales of both signs, none of them zero; the same for the same peaks."""
    dice = random.Random(str(peaks))
    return [dice.choice([-1, 1]) * Q(dice.randint(1, 30), 7) for _ in peaks]


def value(x, s, peaks):
    return sum(size * w for size, w in zip(s, exact.waves(x, peaks)))


def generations(peaks, depth=DEPTH):
    """Each i, x in P_i, and the knots before and after x among the bends of the waves up to
    W_{i+m}, for all m that fit."""
    knots = [exact.valleys(peaks[: n + 1]) for n in range(depth)]
    for i in range(depth):
        for x in knots[i][1::2]:
            beside = []
            for later in range(i, depth):
                at = knots[later].index(x)
                beside.append((knots[later][at - 1], knots[later][at + 1]))
            yield i, x, beside


def slopes(f, x, between):
    """The slopes of a function left and right of x that is linear as far as the two neighbours."""
    left, right = between
    return (f(x) - f(left)) / (x - left), (f(right) - f(x)) / (right - x)


def one_sided(s, peaks, x, between):
    return slopes(lambda y: value(y, s, peaks), x, between)


def kink(s, a, i, N):
    """K_{i,N} as the paper prints (5), stopped."""
    tail = (
        s[i + 1]
        + sum(s[n] * prod(1 / a[k] for k in range(i + 2, n + 1)) for n in range(i + 2, N + 1))
        if i < N
        else 0
    )
    return s[i] - tail / (1 - a[i + 1])


@states(
    "C-eq3",
    right=lambda x, sign, s, w: x + sign * sum(map(prod, zip(s, w))),
    sign=lambda x, sign, s, w: x - sign * sum(map(prod, zip(s, w))),
    index=lambda x, sign, s, w: x + sign * sum(map(prod, zip(s, w[1:]))),
    factor=lambda x, sign, s, w: 2 * x + sign * sum(map(prod, zip(s, w))),
    printed=lambda x, sign, s, w: sign * sum(map(prod, zip(s, w))),
)
def equation_3(formula, peaks):
    """What the network of the printed matrices puts out."""
    return all(
        cn.compositional(peaks[:4], sign)([x])[0, 0]
        == formula(x, sign, exact.scales(peaks[:4], sign, Q(1, 2)), exact.waves(x, peaks[:4]))
        for sign in (1, -1)
        for x in POINTS
    )


@states(
    "C-lem7.1",
    "lem-7-1",
    right=lambda jumps, i: sum(jumps[i:]),
    sign=lambda jumps, i: -sum(jumps[i:]),
    index=lambda jumps, i: sum(jumps[i + 1 :]),
    factor=lambda jumps, i: 2 * sum(jumps[i:]),
)
def lemma_7_1(formula, peaks):
    """The derivative of the whole sum jumps by as much as that of what comes after the first i
    waves."""
    a, s = peaks[:DEPTH], free_scales(peaks)[:DEPTH]
    for i, x, beside in generations(a):
        jumps = []
        for n in range(DEPTH):
            before, after = one_sided(
                [s[k] if k == n else 0 for k in range(DEPTH)], a, x, beside[-1]
            )
            jumps.append(after - before)
        before, after = one_sided(s, a, x, beside[-1])
        if after - before != formula(jumps, i):
            return False
    return True


@states(
    "C-lem7.4",
    "lem-7-4",
    right=lambda i: i,
    printed=lambda i: i - 1,
    sign=lambda i: -i,
    index=lambda i: i + 1,
    factor=lambda i: 2 * i,
)
def terms_of_equation_6(formula, peaks):
    """How many of the waves are differentiable at a peak of W_i: all those before it,
    and no other."""
    a = peaks[:DEPTH]
    smooth = lambda x, n, between: len(set(slopes(lambda y: exact.waves(y, a)[n], x, between))) == 1
    return all(
        [n for n in range(DEPTH) if smooth(x, n, beside[-1])] == list(range(formula(i)))
        for i, x, beside in generations(a)
    )


@states(
    "C-lem7.2",
    "lem-first-chord",
    right=lambda a, i, m, R: (1 - a[i + 1]) / R * prod(a[i + 2 : i + m + 1]),
    sign=lambda a, i, m, R: (1 + a[i + 1]) / R * prod(a[i + 2 : i + m + 1]),
    index=lambda a, i, m, R: (1 - a[i + 1]) / R * prod(a[i + 2 : i + m + 2]),
    factor=lambda a, i, m, R: (1 - a[i + 1]) / R,
)
def first_chord(formula, peaks):
    """The next peaks beside x are where inverting the triangles puts them,
    and the waves stay below the lines to them."""
    a = peaks[:DEPTH]
    for i, x, beside in generations(a):
        L, R = (1 / abs(valley - x) for valley in beside[0])
        for m, (left, right) in enumerate(beside[1:], 1):
            if (x - left, right - x) != (formula(a, i, m, L), formula(a, i, m, R)) or any(
                exact.waves(y, a)[i + m] != 1 for y in (left, right)
            ):
                return False
            if any(
                exact.waves(y, a)[i + m] > (abs(y - x) / (right - x if y > x else x - left))
                for y in POINTS
            ):
                return False
    return True


@states(
    "C-eq5",
    "C-lem7.2",
    "lem-7-2",
    right=kink,
    sign=lambda s, a, i, N: 2 * s[i] - kink(s, a, i, N),
    index=lambda s, a, i, N: kink(s, [a[0], *a], i, N),
    factor=lambda s, a, i, N: s[i] - (s[i] - kink(s, a, i, N)) * (1 - a[i + 1]),
    side=lambda s, a, i, N: -kink(s, a, i, N),
)
def equation_5(formula, peaks):
    """Difference quotients of the remaining sum to the next peaks,
    from the values of the waves there."""
    a, s = peaks[:DEPTH], free_scales(peaks)[:DEPTH]
    for i, x, beside in generations(a):
        remaining = [0 if k < i else s[k] for k in range(DEPTH)]
        L, R = (1 / abs(valley - x) for valley in beside[0])
        for m, between in enumerate(beside):
            if i + 1 < DEPTH and one_sided(remaining, a, x, between) != (
                L * formula(s, a, i, i + m),
                -R * formula(s, a, i, i + m),
            ):
                return False
    return True


def closing(s, a, i, N):
    """The scale s_i with which the kink of f_{N+1} at P_i is closed."""
    return s[i] - kink(s, a, i, N)


@states(
    "C-lem7.3",
    "lem-7-3",
    right=lambda s, a, i, N: (closing(s, a, i, N), 0),
    sign=lambda s, a, i, N: (-closing(s, a, i, N), 0),
    index=lambda s, a, i, N: (closing(s, a, i, N - 1), 0),
    factor=lambda s, a, i, N: (closing(s, a, i, N), s[i]),
)
def lemma_7_3(formula, peaks):
    """Left and right slope of the remaining sum are equal for one value of s_i alone,
    solved for from two values, and then zero."""
    a, s, N = peaks[:DEPTH], free_scales(peaks)[:DEPTH], DEPTH - 1
    for i, x, beside in generations(a):
        if i > N - 2:
            continue
        with_scale = lambda c: one_sided([0] * i + [c] + s[i + 1 :], a, x, beside[-1])
        jump = [after - before for before, after in map(with_scale, (Q(0), Q(1)))]
        root = jump[0] / (jump[0] - jump[1])
        if (root, with_scale(root)[0]) != formula(s, a, i, N) or with_scale(root)[0] != with_scale(
            root
        )[1]:
            return False
    return True


def finite_slope(a, s, x, i):
    """f_i'(x) by the chain rule."""
    total, steep, w = Q(0), Q(1), x
    for b, size in zip(a[:i], s):
        steep *= 1 / b if w < b else -1 / (1 - b)
        w = exact.triangle(w, b)
        total += size * steep
    return total


@states(
    "C-eq6",
    "C-lem7.4",
    "lem-7-4",
    right=finite_slope,
    sign=lambda a, s, x, i: -finite_slope(a, s, x, i),
    printed=lambda a, s, x, i: finite_slope(a, s, x, max(i - 1, 0)),
    index=lambda a, s, x, i: finite_slope(a, s[1:], x, i),
    factor=lambda a, s, x, i: finite_slope(a, s, x, i) * 2,
)
def equation_6(formula, peaks):
    """With s_i chosen so that the kink at P_i closes,
    both slopes of the whole sum there are those of its first i terms."""
    a, s = peaks[:DEPTH], free_scales(peaks)[:DEPTH]
    for i, x, beside in generations(a):
        if i < DEPTH - 1:
            closed = [*s[:i], closing(s, a, i, DEPTH - 1), *s[i + 1 :]]
            if one_sided(closed, a, x, beside[-1]) != (formula(a, closed, x, i),) * 2:
                return False
    return True


def condition(s, a, i):
    return s * (1 - a[i + 1]) * a[i + 2]


@states(
    "C-eq4",
    "C-thm3.1",
    "thm-3-1",
    right=condition,
    sign=lambda s, a, i: -condition(s, a, i),
    index=lambda s, a, i: condition(s, a, i - 1),
    other=lambda s, a, i: s * (1 - a[i + 1]) * a[i + 1],
    factor=lambda s, a, i: s * (1 - a[i + 1]),
    complement=lambda s, a, i: s * a[i + 1] * a[i + 2],
)
def theorem_3_1(formula, peaks):
    """Whatever the later waves are: with both generations closed, measured at one bend of each,
    s_{i+1} follows from s_i."""
    a, s = peaks[:DEPTH], free_scales(peaks)[:DEPTH]
    places = {i: (x, beside[-1]) for i, x, beside in generations(a)}
    for i in range(DEPTH - 2):
        jumps = []
        for g in (i, i + 1):
            x, between = places[g]
            measured = []
            for scales in (
                [0] * i + [1] + [0] * DEPTH,
                [0] * (i + 1) + [1] + [0] * DEPTH,
                [0] * (i + 2) + s[i + 2 :],
            ):
                before, after = one_sided(scales[:DEPTH], a, x, between)
                measured.append(after - before)
            jumps.append(measured)
        (p, q, u), (none, r, v) = jumps
        second = -v / r
        first = -(q * second + u) / p
        if none != 0 or second != formula(first, a, i):
            return False
    return True


def end_slopes(s, a, n):
    share = 1 - prod(1 - b for b in a[1 : n + 2])
    return s / (a[0] * a[1]) * share, -s / ((1 - a[0]) * a[1]) * share


@states(
    "C-sec7.1-first-scale",
    "prop-first-scale",
    right=end_slopes,
    sign=lambda s, a, n: tuple(-v for v in end_slopes(s, a, n)),
    index=lambda s, a, n: end_slopes(s, a, n + 1),
    factor=lambda s, a, n: tuple(a[1] * v for v in end_slopes(s, a, n)),
    ends=lambda s, a, n: end_slopes(s, [1 - a[0], *a[1:]], n),
)
def first_scale(formula, peaks):
    """Slopes of the partial sums at 0 and 1, scales by the recurrence (4)."""
    s = [Q(3, 7)]
    for i in range(DEPTH - 1):
        s.append(condition(s[-1], peaks, i))
    for n in range(DEPTH):
        knots = exact.valleys(peaks[: n + 1])
        f = lambda x: value(x, s[: n + 1], peaks)
        if formula(s[0], peaks, n) != (f(knots[1]) / knots[1], -f(knots[-2]) / (1 - knots[-2])):
            return False
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, test_claims_are_covered = states.covering("differentiability")


def test_one_sided_derivatives_need_not_exist():
    """Quotients beside 1/2 at the next peaks: they alternate, or grow for Takagi's function."""
    a = [Q(1, 2)] * 12
    alternating, takagi = (
        [
            one_sided(s, a, Q(1, 2), (Q(1, 2) - gap, Q(1, 2) + gap))
            for gap in (Q(1, 2 ** (m + 1)) for m in range(1, 11))
        ]
        for s in ([Q(-1, 2) ** n for n in range(12)], [Q(1, 2) ** n for n in range(12)])
    )
    assert alternating == [(4, -4), (2, -2)] * 5
    assert takagi == [(-2 * m, 2 * m) for m in range(10)]


def test_positive_scales_have_one_sided_limits():
    """To the right of x the quotient at any y up to r_N is at least that at r_N."""
    for a in PEAKS[:3]:
        a, s = a[:DEPTH], [abs(size) for size in free_scales(a)[:DEPTH]]
        for i, x, beside in generations(a):
            E = lambda y: sum(s[n] * w for n, w in enumerate(exact.waves(y, a)) if n >= i)
            for _, r in beside[1:]:
                for y in (x + (r - x) * Q(k, 9) for k in range(1, 9)):
                    assert (E(y) - E(x)) / (y - x) >= (E(r) - E(x)) / (r - x)


def test_a_bounded_first_chord_bounds_the_quotients():
    """Part 3 of Lemma 7.2: no term of a difference quotient exceeds the slope of its wave beside
    x."""
    for a in PEAKS[:3]:
        for i, x, beside in generations(a[:DEPTH]):
            for y in POINTS:
                w = exact.waves(y, a[:DEPTH])
                for n, between in zip(range(i, DEPTH), beside):
                    end = between[1] if y > x else between[0]
                    assert y == x or abs(w[n] - (n == i)) / abs(y - x) <= 1 / abs(end - x)


@pytest.mark.parametrize("error", [Q(1, 10), Q(-1, 3)])
def test_equation_6_fails_where_one_ratio_is_off(error):
    """x - x² with one ratio off: the triangle that is left over keeps its kink."""
    a, s = [Q(1, 2)] * 12, [Q(1, 4), *((1 + error) / 4 ** (n + 1) for n in range(1, 12))]
    for x in POINTS:
        limit = (1 + error) * (x - x * x) - error / 4 * exact.waves(x, a)[0]
        assert abs(value(x, s, a) - limit) <= (1 + error) * Q(1, 4**12)
    gap = Q(1, 2**12)
    left, right = one_sided(s, a, Q(1, 2), (Q(1, 2) - gap, Q(1, 2) + gap))
    assert right == -left and abs(right - error / 2) <= 2 * gap


def test_one_wrong_scale_may_leave_one_bad_bend():
    """All peaks at 1/2, and s_0 alone off: the kinks of every other generation halve with each
    wave, and that at 1/2 does not."""
    depth = 8
    a, s = [Q(1, 2)] * depth, [Q(1, 3), *(Q(1, 4 ** (n + 1)) for n in range(1, depth))]
    for i in range(depth):
        kinks = [s[i], *(kink(s, a, i, N) for N in range(i + 1, depth))]
        halves = all(2 * after == before for before, after in zip(kinks, kinks[1:]))
        assert halves == (i > 0)
    assert kink(s, a, 0, depth - 1) > s[0] - Q(1, 4) > 0


def test_equation_4_is_not_sufficient():
    a = [Q(1, 2), Q(1, 2), *(Q(1, m * m) for m in range(2, 14))]
    s = [Q(1)]
    for i in range(11):
        s.append(condition(s[-1], a, i))
    gap = Q(1, 2) * (1 - a[1])
    for N in range(1, 12):
        gap *= a[N] if N > 1 else 1
        assert one_sided(s, a[:12], Q(1, 2), (Q(1, 2) - gap, Q(1, 2) + gap)) == (
            Q(N + 2, N + 1),
            -Q(N + 2, N + 1),
        )


@pytest.mark.parametrize("peaks", PEAKS[:5])
def test_first_scale_decides_whether_the_sum_neuron_clips(peaks):
    a = peaks[:6]
    bound = (
        a[0] * a[1] / (1 - prod(1 - b for b in [*a[1:5], a[5]]))
    )  # s_0 with slope 0 after five waves
    ratios = cn.ratios(a[:5], -1, closing=a[5])
    for first, least in ((bound / 3, 0), (a[0] * a[1], 0), (bound, 0), (bound * Q(101, 100), -1)):
        ratios[0] = first
        s = [prod(ratios[: n + 1]) for n in range(5)]
        values = [x - value(x, s, a) for x in exact.valleys(a[:5])]
        assert min(values) == 0 if least == 0 else min(values) < 0
