"""The best place of one bend, and where moves come to rest, by elimination in rational numbers."""

from fractions import Fraction as Q
from itertools import accumulate, pairwise

import numpy as np
import pytest
from helpers.statements import Statements

import compnet_lib as cn
from compnet_lib.experiments import broken_lines, space_curves

states = Statements()


def solved(columns, y):
    """What the least squares fit by these columns leaves, by the normal equations;
    columns that are sums of those before are left out."""
    kept = []
    for column in columns:
        if independent([*kept, column]):
            kept.append(column)
    rows = [[dot(u, v) for v in kept] + [dot(u, y)] for u in kept]
    for i in range(len(rows)):
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for k in range(len(rows)):
            if k != i:
                rows[k] = [u - rows[k][i] * v for u, v in zip(rows[k], rows[i])]
    fit = [sum(row[-1] * column[n] for row, column in zip(rows, kept)) for n in range(len(y))]
    return [v - w for v, w in zip(y, fit)]


def independent(columns):
    """Whether the determinant of the products is not 0."""
    rows, sign = [[dot(u, v) for v in columns] for u in columns], 1
    for i in range(len(rows)):
        if rows[i][i] == 0:  # the matrix is positive semidefinite
            return False
        sign *= rows[i][i]
        for k in range(i + 1, len(rows)):
            rows[k] = [u - rows[k][i] / rows[i][i] * v for u, v in zip(rows[k], rows[i])]
    return sign != 0


def dot(u, v):
    return sum((a * b for a, b in zip(u, v)), start=Q(0))


def hinge(x, t):
    return [max(v - t, Q(0)) for v in x]


def problem(peaks):
    """Points, data, and the columns of a line with two bends, all from the peaks."""
    x = list(accumulate(Q(1, 3) + a for a in peaks[:8]))
    y = [(-1) ** n * a * (n % 3 + 1) + a * a for n, a in enumerate(peaks[4:12])]
    bends = [(x[1] + 2 * x[2]) / 3, (x[4] + x[5]) / 2]
    return x, y, [[Q(1)] * 8, x, *(hinge(x, t) for t in bends)]


def products(x, y, columns, gap):
    """p, q, A, B, C of the theorem, and a and b."""
    b = [Q(n > gap) for n in range(len(x))]
    a = [u * v for u, v in zip(x, b)]
    r, pa, pb = (solved(columns, v) for v in (y, a, b))
    return (dot(r, a), dot(r, b), dot(pa, pa), dot(pa, pb), dot(pb, pb)), a, b


def least(columns, y):
    rest = solved(columns, y)
    return dot(rest, rest)


@states(
    "thm-best-place",
    right=lambda p, q, A, B, C, t: (p - t * q) ** 2 / (A - 2 * t * B + t * t * C),
    linear=lambda p, q, A, B, C, t: (p - t * q) ** 2 / (A - t * B + t * t * C),
    sign=lambda p, q, A, B, C, t: (p + t * q) ** 2 / (A - 2 * t * B + t * t * C),
    swapped=lambda p, q, A, B, C, t: (q - t * p) ** 2 / (A - 2 * t * B + t * t * C),
)
def what_a_hinge_gains(formula, peaks):
    x, y, columns = problem(peaks)
    for gap in (2, 4, 6):
        numbers, *_ = products(x, y, columns, gap)
        for t in (x[gap], (2 * x[gap] + x[gap + 1]) / 3):
            fall = least(columns, y) - least([*columns, hinge(x, t)], y)
            if independent([*columns, hinge(x, t)]) and formula(*numbers, t) != fall:
                return False
    return True


@states(
    "thm-best-place",
    right=lambda p, q, A, B, C: (q * A - p * B, q * B - p * C),
    plus=lambda p, q, A, B, C: (q * A + p * B, q * B + p * C),
    swapped=lambda p, q, A, B, C: (q * C - p * B, q * B - p * A),
    zero=lambda p, q, A, B, C: (p, q),
    inverse=lambda p, q, A, B, C: (q * B - p * C, q * A - p * B),
)
def the_best_place(formula, peaks):
    """At t* the column a - tb does what a and b do together: no other multiple can do more."""
    x, y, columns = problem(peaks)
    for gap in (0, 2, 3, 6):
        numbers, a, b = products(x, y, columns, gap)
        over, under = formula(*numbers)
        if under == 0 or not independent([*columns, a, b]):
            continue
        column = [u - over / under * v for u, v in zip(a, b)]
        if least([*columns, column], y) != least([*columns, a, b], y):
            return False
    return True


@states(
    "thm-best-place",
    right=lambda p, q, A, B, C: (p * p * C - 2 * p * q * B + q * q * A) / (A * C - B * B),
    sign=lambda p, q, A, B, C: (p * p * C + 2 * p * q * B + q * q * A) / (A * C - B * B),
    swapped=lambda p, q, A, B, C: (p * p * A - 2 * p * q * B + q * q * C) / (A * C - B * B),
    plus=lambda p, q, A, B, C: (p * p * C - 2 * p * q * B + q * q * A) / (A * C + B * B),
)
def what_a_bend_and_a_jump_gain(formula, peaks):
    x, y, columns = problem(peaks)
    for gap in (0, 3, 6):
        numbers, a, b = products(x, y, columns, gap)
        if independent([*columns, a, b]):
            fall = least(columns, y) - least([*columns, a, b], y)
            if formula(*numbers) != fall:
                return False
    return True


@states(
    "thm-moves-rest",
    right=lambda e, x, t: sum((v for u, v in zip(x, e) if u > t), start=Q(0)),
    one_more=lambda e, x, t: sum((v for u, v in zip(x[1:], e) if u > t), start=Q(0)),
    sizes=lambda e, x, t: sum((abs(v) for u, v in zip(x, e) if u > t), start=Q(0)),
    squares=lambda e, x, t: sum((u * u * v for u, v in zip(x, e) if u > t), start=Q(0)),
)
def errors_beyond_a_bend_at_rest(formula, peaks):
    """Of one bend more at its best place, for data that turn sharply inside a gap."""
    x, y, columns = problem(peaks)
    y = [v + 100 * w for v, w in zip(y, hinge(x, (x[3] + x[4]) / 2))]
    (p, q, A, B, C), *_ = products(x, y, columns, 3)
    t = (q * A - p * B) / (q * B - p * C)
    assert x[3] < t < x[4]
    errors = solved([*columns, hinge(x, t)], y)
    return any(errors) and formula(errors, x, t) == 0


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, _ = states.covering("global_moves")


def test_no_place_of_a_fine_grid_is_better_than_the_ends_of_gaps_and_their_best_places():
    x, y, columns = problem([Q(3, 7), Q(1, 2), Q(5, 8), Q(2, 9), Q(4, 5), Q(1, 6)] * 2)
    best = Q(0)
    for gap, (low, high) in enumerate(pairwise(x)):
        (p, q, A, B, C), *_ = products(x, y, columns, gap)
        inner = [(q * A - p * B) / (q * B - p * C)] if q * B != p * C else []
        for t in (low, high, *inner):
            size = A - 2 * t * B + t * t * C
            if low <= t <= high and size:
                best = max(best, (p - t * q) ** 2 / size)
    whole = least(columns, y)
    for k in range(61):
        t = x[0] + (x[-1] - x[0]) * Q(k, 60)
        assert whole - least([*columns, hinge(x, t)], y) <= best


def test_two_bends_of_eight_points_are_a_trap():
    x, y = np.arange(8.0), np.array([-2, -1, 1 / 3, 5 / 3, 3, 4 / 3, -1 / 3, -2])
    exact = [[Q(1)] * 8, [Q(k) for k in range(8)]]
    data = [Q(v).limit_denominator(3) for v in y]
    hinges = lambda *bends: [hinge(exact[1], t) for t in bends]
    assert least([*exact, *hinges(Q(1), Q(4))], data) == 0
    first, second = Q(14, 5), Q(267, 71)
    assert least([*exact, *hinges(first, second)], data) == Q(1, 54)
    for k in range(1, 140):
        assert least([*exact, *hinges(Q(k, 20), second)], data) >= Q(1, 54)
        assert least([*exact, *hinges(first, Q(k, 20))], data) >= Q(1, 54)
    places = np.array([[float(first), float(second)]])
    line = np.array([[1.0, 2.0, 3.0]])
    start = cn.ReLUNet(
        [np.ones((1, 3, 1)), line[:, None]],
        [np.append(places, -10.0)[None] * [-1, -1, -1] * [1, 1, -1], np.zeros((1, 1))],
    )
    ended = cn.global_moves(start, y, x, epochs=0)
    assert np.isclose(ended.loss[0] * 8, 1 / 54) and ended.finished[0] == 1


@pytest.mark.parametrize("stop", [1e-2, 1e-4])
def test_rounds_are_bounded_by_what_lines_apart_leave(stop):
    x = np.linspace(-2, 2, 81)
    for curve in space_curves(1):
        found = cn.global_moves(cn.default_init(6, 1, 6), curve, x, stop=stop)
        sums, least_sum = found.history * 81, cn.segmented_regression(x, curve(x), 6).sse[0]
        assert (sums[:, -1] >= least_sum * (1 - 1e-9)).all()
        bound = 1 + np.log(sums[:, 0] / least_sum) / stop
        assert (found.finished <= bound).all()
        for own, last in zip(sums, found.finished):
            assert (own[1:last] < (1 - stop) * own[: last - 1]).all()
            assert own[last] >= (1 - stop) * own[last - 1] * (1 - 1e-12) or last == 100


def test_at_rest_lines_between_bends_inside_gaps_are_least_squares_lines():
    x, curve = np.linspace(-2, 2, 61), broken_lines(1, 9, seed=3)[0]
    found = cn.global_moves(cn.default_init(8, 1, 5), curve, x, epochs=0, stop=0, rounds=2000)
    seen = 0
    for k, bends in enumerate(cn.breakpoints(found.net, -2, 2)):
        inside = [t for t in bends if abs(x - t).min() > 1e-6]
        errors = found.net(x)[k] - curve(x)
        for t in inside:
            assert abs(errors[x > t].sum()) < 1e-5
        seen += len(inside)
        if len(inside) == len(bends):
            pieces = np.searchsorted(bends, x)
            for piece in range(len(bends) + 1):
                rest, where = errors[pieces == piece], x[pieces == piece]
                assert abs(rest.sum()) < 1e-5 and abs((rest * where).sum()) < 1e-5
    assert seen
