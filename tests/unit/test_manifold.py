from fractions import Fraction as Q

import numpy as np
import pytest
import torch
from helpers import exact
from helpers.exact import float_peaks, matrices, objects, rational_peaks, rationals, signs
from hypothesis import given
from hypothesis import strategies as st

import compnet_lib as cn
from compnet_lib.compositions.manifold import Frame, derived_ratios, empty, fill, pull_back


@pytest.mark.parametrize("sign, S0", [(1, "(1-a0)*a1"), (-1, "a0*a1")])
def test_section_7_1_entry_by_entry(sign, S0):
    """Depth 3 with a = 1/3, 3/4, 2/5 and a_3 = 1/2, each number worked out by hand:
    S_0 = 1/2 or 1/4, S_1 = 1/10, S_2 = 3/10."""
    S = eval(S0, {"a0": Q(1, 3), "a1": Q(3, 4)})
    net = cn.compositional([Q(1, 3), Q(3, 4), Q(2, 5)], sign)
    assert (len(net), net.widths, net.dtype) == (1, (4, 4, 4), object)
    I, H0, H1, O = (w[0].tolist() for w in net.weights)
    assert (
        I == [[1], [1], [1], [0]]
        and net.biases[0][0].tolist() == [0, 0, Q(-1, 3), 1]
        and net.biases[1:] == [None] * 3
    )
    assert [
        [1, sign * 3 * S, sign * Q(-9, 2) * S, 0],
        [0, 3 * S, Q(-9, 2) * S, 0],
        [0, 3 * S, Q(-9, 2) * S, Q(-3, 4) * S],
        [0, 0, 0, S],
    ] == H0
    assert [
        [1, sign * Q(2, 15), sign * Q(-8, 15), 0],
        [0, Q(2, 15), Q(-8, 15), 0],
        [0, Q(2, 15), Q(-8, 15), Q(-1, 25)],
        [0, 0, 0, Q(1, 10)],
    ] == H1
    assert [[1, sign * Q(3, 4), sign * Q(-5, 4), 0]] == O


@given(
    rational_peaks(1, 5),
    signs,
    rationals,
    st.lists(st.fractions(0, 1, max_denominator=40), min_size=1, max_size=4),
)
def test_the_network_is_the_series_exactly(peaks, sign, closing, x):
    s = exact.scales(peaks, sign, closing)
    net = cn.compositional(peaks, sign, closing)
    assert net(objects(x))[0].tolist() == [exact.series(v, peaks, sign, s) for v in x]
    assert not cn.clipped(net, objects(x)).any()


@given(float_peaks(1, 12), signs, st.floats(0.05, 0.95))
def test_the_network_is_the_series_in_floats(peaks, sign, closing):
    """A scaled wave is at most s_i and its error a few eps per layer:
    12 layers stay far below 1e-13."""
    x = np.linspace(0, 1, 65)
    exactly = [Q(a) for a in peaks]
    s = exact.scales(exactly, sign, Q(closing))
    wanted = [float(exact.series(Q(v), exactly, sign, s)) for v in x]
    np.testing.assert_allclose(
        cn.compositional(peaks, sign, closing)(x)[0], wanted, rtol=0, atol=1e-13
    )


@given(
    rational_peaks(),
    signs,
    rationals,
    st.tuples(st.fractions(-3, 3, max_denominator=5), st.fractions(-3, 3, max_denominator=5)),
    st.fractions(-3, 3, max_denominator=5),
    st.fractions(Q(1, 5), 3, max_denominator=5),
    st.fractions(0, 1, max_denominator=9),
)
def test_line_and_interval_lay_the_series_along_a_curve(peaks, sign, closing, line, low, width, u):
    line = line if line[1] else (line[0], Q(1))
    net = cn.compositional(peaks, sign, closing, line=line, interval=(low, low + width))
    wanted = line[0] + line[1] * exact.series(u, peaks, sign, exact.scales(peaks, sign, closing))
    assert net(objects([low + u * width]))[0, 0] == wanted
    assert (net.biases[-1] is None) == (line[0] == 0)


@given(st.lists(float_peaks(3, 3), min_size=1, max_size=4), st.data())
def test_a_stack_is_its_rows_and_ratios_are_those_of_equation_4(rows, data):
    peaks, sign = np.array(rows), np.array([data.draw(signs) for _ in rows])
    closing = np.linspace(0.3, 0.7, len(rows))
    net = cn.compositional(peaks, sign, closing)
    np.testing.assert_array_equal(
        derived_ratios(peaks, closing, sign.astype(float)), cn.ratios(peaks, sign, closing)
    )
    np.testing.assert_array_equal(
        derived_ratios(torch.from_numpy(peaks), torch.from_numpy(closing), torch.from_numpy(sign)),
        cn.ratios(peaks, sign, closing),
    )
    for i, row in enumerate(rows):
        alone = cn.compositional(row, sign[i], closing[i])
        for w, v in zip([*net.weights, net.biases[0]], [*alone.weights, alone.biases[0]]):
            np.testing.assert_array_equal(w[i], v[0])


@given(rational_peaks(2, 4), signs, st.data())
def test_free_ratios_give_the_series_where_nothing_clips(peaks, sign, data):
    """The sum neuron of layer i+1 holds x ± ∑_{j<i} s_jW_j:
    exactly the points where one of them is negative are clipped."""
    free = data.draw(
        st.lists(
            st.fractions(Q(1, 9), 2, max_denominator=9), min_size=len(peaks), max_size=len(peaks)
        )
    )
    s = [np.prod(objects(free[: i + 1])) for i in range(len(free))]
    net = cn.compositional(peaks, sign, ratios=free)
    x = [Q(k, 30) for k in range(31)]
    partial = [[exact.series(v, peaks[:i], sign, s[:i]) for i in range(1, len(peaks))] for v in x]
    clips = [min(sums) < 0 for sums in partial]
    assert cn.clipped(net, objects(x)).tolist() == [sum(clips)]
    for v, y, clip in zip(x, net(objects(x))[0], clips):
        assert clip or y == exact.series(v, peaks, sign, s)
    in_floats = cn.clipped(
        cn.compositional(np.array(peaks, float), sign, ratios=np.array(free, float)),
        np.array(x, float),
    )
    surely, perhaps = (
        sum(min(sums) <= bound for sums in partial) for bound in (Q(-1, 10**9), Q(1, 10**9))
    )
    assert surely <= in_floats[0] <= perhaps


def test_clipping_is_counted_member_by_member():
    """With the peak 1/2, x - 2W_0 is negative inside (0, 4/5), x + 2W_0 and x - W_0/4 nowhere."""
    net = cn.compositional(
        [[0.5, 0.5]] * 3, [-1, 1, -1], ratios=[[2.0, 0.1], [2.0, 0.1], [0.25, 0.1]]
    )
    assert cn.clipped(net, [0, 0.25, 0.5, 0.75, 1]).tolist() == [3, 0, 0]
    own = np.array([[0.75, 1], [0.5, 0.5], [0.25, 0.25]])
    assert cn.clipped(net, own).tolist() == [1, 0, 0]
    assert cn.clipped(net, own - [[0.5, 0.5], [0, 0], [0, 0]]).tolist() == [2, 0, 0]


@pytest.mark.parametrize("derived", [True, False])
@pytest.mark.parametrize("depth", [1, 2, 5])
def test_pull_back_is_autograd_through_the_matrices(depth, derived):
    """Random gradients for the weights, pulled back through `matrices` by torch."""
    rng = np.random.default_rng(depth)
    models = 6
    tensor = lambda *size: torch.from_numpy(rng.uniform(0.1, 0.9, size))
    peaks, second = (
        tensor(models, depth).requires_grad_(),
        (tensor(models) if derived else tensor(models, depth)).requires_grad_(),
    )
    frame = Frame(
        torch.tensor([1.0, -1.0] * 3, dtype=torch.float64), *(tensor(models) for _ in range(4))
    )
    given_, bias_gradient = (
        [
            torch.from_numpy(rng.normal(size=s))
            for s in ((models, 4, 1), (models, depth - 1, 4, 4), (models, 1, 4))
        ],
        tensor(models, 4),
    )
    nest = lambda v: torch.stack([nest(w) for w in v]) if isinstance(v, list) else v

    total, S = 0, []
    for i in range(models):
        a, sign = peaks[i].unbind(), int(frame.sign[i])
        if derived:
            following = [*a[1:], second[i]]
            ratios = [
                (a[0] if sign < 0 else 1 - a[0]) * following[0],
                *((1 - p) * q for p, q in zip(a[1:], following[1:])),
            ]
        else:
            ratios = second[i].unbind()
        low, width = frame.low[i], frame.width[i]
        weights, bias, out = matrices(
            a, ratios, sign, (frame.alpha[i], frame.beta[i]), (low, low + width), nest
        )
        S.append(torch.stack(list(ratios)))
        gradients = [given_[0][i], *given_[1][i], given_[2][i]]
        total = (
            total
            + (bias * bias_gradient[i]).sum()
            + sum((w * g).sum() for w, g in zip(weights, gradients))
        )
    total.backward()

    found = pull_back(
        given_,
        bias_gradient,
        peaks.detach(),
        torch.stack(S).detach(),
        frame,
        second.detach() if derived else None,
    )
    for value, wanted in zip(found, (peaks.grad, second.grad), strict=True):
        np.testing.assert_allclose(value, wanted, rtol=1e-10, atol=1e-10)
    on_arrays = pull_back(
        [g.numpy() for g in given_],
        bias_gradient.numpy(),
        peaks.detach().numpy(),
        torch.stack(S).detach().numpy(),
        Frame(*(v.numpy() for v in frame)),
        second.detach().numpy() if derived else None,
    )
    for value, wanted in zip(on_arrays, found):
        np.testing.assert_allclose(value, wanted, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("depth", [1, 4])
def test_fill_writes_the_matrices_into_tensors(depth):
    rng = np.random.default_rng(depth)
    peaks, ratios, sign = (
        rng.uniform(0.1, 0.9, (3, depth)),
        rng.uniform(0.1, 0.9, (3, depth)),
        np.array([1.0, -1, 1]),
    )
    frame = Frame(sign, *rng.uniform(0.5, 2, (4, 3)))
    weights, biases = empty(3, depth, True, lambda shape: torch.zeros(shape, dtype=torch.float64))
    fill(
        weights,
        biases,
        torch.from_numpy(peaks),
        torch.from_numpy(ratios),
        Frame(*map(torch.from_numpy, frame)),
    )
    for i in range(3):
        low, width = frame.low[i], frame.width[i]
        wanted, bias, out = matrices(
            peaks[i], ratios[i], sign[i], (frame.alpha[i], frame.beta[i]), (low, low + width)
        )
        for w, v in zip(
            [weights[0][i], *weights[1][i], weights[2][i], biases[0][i], biases[1][i]],
            [*wanted, bias, out],
            strict=True,
        ):
            np.testing.assert_allclose(w, v, rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, object])
def test_the_network_has_the_peaks_dtype(dtype):
    peaks = objects([[Q(1, 3), Q(3, 4)]]).astype(dtype)
    assert cn.compositional(peaks, 1).dtype == dtype
    assert (
        cn.compositional(peaks, 1, ratios=peaks, line=(1, 2), interval=(-1, 2)).biases[-1].dtype
        == dtype
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("roundings", "counted"), [(-4, 0), (-16, 1), (4, 0)])
def test_what_is_negative_by_rounding_is_not_clipped(dtype, roundings, counted):
    bias = np.array([[roundings * np.finfo(dtype).eps]], dtype)
    one = np.ones((1, 1, 1), dtype)
    assert cn.clipped(cn.ReLUNet([one] * 3, [None, bias, None]), [0.0]).tolist() == [counted]


def test_the_first_layer_is_not_clipped_left_of_the_interval():
    """Its neuron of the sum is the point itself, of which nothing is lost on the interval."""
    one = np.ones((1, 1, 1))
    net = cn.ReLUNet([one] * 3, [None, None, None])
    assert cn.clipped(net, [-1.0, -0.5, 0.5]).tolist() == [0]


@pytest.mark.parametrize("own", [False, True])
def test_clipped_points_are_counted_in_parts(monkeypatch, own):
    from compnet_lib.training import result

    net = cn.default_init(3, 3, 4, seed=5)
    x = np.sort(np.random.default_rng(0).normal(size=(3 if own else 1, 23)))
    whole = cn.clipped(net, x if own else x[0])
    monkeypatch.setattr(result, "MOST", 7)
    still = np.zeros(3), np.zeros((3, 0)), np.zeros(0, int), np.zeros(3, bool)
    assert whole.any() and (result.Result(net, *still, x).clipped == whole).all()
