"""Bends that are moved: closed forms against plain least squares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compnet_lib as cn
from compnet_lib.experiments import space_curves
from compnet_lib.functions.relocation import kernels
from compnet_lib.functions.relocation.lines import Data

X = np.linspace(-2, 2, 81)
SINE, QUADRATIC = space_curves(1)


def least(x, y, bends):
    """The least sum of squares of lines with these bends, by hinges."""
    hinges = np.maximum(x[:, None] - np.asarray(bends)[None], 0)
    columns = np.column_stack([np.ones_like(x), x, hinges])
    return ((columns @ np.linalg.lstsq(columns, y, rcond=None)[0] - y) ** 2).sum()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_a_bend_goes_where_it_lowers_the_sum_of_squares_most(seed):
    rng = np.random.default_rng(seed)
    x, y = np.linspace(-1, 3, 30) + rng.uniform(0, 0.1, 30), rng.normal(size=30)
    others = np.sort(rng.uniform(x[2], x[-3], 3))
    bends, sums = Data(x, y[None]).moved(np.array([[np.nan]]))
    assert np.isclose(sums[0], least(x, y, bends[0]))
    everywhere = np.linspace(x[0], x[-1], 501)[1:-1]
    assert sums[0] <= min(least(x, y, [t]) for t in everywhere) * (1 + 1e-9)
    bends, sums = Data(x, y[None]).moved(np.append(others, np.nan)[None])
    assert np.isclose(sums[0], least(x, y, bends[0]))
    last = [least(x, y, [*bends[0, :3], t]) for t in everywhere]
    assert sums[0] <= min(last) * (1 + 1e-9)


def test_no_bend_of_the_result_can_be_moved_with_a_gain():
    y = SINE(X)
    found = cn.global_moves(cn.default_init(3, 1, 8), y, X, epochs=0, stop=0, rounds=300)
    for i in range(3):
        bends = cn.breakpoints(found.net, -2, 2)[i]
        base = least(X, y, bends)
        assert np.isclose(found.loss[i] * len(X), base, rtol=1e-9)
        for k in range(len(bends)):
            rest = np.delete(bends, k)
            tried = min(least(X, y, [*rest, t]) for t in np.linspace(-2, 2, 201)[1:-1])
            assert tried >= base * (1 - 1e-5)


@pytest.mark.parametrize("epochs", [0, 50])
def test_the_loss_never_rises(epochs):
    found = cn.global_moves(cn.default_init(5, 1, 6), SINE, X, epochs=epochs, lr=1e-2, rounds=12)
    assert (np.diff(found.history, axis=1) <= 1e-12 * found.history[:, :1]).all()
    assert np.allclose(found.history[:, -1], found.loss)
    assert (found.finished <= 12).all() and found.net.widths == (6,)


def test_a_broken_line_is_found_exactly():
    sawtooth = space_curves(3)[2]
    x = np.linspace(-2, 2, 401)
    found = cn.global_moves(cn.default_init(4, 1, 21), sawtooth, x, epochs=20)
    assert (found.loss * len(x) <= 1e-10).all()


def test_members_move_as_they_would_alone():
    net = cn.default_init(3, 1, 6)
    together = cn.global_moves(net, [SINE, QUADRATIC, SINE], X, epochs=20, rounds=8)
    for i, target in enumerate([SINE, QUADRATIC, SINE]):
        alone = cn.global_moves(net[i], target, X, epochs=20, rounds=8)
        assert np.allclose(alone.loss, together.loss[i], rtol=1e-9)
        assert alone.finished[0] == together.finished[i]


def test_the_cheapest_bends_are_left_out_one_after_the_other():
    rng = np.random.default_rng(1)
    y = rng.normal(size=(2, 81))
    bends = np.sort(rng.uniform(-1.9, 1.9, (2, 6)), axis=1)
    kept = Data(X, y).dropped(bends, 4)
    for own, left, data in zip(bends, kept, y):
        own = list(own)
        while len(own) > 4:
            trials = [least(X, data, np.delete(own, k)) for k in range(len(own))]
            del own[int(np.argmin(trials))]
        assert np.allclose(np.sort(left), own)


@pytest.mark.parametrize("twin", [False, True])
def test_what_a_bend_costs_is_what_the_line_without_it_misses(twin):
    rng = np.random.default_rng(7)
    y, bends = rng.normal(size=(1, 81)), np.array([[0.9, -1.2, np.nan, -0.31, 0.05]]) / 2
    if twin:
        bends[0, 0] = bends[0, 1]
    found = np.empty(bends.shape)
    kernels.costs(X / 2, y, bends, found)
    for k, cost in enumerate(found[0]):
        rest = [t for i, t in enumerate(bends[0]) if i != k and np.isfinite(t)]
        whole = [t for t in bends[0] if np.isfinite(t)]
        rise = least(X / 2, y[0], rest) - least(X / 2, y[0], whole)
        assert cost == pytest.approx(rise, abs=1e-10)


@pytest.mark.parametrize("cost", [np.inf, np.nan, 0.0, -np.inf])
def test_no_costs_keep_bends_from_being_left_out_or_the_search_from_its_end(cost, monkeypatch):
    monkeypatch.setattr(kernels, "costs", lambda x, y, knots, found: found.fill(cost))
    bends = np.array([[-1.5, -1, 0, 1, 1.5], [0.5, np.nan, np.nan, np.nan, np.nan]])
    kept = Data(X, np.zeros((2, 81))).dropped(bends, 2)
    assert kept.shape == (2, 2)
    assert set(kept[0][np.isfinite(kept[0])]) <= set(bends[0])
    assert kept[1, 0] == 0.5 and np.isnan(kept[1, 1])


def test_a_round_that_does_not_lower_the_loss_is_the_last(monkeypatch):
    rounds = []

    def moved(self, bends, stop):
        rounds.append(len(bends))
        return bends, self.sums(bends)

    monkeypatch.setattr(Data, "moved", moved)
    found = cn.global_moves(cn.default_init(3, 1, 6), SINE, X, epochs=0, stop=0, rounds=50)
    assert rounds == [3] and (found.finished == 1).all()


def test_float32_networks_stay_so():
    found = cn.global_moves(
        cn.default_init(2, 1, 4, dtype=np.float32), QUADRATIC, X, epochs=0, rounds=3
    )
    assert found.net.dtype == np.float32 and (found.loss < 0.05).all()


def test_what_is_no_shallow_network_on_a_line_of_points_is_refused():
    net = cn.default_init(2, 1, 4)
    for wrong, match in (
        ({"net": cn.default_init(1, 2, 4)}, "net must have one hidden layer"),
        ({"x": X[::-1]}, "x must be"),
        ({"x": X[:4]}, "x must hold more points"),
        ({"rounds": 0}, "rounds"),
        ({"lr": 0}, "lr must be positive"),
        ({"stop": -1}, "stop must be at least 0"),
        ({"targets": 1e149 * X}, "targets must be at most 1e150 / points"),
    ):
        with pytest.raises(ValueError, match=match):
            cn.global_moves(**{"net": net, "targets": QUADRATIC, "x": X} | wrong)
