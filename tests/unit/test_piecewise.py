from fractions import Fraction as Q

import numpy as np
import pytest
from helpers import exact
from helpers.exact import objects, rational_peaks, rationals, signs, valleys
from hypothesis import given
from hypothesis import strategies as st

import compnet_lib as cn

widths_of = st.lists(st.integers(1, 5), min_size=1, max_size=3)
seeds = st.integers(0, 10**6)
EPS = np.finfo(float).eps


def affine(net, x):
    """Signals and their derivatives at `x`, (value, slope) layer by layer,
    by the activation pattern there; exact off the knots."""
    values, slopes = np.array([x], dtype=object), np.array([Q(1)], dtype=object)
    found = []
    for w, b in zip(net.weights, net.biases):
        values, slopes = w[0] @ values + (0 if b is None else b[0]), w[0] @ slopes
        found.append((values, slopes))
        values, slopes = np.where(values > 0, values, Q(0)), np.where(values > 0, slopes, Q(0))
    return found


def random_rational_net(seed, widths):
    rng = np.random.default_rng(seed)
    return exact.rational_net(rng, widths, list(rng.random(len(widths) + 1) < 0.8))


@given(widths_of, seeds)
def test_between_its_knots_one_activation_pattern_holds(widths, seed):
    """On each piece the signals' lines, found at one point inside,
    keep their signs up to both ends; the output's line is the function's."""
    net = random_rational_net(seed, widths)
    f = cn.piecewise_linear(net)[0]
    ends = [f.knots[0] - 3, *f.knots, f.knots[-1] + 3]
    for u, v, slope in zip(ends[:-1], ends[1:], f.slopes, strict=True):
        x = (3 * u + 2 * v) / 5
        lines = affine(net, x)
        for values, slopes in lines[:-1]:
            for end in (u, v):
                there = values + slopes * (end - x)
                assert all(
                    t * z > 0 or t == 0 or (z == 0 and s == 0)
                    for z, s, t in zip(values, slopes, there)
                )
        assert f(objects([x]))[0] == lines[-1][0][0] and slope == lines[-1][1][0]
    assert list(f.delta_slopes) == [b - a for a, b in zip(f.slopes, f.slopes[1:])]


@given(
    widths_of, seeds, st.lists(st.fractions(-50, 50, max_denominator=60), min_size=1, max_size=5)
)
def test_exact_functions_equal_the_network_everywhere(widths, seed, x):
    net = random_rational_net(seed, widths)
    f = cn.piecewise_linear(net)[0]
    assert f.exact and f(objects(x)).tolist() == net(objects(x))[0].tolist() == [
        exact.forward(net, 0, v)[-1][0] for v in x
    ]
    assert all(isinstance(v, Q) for v in (*f.knots, *f.values, f.left, f.right))


@given(widths_of, seeds)
def test_every_knot_is_where_some_neuron_crosses_zero(widths, seed):
    """Except the one knot that a function without any must have."""
    net = random_rational_net(seed, widths)
    f = cn.piecewise_linear(net)[0]
    assert all(a < b for a, b in zip(f.knots, f.knots[1:]))
    crossing = [
        any(z == 0 for layer in exact.forward(net, 0, x)[:-1] for z in layer) for x in f.knots
    ]
    assert sum(crossing) >= len(crossing) - 1 and (all(crossing) or 0 in f.knots)


@given(widths_of, seeds)
def test_float_functions_equal_the_network(widths, seed):
    """Rounding is relative to what is summed up, at the point or at the knots it lies between."""
    rng = np.random.default_rng(seed)
    net = exact.random_net(rng, 2, widths, biased=list(rng.random(len(widths) + 1) < 0.8))
    for i, f in enumerate(cn.piecewise_linear(net)):
        x = np.concatenate([rng.normal(size=20) * 3, f.knots, (f.knots[1:] + f.knots[:-1]) / 2])
        ends = np.concatenate([[0], f.knots, [0]])
        k = np.searchsorted(f.knots, x)
        h = np.max(np.abs([x, ends[k], ends[k + 1]]), 0)[None]
        for w, b in zip(net.weights, net.biases):
            h = np.abs(w[i]) @ h + (0 if b is None else np.abs(b[i])[:, None])
        assert (np.abs(f(x) - net(x)[i]) <= 64 * EPS * h[0]).all()


@given(rational_peaks(), signs, rationals)
def test_compositional_networks_have_the_kinks_of_equation_9(peaks, sign, closing):
    f = cn.piecewise_linear(cn.compositional(peaks, sign, closing))[0].simplify()
    V, after = valleys(peaks), [*peaks, closing]
    wanted = {}
    for i, s in enumerate(exact.scales(peaks, sign, closing)):
        bends = valleys(peaks[: i + 1])
        for left, x, right in zip(bends[::2], bends[1::2], bends[2::2]):
            wanted[x] = (
                -sign
                * (1 / (x - left) + 1 / (right - x))
                * s
                * np.prod(objects([1, *(1 - a for a in after[i + 2 :])]))
            )
    inside = {x: kink for x, kink in zip(f.knots, f.delta_slopes) if 0 < x < 1}
    assert inside == wanted and sorted(wanted) == V[1:-1]


@pytest.mark.parametrize("sign", [1, -1])
def test_depth_10_has_1024_regions(sign):
    peaks = [Q(k % 5 + 2, 8) for k in range(10)]
    net = cn.compositional(peaks, sign)
    assert cn.linear_regions(net).tolist() == [2**10]
    assert cn.linear_regions(net, high=peaks[0]).tolist() == [2**9]


@given(rational_peaks(1, 5), signs, rationals)
def test_equation_4_gives_all_regions(peaks, sign, closing):
    assert cn.linear_regions(cn.compositional(peaks, sign, closing)).tolist() == [2 ** len(peaks)]


def test_free_scales_can_merge_regions():
    """x + W_0 + W_1/2 for peaks at 1/2: its slopes on the quarters are 4, 2, 0,
    -2 with scales 1 and 1/2, minus the bend that cancels."""
    net = cn.compositional([Q(1, 2)] * 2, 1, ratios=[Q(1), Q(1, 2)])
    y = [
        k * Q(1, 8)
        + exact.waves(k * Q(1, 8), [Q(1, 2)] * 2)[0]
        + exact.waves(k * Q(1, 8), [Q(1, 2)] * 2)[1] / 2
        for k in range(9)
    ]
    slopes = [8 * (b - a) for a, b in zip(y, y[1:])]
    assert 1 + sum(a != b for a, b in zip(slopes, slopes[1:])) == 3
    assert cn.linear_regions(net).tolist() == [3]


@given(st.lists(st.floats(0.1, 0.9), min_size=1, max_size=6), signs)
def test_float64_networks_are_counted_like_exact_ones(peaks, sign):
    """The least bend of depth 6 is worth 0.09 · 0.1^5 · 0.1^5, 1e-11 of the values:
    far above 64 roundings."""
    net = cn.compositional(peaks, sign)
    assert cn.linear_regions(net).tolist() == [2 ** len(peaks)]
    assert cn.piecewise_linear(net)[0].simplify().regions() == 2 ** len(peaks)


@given(st.lists(st.floats(0.375, 0.625, width=32), min_size=1, max_size=4), signs)
def test_float32_networks_are_counted_like_exact_ones(peaks, sign):
    """The least bend of depth 4 is worth 0.375^8, 4e-4 of the values,
    and 64 roundings of float32 are 8e-6."""
    assert cn.linear_regions(cn.compositional(np.array(peaks, np.float32), sign)).tolist() == [
        2 ** len(peaks)
    ]


def hand_made(knots, values, left=0, right=0, kind=float):
    make = lambda v: objects(v) if kind is Q else np.array(v, float)
    return cn.PiecewiseLinear(make(knots), make(values), kind(left), kind(right))


def test_slopes_and_values_by_hand():
    f = hand_made([0, 1, 3], [1, 3, 2], left=-1, right=5, kind=Q)
    assert f.slopes.tolist() == [-1, 2, Q(-1, 2), 5] and f.delta_slopes.tolist() == [
        3,
        Q(-5, 2),
        Q(11, 2),
    ]
    assert f(objects([-2, 0, Q(1, 2), 1, 2, 3, 4])).tolist() == [3, 1, 2, 3, Q(5, 2), 2, 7]
    knots, values = f.on(Q(1, 2), 2)
    assert (knots.tolist(), values.tolist()) == ([Q(1, 2), 1, 2], [2, 3, Q(5, 2)])
    assert (f.integral(Q(1, 2), 2), f.regions(0, 4), f.regions(-1, 4), f.regions(0, 1)) == (
        Q(5, 4) + Q(11, 4),
        3,
        4,
        1,
    )


@given(rational_peaks(), signs, rationals)
def test_partial_sums_bend_one_way_only(peaks, sign, closing):
    """Under (4) they are concave on the line, or convex below it."""
    (f,) = cn.piecewise_linear(cn.compositional(peaks, sign, closing))
    turning = f.turning()[::sign]
    assert turning[0] == 0 < turning[1] == abs(f.delta_slopes[(f.knots > 0) & (f.knots < 1)]).sum()


def test_near_ties_are_the_bends_that_do_not_matter():
    bump = hand_made([0, 0.25, 0.5, 0.75, 1], [0, 0.25 + 1e-15, 0.5, 0.25, 0])
    assert (bump.regions(), bump.near_ties()) == (2, 1)
    assert (bump.regions(tol=0), bump.near_ties(tol=0)) == (3, 0)
    assert (bump.regions(tol=1.5), bump.near_ties(tol=1.5)) == (1, 2)
    third = hand_made([0, Q(1, 3), Q(2, 3), 1], [0, Q(1, 3), Q(2, 3) + Q(1, 10**40), 1], kind=Q)
    assert (third.regions(), third.near_ties()) == (3, 0)
    assert (third.regions(tol=Q(1, 10**6)), third.near_ties(tol=1e-6)) == (1, 2)


def test_a_pair_of_knots_closer_than_rounding_counts_once():
    f = hand_made([0, 0.5, 0.5 + 2e-16, 1], [0, 1, 1, 0])
    assert (f.regions(), f.simplify().regions(0.1, 0.9)) == (2, 2)
    even = hand_made([-1, -(2**-60), 2**-60, 1], [0, 1, 1, 0])
    assert (even.regions(-1, 1), even.simplify().regions(-0.9, 0.9)) == (2, 2)


@given(widths_of, seeds)
def test_simplify_keeps_an_exact_function(widths, seed):
    f = cn.piecewise_linear(random_rational_net(seed, widths))[0]
    g = f.simplify()
    x = objects([*f.knots, *(f.knots[1:] + f.knots[:-1]) / 2, f.knots[0] - 2, f.knots[-1] + 2])
    assert f(x).tolist() == g(x).tolist() and (f.left, f.right) == (g.left, g.right)
    assert (g.delta_slopes != 0).all() or len(g.knots) == 1
    low, high = f.knots[0] - 1, f.knots[-1] + 1
    assert g.regions(low, high) == f.regions(low, high) == 1 + (f.delta_slopes != 0).sum()


@given(widths_of, seeds, st.sampled_from([None, 1e-6, 1e-2]))
def test_simplify_moves_a_float_function_within_its_tolerance(widths, seed, tol):
    """Each knot that goes moves the function by the tolerance at most, and neighbours add up."""
    f = cn.piecewise_linear(exact.random_net(np.random.default_rng(seed), 1, widths))[0]
    g = f.simplify(tol)
    gone = len(f.knots) - len(g.knots) + 1
    assert set(g.knots) <= set(f.knots) and len(g.knots) >= 1
    assert np.abs(f(f.knots) - g(f.knots)).max() <= gone * (tol or 64 * EPS) * np.abs(
        f.values
    ).max() * (1 + 1e-6)


@given(rational_peaks(1, 4), signs, rationals)
def test_integral_of_the_series(peaks, sign, closing):
    """Every triangle wave has the integral 1/2."""
    f = cn.piecewise_linear(cn.compositional(peaks, sign, closing))[0]
    assert f.integral() == Q(1, 2) + sign * sum(exact.scales(peaks, sign, closing)) / 2
    middle = Q(2, 7)
    assert f.integral(0, middle) + f.integral(middle, 1) == f.integral()


@pytest.mark.parametrize("depth", range(1, 7))
def test_mse_of_the_square_is_16_to_the_minus_d_over_30(depth):
    halves = [Q(1, 2)] * depth
    assert cn.mse(cn.compositional(halves, -1), cn.TARGETS["x^2"]).tolist() == [
        Q(1, 30 * 16**depth)
    ]
    np.testing.assert_allclose(
        cn.mse(cn.compositional([0.5] * depth, -1), cn.TARGETS["x^2"]),
        1 / (30 * 16**depth),
        rtol=1e-9,
    )


@given(widths_of, seeds, st.lists(st.fractions(-3, 3, max_denominator=7), min_size=2, max_size=4))
def test_exact_mse_piece_by_piece(widths, seed, coefficients):
    """Boole's rule, exact up to degree 5; the square of a cubic has 6,
    so only quadratics are taken."""
    target = cn.Target.from_formula(
        " + ".join(f"({c})*x^{k}" for k, c in enumerate(coefficients[:3])),
        line=(0, 1),
        interval=(-1, 2),
    )
    net = random_rational_net(seed, widths)
    knots = [Q(-1), *(x for x in cn.piecewise_linear(net)[0].knots if -1 < x < 2), Q(2)]
    square = lambda x: (
        (net(objects([x]))[0, 0] - sum(c * x**k for k, c in enumerate(coefficients[:3]))) ** 2
    )
    wanted = sum(
        (v - u)
        / 90
        * sum(c * square(u + (v - u) * k / 4) for k, c in enumerate((7, 32, 12, 32, 7)))
        for u, v in zip(knots, knots[1:])
    )
    assert cn.mse(net, target).tolist() == [wanted / 3]


@pytest.mark.parametrize(
    "target",
    [
        *cn.TARGETS.values(),
        cn.Target.from_formula("exp(x)", interval=(-1, 2)),
        cn.Target.from_formula("x^3", interval=(1, 3)),
    ],
    ids=lambda t: f"{t.name} {t.interval}",
)
def test_float_mse_against_the_midpoint_rule(target):
    """With 2^18 cells h² is below 2e-10, and its factor, a few kinks and second derivatives,
    below 1e-2 of the integral times 1e2."""
    net = cn.default_init(4, 3, 4, seed=1)
    low, high = target.interval
    x = low + (high - low) * (np.arange(2**18) + 0.5) / 2**18
    np.testing.assert_allclose(cn.mse(net, target), ((net(x) - target(x)) ** 2).mean(1), rtol=1e-9)
    np.testing.assert_allclose(
        cn.mse(net[:1], target),
        cn.piecewise_linear(net)[0].squared_error(target) / (high - low),
        rtol=1e-15,
    )
    by_member = cn.mse(net[:2], [target, cn.TARGETS["x^2"]])
    assert by_member.tolist() == [cn.mse(net[0], target)[0], cn.mse(net[1], cn.TARGETS["x^2"])[0]]


def test_squared_error_over_a_part_of_the_interval():
    f = hand_made([0], [0], left=1, right=1, kind=Q)
    assert f.squared_error(cn.TARGETS["x^2"], Q(1, 4), Q(1, 2)) == sum(
        c * (Q(1, 2) ** k - Q(1, 4) ** k) for c, k in ((Q(1, 3), 3), (Q(-1, 2), 4), (Q(1, 5), 5))
    )


@pytest.mark.parametrize("convert", [float, Q])
def test_constant_dead_and_distant_networks(convert):
    make = lambda weights, biases: cn.ReLUNet(
        [
            np.vectorize(convert, otypes=[float if convert is float else object])(np.array(w))
            for w in weights
        ],
        [
            None
            if b is None
            else np.vectorize(convert, otypes=[float if convert is float else object])(np.array(b))
            for b in biases
        ],
    )
    constant = cn.piecewise_linear(make([[[[0]]], [[[3]]]], [[[2]], [[1]]]))[0]
    assert (
        constant(np.array([-9, 0, 9])).tolist() == [7] * 3
        and constant.regions(-9, 9) == 1
        and constant.integral() == 7
    )
    dead = cn.piecewise_linear(make([[[[1]]], [[[-1]]], [[[5]]]], [[[0]], [[-1]], [[4]]]))[0]
    assert (
        dead(np.array([-9, 0, 9])).tolist() == [4] * 3
        and dead.regions(-9, 9) == 1
        and dead.simplify().knots.size == 1
    )
    silent = cn.piecewise_linear(make([[[[0]]], [[[0]]]], [None, None]))[0]
    assert silent(np.array([-9, 9])).tolist() == [0, 0] and silent.regions() == 1
    distant = cn.piecewise_linear(make([[[[1], [-1]]], [[[1, 2]]]], [[[-5, -3]], None]))[0]
    assert distant.knots.tolist()[0] == -3 and distant.knots.tolist()[-1] == 5
    assert distant(np.array([-4, 0, 7])).tolist() == [2, 0, 2] and (
        distant.regions(),
        distant.regions(-4, 6),
    ) == (1, 3)


def test_weights_without_numbers_are_refused_and_float32_is_read_in_float64():
    net = cn.default_init(1, 2, 3, dtype=np.float32)
    f = cn.piecewise_linear(net)[0]
    assert f.knots.dtype == np.float64
    wanted = cn.piecewise_linear(net.astype(np.float64))[0]
    np.testing.assert_array_equal(f.values, wanted.values)
    net.weights[1][0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="net"):
        cn.piecewise_linear(net)


@given(widths_of, seeds)
def test_turning_is_the_sum_of_the_delta_slopes_of_each_sign(widths, seed):
    """Slopes are taken from the function's own values beside every knot,
    knots without a bend included."""
    f = cn.piecewise_linear(random_rational_net(seed, widths))[0]
    low, high = Q(-1, 3), Q(5, 7)
    places = [low, *(k for k in f.knots if low < k < high), high]
    slopes = [
        (f(objects([b]))[0] - f(objects([a]))[0]) / (b - a) for a, b in zip(places, places[1:])
    ]
    steps = [b - a for a, b in zip(slopes, slopes[1:])]
    rise, fall = f.turning(low, high)
    assert rise == sum(s for s in steps if s > 0) and fall == -sum(s for s in steps if s < 0)
    assert isinstance(rise, Q) and isinstance(fall, Q)


def test_turning_of_a_convex_function_has_no_fall():
    x = np.linspace(0, 1, 11)
    rise, fall = cn.PiecewiseLinear.through(x, x**2).turning()
    assert fall == 0 and abs(rise - (1.9 - 0.1)) < 1e-12
    assert cn.PiecewiseLinear.through(x, 2 * x).turning() == (0, 0)
    zigzag = cn.PiecewiseLinear.through(objects([0, Q(1, 4), Q(1, 2), 1]), objects([0, 1, 0, 1]))
    assert zigzag.turning() == (6, 8) and zigzag.turning(0, Q(1, 2)) == (0, 8)


def test_straight_lines_go_through_their_points_and_on():
    f = cn.PiecewiseLinear.through(objects([0, Q(1, 3), 1]), objects([1, 0, 2]))
    assert f(objects([-1, 0, Q(1, 6), Q(1, 3), Q(2, 3), 1, 2])).tolist() == [
        4,
        1,
        Q(1, 2),
        0,
        1,
        2,
        5,
    ]
    x = np.array([0.0, 0.2, 1.0])
    g = cn.PiecewiseLinear.through(x, x**2)
    np.testing.assert_allclose(
        g(np.linspace(0, 1, 9)), np.interp(np.linspace(0, 1, 9), x, x**2), atol=1e-15
    )


@pytest.mark.parametrize(
    "x, y, error",
    [
        ([0.0], [1.0], "x must hold at least two"),
        ([0.0, 0.0], [1.0, 2.0], "increasing"),
        ([0.0, 1.0], [1.0], "y must have shape"),
        ([0.0, 1.0], objects([1, 2]), "x and y must both"),
        ([[0.0, 1.0]], [1.0, 2.0], "x must hold"),
        (["a", "b"], [0.0, 1.0], "x must hold"),
    ],
)
def test_lines_through_no_points_are_refused(x, y, error):
    with pytest.raises((TypeError, ValueError), match=error):
        cn.PiecewiseLinear.through(x, y)
