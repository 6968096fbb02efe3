"""Cells beside a point, and the sums over cells that give the spectrum: in rational numbers."""

from fractions import Fraction as Q
from math import comb, log

import numpy as np
import pytest
from helpers import exact
from helpers.statements import Statements
from scipy.optimize import minimize_scalar

states = Statements()
flip = lambda peaks: [1 - b for b in peaks]


def cells(peaks):
    """Lengths and drops, from left to right: h carries the mesh to that of the flipped peaks."""
    return [np.diff(exact.valleys(each)) for each in (peaks, flip(peaks))]


@states(
    "lem-cells-decide",
    right=lambda q: (q / (1 - q), (1 - q) / q),
    sign=lambda q: (-q / (1 - q), (1 - q) / q),
    index=lambda q: (q / (1 - q), ((1 - q) / q) ** 2),
    factor=lambda q: (q, 1 - q),
)
def two_cells_that_meet(formula, peaks):
    """Length and drop of the cells on the left and on the right of a peak of W_n,
    at every later level, and at the level after it the whole of the two parts."""
    for n in range(4):
        for level in range(n + 1, 6):
            lengths, drops = cells(peaks[:level])
            parts = 2 ** (level - n)
            for number in range(2**n):
                middle = number * parts + parts // 2
                q = 1 - peaks[n] if number % 2 else peaks[n]
                beside = lengths[middle - 1], lengths[middle], drops[middle - 1], drops[middle]
                if formula(q) != (beside[0] / beside[1], beside[2] / beside[3]):
                    return False
    return True


@states(
    "thm-spectrum",
    right=lambda a, q, tau: (1 - a) ** q * a**tau + a**q * (1 - a) ** tau,
    sign=lambda a, q, tau: (1 - a) ** q * a**tau - a**q * (1 - a) ** tau,
    index=lambda a, q, tau: (1 - a) ** tau * a**tau + a**q * (1 - a) ** q,
    factor=lambda a, q, tau: a**q * a**tau + (1 - a) ** q * (1 - a) ** tau,
)
def sums_over_cells(formula, peaks):
    """The sum of drop^q length^tau, and the same after the flip and after exchanging q and tau."""
    a, level = peaks[0], 4
    lengths, drops = cells([a] * level)
    for q in range(-2, 3):
        for tau in range(-2, 3):
            found = sum(drops**q * lengths**tau)
            if found != formula(a, q, tau) ** level:
                return False
            if not formula(a, q, tau) == formula(1 - a, q, tau) == formula(a, tau, q):
                return False
    return True


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, test_claims_are_covered = states.covering("dual_spectrum")


def tau_of(q, a):
    """By bisection."""
    low, high = -200.0, 200.0
    for _ in range(64):
        middle = (low + high) / 2
        value = np.logaddexp(q * log(1 - a) + middle * log(a), q * log(a) + middle * log(1 - a))
        low, high = (middle, high) if value > 0 else (low, middle)
    return low


def dimension(alpha, a):
    """min over q of q alpha + tau(q), which is convex."""
    return minimize_scalar(
        lambda q: q * alpha + tau_of(q, a), bounds=(-60, 60), method="bounded"
    ).fun


@pytest.mark.parametrize("a", [0.3, 0.6, 0.85])
def test_tau_is_its_own_inverse(a):
    for q in (-3.0, -0.5, 0.0, 0.4, 1.0, 2.5):
        assert tau_of(tau_of(q, a), a) == pytest.approx(q, abs=1e-10)


@pytest.mark.parametrize("a", [0.3, 0.7])
def test_the_spectrum_is_self_dual_and_its_middle_is_known(a):
    """From the minimum itself."""
    for alpha in (0.7, 0.9, 1.0, 1.3):
        assert dimension(alpha, a) == pytest.approx(alpha * dimension(1 / alpha, a), abs=1e-5)
    assert dimension(1.0, a) == pytest.approx(log(4) / -log(a * (1 - a)), abs=1e-5)


@pytest.mark.parametrize("a", [0.6, 0.7, 0.85])
def test_the_minimum_is_the_entropy_of_the_digits_over_their_length(a):
    """Points with the frequency p of the digit 0: Besicovitch and Eggleston."""
    for p in (0.35, 0.5, 0.8):
        length = -p * log(a) - (1 - p) * log(1 - a)
        drop = -p * log(1 - a) - (1 - p) * log(a)
        entropy = -p * log(p) - (1 - p) * log(1 - p)
        assert dimension(drop / length, a) == pytest.approx(entropy / length, abs=1e-5)


@pytest.mark.parametrize("a", [0.6, 0.85])
def test_counted_cells_grow_at_the_rate_of_the_dimension(a):
    """The steep cells of level n: the sum of length^t stays bounded for t = f(1), grows without
    bound for a smaller t, and falls for a larger one."""
    t = log(4) / -log(a * (1 - a))

    def total(n, t):
        zeros = range(n // 2 + 1)
        return sum(comb(n, k) * (a**k * (1 - a) ** (n - k)) ** t for k in zeros)

    assert total(400, t) < 1
    assert total(400, 0.95 * t) > 100 > 1 > 1e-2 > total(400, 1.05 * t)


@pytest.mark.parametrize("a", [Q(2, 3), Q(1, 5)])
def test_quotients_are_bounded_by_the_slopes_of_cells(a):
    """The lemma's inequality, with a constant: from a point inside to every other one."""
    level = 7
    c = min(a, 1 - a)
    x, y = exact.valleys([a] * level), exact.valleys([1 - a] * level)
    slopes = [None] + [np.divide(*cells([a] * n)[::-1]) for n in range(1, level + 1)]
    for here in range(1, 2**level, 11):
        for there in range(0, 2**level + 1, 7):
            common = next(
                n for n in range(level, -1, -1) if n == 0 or one_cell(here, there, n, level)
            )
            if common == level:  # neighbours, or one point
                continue
            near = {
                slopes[n][k] for n in range(common + 1, level + 1) for k in around(here, n, level)
            }
            quotient = (y[there] - y[here]) / (x[there] - x[here])
            assert quotient >= c**4 * min(near)


def around(knot, n, level):
    """The cells of level n that hold a knot of the mesh of that level."""
    size = 2 ** (level - n)
    return {min(knot // size, 2**n - 1), max(-(-knot // size) - 1, 0)}


def one_cell(here, there, n, level):
    return bool(around(here, n, level) & around(there, n, level))
