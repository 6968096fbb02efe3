from fractions import Fraction as Q

import numpy as np
import pytest
import torch
from helpers import exact
from helpers.nets import assert_same
from hypothesis import given
from hypothesis import strategies as st

import compnet_lib as cn
from compnet_lib.networks.network import univariate

widths_of = st.lists(st.integers(1, 5), min_size=1, max_size=4)
seeds = st.integers(0, 10**6)


def size(net, member, x):
    """A bound on the sums of absolute values behind every signal: rounding is relative to it."""
    h = abs(x)
    for w, b in zip(net.weights, net.biases):
        h = abs(w[member]) @ np.atleast_2d(h) + (0 if b is None else abs(b[member])[:, None])
    return h.max()


@given(widths_of, seeds, st.data())
def test_the_forward_pass_neuron_by_neuron(widths, seed, data):
    rng = np.random.default_rng(seed)
    biased = data.draw(st.lists(st.booleans(), min_size=len(widths) + 1, max_size=len(widths) + 1))
    net = exact.random_net(rng, 3, widths, biased=biased)
    shared = rng.normal(size=4)
    own = rng.normal(size=(3, 4))
    for x in (shared, own):
        outputs, layers = net(x), net.layers(x)
        assert outputs.shape == (3, 4) and [z.shape for z in layers] == [
            (3, width, 4) for width in (*widths, 1)
        ]
        for i, row in enumerate(np.broadcast_to(x, (3, 4))):
            tolerance = 64 * np.finfo(float).eps * size(net, i, row)
            for k, point in enumerate(row):
                wanted = exact.forward(net, i, point)
                assert abs(outputs[i, k] - wanted[-1][0]) <= tolerance
                for z, signal in zip(layers, wanted):
                    np.testing.assert_allclose(z[i, :, k], signal, rtol=0, atol=tolerance)


@given(widths_of, seeds)
def test_the_forward_pass_of_fractions_is_exact(widths, seed):
    rng = np.random.default_rng(seed)
    net = exact.rational_net(rng, widths)
    x = exact.objects(rng.integers(-9, 10, 3)) / 7
    found = net.layers(x)
    assert net.dtype == object
    for k, point in enumerate(x):
        assert [list(z[0, :, k]) for z in found] == exact.forward(net, 0, point)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("biased", [[True, True, True], [True, False, False], [False, True, False]])
def test_to_torch_is_the_same_network(dtype, biased):
    net = exact.random_net(np.random.default_rng(1), 3, (4, 2), dtype, biased)
    x = np.linspace(-2, 2, 9).astype(dtype)
    for i in range(-1, 3):
        module = net.to_torch(i)
        linears = [m for m in module if isinstance(m, torch.nn.Linear)]
        assert [type(m).__name__ for m in module] == ["Linear", "ReLU", "Linear", "ReLU", "Linear"]
        assert [m.bias is not None for m in linears] == biased
        for linear, w in zip(linears, net.weights):
            np.testing.assert_array_equal(linear.weight.detach().numpy(), w[i])
        found = module(torch.from_numpy(x)[:, None])[:, 0].detach().numpy()
        assert found.dtype == dtype
        np.testing.assert_allclose(
            net(x)[i], found, rtol=0, atol=32 * np.finfo(dtype).eps * size(net, i, x)
        )


def test_to_torch_does_not_share_memory():
    net = cn.default_init(1)
    before = net.weights[1].copy()
    with torch.no_grad():
        net.to_torch()[2].weight.zero_()
    np.testing.assert_array_equal(net.weights[1], before)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_keep_their_dtype(dtype):
    net = exact.random_net(np.random.default_rng(2), 2, (3,), dtype)
    assert {
        net.dtype,
        net(np.zeros(3)).dtype,
        net[0].dtype,
        net.with_biases().dtype,
        *(z.dtype for z in net.layers([0.5])),
    } == {np.dtype(dtype)}
    other = np.float64 if dtype == np.float32 else np.float32
    assert net.astype(other).dtype == other
    np.testing.assert_array_equal(net.astype(other).weights[0], net.weights[0].astype(other))


def test_members_by_index_slice_and_mask():
    net = exact.random_net(np.random.default_rng(3), 5, (2, 3), biased=[True, False, True])
    by_hand = lambda i: cn.ReLUNet(
        [w[i] for w in net.weights], [None if b is None else b[i] for b in net.biases]
    )
    assert_same(net[2], by_hand([2]))
    assert_same(net[-1], by_hand([4]))
    assert_same(net[np.int64(1)], by_hand([1]))
    assert_same(net[1:4], by_hand([1, 2, 3]))
    assert_same(net[[3, 0]], by_hand([3, 0]))
    assert_same(net[np.array([True, False, False, True, False])], by_hand([0, 3]))
    assert [len(member) for member in net] == [1] * 5
    for i in (5, -6):
        with pytest.raises(IndexError, match="index"):
            net[i]


def test_concatenate_undoes_taking_apart():
    net = exact.random_net(np.random.default_rng(4), 4, (2, 3), biased=[True, False, True])
    assert_same(cn.ReLUNet.concatenate(list(net)), net)
    assert_same(cn.ReLUNet.concatenate([net[:1], net[1:]]), net)


def test_with_biases_adds_zeros_and_changes_nothing_else():
    net = exact.random_net(np.random.default_rng(5), 2, (2, 3), biased=[False, True, False])
    full, x = net.with_biases(), np.linspace(-1, 1, 7)
    assert [b.shape for b in full.biases] == [(2, 2), (2, 3), (2, 1)]
    assert not full.biases[0].any() and not full.biases[2].any()
    np.testing.assert_array_equal(full.biases[1], net.biases[1])
    np.testing.assert_array_equal(full(x), net(x))
    assert all(
        b.dtype == object and isinstance(b.flat[0], Q)
        for b in exact.rational_net(np.random.default_rng(0), (2,), [False, False])
        .with_biases()
        .biases
    )


@given(widths_of, st.data())
def test_widths_depth_and_parameters_are_counted(widths, data):
    biased = data.draw(st.lists(st.booleans(), min_size=len(widths) + 1, max_size=len(widths) + 1))
    net = exact.random_net(np.random.default_rng(0), 2, widths, biased=biased)
    assert (len(net), net.depth, net.widths) == (2, len(widths), tuple(widths))
    module = net.to_torch()
    assert net.parameters == sum(p.numel() for p in module.parameters())


@given(widths_of, st.integers(2, 4), st.integers(1, 3), seeds)
def test_several_inputs_and_outputs_are_those_of_torch(widths, inputs, outputs, seed):
    rng = np.random.default_rng(seed)
    pairs = list(zip([inputs, *widths], [*widths, outputs]))
    net = cn.ReLUNet(
        [rng.normal(size=(3, out, n)) for n, out in pairs],
        [rng.normal(size=(3, out)) for _, out in pairs],
    )
    assert (net.inputs, net.outputs) == (inputs, outputs)
    shared, own = rng.normal(size=(5, inputs)), rng.normal(size=(3, 5, inputs))
    for x in (shared, own):
        found, layers = net(x), net.layers(x)
        assert found.shape == ((3, 5) if outputs == 1 else (3, 5, outputs))
        assert [z.shape for z in layers] == [(3, width, 5) for width in (*widths, outputs)]
        for i, points in enumerate(np.broadcast_to(x, own.shape)):
            wanted = net.to_torch(i)(torch.from_numpy(points.copy())).detach().numpy()
            np.testing.assert_allclose(found[i].reshape(wanted.shape), wanted, rtol=0, atol=1e-11)
        assert_same(cn.ReLUNet.concatenate([net[:1], net[1:]]), net)


def test_what_a_net_is_can_be_read():
    net = cn.default_init(2, 2, 3, inputs=4, outputs=5, dtype=np.float32)
    assert repr(net) == "ReLUNet(2 × 4-3-3-5, float32)"


def test_several_inputs_and_outputs_are_refused_by_name():
    one = cn.default_init(1, 2, 3)
    assert univariate("net", one) is one
    for net in (cn.default_init(1, 2, 3, inputs=2), cn.default_init(1, 2, 3, outputs=2)):
        with pytest.raises(ValueError, match=r"\bcurve must have one input and one output.*-3-3-"):
            univariate("curve", net)
    with pytest.raises(ValueError, match="net must hold at least one network"):
        univariate("net", one[[]])
    with pytest.raises(TypeError, match="net must be a ReLUNet"):
        univariate("net", None)


def test_points_may_be_a_tensor_that_requires_a_gradient():
    net, x = cn.default_init(1, 2, 3), torch.linspace(0, 1, 5, dtype=float, requires_grad=True)
    np.testing.assert_array_equal(net(x), net(x.detach().numpy()))
