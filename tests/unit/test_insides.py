"""The signals inside a network, against dense grids, shorter networks,
and constructions in which they are known."""

from fractions import Fraction as Q

import numpy as np
import pytest
from helpers import exact
from helpers.exact import objects, rational_peaks, rationals, signs
from hypothesis import given
from hypothesis import strategies as st

import compnet_lib as cn

widths_of = st.lists(st.integers(1, 4), min_size=1, max_size=4)
seeds = st.integers(0, 10**6)
GRID = np.linspace(0, 1, 2001)


def copies_of(y, rim=0.25):
    """Runs between the lowest and the highest quarter of a positive part, letter by letter."""
    y = np.maximum(y, 0)
    bottom, top = y.min(), y.max()
    if bottom == top:
        return 0
    where = "".join(
        "H"
        if v >= top - rim * (top - bottom)
        else "L"
        if v <= bottom + rim * (top - bottom)
        else ""
        for v in y
    )
    return where.count("HL") + where.count("LH")


def sign_changes(y):
    return sum(u * v < 0 for u, v in zip(y[y != 0], y[y != 0][1:]))


def float_net(seed, widths, models=3):
    rng = np.random.default_rng(seed)
    return exact.random_net(rng, models, widths, biased=list(rng.random(len(widths) + 1) < 0.8))


@given(widths_of, seeds)
def test_random_networks_on_a_dense_grid(widths, seed):
    """Extremes to the grid's step; counts wherever the grid resolves them."""
    net = float_net(seed, widths)
    found = cn.insides(net)
    signals = net.layers(GRID)
    assert found.layer.tolist() == [k + 1 for k, width in enumerate(widths) for _ in range(width)]
    for i in range(len(net)):
        for neuron, y in enumerate(np.concatenate([s[i] for s in signals[:-1]])):
            step, size = np.abs(np.diff(y)).max(), np.abs(y).max()
            slack = 1e-9 * (1 + size)
            least, most, changes = (
                found.least[i, neuron],
                found.most[i, neuron],
                sign_changes(y[np.abs(y) > slack]),
            )
            assert (
                y.min() - step - slack <= least <= y.min() + slack
                and y.max() - slack <= most <= y.max() + step + slack
            )
            assert changes <= found.crossings[i, neuron]
            if changes:
                assert found.sign[i, neuron] == 0
            if abs(y).min() > step + slack:
                assert found.sign[i, neuron] == np.sign(y[0]) and found.crossings[i, neuron] == 0
            if (np.diff(y) > slack).any() and (np.diff(y) < -slack).any():
                assert not found.monotone[i, neuron]


@pytest.mark.parametrize("make", [cn.default_init, cn.raai_init])
def test_counts_of_started_networks_are_those_of_the_grid(make):
    net = make(20, 4, 4, seed=7)
    found = cn.insides(net)
    signals = np.concatenate(net.layers(GRID)[:-1], axis=1)
    sampled = np.array([[copies_of(y) for y in member] for member in signals])
    crossed = np.array([[sign_changes(y) for y in member] for member in signals])
    assert (found.copies == sampled).mean() > 0.99 and (found.crossings == crossed).mean() > 0.99
    np.testing.assert_array_equal(
        found.waves, np.stack([found.copies[:, 4 * k : 4 * k + 4].max(1) for k in range(4)], 1)
    )


@given(widths_of, seeds)
def test_a_signal_is_the_output_of_a_shorter_network(widths, seed):
    net = float_net(seed, widths)
    found = cn.insides(net)
    at = widths[0]
    for k in range(1, net.depth):
        for j in range(widths[k]):
            short = cn.ReLUNet(
                net.weights[:k] + [net.weights[k][:, j : j + 1]],
                net.biases[:k] + [None if net.biases[k] is None else net.biases[k][:, j : j + 1]],
            )
            assert (found.bends[:, at] == cn.linear_regions(short) - 1).all()
            at += 1
    assert (found.regions == cn.linear_regions(net)).all()


@given(rational_peaks(1, 5), signs, rationals)
def test_a_compositional_network_has_the_copies_it_is_built_with(peaks, sign, closing):
    """t1 is a wave, t2 crosses 0 on each of its pieces,
    the sum and the bias neuron are never negative."""
    found = cn.insides(cn.compositional(peaks, sign, closing))
    depth = len(peaks)
    assert found.waves.tolist() == [[2**k for k in range(depth)]] == [found.built.tolist()]
    assert found.kept(0.99).tolist() == [depth] and found.regions.tolist() == [2**depth]
    assert found.crossings.tolist() == [[v for k in range(depth) for v in (0, 0, 2**k, 0)]]
    assert found.sign.tolist() == [[1, 1, 0, 1] * depth]
    assert (
        found.bends[0, 1::4].tolist()
        == found.bends[0, 2::4].tolist()
        == [2**k - 1 for k in range(depth)]
    )
    assert (
        found.monotone[0, 1::4].tolist() == [True] + [False] * (depth - 1)
        and found.monotone[0, 3::4].all()
    )
    assert not found.dead.any() and not found.wasted.any() and not found.collapsed.any()


@given(st.lists(st.floats(0.1, 0.9), min_size=1, max_size=5), signs)
def test_float32_networks_are_described_like_exact_ones(peaks, sign):
    rounded = np.array([peaks], np.float32)
    found, wanted = (
        cn.insides(cn.compositional(p, sign)) for p in (rounded, [Q(float(v)) for v in rounded[0]])
    )
    for name in ("sign", "crossings", "copies", "monotone"):
        assert (getattr(found, name) == getattr(wanted, name)).all(), name
    np.testing.assert_allclose(found.most, wanted.most, rtol=1e-4, atol=1e-6)


@given(widths_of, seeds)
def test_rational_and_float_networks_agree(widths, seed):
    net = exact.rational_net(np.random.default_rng(seed), widths)
    same = cn.insides(net)
    signals = [s[0] for s in net.layers([Q(k, 64) for k in range(65)])[:-1]]
    for neuron, y in enumerate(np.concatenate(signals)):
        assert same.least[0, neuron] <= float(min(y)) and same.most[0, neuron] >= float(max(y))
        assert same.crossings[0, neuron] >= sign_changes(np.array([float(v) for v in y]))
        if same.monotone[0, neuron]:
            assert all(v >= u for u, v in zip(y, y[1:])) or all(v <= u for u, v in zip(y, y[1:]))
    whole = cn.insides(
        cn.ReLUNet(
            [w.astype(float) for w in net.weights],
            [None if b is None else b.astype(float) for b in net.biases],
        )
    )
    np.testing.assert_allclose(whole.least, same.least, atol=1e-9 * (1 + abs(same.least).max()))
    np.testing.assert_allclose(whole.most, same.most, atol=1e-9 * (1 + abs(same.most).max()))


def test_copies_signs_and_crossings_by_hand():
    """Layer 1: x - 1/2 and -1. Layer 2, from u = max(x - 1/2, 0): 1/4 - u crosses 0 once,
    u - 2 never, and u is 0, then rises."""
    layers = [[[1], [-0.0]], [[-1, 0], [1, 0], [1, 0]], [[0, 0, 1]]]
    biases = [[-Q(1, 2), -1], [Q(1, 4), -2, 0], [0]]
    net = cn.ReLUNet(
        [np.array([[[Q(v) for v in row] for row in w]], dtype=object) for w in layers],
        [objects([b]) for b in biases],
    )
    for given_net in (
        net,
        cn.ReLUNet([w.astype(float) for w in net.weights], [b.astype(float) for b in net.biases]),
    ):
        found = cn.insides(given_net)
        assert found.sign.tolist() == [[0, -1, 0, -1, 1]] and found.crossings.tolist() == [
            [1, 0, 1, 0, 0]
        ]
        assert found.bends.tolist() == [[0, 0, 1, 1, 1]] and found.monotone.all()
        assert found.copies.tolist() == [[1, 0, 1, 0, 1]] and found.waves.tolist() == [[1, 1]]
        assert found.least.tolist() == [[-0.5, -1, -0.25, -2, 0]] and found.most.tolist() == [
            [0.5, -1, 0.25, -1.5, 0.5]
        ]
        assert (
            not found.dead.any()
            and not found.wasted.any()
            and found.kept().tolist() == [1]
            and found.kept(0.4).tolist() == [2]
        )
        left = cn.insides(
            given_net, Q(0) if given_net is net else 0, Q(1, 2) if given_net is net else 0.5
        )
        assert left.dead.tolist() == [[True, False]] and left.wasted.all() and left.collapsed.all()


def test_a_dead_layer_makes_a_network_collapse():
    net = cn.default_init(2000, 5, 4, seed=3, output_bias=False)
    found = cn.insides(net)
    constant = np.ptp(net(np.linspace(0, 1, 300)), axis=1) == 0
    assert (found.collapsed == constant).all() and 0.1 < constant.mean() < 0.4
    assert found.collapsed[found.dead.any(1)].all()


def test_members_have_their_own_intervals():
    net = cn.default_init(6, 3, 4, seed=2)
    low, high = np.linspace(-2, 0, 6), np.linspace(0.5, 3, 6)
    found, safe = cn.insides(net, low, high), cn.safe_change(net, low, high)
    for i in range(6):
        alone = cn.insides(net[i], low[i], high[i])
        assert (
            found.least[i].tolist() == alone.least[0].tolist()
            and found.crossings[i].tolist() == alone.crossings[0].tolist()
        )
        assert safe[i] == cn.safe_change(net[i], low[i], high[i])[0]


@given(st.integers(2, 4), seeds)
def test_no_sign_changes_below_the_safe_change(depth, seed):
    rng = np.random.default_rng(seed)
    net = cn.default_init(5, depth, 3, seed)
    before, safe = cn.insides(net), cn.safe_change(net)
    by = np.where(np.isfinite(safe), safe, 1)
    for corner in range(4):
        draw = (
            (lambda a: rng.choice([-1.0, 1.0], a.shape))
            if corner < 2
            else (lambda a: np.sign(a) * (5 - 2 * corner))
        )
        move = lambda a: a + draw(a) * by.reshape(-1, *[1] * (a.ndim - 1))
        after = cn.insides(
            cn.ReLUNet([move(w) for w in net.weights], [move(b) for b in net.biases])
        )
        assert (after.sign == before.sign)[before.sign != 0].all()


def test_the_safe_change_of_one_neuron():
    """w x + b on [0, 1] with w = 1, b = 1/2: the signal is at least 1/2,
    and changes by at most 2t."""
    net = cn.ReLUNet([np.ones((1, 1, 1)), np.ones((1, 1, 1))], [np.full((1, 1), 0.5), None])
    np.testing.assert_allclose(cn.safe_change(net), [0.25], rtol=1e-5)
    across = cn.ReLUNet(net.weights, [np.full((1, 1), -0.5), None])
    assert np.isinf(cn.safe_change(across)).all()
    touching = cn.ReLUNet(net.weights, [np.zeros((1, 1)), None])
    assert cn.safe_change(touching)[0] < 1e-20


def test_layers_of_random_networks_keep_nothing_past_the_first():
    found = cn.insides(cn.default_init(300, 5, 4, seed=1))
    assert (
        np.median(found.kept()) == 1
        and (found.kept() <= np.logical_and.accumulate(found.waves >= 1, 1).sum(1)).all()
    )


@pytest.mark.parametrize(
    ("name", "value"), [("share", 1.0), ("share", -0.1), ("share", "half"), ("share", float("nan"))]
)
def test_shares_that_cannot_be_kept_are_refused(name, value):
    with pytest.raises((TypeError, ValueError), match=rf"\b{name}\b"):
        cn.insides(cn.default_init(1)).kept(value)


def test_what_is_zero_is_zero_for_all():
    """This network is 0 everywhere, though on [-1, 2] some sums round to 1e-18."""
    layers = [[[0.6], [0.1]]], [[[-0.6, 0.1], [-1, 0.4]]], [[[0.4, 0.3]]]
    net = cn.ReLUNet([np.array(w) for w in layers], [None] * 3)
    found = cn.insides(net, -1, 2)
    assert found.regions.tolist() == cn.linear_regions(net, -1, 2).tolist() == [1]
    assert found.collapsed.all()
    zero = cn.Target("zero", lambda x: 0 * x, interval=(-1, 2), line=(0, 1))
    assert cn.mse(net, zero)[0] < 1e-30


@given(
    depth=st.integers(1, 4),
    width=st.integers(1, 5),
    seed=st.integers(0, 10**6),
    digits=st.integers(0, 3),
    low=st.integers(-30, 10),
)
def test_regions_are_those_of_linear_regions(depth, width, seed, digits, low):
    """Also where weights of few digits make bends coincide, and signals cancel."""
    net = cn.default_init(4, depth, width, seed)
    some = [None if k % 2 else np.round(b, digits) for k, b in enumerate(net.biases)]
    net = cn.ReLUNet([np.round(3 * w, digits) for w in net.weights], some)
    low, high = low / 10, low / 10 + 1.7
    found = cn.insides(net, low, high)
    assert np.array_equal(found.regions, cn.linear_regions(net, low, high))
    values = [f.on(low, high)[1] for f in cn.piecewise_linear(net)]
    np.testing.assert_array_equal(found.output["least"], [y.min() for y in values])
    np.testing.assert_array_equal(found.output["most"], [y.max() for y in values])


def test_what_overflows_is_neither_constant_nor_monotone():
    net = cn.default_init(2, 3, 4)
    with pytest.warns(RuntimeWarning, match="overflow"):
        found = cn.insides(cn.ReLUNet([w * 1e150 for w in net.weights], net.biases))
    assert not found.collapsed.any() and not found.output["monotone"].any()
    steep = cn.ReLUNet([np.full((1, 1, 1), 1e200)] * 2, [np.zeros((1, 1)), None])
    with pytest.warns(RuntimeWarning, match="overflow"):
        found = cn.insides(steep, -1, 1)  # 0, and then infinity
    assert found.output["most"] == np.inf and found.output["least"] == 0
    assert not found.collapsed.any() and not found.output["monotone"].any()
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert cn.safe_change(net, -1e308, 1e308).tolist() == [0, 0]


@pytest.mark.parametrize("kind", [float, Q])
def test_a_signal_that_just_reaches_its_tolerance_counts_as_zero(kind):
    """-1 at 0 and 1, and 1/4 at 1/2: it crosses 0 for every tolerance below 1/4 of its size."""
    weights = [[[[1], [1]]], [[[Q(5, 2), -5]]], [[[1]]]]
    biases = [[[0, Q(-1, 2)]], [[-1]], None]
    number = objects if kind is Q else lambda values: np.array(values, dtype=float)
    net = cn.ReLUNet(
        [number(w) for w in weights], [None if b is None else number(b) for b in biases]
    )
    seen = lambda tol: (lambda f: (f.crossings[0, 2], f.sign[0, 2]))(cn.insides(net, tol=kind(tol)))
    assert seen(Q(1, 4)) == (0, -1)
    assert seen(Q(1, 4) - Q(1, 2**40)) == (2, 0)
