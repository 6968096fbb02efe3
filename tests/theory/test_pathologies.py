"""The examples of the chapter on pathologies, and its lemmas, by values, enumeration and
elimination in rational numbers, without the library's semi-norm."""

from fractions import Fraction as Q
from itertools import combinations, permutations, product
from math import sqrt

import numpy as np
import pytest
from helpers.statements import Statements

states = Statements()

SCALES = [Q(2) ** j for j in range(-4, 5)] + [Q(1, 3), Q(3)]


def relu(t):
    return max(t, Q(0))


def inner(a, x):
    return sum((u * v for u, v in zip(a, x)), Q(0))


def value(net, x):
    return sum((c * relu(inner(a, x)) for a, c in net), Q(0))


def gradient(net, x):
    """At a point on no hyperplane, as a vector."""
    return [sum((c * a[s] for a, c in net if inner(a, x) > 0), Q(0)) for s in range(len(x))]


def size(vector):
    return max(abs(v) for v in vector)


def distance(first, second):
    """The largest difference of two weights."""
    return max(
        max(size([u - v for u, v in zip(a, b)]), abs(c - e))
        for (a, c), (b, e) in zip(first, second)
    )


def around(net):
    """Two points in the plane, at least, in every cell of the lines <a_i, x> = 0: beside the rays
    that bound it, by less than the lines of these tests are apart."""
    turned = [(-a[1] / size(a), a[0] / size(a)) for a, _ in net if any(a)]
    rays = {*turned, *((-u, -v) for u, v in turned), (Q(1), Q(0)), (Q(-1), Q(1))}
    e = Q(1, 10**9)
    points = [(u - side * v, v + side * u) for u, v in rays for side in (e, -e)]
    assert all(inner(a, x) for a, _ in net if any(a) for x in points)
    return points


def seminorm(net):
    """The largest entry of a gradient, over points of all cells."""
    return max(size(gradient(net, x)) for x in around(net))


def minus(net):
    return [(a, -c) for a, c in net]


def same(first, second):
    """By the values at many points: differences of two linear functions on each cell."""
    both = [*first, *second]
    return all(value(first, x) == value(second, x) for x in around(both))


def rescaled(net):
    """Its parameters in every order, turned round or not, with every scale of `SCALES`."""
    for order in permutations(net):
        for signs in product((1, -1), repeat=len(net)):
            turned = [([s * v for v in a], c) for s, (a, c) in zip(signs, order)]
            if same(turned, net):
                for scales in product(SCALES, repeat=len(net)):
                    yield [([f * v for v in a], c / f) for f, (a, c) in zip(scales, turned)]


def invariants(kink, linear):
    """Kinks by line and the linear part, as the lemma has them; `kink` and `linear` say what a
    neuron adds."""

    def found(net):
        kinks = {}
        for a, c in net:
            if any(a):
                first = next(v for v in a if v)
                line = tuple(v / size(a) * (1 if first > 0 else -1) for v in a)
                kinks[line] = kinks.get(line, Q(0)) + kink(a, c)
        left = sorted([*line, jump] for line, jump in kinks.items() if jump)
        parts = [linear(a, c) for a, c in net]
        return [left, [sum(column, Q(0)) for column in zip(*parts)]]

    return found


def scaled(a, by):
    return [by * v for v in a]


@states(
    "lem-path-kinks",
    right=invariants(lambda a, c: c * size(a), scaled),
    products=invariants(lambda a, c: c, scaled),
    sides=invariants(lambda a, c: c * size(a) * (1 if a[0] > 0 else -1), scaled),
    linear=invariants(lambda a, c: c * size(a), lambda a, c: scaled(a, abs(c))),
    half=invariants(lambda a, c: c * size(a), lambda a, c: [c * a[0], Q(0)]),
)
def equal_functions_have_equal_kinks_and_linear_parts(formula, peaks):
    """Nets that are equal and nets that nearly are, told apart by their values."""
    p, q, r = peaks[:3]
    base = [([Q(1), p], q + 1), ([-r, Q(2)], -p), ([Q(2), 2 * p], Q(1))]
    (a, c), (b, e), (_, f) = base
    merged = [(a, c + 2 * f), (b, e), ([Q(0), Q(0)], Q(3))]
    split = [([v / 3 for v in a], 3 * c), base[2], (b, e)]
    turned = [([-v for v in a], c), *base[1:]]
    uneven = [(a, c + f), (b, e), (a, f)]
    moved = [([Q(1), p + Q(1, 97)], c), *base[1:]]
    pair = [(a, c), ([-v for v in a], c)]
    signs = [(a, c + 3), (a, Q(-3)), (b, e), base[2]]
    closed = [(a, Q(1)), (b, Q(1)), ([-u - v for u, v in zip(a, b)], Q(1))]
    switched = [([-v for v in row], read) for row, read in closed]
    up, down = [([Q(0), Q(1)], p)], [([Q(0), Q(-1)], p)]
    nets = [base, merged, split, signs, turned, uneven, moved, pair, [*reversed(pair)]]
    nets += [closed, switched, up, down]
    return all(
        (formula(first) == formula(second)) == same(first, second)
        for first, second in combinations(nets, 2)
    )


@states(
    "S-lemA.3",
    "lem-path-switch",
    right=lambda a, c: [sum(v * read for v, read in zip(column, c)) for column in zip(*a)],
    sign=lambda a, c: [-sum(v * read for v, read in zip(column, c)) for column in zip(*a)],
    half=lambda a, c: [sum(v * read for v, read in zip(column, c)) / 2 for column in zip(*a)],
    unread=lambda a, c: [sum(column) for column in zip(*a)],
    last=lambda a, c: [sum(v * read for v, read in zip(column, c[:-1])) for column in zip(*a)],
)
def switching_all_weights_adds_a_linear_function(formula, peaks):
    """Against the values, in three dimensions; and nothing, if the last neuron closes the sum."""
    a = [peaks[3 * k : 3 * k + 3] for k in range(3)]
    a[1] = [-v for v in a[1]]
    c = [Q(2), peaks[9] - 2, peaks[10]]
    closing = [-v for v in formula(a, c)]
    for rows, reads in ((a, c), ([*a, closing], [*c, Q(1)])):
        there = [*zip(rows, reads)]
        back = [([-v for v in row], read) for row, read in there]
        for x in product((-1, 0, 2), repeat=3):
            if value(there, x) - value(back, x) != inner(formula(rows, reads), x):
                return False
        if len(rows) == 4 and any(formula(rows, reads)):
            return False
    return True


def exploding(k):
    return [([Q(k), Q(0)], Q(k)), ([Q(k), -Q(1, k * k)], -Q(k))]


@states(
    "S-ex2.1",
    right=lambda k: [Q(1, k), Q(k * k), Q(k)],
    uniform=lambda k: [Q(1, k * k), Q(k * k), Q(k)],
    gradient=lambda k: [Q(1, k), Q(k), Q(k)],
    distance=lambda k: [Q(1, k), Q(k * k), Q(k * k)],
    constant=lambda k: [Q(1, k), Q(k * k), Q(1)],
)
def example_2_1(formula, peaks):
    """The norm on the square at its corners and where its kinks meet the edges; the gradients of
    all cells; and the nearest of many parametrizations."""
    for k in (1, 2, 4):
        g = exploding(k)
        corners = [*product((Q(-1), Q(1)), repeat=2)]
        bends = [(Q(0), Q(1)), (Q(0), Q(-1)), (Q(1, k**3), Q(1)), (Q(-1, k**3), Q(-1))]
        norm = max(abs(value(g, x)) for x in [*corners, *bends])
        zero = [([Q(0), Q(0)], Q(0))] * 2
        nearest = min(distance(phi, zero) for phi in rescaled(g))
        if formula(k) != [norm, seminorm(g), nearest]:
            return False
    return True


@states(
    "S-ex2.2",
    right=lambda r, k: [Q(1, k), r],
    function=lambda r, k: [r / k, r],
    distance=lambda r, k: [Q(1, k), Q(1, k)],
    factor=lambda r, k: [Q(1, k), 2 * r],
)
def example_2_2(formula, peaks):
    for k, r in ((4, Q(2)), (16, peaks[0] + 1), (64, Q(5))):
        gamma, g = [([r, Q(0)], Q(0))], [([Q(0), Q(1)], Q(1, k))]
        apart = seminorm([*g, *minus(gamma)])
        if formula(r, k) != [apart, min(distance(phi, gamma) for phi in rescaled(g))]:
            return False
    return True


@states(
    "S-ex2.3",
    right=lambda k: [Q(1, k), Q(1)],
    function=lambda k: [Q(1, k * k), Q(1)],
    distance=lambda k: [Q(1, k), 1 - Q(1, 2 * k)],
    larger=lambda k: [Q(1, k), Q(2)],
)
def example_2_3(formula, peaks):
    for k in (1, 3, 8):
        gamma = [([Q(1), Q(0)], Q(1))] * 2
        g = [([Q(1), Q(0)], Q(2)), ([Q(0), Q(1)], Q(1, k))]
        apart = seminorm([*g, *minus(gamma)])
        if formula(k) != [apart, min(distance(phi, gamma) for phi in rescaled(g))]:
            return False
    return True


def minors(weights):
    def found(a, v):
        pairs = [(s, t) for s, t in combinations(range(len(v)), 2) if v[s] or v[t]]
        return max(abs(a[s] * v[t] - a[t] * v[s]) / weights(v[s], v[t]) for s, t in pairs)

    return found


@states(
    "S-ex2.4",
    right=minors(lambda s, t: abs(s) + abs(t)),
    largest=minors(lambda s, t: max(abs(s), abs(t))),
    signed=minors(lambda s, t: abs(s + t) or Q(1)),
    double=minors(lambda s, t: 2 * (abs(s) + abs(t))),
)
def distance_from_a_line_in_example_2_4(formula, peaks):
    """The least distance of a from a multiple of v: a convex, piecewise linear function of the
    multiple, least where two of its parts meet, or where one is 0."""
    for d in (2, 3, 4):
        a = [peaks[k] - Q(1, 2) for k in range(d)]
        v = [Q(1)] + [peaks[k + 4] - Q(1, 3) for k in range(d - 1)]
        meet = [a[s] / v[s] for s in range(d) if v[s]]
        for s, t in combinations(range(d), 2):
            meet += [(a[s] - a[t]) / (v[s] - v[t])] if v[s] != v[t] else []
            meet += [(a[s] + a[t]) / (v[s] + v[t])] if v[s] + v[t] else []
        nearest = min(size([u - mu * w for u, w in zip(a, v)]) for mu in meet)
        if formula(a, v) != nearest:
            return False
    return True


def test_example_2_4_is_zero_and_a_kink_away():
    turned = [[Q(1), Q(0)], [Q(-1), Q(1)], [Q(0), Q(-1)]]
    gamma = [(a, Q(1)) for a in turned] + [([-v for v in a], Q(-1)) for a in turned]
    for k in (1, 5):
        g = [([Q(1), Q(1)], Q(1, k))]
        assert seminorm([*g, *minus(gamma)]) == Q(1, k)
    assert all(value(gamma, x) == 0 for x in product((-2, 1, 3), repeat=2))


def root_two(k):
    """Example 2.5 by its neurons, in floats."""
    root = sqrt(2) * k
    return np.array([[k, k, 1 / k], [-k, k, 1 / k], [0, -root, 1 / root]]), np.array([k, k, root])


@states(
    "S-ex2.5",
    right=lambda k: [3, 2],
    sum=lambda k: [1, 2],
    shared=lambda k: [2, 2],
    least=lambda k: [3, 1],
    most=lambda k: [3, 4],
)
def example_2_5(formula, peaks):
    """The sum of the c_i a_i, whose irrational factors cancel, and which signs keep the function;
    then the square of the least distance over k, to nine digits, on a fine grid of scales."""
    for k in (1, 2, 7):
        products = [[k * k, k * k, 1], [-k * k, k * k, 1], [0, -2 * k * k, 1]]
        kept = [
            chosen
            for chosen in product((0, 1), repeat=3)
            if not any(sum(s * row[t] for s, row in zip(chosen, products)) for t in range(3))
        ]
        assert kept == [(0, 0, 0)]
        a, c = root_two(float(k))
        grid = np.concatenate([2 ** np.linspace(-3, 3, 1201), [sqrt(2) - 1, 2 - sqrt(2)]])
        costs = np.array(
            [
                [
                    np.minimum.reduce(
                        np.maximum(abs(a[i] + grid[:, None] * a[j]).max(1), abs(c[i] - c[j] / grid))
                    )
                    for j in range(3)
                ]
                for i in range(3)
            ]
        )
        least = min(
            max(costs[i, o] for i, o in enumerate(order)) for order in permutations(range(3))
        )
        total = max(abs(sum(row[t] for row in products)) for t in range(3))
        if formula(k) != [total, round((least / k) ** 2, 9)]:
            return False
    return True


@states(
    "S-exA.2",
    right=lambda n: [Q(1, n), Q(n), Q(n**3)],
    function=lambda n: [Q(1, n * n), Q(n), Q(n**3)],
    distance=lambda n: [Q(1, n), Q(1, n), Q(n**3)],
    rate=lambda n: [Q(1, n), Q(n), Q(n)],
)
def example_in_place_of_A_2(formula, peaks):
    """The semi-norm, the distance, and the square of the constant that they force."""
    for n in (2, 4, 16):
        gamma, g = [([Q(n), Q(0)], Q(1, n * n))], [([Q(0), Q(1)], Q(1, n))]
        apart = seminorm([*g, *minus(gamma)])
        nearest = min(distance(phi, gamma) for phi in rescaled(g))
        if formula(n) != [apart, nearest, nearest**2 / apart]:
            return False
    return True


@pytest.mark.parametrize("n", [1, 2, 5, 30])
def test_the_estimate_of_A_2_has_parameters_for_every_function(n):
    """Those of the proof: for random functions of one unit the constant is n^(3/2) + 1."""
    rng = np.random.default_rng(n)
    gamma = [([Q(n), Q(0)], Q(1, n * n))]
    for draw in range(400):
        q = rng.choice([-1, 1]) * Q(2) ** int(rng.integers(-12, 18)) * Q(int(rng.integers(1, 9)), 8)
        u = [Q(1), Q(0)] if draw % 3 == 0 else [Q(int(v), 8) for v in rng.integers(-8, 9, 2)]
        u = [v / size(u) for v in u] if any(u) else [Q(0), Q(1)]
        apart = seminorm([(u, q), *minus(gamma)])
        scale = Q(n) if u == [1, 0] and abs(q) <= n * n else Q(sqrt(abs(q)))
        away = distance([([scale * v for v in u], q / scale)], gamma)
        assert away <= (n**1.5 + 1) * sqrt(apart) * (1 + 1e-12), (q, u)


POINTS = [((Q(1), Q(0)), Q(2)), ((Q(1), Q(-1)), Q(2))]


def loss(net, last):
    data = [*POINTS, ((Q(-1), Q(1)), last)]
    return sum(((value(net, x) - y) ** 2 for x, y in data), Q(0)) / 3


@states(
    "S-exA.1",
    right=lambda t: [t * t / 3, (1 - t) ** 2 / 3, Q(1, 2)],
    sum=lambda t: [t * t, (1 - t) ** 2, Q(1, 2)],
    sign=lambda t: [t * t / 3, (1 + t) ** 2 / 3, Q(1, 2)],
    radius=lambda t: [t * t / 3, (1 - t) ** 2 / 3, Q(3, 4)],
)
def example_in_place_of_A_1(formula, peaks):
    """Losses point by point; within the radius no network has a smaller one, neither at corners of
    the box, where the third point is reached first, nor at one found by hand beyond it."""
    gamma = [([Q(1), Q(0)], Q(1))] * 2
    by_hand = [([Q(6, 5), Q(-2, 15)], Q(3, 2)), ([Q(1, 4), Q(3, 4)], Q(4, 5))]
    assert distance(by_hand, gamma) == Q(3, 4)
    for t in (peaks[0], peaks[1], Q(1)):
        first, second, radius = formula(t)
        g = [([Q(1), Q(0)], Q(2)), ([Q(0), Q(1)], t)]
        if [loss(g, Q(0)), loss(g, Q(1))] != [first, second]:
            return False
        corners = [
            [([1 + radius * u, radius * v], 1 + radius * w) for u, v, w in pair]
            for pair in product(product((-1, 0, 1), repeat=3), repeat=2)
        ]
        tried = [net for net in [*corners, by_hand] if distance(net, gamma) <= radius]
        if min(loss(net, Q(1)) for net in tried) < Q(1, 3):
            return False
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, _ = states.covering("pathologies")
