"""Sufficiency and decay: each statement against the waves themselves,
differences of exact values and the recurrence (4)."""

from fractions import Fraction as Q
from math import factorial, prod

import sympy as sp
from helpers import exact
from helpers.exact import slopes
from helpers.statements import Statements

states = Statements()


def recurrence(a):
    """s_n for all n with a_{n+1} at hand, by (4), from s_0 = 1."""
    s = [Q(1)]
    for now, following in zip(a[1:], a[2:]):
        s.append(s[-1] * (1 - now) * following)
    return s


def constant(a):
    return 1 / (a[0] * (1 - a[0]) * a[1])


def sums(points, a, first, stop):
    """The sum of s_n W_n for first <= n < stop."""
    s = recurrence(a)
    return [
        sum(c * w for c, w in zip(s[first:stop], exact.waves(x, a[:stop])[first:])) for x in points
    ]


def stairs(a, n):
    """g^(n) on the cells of level n."""
    ends = exact.valleys(a[:n])
    return slopes(ends, [a[0] * x + f / constant(a) for x, f in zip(ends, sums(ends, a, 0, n))])


def drops(a, n):
    """How far g^(n+2) falls on each cell of level n, in units of the same for the shifted peaks
    on [0, 1]."""
    steps, unit = stairs(a, n + 2), stairs(a[n:], 2)
    return [(steps[4 * k] - steps[4 * k + 3]) / (unit[0] - unit[3]) for k in range(2**n)]


def addresses(a, n):
    ends = exact.valleys(a[:n])
    middles = [(u + v) / 2 for u, v in zip(ends, ends[1:])]
    return [[int(w > b) for w, b in zip([x, *exact.waves(x, a[:n])], a[:n])] for x in middles]


PAIRS = [(i, n) for i in range(6) for n in range(i, 10)]


@states(
    "C-eq7",
    "prop-closed-form",
    right=lambda a, i, n: prod(1 - a[j] for j in range(i + 1, n + 1)) * prod(a[i + 2 : n + 2]),
    printed=lambda a, i, n: (1 - a[n]) * prod(a[i + 2 : n + 2]),
    sign=lambda a, i, n: prod(1 + a[j] for j in range(i + 1, n + 1)) * prod(a[i + 2 : n + 2]),
    index=lambda a, i, n: prod(1 - a[j] for j in range(i + 1, n + 1)) * prod(a[i + 1 : n + 1]),
    factor=lambda a, i, n: 2 * prod(1 - a[j] for j in range(i + 1, n + 1)) * prod(a[i + 2 : n + 2]),
)
def equation_7(formula, peaks):
    s = recurrence(peaks)
    return all(s[n] == s[i] * formula(peaks, i, n) for i, n in PAIRS)


@states(
    "C-eq7",
    "prop-closed-form",
    right=lambda a, n: a[n + 1] * prod(b * (1 - b) for b in a[: n + 1]),
    sign=lambda a, n: a[n + 1] * prod(b * (1 + b) for b in a[: n + 1]),
    index=lambda a, n: a[n] * prod(b * (1 - b) for b in a[: n + 1]),
    factor=lambda a, n: a[n + 1] * prod(b * (1 - b) for b in a[:n]) / 4,
)
def proposition_closed_form(formula, peaks):
    C = constant(peaks)
    return all(
        s == C * formula(peaks, n) < C / 4 ** (n + 1) for n, s in enumerate(recurrence(peaks))
    )


@states(
    "C-eq9",
    "prop-kink",
    right=lambda a, i, j: prod(1 - a[m] for m in range(i + 2, j + 1)),
    sign=lambda a, i, j: prod(1 + a[m] for m in range(i + 2, j + 1)),
    index=lambda a, i, j: prod(1 - a[m] for m in range(i + 1, j + 1)),
    factor=lambda a, i, j: (1 - a[j]) * prod(1 - a[m] for m in range(i + 2, j + 1)),
)
def equation_9(formula, peaks):
    return all(
        1 - sum(peaks[n] * prod(1 - b for b in peaks[i + 2 : n]) for n in range(i + 2, j + 1))
        == formula(peaks, i, j)
        for i in range(-1, 6)
        for j in range(i + 1, 10)
    )


def beside(peaks, i, stop):
    """At each x in P_i the slopes L and R of W_i, and those of the waves i, ...,
    stop - 1 together on both sides."""
    ends = exact.valleys(peaks[:stop])
    own = slopes(ends, [exact.waves(x, peaks[: i + 1])[i] for x in ends])
    together = slopes(ends, sums(ends, peaks, i, stop))
    tops = [k for k, x in enumerate(ends) if exact.waves(x, peaks[: i + 1])[i] == 1]
    assert len(tops) == 2**i
    return [(own[k - 1], -own[k], together[k - 1], together[k]) for k in tops]


@states(
    "C-eq9",
    "C-thm7.5",
    "prop-kink",
    "cor-concave",
    right=lambda a, i, N: prod(1 - a[m] for m in range(i + 2, N + 2)),
    sign=lambda a, i, N: prod(1 + a[m] for m in range(i + 2, N + 2)),
    index=lambda a, i, N: prod(1 - a[m] for m in range(i + 2, N + 1)),
    factor=lambda a, i, N: 2 * prod(1 - a[m] for m in range(i + 2, N + 2)),
)
def open_kink(formula, peaks):
    """Slopes beside the peaks of W_i, with waves up to W_N: L K and -R K,
    so that f_{N+1} bends downwards."""
    s = recurrence(peaks)
    return all(
        (left, right) == (L * s[i] * formula(peaks, i, N), -R * s[i] * formula(peaks, i, N))
        and right < left
        for i in range(4)
        for N in range(i, 5)
        for L, R, left, right in beside(peaks, i, N + 1)
    )


@states(
    "C-eq8",
    "prop-bends",
    right=lambda a, i, j: 1 - prod(1 - a[n] for n in range(i + 2, j + 1)),
    closed=lambda a, i, j: 1,
    sign=lambda a, i, j: 1 + prod(1 - a[n] for n in range(i + 2, j + 1)),
    index=lambda a, i, j: 1 - prod(1 - a[n] for n in range(i + 1, j + 1)),
    factor=lambda a, i, j: 1 - prod(1 - a[n] for n in range(i + 2, j + 1)) / 2,
)
def equation_8(formula, peaks):
    """The share of the kink at P_i that the waves up to W_{j-1} close."""
    s = recurrence(peaks)
    return all(
        (-R * s[i] - right) / (-R * s[i]) == formula(peaks, i, j)
        for i in range(3)
        for j in range(i + 2, 6)
        for _, R, _, right in beside(peaks, i, j)
    )


@states(
    "C-eq8",
    right=lambda c, k: (1 - c) ** k,
    sign=lambda c, k: (1 + c) ** k,
    index=lambda c, k: (1 - c) ** (k + 1),
    factor=lambda c, k: (1 - c) ** k / 2,
)
def equation_8_with_its_hypothesis(formula, peaks):
    """What the first k terms of (8) leave, from the sum itself; all of the bound at halves."""
    c = min(min(b, 1 - b) for b in peaks)
    for i in range(3):
        rest = Q(1)
        for k, n in enumerate(range(i + 2, 10), 1):
            rest -= peaks[n] * prod(1 - b for b in peaks[i + 2 : n])
            if not 0 < rest <= formula(c, k) or (c == Q(1, 2) and rest != formula(c, k)):
                return False
    return True


@states(
    "C-eq8",
    "lem-products",
    right=lambda u: 1 - sum(u),
    sign=lambda u: 1 + sum(u),
    index=lambda u: 1 - sum(u[1:]),
    factor=lambda u: 1 - 2 * sum(u),
)
def lemma_products(formula, peaks):
    """The lower bound is exact for one factor; from above,
    (1-u)(1+u) <= 1 bounds the product by one over the sum."""
    runs = [peaks[low:high] for low in range(10) for high in range(low + 1, 11)]
    return all(
        formula(u) <= prod(1 - b for b in u) < 1 / (1 + sum(u))
        and (len(u) > 1 or formula(u) == 1 - u[0])
        for u in runs
    )


@states(
    "C-thm7.5",
    "prop-bends",
    right=lambda a, n: (1 - a[0], -a[0], 1 - prod(1 - b for b in a[1 : n + 1])),
    sign=lambda a, n: (1 - a[0], a[0], 1 - prod(1 - b for b in a[1 : n + 1])),
    index=lambda a, n: (1 - a[0], -a[0], 1 - prod(1 - b for b in a[: n + 1])),
    factor=lambda a, n: (a[0], -(1 - a[0]), 1 - prod(1 - b for b in a[1 : n + 1])),
)
def derivatives_at_the_ends(formula, peaks):
    for n in range(1, 6):
        ends = exact.valleys(peaks[:n])
        steps = slopes(ends, sums(ends, peaks, 0, n))
        at_0, at_1, closed = formula(peaks, n)
        if (steps[0], steps[-1]) != (
            constant(peaks) * at_0 * closed,
            constant(peaks) * at_1 * closed,
        ):
            return False
    return True


@states(
    "C-thm7.5",
    "lem-self-similar",
    right=lambda a, x, G: a * x + a * (1 - a) * G,
    sign=lambda a, x, G: a * x - a * (1 - a) * G,
    index=lambda a, x, G: (1 - a) * x + a * (1 - a) * G,
    factor=lambda a, x, G: a * x + (1 - a) * G,
)
def lemma_self_similar(formula, peaks):
    G = lambda a, n, x: a[0] * x + sums([x], a, 0, n)[0] / constant(a) if n else a[0] * x
    return all(
        G(peaks, n, x) == formula(peaks[0], x, G(peaks[1:], n - 1, exact.triangle(x, peaks[0])))
        for n in range(1, 8)
        for x in (Q(k, 13) for k in range(14))
    )


@states(
    "C-thm7.5",
    "lem-self-similar",
    right=lambda a, y: (a + (1 - a) * y, a * (1 - y)),
    sign=lambda a, y: (a - (1 - a) * y, a * (1 + y)),
    index=lambda a, y: (a * (1 - y), a + (1 - a) * y),
    factor=lambda a, y: (a + a * y, (1 - a) * (1 - y)),
)
def steps_repeat(formula, peaks):
    """g^(n) on the left is that of the shifted peaks, on the right the same backwards."""
    for n in range(1, 6):
        inner = stairs(peaks[1:], n - 1)
        expected = [formula(peaks[0], y)[0] for y in inner] + [
            formula(peaks[0], y)[1] for y in reversed(inner)
        ]
        if stairs(peaks, n) != expected:
            return False
    return True


@states(
    "C-thm7.5",
    "cor-boxes",
    right=lambda d, a: (a if d == 0 else 1 - a, 1 - a if d == 0 else a),
    sign=lambda d, a: (1 - a if d == 0 else a, a if d == 0 else 1 - a),
    index=lambda d, a: (a, 1 - a),
    factor=lambda d, a: (a if d == 0 else 1 - a, 1),
)
def corollary_boxes(formula, peaks):
    for n in range(1, 5):
        ends = exact.valleys(peaks[:n])
        lengths, falls = [v - u for u, v in zip(ends, ends[1:])], drops(peaks, n)
        for address, length, fall in zip(addresses(peaks, n), lengths, falls):
            sides = [formula(d, b) for d, b in zip(address, peaks)]
            if (length, fall) != (
                prod(l for l, _ in sides),
                prod(h for _, h in sides),
            ) or length * fall != prod(b * (1 - b) for b in peaks[:n]):
                return False
    return True


LARGEST = {
    "right": lambda a, n: prod(max(b, 1 - b) for b in a[:n]),
    "sign": lambda a, n: prod(min(b, 1 - b) for b in a[:n]),
    "index": lambda a, n: prod(max(b, 1 - b) for b in a[1 : n + 1]),
    "factor": lambda a, n: prod(max(b, 1 - b) for b in a[: n - 1]),
}


@states("C-thm7.5", "thm-sharp", **LARGEST)
def theorem_sharp(formula, peaks):
    """The largest drop of level n, and the bound on all later changes of the steps that follows
    from it."""
    last = stairs(peaks, 6)
    for n in range(1, 5):
        now = stairs(peaks, n)
        change = max(abs(step - now[k * 2**n // len(last)]) for k, step in enumerate(last))
        if not (max(drops(peaks, n)) == formula(peaks, n) >= change):
            return False
    return True


@states(
    "C-thm7.5",
    "cor-thm-7-5",
    right=lambda c, n: (1 - c) ** n,
    sign=lambda c, n: (1 + c) ** n,
    index=lambda c, n: (1 - c) ** (n + 1),
    factor=lambda c, n: (1 - 2 * c) ** n,
)
def theorem_7_5(formula, peaks):
    """The bound on the drops, exact when the peaks are constant."""
    c = min(min(b, 1 - b) for b in peaks)
    largest = [max(drops(peaks, n)) for n in range(1, 5)]
    bounds = [formula(c, n) for n in range(1, 5)]
    return all(drop <= bound for drop, bound in zip(largest, bounds)) and (
        len(set(peaks)) > 1 or largest == bounds
    )


@states("C-dense", "prop-dense", **LARGEST)
def proposition_dense(formula, peaks):
    cells = [exact.valleys(peaks[:n]) for n in range(1, 7)]
    return all(
        max(v - u for u, v in zip(ends, ends[1:])) == formula(peaks, n)
        for n, ends in enumerate(cells, 1)
    )


@states(
    "C-lem7.6",
    "lem-7-6",
    right=lambda a, i: (1 - a[i + 1]) * (1 - a[i + 2]) * a[i + 2] * a[i + 3],
    printed=lambda a, i: (1 - a[i + 1]) * (1 - a[i] + 2) * a[i + 2] * a[i + 3],
    sign=lambda a, i: (1 - a[i + 1]) * (1 + a[i + 2]) * a[i + 2] * a[i + 3],
    index=lambda a, i: (1 - a[i]) * (1 - a[i + 2]) * a[i + 2] * a[i + 3],
    factor=lambda a, i: (1 - a[i + 1]) * (1 - a[i + 2]) * a[i + 3],
)
def lemma_7_6(formula, peaks):
    s = recurrence(peaks)
    return all(s[i + 2] / s[i] == formula(peaks, i) < Q(1, 4) for i in range(8))


def product_inside(a, low, high):
    return prod(b * (1 - b) for b in a[low:high])


@states(
    "C-lem7.6",
    "lem-7-6",
    right=lambda a, n, k: a[n + k + 1] * (1 - a[n + 1]) * product_inside(a, n + 2, n + k + 1),
    sign=lambda a, n, k: a[n + k + 1] * (1 + a[n + 1]) * product_inside(a, n + 2, n + k + 1),
    index=lambda a, n, k: a[n + k] * (1 - a[n + 1]) * product_inside(a, n + 2, n + k + 1),
    factor=lambda a, n, k: a[n + k + 1] * (1 - a[n + 1]) * product_inside(a, n + 2, n + k),
)
def lemma_7_6_sharp(formula, peaks):
    s = recurrence(peaks)
    return all(
        s[n + k] / s[n] == formula(peaks, n, k) < Q(1, 4 ** (k - 1))
        for n in range(9)
        for k in range(1, 10 - n)
    )


@states(
    "C-lem7.6",
    "thm-error",
    right=lambda s, n: s[n],
    sign=lambda s, n: -s[n],
    index=lambda s, n: s[n + 1],
    factor=lambda s, n: sum(s[n:]),
)
def theorem_error(formula, peaks):
    """The largest value of f_m - f_n, at the knots of f_m, is taken exactly on P_n."""
    s = recurrence(peaks)
    for n in range(4):
        for m in range(n + 1, 6):
            ends = exact.valleys(peaks[:m])
            left = sums(ends, peaks, n, m)
            tops = [x for x in ends if exact.waves(x, peaks[: n + 1])[n] == 1]
            if (
                min(left) != 0
                or max(left) != formula(s, n)
                or [x for x, v in zip(ends, left) if v == max(left)] != tops
            ):
                return False
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, test_claims_are_covered = states.covering("sufficiency_and_decay")


def test_half_of_a_kink_can_stay_open():
    """Without its bounds on the peaks equation (8) fails, for a_m = 1/m²: its partial sums stay
    below one half, though the scales follow (4)."""
    a = [Q(1, 2), Q(1, 2), *(Q(1, m * m) for m in range(2, 40))]
    for j in range(2, 40):
        assert sum(a[n] * prod(1 - b for b in a[2:n]) for n in range(2, j + 1)) == Q(1, 2) - Q(
            1, 2 * j
        )
    for N in (2, 4, 6):
        ((_, R, _, right),) = beside(a, 0, N + 1)
        assert right == -R * Q(N + 2, 2 * (N + 1))


def test_the_derivative_can_jump_between_the_bends():
    """For a_m = 1 - (m+2)^-2 the cells 11...1 close in on a point,
    and more than half of the drop stays inside."""
    a = [1 - Q(1, (m + 2) ** 2) for m in range(9)]
    star = 1 - sp.besselj(0, 2)
    for n in range(1, 6):
        number = addresses(a, n).index([1] * n)
        left, right = exact.valleys(a[:n])[number : number + 2]
        assert drops(a, n)[number] == Q(n + 2, 2 * (n + 1)) > Q(1, 2)
        assert right - left == Q(1, factorial(n + 1) ** 2) and bool(left < star.evalf(30) < right)
        assert exact.valleys(a[:n])[1] == Q(n + 2, 2 * (n + 1)) > Q(1, 2), "no bend in (0, 1/2)"


def test_the_bound_of_the_scales_is_sharp():
    for k in range(1, 6):
        a = [Q(1, 2), Q(1, 1000), *[Q(1, 2)] * 8]
        a[k + 1] = Q(999, 1000)
        s = recurrence(a)
        assert Q(99, 100) / 4 ** (k - 1) < s[k] / s[0] < Q(1, 4 ** (k - 1))
