"""Breakpoints and delta-slopes, against lines on intervals in rational arithmetic."""

from fractions import Fraction
from itertools import pairwise

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import compnet_lib as cn
from compnet_lib import PiecewiseLinear, ReLUNet

INFINITY = Fraction(10**40)
KINDS = ("default", "without biases", "copies", "dead", "integers")


def rational(net, i):
    """Weights and biases of a member as lists of `Fraction`."""
    weights = [[[Fraction(v) for v in row] for row in w[i].tolist()] for w in net.weights]
    biases = [
        [Fraction(0)] * len(w) if b is None else [Fraction(v) for v in b[i].tolist()]
        for w, b in zip(weights, net.biases)
    ]
    return weights, biases


def lines(net, i):
    """The zeros (layer, neuron) -> places of a member, and the output's pieces (low, high, slope,
    intercept): each piece carries the line of every signal."""
    weights, biases = rational(net, i)
    first = [(row[0], b) for row, b in zip(weights[0], biases[0])]
    pieces, zeros = [(-INFINITY, INFINITY, first)], {}
    for layer, (w, b) in enumerate(zip(weights[1:], biases[1:])):
        after = []
        for low, high, signals in pieces:
            places = [-c / s if s else None for s, c in signals]
            for neuron, place in enumerate(places):
                if place is not None and low <= place <= high:
                    zeros.setdefault((layer, neuron), set()).add(place)
            inner = {place for place in places if place is not None and low < place < high}
            for a, z in pairwise([low, *sorted(inner), high]):
                middle = (a + z) / 2
                on = [(s, c) if s * middle + c > 0 else (0, 0) for s, c in signals]
                combined = [
                    (
                        sum(v * s for v, (s, _) in zip(row, on)),
                        sum((v * c for v, (_, c) in zip(row, on)), offset),
                    )
                    for row, offset in zip(w, b)
                ]
                after.append((a, z, combined))
        pieces = after
    return zeros, [(a, z, *signals[0]) for a, z, signals in pieces]


def positive_layers(net, i, x):
    """Which hidden layers have a neuron with a positive input at `x`."""
    weights, biases = rational(net, i)
    h, found = [x], []
    for w, b in zip(weights[:-1], biases[:-1]):
        z = [sum(v * a for v, a in zip(row, h)) + offset for row, offset in zip(w, b)]
        found.append(any(v > 0 for v in z))
        h = [max(v, 0) for v in z]
    return found


def drawn(kind, seed):
    """A network of 1 to 6 layers with up to 40 neurons."""
    rng = np.random.default_rng((seed, KINDS.index(kind)))
    depth = rng.integers(1, 7)
    widths = [1, *rng.integers(1, 40 // depth + 1, depth), 1]
    if kind == "integers":
        entry = lambda *shape: rng.integers(-2, 3, shape).astype(float)
    else:
        entry = lambda *shape: rng.uniform(-1, 1, shape) / np.sqrt(shape[-1])
    weights = [entry(out, into) for into, out in pairwise(widths)]
    biases = [entry(len(w), 1)[:, 0] for w in weights]
    for w, b in zip(weights[:-1], biases):
        if kind == "without biases":
            b[:] = 0
        if kind == "copies" and len(w) > 1:
            w[-1], b[-1] = w[0], b[0]
        if kind == "dead":
            w[0], b[0] = -abs(w[0]), -1
    return ReLUNet([w[None] for w in weights], [b[None] for b in biases])


def compared(net):
    """(k, place, others) for each breakpoint that the library finds, by its place in the exact
    list of the same neuron's zeros, and the neurons that share it; with the exact pieces."""
    (found,), (zeros, pieces) = cn.to_breakpoints(net), lines(net, 0)
    whose = {}
    for key, places in zeros.items():
        for place in places:
            whose.setdefault(place, []).append(key)
    pairs = []
    for (layer, neuron), places in zeros.items():
        own = np.flatnonzero((found.layer == layer) & (found.neuron == neuron))
        pairs += [(k, place, whose[place]) for k, place in zip(own, sorted(places), strict=True)]
    assert len(pairs) == len(found), "none is spurious"
    return found, pairs, pieces


def exactly(net):
    turned = lambda arrays: [np.vectorize(Fraction, otypes=[object])(a) for a in arrays]
    return ReLUNet(turned(net.weights), turned(net.biases))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_breakpoints_of_definition_1_are_the_zeros_of_all_lines(kind):
    for seed in range(100):
        net = drawn(kind, seed)
        net = exactly(net) if kind == "integers" else net
        found, pairs, pieces = compared(net)
        bends = {z: after[2] - before[2] for before, after in pairwise(pieces) for z in before[1:2]}
        jumps = dict.fromkeys([*bends, *(place for _, place, _ in pairs)], 0)
        for k, place, whose in pairs:
            error = abs(Fraction(found.breakpoints[k]) - place)
            assert error <= Fraction(1, 10**9) * max(1, abs(place))
            assert found.degenerate[k] == (len(whose) > 1)
            others = np.delete(positive_layers(net, 0, place), found.layer[k])
            assert found.active[k] == all(others)
            jumps[place] += Fraction(found.delta_slopes[k])
        for place, jump in jumps.items():
            assert abs(jump - bends.get(place, 0)) <= Fraction(1, 10**12)


def test_a_neuron_that_touches_zero_has_no_delta_slope():
    peaks = np.array([[Fraction(1, 3), Fraction(2, 5), Fraction(1, 2)]])
    found = cn.to_breakpoints(cn.compositional(peaks, 1))[0]
    touching = found.orientations == 0
    assert touching.any() and not found.delta_slopes[touching].any()
    assert found.bends(Fraction(0), Fraction(1))[0].size == 2**3 - 1


def test_delta_slopes_of_degenerate_breakpoints_add_up():
    rng = np.random.default_rng(0)
    w, v = rng.normal(size=(1, 6, 1)), rng.normal(size=(1, 1, 6))
    net = ReLUNet([w, np.ones((1, 6, 6)), v], [np.zeros((1, 6)), np.zeros((1, 6)), None])
    found = cn.to_breakpoints(net)[0]
    assert found.degenerate.all()
    (function,) = cn.piecewise_linear(net)
    assert np.isclose(found.delta_slopes.sum(), function.right - function.left)


def test_equation_2_breakpoints_of_one_hidden_layer():
    net = cn.default_init(3, 1, 7, seed=2)
    for i, found in enumerate(cn.to_breakpoints(net)):
        w, b, v = net.weights[0][i, :, 0], net.biases[0][i], net.weights[1][i, 0]
        own = found.neuron
        assert np.allclose(found.breakpoints, (-b / w)[own], rtol=1e-15)
        assert (found.orientations == np.sign(w)[own]).all()
        mu = found.orientations * found.delta_slopes
        assert np.allclose(mu, (w * v)[own], rtol=1e-14), "the jump is s mu"
        assert found.active.all() and not found.degenerate.any()


@pytest.mark.parametrize("kind", ["default", "without biases", "copies", "dead"])
def test_breakpoints_and_back_reproduce_the_function(kind):
    for seed in range(30):
        net = drawn(kind, 1000 + seed)
        (found,) = cn.to_breakpoints(net)
        back = cn.from_breakpoints(found)
        assert back.widths[0] == max(len(found.bends()[0]), 1) + 1
        x = np.linspace(-5, 5, 1001)
        assert np.allclose(back(x), net(x), rtol=0, atol=1e-12), f"seed {seed}"


@given(
    st.lists(st.fractions(-9, 9, max_denominator=7), min_size=2, max_size=8, unique=True),
    st.data(),
)
def test_any_exact_function_comes_back_exactly(places, data):
    x = np.array(sorted(places), dtype=object)
    number = st.fractions(-5, 5, max_denominator=7)
    y = np.array([data.draw(number) for _ in x], dtype=object)
    function = PiecewiseLinear(x, y, data.draw(number), data.draw(number))
    net = cn.from_breakpoints(function)
    at = np.array([*x, *(x + Fraction(1, 3)), Fraction(-20), Fraction(20)], dtype=object)
    assert (net(at)[0] == function(at)).all()
    (found,) = cn.to_breakpoints(net)
    places, jumps = found.bends()
    bent = function.delta_slopes != 0
    assert (places == x[bent]).all() and (jumps == function.delta_slopes[bent]).all()
    assert cn.roughness(net)[0] == sum(jumps**2)


def test_members_of_several_widths_are_filled_up_with_zeros():
    straight = PiecewiseLinear.through([0.0, 1.0], [1.0, 3.0])
    bent = PiecewiseLinear.through([0.0, 1.0, 2.0, 4.0], [0.0, 1.0, 0.0, 5.0])
    net = cn.from_breakpoints([straight, bent])
    x = np.linspace(-3, 6, 19)
    assert np.allclose(net(x), [straight(x), bent(x)])
    assert [len(found.bends()[0]) for found in cn.to_breakpoints(net)] == [0, 2]


def test_roughness_counts_what_lies_strictly_between():
    net = cn.from_breakpoints(PiecewiseLinear.through([-1.0, 0.0, 1.0, 2.0], [0.0, 1.0, 0.0, 2.0]))
    assert np.allclose(cn.roughness(net), 2**2 + 3**2)
    assert np.allclose(cn.roughness(net, 0.5, 2), 9) and not cn.roughness(net, 0, 1).any()
    assert np.allclose(cn.breakpoints(net, 0.5, 2), 1) and np.allclose(
        cn.delta_slopes(net)[0], [-2, 3]
    )


def test_functions_are_of_one_kind():
    exact = PiecewiseLinear.through([Fraction(0), Fraction(1)], [Fraction(0), Fraction(1)])
    floats = PiecewiseLinear.through([0.0, 1.0], [0.0, 1.0])
    with pytest.raises(TypeError, match="functions must all be exact"):
        cn.from_breakpoints([exact, floats])
    for wrong in ([], "text", [1.0], None):
        with pytest.raises(TypeError, match="functions must"):
            cn.from_breakpoints(wrong)


def test_the_interval_must_not_be_empty():
    for call in (cn.breakpoints, cn.delta_slopes, cn.roughness):
        with pytest.raises(ValueError, match="low < high"):
            call(cn.default_init(1), 1, 1)
