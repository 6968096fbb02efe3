"""Inverse stability, by brute force over parametrizations, in rational numbers.

Networks are lists of units (weight vector, output weight) in the plane, which stands for the span
of the directions; semi-norms are found from a point in each sector between neighbouring lines.
"""

import random
from fractions import Fraction as Q
from itertools import permutations
from math import isqrt

import numpy as np
import pytest
from helpers.places import ROOT
from helpers.statements import STATED, Statements

from compnet_lib.experiments import angle_instances, stability_instances

states = Statements()
BEST = {"lem-jump", "lem-alone", "thm-sharp-bound", "cor-best-constant", "prop-few-units"}
"""The labels that the tests of the best constant hold."""


def size(a):
    return max(map(abs, a))


def dot(a, x):
    return sum(v * w for v, w in zip(a, x))


def root(x):
    """A rational number just below the square root."""
    return Q(isqrt(int(x * 10**40)), 10**20)


def turned(a):
    """By a right angle."""
    return (-a[1], a[0])


def half_plane(x):
    """A number that increases with the angle of a vector, from 0 to 4."""
    share = x[1] / (abs(x[0]) + abs(x[1])) if any(x) else 0
    return 2 - share if x[0] < 0 else share % 4


def gradients(units):
    """Of a network in the plane, one for each sector."""
    rays = [turned(a) for a, c in units if any(a)]
    rays += [tuple(-v for v in ray) for ray in rays]
    rays = sorted({half_plane(ray): ray for ray in rays}.items())
    points = []
    for (_, first), (_, second) in zip(rays, rays[1:] + rays[:1]):
        one, two = (tuple(v / size(ray) for v in ray) for ray in (first, second))
        middle = tuple(v + w for v, w in zip(one, two))
        points.append(middle if any(middle) else turned(one))
    return [
        tuple(sum((c * a[k] for a, c in units if dot(a, x) > 0), Q(0)) for k in range(2))
        for x in points
    ]


def distance_of_functions(gamma, theta):
    return max(map(size, gradients([*gamma, *((b, -e) for b, e in theta)])))


def within(unit, other, most):
    """Whether a rescaling of `other` is at most so far from `unit`, exactly."""
    (a, c), (b, e) = unit, other
    low, high = Q(0), None
    for v, w in zip(a, b):
        if w == 0:
            if abs(v) > most:
                return False
            continue
        ends = sorted([(v - most) / w, (v + most) / w])
        low, high = max(low, ends[0]), ends[1] if high is None else min(high, ends[1])
    # |e / factor - c| <= most, for a factor in (low, high]
    if e < 0:
        c, e = -c, -e
    if c + most <= 0:
        return False
    low = max(low, e / (c + most))
    if c - most > 0:
        high = min(high, e / (c - most))
    return 0 < low <= high or (low == 0 < high)


def reachable(gamma, theta, most):
    """Whether some way to give the units of theta to those of gamma, rescaled, is so near."""
    return any(
        all(within(unit, other, most) for unit, other in zip(gamma, order))
        for order in permutations(theta)
    )


def unit(direction, product, stretch=1):
    """The unit of a direction whose weights are the root of the product, but for a factor."""
    s = root(abs(product))
    scale = s * stretch
    return tuple(scale * v for v in direction), product / scale


def pairs(peaks):
    """Pairs of networks: random ones, and the worst there are, of several sizes."""
    dice = random.Random(str(peaks))
    rational = lambda: Q(dice.randint(1, 40), 10)
    for _ in range(8):
        first, second = [], []
        for _ in range(3):
            u = dice.choice([(Q(1), rational() / 4), (-rational() / 4, Q(1)), (Q(-1), Q(1, 3))])
            u = tuple(v / size(u) for v in u)
            first.append((u, dice.choice([-1, 1]) * rational()))
            w = u if dice.random() < 0.6 else (rational() / 4 - 1, Q(1))
            second.append((tuple(v / size(w) for v in w), dice.choice([-1, 1]) * rational()))
        if len({u for u, _ in first}) == len({u for u, _ in second}) == 3:
            yield first, second
    a = peaks[0] / 7
    for scale in (Q(1), Q(1, 100)):
        s = scale**2
        n, more = (s * Q(k, 16) ** 2 for k in (127, 129))
        flat = [(Q(1), a), (Q(-1), a)]
        yield (
            [((Q(1), 2 * a), 4 * s), *((u, n) for u in flat)],
            [((Q(-1), 2 * a), -4 * s), *((u, more) for u in flat)],
        )


@states(
    "S-prop1.2",
    "S-def1.1",
    "prop-minima",
    right=lambda r, square: r**2 / square,
    factor=lambda r, square: 2 * r**2 / square,
    exponent=lambda r, square: r / square,
    constant=lambda r, square: r**2,
)
def minima_of_finite_sets(formula, peaks):
    """Parameters and functions on a line, with the least C² that s = ½ allows."""
    dice = random.Random(str(peaks))
    for _ in range(60):
        unit = dice.choice([Q(1), Q(1, 40)])
        points = [(unit * dice.randint(0, 30), dice.randint(0, 8)) for _ in range(6)]
        losses = [dice.randint(0, 5) for _ in range(9)]
        square = (
            max(
                min(Q(abs(p - place)) ** 2 for p, value in points if value == g) / abs(g - f)
                for place, f in points
                for g in {value for _, value in points} - {f}
            )
            if len({f for _, f in points}) > 1
            else Q(1)
        )
        for place, f in points:
            lower = [abs(p - place) for p, g in points if losses[g] < losses[f]]
            if not lower or min(lower) == 0:
                continue
            radius = formula(min(lower) * Q(9999, 10000), square)
            if any(losses[g] < losses[f] and abs(g - f) <= radius for _, g in points):
                return False
    return True


def beta(gamma, most):
    """The largest weight of units with a product of at most so much."""
    return max((max(size(a), abs(c)) for a, c in gamma if size(a) * abs(c) <= most), default=Q(0))


@states(
    "S-thm3.1",
    "thm-inverse",
    right=lambda gamma, r: beta(gamma, 2 * r) + 2 * root(r),
    condition=lambda gamma, r: beta(gamma, r) + 2 * root(r),
    without_beta=lambda gamma, r: 2 * root(r),
    without_root=lambda gamma, r: beta(gamma, 2 * r),
    exponent=lambda gamma, r: beta(gamma, 2 * r) + 2 * r,
)
def some_parametrization_is_near(formula, peaks):
    """All ways to give the units of g to those of Γ, with the best rescaling of each."""
    dice = random.Random(str(peaks))
    beside = [((Q(9, 10), Q(1)), Q(1)), ((Q(1), Q(9, 10)), Q(1))]
    far = ((Q(1000), Q(1000)), Q(1, 1000))
    found = [([far, *beside], [((Q(1), Q(1, 10)), Q(1, 10)), *((u, Q(3, 2)) for u, _ in beside)])]
    for first, second in pairs(peaks):
        stretch = [Q(dice.choice([1, 1, 3, 30]), dice.choice([1, 3, 30])) for _ in first]
        gamma = [unit(u, p, s) for (u, p), s in zip(first, stretch)]
        found.append((gamma, [unit(u, q) for u, q in second]))
    for gamma, theta in found:
        r = distance_of_functions(gamma, theta)
        if not reachable(gamma, theta, formula(gamma, r)):
            return False
    return True


def balanced_square(first, second):
    """The least squared distance of balanced networks whose products are squares."""
    roots = lambda units: [(tuple(root(abs(p)) * v for v in u), p) for u, p in units]
    one = [(*a, root(abs(p)) * (1 if p > 0 else -1)) for a, p in roots(first)]
    two = [(*b, root(abs(q)) * (1 if q > 0 else -1)) for b, q in roots(second)]
    return min(
        max(size([v - w for v, w in zip(a, b)]) ** 2 for a, b in zip(one, order))
        for order in permutations(two)
    )


def squares(units):
    """The same directions, with products that are squares."""
    return [(u, (p / 2) ** 2 * (1 if p > 0 else -1)) for u, p in units]


@states(
    "S-cor3.3",
    "S-def3.2",
    "thm-restricted",
    right=lambda r: 8 * r,
    factor=lambda r: 7 * r,
    other_factor=lambda r: 4 * r,
    exponent=lambda r: 8 * r**2,
)
def balanced_parameters_are_near(formula, peaks):
    """All orders of the units of g."""
    found = [*pairs(peaks)]
    cases = [(squares(f), squares(g)) for f, g in found[:-2]] + found[-2:]
    return all(
        balanced_square(first, second) <= formula(distance_of_functions(first, second))
        for first, second in cases
    )


@states(
    "S-cor1.3",
    "cor-minima",
    right=lambda r: r**2 / 8,
    factor=lambda r: r**2 / 7,
    other_factor=lambda r: r**2 / 2,
    exponent=lambda r: r / 8,
)
def minima_of_two_functions(formula, peaks):
    """Of two functions let the second have the lower loss: the first is a local minimum among
    parameters with each radius below the least distance."""
    for first, second in [*pairs(peaks)][-2:]:
        below = root(balanced_square(first, second)) * Q(9999, 10000)
        if formula(below) >= distance_of_functions(first, second):
            return False
    return True


@states(
    "S-lemA.4",
    "lem-lift",
    right=lambda a, b, t: [*a, b + t, t],
    sign=lambda a, b, t: [*a, b - t, t],
    order=lambda a, b, t: [*a, t, b + t],
    factor=lambda a, b, t: [*a, b + t, 2 * t],
)
def units_without_biases(formula, peaks):
    """On (x, 1, -1) a lifted unit is the unit, and its last two weights are positive."""
    for k in range(1, 6):
        a, b = [peaks[k], -peaks[k + 1]], peaks[k + 2] - peaks[k - 1]
        lift = formula(a, b, abs(b) + peaks[k])
        if min(lift[-2:]) <= 0:
            return False
        for x in ([peaks[0], peaks[3]], [-2 * peaks[1], peaks[5]], [Q(0), Q(-3)]):
            if max(dot(lift, [*x, 1, -1]), 0) != max(dot(a, x) + b, 0):
                return False
    return True


def on_circle(half):
    """The unit vector at twice the angle whose tangent is `half`."""
    return (1 - half**2) / (1 + half**2), 2 * half / (1 + half**2)


@states(
    "S-secA.5",
    "thm-angles",
    right=lambda q, a, d: q * (a[1] * d[0] - a[0] * d[1]),
    sign=lambda q, a, d: q * (a[1] * d[0] + a[0] * d[1]),
    cosine=lambda q, a, d: q * (a[0] * d[0] + a[1] * d[1]),
    index=lambda q, a, d: q * a[1],
)
def second_differences(formula, peaks):
    """Of a unit whose line is at an angle δ below α from the point between, plus something linear,
    by cosines and sines of α and δ; whichever way the unit faces."""
    linear = (peaks[0], -peaks[1])
    for k in range(2, 10):
        a, d = on_circle(peaks[k]), on_circle(peaks[k] * peaks[k + 1])
        normal = turned(d)  # the line along d
        for way in (1, -1):
            f = lambda x, n=normal, way=way: peaks[k] * max(way * dot(n, x), Q(0)) + dot(linear, x)
            found = f(a) + f((a[0], -a[1])) - 2 * a[0] * f((Q(1), Q(0)))
            if found != formula(peaks[k], a, d):
                return False
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()
LABELS = STATED.findall((ROOT / "book" / "inverse_stability.py").read_text("utf-8"))


@pytest.mark.parametrize("label", sorted(set(LABELS) - BEST))
def test_theorems_are_covered(label):
    names = {n for _, claims, _, perturbed in states.checks if label in claims for n in perturbed}
    assert len(names) >= 3


def test_law_by_kind_of_pair():
    found = stability_instances(1800, seed=5)
    kept = found.isel(instance=found.restricted.values)
    assert (kept.balanced <= np.sqrt(8 * kept.seminorm) * (1 + 1e-9)).all()
    assert (found.distance <= found.bound * (1 + 1e-9)).all()
    assert (kept.distance <= kept.balanced * (1 + 1e-9)).all()
    for kind, slope in {"same directions": 1, "vanishing unit": 0.5}.items():
        own = kept.isel(instance=((kept.kind == kind) & (kept.seminorm < 1e-3)).values)
        fitted = np.polyfit(np.log(own.seminorm), np.log(own.balanced), 1)[0]
        assert fitted == pytest.approx(slope, abs=0.05)


def test_nearly_parallel_directions_are_far_apart_as_functions():
    found = stability_instances(1800, seed=6)
    own = found.isel(instance=((found.kind == "nearly parallel") & found.restricted).values)
    assert own.seminorm.min() >= 0.25 - 1e-9  # half of the least product
    assert own.balanced.min() < 1e-7


@pytest.mark.parametrize("lines", [2, 3, 5])
def test_bounded_angles(lines):
    found = angle_instances(3000, lines=lines, seed=lines)
    found = found.isel(instance=found.covered.values)
    assert len(found.instance) > 1000
    rounding = 1e-13
    assert (found.turn <= found.turn_bound + rounding).all()
    assert (found.change <= found.change_bound + rounding).all()
    for smaller in (found.turn_bound / 4, found.difference / 4, found.turn_bound**1.5):
        assert (found.turn > smaller + rounding).any()
