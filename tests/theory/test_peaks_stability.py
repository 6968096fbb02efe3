"""Close functions have close peaks: the chapter's theorems, in rationals, by routes of their own.

Functions are sums of waves, evaluated wave by wave, and derivatives are differences of two sums:
neither is folded, as in the chapter and in the library.
"""

import random
from fractions import Fraction as Q
from functools import cache
from itertools import product
from math import prod

import numpy as np
import pytest
from helpers import exact
from helpers.statements import Statements
from sympy import QQ
from sympy.polys.matrices import DomainMatrix

from compnet_lib import experiments

states = Statements()
C = Q(1, 5)


def G(x, peaks):
    """The nested function as a sum of waves: a_0 times the paper's network that adds them."""
    *first, closing = peaks
    if not first:
        return closing * x
    scales = exact.scales(first, 1, closing)
    return first[0] * exact.series(x, first, 1, scales)


def bends(peaks):
    return exact.valleys(peaks[:-1]) if len(peaks) > 1 else [Q(0), Q(1)]


def distances(one, other):
    """Maximum, mean square, mean square of the slopes and largest slope of the difference."""
    x = sorted({*bends(one), *bends(other)})
    gap = [G(t, one) - G(t, other) for t in x]
    width, rise = np.diff(x), np.diff(gap)
    square = sum(w * (u * u + u * v + v * v) for w, u, v in zip(width, gap, gap[1:])) / 3
    slopes = [r / w for r, w in zip(rise, width)]
    return max(map(abs, gap)), square, sum(width * np.square(slopes)), max(map(abs, slopes))


def corner(peaks, c=C):
    return [c if b < Q(1, 2) else 1 - c for b in peaks]


@states(
    "lem-first-cell",
    right=lambda a, n: (prod(a[:n]) * prod(1 - b for b in a[: n + 1]), prod(1 - b for b in a[:n])),
    sign=lambda a, n: (prod(a[:n]) * prod(1 + b for b in a[: n + 1]), prod(1 - b for b in a[:n])),
    index=lambda a, n: (prod(a[:n]) * prod(1 - b for b in a[:n]), prod(1 - b for b in a[:n])),
    slope=lambda a, n: (prod(a[:n]) * prod(1 - b for b in a[: n + 1]), prod(a[:n])),
)
def first_cell(formula, peaks):
    """The value, and that the line is at no bend above the function."""
    for d in range(5):
        own = peaks[: d + 1]
        places = bends(own)
        for n in range(d + 1):
            value, slope = formula(own, n)
            x = prod(own[:n])
            if x - G(x, own) != value:
                return False
            if any(t - G(t, own) < value + slope * (t - x) for t in places):
                return False
    return True


def growth(c, n):
    """kappa_n."""
    found = Q(0)
    for _ in range(n):
        found = (1 - c) * (1 + (1 - c) * found)
    return found


@states(
    "thm-peaks-sup",
    right=lambda c, n: (1 + growth(c, n)) / (c * (1 - c)) ** n,
    sign=lambda c, n: (1 - growth(c, n)) / (c * (1 - c)) ** n,
    index=lambda c, n: (1 + growth(c, n)) / (c * (1 - c)) ** (n - 1),
    factor=lambda c, n: 1 / (c * (1 - c)) ** n,
    twice=lambda c, n: (1 + 3 * growth(c, n)) / (c * (1 - c)) ** n,
)
def maximum_norm(formula, peaks):
    """It holds for pairs of the box, and for one of them by less than a factor of 2."""
    for n in range(1, 4):
        one = [*corner(peaks[: n - 1]), 1 - C, C]
        step = Q(1, 10**6)
        move = (1 + (1 - C) ** 2 - 6 * step) * step / (C * (1 - C))
        other = [*one[:-2], one[-2] - step, one[-1] + move]
        ratio = move / distances(one, other)[0]
        if not ratio <= formula(C, n) <= 2 * ratio:
            return False
        within = [C + (1 - 2 * C) * b for b in peaks]
        pair = within[: n + 1], within[n + 1 : 2 * n + 2]
        far = distances(*pair)[0]
        if any(abs(p - q) > formula(C, k) * far for k, (p, q) in enumerate(zip(*pair))):
            return False
    return True


def square_constant(c, gap=-4, tail=36):
    x = 1 / (c * (1 - c))
    sides = (4 * (1 - s) ** 2 + tail * s**2 * (1 - c) ** 4 / (1 - c**4) for s in (c, 1 - c))
    return 12 + (x + gap) * max(sides)


@cache
def gram(peaks):
    """The inner products of the derivatives: the difference by one number of a sum that is
    quadratic in it, piece by piece, is exact where no bend is passed."""
    step = Q(1, 10**9)
    x = bends(peaks)
    moves = []
    for k in range(len(peaks)):
        up, down = ([*peaks[:k], peaks[k] + s, *peaks[k + 1 :]] for s in (step, -step))
        inside = [((2 * u + v) / 3, (u + 2 * v) / 3) for u, v in zip(x, x[1:])]
        moves.append([[(G(t, up) - G(t, down)) / (2 * step) for t in pair] for pair in inside])
    ends = [[(2 * u - v, 2 * v - u) for u, v in move] for move in moves]
    width = np.diff(x)
    return [
        [
            sum(
                w * (2 * a * c + a * d + b * c + 2 * b * d) / 6
                for w, (a, b), (c, d) in zip(width, one, other)
            )
            for other in ends
        ]
        for one in ends
    ]


@cache
def most_moved(peaks):
    """The largest max |h_j|^2 by the mean square of the derivative in the direction h."""
    rows = [[QQ(v.numerator, v.denominator) for v in row] for row in gram(peaks)]
    inverse = DomainMatrix(rows, (len(rows),) * 2, QQ).inv().to_list()
    return max(Q(int(v[j].numerator), int(v[j].denominator)) for j, v in enumerate(inverse))


@states(
    "thm-peaks-square",
    right=lambda c, d: square_constant(c) / (c * (1 - c)) ** (2 * d),
    sign=lambda c, d: (24 - square_constant(c)) / (c * (1 - c)) ** (2 * d),
    index=lambda c, d: square_constant(c) / (c * (1 - c)) ** (2 * d - 2),
    gap=lambda c, d: square_constant(c, gap=4) / (c * (1 - c)) ** (2 * d),
    tail=lambda c, d: square_constant(c, tail=360) / (c * (1 - c)) ** (2 * d),
)
def mean_square(formula, peaks):
    """It holds for peaks in the box, and at its corners by less than a factor of 2 at worst."""
    for d in (1, 2):
        bound = formula(C, d)
        if most_moved(tuple(C + (1 - 2 * C) * b for b in peaks[: d + 1])) > bound:
            return False
        worst = max(most_moved(each) for each in product((C, 1 - C), repeat=d + 1))
        if not worst <= bound <= 4 * worst:
            return False
    return True


@states(
    "thm-peaks-slopes",
    right=lambda a: (
        prod(b * (1 - b) for b in a[:-1]),
        prod(max(b, 1 - b) for b in a[:-1]),
        prod(min(b, 1 - b) for b in a),
    ),
    sign=lambda a: (
        prod(b * (1 + b) for b in a[:-1]),
        prod(max(b, 1 - b) for b in a[:-1]),
        prod(min(b, 1 - b) for b in a),
    ),
    index=lambda a: (
        prod(b * (1 - b) for b in a),
        prod(max(b, 1 - b) for b in a[:-1]),
        prod(min(b, 1 - b) for b in a),
    ),
    largest=lambda a: (
        prod(b * (1 - b) for b in a[:-1]),
        prod(min(b, 1 - b) for b in a[:-1]),
        prod(min(b, 1 - b) for b in a),
    ),
    kink=lambda a: (
        prod(b * (1 - b) for b in a[:-1]),
        prod(max(b, 1 - b) for b in a[:-1]),
        prod(max(b, 1 - b) for b in a),
    ),
)
def slopes(formula, peaks):
    """The closing number alone attains both limits; any other peak costs half a kink at least, and
    the least of the kinks is not smaller than is said, and smaller than twice that somewhere."""
    for d in range(1, 4):
        one = peaks[: d + 1]
        mean, largest, kink = formula(one)
        step = min(1 - one[-1], one[-1]) / 10**8
        found = distances(one, [*one[:-1], one[-1] + step])[2:]
        if found != (mean * step**2, largest * step):
            return False
        places = bends(one)
        smallest = min(-np.diff(exact.slopes(places, [G(t, one) for t in places])))
        if kink > smallest:
            return False
        for j in range(d):
            moved = [*one]
            moved[j] += step
            found = distances(one, moved)[2:]
            if found[1] < smallest / 2 or found[0] < mean * step**2:
                return False
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, _ = states.covering("peaks_stability")


@pytest.mark.parametrize("near", [False, True])
def test_random_pairs_obey_the_maximum_norm(near):
    """Also ends of the box, and pairs that differ little."""
    dice = np.random.default_rng(51 + near)
    for c in (0.05, 0.2, 0.4):
        place = [(1 + float(growth(Q(c), n))) / (c * (1 - c)) ** n for n in range(9)]
        for _ in range(300):
            length = dice.integers(1, 9)
            draw = dice.choice([c, 1 - c, dice.uniform(c, 1 - c)], (2, length))
            if near:
                draw[1] = np.clip(draw[0] + dice.normal(0, 1e-3, length), c, 1 - c)
            apart = abs(draw[0] - draw[1])
            far = experiments.peak_distances(*draw).sup
            assert (apart <= np.array(place[:length]) * far * (1 + 1e-9) + 1e-13).all()


def integrals(peaks):
    """Of (1 - t)^2, (1 - t) t G' and (t G')^2, exactly: G' is constant on each piece."""
    x = bends(peaks)
    slope = exact.slopes(x, [G(t, peaks) for t in x])
    cut = lambda f: [f(v) - f(u) for u, v in zip(x, x[1:])]
    mixed, square = cut(lambda t: t**2 / 2 - t**3 / 3), cut(lambda t: t**3 / 3)
    return (
        Q(1, 3),
        sum(map(lambda g, i: g * i, slope, mixed)),
        sum(map(lambda g, i: g * g * i, slope, square)),
    )


def test_mean_square_is_the_sum_over_levels():
    """The proof's decomposition: with its recursions it is the Gram matrix, but for the mean."""
    dice = random.Random(52)
    for d in (1, 2, 3):
        peaks = [Q(dice.randint(1, 9), 10) for _ in range(d + 1)]
        h = [Q(dice.randint(-9, 9)) for _ in peaks]
        lam = before = total = Q(0)
        place = Q(1)
        for m, p in enumerate(peaks):
            theta = place * h[m] + p * lam + (1 - p) * before
            if m == d:
                total += theta**2 / 12
                break
            one, mixed, square = integrals(peaks[m + 1 :])
            beta = place * h[m]
            level = theta**2 * one + 2 * theta * beta * mixed + beta**2 * square
            total += p * (1 - p) * level
            lam = p**2 * lam - (1 - p) ** 2 * before
            before = (2 * p - 1) * theta
            place *= p * (1 - p)
        matrix = experiments.peak_gram(peaks)
        whole = sum(u * v * matrix[j, k] for j, u in enumerate(h) for k, v in enumerate(h))
        step = Q(1, 10**12)
        mean = sum(u * mean_move(peaks, j, step) for j, u in enumerate(h))
        assert abs(float((whole - mean**2 - total) / whole)) < 1e-9


def mean_move(peaks, j, step):
    """The derivative of the integral by one peak, but for the square of the step."""

    def integral(own):
        x = bends(own)
        y = [G(t, own) for t in x]
        return sum(w * (u + v) / 2 for w, u, v in zip(np.diff(x), y, y[1:]))

    up, down = ([*peaks[:j], peaks[j] + s, *peaks[j + 1 :]] for s in (step, -step))
    return (integral(up) - integral(down)) / (2 * step)


def test_no_multiple_of_the_slopes_is_close_to_a_line():
    """At least 1/36 for a first peak of at least 1/20; somewhere less than a fifth more."""
    dice = random.Random(53)
    least = Q(1)
    for trial in range(60):
        peaks = [Q(dice.randint(1, 19), 20) for _ in range(dice.randint(2, 5))]
        if trial % 2:
            peaks = [Q(3, 20), Q(63, 100), Q(59, 100), Q(54, 100), Q(51, 100)]
            peaks[dice.randrange(5)] += Q(dice.randint(-5, 5), 100)
        one, mixed, square = integrals(peaks)
        least = min(least, one - mixed**2 / square)
    assert Q(1, 36) <= least < Q(6, 5) * Q(1, 36)
