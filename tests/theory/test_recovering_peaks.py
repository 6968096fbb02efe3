"""The statements of the chapter on integrals and on the way back to the peaks, number by number."""

from fractions import Fraction as Q
from itertools import pairwise
from math import prod

import numpy as np
import pytest
from helpers import exact
from helpers.exact import slopes
from helpers.statements import Statements

import compnet_lib as cn

states = Statements()
CUBE = lambda x: x**3 - x / 2 + Q(1, 3)


def boole(f, u, v):
    """The integral of a polynomial of degree at most 5."""
    return (
        (v - u) / 90 * sum(b * f(u + (v - u) * Q(k, 4)) for k, b in enumerate([7, 32, 12, 32, 7]))
    )


def integral(f, peaks):
    """Over the cells on which all waves are lines."""
    return sum(boole(f, u, v) for u, v in pairwise(exact.valleys(peaks)))


def W(x, peaks, i):
    return exact.waves(x, peaks)[i] if i >= 0 else x


def wave_sum(peaks, d, C=Q(1)):
    """F on the mesh of d peaks, where later waves vanish: mesh, values and the scales of (4)."""
    s = [
        C * peaks[0] * s_n for s_n in exact.scales(peaks[:d], 1, peaks[d])
    ]  # exact.scales starts with (1-a_0)a_1
    mesh = exact.valleys(peaks[:d])
    return mesh, [sum(s_n * w for s_n, w in zip(s, exact.waves(x, peaks[:d]))) for x in mesh], s


def h_at_bends(peaks, d, C=Q(1)):
    """h = (F'(0) - F')/C at the bends of d waves: F' at a peak is the slope of the chord that
    its wave was put on."""
    mesh, values, _ = wave_sum(peaks, d, C)
    found = {}
    for n in range(d):
        step = 2 ** (d - n)
        for k in range(0, len(mesh) - 1, step):
            chord = (values[k + step] - values[k]) / (mesh[k + step] - mesh[k])
            found[mesh[k + step // 2]] = (C * (1 - peaks[0]) - chord) / C
    return found


@states(
    "prop-gram",
    right=lambda a, i, j: Q(1, 4) + prod(2 * a[k] - 1 for k in range(i + 1, j + 1)) / Q(12),
    sign=lambda a, i, j: Q(1, 4) + prod(1 - 2 * a[k] for k in range(i + 1, j + 1)) / Q(12),
    factor=lambda a, i, j: Q(1, 4) + prod(2 * a[k] - 1 for k in range(i + 1, j + 1)) / Q(6),
    index=lambda a, i, j: Q(1, 4) + prod(2 * a[k] - 1 for k in range(i + 1, j)) / Q(12),
    lower=lambda a, i, j: Q(1, 4) + prod(2 * a[k] - 1 for k in range(max(i, 0), j + 1)) / Q(12),
)
def inner_products(formula, peaks):
    p = peaks[:4]
    return all(
        formula(p, i, j) == integral(lambda x: W(x, p, i) * W(x, p, j), p)
        for i in range(-1, 4)
        for j in range(i, 4)
    )


@states(
    "prop-gram",
    right=lambda a, j: 2 * a[j] - 1,
    sign=lambda a, j: 1 - 2 * a[j],
    index=lambda a, j: 2 * a[j - 1] - 1,
    factor=lambda a, j: a[j] - Q(1, 2),
)
def one_subtraction_makes_a_wave_orthogonal(formula, peaks):
    """w_j - c w_{j-1} against all earlier waves, and what is left of its size."""
    p = peaks[:4]
    w = lambda x, i: W(x, p, i) - Q(1, 2)
    for j in range(1, 4):
        left = lambda x: w(x, j) - formula(p, j) * w(x, j - 1)
        if any(integral(lambda x: left(x) * w(x, i), p) for i in range(-1, j)):
            return False
        assert integral(lambda x: left(x) ** 2, p) == 4 * p[j] * (1 - p[j]) / 12
    return True


@states(
    "prop-energy",
    right=lambda a, j: 1 / prod(a[k] * (1 - a[k]) for k in range(j + 1)),
    sign=lambda a, j: -1 / prod(a[k] * (1 - a[k]) for k in range(j + 1)),
    index=lambda a, j: Q(1) / prod(a[k] * (1 - a[k]) for k in range(j)),
    factor=lambda a, j: 1 / prod(2 * a[k] * (1 - a[k]) for k in range(j + 1)),
    half=lambda a, j: 1 / prod(a[k] for k in range(j + 1)),
)
def energy(formula, peaks):
    """From the slopes of the waves on the finest cells; mixed products are zero."""
    p, mesh = peaks[:5], exact.valleys(peaks[:5])
    rises = [slopes(mesh, [W(x, p, j) for x in mesh]) for j in range(5)]
    inner = lambda i, j: sum(
        (v - u) * r * q for (u, v), r, q in zip(pairwise(mesh), rises[i], rises[j])
    )
    assert not any(inner(i, j) for i in range(5) for j in range(i))
    return all(formula(p, j) == inner(j, j) for j in range(5))


@states(
    "prop-energy",
    right=lambda a, n: a[n + 1] ** 2 * prod(a[j] * (1 - a[j]) for j in range(n + 1)),
    sign=lambda a, n: a[n + 1] ** 2 * prod(a[j] * (1 + a[j]) for j in range(n + 1)),
    index=lambda a, n: a[n] ** 2 * prod(a[j] * (1 - a[j]) for j in range(n + 1)),
    factor=lambda a, n: a[n + 1] * prod(a[j] * (1 - a[j]) for j in range(n + 1)),
)
def energy_of_the_sum(formula, peaks):
    """∫ f_d'² by the slopes of f_d, for C = 1."""
    for d in range(1, 6):
        mesh, values, _ = wave_sum(peaks, d)
        if sum((v - u) * r * r for (u, v), r in zip(pairwise(mesh), slopes(mesh, values))) != sum(
            formula(peaks, n) for n in range(d)
        ):
            return False
    return True


@states(
    "prop-energy",
    right=lambda surplus, length: (
        sum(s / x for s, x in zip(surplus, length)) / sum(1 / x for x in length)
    ),
    sign=lambda surplus, length: (
        -sum(s / x for s, x in zip(surplus, length)) / sum(1 / x for x in length)
    ),
    weights=lambda surplus, length: sum(s * x for s, x in zip(surplus, length)) / sum(length),
    plain=lambda surplus, length: sum(surplus) / len(surplus),
)
def best_scale_in_energy(formula, peaks):
    """Against ∫ y'W_n' / ∫ W_n'², from the slopes, for a curve that is no sum of waves."""
    for n in range(4):
        p = peaks[: n + 1]
        mesh = exact.valleys(p)
        y, w = [CUBE(x) for x in mesh], [W(x, p, n) for x in mesh]
        rises = slopes(mesh, w)
        wanted = sum(r * (v - u) for r, (u, v) in zip(rises, pairwise(y))) / sum(
            r * (v - u) for r, (u, v) in zip(rises, pairwise(w))
        )
        cells = range(0, len(mesh) - 1, 2)
        surplus = [
            y[k + 1] - y[k] - (y[k + 2] - y[k]) * (mesh[k + 1] - mesh[k]) / (mesh[k + 2] - mesh[k])
            for k in cells
        ]
        if formula(surplus, [mesh[k + 2] - mesh[k] for k in cells]) != wanted:
            return False
    return True


def folded(p, a):
    return lambda u: a * p(a * u) + (1 - a) * p(1 - (1 - a) * u)


@states(
    "prop-fold",
    right=lambda at_left, at_right, a: a * at_left + (1 - a) * at_right,
    sign=lambda at_left, at_right, a: a * at_left - (1 - a) * at_right,
    index=lambda at_left, at_right, a: (1 - a) * at_left + a * at_right,
    factor=lambda at_left, at_right, a: at_left / 2 + at_right / 2,
)
def folding_a_polynomial(formula, peaks):
    """∫ p W_i by folds, against the integral over the cells."""
    for i in range(4):
        p = CUBE
        for a in peaks[: i + 1]:
            p = (lambda p, a: lambda u: formula(p(a * u), p(1 - (1 - a) * u), a))(p, a)
        if boole(lambda u: p(u) * u, Q(0), Q(1)) != integral(
            lambda x: CUBE(x) * W(x, peaks[: i + 1], i), peaks[: i + 1]
        ):
            return False
    return True


@states(
    "prop-fold",
    right=lambda vGv, vm, pp: vGv - 2 * vm + pp,
    sign=lambda vGv, vm, pp: vGv + 2 * vm + pp,
    factor=lambda vGv, vm, pp: vGv - vm + pp,
    index=lambda vGv, vm, pp: vGv - 2 * vm,
)
def squared_error(formula, peaks):
    """x - ∑ s_iW_i against x², over the cells."""
    p = peaks[:3]
    s = exact.scales(p, -1, peaks[3])
    v = np.array([Q(1), *(-q for q in s)], dtype=object)
    wanted = integral(lambda x: (exact.series(x, p, -1, s) - x * x) ** 2, p)
    return (
        formula(v @ cn.gram(p) @ v, v @ cn.moments([0, 0, 1], p), Q(1, 5))
        == wanted
        == cn.series_mse(p, cn.TARGETS["x^2"], closing=peaks[3])
    )


@states(
    "prop-fold",
    right=lambda s: [Q(8, 15) * s * s, Q(4, 45) * s * s],
    factor=lambda s: [Q(4, 15) * s * s, Q(4, 45) * s * s],
    index=lambda s: [Q(8, 15) * s * s / 16, Q(4, 45) * s * s / 16],
    sign=lambda s: [Q(8, 15) * s * s, -Q(4, 45) * s * s],
)
def tail_of_halves(formula, peaks):
    """x² is known, so the tail is; s_n = 4^(-n-1). Mean square and variance."""
    for n in range(1, 5):
        halves = [Q(1, 2)] * n
        tail = lambda x: exact.series(x, halves, -1, exact.scales(halves, -1, Q(1, 2))) - x * x
        square, mean = integral(lambda x: tail(x) ** 2, halves), integral(tail, halves)
        if formula(Q(1, 4 ** (n + 1))) != [square, square - mean**2]:
            return False
    return True


@states(
    "prop-recovery",
    right=lambda start, end: [start - end, -end / (start - end)],
    sign=lambda start, end: [start - end, end / (start - end)],
    index=lambda start, end: [start - end, start / (start - end)],
    factor=lambda start, end: [start - end, -2 * end / (start - end)],
)
def end_slopes(formula, peaks):
    """C and a_0. The slopes of f_n at the ends are those of F up to the remaining kinks,
    shares of which are known: with the last wave alone changed they are exact."""
    C = Q(7, 3)
    for d in range(1, 6):
        mesh, values, _ = wave_sum(peaks, d, C)
        left, *_, right = slopes(mesh, values)
        open_ = prod(1 - a for a in peaks[1 : d + 1])  # what (9) leaves
        if formula(left / (1 - open_), right / (1 - open_)) != [C, peaks[0]]:
            return False
    return True


@states(
    "prop-recovery",
    right=lambda s, before, a: s / (before * (1 - a)),
    sign=lambda s, before, a: s / (before * (1 + a)),
    index=lambda s, before, a: before / (s * (1 - a)),
    factor=lambda s, before, a: s / (before * a),
)
def next_peak(formula, peaks):
    _, _, s = wave_sum(peaks, 8)
    return all(formula(s[n], s[n - 1], peaks[n]) == peaks[n + 1] for n in range(1, 8))


@states(
    "prop-recovery",
    right=lambda value, before, a: value - a * before,
    sign=lambda value, before, a: value + a * before,
    index=lambda value, before, a: before - a * value,
    factor=lambda value, before, a: value - (1 - a) * before,
)
def scale_from_two_values(formula, peaks):
    """F at x_n = a_0…a_n and at x_{n-1}."""
    mesh, values, s = wave_sum(peaks, 6)
    F = dict(zip(mesh, values))
    x = [prod(peaks[: n + 1]) for n in range(6)]
    return all(formula(F[x[n]], F[x[n - 1]] if n else Q(0), peaks[n]) == s[n] for n in range(6))


@states(
    "thm-representable",
    right=lambda l, r, a, rising: l + (r - l) * (a if rising else 1 - a),
    sign=lambda l, r, a, rising: l + (r - l) * (1 - a if rising else a),
    unmirrored=lambda l, r, a, rising: l + (r - l) * a,
    factor=lambda l, r, a, rising: l + (r - l) * a / 2,
)
def one_ratio_and_one_surplus_a_level(formula, peaks):
    """The place of the largest surplus on each cell, among the points of a mesh four levels
    finer, and the surplus there."""
    d = 7
    mesh, values, s = wave_sum(peaks, d)
    F = dict(zip(mesh, values))
    for n in range(4):
        step = 2 ** (d - n)
        for c, k in enumerate(range(0, len(mesh) - 1, step)):
            l, r = mesh[k], mesh[k + step]
            above = {x: F[x] - F[l] - (F[r] - F[l]) * (x - l) / (r - l) for x in mesh[k : k + step]}
            top = max(above, key=above.get)
            assert above[top] == s[n]
            if formula(l, r, peaks[n], c % 2 == 0) != top:
                return False
    return True


@states(
    "cor-obstructions",
    right=lambda a: 1 - a,
    sign=lambda a: 1 + a,
    index=lambda a: a,
    factor=lambda a: 2 * (1 - a),
)
def obstruction_by_the_area(formula, peaks):
    """h(a_0), and the integral of h, which the finite steps of h have already."""
    for d in range(1, 6):
        mesh, values, _ = wave_sum(peaks, d)
        steps = [1 - peaks[0] - slope for slope in slopes(mesh, values)]
        area = sum((v - u) * h for (u, v), h in zip(pairwise(mesh), steps))
        if not formula(peaks[0]) == area == h_at_bends(peaks, d)[peaks[0]]:
            return False
    return True


@states(
    "cor-obstructions",
    right=lambda left, right, a: left / (1 - a) - (1 - right) / a,
    sign=lambda left, right, a: left / (1 - a) - (1 + right) / a,
    index=lambda left, right, a: left / a - (1 - right) / (1 - a),
    factor=lambda left, right, a: left / (1 - a) - 2 * (1 - right) / a,
)
def obstruction_by_the_two_sides(formula, peaks):
    h, a = h_at_bends(peaks, 6), peaks[0]
    return all(formula(h[a * t], h[1 - (1 - a) * t], a) == 0 for t in h_at_bends(peaks[1:], 5))


@states(
    "cor-only-square",
    right=lambda s0, x: 4 * s0 * x * (1 - x),
    sign=lambda s0, x: 4 * s0 * x * (1 + x),
    index=lambda s0, x: 4 * s0 * x * (1 - x) ** 2,
    factor=lambda s0, x: 2 * s0 * x * (1 - x),
)
def the_parabola(formula, peaks):
    """Peaks at 1/2 and s_n = 4^-n s_0, at points where later waves vanish; with another first
    peak the sum is another function."""
    halves, s0 = [Q(1, 2)] * 5, peaks[0]
    scales = [s0 / 4**n for n in range(5)]
    points = [Q(k, 32) for k in range(33)]
    return all(np.dot(scales, exact.waves(x, halves)) == formula(s0, x) for x in points) and any(
        np.dot(scales, exact.waves(x, [Q(1, 3), *halves[1:]])) != formula(s0, x) for x in points
    )


@states(
    "prop-retraction",
    right=lambda a, n: prod(1 - a[j] for j in range(n + 1)),
    sign=lambda a, n: prod(1 + a[j] for j in range(n + 1)),
    index=lambda a, n: prod(1 - a[j] for j in range(n)) * Q(1),
    factor=lambda a, n: prod(a[j] for j in range(n + 1)),
)
def h_at_the_leftmost_peaks(formula, peaks):
    h = h_at_bends(peaks, 6)
    return all(formula(peaks, n) == h[prod(peaks[: n + 1])] for n in range(6))


@states(
    "prop-retraction",
    right=lambda p, a: a ** (p - 1) + a - 1,
    sign=lambda p, a: a ** (p - 1) - a - 1,
    index=lambda p, a: a**p + a - 1,
    factor=lambda p, a: 2 * a ** (p - 1) + a - 1,
)
def greedy_peaks_of_powers(formula, peaks):
    """By bisection in rational numbers, for two levels:
    the root of the equation of the level is one of the formula's, up to the bisection's width."""
    for p in (2, 3, 5):
        x = y = Q(1)
        for _ in range(2):
            low, high = Q(0), Q(1)
            for _ in range(30):
                middle = (low + high) / 2
                low, high = (
                    (middle, high) if (x * middle) ** (p - 1) < y * (1 - middle) else (low, middle)
                )
            if not -Q(1, 10**7) < formula(p, low) < Q(1, 10**7):
                return False
            x, y = x * low, y * (1 - low)
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, test_claims_are_covered = states.covering("recovering_peaks")


@pytest.mark.parametrize("p", [3, 4, 11])
def test_obstructions_of_powers(p):
    """x - x^p: where F' = 0, where h = 1 - x, and 1 - ∫h, for h = x^(p-1), are three numbers."""
    flat, area = p ** (-1 / (p - 1)), 1 - 1 / p
    greedy = cn.retract(lambda x: x ** (p - 1), 1)[0]
    assert len({round(flat, 3), round(greedy, 3), round(area, 3)}) == 3


def test_a_product_from_three_gates_keeps_its_bounds():
    """2e_1 - (e_2 + e_3)/2 with each e in [0, 4^(-n-1)]; both ends are nearly reached."""
    n, grid = 3, [Q(k, 32) for k in range(33)]
    gate = lambda x: exact.series(x, [Q(1, 2)] * n, -1, exact.scales([Q(1, 2)] * n, -1, Q(1, 2)))
    off = [2 * gate((x + y) / 2) - gate(x) / 2 - gate(y) / 2 - x * y for x in grid for y in grid]
    assert -Q(1, 4 ** (n + 1)) == min(off) and max(off) == Q(2, 4 ** (n + 1))


@pytest.mark.parametrize("name", ["x^3", "x^11", "sin", "tanh"])
def test_second_differences_of_the_other_curves_are_not_constant(name):
    """So that they are no polynomials of degree 2."""
    y = cn.TARGETS[name](np.linspace(0, 1, 9))
    assert np.ptp(np.diff(y, 2)) > 1e-2


def test_greedy_peaks_keep_a_bound_on_halving():
    """If h(x/2)/h(x) is in [kappa, 1 - kappa], the greedy peaks are: a polygon of many slopes."""
    corners = 2.0 ** -np.arange(40)[::-1]
    dice = np.random.default_rng(3)
    for kappa in (0.1, 0.3, 0.5):
        steps = dice.uniform(kappa, 1 - kappa, 39)
        heights = np.append(np.cumprod(np.append(1, steps))[::-1], [])
        h = lambda x, heights=heights: np.interp(x, [0, *corners], [0, *heights])
        probed = np.linspace(1e-6, 1, 100_001)
        share = h(probed / 2) / h(probed)
        low = min(share.min(), 1 - share.max())
        found = cn.retract(h, 12)
        assert low > kappa - 1e-9 and found.min() > low - 1e-6 and found.max() < 1 - low + 1e-6
