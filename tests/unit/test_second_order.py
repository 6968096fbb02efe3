import signal
import threading
import time
from fractions import Fraction

import numpy as np
import pytest
import torch
from helpers.nets import assert_same
from helpers.second_order import CURVES, NETS, jacobian, places
from scipy.integrate import quad

import compnet_lib as cn
from compnet_lib._core import memory
from compnet_lib._core.compiling import interpreted
from compnet_lib._core.stops import GO
from compnet_lib.training import kernels, residuals
from compnet_lib.training.second_order import STATUS, refine

each_net = pytest.mark.parametrize("net", NETS, ids=repr)


@each_net
@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
def test_the_loss_is_the_integral_of_the_squared_error(net, curve):
    """By adaptive quadrature of the torch module between its breakpoints."""
    found = refine(net, curve, iterations=1).history[:, 0]
    np.testing.assert_allclose(found, cn.mse(net, curve), rtol=1e-6)
    low, high = curve.interval
    for i in range(len(net)):
        module = net.to_torch(i).double()
        knots = cn.piecewise_linear(net[i])[0].on(low, high)[0]
        with torch.no_grad():
            parts = [
                quad(
                    lambda x: float(
                        (module(torch.tensor([[x]], dtype=torch.float64)) - float(curve(x))) ** 2
                    ),
                    a,
                    b,
                    epsrel=1e-10,
                    epsabs=0,
                )[0]
                for a, b in zip(knots, knots[1:])
                if b - a > 1e-9
            ]
        np.testing.assert_allclose(found[i], sum(parts) / (high - low), rtol=1e-6)


@each_net
@pytest.mark.parametrize("exact", [True, False])
def test_a_step_solves_the_damped_normal_equations(net, exact):
    """With the Jacobian of autograd. The damping, first 1e-3 of the diagonal, grows by 2, 4, 8,
    … until a step leads lower."""
    curve = CURVES[0]
    x = np.linspace(0.01, 0.99, 40)  # not at the ends, where waves are zero up to rounding
    tried = [refine(net, curve, None if exact else x, iterations=n) for n in range(1, 12)]
    for i in range(len(net)):
        failures, found = next(
            (n, one) for n, one in enumerate(tried) if one.loss[i] < one.history[i, 0]
        )
        module = net[i].with_biases().to_torch()
        before = np.concatenate([p.detach().numpy().ravel() for p in module.parameters()])
        after = np.concatenate(
            [p.detach().numpy().ravel() for p in found.net.to_torch(i).parameters()]
        )
        nodes, share = places(net[i], curve) if exact else (x, np.full(40, 1 / 40))
        J = jacobian(module, nodes) * np.sqrt(share)[:, None]
        with torch.no_grad():
            r = (module(torch.from_numpy(nodes)[:, None])[:, 0].numpy() - curve(nodes)) * np.sqrt(
                share
            )
        A = J.T @ J
        largest = A.diagonal().max()
        damping = 1e-3 * 2 ** (failures * (failures + 1) / 2)
        A[np.diag_indices_from(A)] += (
            damping * np.maximum(A.diagonal(), 1e-12 * largest) + 1e-15 * largest
        )
        step = np.linalg.solve(A, -J.T @ r)
        np.testing.assert_allclose(after - before, step, rtol=1e-5, atol=1e-6 * np.abs(step).max())


@each_net
def test_no_member_gets_worse_and_losses_are_those_of_the_nets(net):
    found = refine(net, CURVES[1], iterations=30, rounds=4, kick=0.1, seed=5)
    assert found.history.shape == (3, 5) and (np.diff(found.history, axis=1) <= 0).all()
    np.testing.assert_array_equal(found.history[:, -1], found.loss)
    np.testing.assert_allclose(found.loss, cn.mse(found.net, CURVES[1]), rtol=1e-6)
    assert (found.loss < cn.mse(net, CURVES[1])).all() and set(found.status) <= set(STATUS[:3])


def test_a_member_is_the_same_alone_in_a_stack_and_in_any_number_of_threads():
    net, curves = NETS[0], CURVES[:2] + CURVES[:1]
    options = {"iterations": 20, "rounds": 3}
    whole = refine(net, curves, seed=[7, 8, 9], **options)
    for i in range(3):
        alone = refine(net[i], curves[i], seed=7 + i, **options)
        assert_same(alone.net, whole.net[i])
        np.testing.assert_array_equal(alone.history[0], whole.history[i])
    threads = torch.get_num_threads()
    torch.set_num_threads(1 if threads > 1 else 2)
    try:
        assert_same(refine(net, curves, seed=[7, 8, 9], **options).net, whole.net)
    finally:
        torch.set_num_threads(threads)
    assert (refine(net, curves, seed=[1, 2, 3], **options).loss != whole.loss).any()


@pytest.mark.slow
def test_a_kernel_just_compiled_gives_what_it_gives_read_from_disk(twice):
    assert twice(
        "net = cn.refine(cn.compositional(cn.sample_peaks(2, 5, 0), -1), cn.TARGETS['x^3'], "
        "iterations=40, rounds=2).net"
    )


def test_rounds_go_on_from_the_best_so_far():
    """Two rounds are the first two of five."""
    net = NETS[0]
    two, five = (refine(net, CURVES[0], iterations=15, rounds=rounds, seed=3) for rounds in (2, 5))
    np.testing.assert_array_equal(two.history, five.history[:, :3])


def test_a_kick_moves_all_parameters_or_one_layer_three_times_as_far():
    """Widths 3 and 2: layers of 6, 8 and 3 parameters. With u uniform on [0, 1]
    the mean square of 10⁻ᵘ is 0.99 / (2 log 10). All within five standard errors."""
    theta, kick, ends, square = (
        np.linspace(-2, 3, 17),
        0.01,
        [(0, 6), (6, 14), (14, 17)],
        0.99 / (2 * np.log(10)),
    )
    moves = []
    for _ in range(4000):
        moved = theta.copy()
        kernels._move(moved, np.array([1, 3, 2, 1]), kick)
        moves.append((moved - theta) / (kick * (np.abs(theta) + 0.05)))
    moves = np.array(moves)
    everywhere = (moves != 0).all(1)
    assert (
        abs(everywhere.mean() - 0.5) < 0.04 and abs((moves[everywhere] ** 2).mean() - square) < 0.03
    )
    for a, b in ends:
        inside = (moves[:, a:b] != 0).all(1) & (np.delete(moves, np.arange(a, b), axis=1) == 0).all(
            1
        )
        assert (
            abs(inside.mean() - 1 / 6) < 0.03
            and abs((moves[inside, a:b] ** 2).mean() - 9 * square) < 0.65
        )
        everywhere |= inside
    assert everywhere.all()


def test_a_network_that_already_fits_has_converged():
    """x² at depth 3 with peaks of 1/2 on nine points, which it meets."""
    net = cn.compositional(np.full((1, 3), 0.5), -1)
    x = np.arange(9) / 8
    found = refine(net, x**2, x, iterations=50)
    assert found.loss[0] < 1e-28 and found.status == ("converged",)


def test_a_broken_member_is_reported_and_touches_no_other():
    good = cn.default_init(1, 3, 4, 0)
    bad = cn.ReLUNet([w * 1e200 for w in good.weights], good.biases)
    found = refine(cn.ReLUNet.concatenate([bad, good]), CURVES[0], iterations=10)
    assert found.status[0] == "broken" and found.loss[0] == np.inf
    assert_same(found.net[0], bad)
    assert_same(found.net[1], refine(good, CURVES[0], iterations=10).net)


@pytest.mark.slow
def test_the_loss_of_thousands_of_pieces_is_the_integral():
    """The parabola's network with all peaks at 1/2: its error on each of 2^d pieces is that of
    the interpolant, 1/30 of the fourth power of the width, but for the last wave's closing."""
    net = cn.compositional(np.full((1, 14), 0.5), -1)
    found = refine(net, CURVES[0], iterations=1)
    assert found.status == ("running",)
    exact = cn.compositional([[Fraction(1, 2)] * 14], -1)
    np.testing.assert_allclose(
        found.history[0, 0], float(cn.mse(exact, CURVES[0])[0]), rtol=1e-2, atol=0
    )


@pytest.mark.slow
def test_nodes_in_blocks_make_the_same_equations(monkeypatch):
    """What refines with all nodes at once, and what does with 64 at a time."""
    block = interpreted(kernels._equations).__globals__
    net, curve = cn.default_init(1, 2, 4, seed=3), CURVES[0]
    problem = residuals.Residuals(net, curve)
    r, J = problem(problem.start)
    x, roots, y = kernels._places(problem.start, problem._widths, *curve_of(problem), GO)
    size = -(-J.shape[1] // 4) * 4
    made = []
    for most in (kernels.BLOCK, 1):
        monkeypatch.setitem(block, "BLOCK", most)
        A, L, g, step = np.zeros((size, size)), np.zeros((size, size)), *np.zeros((2, J.shape[1]))
        interpreted(kernels._equations)(
            problem.start, problem._widths, x, roots, y, A, L, g, step, GO
        )
        made.append((np.triu(A)[: len(g), : len(g)], g))
    assert len(x) > 64
    for A, g in made:
        np.testing.assert_allclose(A, np.triu(J.T @ J), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(g, J.T @ r, rtol=1e-9, atol=1e-12)


def curve_of(problem):
    frame, which, edges, coefficients, cuts, points, data = problem._fitting
    k = which[0]
    return frame[k], edges[k], coefficients[k], cuts[k], points[0], data[0]


def test_networks_whose_equations_do_not_fit_are_refused(monkeypatch):
    """The normal equations of 14,821 parameters are two matrices, 3.5 GB for one thread."""
    monkeypatch.setattr(memory, "free", lambda: 3 * 10**9)
    with pytest.raises(ValueError, match=r"net must be smaller, got ReLUNet\(.*3\.51 GB"):
        refine(cn.default_init(1, 5, 60), CURVES[0])


STEEP = ["1/(x+0.001)", "exp(-300*x)", "sqrt(x)", "x^0.1", "(1-x)^0.1", "tanh(500*(x-0.3))"]


@pytest.mark.parametrize("text", STEEP)
def test_steep_curves_are_fitted_by_their_integrals(text):
    curve = cn.Target.from_formula(text, line=(0, 1))
    for net in (cn.compositional(cn.sample_peaks(2, 4, 0), curve.sign), cn.default_init(2, 2, 6)):
        found = refine(net, curve, iterations=40)
        np.testing.assert_allclose(found.loss, cn.mse(found.net, curve), rtol=1e-6)
        assert (found.loss < 0.9 * cn.mse(net, curve)).any()


def test_a_curve_that_varies_too_fast_is_named():
    curve = cn.Target.from_formula("cos(100000*x)+x", line=(0, 1))
    with pytest.warns(RuntimeWarning, match="varies too fast for its integrals"):
        refine(cn.default_init(1, 2, 4), curve, iterations=2)


@pytest.mark.parametrize(
    "curve",
    [
        *cn.TARGETS.values(),
        cn.Target.read("sqrt(x)"),
        cn.Target.read("exp(-x) on 0 to 20"),
        cn.Target.read("1/(1+100*x^2) on 1 to 3"),
    ],
    ids=lambda curve: curve.name,
)
def test_the_series_of_a_curve_are_the_curve(curve):
    edges, coefficients, _ = curve.panels
    x = np.sort(np.random.default_rng(0).uniform(*curve.interval, 2000))
    y = np.empty_like(x)
    kernels._curve(x, edges, coefficients, y)
    np.testing.assert_allclose(y, curve(x), atol=1e-13 * np.abs(curve(x)).max(), rtol=0)


def interrupted(call):
    """What an interrupt leaves of a call, and the seconds until it did."""
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    moments = []

    def interrupt():
        moments.append(time.perf_counter())
        signal.raise_signal(signal.SIGINT)

    timer = threading.Timer(0.5, interrupt)
    try:
        timer.start()
        with pytest.raises(cn.Interrupted) as caught:
            call()
        return caught.value, time.perf_counter() - moments[0]
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, handler)


BUSY = {  # each for minutes, if nobody interrupts
    "wide": lambda: (cn.default_init(1, 4, 30), None, {"iterations": 100_000}),
    "many": lambda: (cn.default_init(2000, 5, 4), None, {"iterations": 100_000}),
    "points": lambda: (cn.default_init(2, 5, 4), np.linspace(0, 1, 300_000), {"rounds": 1000}),
    "deep": lambda: (cn.compositional(np.full((1, 15), 0.4), -1), None, {"iterations": 100_000}),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", BUSY)
def test_an_interrupt_is_heard_inside_a_round_and_keeps_what_was_reached(case):
    """However large the networks, the stack, the data or the depth: within a second on a quiet
    machine, and well before the round would have ended here."""
    net, x, options = BUSY[case]()
    refine(net[0], CURVES[1], np.linspace(0, 1, 5), iterations=1)  # compiled
    stop, seconds = interrupted(lambda: refine(net, CURVES[1], x, **options))
    assert seconds < 5
    found = stop.result
    before = cn.mse(net, CURVES[1])
    assert (cn.mse(found.net, CURVES[1]) <= before * (1 + 1e-9)).all() or x is not None
    assert stop.done.max() < 1000


def test_an_interrupt_keeps_what_was_reached():
    net = cn.compositional(cn.sample_peaks(4, 5, 0), -1)
    refine(net, CURVES[0], iterations=1)  # compiled
    stop, _ = interrupted(lambda: refine(net, CURVES[0], iterations=50, rounds=100_000))
    found = stop.result
    np.testing.assert_allclose(found.loss, cn.mse(found.net, CURVES[0]), rtol=1e-5)
    before = cn.mse(net, CURVES[0])
    assert (found.loss <= before * (1 + 1e-9)).all() and (found.loss < before / 2).any()
    assert (stop.done < 100_000).any()


@pytest.mark.parametrize(
    "call, error, name",
    [
        (lambda: refine("net", CURVES[0]), TypeError, "net"),
        (lambda: refine(cn.compositional([[Fraction(1, 3)]], 1), CURVES[0]), TypeError, "net"),
        (lambda: refine(NETS[0], "x^3"), TypeError, "targets"),
        (lambda: refine(NETS[0], CURVES[:2]), ValueError, "targets"),
        (lambda: refine(NETS[0], np.zeros(5)), TypeError, "targets"),
        (lambda: refine(NETS[0], np.zeros(5), np.zeros(4)), ValueError, "targets"),
        (lambda: refine(NETS[0], CURVES[0], [2.0, 3.0]), ValueError, "x"),
        (lambda: refine(NETS[0], CURVES[0], iterations=0), ValueError, "iterations"),
        (lambda: refine(NETS[0], CURVES[0], rounds=0), ValueError, "rounds"),
        (lambda: refine(NETS[0], CURVES[0], kick=0), ValueError, "kick"),
        (lambda: refine(NETS[0], CURVES[0], seed=-1), ValueError, "seed"),
        (lambda: refine(NETS[0], CURVES[0], seed=[1]), ValueError, "seed"),
    ],
)
def test_bad_arguments_are_named(call, error, name):
    with pytest.raises(error, match=rf"\b{name} must"):
        call()
