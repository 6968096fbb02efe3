"""Critical points, lonely partitions and their numbers, by enumeration and exact elimination."""

from fractions import Fraction as Q
from itertools import combinations_with_replacement, product
from math import comb, prod

import pytest
from helpers.statements import Statements

states = Statements()


def rank(rows):
    """Of a matrix of `Fraction`, by elimination."""
    rows, found = [list(row) for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((k for k in range(found, len(rows)) if rows[k][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for k in range(found + 1, len(rows)):
            share = rows[k][column] / rows[found][column]
            rows[k] = [a - share * b for a, b in zip(rows[k], rows[found])]
        found += 1
    return found


def matrix(x, beta, s):
    """What each unit contributes at each point for a delta-slope of 1."""
    return [[(t - b) if o * (t - b) > 0 else Q(0) for b, o in zip(beta, s)] for t in x]


def drawn(peaks):
    """Increasing breakpoints 1, 2, 3, ... and points between them, moved a little."""
    return [Q(k + 1) for k in range(4)], [Q(2 * k, 3) + peaks[k] / 10 for k in range(8)]


@states(
    "F-thm3",
    "thm-surface-ols",
    right=lambda w, b, v, g, h: [b / w**2 * g + v * h, -g / w, w * h],
    sign=lambda w, b, v, g, h: [b / w**2 * g + v * h, g / w, w * h],
    index=lambda w, b, v, g, h: [b / w**2 * g + w * h, -g / w, v * h],
    factor=lambda w, b, v, g, h: [b / w * g + v * h, -g / w, w * h],
)
def gradients_by_weights(formula, peaks):
    """From those by breakpoint g and delta-slope h; both sides are sums over the points."""
    x, y = [a * 3 for a in peaks[:6]], peaks[6:12]
    for w, b, v in [(Q(2), -peaks[0], Q(3)), (Q(-1, 2), peaks[1], Q(5))]:
        error = [v * max(w * t + b, 0) - data for t, data in zip(x, y)]
        on = [e for e, t in zip(error, x) if w * t + b > 0]
        at = [t for t in x if w * t + b > 0]
        beta, mu = -b / w, w * v
        g = -mu * sum(on)
        h = sum(e * (t - beta) for e, t in zip(on, at))
        by_weights = [
            v * sum(e * t for e, t in zip(on, at)),
            v * sum(on),
            sum(e * (w * t + b) for e, t in zip(on, at)),
        ]
        if formula(w, b, v, g, h) != by_weights:
            return False
    return True


@states(
    "F-thm4a",
    "thm-surface-lonely",
    right=lambda n, h, r: int(r == n),
    sign=lambda n, h, r: int(r != n),
    index=lambda n, h, r: int(r == min(n, h)),
    factor=lambda n, h, r: int(n <= h),
)
def zero_loss_for_all_data(formula, peaks):
    """With given orientations: every unit vector of data is a sum of what the units contribute."""
    beta, places = drawn(peaks)
    for points in (places[:1], places[1:3], places[2:6], places[:5]):
        for s in product([1, -1], repeat=len(beta)):
            rows = matrix(points, beta, s)
            r = rank(rows)
            solved = all(
                rank([[*row, Q(n == k)] for k, row in enumerate(rows)]) == r
                for n in range(len(points))
            )
            if int(solved) != formula(len(points), len(beta), r):
                return False
    return True


@pytest.mark.parametrize(("points", "units"), [(1, 1), (2, 2), (2, 3), (3, 3), (3, 4), (4, 4)])
def test_theorem_4a_every_lonely_partition_has_orientations(points, units):
    beta = [Q(k + 1) for k in range(units)]
    for pieces in combinations_with_replacement(range(units + 1), points):
        if len(set(pieces)) == points:
            x = [Q(2 * piece + 1, 2) for piece in pieces]
            signs = product([1, -1], repeat=units)
            assert any(rank(matrix(x, beta, s)) == points for s in signs), pieces


@states(
    "F-thm4b",
    "thm-surface-lonely",
    right=lambda n, h: prod((1 - Q(k, h + 1) for k in range(n)), start=Q(1)),
    printed=lambda n, h: 1 - prod((1 - Q(k, h + 1) for k in range(n)), start=Q(1)),
    index=lambda n, h: prod((1 - Q(k, h + 1) for k in range(1, n + 1)), start=Q(1)),
    factor=lambda n, h: prod((1 - Q(k, h) for k in range(n)), start=Q(1)),
)
def probability_of_a_lonely_partition(formula, peaks):
    """Of all ways to throw the points into the pieces."""
    for n, h in [(1, 1), (2, 2), (3, 3), (2, 5), (4, 4)]:
        thrown = [*product(range(h + 1), repeat=n)]
        lonely = sum(len(set(pieces)) == n for pieces in thrown)
        if formula(n, h) != Q(lonely, len(thrown)):
            return False
    return True


@states(
    "F-thm4b",
    "F-critical-count",
    right=lambda n, h: [comb(n + h, h), comb(h + 1, n)],
    sign=lambda n, h: [comb(n + h, h), comb(h - 1, n)],
    index=lambda n, h: [comb(n + h, h + 1), comb(h + 1, n)],
    factor=lambda n, h: [comb(n + h - 1, h), comb(h + 1, n)],
)
def numbers_of_partitions(formula, peaks):
    """All of them, and the lonely ones."""
    for n, h in [(1, 1), (2, 3), (3, 4), (4, 3)]:
        found = [*combinations_with_replacement(range(h + 1), n)]
        if formula(n, h) != [len(found), sum(len(set(pieces)) == n for pieces in found)]:
            return False
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, _ = states.covering("loss_surface")
