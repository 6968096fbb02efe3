"""What more layers pay: several ways of finding the weights, at each depth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..._core import checks, memory
from ..._core.seeds import several
from ...compositions.peaks import sample_peaks
from ...functions.of_networks import linear_regions, mse
from ...networks.initialize import default_init
from ...networks.network import ReLUNet
from ...targets.checks import distinct
from ...targets.target import Target
from ...training._search import search
from ...training.first_order import pretrain
from ...training.second_order import refine
from ...training.starts import closest, grow, pretrained
from .._labelled import listed
from .regimes import run_regime
from .splits import evenly

if TYPE_CHECKING:
    import xarray as xr

STEPS = 200
"""Of Levenberg-Marquardt, at most, for "Adam, refined"."""


def each_depth(
    curves: Sequence[Target],
    depths: Iterable[int],
    ways: Iterable[str] | None = None,
    *,
    seeds: Iterable[int] = range(2),
    models: int = 10,
    starts: int = 6,
    epochs: int = 1000,
    rounds: int = 12,
    best: int = 4,
    copies: int = 2,
) -> xr.Dataset:
    """The closest network that each of several ways finds, at each depth.

    - "peaks": the peaks alone, differentiability enforced; of 3 x `models` starts, by Adam.
    - "peaks, not enforced": the same with free ratios, of `models` starts.
    - "Adam": the regime "enforced", all weights, of `models` starts.
    - "Adam, refined": that network after up to 200 steps of Levenberg-Marquardt (:func:`refine`).
    - "default start": a refinement of 2 x `starts` random networks.
    - "refined": a refinement of `starts` networks with pretrained peaks,
      and of copies of them with a little noise (:func:`closest` without rounds).
    - "grown": :func:`closest` at the first depth; from then on the `best` networks with a layer
      more, in `copies` copies each, searched again (:func:`grow`).

    Args:
        curves: the targets, whose names differ.
        depths: hidden layers; for "grown", each one more than the one before.
        ways: of those above; None takes all of them.
        seeds: one a repetition.
        models, starts: networks for each curve, as above.
        epochs: of each phase of Adam.
        rounds: of a search at each depth, see :func:`search`; 0 only refines.
        best, copies: of "grown".

    Returns:
        A data set with dimensions way, seed, depth and curve: `error`, the integral of the
        squared error as a mean over the interval, and `pieces`, the linear regions.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    curves, seeds = distinct("curves", curves), several("seeds", seeds)
    ways = list(WAYS) if ways is None else listed("ways", ways, "names")
    for way in ways:
        checks.choice("ways", way, WAYS)
    depths = [checks.integer("depths", depth, 1) for depth in listed("depths", depths, "depths")]
    plan = _Plan(models, starts, epochs, rounds, best, copies)
    for one in fields(plan):
        least = 0 if one.name in ("epochs", "rounds") else 1
        checks.integer(one.name, getattr(plan, one.name), least)
    layers, most = max(depths), max(3 * models, 2 * starts, best * copies)
    need = most * len(curves) * (16_000 + 2000 * layers)
    memory.fit("models, starts and depths", (models, starts, layers), need)
    shape = len(ways), len(seeds), len(depths), len(curves)
    error, pieces = np.empty(shape), np.empty(shape, int)
    for k, seed in enumerate(seeds):
        kept: dict[str, list[_Found]] = {}
        for w, way in enumerate(ways):
            if way == REFINED:
                adam = kept.get("Adam") or WAYS["Adam"](plan, curves, depths, seed)
                kept[way] = list(_adam_refined(adam, curves))
            else:
                kept[way] = list(WAYS[way](plan, curves, depths, seed))
            for d, (net, loss) in enumerate(kept[way]):
                error[w, k, d] = loss
                pieces[w, k, d] = [
                    linear_regions(one, *curve.interval)[0] for one, curve in zip(net, curves)
                ]
    dimensions = ("way", "seed", "depth", "curve")
    labels = dict(zip(dimensions, (ways, seeds, depths, [curve.name for curve in curves])))
    variables = {"error": (dimensions, error), "pieces": (dimensions, pieces)}
    return xr.Dataset(variables, labels, asdict(plan))


@dataclass(frozen=True)
class _Plan:
    """How much is searched; see :func:`each_depth`."""

    models: int
    starts: int
    epochs: int
    rounds: int
    best: int
    copies: int


_Found = tuple[ReLUNet, NDArray]
"""A network for each curve, and their errors."""


def _nearest(curves, net, loss=None) -> _Found:
    """The closest network of each curve, of a stack with equally many of each."""
    loss = mse(net, _each(curves, len(net) // len(curves))) if loss is None else loss
    rows = loss.reshape(len(curves), -1)
    chosen = rows.argmin(1) + np.arange(len(curves)) * rows.shape[1]
    return net[chosen], rows.min(1)


def _each(curves, count) -> list[Target]:
    return [curve for curve in curves for _ in range(count)]


def _peaks(plan, curves, depths, seed) -> Iterator[_Found]:
    for depth in depths:
        net = pretrained(curves, depth, 3 * plan.models, seed=seed, epochs=plan.epochs)
        yield _nearest(curves, net)


def _not_enforced(plan, curves, depths, seed) -> Iterator[_Found]:
    options = {"epochs": plan.epochs, "lr": 1e-2, "differentiable": False}
    for depth in depths:
        drawn = sample_peaks(plan.models, depth, seed, 0.15, 0.85)
        found = [pretrain(drawn, *row, **options) for row in zip(curves, evenly(curves, 500))]
        yield _nearest(curves, ReLUNet.concatenate([one.net.with_biases() for one in found]))


def _adam(plan, curves, depths, seed) -> Iterator[_Found]:
    options = {"models": plan.models, "seeds": [seed], "epochs": plan.epochs}
    for depth in depths:
        result = run_regime("enforced", curves, evenly(curves, 500), depth=depth, **options)
        yield _nearest(curves, result.net)


def _adam_refined(adam, curves) -> Iterator[_Found]:
    for net, _ in adam:
        found = refine(net, curves, iterations=STEPS)
        yield found.net, found.loss


def _default_start(plan, curves, depths, seed) -> Iterator[_Found]:
    for depth in depths:
        drawn = default_init(2 * plan.starts, depth, 4, seed).with_biases()
        stack = ReLUNet.concatenate([drawn] * len(curves))
        found = search(stack, _each(curves, len(drawn)), rounds=0)
        yield _nearest(curves, found.net, found.loss)


def _refined(plan, curves, depths, seed) -> Iterator[_Found]:
    for depth in depths:
        found = closest(curves, depth, models=plan.starts, rounds=0, seed=seed)
        yield found.net, found.loss


def _grown(plan, curves, depths, seed) -> Iterator[_Found]:
    options = {"rounds": plan.rounds, "best": plan.best, "seed": seed}
    found = None
    for depth in depths:
        if found is None:
            found = closest(curves, depth, models=max(plan.starts, 2 * plan.best), **options)
        else:
            found = grow(found.net, _each(curves, plan.best), copies=plan.copies, **options)
        yield _nearest(curves, found.net, found.loss)


REFINED = "Adam, refined"
WAYS: dict[str, Callable[..., Iterator[_Found]]] = {
    "peaks": _peaks,
    "peaks, not enforced": _not_enforced,
    "Adam": _adam,
    REFINED: _adam_refined,
    "default start": _default_start,
    "refined": _refined,
    "grown": _grown,
}
"""How each way finds the closest networks, one of each curve, for one depth after the other."""
