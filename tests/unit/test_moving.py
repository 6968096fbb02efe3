"""Global moves beside other trainings: what is counted, and what is compared."""

import numpy as np
import pytest

import compnet_lib as cn
from compnet_lib.engines.timing import flops
from compnet_lib.experiments import broken_lines, moves_beside, space_curves
from compnet_lib.experiments.function_space._moving import TRIED, round_operations

X = np.linspace(-2, 2, 41)


@pytest.fixture(scope="module")
def found():
    return moves_beside(space_curves(1), X, 5, starts=3, epochs=60, seed=2)


def test_losses_are_those_of_the_trainings_themselves(found):
    net = cn.default_init(3, 1, 5, seed=2)
    for curve in space_curves(1):
        own = found.sel(curve=curve.name)
        moved = cn.global_moves(net, curve, X)
        assert np.allclose(own.loss.sel(way="global moves"), moved.loss * 41, rtol=1e-9)
        rate = float(own.rate.sel(way="Adam"))
        alone = cn.train(net.astype(np.float32), curve, X, epochs=60, lr=rate, every=1)
        least = alone.history.min(1) * 41
        assert np.allclose(own.loss.sel(way="Adam"), least, rtol=1e-4)


def test_the_rate_is_that_of_the_least_median(found):
    net = cn.default_init(3, 1, 5, seed=2).astype(np.float32)
    sine = space_curves(1)[0]
    for way, optimizer in (("Adam", "adam"), ("gradient descent", "gd")):
        options = {"epochs": 60, "optimizer": optimizer, "every": 1}
        medians = [
            np.median(cn.train(net, sine, X, lr=rate, **options).history.min(1))
            for rate in TRIED[way]
        ]
        assert found.rate.sel(way=way, curve="sine") == TRIED[way][int(np.argmin(medians))]


def test_what_is_reached_never_rises_and_ends_at_the_loss(found):
    reached = found.reached.transpose("work", ...)
    assert not (reached.diff("work") > 1e-12 * reached.max()).any()
    assert np.allclose(reached[-1], found.loss, rtol=1e-12)
    assert np.isfinite(reached.sel(way="global moves")).all()


def test_operations_are_rounds_and_epochs(found):
    moved = cn.global_moves(cn.default_init(3, 1, 5, seed=2), space_curves(1)[0], X)
    own = found.operations.sel(curve="sine")
    assert (own.sel(way="global moves") == moved.finished * round_operations(5, 41)).all()
    assert (own.sel(way="Adam") == 60 * flops([5], 41)).all()


def test_a_round_costs_what_its_loops_do():
    """Counted by going through the loops of the kernels, with all bends in use."""
    units, points = 5, 41
    bends = units - 1

    def line(columns):
        made = sum(2 * before * 4 * points for before in range(columns))
        return made + 2 * columns * 4 * points

    moves = bends * (line(bends + 1) + 9 * points * (bends + 1))
    leaving = line(bends + 3) + (bends + 1) * (bends + 4) * points
    sums = line(bends + 2) + line(bends + 2) + line(bends + 2)
    counted = moves + leaving + sums + 100 * flops([units], points)
    assert counted <= round_operations(units, points) <= 2 * counted


def test_equal_is_what_there_is_at_the_operations_of_moves(found):
    spent = found.operations.sel(way="global moves").median("model")
    for curve in found.curve.values:
        before = found.reached.sel(curve=curve).where(found.work <= spent.sel(curve=curve))
        last = before.dropna("work", how="all").isel(work=-1)
        own = found.equal.sel(curve=curve)
        assert (own <= last * (1 + 1e-12)).all()
        assert (own >= found.loss.sel(curve=curve) * (1 - 1e-12)).all()
    alone = moves_beside(space_curves(1)[:1], X, 3, ways=["Adam"], starts=1, epochs=3)
    assert alone.equal.isnull().all() and list(alone.way.values) == ["Adam"]


def test_lines_have_as_many_pieces_and_the_bound_is_below(found):
    assert (found.pieces.sel(way="global moves") <= 5).all() and (found.pieces <= 6).all()
    assert (found.apart <= found.continuous * (1 + 1e-9)).all()
    assert (found.apart <= found.loss.sel(way="global moves") * (1 + 1e-9)).all()


def test_near_the_best_continuous_lines_from_all_starts():
    """The statement of the chapter, on fewer points and with fewer units."""
    x = np.linspace(-2, 2, 101)
    curves = [*space_curves(1), space_curves(3)[2]]
    runs = moves_beside(curves, x, 12, ways=["global moves"], starts=6)
    middle = runs.loss.median("model").sel(way="global moves")
    assert (middle <= 1.5 * runs.continuous).sel(curve=["sine", "quadratic"]).all()
    assert middle.sel(curve="sawtooth") <= 1e-10


def test_broken_lines_have_their_bends_and_keep_their_values_in_bounds():
    x = np.linspace(-2, 2, 4001)
    for line in broken_lines(3, 4, seed=1):
        assert abs(line(x)).max() <= 1
        turns = abs(np.diff(line(x), 2)) > 1e-9
        assert 1 <= turns.sum() <= 8
    first, again = broken_lines(1, 4, seed=1), broken_lines(3, 4, seed=1)
    assert len(first) == 1 and len({line.name for line in again}) == 3


def test_wrong_arguments_are_named():
    curves = space_curves(1)
    for wrong, match in (
        ({"curves": []}, "curves must be"),
        ({"curves": [curves[0]] * 2}, "curves must differ"),
        ({"x": X[::-1]}, "x must hold more than"),
        ({"units": 1}, "units must be"),
        ({"units": 60}, "x must hold more than 60 points"),
        ({"ways": ["moves"]}, "ways must be one of"),
        ({"ways": []}, "ways must hold"),
        ({"ways": ["Adam", "Adam"]}, "ways must differ"),
        ({"starts": 0}, "starts must be"),
        ({"epochs": 0}, "epochs must be"),
        ({"rounds": 0}, "rounds must be"),
        ({"seed": -1}, "seed must be"),
    ):
        with pytest.raises((TypeError, ValueError), match=match):
            moves_beside(**{"curves": curves, "x": X, "units": 5} | wrong)
    with pytest.raises(ValueError, match="bends must be"):
        broken_lines(1, 0)
