import itertools

import numpy as np
import pytest
import torch
from helpers.second_order import CURVES, NETS, jacobian, places

import compnet_lib as cn
from compnet_lib.training import race as optimizers
from compnet_lib.training import traces
from compnet_lib.training.race import CONTESTANTS
from compnet_lib.training.residuals import Residuals
from compnet_lib.training.traces import Trace

SINE = cn.TARGETS["sin"]
GRID = np.linspace(0.01, 0.99, 40)  # not at the ends, where waves are zero up to rounding
each_net = pytest.mark.parametrize("net", [net[i] for net in NETS for i in range(2)], ids=repr)
each_contestant = pytest.mark.parametrize(
    "contestant", CONTESTANTS.values(), ids=lambda function: function.__name__
)


@each_net
@pytest.mark.parametrize("exact", [True, False])
def test_residuals_and_jacobian_are_those_of_torch(net, exact):
    problem = Residuals(net, CURVES[0], None if exact else GRID)
    r, J = problem(problem.start)
    module = net.with_biases().to_torch()
    nodes, share = places(net, CURVES[0]) if exact else (GRID, np.full(40, 1 / 40))
    with torch.no_grad():
        misses = module(torch.from_numpy(nodes)[:, None])[:, 0].numpy() - CURVES[0](nodes)
    np.testing.assert_allclose(r, misses * np.sqrt(share), atol=1e-12)
    np.testing.assert_allclose(J, jacobian(module, nodes) * np.sqrt(share)[:, None], atol=1e-9)
    np.testing.assert_array_equal(
        problem.start, np.concatenate([p.detach().numpy().ravel() for p in module.parameters()])
    )


@each_net
@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
def test_the_gradient_of_the_integral_needs_no_motion_of_the_nodes(net, curve):
    """Central differences of `cn.mse`, which knows nothing of nodes,
    in random directions from a network without coincident breakpoints."""
    problem, rng = Residuals(net, curve), np.random.default_rng(3)
    theta = problem.start + 0.03 * rng.standard_normal(len(problem.start))
    r, J = problem(theta)
    assert r @ r == pytest.approx(cn.mse(problem.net(theta), curve)[0], rel=1e-6) and problem.loss(
        theta
    ) == pytest.approx(r @ r, rel=1e-12)
    found, wanted = [], []
    for direction in rng.standard_normal((6, len(theta))):
        h = 1e-5
        found.append(2 * (r @ J) @ direction)
        wanted.append(
            (
                cn.mse(problem.net(theta + h * direction), curve)[0]
                - cn.mse(problem.net(theta - h * direction), curve)[0]
            )
            / (2 * h)
        )
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7 * np.abs(wanted).max())


def test_parameters_go_out_and_in_again():
    net = NETS[1][0]
    problem, x = Residuals(net, SINE), np.linspace(0, 1, 30)
    np.testing.assert_array_equal(problem.net(problem.start)(x), net(x))
    np.testing.assert_array_equal(
        Residuals(problem.net(problem.start + 1), SINE).start, problem.start + 1
    )


def test_a_network_that_is_not_finite_has_no_residuals():
    problem = Residuals(NETS[1][0], SINE)
    r, J = problem(problem.start * 1e200)
    assert (
        r.shape == (0,)
        and J.shape == (0, len(problem.start))
        and problem.loss(problem.start * 1e200) == np.inf
    )


@each_contestant
@pytest.mark.parametrize(
    "net",
    [
        cn.compositional(cn.sample_peaks(1, 3, 1), 1),
        cn.raai_init(1, 3, 4, 2),
        cn.default_init(1, 5, 4, 2),
    ],
    ids=["compositional", "raai", "dead"],
)
def test_a_trace_falls_from_the_start_to_the_net(contestant, net):
    trace = contestant(net, SINE, 0.02)
    assert (
        isinstance(trace, Trace)
        and trace.seconds.shape == trace.loss.shape
        and trace.net.dtype == np.float64
    )
    assert (
        trace.seconds[0] == 0
        and (np.diff(trace.seconds) >= 0).all()
        and (np.diff(trace.loss) <= 0).all()
    )
    assert trace.loss[0] == cn.mse(net, SINE)[0] and trace.loss[-1] == pytest.approx(
        cn.mse(trace.net, SINE)[0], rel=1e-6
    )


@each_contestant
def test_no_time_leaves_the_start(contestant):
    net = cn.raai_init(1, 2, 3, 0)
    trace = contestant(net, CURVES[2], 0)
    assert (
        trace.seconds.tolist() == [0.0]
        and trace.loss[0] == cn.mse(net, CURVES[2])[0] == cn.mse(trace.net, CURVES[2])[0]
    )


@pytest.mark.parametrize("seed", range(3))
def test_gauss_newton_takes_the_shortest_step_or_a_half_a_quarter_of_it(monkeypatch, seed):
    """By the pseudoinverse of torch's Jacobian at the Gauss nodes."""
    net = cn.raai_init(1, 3, 4, seed)
    monkeypatch.setattr(optimizers, "perf_counter", itertools.count(0, 0.4).__next__)
    found = optimizers.gauss_newton(net, SINE, 0.5).net
    module, (nodes, share) = net.to_torch(), places(net, SINE)
    root = np.sqrt(share)[:, None]
    with torch.no_grad():
        r = (module(torch.from_numpy(nodes)[:, None])[:, 0].numpy() - SINE(nodes)) * root[:, 0]
    step = -np.linalg.pinv(jacobian(module, nodes) * root, rcond=optimizers.RANK) @ r
    gone = Residuals(found, SINE).start - Residuals(net, SINE).start
    share = np.linalg.norm(gone) / np.linalg.norm(step)
    np.testing.assert_allclose(gone, share * step, atol=1e-6 * np.abs(gone).max())
    assert np.log2(share) == pytest.approx(round(np.log2(share)), abs=1e-6) and share < 1.1


@pytest.fixture
def clock(monkeypatch):
    """The time that the optimizers see, in a list of one."""
    now = [0.0]
    monkeypatch.setattr(traces, "perf_counter", lambda: now[0])
    return now


def test_repeated_runs_grow_fourfold_and_fill_the_time(clock):
    net, counts = cn.raai_init(1, 2, 3, 0), []

    def run(count):
        counts.append(count)
        clock[0] += 0.001 + 0.002 * count
        return net, count < limit

    limit = 10**9
    trace = traces.growing(net, SINE, 1.0, run)
    assert (
        counts[:2] == [1, 1]
        and counts[1:] == sorted(set(counts[1:]))
        and all(b <= 4 * a for a, b in zip(counts[1:], counts[2:]))
    )
    assert 0.8 <= trace.seconds[-1] <= 1.1 and sum(counts) * 0.002 < 2
    limit = 10
    counts.clear()
    traces.growing(net, SINE, 1.0, run)
    assert counts == [1, 1, 4, 16], "and stop where more change nothing"


def test_a_run_that_is_late_is_run_again_shorter(clock):
    net, counts = cn.raai_init(1, 2, 3, 0), []

    def run(count):
        counts.append(count)
        clock[0] += 0.002 * count * (2 if len(counts) == stumble else 1)
        return net, True

    stumble = 0
    traces.growing(net, SINE, 1.0, run)
    stumble = len(counts)
    counts.clear()
    trace = traces.growing(net, SINE, 1.0, run)
    assert (
        counts[-2] > counts[-1] > counts[-3]
        and len(counts) == stumble + 1
        and trace.seconds[-1] < 1.1
    )


@pytest.mark.parametrize(
    "call, error, name",
    [
        (lambda: Residuals("net", SINE), TypeError, "net"),
        (lambda: Residuals(cn.default_init(2), SINE), ValueError, "net"),
        (lambda: Residuals(NETS[0][0], "sin"), TypeError, "target"),
        (lambda: Residuals(NETS[0][0], SINE, [0.5, np.nan]), ValueError, "x"),
        (lambda: Residuals(NETS[0][0], SINE)(np.zeros(3)), ValueError, "theta"),
        (lambda: Residuals(NETS[0][0], SINE).loss(np.zeros((2, 3))), ValueError, "theta"),
        *((lambda f=f: f(None, SINE, 1), TypeError, "net") for f in CONTESTANTS.values()),
        *((lambda f=f: f(NETS[0], SINE, 1), ValueError, "net") for f in CONTESTANTS.values()),
        *(
            (lambda f=f: f(NETS[0][0], np.sin, 1), TypeError, "target")
            for f in CONTESTANTS.values()
        ),
        *(
            (lambda f=f: f(NETS[0][0], SINE, -1), ValueError, "seconds")
            for f in CONTESTANTS.values()
        ),
        *(
            (lambda f=f: f(NETS[0][0], SINE, "1"), TypeError, "seconds")
            for f in CONTESTANTS.values()
        ),
    ],
)
def test_bad_arguments_are_named(call, error, name):
    with pytest.raises(error, match=rf"\b{name} must"):
        call()


def test_what_l_bfgs_descends_is_the_loss_with_its_gradient(monkeypatch):
    net, curve = cn.default_init(1, 2, 4, seed=3), cn.TARGETS["sin"]
    seen = []

    def looked(function, start, **options):
        rng = np.random.default_rng(0)
        value, gradient = function(start)
        direction = rng.standard_normal(len(start))
        ends = [function(start + side * 1e-6 * direction)[0] for side in (-1, 1)]
        seen.append((value, gradient @ direction, (ends[1] - ends[0]) / 2e-6))

    monkeypatch.setattr("scipy.optimize.minimize", looked)
    optimizers.lbfgs(net, curve, 0.01)
    value, slope, difference = seen[0]
    np.testing.assert_allclose(value, cn.mse(net, curve)[0], rtol=1e-6)
    np.testing.assert_allclose(slope, difference, rtol=1e-4)
