"""Networks trained with a regularizer are those of `cn.train`, under their labels."""

import numpy as np
import pytest

import compnet_lib as cn
from compnet_lib.experiments import begin_regime, median_ratio, on_unit_square, regularized

CURVES = [on_unit_square(cn.Target.read(text)) for text in ("x^3", "exp(x) on -1 to 2")]
X, AT = (np.arange(8) + 0.25) / 8, np.linspace(0, 1, 11)
VALUES = np.stack([curve(X) for curve in CURVES])
TRUTH = np.stack([curve(AT) for curve in CURVES])
STRENGTHS = {"dropout": [0.2], "weight decay": [1e-3], "early stopping": [0.25]}
SMALL = {"models": 2, "depth": 2, "width": 3, "epochs": 3, "lr": 1e-2}


@pytest.fixture(scope="module")
def runs():
    regimes, test = ["default", "enforced"], (AT, TRUTH)
    return regularized(regimes, CURVES, X, VALUES, STRENGTHS, test=test, seeds=[4, 9], **SMALL)


def test_a_curve_lies_on_the_unit_square():
    curve = CURVES[1]
    ends = np.exp([-1.0, 2.0])
    np.testing.assert_allclose(curve(AT), (np.exp(3 * AT - 1) - ends[0]) / np.ptp(ends))
    assert curve.interval == (0, 1) and curve.line == (0, 1) and curve.sign == -1


def test_treatments_are_labelled(runs):
    assert runs.method.values.tolist() == ["none", "weight decay", "dropout", "early stopping"]
    assert runs.strength.values.tolist() == [0, 1e-3, 0.2, 0.25]
    assert runs.held_out.dims == ("regime", "treatment", "seed", "curve")


@pytest.mark.parametrize("regime", ["default", "enforced"])
@pytest.mark.parametrize("treatment", range(3))
def test_a_cell_is_what_it_is_alone(runs, regime, treatment):
    start = begin_regime(regime, CURVES[1:], X, seeds=[9], **SMALL)
    field = ({}, {"weight_decay": 1e-3}, {"dropout": 0.2})[treatment]
    alone = cn.train(
        start,
        VALUES[1],
        X,
        epochs=3 if regime == "enforced" else 6,
        lr=1e-2,
        seed=[9 * 4 + 2, 9 * 4 + 3],
        regularizer=cn.Regularizer(**field),
    ).net
    cell = runs.sel(regime=regime, treatment=treatment, seed=9).isel(curve=1)
    np.testing.assert_array_equal(cn.nets(cell)(AT), alone(AT))
    misses = alone.astype(np.float64)(AT) - TRUTH[1]
    np.testing.assert_allclose(cell.error, (misses**2).mean(1), rtol=1e-12)


def test_early_stopping_returns_the_best_look(runs):
    inner = np.random.default_rng((4, 1)).permutation(np.arange(1, 7))[:2]
    rest = np.setdiff1d(np.arange(8), inner)
    rows = {"seeds": [4], **SMALL}
    start = begin_regime("enforced", CURVES[:1], X[rest], y=VALUES[:1, rest], **rows)
    looks = cn.Regularizer(validation=(X[inner], VALUES[0, inner]))
    options = {"epochs": 3, "lr": 1e-2, "regularizer": looks}
    alone = cn.train(start, VALUES[0, rest], X[rest], **options).net
    cell = runs.sel(regime="enforced", treatment=3, seed=4).isel(curve=0)
    np.testing.assert_array_equal(cn.nets(cell)(AT), alone(AT))


def test_ratio_of_medians(runs):
    first, second = (runs.error.sel(regime=name, drop=True) for name in ("default", "enforced"))
    found = median_ratio(first, second)
    value = np.median(first[1, :, 0]) / np.median(second[1, :, 0])
    assert found.isel(treatment=1, curve=0).sel(bound="value") == pytest.approx(value)
    assert (found.sel(bound="low") <= found.sel(bound="high")).all()
    twice = median_ratio(2 * first, first)
    np.testing.assert_allclose(twice, 2 * np.ones(twice.shape))


def test_it_refuses():
    with pytest.raises(ValueError, match="strengths must be one of"):
        regularized(["default"], CURVES, X, VALUES, {"luck": [1]}, test=(AT, TRUTH), **SMALL)
    hot = SMALL | {"lr": 1e30}
    with pytest.raises(ValueError, match="lr must be small enough"):
        regularized(["default"], CURVES, X, VALUES, {}, test=(AT, TRUTH), seeds=[0], **hot)
