"""Breakpoints through the layers and the points that matter: fast routes against slow ones,
stacks against their members."""

from fractions import Fraction as Q

import numpy as np
import pytest
from helpers import exact
from helpers.exact import objects, rational_peaks, rationals, signs, valleys
from hypothesis import given
from hypothesis import strategies as st

import compnet_lib as cn
from compnet_lib._core import memory
from compnet_lib.functions import of_networks
from compnet_lib.functions.polyline import mattering

EPS = float(np.finfo(float).eps)
NAN, INF = float("nan"), float("inf")
widths_of = st.lists(st.integers(1, 5), min_size=1, max_size=4)
seeds = st.integers(0, 10**6)


def assert_follows_the_slow_route(net):
    for i, f in enumerate(cn.piecewise_linear(net)):
        assert f.knots.tolist() == exact.breakpoints(net, i)
        low, *values, high = [
            exact.forward(net, i, x)[-1][0] for x in (f.knots[0] - 1, *f.knots, f.knots[-1] + 1)
        ]
        assert f.values.tolist() == values and (f.left, f.right) == (
            values[0] - low,
            high - values[-1],
        )
        assert all(type(v) is Q for v in (*f.knots, *f.values, f.left, f.right))


@given(widths_of, seeds)
def test_rational_networks_follow_the_slow_route(widths, seed):
    rng = np.random.default_rng(seed)
    assert_follows_the_slow_route(
        exact.rational_net(rng, widths, list(rng.random(len(widths) + 1) < 0.8))
    )


@given(rational_peaks(1, 5), signs, rationals)
def test_rational_compositional_networks_follow_the_slow_route(peaks, sign, closing):
    assert_follows_the_slow_route(cn.compositional(peaks, sign, closing))


def test_a_stack_of_rational_networks_and_integers():
    nets = [exact.rational_net(np.random.default_rng(seed), [3, 2]) for seed in range(4)]
    assert_follows_the_slow_route(cn.ReLUNet.concatenate(nets))
    whole = [np.array(w, dtype=object) for w in ([[[2], [-3]]], [[[1, -2], [0, 1]]], [[[5, -1]]])]
    assert_follows_the_slow_route(cn.ReLUNet(whole, [np.array([[1, 4]], dtype=object), None, None]))
    f = cn.piecewise_linear(
        cn.ReLUNet([np.array([[[np.int64(10**9)]]], dtype=object)] * 3, [None] * 3)
    )[0]
    assert f(objects([1])).tolist() == [10**27]


@pytest.mark.parametrize("sign", [1, -1])
def test_the_1024_rational_regions_of_depth_10(sign):
    rng = np.random.default_rng(sign + 1)
    peaks = [Q(int(k), 97) for k in rng.integers(5, 92, 10)]
    x, y = cn.piecewise_linear(cn.compositional(peaks, sign))[0].bends()
    assert x.tolist() == valleys(peaks) and len(x) == 2**10 + 1
    scales = exact.scales(peaks, sign, Q(1, 2))
    assert all(y[k] == exact.series(x[k], peaks, sign, scales) for k in range(0, 2**10 + 1, 31))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_65536_float_regions_of_depth_16(sign):
    """The least bend is worth 0.4^32, 2e-13 of the values."""
    peaks = cn.sample_peaks(1, 16, seed=3, low=0.4, high=0.6)
    net = cn.compositional(peaks, sign)
    f = cn.piecewise_linear(net)[0]
    assert cn.linear_regions(net).tolist() == [f.regions()] == [2**16]
    np.testing.assert_allclose(f.bends()[0], cn.mesh(peaks[0]), rtol=0, atol=1e-14)


@given(seeds, st.integers(1, 3), st.integers(1, 5))
def test_float_networks_are_counted_like_exact_ones(seed, depth, width):
    net = cn.default_init(3, depth, width, seed=seed)
    rational = cn.ReLUNet([objects(w) for w in net.weights], [objects(b) for b in net.biases])
    assert cn.linear_regions(net, -9, 9).tolist() == cn.linear_regions(rational, -9, 9).tolist()


@given(seeds, st.lists(st.integers(1, 4), min_size=1, max_size=3), st.sampled_from([1, 3, 6, 9]))
def test_networks_of_extreme_weights_follow_their_exact_ones(seed, widths, powers):
    """At every knot, beside it, between knots, near 0 and far out: to a few roundings of what is
    summed up at that point, however far off the bends are."""
    rng = np.random.default_rng(seed)
    net = exact.extreme_net(rng, widths, powers)
    f, wanted = cn.piecewise_linear(net)[0], cn.piecewise_linear(exact.in_fractions(net))[0]
    k, near = f.knots, [0, 1e-9, -1e-9, 0.5, -0.5, 1, -1]
    far = rng.normal(size=6) * 10.0 ** rng.uniform(-9, 9, 6)
    x = np.concatenate([near, far, k, k * (1 + 1e-7), k * (1 - 1e-7), (k[1:] + k[:-1]) / 2])
    for at, y, value, size in zip(x, f(x), wanted(objects(x)), exact.sums(net, 0, x)):
        assert abs(Q(y) - value) <= 16 * EPS * size, at


@given(seeds, st.lists(st.integers(1, 4), min_size=1, max_size=3), st.sampled_from([1, 3, 6, 9]))
def test_networks_of_extreme_weights_are_counted_like_exact_ones(seed, widths, powers):
    """Where no bend is nearly too small to count."""
    net = exact.extreme_net(np.random.default_rng(seed), widths, powers)
    same = exact.in_fractions(net)
    for reach in (1, 1000, 10**6):
        limits = [Q(64 * EPS) * factor for factor in (Q(1, 64), 1, 64)]
        counts = {cn.linear_regions(same, -reach, reach, tol)[0] for tol in limits}
        if len(counts) == 1:
            assert {cn.linear_regions(net, -reach, reach)[0]} == counts


STACKS = {
    "default": cn.default_init(40),
    "float32": cn.raai_init(40, 3, 6, dtype=np.float32),
    "wide": cn.default_init(4, 3, 30, output_bias=False),
    "compositional": cn.compositional(cn.sample_peaks(40, 5, seed=1), [1, -1] * 20),
    "rational": cn.compositional([[Q(k, 7), Q(3, 5), Q(2, 9)] for k in range(1, 6)], -1),
}


@pytest.mark.parametrize("name", STACKS)
def test_members_are_in_a_stack_what_they_are_alone(name):
    """To the last bit."""
    net = STACKS[name]
    backwards = cn.piecewise_linear(net[::-1])[::-1]
    for i, (f, g) in enumerate(zip(cn.piecewise_linear(net), backwards, strict=True)):
        alone = cn.piecewise_linear(net[i])[0]
        for h in (g, alone):
            assert [v.tolist() for v in (f.knots, f.values)] == [
                v.tolist() for v in (h.knots, h.values)
            ] and (f.left, f.right) == (h.left, h.right)
    assert cn.linear_regions(net).tolist() == [cn.linear_regions(one)[0] for one in net]
    for target in ("x^3",) if net.dtype == object else ("x^3", "sin"):
        assert cn.mse(net, cn.TARGETS[target]).tolist() == [
            cn.mse(one, cn.TARGETS[target])[0] for one in net
        ]


heights = st.one_of(
    st.integers(-3, 3).map(float), st.floats(-1, 1), st.sampled_from([NAN, INF, -INF, 1e-17, 0.0])
)
limits = st.sampled_from([0.0, 1e-16, 0.1, 0.5, 1.0, 3.0, INF, NAN])


@given(st.lists(st.tuples(st.integers(1, 3), heights), min_size=2, max_size=40), limits)
def test_points_that_matter_round_by_round(steps, limit):
    """Small whole numbers make many ties."""
    x, y = (
        np.cumsum([step for step, _ in steps]).astype(float),
        np.array([height for _, height in steps]),
    )
    assert mattering(x, y, limit).tolist() == exact.mattering(x.tolist(), y.tolist(), limit)


@given(
    st.lists(
        st.tuples(st.fractions(Q(1, 3), 2, max_denominator=3), st.integers(-3, 3)),
        min_size=2,
        max_size=20,
    ),
    st.sampled_from([Q(0), Q(1, 5), Q(1), Q(3)]),
)
def test_rational_points_that_matter_round_by_round(steps, limit):
    x, y = np.cumsum(objects([step for step, _ in steps])), objects([height for _, height in steps])
    assert mattering(x, y, limit).tolist() == exact.mattering(x.tolist(), y.tolist(), limit)


def test_equal_bends_go_from_left_to_right():
    """As many rounds as points: each takes one away, and the next is lower than its neighbour
    then."""
    x = np.arange(2.0**10 + 1)
    assert mattering(x, x * x, 1.5).tolist() == exact.mattering(x.tolist(), (x * x).tolist(), 1.5)


@given(st.lists(st.floats(0.1, 0.9), min_size=1, max_size=7), signs)
def test_near_ties_and_regions_are_all_the_bends(peaks, sign):
    f = cn.piecewise_linear(cn.compositional(peaks, sign))[0]
    x, y = f.on(0, 1)
    slopes = np.diff(y) / np.diff(x)
    assert (np.diff(f.knots) > 0).all() and f.regions() == 2 ** len(peaks)
    assert f.near_ties() == 1 + (slopes[1:] != slopes[:-1]).sum() - f.regions()


def test_a_crossing_that_rounding_puts_behind_the_next_knot():
    """On [0.3, 0.9] the signal falls from 0.6 to -3e-30, and 0.3 + 0.6 is above 0.9 in floats."""
    first, bias = [[1], [1], [0], [1]], [-0.3, -0.9, 0.9 - 0.3, 2]
    net = cn.ReLUNet(
        [
            np.array([first], float),
            np.array([[[-1, 0, 1, -1e-30], [1, 1, 0, 0]]]),
            np.ones((1, 1, 2)),
        ],
        [np.array([bias], float), None, None],
    )
    f = cn.piecewise_linear(net)[0]
    beyond = 0.3 + (0.9 - 0.3)
    assert beyond > 0.9 and f.knots.tolist() == [-2, 0, 0.3, 0.9, beyond]
    np.testing.assert_allclose(
        f(np.linspace(-3, 2, 50)), net(np.linspace(-3, 2, 50))[0], rtol=1e-14, atol=1e-15
    )


def test_a_crossing_that_rounding_puts_on_a_knot_leaves_its_values():
    """On [1, 2] the signal rises from -1 to 4e-30, so that in floats it crosses zero at 2."""
    first, bias = [[0], [1], [1], [1]], [1, -1, 2, -2]
    net = cn.ReLUNet(
        [np.array([first], float), np.array([[[-1, 1, 1e-30, 0]]]), np.ones((1, 1, 1))],
        [np.array([bias], float), None, None],
    )
    f = cn.piecewise_linear(net)[0]
    assert (
        f.knots.tolist() == [-2, 0, 1, 2]
        and f.values.tolist() == [0, 0, 0, 4e-30] == net([-2, 0, 1, 2])[0].tolist()
    )


def test_a_bend_far_out_costs_no_digits_of_what_is_near():
    """The first neuron bends at -5e8."""
    net = cn.ReLUNet(
        [
            np.array([[[1e-9], [1], [-1]]]),
            np.array([[[1, 1, 0.3], [1, -0.5, 1]]]),
            np.array([[[1.0, -1]]]),
        ],
        [np.array([[0.5, 0.6, -0.2]]), np.array([[-0.65, -0.77]]), None],
    )
    x = np.linspace(-1, 0, 101)
    np.testing.assert_allclose(cn.piecewise_linear(net)[0](x), net(x)[0], rtol=0, atol=1e-15)


def test_a_signal_is_zero_where_it_crosses_zero():
    """Not just to rounding: the function there is the output's bias."""
    net = cn.default_init(50, 1, 1)
    for f, bias in zip(cn.piecewise_linear(net), net.biases[1][:, 0]):
        assert len(f.knots) == 2 and f.values[f.knots != 0].tolist() == [bias]


def test_weights_that_are_no_numbers_are_refused():
    for bad in (NAN, INF, -INF):
        net = cn.default_init(3, 2, 3)
        net.biases[1][1, 2] = bad
        for call in (
            cn.piecewise_linear,
            cn.linear_regions,
            lambda n: cn.mse(n, cn.TARGETS["x^2"]),
        ):
            with pytest.raises(ValueError, match="net"):
                call(net)


@pytest.mark.parametrize("size", [1e160, 1e300])
def test_an_overflow_is_told(size):
    calm = cn.default_init(4, 3, 3)
    net = cn.ReLUNet([w * size for w in calm.weights], [b * size for b in calm.biases])
    with pytest.warns(RuntimeWarning, match="overflow"):
        found = cn.piecewise_linear(net)
    assert not any(
        np.isfinite(f.values).all() and np.isfinite([f.left, f.right]).all() for f in found
    )
    assert all((np.diff(f.knots) > 0).all() for f in found)


def test_an_overflow_is_told_where_a_relu_would_hide_it():
    net = cn.ReLUNet(
        [np.full((1, 1, 1), 1e200), np.full((1, 1, 1), -1e200), np.ones((1, 1, 1))], [None] * 3
    )
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert np.isnan(cn.piecewise_linear(net)[0].right)


@given(st.lists(st.fractions(-3, 3, max_denominator=7), min_size=1, max_size=9), seeds)
def test_exact_squared_error_by_expanding_the_square(coefficients, seed):
    target = cn.Target.from_formula(
        " + ".join(f"({c})*x^{k}" for k, c in enumerate(coefficients)),
        line=(0, 1),
        interval=(-1, 2),
    )
    f = cn.piecewise_linear(exact.rational_net(np.random.default_rng(seed), [3, 2]))[0]
    x, y = f.on(-1, 2)
    total = 0
    for u, v, a, b in zip(x, x[1:], y, y[1:]):
        error = [-c for c in coefficients] + [0]
        error[0] += a - (b - a) / (v - u) * u
        error[1] += (b - a) / (v - u)
        total += sum(
            c * d * (v ** (i + j + 1) - u ** (i + j + 1)) / (i + j + 1)
            for i, c in enumerate(error)
            for j, d in enumerate(error)
        )
    assert f.squared_error(target) == total and type(f.squared_error(target)) is Q


def test_more_breakpoints_than_there_is_room_for_are_refused(monkeypatch):
    net = cn.compositional(np.full((1, 16), 0.4), 1)
    assert cn.linear_regions(net)[0] > 60_000
    monkeypatch.setattr(of_networks, "MOST", 50_000)
    for count in (cn.linear_regions, cn.piecewise_linear, cn.insides):
        with pytest.raises(ValueError, match="net must have at most 50,000 breakpoints"):
            count(net)
    monkeypatch.setattr(memory, "free", lambda: 10**6)
    with pytest.raises(ValueError, match="more, which do not fit into memory"):
        cn.linear_regions(net)


def test_more_breakpoints_than_stay_exact_are_refused(monkeypatch):
    net = cn.compositional([[Q(1, 3)] * 6], 1)
    assert cn.linear_regions(net).tolist() == [64]
    monkeypatch.setattr("compnet_lib.functions.rationals.MOST", 60)
    for count in (cn.linear_regions, cn.piecewise_linear, cn.insides):
        with pytest.raises(ValueError, match="net must have at most 60 breakpoints to stay exact"):
            count(net)


def test_long_functions_are_found_like_short_ones(monkeypatch):
    """In a thread of its own, and without."""
    net = cn.default_init(3, 4, 4, seed=5)
    short = cn.piecewise_linear(net)
    monkeypatch.setattr(of_networks, "FEW", 1)
    for f, g in zip(short, cn.piecewise_linear(net)):
        assert all(np.array_equal(a, b) for a, b in zip(vars(f).values(), vars(g).values()))
