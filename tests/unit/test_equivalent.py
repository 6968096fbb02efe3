from fractions import Fraction

import numpy as np
import pytest
import torch
from helpers.nets import assert_same
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

import compnet_lib as cn
from compnet_lib.networks.equivalent import balance, deepen

EXACT = cn.compositional([[Fraction(1, 3), Fraction(2, 5)]], 1)
NETS = [
    cn.compositional(cn.sample_peaks(3, 3, 0), -1),
    cn.default_init(3, 2, 5, 1),
    cn.raai_init(3, 4, 3, 2),
    cn.default_init(3, 1, 7, 3),
    cn.default_init(2, 2, 3, dtype=np.float32, output_bias=False),
]


def squares(net):
    return sum(
        (np.asarray(a, float) ** 2).reshape(len(net), -1).sum(1)
        for a in (*net.weights, *net.biases)
        if a is not None
    )


def rescaled(net, rng, most=12):
    """Hidden neurons times powers of two."""
    powers = [
        np.zeros((len(net), 1), int),
        *(rng.integers(-most, most, (len(net), width)) for width in net.widths),
        np.zeros((len(net), 1), int),
    ]
    return cn.ReLUNet(
        [
            np.ldexp(w, b[:, :, None] - a[:, None])
            for w, a, b in zip(net.weights, powers, powers[1:])
        ],
        [None if bias is None else np.ldexp(bias, b) for bias, b in zip(net.biases, powers[1:])],
    )


@given(st.sampled_from(NETS), st.integers(0, 2**32 - 1))
def test_a_balanced_network_is_the_same_to_the_last_bit_in_numpy_and_in_torch(net, seed):
    net = rescaled(net, np.random.default_rng(seed))
    balanced = balance(net)
    assert balanced.dtype == net.dtype and balanced.widths == net.widths
    x = np.linspace(-1, 2, 301, dtype=net.dtype)
    np.testing.assert_array_equal(balanced(x), net(x))
    with torch.no_grad():
        column = torch.from_numpy(x)[:, None]
        assert torch.equal(balanced.to_torch(1)(column), net.to_torch(1)(column))


def test_a_balanced_exact_network_is_the_same():
    x = np.array([Fraction(k, 7) for k in range(-7, 15)], dtype=object)
    np.testing.assert_array_equal(balance(EXACT)(x), EXACT(x))
    assert all(isinstance(v, Fraction) for w in balance(EXACT).weights for v in w.flat)


@given(st.sampled_from(NETS), st.integers(0, 2**32 - 1))
def test_what_enters_a_neuron_is_as_large_as_what_leaves_it(net, seed):
    """Within the rounding to powers of two: a factor of two for the neuron's own,
    and for its neighbours'."""
    balanced = balance(rescaled(net, np.random.default_rng(seed)))
    for layer in range(net.depth):
        w, b, after = balanced.weights[layer], balanced.biases[layer], balanced.weights[layer + 1]
        enters = np.sqrt((w**2).sum(2) + (0 if b is None else b**2))
        leaves = np.sqrt((after**2).sum(1))
        live = (enters > 0) & (leaves > 0)
        assert (np.abs(np.log2(enters[live] / leaves[live])) <= 2.01).all()


def test_no_rescaling_has_a_smaller_sum_of_squares_but_for_the_rounding():
    """Against a general minimizer over the logarithms of all factors."""
    net = rescaled(cn.default_init(1, 3, 4, 5), np.random.default_rng(0), 3)

    def cost(logs):
        by_layer = [np.zeros(1), *np.split(logs, 3), np.zeros(1)]
        return sum(
            float(((w[0] * np.exp(b[:, None] - a)) ** 2).sum() + ((bias[0] * np.exp(b)) ** 2).sum())
            for w, bias, a, b in zip(net.weights, net.biases, by_layer, by_layer[1:])
        )

    least = minimize(cost, np.zeros(12), method="BFGS").fun
    assert least <= squares(balance(net))[0] * (1 + 1e-9) <= 1.3 * least < squares(net)[0]


def test_neurons_that_receive_nothing_or_are_not_read_stay():
    net = cn.default_init(1, 2, 3, 0)
    net.weights[0][0, 0] = net.biases[0][0, 0] = 0
    net.weights[2][0, 0, 1] = 0
    balanced = balance(net)
    x = np.linspace(-1, 2, 101)
    np.testing.assert_array_equal(balanced(x), net(x))
    assert all(np.isfinite(a).all() for a in (*balanced.weights, *balanced.biases))


@pytest.mark.parametrize(
    "net",
    [
        *NETS,
        cn.compositional([[Fraction(1, 3), Fraction(2, 5)]], 1),
        cn.default_init(2, 2, 3, dtype=np.float32, output_bias=False),
    ],
    ids=repr,
)
def test_a_deeper_network_is_the_same_function(net):
    deeper = deepen(net)
    assert (
        deeper.depth == net.depth + 1
        and deeper.dtype == net.dtype
        and deeper.widths == (*net.widths, net.widths[-1])
    )
    for one, two in zip(cn.piecewise_linear(net), cn.piecewise_linear(deeper)):
        x = (
            np.array([Fraction(k, 7) for k in range(-7, 15)], dtype=object)
            if one.exact
            else np.linspace(-1, 2, 101)
        )
        np.testing.assert_array_equal(one(x), two(x))


def test_noise_is_in_the_new_layer_only():
    net = cn.default_init(3, 2, 4, 1)
    deeper = deepen(net, noise=[0, 0.1, 0.2], seed=4)
    for one, two in zip(
        net.weights[:-1] + net.weights[-1:], deeper.weights[:2] + deeper.weights[-1:]
    ):
        np.testing.assert_array_equal(one, two)
    spread = [np.abs(deeper.weights[2][i] - np.eye(4)).max() for i in range(3)]
    assert (
        spread[0] == 0 < spread[1] < 0.5
        and not deeper.biases[2][0].any()
        and deeper.biases[2][1:].all()
    )
    assert_same(deepen(net, noise=0.1, seed=4), deepen(net, noise=[0.1] * 3, seed=4))


@pytest.mark.parametrize(
    "call, error, name",
    [
        (lambda: deepen(3), TypeError, "net"),
        (lambda: deepen(NETS[0], noise=-1), ValueError, "noise"),
        (lambda: deepen(NETS[0], noise=[0, 0]), ValueError, "noise"),
        (lambda: deepen(NETS[0], seed="a"), TypeError, "seed"),
        (lambda: balance("net"), TypeError, "net"),
    ],
)
def test_bad_arguments_are_named(call, error, name):
    with pytest.raises(error, match=rf"\b{name} must"):
        call()
