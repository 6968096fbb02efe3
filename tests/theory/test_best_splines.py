"""The best spline, the place value of a peak, and the entropy:
checked on the waves themselves, in rational numbers."""

import random
from fractions import Fraction as Q
from itertools import product
from math import ceil, isqrt, prod

import numpy as np
import pytest
from helpers import exact
from helpers.statements import Statements

from compnet_book.exact import affine_pieces

states = Statements()


def sums(x, peaks, count):
    """x + f_count with s_0 = (1 - a_0) a_1, by the waves; `peaks` go on to a_count."""
    used, closing = peaks[:count], peaks[count]
    return exact.series(x, used, +1, exact.scales(used, +1, closing)) if count else x


def G(x, peaks, count):
    """a_0 (x + f_count): that is a_0 x + f_count / C."""
    return peaks[0] * sums(x, peaks, count)


def corners(peaks, count):
    """Corners of the polygon f_count."""
    x = exact.valleys(peaks[:count])
    return x, [sums(place, peaks, count) - place for place in x]


def groups(x, y, tolerance):
    """The least number of groups of successive points such that in each of them a line is within
    the tolerance of all its points: every three of them must not be further from a line."""
    count, start = 1, 0
    for last in range(len(x)):
        for i in range(start, last):
            for j in range(i + 1, last):
                chord = y[i] + (y[last] - y[i]) * (x[j] - x[i]) / (x[last] - x[i])
                if abs(y[j] - chord) > 2 * tolerance:
                    break
            else:
                continue
            count, start = count + 1, last
            break
    return count


@states(
    "thm-best-spline",
    right=lambda a, n: a[n + 1] * prod(b * (1 - b) for b in a[: n + 1]) / a[0] / 2,
    sign=lambda a, n: -a[n + 1] * prod(b * (1 - b) for b in a[: n + 1]) / a[0] / 2,
    index=lambda a, n: a[n] * prod(b * (1 - b) for b in a[: n + 1]) / a[0] / 2,
    factor=lambda a, n: a[n + 1] * prod(b * (1 - b) for b in a[: n + 1]) / a[0] / 3,
)
def the_best_spline(formula, peaks):
    """With C = 1/a_0. The sum f_{n+2} is within the formula of f_n + s_n/2,
    which has 2^n pieces, and with less its corners need more groups than that."""
    for n in range(5):
        error = formula(peaks, n)
        x, y = corners(peaks, n + 2)
        coarse = [sums(place, peaks, n) - place + error for place in x]
        if max(abs(p - q) for p, q in zip(y, coarse)) != error:
            return False
        if groups(x, y, error * Q(999, 1000)) <= 2**n:
            return False
    return True


@states(
    "cor-constant",
    right=lambda a, n: a[n + 1] * a[n] * (1 - a[n]) * prod(4 * b * (1 - b) for b in a[:n]) / 2,
    sign=lambda a, n: a[n + 1] * a[n] * (1 + a[n]) * prod(4 * b * (1 - b) for b in a[:n]) / 2,
    index=lambda a, n: a[n] * a[n] * (1 - a[n]) * prod(4 * b * (1 - b) for b in a[:n]) / 2,
    factor=lambda a, n: a[n + 1] * a[n] * (1 - a[n]) * prod(2 * b * (1 - b) for b in a[:n]) / 2,
)
def pieces_and_error(formula, peaks):
    """By the recurrence (4), from s_0 = C a_0 (1 - a_0) a_1 with C = 1."""
    scale = peaks[0] * (1 - peaks[0]) * peaks[1]
    for n in range(8):
        if formula(peaks, n) != Q(4) ** n * scale / 2:
            return False
        scale *= (1 - peaks[n + 1]) * peaks[n + 2]
    return True


@states(
    "cor-constant",
    right=lambda b: 4 * b * (1 - b),
    sign=lambda b: 4 * b * (1 + b),
    index=lambda b: 4 * b * (1 - b) ** 2,
    factor=lambda b: 2 * b * (1 - b),
)
def the_integral_of_the_root(formula, peaks):
    """(the sum of sqrt(length drop))^2 over cells: all products are equal, so it is rational."""
    lengths, drops = (
        np.diff(exact.valleys(each)) for each in (peaks[:5], [1 - b for b in peaks[:5]])
    )
    areas = {*(lengths * drops)}
    return len(areas) == 1 and len(lengths) ** 2 * areas.pop() == prod(map(formula, peaks[:5]))


def difference(peaks, other, count):
    """Least and largest value of G_b - G_a for sums of `count` waves: at the bends of both."""
    places = {*exact.valleys(peaks[:count]), *exact.valleys(other[:count])}
    gaps = [G(x, other, count) - G(x, peaks, count) for x in places]
    return min(gaps), max(gaps)


@states(
    "lem-one-peak",
    right=lambda a, n, by: (0, by * prod(b * (1 - b) for b in a[:n])),
    sign=lambda a, n, by: (-by, by * prod(b * (1 - b) for b in a[:n])),
    index=lambda a, n, by: (0, by * prod(b * (1 - b) for b in a[: n + 1])),
    factor=lambda a, n, by: (0, by * prod(max(b, 1 - b) for b in a[:n])),
)
def one_peak(formula, peaks):
    for n in range(5):
        by = (1 - peaks[n]) / 3
        moved = [b + by if k == n else b for k, b in enumerate(peaks)]
        if difference(peaks, moved, 5) != formula(peaks, n, by):
            return False
    return True


def place_values(a, b, of):
    return [abs(p - q) * prod(s * (1 - s) for s in of[:k]) for k, (p, q) in enumerate(zip(a, b))]


@states(
    "cor-two-sequences",
    right=lambda a, b, n: (place_values(a, b, a)[n], sum(place_values(a, b, b))),
    sign=lambda a, b, n: (-place_values(a, b, a)[n], sum(place_values(a, b, b))),
    index=lambda a, b, n: (place_values(a[1:], b[1:], a[1:])[n - 1], sum(place_values(a, b, b))),
    factor=lambda a, b, n: (place_values(a, b, a)[n], 2 * sum(place_values(a, b, b))),
)
def two_sequences(formula, peaks):
    """Both bounds hold, and are the difference if one peak alone is another."""
    for n in range(1, 4):
        moved = [(b + 1) / 2 if k == n else b for k, b in enumerate(peaks)]
        low, high = formula(peaks[:6], moved[:6], n)
        if not low == max(map(abs, difference(peaks, moved, 5))) == high:
            return False
        other = [(b + k) / (k + 2) if k >= n else b for k, b in enumerate(peaks)]
        low, high = formula(peaks[:6], other[:6], n)
        if not low <= max(map(abs, difference(peaks, other, 5))) <= high:
            return False
    return True


def within(peaks, c):
    """Peaks of [c, 1 - c], from any."""
    return [c + (1 - 2 * c) * b for b in peaks]


@states(
    "thm-entropy",
    right=lambda n, k, small: Q(4) ** k * small / (2 * (n + 1)),
    sign=lambda n, k, small: -(Q(4) ** k) * small / (2 * (n + 1)),
    index=lambda n, k, small: Q(4) ** (2 * k) * small / (2 * (n + 1)),
    factor=lambda n, k, small: Q(4) ** (k + 2) * small / (n + 1),
)
def the_cover(formula, peaks):
    """On grids with these distances to the nearest point a member of K_c finds one within epsilon:
    all peaks are as far from the grid as they can be, on one side."""
    c = Q(1, 10)
    for n in range(1, 4):
        small = Q(1, 4**n)
        member = within(peaks, c)
        steps = [formula(n, k, small) for k in range(n + 1)]
        if min(steps) < 0:
            return False
        near = [min(b + step, 1 - c) for b, step in zip(member, steps)] + [Q(1, 2)] * 6
        if max(map(abs, difference(member, near, 6))) >= small:
            return False
        if any(step > (1 - 2 * c) for step in steps[:-1]):
            return False
    return True


@states(
    "thm-entropy",
    right=lambda k, small: 12 * Q(4) ** k * small,
    sign=lambda k, small: -12 * Q(4) ** k * small,
    index=lambda k, small: 12 * Q(4) ** (k - 1) * small / 2,
    factor=lambda k, small: Q(4) ** k * small,
)
def far_apart(formula, peaks):
    """Two sequences near 1/2 that first differ by this at k give functions that no ball of
    radius epsilon holds both: whatever comes after."""
    for k in range(4):
        small = Q(1, 4**6)
        step = formula(k, small)
        before = [Q(1, 2) + (b - Q(1, 2)) / 4 for b in peaks[:k]]
        one = [*before, Q(1, 2), *peaks[k + 1 :]]
        other = [*before, Q(1, 2) + step, *peaks[-1:k:-1]]
        if step <= 0 or max(map(abs, difference(one, other, 5))) <= 2 * small:
            return False
    return True


@states(
    "prop-free-scales",
    right=lambda c, n: sum(1 / c**j for j in range(1, n + 2)),
    sign=lambda c, n: sum((-1) ** j / c**j for j in range(1, n + 2)),
    index=lambda c, n: sum(1 / c ** (j - 1) for j in range(1, n)) + Q(0),
    factor=lambda c, n: sum(1 / (1 - c) ** j for j in range(1, n + 2)) / 9,
)
def waves_move_with_their_peaks(formula, peaks):
    """By at most the sum times the largest move: on points beside all bends."""
    c = min(min(b, 1 - b) for b in peaks[:5])
    by = c / 1000
    moved = [b + by if b < Q(1, 2) else b - by for b in peaks]
    least = min(min(b, 1 - b) for b in [*peaks[:5], *moved[:5]])
    places = [*exact.valleys(peaks[:4]), *exact.valleys(moved[:4])]
    for n in range(4):
        gaps = [
            abs(exact.waves(x, peaks[: n + 1])[-1] - exact.waves(x, moved[: n + 1])[-1])
            for x in places
        ]
        if not 0 < max(gaps) <= formula(least, n) * by:
            return False
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, test_claims_are_covered = states.covering("best_splines")


@pytest.mark.slow
def test_fifty_tunnels_need_two_to_the_n_pieces_and_more_if_narrower():
    """For n up to 10: at s_n/2, and at .999 of it, by the walk through the tunnel."""
    dice = random.Random(15)
    for trial in range(50):
        n = 1 + trial % 10
        peaks = [Q(dice.randint(1, 19), 20) for _ in range(n + 3)]
        x, y = map(np.array, corners_by_insertion(peaks, n + 2))
        error = peaks[n + 1] * prod(b * (1 - b) for b in peaks[: n + 1]) / peaks[0] / 2
        assert affine_pieces(x, y, error, 2**n) == 2**n
        assert affine_pieces(x, y, error * Q(999, 1000), 2**n) > 2**n


def corners_by_insertion(peaks, count):
    """Corners of f_count, for C = 1/a_0: each new one divides a cell, s_i above the chord."""
    x, y = [Q(0), Q(1)], [Q(0), Q(0)]
    scale = (1 - peaks[0]) * peaks[1]
    for i in range(count):
        for k in range(len(x) - 1, 0, -1):
            share = peaks[i] if k % 2 else 1 - peaks[i]
            x.insert(k, x[k - 1] + share * (x[k] - x[k - 1]))
            y.insert(k, y[k - 1] + share * (y[k] - y[k - 1]) + scale)
        scale *= (1 - peaks[i + 1]) * peaks[i + 2] if i + 2 < len(peaks) else 0
    return x, y


@pytest.mark.parametrize(
    ("x", "y", "tolerance", "pieces"),
    [
        ([0, 1], [0, 0], Q(1, 9), 1),
        ([0, 1, 2], [0, 1, 0], Q(1, 2), 1),
        ([0, 1, 2], [0, 1, 0], Q(49, 100), 2),
        ([0, 1, 2, 3, 4], [0, 3, 4, 3, 0], Q(1, 2), 2),
        ([0, 1, 2, 3, 4], [0, 3, 4, 3, 0], Q(1, 4), 4),
        ([0, 1, 2, 3, 4], [0, 3, 4, 3, 0], Q(2), 1),
    ],
)
def test_pieces_of_small_polygons(x, y, tolerance, pieces):
    """By hand: a tent of height 1 needs one piece if the tolerance is 1/2; with 1/4 the pieces of
    the second polygon end at 4/3, 12/5 and 24/7."""
    x, y = [*map(Q, x)], [*map(Q, y)]
    assert affine_pieces(x, y, tolerance, 9) == pieces
    assert affine_pieces(x, y, tolerance, 1) == min(pieces, 2)


@pytest.mark.slow
def test_packing_and_cover_counted_one_by_one():
    """All functions of the packing for eps = 4^-4: further apart than 2 eps, and as many
    as the formula says; the cover's grids are as many points as every peak needs."""
    small, n = Q(1, 4**4), 4
    choices = [1 + isqrt(16 ** (n - k) // (144 * n)) for k in range(n)]
    step = [12 * Q(4) ** k * small for k in range(n)]
    wide = [Q(i) for i in range(200)]
    eta_twice = Q(isqrt(10**12 // n), 10**6)  # 1/sqrt(N), from below
    assert choices == [sum(i * each <= eta_twice for i in wide) for each in step]
    start = Q(1, 2) - eta_twice / 2
    rows = product(*(range(count) for count in choices[:2]))
    found = [[start + i * step[0], start + j * step[1], *[Q(1, 2)] * 6] for i, j in rows]
    for p, one in enumerate(found):
        for other in found[:p]:
            assert max(map(abs, difference(one, other, 4))) > 2 * small
    c = Q(1, 10)
    for k in range(n + 1):
        reach = Q(4) ** k * small / (2 * (n + 1))
        points = ceil((1 - 2 * c) / (2 * reach))
        assert points * 2 * reach >= 1 - 2 * c > (points - 1) * 2 * reach


@pytest.mark.slow
def test_a_function_gives_its_peaks_at_a_known_rate():
    """|a_n - b_n| times the place value is at most 2^n times the distance, for any two sequences;
    for n = 1 a factor of 1 would not do."""
    dice = random.Random(16)
    closest = Q(0)
    for _ in range(60):
        one, other = ([Q(dice.randint(1, 19), 20) for _ in range(6)] for _ in range(2))
        distance = max(map(abs, difference(one, other, 5)))
        for n, value in enumerate(place_values(one[:5], other[:5], one[:5])):
            assert value <= 2**n * distance
            if n == 1:
                closest = max(closest, value / distance)
    assert closest > 1


def test_scales_on_a_lattice_are_far_apart():
    """Sums whose scales first differ at n differ by as much on P_n, whatever the later scales."""
    peaks = [Q(1, 3), Q(3, 5), Q(1, 2), Q(2, 7), Q(4, 9)]
    dice = random.Random(17)
    for n in range(4):
        scales = [[Q(dice.randint(-9, 9)) for _ in peaks] for _ in range(2)]
        scales[1][:n], scales[1][n] = scales[0][:n], scales[0][n] + 3
        tops = exact.valleys(peaks[: n + 1])[1::2]
        for x in tops:
            found = [np.dot(each, exact.waves(x, peaks)) for each in scales]
            assert found[1] - found[0] == 3
