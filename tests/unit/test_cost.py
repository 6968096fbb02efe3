"""What an engine does without checks, and laws of growth."""

import numpy as np
import pytest
import xarray as xr

import compnet_lib as cn
from compnet_lib import engines
from compnet_lib.engines import timing
from compnet_lib.experiments import cost_law, descent, exponents, stack_of


@pytest.mark.parametrize("engine", ["numba", "torch"])
def test_it_trains_as_the_library_does(engine, monkeypatch):
    net, x, y = stack_of(3, 20, 2, dtype=np.float64)
    np.testing.assert_allclose(y, x**3)
    assert (len(net), net.widths) == (3, (4, 4)) and net.dtype == x.dtype == np.float64
    chosen, _ = engines.select(engine, "cpu")
    given, real = [], chosen.train

    def watched(*arguments):
        given.append(real(*arguments))
        return given[-1]

    monkeypatch.setattr(chosen, "train", watched)
    descent(engine, net, x, y)(4, 0)
    alone = cn.train(net, y, x, epochs=4, lr=1e-3, engine=engine).net
    np.testing.assert_allclose(given[0][0](x), alone(x), rtol=1e-12)


def test_a_law_counts_what_the_formula_counts(monkeypatch):
    asked = []

    def turns(runs, rounds, turn):
        asked.append((list(runs), rounds, turn))
        for run in runs.values():
            run(1)
        return dict.fromkeys(runs, 0.5)

    monkeypatch.setattr(timing, "take_turns", turns)
    size = {"models": 2, "points": 10, "depth": 2}
    law = cost_law("numba", "width", [4, 5], rounds=3, turn=0.1, **size)
    assert asked == [(["4", "5"], 3, 0.1)]
    assert law.operations.values.tolist() == [2 * timing.flops([w, w], 10) for w in (4, 5)]
    assert (law.time == 0.5).all() and law.width.values.tolist() == [4, 5]
    with pytest.raises(ValueError, match="what must be one of"):
        cost_law("numba", "height", [1], rounds=1, turn=0.1, **size)


def test_exponents_are_those_of_powers():
    n = np.array([1, 10, 20, 40.0])
    law = xr.Dataset({"time": ("points", 7 + n), "operations": ("points", 3 * n**2)}, {"points": n})
    operations, time = exponents(law)
    assert operations == pytest.approx(2)
    assert time == pytest.approx(np.log(47 / 27) / np.log(2))
