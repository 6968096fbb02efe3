"""What every registered engine must do, on every device that it works on.

On a CPU a member in a stack is the member alone to the last bit; on a GPU to 1e-9 in float64.
"""

import functools
import io
import os
import signal
import threading

import numpy as np
import pytest
import torch
from helpers import exact

import compnet_lib as cn
from compnet_lib import engines
from compnet_lib.engines.cpu import engine as numba_engine
from compnet_lib.engines.torch import engine as torch_engine

X = np.linspace(0.01, 0.99, 40)  # not at the ends, where waves are zero up to rounding
CURVES = [cn.TARGETS["x^3"], cn.TARGETS["sin"], cn.TARGETS["tanh"], cn.TARGETS["x^11"]]
EXACT = True
LINED = cn.Target.from_formula("exp(x)", interval=(-1, 2))


PLACES = [(name, device) for name, entry in engines.ENGINES.items() for device in entry.devices]


@pytest.fixture(params=PLACES, ids="-".join, autouse=True)
def engine(request, monkeypatch):
    """Each test with each engine on each of its devices: what "auto" selects."""
    name, device = request.param
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("torch sees no GPU")
    select = engines.select
    monkeypatch.setattr(engines, "select", lambda *_: select(name, device))
    monkeypatch.setitem(globals(), "EXACT", device == "cpu")
    return name


def assert_equal(found, wanted):
    """Bit by bit; on a GPU to 1e-9 in float64, and in float32 to what rounding leaves of it."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    tolerance = 0 if EXACT else 1e-9 if found.dtype == np.float64 else 1e-3
    np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance)


def assert_same(one, other):
    for a, b in zip([*one.weights, *one.biases], [*other.weights, *other.biases], strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            assert a.dtype == b.dtype
            assert_equal(a, b)


def slow(*case):
    """A case that `make check` leaves out."""
    return pytest.param(*case, marks=pytest.mark.slow)


@pytest.fixture(
    params=[slow((1, 1)), slow((1, 2)), (10_000, 2), slow((10**9, 1))],
    ids=lambda p: f"chunks of {p[0]} bytes, {p[1]} threads",
)
def split(request, monkeypatch):
    """The stack cut to single members, a few, or not at all; and for numba the epochs, too."""
    monkeypatch.setattr(torch_engine, "CHUNK_BYTES", request.param[0])
    monkeypatch.setattr(numba_engine, "PARTS", 10**9 // request.param[0])
    monkeypatch.setattr(numba_engine, "BLOCK", 1e-12 if request.param[0] == 1 else 1e-4)
    torch.set_num_threads(request.param[1])
    yield
    torch.set_num_threads(1)


def data(models, seed=0, own=False):
    rng = np.random.default_rng(seed)
    return (np.sort(rng.uniform(size=(models, 30))) if own else X), rng.normal(
        size=(models, 30 if own else 40)
    )


def by_torch(net, i, x, y, epochs, lr, optimizer="adam"):
    """Member `i` in an nn.Sequential under torch's own optimizer: its parameters,
    and its losses before each update and at the end."""
    module = net.to_torch(i)
    step = {"adam": torch.optim.Adam, "gd": torch.optim.SGD}[optimizer](module.parameters(), lr=lr)
    return descend(module.parameters, lambda x_: module(x_), step, x, y, epochs)


def descend(parameters, function, step, x, y, epochs, project=lambda: None):
    x, y = (torch.from_numpy(v)[:, None] for v in (x, y))
    losses = []
    for epoch in range(epochs + 1):
        loss = ((function(x) - y) ** 2).mean()
        losses.append(loss.item())
        if epoch < epochs:
            step.zero_grad()
            loss.backward()
            step.step()
            project()
    return [p.detach().numpy() for p in parameters()], losses


def parameters(net, i):
    return [a[i] for pair in zip(net.weights, net.biases) for a in pair if a is not None]


def assert_close(found, wanted, tolerance=1e-10):
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)


STARTS = {
    "default, five layers": lambda: cn.default_init(4, seed=1),
    "no output bias": lambda: cn.default_init(4, 3, 6, seed=2, output_bias=False),
    "one hidden layer": lambda: cn.default_init(4, 1, 9, seed=3),
    "one layer of 21": lambda: cn.default_init(4, 1, 21, seed=10),
    "four layers of 8": lambda: cn.default_init(4, 4, 8, seed=11),
    "five layers of 20": lambda: cn.default_init(4, 5, 20, seed=12),
    "one neuron": lambda: cn.default_init(4, 2, 1, seed=4),
    "widths 3, 7, 2 and few biases": lambda: exact.random_net(
        np.random.default_rng(5), 4, (3, 7, 2), biased=[True, False, True, False]
    ),
    "no bias at all": lambda: exact.random_net(
        np.random.default_rng(6), 4, (5, 4), biased=[False] * 3
    ),
    "compositional": lambda: cn.compositional(cn.sample_peaks(4, 5, 7), [1, -1, 1, -1]),
    "compositional with biases": lambda: cn.compositional(
        cn.sample_peaks(4, 3, 8), [1, -1, 1, -1]
    ).with_biases(),
    "compositional, one layer": lambda: cn.compositional(cn.sample_peaks(4, 1, 9), [1, -1, 1, -1]),
}


@functools.cache
def alone(start, epochs, optimizer, lr):
    """Each member of a start, trained by torch; the same for both engines."""
    net, curves = STARTS[start](), enumerate(CURVES)
    return [by_torch(net, i, X, curve(X), epochs, lr, optimizer) for i, curve in curves]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("epochs", [30, slow(500)])
@pytest.mark.parametrize("optimizer, lr", [("adam", 1e-3), slow("gd", 1e-2)])
def test_a_member_trains_as_torch_trains_it_alone(start, epochs, optimizer, lr):
    """Within 1e-9 after 500 updates, for float64."""
    found = cn.train(STARTS[start](), CURVES, X, epochs=epochs, lr=lr, optimizer=optimizer)
    for i, (wanted, losses) in enumerate(alone(start, epochs, optimizer, lr)):
        assert_close(parameters(found.net, i), wanted, 1e-9)
        np.testing.assert_allclose(found.loss[i], losses[-1], rtol=0, atol=1e-9)


def test_members_have_their_own_points_data_and_rates():
    net, (x, y), lr = (
        cn.default_init(3, 2, 5, seed=1),
        data(3, own=True),
        np.array([1e-3, 1e-2, 3e-4]),
    )
    found = cn.train(net, y, x, epochs=60, lr=lr)
    for i in range(3):
        assert_close(parameters(found.net, i), by_torch(net, i, x[i], y[i], 60, lr[i])[0])


def test_float32_follows_torch_for_a_few_steps():
    """Ten updates of 1e-3 move no weight by more than 1e-2, so their rounding stays near 1e-6."""
    net = cn.default_init(3, seed=1, dtype=np.float32)
    found = cn.train(net, CURVES[0], X, epochs=10, lr=1e-3)
    assert {a.dtype for a in (*found.net.weights, *found.net.biases, found.loss)} == {
        np.dtype(np.float32)
    }
    for i in range(3):
        wanted = by_torch(net, i, X.astype(np.float32), CURVES[0](X).astype(np.float32), 10, 1e-3)[
            0
        ]
        assert_close(parameters(found.net, i), wanted, 1e-4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_member_in_a_stack_is_bitwise_the_member_alone(split, dtype):
    net, lr = (
        cn.default_init(5, 3, 4, seed=2, dtype=dtype),
        np.array([1e-3, 1e-2, 1e-4, 2e-3, 5e-3]),
    )
    for x, y in (data(5), data(5, own=True)):
        for optimizer in ("adam", "gd"):
            whole = cn.train(net, y, x, epochs=25, lr=lr, optimizer=optimizer, every=10)
            for i in range(5):
                alone = cn.train(
                    net[i],
                    y[i],
                    x if x.ndim == 1 else x[i],
                    epochs=25,
                    lr=lr[i],
                    optimizer=optimizer,
                    every=10,
                )
                assert_same(whole.net[i], alone.net)
                assert whole.loss[i] == alone.loss[0]
                assert_equal(whole.history[i], alone.history[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("differentiable", [True, False])
def test_peaks_in_a_stack_are_bitwise_the_peaks_alone(split, dtype, differentiable):
    peaks, options = (
        cn.sample_peaks(4, 3, 2).astype(dtype),
        {"epochs": 25, "differentiable": differentiable, "every": 10},
    )
    lr = np.array([1e-3, 1e-2, 1e-4, 2e-3])
    whole = cn.pretrain(peaks, CURVES, X, lr=lr, **options)
    for i, target in enumerate(CURVES):
        alone = cn.pretrain(peaks[i], target, X, lr=lr[i], **options)
        assert_same(whole.net[i], alone.net)
        for name in ("peaks", "ratios", "closing", "loss", "history"):
            a, b = getattr(whole, name), getattr(alone, name)
            assert a is b is None or (a.dtype == dtype and (a[i] == b[0]).all() or not EXACT)


def peaks_by_torch(peaks, second, target, x, epochs, lr, differentiable, optimizer, sign, margin):
    """Peaks under torch's own optimizer, the network spelled out by `exact.matrices` and
    differentiated by autograd."""
    a, s = torch.tensor(peaks, requires_grad=True), torch.tensor(second, requires_grad=True)
    nest = lambda v: torch.stack([nest(w) for w in v]) if isinstance(v, list) else v

    def ratios():
        if not differentiable:
            return s
        following = torch.cat([a[1:], s])
        return torch.cat([a[:1] if sign < 0 else 1 - a[:1], 1 - a[1:]]) * following

    def function(x):
        line, interval = (
            torch.tensor(v, dtype=torch.float64) for v in (target.line, target.interval)
        )
        (first, *rest), bias, out = exact.matrices(
            list(a), list(ratios()), sign, line, interval, nest
        )
        h = x @ first.T + bias
        for w in rest:
            h = torch.relu(h) @ w.T
        return h + out

    def project():
        with torch.no_grad():
            for p in (a, s) if differentiable else (a,):
                p.clamp_(margin, 1 - margin)

    step = {"adam": torch.optim.Adam, "gd": torch.optim.SGD}[optimizer]([a, s], lr=lr)
    (a_, s_), losses = descend(lambda: (a, s), function, step, x, target(x), epochs, project)
    return a_, s_, ratios().detach().numpy(), losses


@pytest.mark.parametrize("differentiable", [True, False])
@pytest.mark.parametrize("epochs", [30, slow(300)])
@pytest.mark.parametrize(
    "target, depth, optimizer, lr, margin",
    [
        (CURVES[0], 5, "adam", 1e-3, 1e-3),
        (CURVES[1], 5, "adam", 1e-3, 1e-3),
        (LINED, 5, "adam", 1e-3, 1e-3),
        (CURVES[1], 1, "adam", 1e-2, 1e-3),
        (LINED, 3, "adam", 1e-2, 0.3),
        (CURVES[0], 3, "gd", 1e-2, 1e-3),
    ],
    ids=str,
)
def test_pretraining_is_algorithm_1_with_autograd(
    differentiable, epochs, target, depth, optimizer, lr, margin
):
    peaks, closing = cn.sample_peaks(2, depth, 11), np.array([0.5, 0.4])
    x = np.linspace(*target.interval, 30)
    found = cn.pretrain(
        peaks,
        target,
        x,
        epochs=epochs,
        lr=lr,
        closing=closing,
        differentiable=differentiable,
        optimizer=optimizer,
        margin=margin,
        every=epochs // 3,
    )
    derived = np.array([cn.ratios(p, target.sign, c) for p, c in zip(peaks, closing)])
    for i in range(2):
        second = closing[i : i + 1] if differentiable else derived[i]
        a, s, ratios, losses = peaks_by_torch(
            peaks[i], second, target, x, epochs, lr, differentiable, optimizer, target.sign, margin
        )
        assert_close(
            [
                found.peaks[i],
                found.closing[i : i + 1] if differentiable else found.ratios[i],
                found.ratios[i],
            ],
            [a, s, ratios],
        )
        np.testing.assert_allclose(
            found.history[i], [losses[k] for k in found.epochs], rtol=0, atol=1e-10
        )
        assert_close(
            parameters(found.net, i),
            parameters(
                cn.compositional(
                    a, target.sign, ratios=ratios, line=target.line, interval=target.interval
                ),
                0,
            ),
            1e-8,
        )
    assert found.closing is None or differentiable


def test_free_ratios_start_where_they_are_told():
    peaks, ratios = cn.sample_peaks(2, 3, 1), np.array([[0.3, 0.2, 0.1], [0.2, 0.2, 0.2]])
    still = cn.pretrain(peaks, CURVES[0], X, epochs=0, lr=1e-3, differentiable=False, ratios=ratios)
    assert_equal(still.ratios, ratios)
    assert_same(still.net, cn.compositional(peaks, -1, ratios=ratios))


def test_the_sign_is_the_targets_unless_given_and_found_from_data():
    peaks, signs = cn.sample_peaks(4, 2, 3), [t.sign for t in CURVES]
    still = lambda targets, **options: (
        cn.pretrain(peaks, targets, X, epochs=0, lr=1e-3, **options).net
    )
    assert_same(still(CURVES), cn.compositional(peaks, signs))
    assert_same(still(np.stack([t(X) for t in CURVES])), cn.compositional(peaks, signs))
    assert_same(still(X), cn.compositional(peaks, 1))  # neither above the line nor below
    assert_same(still(CURVES, sign=-1), cn.compositional(peaks, -1))
    assert_same(still(CURVES, sign=[1, 1, -1, -1]), cn.compositional(peaks, [1, 1, -1, -1]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_data_from_a_curve_train_like_the_curve(dtype):
    net, peaks = cn.default_init(4, 2, 4, dtype=dtype), cn.sample_peaks(4, 3, 0).astype(dtype)
    y = np.stack([t(X) for t in CURVES])
    for run in (
        lambda targets, x: cn.train(net, targets, x, epochs=20, lr=1e-2),
        lambda targets, x: cn.pretrain(peaks, targets, x, epochs=20, lr=1e-2),
    ):
        wanted = run(CURVES, X)
        assert_same(run(y, X).net, wanted.net)
        assert_same(run(y, np.tile(X, (4, 1))).net, wanted.net)
        assert_same(run([CURVES[0]] * 4, X).net, run(CURVES[0], X).net)
        assert_same(run(y[0], X).net, run(CURVES[0], X).net)


@pytest.mark.parametrize("every", [1, 4, 7, 30, 0])
def test_the_history_is_the_loss_after_so_many_epochs(every):
    net, peaks, (_, y) = cn.default_init(2, 2, 4), cn.sample_peaks(2, 3, 0), data(2)
    for run in (
        lambda k, **o: cn.train(net, y, X, epochs=k, lr=1e-2, **o),
        lambda k, **o: cn.pretrain(peaks, y, X, epochs=k, lr=1e-2, **o),
    ):
        found = run(20, every=every)
        assert found.epochs.tolist() == ([*range(0, 20, every), 20] if every else [])
        assert found.history.shape == (2, len(found.epochs))
        for k, losses in zip(found.epochs, found.history.T):
            assert_equal(run(int(k)).loss, losses)


def test_the_loss_is_that_of_the_returned_network():
    (x, y), net = data(3, own=True), cn.default_init(3, 3, 5)
    for epochs in (0, 1, 20):
        for found in (
            cn.train(net, y, x, epochs=epochs, lr=1e-2),
            cn.pretrain(cn.sample_peaks(3, 4, 0), y, x, epochs=epochs, lr=1e-2),
        ):
            np.testing.assert_allclose(found.loss, ((found.net(x) - y) ** 2).mean(1), rtol=1e-12)


def test_no_epochs_change_nothing():
    net, peaks = cn.default_init(2, 2, 4), cn.sample_peaks(2, 3, 0)
    found = cn.train(net, CURVES[0], X, epochs=0, lr=1, every=5)
    assert_same(found.net, net)
    assert found.epochs.tolist() == [0] and found.history[:, 0].tolist() == found.loss.tolist()
    found = cn.pretrain(peaks, CURVES[0], X, epochs=0, lr=1)
    assert_equal(found.peaks, peaks)
    assert (
        found.closing.tolist() == [0.5, 0.5]
        and not found.diverged.any()
        and not found.clipped.any()
    )


@pytest.mark.parametrize(
    "dtype, optimizer, huge",
    [(np.float32, "gd", 1e6), (np.float64, "gd", 1e6), (np.float32, "adam", 1e30)],
)
def test_a_member_that_diverges_is_reported_and_touches_no_other(dtype, optimizer, huge):
    """Adam moves the output bias by its rate, and the square of 1e30 is not a float32."""
    net, (_, y) = cn.default_init(3, 3, 4, seed=2, dtype=dtype), data(3)
    y[1] += 5
    found = cn.train(net, y, X, epochs=60, lr=[1e-3, huge, 1e-3], optimizer=optimizer, every=20)
    calm = cn.train(net, y, X, epochs=60, lr=1e-3, optimizer=optimizer, every=20)
    assert (
        found.diverged.tolist() == [False, True, False]
        and not np.isfinite(found.loss[1])
        and not calm.diverged.any()
    )
    for i in (0, 2):
        assert_same(found.net[i], calm.net[i])
        assert_equal(found.history[i], calm.history[i])
        assert found.loss[i] == calm.loss[i]


def test_a_member_with_infinite_parameters_has_diverged_whatever_its_loss():
    """One bias alone moves, beyond the floats: its neuron rests, and the loss is 1."""
    ones, dtype = np.ones((2, 1, 1), np.float32), np.float32
    net = cn.ReLUNet([ones, ones], [np.ones((2, 1), dtype), None])
    mask = cn.ReLUNet([0 * ones, 0 * ones], [np.ones((2, 1), dtype), None])
    options = {"epochs": 1, "optimizer": "gd", "mask": mask}
    found = cn.train(net, -np.ones((2, 3)), np.zeros(3), lr=[3e38, 1.0], **options)
    assert found.net.biases[0][:, 0].tolist() == [-np.inf, -3]
    assert found.loss.tolist() == [1, 1] and found.diverged.tolist() == [True, False]


def test_peaks_that_diverge_are_reported_and_touch_no_other():
    """Free ratios have no bounds."""
    peaks, options = (
        cn.sample_peaks(3, 4, 1),
        {"epochs": 40, "differentiable": False, "optimizer": "gd"},
    )
    found = cn.pretrain(peaks, CURVES[0], X, lr=[1e-3, 1e9, 1e-3], **options)
    calm = cn.pretrain(peaks, CURVES[0], X, lr=1e-3, **options)
    assert found.diverged.tolist() == [False, True, False]
    for i in (0, 2):
        assert_same(found.net[i], calm.net[i])
        assert_equal(found.peaks[i], calm.peaks[i])


@pytest.mark.parametrize("margin", [1e-3, 0.2, 0.45])
def test_the_margin_keeps_the_peaks_inside(margin):
    found = cn.pretrain(cn.sample_peaks(4, 4, 1), CURVES, X, epochs=30, lr=0.3, margin=margin)
    inside = np.concatenate([found.peaks, found.closing[:, None]], axis=1)
    assert margin <= inside.min() and inside.max() <= 1 - margin
    assert ((inside == margin) | (inside == 1 - margin)).any()


def test_clipped_points_are_counted_on_the_trained_network():
    peaks, ratios = [[0.5, 0.5]] * 2, [[2.0, 0.1], [0.25, 0.1]]
    found = cn.pretrain(
        peaks,
        np.zeros(5),
        np.array([0, 0.25, 0.5, 0.75, 1]),
        epochs=0,
        lr=1,
        sign=-1,
        differentiable=False,
        ratios=ratios,
    )
    assert found.clipped.tolist() == [3, 0]


def test_clipped_points_are_those_of_each_members_own_row():
    peaks, ratios = [[0.5, 0.5]] * 2, [[2.0, 0.1]] * 2
    x = np.array([[0.0, 1.0, 1.0], [0.25, 0.5, 0.75]])
    options = {"epochs": 0, "lr": 1, "sign": -1, "differentiable": False}
    found = cn.pretrain(peaks, np.zeros((2, 3)), x, ratios=ratios, **options)
    assert found.clipped.tolist() == [0, 3]


def test_what_is_passed_in_is_not_changed():
    net, peaks, (x, y), lr = (
        cn.default_init(2, 2, 4),
        cn.sample_peaks(2, 3, 0),
        data(2, own=True),
        np.array([1e-2, 1e-3]),
    )
    closing, ratios = np.array([0.5, 0.4]), np.full((2, 3), 0.2)
    arrays = [*net.weights, *net.biases, peaks, x, y, lr, closing, ratios]
    before = [a.copy() for a in arrays]
    trained = cn.train(net, y, x, epochs=5, lr=lr)
    moved = cn.pretrain(peaks, y, x, epochs=5, lr=lr, closing=closing)
    cn.pretrain(peaks, y, x, epochs=5, lr=lr, differentiable=False, ratios=ratios)
    for a, b in zip(arrays, before):
        assert_equal(a, b)
    assert not any(
        np.shares_memory(a, b)
        for result in (trained, moved)
        for a in (*result.net.weights, result.net.biases[0])
        for b in arrays
    )


def test_targets_at_points_of_their_own():
    x = np.stack([np.linspace(0, 1, 9) ** k for k in (1, 2, 3, 4)])
    net = cn.default_init(4, 2, 3)
    found = cn.train(net, CURVES, x, epochs=20, lr=1e-2)
    for i, target in enumerate(CURVES):
        assert_same(found.net[i], cn.train(net[i], target, x[i], epochs=20, lr=1e-2).net)


def test_a_stack_refuses_to_give_some_members_an_output_bias_only():
    through_0, above_0 = cn.TARGETS["x^3"], cn.Target.from_formula("exp(x)")
    peaks, x = cn.sample_peaks(2, 3, seed=0), np.linspace(0, 1, 11)
    with pytest.raises(ValueError, match=r"\btargets\b.*two stacks"):
        cn.pretrain(peaks, [through_0, above_0], x, epochs=1, lr=1e-3)
    assert cn.pretrain(peaks, [above_0] * 2, x, epochs=1, lr=1e-3).net.biases[-1] is not None


def in_batches(net, i, x, y, epochs, lr, optimizer, batch, seed, total, frozen=()):
    """Member `i` under torch's own optimizer, an update for each batch,
    in the orders that numpy draws from the seed and the epoch."""
    module = net.to_torch(i)
    moving = [p for k, p in enumerate(module.parameters()) if k not in frozen]
    step = {"adam": torch.optim.Adam, "gd": torch.optim.SGD}[optimizer](moving, lr=lr)
    x, y = (torch.from_numpy(v)[:, None] for v in (x, y))
    for epoch in range(epochs):
        order = np.random.default_rng((seed, epoch)).permutation(len(x))
        for start in range(0, len(x), batch):
            at = order[start : start + batch]
            squares = (module(x[at]) - y[at]) ** 2
            step.zero_grad()
            (squares.sum() if total else squares.mean()).backward()
            step.step()
    return [p.detach().numpy() for p in module.parameters()]


@pytest.mark.parametrize("optimizer, lr", [("adam", 1e-3), ("gd", 3e-3)])
@pytest.mark.parametrize("batch", [slow(1), 7, slow(20), 39])
@pytest.mark.parametrize("objective", ["mean", "sum"])
def test_minibatches_are_those_of_torch_in_the_same_order(optimizer, lr, batch, objective):
    """The last batch of an epoch takes what is left, 40 points being no multiple of 7 or 39."""
    net, (_, y) = cn.default_init(3, 2, 5, seed=4), data(3, 1)
    found = cn.train(
        net,
        y,
        X,
        epochs=12,
        lr=lr,
        optimizer=optimizer,
        batch=batch,
        seed=[8, 9, 8],
        objective=objective,
    )
    for i, seed in enumerate([8, 9, 8]):
        assert_close(
            parameters(found.net, i),
            in_batches(net, i, X, y[i], 12, lr, optimizer, batch, seed, objective == "sum"),
            1e-9,
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_member_in_minibatches_is_bitwise_the_member_alone(split, dtype):
    net, (x, y) = cn.default_init(4, 2, 5, seed=4, dtype=dtype), data(4, own=True)
    for seed in (3, [3, 4, 5, 6]):
        whole = cn.train(net, y, x, epochs=10, lr=1e-2, batch=8, seed=seed, every=3)
        for i in range(4):
            alone = cn.train(
                net[i],
                y[i],
                x[i],
                epochs=10,
                lr=1e-2,
                batch=8,
                seed=seed if seed == 3 else seed[i],
                every=3,
            )
            assert_same(whole.net[i], alone.net)
            assert_equal(whole.history[i], alone.history[0])


def test_peaks_take_minibatches_and_sums():
    """A batch of all points is no batch; a sum over n points at 1/n of the rate is a mean;
    and batches move what they should."""
    peaks = cn.sample_peaks(3, 4, 1)
    whole = cn.pretrain(peaks, CURVES[0], X, epochs=20, lr=1e-2, optimizer="gd")
    for options in ({"batch": 40}, {"batch": 100, "seed": 5}):
        assert_same(
            cn.pretrain(peaks, CURVES[0], X, epochs=20, lr=1e-2, optimizer="gd", **options).net,
            whole.net,
        )
    summed = cn.pretrain(
        peaks, CURVES[0], X, epochs=20, lr=1e-2 / 40, optimizer="gd", objective="sum"
    )
    np.testing.assert_allclose(summed.peaks, whole.peaks, rtol=0, atol=1e-12)
    np.testing.assert_allclose(summed.loss, whole.loss, rtol=0, atol=1e-12)
    one = cn.pretrain(peaks, CURVES[0], X, epochs=1, lr=1e-2, optimizer="gd", batch=30, seed=2)
    order = np.random.default_rng((2, 0)).permutation(40)
    first = cn.pretrain(peaks, CURVES[0], X[order[:30]], epochs=1, lr=1e-2, optimizer="gd")
    second = cn.pretrain(
        first.peaks,
        CURVES[0],
        X[order[30:]],
        epochs=1,
        lr=1e-2,
        optimizer="gd",
        closing=first.closing,
    )
    np.testing.assert_allclose(one.peaks, second.peaks, rtol=0, atol=1e-14)


def test_orders_of_some_members_are_theirs_among_all():
    plan = engines.Plan(4, np.ones(5), batch=3, seeds=(7, 7, 8, 7, 9))
    whole = plan.orders(10, 2, 2)
    assert whole.shape == (2, 5, 10) and (plan.orders(10, 2, 2, slice(1, 4)) == whole[:, 1:4]).all()
    for member, seed in enumerate(plan.seeds):
        assert (whole[1, member] == np.random.default_rng((seed, 3)).permutation(10)).all()


def test_the_history_of_minibatches_is_that_of_all_points():
    net, (_, y) = cn.default_init(2, 2, 4, seed=1), data(2)
    found = cn.train(net, y, X, epochs=6, lr=1e-2, batch=9, every=2)
    for k, epochs in enumerate(found.epochs):
        assert_close(
            found.history[:, k], cn.train(net, y, X, epochs=epochs, lr=1e-2, batch=9).loss, 0
        )
    assert_close(found.history[:, 0], ((net(X) - y) ** 2).mean(1), 1e-12)


@pytest.mark.parametrize("optimizer", ["adam", "gd"])
def test_masked_parameters_stay_and_the_others_train_as_in_torch(optimizer):
    net, (_, y) = cn.default_init(2, 2, 3, seed=6), data(2)
    frozen = (0, 3)  # the first weights and the second biases
    flat = [
        np.zeros_like(a) if k in frozen else np.ones_like(a)
        for k, a in enumerate(a for pair in zip(net.weights, net.biases) for a in pair)
    ]
    found = cn.train(
        net, y, X, epochs=40, lr=1e-2, optimizer=optimizer, mask=cn.ReLUNet(flat[::2], flat[1::2])
    )
    assert_equal(found.net.weights[0], net.weights[0])
    assert_equal(found.net.biases[1], net.biases[1])
    for i in range(2):
        assert_close(
            parameters(found.net, i),
            in_batches(net, i, X, y[i], 40, 1e-2, optimizer, 40, 0, False, frozen),
            1e-9,
        )


@pytest.mark.parametrize("start", ["default", "peaks"])
def test_an_interrupted_run_says_what_is_done_and_keeps_it(start, request):
    """Ctrl-C after a while: the exception holds a result as far as it got,
    which is that of a shorter run."""
    net, peaks = cn.default_init(3, 2, 4, seed=1), cn.sample_peaks(3, 3, 1)
    run = lambda epochs, every: (
        cn.train(net, CURVES[0], X, epochs=epochs, lr=1e-3, every=every)
        if start == "default"
        else cn.pretrain(peaks, CURVES[0], X, epochs=epochs, lr=1e-3, every=every)
    )
    run(1, 0)  # compiled
    # Where the tests run in the background the signal may be ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    timer = threading.Timer(0.1, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    with pytest.raises(cn.Interrupted, match="interrupted after") as stop:
        run(10**7, 10**6)
    done, result = stop.value.done, stop.value.result
    assert (done > 0).any() and (done < 10**7).all()
    # Whose turn had not come is as it was.
    assert np.array_equal(np.isfinite(result.history[:, 0]), done > 0)
    assert np.isnan(result.history[:, -1]).all() and not result.diverged.any()
    for i, epochs in enumerate(done):
        assert_same(result.net[i], run(int(epochs), 0).net[i])


def test_progress_is_for_terminals_only(monkeypatch, capsys):
    monkeypatch.setattr("compnet_lib._core.control.PATIENCE", 0)
    net = cn.default_init(3, 2, 4, seed=1)
    cn.train(net, CURVES[0], X, epochs=50, lr=1e-3)
    assert capsys.readouterr() == ("", "")
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stderr", terminal)
    cn.train(net, CURVES[0], X, epochs=50, lr=1e-3)
    assert "training" in terminal.getvalue() and "50" in terminal.getvalue()


REGULAR = {
    "weight_decay": [0.0, 1e-3, 3e-2, 0.1],
    "l1": [0.0, 1e-2, 3e-3, 0.0],
    "dropout": [0.0, 0.1, 0.0, 0.4],
}
HELD = (X[1::3], np.stack([t(X[1::3]) for t in CURVES]))


@pytest.mark.parametrize("optimizer, lr", [("adam", 1e-3), ("gd", 1e-2)])
def test_weight_decay_is_that_of_torch(optimizer, lr):
    net, decays = cn.default_init(4, 3, 5, seed=1), [0.0, 1e-4, 1e-2, 0.3]
    found = cn.train(
        net,
        CURVES,
        X,
        epochs=100,
        lr=lr,
        optimizer=optimizer,
        regularizer=cn.Regularizer(weight_decay=decays),
    )
    for i, decay in enumerate(decays):
        module = net.to_torch(i)
        step = {"adam": torch.optim.Adam, "gd": torch.optim.SGD}[optimizer](
            module.parameters(), lr=lr, weight_decay=decay
        )
        wanted, losses = descend(module.parameters, module, step, X, CURVES[i](X), 100)
        assert_close(parameters(found.net, i), wanted, 1e-9)
        np.testing.assert_allclose(found.loss[i], losses[-1], rtol=0, atol=1e-9)


def splitmix(z):
    """The published generator's last step, in Python's integers."""
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31


def mask_by_counting(seed, update, layer, width, points, share):
    """Which signals of a layer dropout keeps, number by number."""
    golden = 0x9E3779B97F4A7C15
    own = splitmix((seed % 2**64 + golden) % 2**64)
    while seed := seed >> 64:
        own = splitmix(((own ^ seed % 2**64) + golden) % 2**64)
    key = splitmix((own + (update + 1) * golden) % 2**64)
    number = lambda neuron, point: (
        splitmix((key + ((layer << 48) + (neuron << 32) + point + 1) * golden) % 2**64) >> 11
    )
    return np.array(
        [
            [number(neuron, point) >= share * 2**53 for neuron in range(width)]
            for point in map(int, points)
        ]
    )


def by_autograd(net, i, x, y, epochs, lr, optimizer, l1, share, seed, batch):
    """Member `i` with an L1 penalty in its objective and dropout in its signals; its parameters,
    and its losses without either."""
    layers = [layer for layer in net.to_torch(i) if isinstance(layer, torch.nn.Linear)]
    moving = [p for layer in layers for p in layer.parameters()]
    step = {"adam": torch.optim.Adam, "gd": torch.optim.SGD}[optimizer](moving, lr=lr)
    x, y, update, losses = torch.from_numpy(x)[:, None], torch.from_numpy(y)[:, None], 0, []

    def output(h, at, dropping):
        for k, layer in enumerate(layers[:-1]):
            h = torch.relu(layer(h))
            if dropping:
                h = (
                    h
                    * torch.from_numpy(
                        mask_by_counting(seed, update, k, layer.out_features, at, share)
                    )
                    / (1 - share)
                )
        return layers[-1](h)

    for epoch in range(epochs):
        losses.append(((output(x, None, False) - y) ** 2).mean().item())
        order = (
            np.random.default_rng((seed, epoch)).permutation(len(x)) if batch else np.arange(len(x))
        )
        for start in range(0, len(x), batch or len(x)):
            at = order[start : start + (batch or len(x))]
            step.zero_grad()
            (
                ((output(x[at], at, share > 0) - y[at]) ** 2).mean()
                + l1 * sum(p.abs().sum() for p in moving)
            ).backward()
            step.step()
            update += 1
    return [p.detach().numpy() for p in moving], [
        *losses,
        ((output(x, None, False) - y) ** 2).mean().item(),
    ]


@pytest.mark.parametrize("optimizer, lr", [("adam", 1e-3), slow("gd", 1e-2)])
@pytest.mark.parametrize("batch", [0, 17])
@pytest.mark.parametrize(
    "strengths",
    [
        {"l1": [0.0, 1e-4, 1e-2]},
        {"dropout": [0.0, 0.1, 0.5]},
        {"l1": [1e-3, 0.0, 0.0], "dropout": [0.2, 0.0, 0.7]},
    ],
    ids=str,
)
def test_l1_and_dropout_are_those_of_autograd_with_the_same_masks(optimizer, lr, batch, strengths):
    """Of layers 3 and 6 wide: the neurons that fill up a register draw nothing that matters.
    The compositional start has signs that are 0."""
    for net in (
        exact.random_net(np.random.default_rng(5), 3, (3, 6), biased=[True, False, True]),
        cn.compositional(cn.sample_peaks(3, 2, 8), [1, -1, 1]),
    ):
        found = cn.train(
            net,
            CURVES[:3],
            X,
            epochs=12,
            lr=lr,
            optimizer=optimizer,
            batch=batch,
            seed=[3, 4, 2**70],
            every=4,
            regularizer=cn.Regularizer(**strengths),
        )
        l1, dropout = (strengths.get(name, [0.0] * 3) for name in ("l1", "dropout"))
        for i, seed in enumerate([3, 4, 2**70]):
            wanted, losses = by_autograd(
                net, i, X, CURVES[i](X), 12, lr, optimizer, l1[i], dropout[i], seed, batch
            )
            assert_close(parameters(found.net, i), wanted, 1e-9)
            assert_close(found.history[i], np.array(losses)[[0, 4, 8, 12]], 1e-9)


def test_dropout_over_several_tiles_is_that_of_autograd():
    x = np.linspace(0, 1, 1100)
    net = cn.default_init(1, 2, 4, seed=1)
    found = cn.train(
        net, CURVES[0], x, epochs=3, lr=1e-2, seed=5, regularizer=cn.Regularizer(dropout=0.3)
    )
    assert_close(
        parameters(found.net, 0),
        by_autograd(net, 0, x, CURVES[0](x), 3, 1e-2, "adam", 0, 0.3, 5, 0)[0],
        1e-10,
    )


def test_dropout_drops_its_share():
    masks = np.array(
        [
            mask_by_counting(seed, update, layer, 8, range(20), 0.3)
            for seed in range(3)
            for update in range(3)
            for layer in range(3)
        ]
    )
    assert abs(masks.mean() - 0.7) < 4 * (0.21 / masks.size) ** 0.5
    assert abs(np.corrcoef(masks.reshape(27, -1))[~np.eye(27, dtype=bool)]).max() < 0.35


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("batch", [0, 9])
def test_a_regularized_member_in_a_stack_is_bitwise_the_member_alone(split, dtype, batch):
    net, seeds = cn.default_init(4, 3, 5, seed=2, dtype=dtype), [7, 8, 9, 7]
    options = {"epochs": 25, "lr": 1e-2, "every": 10, "batch": batch}
    whole = cn.train(
        net,
        CURVES,
        X,
        seed=seeds,
        regularizer=cn.Regularizer(**REGULAR, validation=HELD, every=3),
        **options,
    )
    for i, target in enumerate(CURVES):
        own = cn.Regularizer(
            **{name: values[i] for name, values in REGULAR.items()},
            validation=(HELD[0], HELD[1][i]),
            every=3,
        )
        alone = cn.train(net[i], target, X, seed=seeds[i], regularizer=own, **options)
        assert_same(whole.net[i], alone.net)
        assert whole.loss[i] == alone.loss[0] and whole.loss.dtype == dtype
        assert_equal(whole.history[i], alone.history[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_regularizer_of_nothing_changes_nothing(dtype):
    net = cn.default_init(4, 3, 5, seed=2, dtype=dtype)
    for options in ({}, {"batch": 9}, {"optimizer": "gd"}):
        plain = cn.train(net, CURVES, X, epochs=30, lr=1e-2, every=10, **options)
        still = cn.train(
            net, CURVES, X, epochs=30, lr=1e-2, every=10, regularizer=cn.Regularizer(), **options
        )
        for a, b in zip(
            (*plain.net.weights, *plain.net.biases, plain.history),
            (*still.net.weights, *still.net.biases, still.history),
        ):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-12 if dtype == np.float64 else 1e-4)


@pytest.mark.parametrize("every", [slow(1), 4, slow(7), 100])
@pytest.mark.parametrize("strengths", [{}, REGULAR], ids=["alone", "with the others"])
def test_early_stopping_returns_the_best_of_all_looks(every, strengths):
    """Among runs of each length that is looked at, by brute force."""
    net = cn.default_init(4, 2, 6, seed=9)
    run = lambda epochs, **held: cn.train(
        net,
        CURVES,
        X[::3],
        epochs=epochs,
        lr=[0.3, 0.1, 3e-2, 1e-2],
        every=5,
        seed=[1, 2, 3, 4],
        regularizer=cn.Regularizer(**strengths, **held),
    )
    found = run(30, validation=HELD, every=every)
    looks = [run(epochs) for epochs in [*range(0, 30, every), 30]]
    errors = np.array([((look.net(HELD[0]) - HELD[1]) ** 2).mean(1) for look in looks])
    assert len(set(errors.argmin(0))) > 1 or every == 100
    for i, best in enumerate(errors.argmin(0)):
        assert_close(parameters(found.net, i), parameters(looks[best].net, i), 0)
        np.testing.assert_allclose(found.loss[i], looks[best].loss[i], rtol=1e-12)
        assert_equal(found.history[i], run(30).history[i])


@pytest.mark.parametrize("every", [1, 3])
def test_of_looks_with_equal_errors_the_earliest_counts(every):
    """Held-out points at which the one neuron rests: what moves elsewhere is not seen there."""
    weights = np.ones((2, 1, 1))
    net = cn.ReLUNet([weights, weights], [np.full((2, 1), -0.5), None])
    x, rest = np.linspace(0.6, 1, 9), np.linspace(0, 0.4, 4)
    run = lambda epochs, **held: cn.train(
        net, x, x, epochs=epochs, lr=1e-3, regularizer=cn.Regularizer(**held)
    )
    found = run(6, validation=(rest, rest), every=every)
    assert_same(found.net, net)
    moved = run(6).net
    assert all((a != b).all() for a, b in zip(moved.weights, net.weights))
    assert not moved(rest).any()


def test_early_stopping_keeps_a_member_from_diverging():
    net, (_, y) = cn.default_init(2, 3, 4, seed=2), data(2)
    found = cn.train(
        net,
        y,
        X,
        epochs=40,
        lr=[1e6, 1e-3],
        optimizer="gd",
        every=20,
        regularizer=cn.Regularizer(validation=(X, y), every=1),
    )
    assert not found.diverged.any() and not np.isfinite(found.history[0, -1])
    assert found.loss[0] <= found.history[0, 0]


def test_held_out_points_may_be_each_members_own_and_of_any_number():
    net, (x, y) = cn.default_init(2, 2, 4, seed=1), data(2, own=True)
    for count in (1, 3, 30):
        found = cn.train(
            net,
            y[:, :5],
            x[:, :5],
            epochs=20,
            lr=1e-1,
            regularizer=cn.Regularizer(validation=(x[:, :count], y[:, :count]), every=2),
        )
        for i in range(2):
            alone = cn.train(
                net[i],
                y[i, :5],
                x[i, :5],
                epochs=20,
                lr=1e-1,
                regularizer=cn.Regularizer(validation=(x[i, :count], y[i, :count]), every=2),
            )
            assert_same(found.net[i], alone.net)


def test_dropout_tells_large_seeds_apart():
    run = lambda seed: cn.train(
        cn.default_init(1, 2, 6, seed=1),
        CURVES[0],
        X,
        epochs=3,
        lr=1e-2,
        seed=seed,
        regularizer=cn.Regularizer(dropout=0.5),
    ).net.weights[0]
    nets = [run(seed) for seed in (0, 1, 2**64, 2**64 + 1, 2**128)]
    assert len({net.tobytes() for net in nets}) == len(nets)


@pytest.mark.parametrize("dtype", [slow(np.float32), np.float64])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch": 9, "optimizer": "gd"},
        {"regularizer": cn.Regularizer(l1=1e-3, dropout=0.2)},
        slow({"every": 6}),
    ],
    ids=str,
)
def test_snapshots_are_runs_of_so_many_epochs(split, dtype, options):
    net, peaks = cn.default_init(4, 2, 5, seed=1, dtype=dtype), cn.sample_peaks(4, 3, 2)
    marks = (13, 0, 5, 20, 5)
    run = lambda epochs, **more: cn.train(net, CURVES, X, epochs=epochs, lr=1e-2, **options, **more)
    found = run(20, snapshots=marks)
    assert_same(found.net, run(20).net)
    assert list(found.snapshots) == [0, 5, 13, 20]
    for epochs, snapshot in found.snapshots.items():
        assert_same(snapshot, run(epochs).net)
    if "regularizer" in options:
        return
    for free in (False, True):
        run = lambda epochs, free=free, **more: cn.pretrain(
            peaks.astype(dtype),
            CURVES,
            X,
            epochs=epochs,
            lr=1e-2,
            differentiable=not free,
            **options,
            **more,
        )
        found = run(20, snapshots=np.array(marks))
        assert_same(found.net, run(20).net)
        for epochs, (at, closing, ratios) in found.snapshots.items():
            wanted = run(epochs)
            assert_equal(at, wanted.peaks)
            assert_equal(ratios, wanted.ratios)
            assert (closing is None) == free == (wanted.closing is None)
            if not free:
                assert_equal(closing, wanted.closing)


def first_rest(history, epochs, every, stop):
    """The first record that differs by less than `stop` from the one before, read off."""
    for k in range(1, len(history) - 1):
        if abs(float(history[k]) - float(history[k - 1])) < stop:
            return k * every
    return epochs


@pytest.mark.parametrize("dtype", [slow(np.float32), np.float64])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch": 9},
        {"objective": "sum", "lr": [1e-3, 1e-4, 1e-3, 1e-4], "optimizer": "gd"},
        {"regularizer": cn.Regularizer(weight_decay=1e-3)},
    ],
    ids=str,
)
def test_a_finished_member_keeps_its_weights(split, dtype, options):
    net, every, stop = cn.default_init(4, 2, 5, seed=1, dtype=dtype), 3, 2e-3
    run = lambda epochs, **more: cn.train(
        net, CURVES, X, epochs=epochs, every=every, **{"lr": 3e-3, **options}, **more
    )
    whole, found = run(60), run(60, stop=stop, snapshots=[60])
    wanted = [first_rest(row, 60, every, stop) for row in whole.history]
    assert found.finished.tolist() == wanted and whole.finished.tolist() == [60] * 4
    assert min(wanted) < 60
    assert_same(found.snapshots[60], found.net)
    for k, epochs in enumerate(wanted):
        short = run(epochs)
        assert_same(found.net[k], short.net[k])
        assert_equal(found.loss[k], short.loss[k])
        at = found.epochs <= epochs
        assert_equal(found.history[k, at], whole.history[k, at])
        assert_equal(found.history[k, ~at], np.full((~at).sum(), short.loss[k]))


def test_finished_peaks_rest_too():
    peaks, every, stop = cn.sample_peaks(4, 3, 2), 5, 3e-4
    run = lambda epochs, **more: cn.pretrain(
        peaks, CURVES, X, epochs=epochs, lr=1e-2, every=every, **more
    )
    whole, found = run(100), run(100, stop=stop)
    wanted = [first_rest(row, 100, every, stop) for row in whole.history]
    assert found.finished.tolist() == wanted and min(wanted) < 100
    for k, epochs in enumerate(wanted):
        short = run(epochs)
        assert_equal(found.peaks[k], short.peaks[k])
        assert_equal(found.closing[k], short.closing[k])
        assert_equal(found.ratios[k], short.ratios[k])


def test_a_member_at_rest_is_looked_at_once_more_for_early_stopping():
    """Its best look is that of the run that ends where it rests."""
    net = cn.default_init(4, 2, 6, seed=9)
    run = lambda epochs, **more: cn.train(
        net,
        CURVES,
        X[::3],
        epochs=epochs,
        lr=1e-2,
        every=4,
        regularizer=cn.Regularizer(validation=HELD, every=7),
        **more,
    )
    found = run(60, stop=5e-3)
    assert (found.finished < 60).any()
    for k, epochs in enumerate(found.finished):
        assert_same(found.net[k], run(int(epochs)).net[k])


# Each pair of kinds is compiled on its own, which takes a while.
SEVERAL = [(3, 1), (1, 2), (5, 6), (2, 2), (4, 1)]


def several(models, inputs, outputs, seed=0, points=30):
    """A stack, points and data of so many inputs and outputs."""
    rng = np.random.default_rng(seed)
    net = cn.default_init(models, 2, 5, seed=seed, inputs=inputs, outputs=outputs)
    last = lambda n: (models, points) if n == 1 else (models, points, n)
    return net, rng.normal(size=last(inputs)), rng.normal(size=last(outputs))


def columns(values, numbers):
    return torch.from_numpy(values.reshape(-1, numbers))


@pytest.mark.slow
@pytest.mark.parametrize("inputs, outputs", SEVERAL)
@pytest.mark.parametrize("optimizer, lr", [("adam", 1e-2), ("gd", 3e-2)])
def test_several_inputs_and_outputs_train_as_in_torch(inputs, outputs, optimizer, lr):
    net, x, y = several(3, inputs, outputs)
    found = cn.train(net, y, x, epochs=80, lr=lr, optimizer=optimizer, every=40)
    for i in range(3):
        module = net.to_torch(i)
        step = {"adam": torch.optim.Adam, "gd": torch.optim.SGD}[optimizer](
            module.parameters(), lr=lr
        )
        wanted, losses = steps(module, step, columns(x[i], inputs), columns(y[i], outputs), 80)
        assert_close(parameters(found.net, i), wanted, 1e-9)
        assert_close(found.history[i], np.array(losses)[[0, 40, 80]], 1e-9)


def steps(module, step, x, y, epochs):
    losses = []
    for _ in range(epochs):
        loss = ((module(x) - y) ** 2).mean()
        losses.append(loss.item())
        step.zero_grad()
        loss.backward()
        step.step()
    losses.append(((module(x) - y) ** 2).mean().item())
    return [p.detach().numpy() for p in module.parameters()], losses


@pytest.mark.slow
@pytest.mark.parametrize("inputs, outputs", SEVERAL)
def test_several_in_a_stack_are_bitwise_several_alone(split, inputs, outputs):
    net, x, y = several(4, inputs, outputs, 3)
    seeds = [1, 2, 3, 4]
    for options in ({}, {"batch": 7}, {"objective": "sum", "lr": 1e-4, "optimizer": "gd"}):
        for own in (x, x[0]) if not options else (x,):
            options = {"epochs": 12, "lr": 1e-2, "every": 5, **options}
            held = lambda k, own=own: cn.Regularizer(
                l1=1e-3, dropout=0.2, validation=(own[k] if own is x else own, y[k]), every=4
            )
            whole = cn.train(net, y, own, seed=seeds, regularizer=held(slice(None)), **options)
            plain = cn.train(net, y, own, seed=seeds, **options)
            for k in (0, 3):
                at = own[k] if own is x else own
                alone = cn.train(net[k], y[k], at, seed=seeds[k], regularizer=held(k), **options)
                assert_same(whole.net[k], alone.net)
                assert_equal(whole.history[k], alone.history[0])
                assert_same(plain.net[k], cn.train(net[k], y[k], at, seed=seeds[k], **options).net)


@pytest.mark.slow
def test_one_input_that_repeats_is_one_input():
    """Of three inputs, two of which are zero, as of one: an independent way to the same numbers."""
    (x, y), wide = data(3, own=True), cn.default_init(3, 2, 5, seed=3, inputs=3)
    narrow = cn.ReLUNet([wide.weights[0][:, :, :1], *wide.weights[1:]], wide.biases)
    padded = np.stack([x, 0 * x, 0 * x], axis=2)
    found = cn.train(wide, y, padded, epochs=50, lr=1e-2)
    wanted = cn.train(narrow, y, x, epochs=50, lr=1e-2)
    np.testing.assert_allclose(found.net.weights[0][:, :, :1], wanted.net.weights[0], atol=1e-10)
    assert_equal(found.net.weights[0][:, :, 1:], wide.weights[0][:, :, 1:])
    np.testing.assert_allclose(found.loss, wanted.loss, atol=1e-12)
