import numpy as np
import pytest
from helpers.nets import assert_same

import compnet_lib as cn
from compnet_lib.experiments import CELLS, paper_curves
from compnet_lib.experiments import CURVES as NAMES

X = np.linspace(0, 1, 20)
CURVES = [cn.TARGETS["x^3"], cn.TARGETS["sin"]]
SMALL = {"models": 2, "seeds": (3, 5), "depth": 3, "epochs": 7, "lr": 1e-2, "dtype": np.float64}
ORDER = [(seed, target, i) for seed in SMALL["seeds"] for target in CURVES for i in range(2)]


def start(regime, seed, target, i, dtype=np.float64):
    """One member's start, made by hand."""
    if regime in ("default", "raai"):
        return getattr(cn, f"{regime}_init")(2, 3, 4, seed, output_bias=False, dtype=dtype)[i]
    peaks = cn.sample_peaks(2, 3, seed)[i].astype(dtype)
    options = {"line": target.line, "interval": target.interval}
    if regime == "skipped":
        return cn.compositional(peaks, target.sign, **options)
    return cn.pretrain(
        peaks,
        target,
        np.linspace(*target.interval, 20),
        epochs=7,
        lr=1e-2,
        differentiable=regime == "enforced",
    ).net


@pytest.mark.parametrize("regime", ["default", "raai", "skipped", "free", "enforced"])
def test_a_regime_is_its_members_trained_by_hand(regime):
    """Members are ordered by seed, target and network."""
    found = cn.run_regime(regime, CURVES, X, every=3, **SMALL)
    assert (
        found.loss.shape == (8,)
        and found.epochs.tolist() == [0, 3, 6, 7]
        and found.history.shape == (8, 4)
    )
    for k, (seed, target, i) in enumerate(ORDER):
        alone = cn.train(start(regime, seed, target, i), target, X, epochs=7, lr=1e-2)
        assert_same(found.start[k], start(regime, seed, target, i))
        assert_same(found.net[k], alone.net)
        assert found.loss[k] == alone.loss[0]
        np.testing.assert_allclose(
            found.loss[k], ((found.net[k](X)[0] - target(X)) ** 2).mean(), rtol=1e-12
        )


@pytest.mark.parametrize("regime", ["free", "enforced"])
def test_pretrained_regimes_start_from_the_peaks_of_the_skipped_one(regime):
    """Without epochs all three are the same networks, for every target of one sign."""
    still = {**SMALL, "epochs": 0}
    assert_same(
        cn.run_regime(regime, CURVES, X, **still).net,
        cn.run_regime("skipped", CURVES, X, **still).net,
    )


@pytest.mark.parametrize("regime", ["skipped", "free", "enforced"])
def test_curves_with_another_line_and_interval(regime):
    target = cn.Target.from_formula("exp(x)", interval=(-1, 1))
    x = np.linspace(-1, 1, 20)
    found = cn.run_regime(regime, [target], x, **{**SMALL, "seeds": (4,), "models": 1})
    assert_same(found.net, cn.train(start(regime, 4, target, 0), target, x, epochs=7, lr=1e-2).net)


def test_float32_unless_asked_and_the_network_of_the_paper():
    net = cn.run_regime("skipped", CURVES[:1], X, models=1, seeds=[0], epochs=0).net
    assert (net.dtype, net.widths, [b is None for b in net.biases]) == (
        np.float32,
        (4,) * 5,
        [False] + [True] * 5,
    )
    net = cn.run_regime("default", CURVES[:1], X, models=1, seeds=[0], epochs=0).net
    assert (net.widths, [b is None for b in net.biases]) == ((4,) * 5, [False] * 5 + [True])


MIXED = [cn.TARGETS["x^3"], cn.Target.read("exp(x) on -1 to 2"), cn.TARGETS["sin"]]
GRIDS = np.stack([np.linspace(*curve.interval, 20) for curve in MIXED])


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("regime", ["default", "raai", "skipped", "free", "enforced"])
def test_curves_with_and_without_an_output_bias_train_as_they_do_alone(regime, biases):
    reading = cn.Reading(biases=biases, batch=6, epochs=5)
    found = cn.run_regime(
        regime, MIXED, GRIDS, models=2, seeds=(3, 5), depth=3, reading=reading, dtype=np.float64
    )
    losses = found.loss.reshape(2, 3, 2)
    for k, (curve, x) in enumerate(zip(MIXED, GRIDS)):
        alone = cn.run_regime(
            regime, [curve], x, models=2, seeds=(3, 5), depth=3, reading=reading, dtype=np.float64
        )
        np.testing.assert_array_equal(losses[:, k].ravel(), alone.loss)
        np.testing.assert_array_equal(
            found.net(np.tile(x, (12, 1)))[np.arange(12).reshape(2, 3, 2)[:, k].ravel()],
            alone.net(x),
        )


def test_a_reading_reaches_the_training():
    """Each field, against a member trained by hand."""
    reading = cn.Reading(
        lr=3e-3, epochs=6, batch=8, low=0.4, high=0.45, biases=True, margin=0.42, optimizer="gd"
    )
    found = cn.run_regime(
        "enforced", CURVES, X, models=2, seeds=(3, 5), depth=3, reading=reading, dtype=np.float64
    )
    options = {"epochs": 6, "lr": 3e-3, "batch": 8, "optimizer": "gd"}
    for k, (seed, target, i) in enumerate(ORDER):
        peaks = cn.sample_peaks(2, 3, seed, 0.4, 0.45)[i]
        net = cn.pretrain(peaks, target, X, margin=0.42, seed=seed, **options).net.with_biases()
        assert_same(found.net[k], cn.train(net, target, X, seed=seed, **options).net)
    for variant in ("row", "none"):
        reading = cn.Reading(output_bias=True, raai=variant, epochs=0)
        found = cn.run_regime(
            "raai",
            CURVES[:1],
            X,
            models=2,
            seeds=[3],
            depth=3,
            width=6,
            reading=reading,
            dtype=np.float64,
        )
        assert_same(found.net, cn.raai_init(2, 3, 6, 3, variant=variant))


@pytest.mark.parametrize("regime", ["skipped", "enforced", "default"])
def test_data_in_place_of_the_curves(regime):
    noise = np.random.default_rng(0).normal(0, 0.1, (2, 2, 20))
    y = np.stack([curve(X) for curve in CURVES]) + noise
    options = {"models": 2, "depth": 3, "epochs": 7, "lr": 1e-2, "dtype": np.float64}
    found = cn.run_regime(regime, CURVES, X, y=y, seeds=(3, 5), **options).loss.reshape(2, 2, 2)
    for i, seed in enumerate((3, 5)):
        one = cn.run_regime(regime, CURVES, X, y=y[i], seeds=[seed], **options).loss.reshape(2, 2)
        np.testing.assert_array_equal(found[i], one)
    same = cn.run_regime(regime, CURVES, X, y=y[0] - noise[0], seeds=[3], **options).loss
    np.testing.assert_allclose(
        same, cn.run_regime(regime, CURVES, X, seeds=[3], **options).loss, rtol=1e-6
    )


def test_the_papers_curves_and_a_readers_own():
    assert paper_curves() == [cn.TARGETS[name] for name in NAMES] and set(NAMES) == {
        cell.target for cell in CELLS
    }
    *paper, own = paper_curves("exp(x) on -1 to 2")
    assert paper == paper_curves("none") and own.interval == (-1, 2)
    with pytest.raises(ValueError, match="straight line"):
        paper_curves("2*x")
