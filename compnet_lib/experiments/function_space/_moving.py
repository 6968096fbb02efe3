"""Global moves beside gradient descent and the best broken lines."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks, memory, seeds
from ...engines.timing import flops
from ...functions.of_networks import linear_regions
from ...functions.regression.continuous import continuous_regression
from ...functions.regression.segmented import segmented_regression
from ...networks.initialize import default_init
from ...networks.network import ReLUNet
from ...targets.checks import listed as curves_of
from ...targets.target import Target
from ...training.first_order import train
from ...training.moves import global_moves
from .._labelled import listed

if TYPE_CHECKING:
    import xarray as xr

MOVES = "global moves"
OPTIMIZERS = {"Adam": "adam", "gradient descent": "gd"}
TRIED = {"Adam": (3e-2, 1e-2, 3e-3), "gradient descent": (0.3, 0.1, 0.03)}
"""Learning rates, on the mean of squares."""
STEPS = 100
"""Of Adam in a round of global moves."""
RECORDS = 200
"""Losses that are kept of a training."""
BUDGETS = 60
"""Numbers of operations at which losses are compared."""


class _Run(NamedTuple):
    """What one way gave on one curve: the stack, its losses (models, records) as sums of squares,
    after how many operations (records,), how many each network took (models,), which diverged
    (models,), and the seconds of processors."""

    net: ReLUNet
    losses: NDArray
    after: NDArray
    operations: NDArray
    diverged: NDArray
    seconds: float


def moves_beside(
    curves: Sequence[Target],
    x: ArrayLike,
    units: int = 21,
    *,
    ways: Sequence[str] = (MOVES, *OPTIMIZERS),
    starts: int = 20,
    epochs: int = 10_000,
    rounds: int = 100,
    seed: int = 0,
) -> xr.Dataset:
    """Train networks with one hidden layer from the same starts by :func:`global_moves`, by Adam
    and by gradient descent; and see what broken lines with as many pieces can do.

    Adam and gradient descent, in float32, have on each curve the learning rate, of three, with the
    least median loss at the end. Their networks may have `units` bends, those of global moves one
    less, which makes as many pieces as the broken lines have.

    Args:
        curves: targets of different names.
        x: points, (points,), in increasing order, more than `units`.
        units: neurons, at least 2.
        ways: different ones of "global moves", "Adam" and "gradient descent".
        starts: networks a curve, as PyTorch starts them, at least 1.
        epochs: of Adam and of gradient descent, at least 1.
        rounds: of global moves, at most, at least 1.
        seed: of the starts, an integer of at least 0.

    Returns:
        A data set with dimensions way, curve and model. All losses are sums of squares; those of
        Adam and of gradient descent are the least of some 200 records until then.

        - `loss`: at the end;
        - `operations`: multiplications and additions that each took. Counted are for trainings the
          products of matrices (`timing.flops`), and for moves besides, at most, what making lines
          orthogonal takes; not other learning rates;
        - `reached`: losses after at most `work` operations, a further dimension; NaN before the
          first record;
        - `equal`: losses after at most as many operations as the median network of global moves
          took on the curve; NaN without global moves;
        - `pieces`: linear pieces at the end, between the first point and the last, NaN where a
          training diverged;
        - `rate`: learning rates (way, curve), NaN for moves;
        - `seconds`: of processors (way, curve), for all networks of a curve, at that rate;
        - `continuous`: of the best continuous line found with `units` pieces (curve,), see
          :func:`continuous_regression`;
        - `apart`: the optimum where pieces need not meet (curve,), a lower bound.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    curves = curves_of("curves", curves)
    names = _different("curves", [curve.name for curve in curves])
    ways = _different("ways", listed("ways", ways, "ways"))
    for way in ways:
        checks.choice("ways", way, (MOVES, *OPTIMIZERS))
    units, starts = checks.integer("units", units, 2), checks.integer("starts", starts, 1)
    epochs, rounds = checks.integer("epochs", epochs, 1), checks.integer("rounds", rounds, 1)
    x = checks.shaped("x", checks.numeric("x", x), (None,)).astype(float)
    if len(x) <= units or not (np.diff(x) > 0).all():
        raise ValueError(
            f"x must hold more than {units} points, the units, in increasing order, got {len(x)}"
        )
    memory.fit("starts and units", (starts, units), 64 * starts * (units + RECORDS + len(x)))
    net = default_init(starts, 1, units, seeds.one("seed", seed))
    y = np.array([curve(x) for curve in curves])
    if MOVES in ways:
        global_moves(net[:1], y[0], x, rounds=1, epochs=1)  # compiled before time is taken
    shape = len(ways), len(curves)
    seconds, rate = np.empty(shape), np.full(shape, np.nan)
    runs: list[list[_Run]] = []
    for m, way in enumerate(ways):
        runs.append([])
        for c, data in enumerate(y):
            tried = [np.nan] if way == MOVES else TRIED[way]
            found = [
                _moved(net, data, x, rounds)
                if way == MOVES
                else _trained(net, data, x, way, one, epochs)
                for one in tried
            ]
            best = int(np.argmin([np.median(run.losses[:, -1]) for run in found]))
            rate[m, c], seconds[m, c] = tried[best], found[best].seconds
            runs[-1].append(found[best])
    work = np.geomspace(*_range(runs), BUDGETS)
    equal = np.full((*shape, starts), np.nan)
    if MOVES in ways:
        for c, moved in enumerate(runs[ways.index(MOVES)]):
            budget = np.median(moved.operations)[None]
            equal[:, c] = [_reached(row[c], budget)[0] for row in runs]
    each = ("way", "curve")
    gather = lambda what: np.array([[what(run) for run in row] for row in runs])
    return xr.Dataset(
        {
            "loss": ((*each, "model"), gather(lambda run: run.losses[:, -1])),
            "operations": ((*each, "model"), gather(lambda run: run.operations)),
            "reached": ((*each, "work", "model"), gather(lambda run: _reached(run, work))),
            "equal": ((*each, "model"), equal),
            "pieces": ((*each, "model"), gather(lambda run: _pieces(run, x[0], x[-1]))),
            "rate": (each, rate),
            "seconds": (each, seconds),
            "continuous": ("curve", continuous_regression(x, y, units).sse),
            "apart": ("curve", segmented_regression(x, y, units).sse),
        },
        {"way": ways, "curve": names, "work": work, "model": range(starts), "units": units},
    )


def broken_lines(count: int, bends: int, seed: int = 0) -> list[Target]:
    """Random continuous piecewise linear curves on [-2, 2]: places of the bends uniform there,
    values at them and at the ends uniform in [-1, 1].

    Args:
        count: curves, at least 1.
        bends: of each, at least 1.
        seed: an integer of at least 0.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    count, bends = checks.integer("count", count, 1), checks.integer("bends", bends, 1)
    memory.fit("count and bends", (count, bends), 64 * count * (bends + 2))
    rng = np.random.default_rng(seeds.one("seed", seed))
    places = np.sort(rng.uniform(-2, 2, (count, bends)), axis=1)
    values = rng.uniform(-1, 1, (count, bends + 2))
    return [_broken(f"line {k + 1}", *each) for k, each in enumerate(zip(places, values))]


def _broken(name: str, places: NDArray, values: NDArray) -> Target:
    knots = np.concatenate([[-2.0], places, [2.0]])
    return Target(name, lambda x: np.interp(x, knots, values), interval=(-2, 2), line=(0, 1))


def round_operations(units: int, points: int) -> int:
    r"""Multiplications and additions of a round of :func:`global_moves` for one network, at most,
    but for what does not grow with the square of the units; where no bends nearly coincide.

    With $H$ = `units` $-1$ bends there are $H+5$ lines of least squares: $H$ for the moves, 3 for
    sums, one to leave a bend out, and no more than another for its triangle of products. Each has
    at most $k=H+3$ columns of $n$ points, which are made orthogonal twice, $4nk(k-1)$, taken from
    the data twice, $8nk$, and added up, $9nk$.
    """
    k = units + 2
    return (units + 4) * points * k * (4 * k + 13) + STEPS * flops([units], points)


def _moved(net: ReLUNet, y: NDArray, x: NDArray, rounds: int) -> _Run:
    began = time.process_time()
    found = global_moves(net, y, x, rounds=rounds, epochs=STEPS)
    spent = time.process_time() - began
    each = round_operations(net.widths[0], len(x))
    whole = each * np.asarray(found.finished)
    return _Run(
        found.net, found.history * len(x), found.epochs * each, whole, found.diverged, spent
    )


def _trained(net: ReLUNet, y: NDArray, x: NDArray, way: str, rate: float, epochs: int) -> _Run:
    began = time.process_time()
    found = train(
        net.astype(np.float32),
        y,
        x,
        epochs=epochs,
        lr=rate,
        optimizer=OPTIMIZERS[way],
        every=max(1, epochs // RECORDS),
    )
    spent = time.process_time() - began
    losses = np.where(np.isfinite(found.history), found.history, np.inf) * len(x)
    losses = np.minimum.accumulate(losses, axis=1)
    each = flops(net.widths, len(x))
    whole = np.full(len(net), epochs * each)
    return _Run(found.net, losses, found.epochs * each, whole, found.diverged, spent)


def _range(runs: list[list[_Run]]) -> tuple[float, float]:
    """From the first record after the start that any run has to the last."""
    after = [run.after for row in runs for run in row]
    return min(own[1] for own in after), max(own[-1] for own in after)


def _reached(run: _Run, work: NDArray) -> NDArray:
    """Losses after at most so many operations, (work, models); NaN before the first record."""
    last = np.searchsorted(run.after, work, side="right") - 1
    return np.where(last[:, None] < 0, np.nan, run.losses.T[last])


def _pieces(run: _Run, low: float, high: float) -> NDArray:
    found, fine = np.full(len(run.net), np.nan), ~run.diverged
    if fine.any():
        found[fine] = linear_regions(run.net[fine].astype(np.float64), low, high)
    return found


def _different(name: str, values: Sequence[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError(f"{name} must differ from one another, got {checks.brief(values)}")
    return list(values)
