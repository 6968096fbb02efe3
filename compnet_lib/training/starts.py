"""Starts from which the closest network that can be found is searched."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .._core import checks, memory, seeds
from .._core.stops import Interrupted
from ..compositions.manifold import compositional
from ..compositions.peaks import sample_peaks
from ..networks.equivalent import deepen
from ..networks.network import ReLUNet
from ..targets.checks import distinct, one_each
from ..targets.target import Target
from ._search import Curves, checked, judged, search
from .first_order import pretrain
from .problem import trainable
from .second_order import Refined

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
    seed = checked(rounds, best, seed, 2 * models)
    rng = np.random.default_rng(seed)
    try:
        net = pretrained(curves, depth, models, seed=seed)
    except Interrupted as stop:
        groups = [list(range(k * models, (k + 1) * models)) for k in range(len(curves))]
        raise Interrupted(judged(stop.result, curves, groups, best), stop.done) from None

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
    seed = checked(rounds, best, seed, copies * min(curves.count(t) for t in curves))
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


def _ranks(targets: Sequence[Target]) -> list[int]:
    """How many members of the same target come before each."""
    seen: dict[int, int] = {}
    ranks = []
    for t in targets:
        ranks.append(seen.get(id(t), 0))
        seen[id(t)] = ranks[-1] + 1
    return ranks
