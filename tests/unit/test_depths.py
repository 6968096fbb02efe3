"""Each way finds what its own functions find, under its label."""

import numpy as np
import pytest

import compnet_lib as cn
from compnet_lib.experiments import each_depth

CURVES = [cn.TARGETS["sin"], cn.Target.read("exp(x) on -1 to 2")]
SMALL = {"models": 2, "starts": 2, "epochs": 5, "rounds": 1, "best": 2, "copies": 2}


@pytest.fixture(scope="module")
def found():
    return each_depth(CURVES, [1, 2], seeds=[3], **SMALL)


def least(net, curve):
    errors = cn.mse(net, curve)
    return errors.min(), cn.linear_regions(net[int(errors.argmin())], *curve.interval)[0]


def test_it_is_labelled(found):
    assert dict(found.sizes) == {"way": 7, "seed": 1, "depth": 2, "curve": 2}
    assert found.curve.values.tolist() == ["sin", "exp(x) on -1 to 2"]
    assert found.attrs["copies"] == 2 and (found.pieces > 0).all()


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("k", range(2))
def test_the_peaks_are_the_best_of_so_many(found, depth, k):
    net = cn.pretrained(CURVES[k], depth, 6, seed=3, epochs=5)
    here = {"way": "peaks", "seed": 3, "depth": depth, "curve": CURVES[k].name}
    assert (found.error.sel(here), found.pieces.sel(here)) == least(net, CURVES[k])


def test_adam_is_the_regime_enforced(found):
    x = np.stack([np.linspace(*curve.interval, 500) for curve in CURVES])
    net = cn.run_regime("enforced", CURVES, x, models=2, seeds=[3], depth=2, epochs=5).net
    for k, curve in enumerate(CURVES):
        here = {"way": "Adam", "seed": 3, "depth": 2, "curve": curve.name}
        assert found.error.sel(here) == least(net[2 * k : 2 * k + 2], curve)[0]


def test_training_goes_on_downhill(found):
    error = found.error.sel(seed=3)
    assert (error.sel(way="Adam, refined") <= error.sel(way="Adam") * 1.01).all()
    assert (error.sel(way="grown", depth=2) <= error.sel(way="grown", depth=1) * 1.01).all()


def test_some_ways_alone(found):
    ways = ["grown", "Adam, refined"]
    some = each_depth(CURVES, [1, 2], ways, seeds=[3], **SMALL)
    np.testing.assert_array_equal(some.error, found.error.sel(way=ways))
    with pytest.raises(ValueError, match="ways must be one of"):
        each_depth(CURVES, [1], ["luck"], **SMALL)
