"""The nested function of peaks, how far it moves, and in how many directions weights move one."""

from fractions import Fraction as Q

import numpy as np
import pytest
import torch

import compnet_lib as cn
from compnet_book.exact import rational_nets, rational_peaks
from compnet_lib import experiments
from compnet_lib.experiments.inverse_stability import _moduli, _nested

PEAKS = [0.3, 0.65, 0.5, 0.8]


def nested(x, peaks):
    """By the library's series: a_0 times the network that adds the waves."""
    return peaks[0] * cn.series(x, peaks[:-1], +1, peaks[-1])


def test_distances_are_those_on_a_fine_grid():
    other = [0.35, 0.6, 0.7]
    found = experiments.peak_distances(PEAKS, other)
    x = np.unique(
        np.concatenate([np.linspace(0, 1, 20_001), *map(cn.mesh, (PEAKS[:3], other[:2]))])
    )
    gap = nested(x, np.array(PEAKS)) - nested(x, np.array(other))
    width, rise = np.diff(x), np.diff(gap)
    wide = width > 1e-10  # bends of both ways to round
    assert found.sup == pytest.approx(abs(gap).max(), rel=1e-12)
    assert pytest.approx(np.sqrt(np.trapezoid(gap**2, x)), rel=1e-6) == found.L2
    assert pytest.approx(np.sqrt((rise[wide] ** 2 / width[wide]).sum()), rel=1e-9) == found.H1
    assert pytest.approx(abs(rise[wide] / width[wide]).max(), rel=1e-5) == found.W
    assert experiments.peak_distances(other, other) == (0, 0, 0, 0)
    assert experiments.peak_distances([0.25], [0.5]) == pytest.approx(
        (0.25, 0.25 / np.sqrt(3), 0.25, 0.25)
    )


def test_derivatives_by_the_peaks_are_those_of_autograd():
    found = _nested.pieces(np.array(PEAKS))
    x = torch.tensor(found.ends.mean(1))
    by_peaks = torch.autograd.functional.jacobian(
        lambda a: nested(x, a), torch.tensor(PEAKS, dtype=torch.float64)
    )
    assert np.allclose(by_peaks.numpy().T, found.moves.mean(2), atol=1e-14)
    assert np.allclose(nested(found.ends, np.array(PEAKS)), found.values, atol=1e-15)


def test_gram_matrix_is_exact_and_that_of_quadrature():
    exact = experiments.peak_gram([Q(str(a)) for a in PEAKS])
    assert all(type(entry) is Q for entry in exact.flat) and (exact == exact.T).all()
    assert np.allclose(exact.astype(float), experiments.peak_gram(PEAKS), rtol=1e-14, atol=0)
    found = _nested.pieces(np.array(PEAKS))
    nodes, weights = np.polynomial.legendre.leggauss(2)
    width = np.diff(found.ends)
    x = torch.tensor(found.ends[:, :1] + width * (nodes + 1) / 2).ravel()
    moves = torch.autograd.functional.jacobian(
        lambda a: nested(x, a), torch.tensor(PEAKS, dtype=torch.float64)
    )
    by_rule = moves.T @ (torch.tensor((width * weights / 2).ravel())[:, None] * moves)
    assert np.allclose(by_rule.numpy(), experiments.peak_gram(PEAKS), rtol=1e-12)


def test_moduli_are_attained_and_stay_below_the_bounds():
    """Moving the closing number alone gives the place value; the theorems say what is most."""
    found = experiments.peak_moduli([1, 3], 0.3, steps=30, seed=2)
    assert found.dims == ("norm", "depth") and list(found.norm) == ["sup", "L2", "H1"]
    assert found.identical(experiments.peak_moduli([1, 3], 0.3, steps=30, seed=2))
    for depth in (1, 3):
        place = 0.21**-depth
        sup, square, slopes = found.sel(depth=depth).values / [place, place, np.sqrt(place)]
        growth = 0.7 * (1 - 0.7 ** (2 * depth)) / 0.51
        assert 1 <= sup <= 1 + growth and np.sqrt(3) <= square <= np.sqrt(12 + 0.762 * 9)
        assert slopes >= 1 - 1e-9


def test_a_linear_program_finds_the_worst_direction():
    """No random direction moves the last number by more."""
    peaks = np.array([0.2, 0.8, 0.2])
    best = _moduli._least_program(peaks)
    ends = _nested.pieces(peaks).moves.reshape(3, -1)
    dice = np.random.default_rng(3)
    for h in dice.normal(size=(500, 3)) * [1, 5, 30]:
        assert abs(h[-1]) <= best * abs(h @ ends).max() * (1 + 1e-9)


def parameters(net):
    return [each for each in (*net.weights, *net.biases) if each is not None]


def by_torch(net, member, low, high):
    """The numerical rank of the derivative at many random points."""
    arrays = [
        torch.tensor(w[member].astype(float)) for w in (*net.weights, *net.biases) if w is not None
    ]
    x = torch.tensor(np.random.default_rng(4).uniform(low, high, 600))[None]

    def function(*parts):
        parts, signal = list(parts), x
        weights = [parts.pop(0) for _ in net.weights]
        for layer, (w, b) in enumerate(zip(weights, net.biases)):
            signal = w @ signal + (0 if b is None else parts.pop(0)[:, None])
            signal = signal if layer == net.depth else signal.clamp(min=0)
        return signal[0]

    columns = torch.autograd.functional.jacobian(function, tuple(arrays))
    return torch.linalg.matrix_rank(torch.cat([c.flatten(1) for c in columns], 1), rtol=1e-9).item()


def test_functional_dimension_is_the_rank_at_many_points():
    rng = np.random.default_rng(5)
    nets = [rational_nets(rng, 4, [1, 3, 1]), rational_nets(rng, 4, [1, 3, 3, 1])]
    nets += [cn.compositional([rational_peaks(rng, 3)], -1), cn.default_init(2, 2, 3)]
    for net in nets:
        found = experiments.functional_dimension(net, -3, 3)
        assert list(found) == [by_torch(net, member, -3, 3) for member in range(len(net))]
        hidden = sum(net.widths)
        assert (
            found <= sum(w[0].size for w in (*net.weights, *net.biases) if w is not None) - hidden
        ).all()


def test_functional_dimension_of_one_unit():
    """Its bend and its slope, and with an output bias its height; half of it sees less."""
    net = cn.ReLUNet([np.ones((1, 1, 1)), np.ones((1, 1, 1))], [np.full((1, 1), -0.5), None])
    assert list(experiments.functional_dimension(net)) == [2]
    assert list(experiments.functional_dimension(net, 0, 0.5)) == [0]
    net = cn.ReLUNet(net.weights, [net.biases[0], np.zeros((1, 1))])
    assert list(experiments.functional_dimension(net)) == [3]


def test_peaks_come_back_and_weights_need_not():
    options = {"models": 3, "points": 100, "epochs": 40, "step": 20, "lr": 1e-2, "seed": 6}
    found = experiments.peaks_or_weights(2, **options)
    start, wanted = cn.sample_peaks(6, 2, 6, 0.2, 0.8).reshape(2, 3, 2)
    x = np.linspace(0, 1, 100)
    gap = cn.compositional(start, -1)(x) - cn.compositional(wanted, -1)(x)
    assert np.allclose(found.function.sel(epoch=0), np.sqrt((gap**2).mean(1)))
    assert np.allclose(found.parameters.sel(epoch=0, way="peaks"), abs(start - wanted).max(1))
    run = cn.pretrain(start, cn.compositional(wanted, -1)(x), x, epochs=40, lr=1e-2, sign=-1)
    ends = np.c_[run.peaks - wanted, run.closing - 0.5]
    assert np.array_equal(found.parameters.sel(epoch=40, way="peaks"), abs(ends).max(1))
    assert np.allclose(found.function.sel(epoch=40, way="peaks") ** 2, run.loss, rtol=1e-6)
    own = cn.train(
        cn.compositional(start, -1), cn.compositional(wanted, -1)(x), x, epochs=40, lr=1e-2
    )
    first = abs(own.net.weights[0] - cn.compositional(wanted, -1).weights[0]).max((1, 2))
    assert (found.parameters.sel(epoch=40, way="weights") >= first).all()
    assert np.allclose(found.function.sel(epoch=40, way="weights") ** 2, own.loss, rtol=1e-6)


def test_balanced_starts_are_trained_beside():
    found = experiments.balanced_or_not(
        cn.TARGETS["x^3"], [3, 5], depth=2, models=2, points=50, epochs=20
    )
    assert found.dims == ("start", "seed", "model") and list(found.seed) == [3, 5]
    x = np.linspace(0, 1, 50)
    built = cn.pretrain(cn.sample_peaks(2, 2, 5), cn.TARGETS["x^3"], x, epochs=0, lr=1e-3).net
    for start, net in (("as built", built), ("balanced", cn.balance(built))):
        wanted = cn.train(net, cn.TARGETS["x^3"], x, epochs=20, lr=1e-3).loss
        assert np.allclose(found.sel(start=start, seed=5), wanted, rtol=1e-9)


NET = cn.default_init(2, 1, 2)
BAD = [
    ("first", lambda: experiments.peak_distances([0.5, 1.0], [0.5])),
    ("second", lambda: experiments.peak_distances([0.5], [[0.5]])),
    ("second", lambda: experiments.peak_distances([0.5], [])),
    ("first", lambda: experiments.peak_distances([0.5] * 14, [0.5])),
    ("peaks", lambda: experiments.peak_gram("0.5")),
    ("peaks", lambda: experiments.peak_gram([0.5, np.nan])),
    ("depths", lambda: experiments.peak_moduli([0])),
    ("depths", lambda: experiments.peak_moduli([10])),
    ("depths", lambda: experiments.peak_moduli(3)),
    ("low", lambda: experiments.peak_moduli([1], 0.5)),
    ("low", lambda: experiments.peak_moduli([1], 0.001)),
    ("starts", lambda: experiments.peak_moduli([1], starts=0)),
    ("steps", lambda: experiments.peak_moduli([1], steps=10**6)),
    ("net", lambda: experiments.functional_dimension(PEAKS)),
    ("net", lambda: experiments.functional_dimension(cn.default_init(1, 1, 2, inputs=2))),
    ("net", lambda: experiments.functional_dimension(cn.default_init(1, 9, 9))),
    ("low and high", lambda: experiments.functional_dimension(NET, 1, 1)),
    ("low", lambda: experiments.functional_dimension(NET, "0", 1)),
    ("depth", lambda: experiments.peaks_or_weights(13)),
    ("models", lambda: experiments.peaks_or_weights(2, models=0)),
    ("step", lambda: experiments.peaks_or_weights(2, step=0)),
    ("step", lambda: experiments.peaks_or_weights(2, epochs=10**6, step=1)),
    ("curve", lambda: experiments.balanced_or_not("x^3", [0])),
    ("seeds", lambda: experiments.balanced_or_not(cn.TARGETS["x^3"], 0)),
    ("depth", lambda: experiments.balanced_or_not(cn.TARGETS["x^3"], [0], depth=13)),
]


@pytest.mark.parametrize(("argument", "call"), BAD)
def test_bad_arguments_are_named(argument, call):
    with pytest.raises((TypeError, ValueError), match=rf"^{argument}\b"):
        call()
