"""The closest network that can be found: many starts, refined, and the best of them kicked on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._core import checks, memory, seeds
from .._core.control import Interrupted
from ..compositions.manifold import compositional
from ..compositions.peaks import sample_peaks
from ..functions.of_networks import mse
from ..networks.equivalent import deepen
from ..networks.network import ReLUNet
from ..targets.checks import distinct, one_each
from ..targets.target import Target
from .first_order import pretrain
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
STIR = 1e-3
"""Standard deviation of the noise on the weights of every other start."""


def pretrained(
    targets: Curves, depth: int = 5, models: int = 30, *, seed: int = 0, epochs: int = 600
) -> ReLUNet:
    """Compositional networks whose peaks were trained with differentiability enforced,
    `models` for each target, in the targets' order; every layer has a bias.

    Args:
        targets: a :class:`Target` or a sequence of them.
        depth: hidden layers.
        models: networks for each target; they start from the same peaks for all targets.
        seed: of the peaks, uniform on [0.15, 0.85].
        epochs: of Adam at the rate 0.01, on 500 evenly spaced points.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits,
            or it would not fit into memory.
        Interrupted: a KeyboardInterrupt came; the exception holds the networks of all targets as
            far as they were trained.

    Source: Milkert, Hyde and Laine, Algorithm 1, its first phase.
    """
    curves = distinct("targets", targets)
    models, depth = checks.integer("models", models, 1), checks.integer("depth", depth, 1)
    seed = seeds.one("seed", seed)
    need = models * (16_000 + 1000 * depth * (1 + len(curves)))
    memory.fit("models and depth", (models, depth), need)
    peaks = sample_peaks(models, depth, seed, 0.15, 0.85)
    trained: list[ReLUNet] = []
    joined = lambda nets: ReLUNet.concatenate([net.with_biases() for net in nets])
    for t in curves:
        try:
            trained.append(pretrain(peaks, t, t.grid(500), epochs=epochs, lr=1e-2).net)
        except Interrupted as stop:
            left = curves[len(trained) + 1 :]
            starts = [_untrained(peaks, other) for other in left]
            raise Interrupted(joined([*trained, stop.result.net, *starts]), stop.done) from None
    return joined(trained)


def _untrained(peaks: NDArray, target: Target) -> ReLUNet:
    return compositional(peaks, target.sign, line=target.line, interval=target.interval)


def closest(
    targets: Curves,
    depth: int = 5,
    *,
    models: int = 30,
    rounds: int = 30,
    best: int = 1,
    seed: int = 0,
) -> Refined:
    """The networks closest to the targets that a search from compositional starts finds.

    The starts are the `pretrained` networks, and each once more with a little noise on its
    weights, which frees neurons that the construction binds together; then :func:`search`.

    Args:
        targets: a :class:`Target` or a sequence of them.
        depth: hidden layers, of four neurons each.
        models: half as many as there are starts for each target.
        rounds, best, seed: as for `search`. On two cores at depth 5,
            `rounds` of 4 take about 2.5 seconds a target, 30 about 10.

    Returns:
        A :class:`Refined` with `best` networks for each target, in the targets' order,
        the closest first.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits,
            or it would not fit into memory.
        Interrupted: a KeyboardInterrupt came; the exception holds the best so far.
    """
    curves, models = distinct("targets", targets), checks.integer("models", models, 1)
    seed = _checked(rounds, best, seed, 2 * models)
    rng = np.random.default_rng(seed)
    try:
        net = pretrained(curves, depth, models, seed=seed)
    except Interrupted as stop:
        groups = [list(range(k * models, (k + 1) * models)) for k in range(len(curves))]
        raise Interrupted(_judged(stop.result, curves, groups, best), stop.done) from None

    def stirred(a: NDArray) -> NDArray:
        shift = rng.standard_normal((1, models, *a.shape[1:]))
        return a + STIR * np.repeat(shift, len(curves), 0).reshape(a.shape)

    layers = [(stirred(w), stirred(b)) for w, b in zip(net.weights, net.biases) if b is not None]
    weights, biases = zip(*layers)
    both = ReLUNet.concatenate([net, ReLUNet(weights, biases)])
    each = [t for t in curves for _ in range(models)]
    return search(both, each * 2, rounds=rounds, best=best, seed=seed)


def grow(
    net: ReLUNet,
    targets: Curves,
    *,
    copies: int = 8,
    rounds: int = 10,
    best: int = 1,
    seed: int = 0,
) -> Refined:
    """Networks one layer deeper: the given ones with an identity more, see :func:`deepen`,
    and noise of several sizes on it, then :func:`search`.

    Args:
        net: the stack to grow; it is not changed.
        targets: a :class:`Target`, or a sequence of one per member;
            members of one target compete.
        copies: of each member.
        rounds, best, seed: as for `search`.

    Returns, Raises: as for `search`. No network is worse than the best member of its target.
    """
    curves = one_each("targets", targets, len(trainable(net)))
    copies = checks.integer("copies", copies, 1)
    ranks = _ranks(curves)
    seed = _checked(rounds, best, seed, copies * min(curves.count(t) for t in curves))
    memory.fit("copies", copies, 3 * copies * len(net) * (net.parameters * 8 + 500))
    noise = [10 ** np.random.default_rng([seed, rank]).uniform(-3, -0.3, copies) for rank in ranks]
    grown = [
        deepen(
            net[[k] * copies],
            noise=np.where(np.arange(copies) > 0, noise[k], 0),
            seed=seeds.split(seed, ranks[k]),
        )
        for k in range(len(net))
    ]
    return search(
        ReLUNet.concatenate(grown),
        [t for t in curves for _ in range(copies)],
        rounds=rounds,
        best=best,
        seed=seed,
    )


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
    seed = _checked(rounds, best, seed, min(map(len, groups)))

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


def _judged(net: ReLUNet, curves: Sequence[Target], groups: list[list[int]], best: int) -> Refined:
    """The best members of each curve's group, of networks that were not refined."""
    loss = mse(net, [t for t, group in zip(curves, groups) for _ in group])
    found = Refined(net, loss, loss[:, None], ("running",) * len(net))
    return _leading(found, groups, best, np.array([[loss[group].min()] for group in groups]))


def _checked(rounds: int, best: int, seed: int, starts: int) -> int:
    """The seed, after a look at the rest."""
    checks.integer("rounds", rounds)
    if checks.integer("best", best, 1) > starts:
        raise ValueError(
            f"best must be at most the number of starts of each target, {starts}, got {best}"
        )
    return seeds.one("seed", seed)


def _ranks(targets: Sequence[Target]) -> list[int]:
    """How many members of the same target come before each."""
    seen: dict[int, int] = {}
    ranks = []
    for t in targets:
        ranks.append(seen.get(id(t), 0))
        seen[id(t)] = ranks[-1] + 1
    return ranks
