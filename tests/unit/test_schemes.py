"""The usual schemes of random weights, breakpoints spread uniformly, and what is made of them."""

import numpy as np
import pytest

import compnet_lib as cn
from compnet_lib.experiments import by_layer, flatness, from_starts, space_curves

X = np.linspace(-2, 2, 9)
SCHEMES = ["default", "he normal", "he uniform", "glorot normal", "glorot uniform"]


def variance(scheme, fan_in, fan_out):
    name = scheme.split()[0]
    return {
        "default": 1 / (3 * fan_in),
        "he": 2 / fan_in,
        "glorot": 2 / (fan_in + fan_out),
    }[name]


def within_five_errors(squares, wanted):
    return abs(squares.mean() - wanted) <= 5 * squares.std() / np.sqrt(squares.size)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_weights_have_the_variance_of_their_scheme(scheme):
    net = cn.random_init(3000, 3, 6, seed=0, scheme=scheme, biases="weights")
    fans = [(1, 6), (6, 6), (6, 6), (6, 1)]
    for w, b, (fan_in, fan_out) in zip(net.weights, net.biases, fans):
        wanted = variance(scheme, fan_in, fan_out)
        for values in (w, b):
            assert within_five_errors(values**2, wanted)
            assert not within_five_errors(values**2, 1.3 * wanted)
            if "normal" not in scheme:
                assert abs(values).max() <= np.sqrt(3 * wanted)
                kurtosis = 9 / 5
            else:
                kurtosis = 3
            assert within_five_errors(values**4, kurtosis * wanted**2)


def test_the_default_scheme_is_default_init():
    one, other = cn.random_init(3, 2, 4, seed=5), cn.default_init(3, 2, 4, seed=5)
    for a, b in zip([*one.weights, *one.biases], [*other.weights, *other.biases]):
        np.testing.assert_array_equal(a, b)


def test_biases_are_as_chosen():
    zero, fixed = (cn.random_init(500, 2, 5, scheme="he normal", biases=b) for b in ("zero", 0.3))
    assert not any(b.any() for b in zero.biases)
    drawn = np.concatenate([b.ravel() for b in fixed.biases])
    assert within_five_errors(drawn**2, 0.09) and not within_five_errors(drawn**2, 0.12)


def test_uniform_breakpoints_fill_the_interval_and_keep_the_weights():
    """By the inequality of Dvoretzky, Kiefer and Wolfowitz it fails with probability 1e-6."""
    net, plain = cn.uniform_init(400, 21, 3, low=-2, high=5), cn.default_init(400, 1, 21, 3)
    np.testing.assert_array_equal(net.weights[0], plain.weights[0])
    np.testing.assert_array_equal(net.weights[1], plain.weights[1])
    np.testing.assert_array_equal(net.biases[1], plain.biases[1])
    found = np.sort(np.concatenate(cn.breakpoints(net)))
    shares = (found + 2) / 7
    assert len(found) == 400 * 21 and shares[0] >= 0 and shares[-1] <= 1
    gap = abs(shares - np.arange(len(shares)) / len(shares)).max()
    assert gap <= np.sqrt(np.log(2e6) / (2 * len(shares))) + 1 / len(shares)


def test_even_breakpoints_are_the_middles_of_equal_parts():
    net = cn.uniform_init(2, 4, low=0, high=8, spread="even")
    np.testing.assert_allclose(cn.breakpoints(net), [[1, 3, 5, 7]] * 2, rtol=1e-14)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("scheme", lambda: cn.random_init(1, scheme="he")),
        ("biases", lambda: cn.random_init(1, biases="none")),
        ("biases", lambda: cn.random_init(1, biases=-0.1)),
        ("biases", lambda: cn.random_init(1, biases=None)),
        ("high", lambda: cn.uniform_init(1, low=1, high=1)),
        ("spread", lambda: cn.uniform_init(1, spread="wide")),
        ("width", lambda: cn.uniform_init(1, 0)),
        ("starts", lambda: from_starts({}, space_curves(1), X, epochs=1, lr=0.1)),
        ("starts", lambda: from_starts([1], space_curves(1), X, epochs=1, lr=0.1)),
        ("schemes", lambda: flatness({}, [1], [2])),
        ("schemes", lambda: by_layer({"a": 1})),
        ("depths", lambda: flatness({"a": {}}, [0], [2])),
    ],
)
def test_bad_input_is_named(name, call):
    with pytest.raises((TypeError, ValueError), match=f"^{name} "):
        call()


def test_each_start_is_trained_as_it_would_be_alone():
    starts = {"one": cn.default_init(2, 1, 5), "other": cn.uniform_init(2, 5)}
    curves = space_curves(1)
    found = from_starts(starts, curves, X, epochs=20, lr=1e-3)
    alone = cn.train(
        starts["other"], curves[1], X, epochs=20, lr=1e-3, optimizer="gd", objective="sum"
    )
    part = found.sel(start="other", curve="quadratic", seed=0)
    np.testing.assert_allclose(part.fit, alone.net(X), rtol=1e-12)
    np.testing.assert_allclose(part.loss, ((alone.net(X) - X**2 / 2) ** 2).sum(1), rtol=1e-9)


def test_flatness_is_that_of_each_network():
    schemes = {"a": {}, "b": {"scheme": "he normal"}}
    found = flatness(schemes, [1, 3], [4], models=3, at=0.7, seed=2)
    net = cn.random_init(3, 3, 4, 2, scheme="he normal")
    part = found.sel(scheme="b", depth=3, width=4)
    np.testing.assert_allclose(part.roughness, cn.roughness(net), rtol=1e-9)
    step = (net([0.7 + 1e-7]) - net([0.7])) / 1e-7
    np.testing.assert_allclose(part.slope, step[:, 0], rtol=1e-5)


def test_layers_have_the_breakpoints_and_slopes_of_their_neurons():
    found = by_layer({"a": {}}, 3, 4, models=2, seed=1)
    net = cn.default_init(2, 3, 4, seed=1)
    for number, each in enumerate(cn.to_breakpoints(net)):
        part = found.isel(breakpoint=(found.model == number).values)
        np.testing.assert_array_equal(part.place, each.breakpoints[each.active])
        np.testing.assert_array_equal(part.layer, each.layer[each.active] + 1)
        np.testing.assert_array_equal(part.delta_slope, each.delta_slopes[each.active])
        neurons = zip(each.layer[each.active], each.neuron[each.active])
        for (layer, neuron), place, slope in zip(neurons, part.place.values, part.own_slope.values):
            points = place + np.array([-1e-7, 1e-7])
            low, high = net[number].layers(points)[layer][0, neuron]
            np.testing.assert_allclose(slope, (high - low) / 2e-7, rtol=1e-5)
