"""The shape of F', its inverse and its transform, its averages, and the dimensions:
checked on the waves themselves, in rational numbers."""

from fractions import Fraction
from functools import cache
from itertools import product
from math import prod

import numpy as np
import pytest
from helpers.statements import Statements

import compnet_lib as cn

LEVEL = 5
states = Statements()


def waves_at(x, peaks):
    """W_0, W_1, ... at one point."""
    found = []
    for a in peaks:
        x = x / a if x <= a else (1 - x) / (1 - a)
        found.append(x)
    return found


def scales(peaks, C=1):
    """Equation (4) as a recurrence, for a given C; the last peak is the closing one."""
    s = [C * peaks[0] * (1 - peaks[0]) * peaks[1]]
    for a, following in zip(peaks[1:], peaks[2:]):
        s.append(s[-1] * (1 - a) * following)
    return s


def mesh(peaks):
    """V_n, by dividing cells where the wave before takes the value a_n."""
    return _mesh(tuple(peaks))


@cache
def _mesh(peaks):
    points = [Fraction(0), Fraction(1)]
    for i, a in enumerate(peaks):
        new = []
        for left, right in zip(points, points[1:]):
            ends = [waves_at(x, peaks[:i])[-1] if i else x for x in (left, right)]
            new += [left, left + (right - left) * (a - ends[0]) / (ends[1] - ends[0])]
        points = [*new, Fraction(1)]
    return points


def partial_sum(x, peaks, n):
    """Phi's first n terms; exact for Phi on V_n."""
    return sum(s * w for s, w in zip(scales(peaks), waves_at(x, peaks[:n])))


def shape(peaks, n=LEVEL):
    """h on V_n from slopes of partial sums: at a peak of W_i the derivative of F is that of f_i
    (Lemma 7.4)."""
    found = {Fraction(0): Fraction(0), Fraction(1): Fraction(1)}
    for i in range(n):
        knots = mesh(peaks[:i])
        for left, top, right in zip(knots, mesh(peaks[: i + 1])[1::2], knots[1:]):
            slope = (partial_sum(right, peaks, i) - partial_sum(left, peaks, i)) / (right - left)
            found[top] = 1 - peaks[0] - slope
    return dict(sorted(found.items()))


def cells(peaks, n=LEVEL):
    """Length and drop of each cell of level n, from values of F'."""
    x, y = zip(*shape(peaks, n).items())
    return [(b - a, d - c) for a, b, c, d in zip(x, x[1:], y, y[1:])]


def triangle(x, a):
    return x / a if x <= a else (1 - x) / (1 - a)


flip = lambda a: [1 - b for b in a]


@states(
    "lem-shape",
    right=lambda a, t: ((1 - a[0]) * t, 1 - a[0] * t),
    sign=lambda a, t: ((1 - a[0]) * t, 1 + a[0] * t),
    index=lambda a, t: ((1 - a[1]) * t, 1 - a[1] * t),
    factor=lambda a, t: (a[0] * t, 1 - (1 - a[0]) * t),
)
def two_copies(formula, peaks):
    inner = shape(peaks[1:], LEVEL - 1)
    return all(
        h == formula(peaks, inner[triangle(x, peaks[0])])[x > peaks[0]]
        for x, h in shape(peaks).items()
    )


@states(
    "lem-shape",
    right=lambda a, digits: (
        prod(b if d == 0 else 1 - b for b, d in zip(a, digits)),
        prod(1 - b if d == 0 else b for b, d in zip(a, digits)),
    ),
    sign=lambda a, digits: (
        prod(b if d == 0 else 1 - b for b, d in zip(a, digits)),
        prod(b if d == 0 else 1 - b for b, d in zip(a, digits)),
    ),
    index=lambda a, digits: (
        prod(b if d == 0 else 1 - b for b, d in zip(a[1:], digits)),
        prod(1 - b if d == 0 else b for b, d in zip(a[1:], digits)),
    ),
    factor=lambda a, digits: (
        prod(b for b, d in zip(a, digits)),
        prod(1 - b for b, d in zip(a, digits)),
    ),
)
def lengths_and_drops(formula, peaks):
    points = mesh(peaks[:LEVEL])
    for x, (length, drop) in zip((sum(pair) / 2 for pair in zip(points, points[1:])), cells(peaks)):
        digits = [int(w > a) for w, a in zip([x, *waves_at(x, peaks[: LEVEL - 1])], peaks)]
        if formula(peaks, digits) != (length, drop):
            return False
    return True


@states(
    "lem-shape",
    right=lambda a: prod(b * (1 - b) for b in a[:LEVEL]),
    sign=lambda a: prod(b * (1 + b) for b in a[:LEVEL]),
    index=lambda a: prod(b * (1 - b) for b in a[1:LEVEL]),
    factor=lambda a: prod(2 * b * (1 - b) for b in a[:LEVEL]),
)
def equal_areas(formula, peaks):
    return {length * drop for length, drop in cells(peaks)} == {formula(peaks)}


@states(
    "prop-conjugacy",
    right=lambda a: 1 - a[0],
    sign=lambda a: a[0],
    index=lambda a: 1 - a[1],
    factor=lambda a: (1 - a[0]) / 2,
)
def conjugacy(formula, peaks):
    inner = shape(peaks[1:], LEVEL - 1)
    return all(
        triangle(h, formula(peaks)) == inner[triangle(x, peaks[0])] for x, h in shape(peaks).items()
    )


@states(
    "prop-conjugacy",
    right=flip,
    sign=lambda a: a,
    index=lambda a: flip(a[1:]),
    factor=lambda a: [(1 - b) / 2 for b in a],
)
def mesh_goes_to_mesh(formula, peaks):
    return list(shape(peaks).values()) == mesh(formula(peaks)[:LEVEL])


@states(
    "prop-conjugacy",
    right=flip,
    sign=lambda a: a,
    index=lambda a: flip(a[1:]),
    factor=lambda a: [(1 - b) / 2 for b in a],
)
def inverse(formula, peaks):
    back = shape(formula(peaks))
    return all(back.get(h) == x for x, h in shape(peaks).items())


def convex(x, peaks, n=LEVEL):
    """H_a on V_n."""
    return (1 - peaks[0]) * x - partial_sum(x, peaks, n)


@states(
    "thm-duality",
    right=flip,
    sign=lambda a: a,
    index=lambda a: flip(a[1:]),
    factor=lambda a: [(1 - b) / 2 for b in a],
)
def legendre_transform(formula, peaks):
    points = {x: convex(x, peaks) for x in shape(peaks)}
    searched = lambda p: max(p * x - value for x, value in points.items())
    return all(searched(p) == convex(p, formula(peaks)) for p in shape(peaks).values())


@states(
    "thm-duality",
    right=lambda a, x, y: x * y,
    sign=lambda a, x, y: -x * y,
    index=lambda a, x, y: x * y + a[1] - a[0],
    factor=lambda a, x, y: 2 * x * y,
)
def young(formula, peaks):
    return all(
        convex(x, peaks) + convex(y, flip(peaks)) == formula(peaks, x, y)
        for x, y in shape(peaks).items()
    )


@states(
    "thm-duality",
    right=lambda a: (1 - a[0], a[0]),
    sign=lambda a: (a[0], 1 - a[0]),
    index=lambda a: (1 - a[1], a[1]),
    factor=lambda a: ((1 - a[0]) / 2, a[0] / 2),
)
def forms_of_the_paper(formula, peaks):
    """x - F and x + F with the paper's first scales are H_a and a_0 x + Phi_a,
    divided by their values at 1."""
    subtracted, added = formula(peaks)
    points, first, closing = mesh(peaks[:LEVEL]), peaks[:LEVEL], peaks[LEVEL]
    below, above = cn.series(points, first, -1, closing), cn.series(points, first, +1, closing)
    return all(
        convex(x, peaks) == subtracted * low
        and peaks[0] * x + partial_sum(x, peaks, LEVEL) == added * high
        for x, low, high in zip(points, below, above)
    )


@states(
    "thm-trichotomy",
    right=lambda b: 1 / (b * (1 - b)) - 3,
    sign=lambda b: 1 / (b * (1 - b)) + 3,
    index=lambda b: 1 / (b * (1 - b)) - 2,
    factor=lambda b: 2 / (b * (1 - b)) - 3,
)
def second_moment(formula, peaks):
    return sum(drop**2 / length for length, drop in cells(peaks)) == prod(
        map(formula, peaks[:LEVEL])
    )


@states(
    "thm-trichotomy",
    right=lambda b, p: b * ((1 - b) / b) ** p + (1 - b) * (b / (1 - b)) ** p,
    sign=lambda b, p: b * ((1 - b) / b) ** p - (1 - b) * (b / (1 - b)) ** p,
    index=lambda b, p: b * ((1 - b) / b) ** (p - 1) + (1 - b) * (b / (1 - b)) ** (p - 1),
    factor=lambda b, p: ((1 - b) / b) ** p + (b / (1 - b)) ** p,
)
def moments(formula, peaks):
    return all(
        sum(drop**p / length ** (p - 1) for length, drop in cells(peaks))
        == prod(formula(b, p) for b in peaks[:LEVEL])
        for p in (1, 2, 3, 4, 5)
    )


@states(
    "thm-trichotomy",
    right=lambda b: 4 * b * (1 - b),
    sign=lambda b: 4 * b * (1 + b),
    index=lambda b: 4 * b * (1 - b) ** 2,
    factor=lambda b: b * (1 - b),
)
def affinity(formula, peaks):
    """The sum of sqrt(length drop): all roots are equal, so its square is rational."""
    areas = [length * drop for length, drop in cells(peaks)]
    return len({*areas}) == 1 and len(areas) ** 2 * areas[0] == prod(map(formula, peaks[:LEVEL]))


@states(
    "thm-trichotomy",
    right=lambda b: max(b / (1 - b), (1 - b) / b),
    sign=lambda b: min(b / (1 - b), (1 - b) / b),
    index=lambda b: b / (1 - b),
    factor=lambda b: max(b, 1 - b),
)
def largest_slope(formula, peaks):
    return max(drop / length for length, drop in cells(peaks)) == prod(map(formula, peaks[:LEVEL]))


def rational_exponent(c, denominator=60):
    """The largest p/q, for one q, with p/q at most ln(1 - c)/ln c: decided by powers."""
    return max(p for p in range(denominator + 1) if (1 - c) ** denominator <= c**p), denominator


@states(
    "prop-holder",
    right=lambda c: (2 / (1 - c), 0),
    sign=lambda c: (-2 / (1 - c), 0),
    index=lambda c: (2 / (1 - c), 30),
    factor=lambda c: (1 / (1 - c) / 2, 0),
)
def hoelder(formula, peaks):
    """|h(x) - h(y)|^q <= (constant)^q |x - y|^p with p/q at most alpha;
    with p/q larger a cell must break it."""
    c = min(map(min, zip(peaks[:LEVEL], flip(peaks))))
    p, q = rational_exponent(c)
    constant, more = formula(c)
    points = [*shape(peaks, 4).items()]
    pairs = [(v - x, w - y) for k, (x, y) in enumerate(points) for v, w in points[k + 1 :]]
    return constant > 0 and all(rise**q <= constant**q * gap ** (p + more) for gap, rise in pairs)


@states(
    "prop-holder",
    right=lambda c: rational_exponent(c)[0],
    sign=lambda c: -rational_exponent(c)[0],
    index=lambda c: rational_exponent(c)[0] + 1,
    factor=lambda c: 2 * rational_exponent(c)[0],
)
def hoelder_exponent(formula, peaks):
    """Drop <= length^(p/q) on every cell, and p is the largest that does it:
    for constant peaks c the steepest cell needs it."""
    c = min(peaks[0], 1 - peaks[0])
    q = 60
    fine = lambda p: all(
        drop**q <= length**p if p >= 0 else drop**q * length**-p <= 1
        for length, drop in cells([c] * (LEVEL + 1))
    )
    return fine(formula(c)) and not fine(formula(c) + 1)


@states(
    "prop-pure-jump",
    right=lambda a, i, n: a[i + 1] * prod(1 - a[m] for m in range(i + 2, n + 1)),
    sign=lambda a, i, n: a[i + 1] * prod(1 + a[m] for m in range(i + 2, n + 1)),
    index=lambda a, i, n: a[i] * prod(1 - a[m] for m in range(i + 2, n + 1)),
    factor=lambda a, i, n: a[i + 1] * prod(a[m] for m in range(i + 2, n + 1)),
)
def fall_in_the_bends_of_a_generation(formula, peaks):
    """Of f_n, for C = 1: the slope's fall at all points of P_i together, by differences."""
    n = 4
    knots = mesh(peaks[:n])
    values = [partial_sum(x, peaks, n) for x in knots]
    slopes = [(d - c) / (b - a) for a, b, c, d in zip(knots, knots[1:], values, values[1:])]
    falls = {x: before - after for x, before, after in zip(knots[1:], slopes, slopes[1:])}
    return all(
        formula(peaks, i, n) == sum(falls[x] for x in mesh(peaks[: i + 1])[1::2]) for i in range(n)
    )


@states(
    "prop-pure-jump",
    right=lambda a, n: prod(max(b, 1 - b) for b in a[n:LEVEL]),
    sign=lambda a, n: prod(min(b, 1 - b) for b in a[n:LEVEL]),
    index=lambda a, n: prod(max(b, 1 - b) for b in a[n + 1 : LEVEL]) * Fraction(1),
    factor=lambda a, n: prod(2 * max(b, 1 - b) for b in a[n:LEVEL]),
)
def longest_and_steepest_parts(formula, peaks):
    """In each cell of level n the longest and the steepest cell of a later level: these lengths
    together, and these drops."""
    found = np.array(cells(peaks)).reshape
    for n in range(LEVEL):
        lengths, drops = found(2**n, -1, 2).max(axis=1).sum(axis=0)
        if not lengths == drops == formula(peaks, n):
            return False
    return True


@states(
    "prop-takagi",
    right=lambda w, i, n: w**i * (1 - 4 * w + (2 * w) ** (n + 1)) / (1 - 2 * w),
    sign=lambda w, i, n: w**i * (1 + 4 * w + (2 * w) ** (n + 1)) / (1 + 2 * w),
    index=lambda w, i, n: w**i * (1 - 4 * w + (2 * w) ** n) / (1 - 2 * w),
    factor=lambda w, i, n: w**i * (1 - 2 * w + (2 * w) ** (n + 1)) / (1 - 2 * w),
)
def kink_of_equal_triangles(formula, peaks):
    """From the sum's second difference at a peak of W_i,
    over a cell too small for the other bends."""
    for w, i, n in product(
        (peaks[0] * Fraction(2, 5), -peaks[1] / 3, peaks[2] + Fraction(1, 7)), (0, 1, 3), (0, 1, 4)
    ):
        total = lambda x: sum(
            w**k * W for k, W in enumerate(waves_at(x, [Fraction(1, 2)] * (i + n + 1)))
        )
        x, h = Fraction(1, 2 ** (i + 1)), Fraction(1, 2 ** (i + n + 1))
        jump = (total(x + h) - 2 * total(x) + total(x - h)) / h
        if jump != -2 * 2 ** (i + 1) * formula(w, i, n):
            return False
    return True


@states(
    "prop-takagi",
    right=lambda w, n: 2 * abs(2 * w) ** n,
    sign=lambda w, n: -2 * abs(2 * w) ** n,
    index=lambda w, n: 2 * abs(2 * w) ** (n + 1),
    factor=lambda w, n: abs(2 * w) ** n,
)
def slopes_that_do_not_converge(formula, peaks):
    """From a dyadic cell to either half the slope of the whole sum changes by 2|2w|^n.
    Later waves vanish at the ends; so a few terms are the whole sum."""
    for w, n in product(
        (Fraction(1, 2), peaks[0] / 2 + Fraction(1, 2), -peaks[1] / 2 - Fraction(1, 3)), range(4)
    ):
        total = lambda x: sum(
            w**k * W for k, W in enumerate(waves_at(x, [Fraction(1, 2)] * (n + 3)))
        )
        ends = [Fraction(k, 2**n) for k in (2**n // 3, 2**n // 3 + 1)]
        middle = sum(ends) / 2
        slope = lambda x, y: (total(y) - total(x)) / (y - x)
        if {
            abs(slope(*half) - slope(*ends)) for half in ((ends[0], middle), (middle, ends[1]))
        } != {formula(w, n)}:
            return False
    return True


class Dual:
    """A number with its derivatives in all parameters."""

    def __init__(self, value, slopes):
        self.value, self.slopes = value, slopes

    def _with(self, other):
        return other if isinstance(other, Dual) else Dual(other, [0] * len(self.slopes))

    def __add__(self, other):
        other = self._with(other)
        return Dual(self.value + other.value, [a + b for a, b in zip(self.slopes, other.slopes)])

    def __mul__(self, other):
        other = self._with(other)
        return Dual(
            self.value * other.value,
            [a * other.value + self.value * b for a, b in zip(self.slopes, other.slopes)],
        )

    def __truediv__(self, other):
        return self * Dual(1 / other.value, [-b / other.value**2 for b in other.slopes])

    def __rsub__(self, other):
        return self * -1 + other

    def __le__(self, other):
        return self.value <= other.value

    __radd__ = __add__


def rank(rows):
    rows, found = [list(row) for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((k for k in range(found, len(rows)) if rows[k][column] != 0), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        top = rows[found]
        for row in rows[found + 1 :]:
            if row[column] != 0:
                share = row[column] / top[column]
                row[:] = [a - share * b for a, b in zip(row, top)]
        found += 1
    return found


def rank_of(family, values, d, peaks):
    """Of the derivatives of the function's values at two points inside each of its pieces:
    those determine the function."""
    parameters = [Dual(v, [int(k == n) for n in range(len(values))]) for k, v in enumerate(values)]
    points = mesh(peaks[:d])
    inside = [
        left + (right - left) * t
        for left, right in zip(points, points[1:])
        for t in (Fraction(1, 3), Fraction(3, 4))
    ]
    return rank(family(x, parameters).slopes for x in inside)


def sum_of_waves(x, peaks, s):
    x, total = Dual(x, [0] * len(peaks[0].slopes)), 0
    for a, scale in zip(peaks, s):
        x = x / a if x <= a else (1 - x) / (1 - a)
        total = total + scale * x
    return total


def by_equation_4(d):
    def family(x, parameters):
        peaks, s = parameters[: d + 1], [parameters[-1]]
        for a, following in zip(peaks[1:d], peaks[2:]):
            s.append(s[-1] * (1 - a) * following)
        return sum_of_waves(x, peaks[:d], s)

    return family


def polygon(x, parameters):
    """Through (0, 0), the given knots and values, and (1, 0)."""
    half, zero = len(parameters) // 2, Dual(Fraction(0), [0] * len(parameters))
    places, values = [zero, *parameters[:half], zero + 1], [zero, *parameters[half:], zero]
    k = next(k for k in range(1, len(places)) if x < places[k].value)
    t = (places[k - 1] * -1 + x) / (places[k] + places[k - 1] * -1)
    return values[k - 1] + (values[k] + values[k - 1] * -1) * t


@states(
    "prop-dimension",
    "D-q3",
    right=lambda d: (d + 2, 2 * d, 2 * (2**d - 1)),
    sign=lambda d: (d - 2, 2 * d, 2 * (2**d - 1)),
    index=lambda d: (d + 1, 2 * d, 2 * (2**d - 1)),
    factor=lambda d: (d + 2, d, 2 * (2**d - 1)),
    power=lambda d: (d + 2, 2 * d, 2 * 2**d),
)
def dimensions(formula, peaks):
    for d in (2, 3, 4):
        s = scales(peaks[: d + 1])
        found = [
            rank_of(by_equation_4(d), [*peaks[: d + 1], s[0]], d, peaks),
            rank_of(
                lambda x, given: sum_of_waves(x, given[:d], given[d:]), [*peaks[:d], *s], d, peaks
            ),
        ]
        if found != list(formula(d)[:2]):
            return False
        if d < 4:
            inner = mesh(peaks[:d])[1:-1]
            if (
                rank_of(polygon, [*inner, *(partial_sum(x, peaks, d) for x in inner)], d, peaks)
                != formula(d)[2]
            ):
                return False
    return True


@states(
    "prop-dimension",
    right=lambda a, x, f, n: (x[n] / x[n - 1], f[n] - a[n] * f[n - 1]),
    sign=lambda a, x, f, n: (x[n] / x[n - 1], f[n] + a[n] * f[n - 1]),
    index=lambda a, x, f, n: (x[n] / x[n - 1], f[n] - a[n - 1] * f[n - 1]),
    factor=lambda a, x, f, n: (x[n] / x[n - 1] / 2, f[n] - a[n] * f[n - 1]),
)
def parameters_are_read_off(formula, peaks):
    """The scales are free here."""
    s = [Fraction(3, 2), Fraction(-2, 7), Fraction(1, 9), Fraction(5, 3)]
    x = [min(p for p in mesh(peaks[: n + 1]) if p > 0) for n in range(4)]
    f = [sum(c * w for c, w in zip(s, waves_at(p, peaks[:4]))) for p in x]
    return all(formula(peaks, x, f, n) == (peaks[n], s[n]) for n in (1, 2, 3)) and (x[0], f[0]) == (
        peaks[0],
        s[0],
    )


test_statement_holds, test_perturbation_is_noticed = states.tests()
test_theorems_are_covered, test_claims_are_covered = states.covering("beyond_the_paper")


def test_depth_one_does_not_contain_the_closing_number():
    a, s = Fraction(1, 3), Fraction(2, 5)
    assert rank_of(by_equation_4(1), [a, Fraction(1, 2), s], 1, [a]) == 2


def test_cancelled_bend():
    """Peaks at 1/2 and scales 1, 1/2: no bend in the middle.
    The parameters still move the function in 2d directions, the middle knot does not move it."""
    halves, s = [Fraction(1, 2)] * 2, [Fraction(1), Fraction(1, 2)]
    assert (
        rank_of(lambda x, given: sum_of_waves(x, given[:2], given[2:]), [*halves, *s], 2, halves)
        == 4
    )
    inner = [Fraction(k, 4) for k in (1, 2, 3)]
    values = [sum(c * w for c, w in zip(s, waves_at(x, halves))) for x in inner]
    assert rank_of(polygon, [*inner, *values], 2, halves) == 5


@pytest.mark.parametrize(
    "law",
    [
        lambda j: 0.5 + 0.4 / (j + 2) ** 2,
        lambda j: 0.5 + 0.4 / (j + 2),
        lambda j: 0.5 + 0.4 / np.sqrt(j + 2),
        lambda j: 0.7 + 0 * j,
    ],
)
def test_products_converge_when_the_sums_do(law):
    """From 1,000 factors to 100,000 a product of the theorem moves little where its sum
    converges, and a lot where it does not."""
    a = law(np.arange(10**5))
    u = 2 * a - 1
    for factors, terms in (
        (np.maximum(a / (1 - a), (1 - a) / a), np.abs(u)),
        (1 / (a * (1 - a)) - 3, u**2),
        (1 / (4 * a * (1 - a)), u**2),
    ):
        converges = terms[1000:].sum() < 0.01
        assert converges == (np.log(factors[1000:]).sum() < 0.1)


def test_equal_halves_are_the_parabola():
    peaks = [Fraction(1, 2)] * 8
    assert all(x == h and convex(x, peaks) == x**2 / 2 for x, h in shape(peaks).items())


def test_takagi():
    """w = 1/2 is twice Takagi's function, the sum of the distances from 2^n x to the integers
    over 2^n."""
    for x in (Fraction(k, 64) for k in range(65)):
        distance = lambda t: abs(t - round(t))
        assert sum(w / 2**n for n, w in enumerate(waves_at(x, [Fraction(1, 2)] * 6))) == 2 * sum(
            distance(2**n * x) / 2**n for n in range(6)
        )
