"""The least constant of inverse stability: its bound, the pair that attains it, and few neurons.

Cells are those sign vectors that no linear dependence of the directions forbids, and distances are
decided by intervals of factors: both without the library, in rationals.
"""

from fractions import Fraction as Q
from functools import cache
from itertools import combinations, permutations, product
from math import isqrt

import numpy as np
import pytest
from helpers.statements import PEAKS, Statements
from sympy import QQ
from sympy.polys.matrices import DomainMatrix

import compnet_lib as cn
from compnet_lib import experiments

states = Statements()
LITTLE = 1 - Q(1, 10**6)
BETAS = (Q(1, 10), Q(1), Q(3, 2), Q(2), Q(3), Q(7))


# Units are (direction of sup norm 1, signed product, size of the input weights)


def units(net):
    rows, reads = net.weights[0][0], net.weights[1][0, 0]
    sizes = [max(map(abs, row)) for row in rows]
    return [
        (tuple(v / size for v in row), size * c, size) for row, size, c in zip(rows, sizes, reads)
    ]


def difference(gamma, theta):
    """{direction: w} of the function of theta minus that of gamma, which must differ."""
    found = {}
    for side, network in ((-1, gamma), (1, theta)):
        for u, p, _ in network:
            found[u] = found.get(u, 0) + side * p
    found = {u: w for u, w in found.items() if w}
    assert found
    return found


def dependences(directions):
    """The smallest linearly dependent sets, with the signs of their coefficients."""
    found = []
    for size in range(2, len(directions[0]) + 2):
        for rows in combinations(range(len(directions)), size):
            if any(set(smaller) <= set(rows) for smaller, _ in found):
                continue
            columns = [[QQ(v.numerator, v.denominator) for v in directions[i]] for i in rows]
            null = DomainMatrix(columns, (size, len(directions[0])), QQ).transpose().nullspace()
            if null.shape[0] == 1:
                found.append((rows, [1 if v > 0 else -1 for v in null.to_list()[0]]))
    return found


@cache
def cells(directions):
    """All sign vectors of <u, x>: a dependence has no x where all its terms have one sign."""
    limits = dependences(directions)
    return [
        signs
        for signs in product((1, -1), repeat=len(directions))
        if all(len({signs[i] * c for i, c in zip(*limit)}) == 2 for limit in limits)
    ]


def gradients(weighted):
    directions = tuple(weighted)
    for signs in cells(directions):
        active = [u for u, sign in zip(directions, signs) if sign > 0]
        yield (
            len(active),
            [sum(weighted[u] * u[i] for u in active) for i in range(len(directions[0]))],
        )


def seminorm(weighted):
    return max(abs(v) for _, row in gradients(weighted) for v in row)


def within(gamma, theta, t, rescaled):
    """Whether theta in some order, freely `rescaled` or as it is, is at most t from gamma."""

    def fits(one, other):
        (u, p, size), (v, q, own) = one, other
        least, most = (Q(0), None) if rescaled else (own, own)
        for x, y in zip(u, v):  # |factor y - size x| <= t
            if y == 0:
                if abs(size * x) > t:
                    return False
                continue
            ends = sorted(((size * x - t) / y, (size * x + t) / y))
            least, most = max(least, ends[0]), ends[1] if most is None else min(most, ends[1])
        low, high = p / size - t, p / size + t  # of q / factor
        if q < 0:
            low, high = -high, -low
        if high <= 0:
            return False
        least = max(least, abs(q) / high)
        most = min(most, abs(q) / low) if low > 0 else most
        return 0 < least <= most

    good = [[fits(one, other) for other in theta] for one in gamma]
    return any(
        all(good[i][j] for i, j in enumerate(order)) for order in permutations(range(len(theta)))
    )


# Pairs: the extremal one, and random ones


@cache
def extremal(beta, scale=Q(1), m=3, d=3):
    pair = experiments.extremal_networks(beta, scale, m, d)
    return units(pair.net), units(pair.g)


@cache
def random_pair(peaks, m, shared, balanced, turn=0):
    """Two networks of m units in three dimensions with some directions in common.
    Products are squares, so that balanced units are rational, and never the same in both."""
    rng = np.random.default_rng([turn, *(int(v * 10**6) for v in peaks)])
    some = lambda low: Q(int(rng.integers(low, 13)), 12)
    found = []
    while len(found) < 2 * m - shared:
        row = (some(-12), some(1) / 4, some(1) / 4)
        u = tuple(v / max(map(abs, row)) for v in row)
        if u not in found:
            found.append(u)

    def unit(u, root):
        size = abs(root) * (1 if balanced else Q(int(rng.integers(1, 5)), 2))
        return u, root * abs(root), size

    roots = lambda less: [(some(1) - less) * int(rng.choice([-1, 1])) for _ in range(m)]
    gamma = [unit(u, root) for u, root in zip(found[:m], roots(0))]
    theta = [unit(u, root) for u, root in zip(found[m - shared :], roots(Q(1, 24)))]
    return gamma, theta


def pairs(peaks, balanced, most=3):
    for m in range(1, most + 1):
        for shared, turn in product(range(m + 1), range(4)):
            yield random_pair(tuple(peaks), m, shared, balanced, turn)


def condition(gamma, r):
    """The least beta of Theorem 3.1."""
    return max([max(size, abs(p) / size) for _, p, size in gamma if abs(p) <= 2 * r], default=Q(0))


def root(x, digits=12):
    """Rational numbers below and above a square root, or the root twice."""
    low = Q(isqrt(x.numerator * x.denominator * 100**digits), x.denominator * 10**digits)
    return (low, low) if low * low == x else (low, low + Q(1, x.denominator * 10**digits))


# Statements


@states(
    "lem-jump",
    right=lambda r: 2 * r,
    once=lambda r: r,
    between=lambda r: Q(3, 2) * r,
    double=lambda r: 4 * r,
)
def jumps(formula, peaks):
    attained = difference(*extremal(Q(2)))
    tight = max(map(abs, attained.values())) == formula(seminorm(attained))
    found = [difference(*pair) for pair in pairs(peaks, True)]
    return tight and all(
        max(map(abs, weighted.values())) <= formula(seminorm(weighted)) for weighted in found
    )


@states(
    "lem-alone",
    right=lambda r: r,
    half=lambda r: r / 2,
    double=lambda r: 2 * r,
    between=lambda r: Q(9, 10) * r,
)
def alone(formula, peaks):
    """Of directions in a plane the two outer ones are not in the cone of the others."""
    weighted = difference(*extremal(Q(2)))
    flattest = min(u[1] for u in weighted)
    ends = [abs(w) for u, w in weighted.items() if u[1] == flattest]
    if ends != [formula(seminorm(weighted))] * 2:
        return False
    for gamma, theta in pairs(peaks, True):
        flat = {(x, y, y): w for (x, y, _), w in difference(gamma, theta).items()}
        ordered = sorted(flat, key=lambda u: u[0] / u[1])
        outer = [abs(flat[u]) * max(map(abs, u)) for u in (*ordered[:1], *ordered[-1:])]
        if outer and max(outer) > formula(seminorm(flat)):
            return False
    return True


def least_bound(beta, square):
    """Of rho²: beta + min(rho, rho² / beta), where rho is rational."""
    rho, above = root(square)
    return beta + (min(above, square / beta) if beta else above)


@states(
    "S-thm3.1",
    "thm-sharp-bound",
    right=least_bound,
    paper=lambda beta, square: beta + root(2 * square)[1],
    unbalanced=lambda beta, square: beta + root(square)[1],
    product=lambda beta, square: beta + (square / beta if beta else root(square)[1]),
    once=lambda beta, square: least_bound(beta, square / 2),
    alone=lambda beta, square: max(beta, root(square)[1]),
)
def bound_at_one_network(formula, peaks):
    """The pair needs the bound, with free rescaling, and random networks need no more."""
    scale = peaks[0]
    for beta in BETAS:
        gamma, theta = extremal(beta * scale, scale)
        r = seminorm(difference(gamma, theta))
        t = formula(condition(gamma, r), 2 * r)
        if within(gamma, theta, t * LITTLE, True) or not within(gamma, theta, t, True):
            return False
    for gamma, theta in pairs(peaks, False):
        r = seminorm(difference(gamma, theta))
        if not within(gamma, theta, formula(condition(gamma, r), 2 * r), True):
            return False
    return True


@states(
    "S-cor3.3",
    "cor-best-constant",
    right=lambda: Q(8),
    climbed=lambda: Q(2532, 1000) ** 2,
    paper=lambda: Q(16),
    smaller=lambda: Q(8) - Q(1, 10**6),
    proved=lambda: root(Q(12))[1] ** 2,
)
def constant_of_the_restricted_space(formula, peaks):
    """The square of the constant: the pair needs it, balanced and not, random ones no more."""
    gamma, theta = extremal(2 * peaks[0], peaks[0], 3 + int(4 * peaks[1]) % 2)
    r = seminorm(difference(gamma, theta))
    t = root(formula() * r)[1]
    for rescaled in (False, True):
        if within(gamma, theta, t * LITTLE, rescaled) or not within(gamma, theta, t, rescaled):
            return False
    for gamma, theta in pairs(peaks, True):
        r = seminorm(difference(gamma, theta))
        if not within(gamma, theta, root(formula() * r)[1], False):
            return False
    return True


def few(m):
    """The smallest pair of the chapter, its products p and q as large as r = 1 allows,
    with weights that stay rational: (products, semi-norm)."""
    t, n = Q(1, 8), Q(100)
    p = Q(m)
    u, v, k = (Q(1), 2 * t, 2 * t), (Q(-1), 2 * t, 2 * t), (Q(1), t, t)
    gamma, theta = [(u, p, Q(1))], [(v, Q(-1), Q(1))]
    if m == 2:
        gamma.append((k, n, Q(10)))
        theta.append((k, n + 1, Q(10)))
    return gamma, theta


@states(
    "prop-few-units",
    right=lambda m: (Q(m), Q(1)),
    one=lambda m: (Q(1), Q(1)),
    two=lambda m: (Q(2), Q(2)),
    between=lambda m: (Q(m + 1, 2), Q(1)),
    half=lambda m: (Q(m), Q(1, 2)),
)
def products_of_few_units(formula, peaks):
    """In the best order each pair that is not matched has products of at most m r and r."""
    for m in (1, 2):
        larger, smaller = formula(m)
        weighted = difference(*few(m))
        r = seminorm(weighted)
        u, v = (w for (one, _, *_), w in weighted.items() if abs(one) == 1 and w < 0)
        if (abs(u), abs(v)) != (larger * r, smaller * r):
            return False
        for shared, turn in product(range(m), range(8)):
            gamma, theta = random_pair(tuple(peaks), m, shared, True, turn)
            weighted = difference(gamma, theta)
            r = seminorm(weighted)
            both = {one[0] for one in gamma} & {one[0] for one in theta}
            own = [abs(p) for u, p, _ in gamma if u not in both]
            other = [abs(q) for u, q, _ in theta if u not in both]
            if not any(
                all(
                    max(p, q) <= larger * r and min(p, q) <= smaller * r for p, q in zip(own, order)
                )
                for order in permutations(other)
            ):
                return False
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()


# The pair


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize(("m", "d"), [(3, 3), (4, 3), (5, 4), (3, 6)])
def test_extremal_networks_are_as_they_say(beta, m, d):
    pair = experiments.extremal_networks(beta, m=m, d=d)
    gamma, theta = units(pair.net), units(pair.g)
    assert pair.net.weights[0].shape == pair.g.weights[0].shape == (1, m, d)
    assert all(isinstance(v, Q) for net in pair[:2] for w in net.weights for v in w.flat)
    assert seminorm(difference(gamma, theta)) == pair.seminorm == 2
    assert condition(gamma, pair.seminorm) == beta
    assert within(gamma, theta, pair.distance, True)
    assert not within(gamma, theta, pair.distance * LITTLE, True)
    for network in (gamma, theta):
        assert len({u for u, *_ in network}) == m
        assert all(min(u[-2:]) > 0 for u, *_ in network)
    assert all(size**2 == abs(q) for _, q, size in theta)
    assert all(size**2 == abs(p) for _, p, size in gamma) == (beta <= 2)


@pytest.mark.parametrize("beta", BETAS)
def test_only_reordered_and_rescaled_parameters_give_the_function(beta):
    """No sum of products over a set of units is 0, so that none can be turned around."""
    for network in extremal(beta, Q(1), 5, 4)[1:]:
        for size in range(1, 6):
            for chosen in combinations(network, size):
                assert any(sum(q * u[i] for u, q, _ in chosen) for i in range(4))


def test_the_library_finds_the_same():
    pair = experiments.extremal_networks()
    found = cn.reparametrize(pair.net, pair.g)
    assert cn.seminorm(pair.g, pair.net)[0] == pair.seminorm
    assert found.distance[0] == pair.distance
    assert found.distance[0] ** 2 == 8 * found.seminorm[0]
    assert cn.is_restricted(pair.net).holds[0] and cn.is_restricted(pair.g).holds[0]


def test_scales_are_homogeneous():
    """Products by a factor's square, weights by the factor."""
    one, other = experiments.extremal_networks(3, 1), experiments.extremal_networks(6, 2)
    assert other.seminorm == 4 * one.seminorm and other.distance == 2 * one.distance
    for net, larger in zip(one[:2], other[:2]):
        assert all((2 * v == w).all() for v, w in zip(net.weights, larger.weights))


def test_two_units_come_as_near_as_one_likes_to_their_constant():
    """Rational p near 2 with a rational root; sqrt(p) + 1 from below 1 + sqrt(2)."""
    for size in (Q(7, 5), Q(41, 29), Q(239, 169)):
        p, (_, theta) = size**2, few(2)
        n = Q(36)
        gap = (p - 1) / n  # between the roots of products with the difference p - 1
        k = theta[1][0]
        gamma = [((Q(1), Q(1, 4), Q(1, 4)), p, size), (k, ((n - gap) / 2) ** 2, (n - gap) / 2)]
        theta = [theta[0], (k, ((n + gap) / 2) ** 2, (n + gap) / 2)]
        assert seminorm(difference(gamma, theta)) == 1
        for rescaled in (False, True):
            assert within(gamma, theta, 1 + size, rescaled)
            assert not within(gamma, theta, (1 + size) * LITTLE, rescaled)
    assert 1 + size > 1 + root(Q(2))[0] - Q(1, 10**4)


@pytest.mark.parametrize("rho", [Q(1), Q(2)])
@pytest.mark.parametrize("beta", [*BETAS, Q(1, 1000), Q(1000)])
def test_the_bound_leaves_room_for_every_product(beta, rho):
    """(B - A)(B - c) >= rho² for all A, c <= beta with A c <= rho², with equality at the worst;
    sizes x y = rho² with A + x <= B, c + y <= B are then x = B - A and y = rho² / x."""
    B = least_bound(beta, rho * rho)
    sizes = [beta * Q(k, 60) for k in range(61)] + [rho * beta / (beta + rho), min(rho, beta)]
    room = []
    for A in sizes:
        c = min(beta, rho * rho / A) if A else beta  # the less there is, the more room
        x, y = B - A, rho * rho / (B - A)
        assert x > 0 and c + y <= B
        room.append((B - A) * (B - c))
    assert min(room) == room[60] == rho * rho


# The bound, tried by climbing


CONSTANTS = {1: 2.0, 2: 1 + 2**0.5, 3: 8**0.5}


@pytest.mark.slow
@pytest.mark.parametrize("m", CONSTANTS)
def test_climbing_stays_below_the_constant(m):
    rng = np.random.default_rng(m)
    one = drawn(rng, 200, m)
    best = ratio(one)
    for _ in range(40):
        other = {k: v * np.exp(rng.normal(size=v.shape) / 10) for k, v in one.items()}
        found = ratio(other)
        up = found > best
        one = {k: np.where(up.reshape(-1, 1), other[k], v) for k, v in one.items()}
        best = np.maximum(best, found)
    assert CONSTANTS.get(m - 1, 1) < best.max() <= CONSTANTS[m] + 1e-9


def drawn(rng, count, m):
    """Slopes, of first coordinates 1 and -1, and roots of products; the last m - 1 directions are
    of both networks, with large products whose difference is `more`."""
    size = lambda width: np.exp(rng.normal(size=(count, width)))
    one = {"slope": size(m + 1) / 100, "root": size(2), "more": rng.normal(size=(count, m))}
    one["turned"] = rng.choice([-1.0, 1.0], (count, m + 1))
    one["read"] = rng.choice([-1.0, 1.0], (count, 2))
    return one


def ratio(one):
    """Distance over sqrt(r) of restricted networks."""
    count, m = one["more"].shape
    directions = np.stack([np.sign(one["turned"]), one["slope"], one["slope"]], 2)
    directions = directions / abs(directions).max(2, keepdims=True)
    large = np.sqrt(100 + one["more"][:, 1:])
    sizes = [
        np.concatenate([one["root"][:, i, None], wide], 1)
        for i, wide in ((0, large * 0 + 10), (1, large))
    ]
    nets = []
    for i, size in enumerate(sizes):
        rows = np.delete(directions, 1 - i, 1) * size[:, :, None]
        reads = size.copy()
        reads[:, 0] *= np.sign(one["read"][:, i])
        nets.append(cn.ReLUNet([rows, reads[:, None]], [None, None]))
    (a, c), (b, e) = ((net.weights[0], net.weights[1][:, 0]) for net in nets)
    apart = np.maximum(abs(a[:, :, None] - b[:, None]).max(3), abs(c[:, :, None] - e[:, None]))
    moved = [apart[:, range(m), order].max(1) for order in permutations(range(m))]
    return np.min(moved, 0) / np.sqrt(cn.seminorm(nets[1], nets[0]))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"beta": 0}, "beta must be positive, got 0"),
        ({"beta": float("nan")}, "beta must be finite"),
        ({"beta": "2"}, "beta must be a number"),
        ({"scale": Q(-1, 2)}, "scale must be positive"),
        ({"m": 2}, "m must be at least 3, got 2"),
        ({"d": 2}, "d must be at least 3, got 2"),
        ({"m": 10**6, "d": 10**6}, "m and d must be smaller"),
    ],
)
def test_bad_arguments_are_named(arguments, named):
    with pytest.raises((TypeError, ValueError), match=named):
        experiments.extremal_networks(**arguments)


def test_peaks_differ():
    """Or else the random pairs would be one."""
    assert len({tuple(peaks) for peaks in PEAKS}) == len(PEAKS)
