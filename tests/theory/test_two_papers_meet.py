"""The statements of the chapters on depth and on where the two papers meet, number by number."""

from fractions import Fraction as Q
from itertools import pairwise
from math import prod

import numpy as np
import pytest
from helpers import exact
from helpers.statements import PEAKS, Statements

import compnet_lib as cn

states = Statements()


def scales(peaks, first):
    """s_0, ..., s_{d-1} by equation (4); the last of the peaks is a_d."""
    found = [first]
    for n in range(len(peaks) - 2):
        found.append(found[-1] * (1 - peaks[n + 1]) * peaks[n + 2])
    return found


def kinks(peaks, first):
    """(place, change of slope, first wave that turns there) in (0, 1) of the sum of the waves,
    found by drawing them: every wave of peaks but the last breaks the lines of the one before."""
    knots, born = [(Q(0), Q(0)), (Q(1), Q(1))], {}
    for i, a in enumerate(peaks[:-1]):
        broken = knots[:1]
        for (x, y), (u, v) in pairwise(knots):
            turn = x + (a - y) / (v - y) * (u - x)
            born[turn] = i
            broken += [(turn, a), (u, v)]
        knots = [(x, exact.triangle(y, a)) for x, y in broken]
    sums = scales(peaks, first)
    places = [x for x, _ in knots]
    heights = []
    for x in places:
        y, total = x, Q(0)
        for s, a in zip(sums, peaks):
            y = exact.triangle(y, a)
            total += s * y
        heights.append(total)
    slopes = [(v - y) / (u - x) for (x, y), (u, v) in pairwise(zip(places, heights))]
    jumps = [after - before for before, after in pairwise(slopes)]
    return [(x, jump, born[x]) for x, jump in zip(places[1:-1], jumps)], slopes


def slope_before(peaks, x, i):
    """|W_{i-1}'(x)|, by the chain rule."""
    found = Q(1)
    for a in peaks[:i]:
        found /= a if x < a else 1 - a
        x = exact.triangle(x, a)
    return found


def delta(a, d, i, slope, s):
    return -s[i] * slope / (a[i] * (1 - a[i])) * prod(1 - a[k] for k in range(i + 2, d + 1))


@states(
    "thm-built-slopes",
    right=delta,
    first=lambda a, d, i, slope, s: delta(a, d, i, slope, s) * (1 - a[min(i + 1, d)]),
    last=lambda a, d, i, slope, s: (
        -s[i] * slope / (a[i] * (1 - a[i])) * prod(1 - a[k] for k in range(i + 2, d))
    ),
    slope=lambda a, d, i, slope, s: delta(a, d, i, slope / (a[i - 1] if i else 1), s),
    peak=lambda a, d, i, slope, s: delta(a, d, i, slope, s) * (1 - a[i]),
    sign=lambda a, d, i, slope, s: -delta(a, d, i, slope, s),
)
def delta_slopes_of_the_sum(formula, peaks):
    results = []
    for d in (1, 2, 5):
        a, first = peaks[: d + 1], Q(3, 7)
        found, _ = kinks(a, first)
        assert len(found) == 2**d - 1
        s = scales(a, first)
        results += [jump == formula(a, d, i, slope_before(a, x, i), s) for x, jump, i in found]
    return all(results)


def total(a, first):
    return first / (a[0] * (1 - a[0]) * a[1]) * (1 - prod(1 - k for k in a[1:]))


@states(
    "thm-total",
    right=total,
    first_peak=lambda a, first: total(a, first) * a[0],
    second_peak=lambda a, first: total(a, first) * a[1],
    whole=lambda a, first: first / (a[0] * (1 - a[0]) * a[1]),
    closing=lambda a, first: (
        first / (a[0] * (1 - a[0]) * a[1]) * (1 - prod(1 - k for k in a[1:-1]))
    ),
)
def total_delta_slope(formula, peaks):
    results = []
    for d in (1, 2, 5):
        a, first = peaks[: d + 1], Q(2, 9)
        found, slopes = kinks(a, first)
        size = sum(abs(jump) for _, jump, _ in found)
        assert size == slopes[0] - slopes[-1]
        results.append(size == formula(a, first))
    return all(results)


@states(
    "thm-halves",
    right=lambda d: (Q(2) / 2**d, 2 - Q(2) / 2**d, 4 * Q(2**d - 1, 4**d)),
    each=lambda d: (Q(1) / 2**d, 2 - Q(2) / 2**d, 4 * Q(2**d - 1, 4**d)),
    total=lambda d: (Q(2) / 2**d, 2 - Q(1) / 2**d, 4 * Q(2**d - 1, 4**d)),
    roughness=lambda d: (Q(2) / 2**d, 2 - Q(2) / 2**d, 4 * Q(2**d, 4**d)),
)
def halves(formula, peaks):
    results = []
    for d in (1, 2, 3, 6):
        found, _ = kinks([Q(1, 2)] * (d + 1), Q(1, 4))
        jumps = [abs(jump) for _, jump, _ in found]
        assert len(set(jumps)) == 1
        results.append((jumps[0], sum(jumps), sum(jump**2 for jump in jumps)) == formula(d))
    return all(results)


@states(
    "prop-most-pieces",
    right=lambda sizes: prod(w + 1 for w in sizes),
    more=lambda sizes: prod(w + 2 for w in sizes),
    shallow=lambda sizes: sum(sizes) + 1,
    product=lambda sizes: prod(sizes),
    powers=lambda sizes: 2 ** len(sizes),
)
def most_pieces(formula, peaks):
    """No network has more, and with one layer every network without zero weights has as many."""
    results = []
    for d in range(1, 7):
        net = cn.compositional(peaks[:d], -1)
        results.append(cn.piecewise_linear(net)[0].simplify().knots.size + 1 <= formula(net.widths))
    for width in (1, 2, 5):
        net = cn.default_init(1, 1, width, 3)
        results.append(len(cn.breakpoints(net)[0]) + 1 == formula(net.widths))
    return all(results)


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, test_claims_are_covered = states.covering("two_papers_meet")
test_the_bound_is_covered, _ = states.covering("depth_and_expressivity")  # its claims are measured


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("peaks", PEAKS[:4])
def test_the_network_has_the_delta_slopes_of_its_sum(peaks, sign):
    *own, closing = peaks[:5]
    net = cn.compositional(own, sign, closing)
    first = abs(np.ravel(cn.scales(own, sign, closing))[0])
    found, _ = kinks(peaks[:5], first)
    places, jumps = cn.to_breakpoints(net)[0].bends(0, 1)
    assert list(places) == [x for x, _, _ in found]
    assert list(jumps) == [sign * jump for _, jump, _ in found]
    f = cn.piecewise_linear(net)[0].simplify()
    inside = (f.knots > 0) & (f.knots < 1)
    assert list(f.delta_slopes[inside]) == list(jumps)


@pytest.mark.parametrize(("width", "depth"), [(2, 3), (3, 2), (5, 3), (4, 5)])
def test_random_networks_have_no_more_pieces_than_the_bound(width, depth):
    most = (width + 1) ** depth
    found = [len(places) + 1 for places in cn.breakpoints(cn.default_init(200, depth, width, 4))]
    assert 1 < max(found) <= most
