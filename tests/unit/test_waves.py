from fractions import Fraction as Q

import numpy as np
import pytest
import sympy as sp
import torch
from helpers import exact
from helpers.exact import float_peaks, objects, rational_peaks, rationals, signs, valleys
from hypothesis import given
from hypothesis import strategies as st

import compnet_lib as cn

POINTS = [Q(k, 24) for k in range(25)]
PEAKS = [Q(1, 3), Q(3, 4), Q(2, 5)]
KINDS = {
    "float": (float, 1e-13),
    "numpy": (np.float64, 1e-13),
    "torch": (lambda v: torch.tensor(float(v), dtype=torch.float64), 1e-13),
    "Fraction": (Q, 0),
    "sympy": (lambda v: sp.Rational(v.numerator, v.denominator), 0),
}
"""How to make a number of each kind, and the tolerance: eps,
amplified by at most 4 in each of three triangles."""


@given(rationals, st.fractions(0, 1, max_denominator=50))
def test_equation_1_is_the_weight_identity(a, x):
    assert cn.triangle(x, a) == exact.triangle(x, a)
    assert (cn.triangle(Q(0), a), cn.triangle(a, a), cn.triangle(Q(1), a)) == (0, 1, 0)


@given(rational_peaks(), st.fractions(0, 1, max_denominator=50))
def test_equation_2_composes_triangles(peaks, x):
    assert list(cn.waves(x, peaks)) == exact.waves(x, peaks)
    assert cn.wave(x, peaks) == exact.waves(x, peaks)[-1]


@given(rational_peaks())
def test_equation_2_has_twice_the_pieces_at_each_wave(peaks):
    for i in range(len(peaks)):
        ends = valleys(peaks[: i + 1])
        assert len(ends) == 2 ** (i + 1) + 1
        assert [cn.wave(x, peaks[: i + 1]) for x in ends] == [k % 2 for k in range(len(ends))]
        assert all(
            cn.wave((2 * u + v) / 3, peaks[: i + 1]) in (Q(1, 3), Q(2, 3))
            for u, v in zip(ends, ends[1:])
        )


@given(rational_peaks(), signs, rationals, st.fractions(0, 1, max_denominator=50))
def test_equation_3_sums_the_waves(peaks, sign, closing, x):
    s = exact.scales(peaks, sign, closing)
    assert cn.series(x, peaks, sign, closing) == exact.series(x, peaks, sign, s)


@given(
    rational_peaks(),
    signs,
    st.lists(st.fractions(-2, 2, max_denominator=9), min_size=4, max_size=4),
    st.fractions(0, 1, max_denominator=50),
)
def test_equation_3_with_free_ratios(peaks, sign, free, x):
    free = free[: len(peaks)]
    s = [np.prod(objects(free[: i + 1])) for i in range(len(free))]
    assert cn.series(x, peaks, sign, ratios=free) == exact.series(x, peaks, sign, s)


@given(rational_peaks(), signs, rationals)
def test_equations_4_and_7_agree(peaks, sign, closing):
    """The library runs the recursion (4); `exact.scales` is the closed form of (7)."""
    found, closed = cn.scales(peaks, sign, closing), exact.scales(peaks, sign, closing)
    assert list(found) == closed
    steps = cn.ratios(peaks, sign, closing)
    assert list(steps) == [closed[0], *(t / s for s, t in zip(closed, closed[1:]))]


@given(rational_peaks(), signs)
def test_default_closing_is_exactly_one_half(peaks, sign):
    assert list(cn.scales(peaks, sign)) == exact.scales(peaks, sign, Q(1, 2))
    assert all(isinstance(s, Q) for s in cn.scales(objects([peaks, peaks]), sign).flat)


@given(rational_peaks(), signs, rationals)
def test_equation_4_flattens_one_end(peaks, sign, closing):
    """1 minus the sum telescopes to ∏_{j=1}^{d} (1-a_j): x-F is level at 0 in the limit,
    and x+F at 1."""
    step = min(b - a for a, b in zip(valleys(peaks), valleys(peaks)[1:]))
    y = lambda x: cn.series(x, peaks, sign, closing)
    slope = (y(step) - y(Q(0))) / step if sign < 0 else (y(Q(1)) - y(1 - step)) / step
    assert slope == np.prod(objects([1 - a for a in [*peaks[1:], closing]]))


@given(rational_peaks(), signs, rationals)
def test_equation_9_the_kink_left_at_a_bend(peaks, sign, closing):
    """At x in P_i it is -(|R|+|L|) s_i ∏_{m=i+2}^{d} (1-a_m), up to the sign of the sum."""
    after = [*peaks, closing]
    V = valleys(peaks)
    y = [cn.series(x, peaks, sign, closing) for x in V]
    for i, s in enumerate(exact.scales(peaks, sign, closing)):
        bends = valleys(peaks[: i + 1])
        for k in range(1, len(bends), 2):
            j = V.index(bends[k])
            kink = (y[j + 1] - y[j]) / (V[j + 1] - V[j]) - (y[j] - y[j - 1]) / (V[j] - V[j - 1])
            steepness = 1 / (bends[k] - bends[k - 1]) + 1 / (bends[k + 1] - bends[k])
            assert kink == -sign * steepness * s * np.prod(
                objects([1, *(1 - a for a in after[i + 2 :])])
            )


@given(rational_peaks())
def test_mesh_is_the_valleys(peaks):
    found = list(cn.mesh(peaks))
    assert found == valleys(peaks)
    for j in range(len(peaks)):
        tops = valleys(peaks[: j + 1])[1::2]
        assert {cn.wave(x, peaks[: j + 1]) for x in tops} == {1} and set(tops) <= set(found)
    assert {cn.wave(x, peaks) for x in found[::2]} == {0} and {
        cn.wave(x, peaks) for x in found[1::2]
    } == {1}


@pytest.mark.parametrize("depth", range(1, 9))
def test_yarotsky_error_is_a_quarter_at_each_wave(depth):
    """Peaks at 1/2 under subtraction: x - F_d meets x² on the dyadic mesh; x² is convex,
    so the error peaks between."""
    halves, n = [Q(1, 2)] * depth, 2**depth
    error = lambda x: cn.series(x, halves, -1) - x * x
    assert list(cn.scales(halves, -1)) == [Q(1, 4 ** (i + 1)) for i in range(depth)]
    assert all(error(Q(k, n)) == 0 for k in range(n + 1))
    assert all(error(Q(2 * k + 1, 2 * n)) == Q(1, 4 ** (depth + 1)) for k in range(n))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sign", [1, -1])
def test_every_kind_of_number_gives_the_same(kind, sign):
    make, tolerance = KINDS[kind]
    to_fraction = lambda v: (
        Q(v.p, v.q) if isinstance(v, sp.Rational) else Q(v.item() if hasattr(v, "item") else v)
    )
    same = lambda found, wanted: abs(to_fraction(found) - wanted) <= tolerance
    peaks = [make(a) for a in PEAKS]
    peaks = torch.stack(peaks) if kind == "torch" else peaks
    assert all(map(same, cn.scales(peaks, sign), exact.scales(PEAKS, sign, Q(1, 2))))
    assert all(map(same, cn.mesh(peaks), valleys(PEAKS)))
    for x in POINTS:
        assert all(map(same, cn.waves(make(x), peaks), exact.waves(x, PEAKS)))
        assert same(
            cn.series(make(x), peaks, sign),
            exact.series(x, PEAKS, sign, exact.scales(PEAKS, sign, Q(1, 2))),
        )
        assert same(cn.triangle(make(x), peaks[0]), exact.triangle(x, PEAKS[0]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, object])
def test_arrays_keep_their_dtype(dtype):
    x, peaks = objects(POINTS).astype(dtype), objects([PEAKS, PEAKS[::-1]]).astype(dtype)
    for found in (
        cn.triangle(x, peaks[0, 0]),
        cn.waves(x, peaks),
        cn.series(x, peaks, [1, -1]),
        cn.scales(peaks, 1),
        cn.ratios(peaks, 1),
        cn.mesh(peaks),
        cn.gram(peaks),
    ):
        assert found.dtype == dtype


def test_symbols_can_be_filled_in_later():
    x, a, b, c = sp.symbols("x a b c", positive=True)
    numbers = {a: sp.Rational(1, 3), b: sp.Rational(3, 4), c: sp.Rational(2, 5)}
    fill = lambda e, x_: Q(str(e.subs(numbers).subs(x, sp.Rational(str(x_)))))
    for sign in (1, -1):
        s = cn.scales([a, b], sign, c)
        assert sp.simplify(s[1] - exact.scales([a, b], sign, c)[1]) == 0
        wanted = exact.scales(PEAKS[:2], sign, PEAKS[2])
        for x_ in POINTS:
            assert fill(cn.series(x, [a, b], sign, c), x_) == exact.series(
                x_, PEAKS[:2], sign, wanted
            )
    assert (
        sp.simplify(cn.gram([a, b])[0, 2] - sp.Rational(1, 4) - (2 * a - 1) * (2 * b - 1) / 12) == 0
    )


@pytest.mark.parametrize("sign", [1, -1, [1, -1, -1]])
def test_autograd_flows_to_points_peaks_and_closing(sign):
    """Against torch's finite differences, at points off the bends."""
    rng = np.random.default_rng(0)
    x, peaks, closing = (
        torch.tensor(v, requires_grad=True)
        for v in (rng.uniform(size=(3, 7)), rng.uniform(0.2, 0.8, (3, 2)), rng.uniform(0.2, 0.8, 3))
    )
    assert torch.autograd.gradcheck(
        lambda *v: cn.series(v[0], v[1], sign, v[2]), (x, peaks, closing)
    )
    assert torch.autograd.gradcheck(
        lambda *v: cn.series(v[0], v[1], sign, ratios=v[2][:, None] * v[1]), (x, peaks, closing)
    )
    assert torch.autograd.gradcheck(cn.wave, (x, peaks))


@given(st.lists(float_peaks(3, 3), min_size=1, max_size=4), st.data())
def test_a_stack_is_its_rows(rows, data):
    peaks = np.array(rows)
    sign = [data.draw(signs) for _ in rows]
    closing = np.linspace(0.3, 0.7, len(rows))
    shared, own = np.linspace(0, 1, 9), np.linspace(0, 1, 9 * len(rows)).reshape(len(rows), 9)
    tensor = torch.from_numpy(peaks)
    for i, row in enumerate(rows):
        one = np.array(row)
        for x, x_i in ((shared, shared), (own, own[i])):
            np.testing.assert_array_equal(
                cn.series(x, peaks, sign, closing)[i], cn.series(x_i, one, sign[i], closing[i])
            )
            np.testing.assert_array_equal(cn.waves(x, peaks)[:, i], cn.waves(x_i, one))
            np.testing.assert_array_equal(
                cn.series(torch.from_numpy(x), tensor, sign, torch.from_numpy(closing))[i],
                cn.series(x, peaks, sign, closing)[i],
            )
            np.testing.assert_array_equal(
                cn.series(x, peaks, sign, ratios=peaks * 2)[i],
                cn.series(x_i, one, sign[i], ratios=one * 2),
            )
        for whole, alone in (
            (cn.scales(peaks, sign, closing), cn.scales(one, sign[i], closing[i])),
            (cn.mesh(peaks), cn.mesh(one)),
            (cn.gram(peaks), cn.gram(one)),
            (cn.ratios(peaks, sign, closing), cn.ratios(one, sign[i], closing[i])),
            (cn.scales(tensor, sign, closing), cn.scales(one, sign[i], closing[i])),
        ):
            np.testing.assert_array_equal(whole[i], alone)
