"""The best of many starts: all are refined, and the better ones kicked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._core import checks, seeds
from .._core.stops import Interrupted
from ..functions.of_networks import mse
from ..networks.network import ReLUNet
from ..targets.checks import one_each
from ..targets.target import Target
from .problem import trainable
from .second_order import Refined, refine

Curves = Target | Sequence[Target]
ITERATIONS = 200
"""Steps of the first round, in which all starts take part."""
ROUND = 80
"""Steps of a later round, at most."""
KEEP = 32
"""Networks of each target that the first stage takes."""
LAST = 4
"""Networks of each target that are left when halving ends."""


def search(
    net: ReLUNet, targets: Curves, *, rounds: int = 30, best: int = 1, seed: int = 0
) -> Refined:
    r"""The best networks that come of a stack of starts: all are refined,
    then the better ones of each target kicked and refined again and again.

    The first stage goes on with the 32 best of each target for `rounds` rounds
    of :func:`refine`, the next with half of them for twice as many rounds, and so on until four,
    or `best`, are left: every stage costs about the same.

    Args:
        net: the starts; they are not changed.
        targets: a :class:`Target`, or a sequence of one per member;
            members with the same target compete.
        rounds: of each of them in the first stage; 0 refines all starts once and stops there.
        best: how many networks are returned for each target.
        seed: of the kicks. A target's result does not depend on the others'.

    Returns:
        A :class:`Refined` with `best` members for each target,
        targets in the order in which they first appear, the closest network first.
        Its `history` is, for each of them, the least loss for its target at the start,
        after the first round, and after each stage.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits,
            or it would not fit into memory.
        Interrupted: a KeyboardInterrupt came; the exception holds the best so far.
    """
    curves = one_each("targets", targets, len(trainable(net)))
    least: list[list[float]] = []
    different = {id(t): t for t in curves}.values()
    groups = [[k for k, t in enumerate(curves) if t is curve] for curve in different]
    seed = checked(rounds, best, seed, min(map(len, groups)))

    def step(
        net: ReLUNet, curves: list[Target], groups: list[list[int]], **options: Any
    ) -> Refined:
        try:
            found = refine(net, curves, **options)
        except Interrupted as stop:
            raise Interrupted(leading(stop.result, groups), stop.done, "rounds") from None
        if not least:
            least.append([found.history[group, 0].min() for group in groups])
        least.append([found.loss[group].min() for group in groups])
        return found

    def leading(found: Refined, groups: list[list[int]]) -> Refined:
        return _leading(found, groups, best, np.array(least).reshape(-1, len(groups)).T)

    found = step(net, curves, groups, iterations=ITERATIONS)
    size, stage = min(KEEP, max(map(len, groups))), 0
    while rounds and (not stage or size >= max(LAST, best)):
        chosen = [sorted(group, key=lambda k: found.loss[k])[: max(size, best)] for group in groups]
        kicks = [seeds.split(seed, stage, k) for group in chosen for k in range(len(group))]
        curves = [curves[k] for group in chosen for k in group]
        rows, ends = [k for group in chosen for k in group], np.cumsum([0, *map(len, chosen)])
        groups = [list(range(a, b)) for a, b in zip(ends, ends[1:])]
        found = step(
            found.net[rows], curves, groups, iterations=ROUND, rounds=rounds * 2**stage, seed=kicks
        )
        size, stage = size // 2, stage + 1
    return leading(found, groups)


def _leading(found: Refined, groups: list[list[int]], best: int, least: NDArray) -> Refined:
    """The best members of each group, with the history of its least losses, (groups, stages)."""
    known = np.where(np.isnan(found.loss), np.inf, found.loss)  # after an interrupt
    order = [sorted(group, key=lambda k: known[k])[:best] for group in groups]
    chosen = [k for group in order for k in group]
    history = np.repeat(least, [len(group) for group in order], axis=0)
    status = tuple(found.status[k] for k in chosen)
    return Refined(found.net[chosen], found.loss[chosen], history, status)


def judged(net: ReLUNet, curves: Sequence[Target], groups: list[list[int]], best: int) -> Refined:
    """The best members of each curve's group, of networks that were not refined: as they are on
    even points, which takes little time, with the integrals of these few."""
    on_points = [
        ((net[group](t.grid(500)) - t(t.grid(500))) ** 2).mean(1)
        for t, group in zip(curves, groups)
    ]
    loss = np.concatenate(on_points)
    found = Refined(net, loss, loss[:, None], ("running",) * len(net))
    chosen = _leading(found, groups, best, np.array([[each.min()] for each in on_points]))
    exact = mse(chosen.net, [t for t, group in zip(curves, groups) for _ in group[:best]])
    return replace(chosen, loss=exact, history=exact[:, None])


def checked(rounds: int, best: int, seed: int, starts: int) -> int:
    """The seed, after a look at the rest."""
    checks.integer("rounds", rounds)
    if checks.integer("best", best, 1) > starts:
        raise ValueError(
            f"best must be at most the number of starts of each target, {starts}, got {best}"
        )
    return seeds.one("seed", seed)
