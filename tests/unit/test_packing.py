import numpy as np
import pytest
import torch
from helpers import exact
from helpers.nets import assert_same
from hypothesis import given
from hypothesis import strategies as st

import compnet_lib as cn
from compnet_lib.networks import kernels
from compnet_lib.networks.packing import Packing

sizes = st.lists(st.integers(1, 9), min_size=3, max_size=5)
seeds = st.integers(0, 10**6)


def random_net(models, widths, seed, biased=True, dtype=np.float64):
    rng = np.random.default_rng(seed)
    pairs = list(zip(widths, widths[1:]))
    weights = [rng.normal(size=(models, out, n)).astype(dtype) for n, out in pairs]
    biases = [rng.normal(size=(models, out)).astype(dtype) for _, out in pairs]
    return cn.ReLUNet(weights, [b if biased or k % 2 else None for k, b in enumerate(biases)])


@given(sizes, seeds, st.booleans(), st.sampled_from([1, 4]), st.booleans(), st.booleans())
def test_unpacking_undoes_packing(widths, seed, biased, multiple, room, by_layer):
    net = random_net(3, widths, seed, biased)
    packing = Packing(net, multiple, room)
    packed = packing.pack(net, by_layer=by_layer)
    assert packed.shape == ((3 * packing.size,) if by_layer else (3, packing.size))
    assert_same(packing.unpack(packed), net)
    inner = [-(-width // multiple) * multiple for width in widths]
    ends = [width if width == 1 else full for width, full in zip(widths, inner)]
    assert packing.widths == (ends[0], *inner[1:-1], ends[-1])
    spread = packing.spread(np.array([1.0, 2.0, 3.0]), by_layer)
    assert spread.shape == packed.shape
    assert [(spread == k).sum() for k in (1, 2, 3)] == [net.parameters] * 3
    assert (packed[spread == 0] == 0).all()


def test_biases_that_a_net_lacks_are_zeros():
    full, few = random_net(2, (1, 3, 2, 1), 0), random_net(2, (1, 3, 2, 1), 0, biased=False)
    packing = Packing(full)
    packed = packing.pack(few)
    zeros = [np.zeros_like(b) if f is None else f for b, f in zip(full.biases, few.biases)]
    assert few.biases[0] is None and few.parameters < packing.size
    np.testing.assert_array_equal(packed, packing.pack(cn.ReLUNet(few.weights, zeros)))


@given(sizes, seeds)
def test_a_row_has_the_order_of_torch(widths, seed):
    net = random_net(2, widths, seed)
    for k, row in enumerate(Packing(net).pack(net)):
        wanted = torch.nn.utils.parameters_to_vector(net.to_torch(k).parameters())
        np.testing.assert_array_equal(row, wanted.detach().numpy())


def test_views_are_views_of_arrays_and_tensors():
    net = random_net(2, (1, 3, 1), 0)
    packing = Packing(net)
    for packed in (
        packing.pack(net),
        packing.pack(net, np.float32, by_layer=True),
        torch.from_numpy(packing.pack(net, by_layer=True)),
    ):
        weights, biases = packing.views(packed)
        weights[0][1, 2, 0] = 77
        biases[1][0, 0] = 88
        assert (packed == 77).sum() == 1 and (packed == 88).sum() == 1


def test_fractions_stay_exact():
    net = exact.rational_net(np.random.default_rng(0), (3, 2))
    assert_same(Packing(net).unpack(Packing(net).pack(net)), net)


@pytest.mark.slow
@given(sizes, seeds, st.sampled_from([1, 4]))
def test_the_compiled_forward_pass_is_that_of_the_net(widths, seed, multiple):
    """In padded rows and in others, of one input or output and of several: to the last bits."""
    net = random_net(1, widths, seed)
    packing, rng = Packing(net, multiple), np.random.default_rng(seed)
    full = np.array(packing.widths)
    x = rng.normal(size=(widths[0], 16))
    y = rng.normal(size=(widths[-1], 16))
    H, r = np.full((kernels.rows(full), 16), np.nan), np.empty_like(y)
    padded = np.zeros((full[0], 16))
    padded[: widths[0]] = x
    one = lambda a: a[0] if len(a) == 1 else a
    row = packing.pack(net)[0]
    at, last = kernels.signals(row, full, one(padded), H, None, 0.0, 0.0)
    kernels.residuals(row, full, at, last, one(y), H, one(r))
    *hidden, output = net.layers(x[0] if widths[0] == 1 else x.T)
    np.testing.assert_allclose(r, output[0] - y, rtol=1e-12, atol=1e-12)
    start = full[0] if full[0] > 1 else 0
    for signal, width, room in zip(hidden, widths[1:], full[1:]):
        wanted = np.maximum(signal[0], 0)
        np.testing.assert_allclose(H[start : start + width], wanted, rtol=1e-12, atol=1e-12)
        assert (H[start + width : start + room] == 0).all()
        start += room
    assert start == len(H)
