"""The five ways of training that the compositional paper compares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ..._core import checks, memory
from ..._core.seeds import several
from ...compositions.peaks import sample_peaks
from ...networks.initialize import default_init, raai_init
from ...networks.network import ReLUNet
from ...targets.checks import listed
from ...targets.target import Target
from ...training.first_order import pretrain, train
from ...training.result import Result
from ._published import REGIMES
from ._reading import Reading, resolved


def run_regime(
    regime: str,
    targets: Sequence[Target],
    x: ArrayLike,
    *,
    y: ArrayLike | None = None,
    models: int = 30,
    seeds: Iterable[int] = range(5),
    depth: int = 5,
    width: int = 4,
    reading: Reading | None = None,
    epochs: int | None = None,
    lr: float | None = None,
    every: int = 0,
    dtype: DTypeLike = np.float32,
) -> Result:
    """Train every member of a regime: `models` networks for each seed and each target,
    all in one stack.

    - "default" and "raai": random networks with hidden biases; `epochs` epochs on the weights.
    - "skipped": compositional networks; `epochs` epochs on the weights.
    - "free": the same peaks; `epochs` epochs on peaks and free ratios,
      then `epochs` on the weights.
    - "enforced": the same peaks; `epochs` epochs on the peaks, ratios derived by (4),
      then `epochs` on the weights.

    Args:
        regime: "default", "raai", "skipped", "free" or "enforced".
        targets: the curves.
        x: the points, (points,), or one row a target, (targets, points),
            or one for each seed and target, (seeds, targets, points).
        y: data to fit in place of the curves' values, (targets, points) or (seeds, targets,
            points); None takes the curves'.
        models: networks for each seed and target.
        seeds: one a repetition, a million at most; the networks of a seed start alike in every
            regime and for every target.
        depth: hidden layers.
        width: neurons in each hidden layer of random networks; compositional ones have four.
        reading: what the paper leaves open; None is `Reading()`.
        epochs, lr: in place of the reading's.
        every: record the loss of the last phase every so many epochs; 0 records nothing.
        dtype: float32 or float64.

    Returns:
        The :class:`Result` of the last phase; its `start` is the stack which that phase started
        from. Members are ordered by seed, then target, then network:
        `loss.reshape(len(seeds), len(targets), models)`.
        If some compositional networks need an output bias,
        their line starting elsewhere than at 0, all have one in `net`;
        the others' are 0 and not trained.

    Raises:
        TypeError, ValueError: an argument is of the wrong type, shape or value,
            or it would not fit into memory.

    Source: Milkert, Hyde and Laine, section 4.1 and Algorithm 1.
    """
    reading = resolved(reading, epochs, lr)
    plan = _planned(regime, targets, x, y, models, seeds, depth, width, reading, dtype)
    net, mask = _start(plan)
    data = plan.curves if plan.y is None else plan.y
    result = train(net, data, plan.x, every=every, mask=mask, **plan.options)
    return replace(result, start=net)


def begin_regime(
    regime: str,
    targets: Sequence[Target],
    x: ArrayLike,
    *,
    y: ArrayLike | None = None,
    models: int = 30,
    seeds: Iterable[int] = range(5),
    depth: int = 5,
    width: int = 4,
    reading: Reading | None = None,
    epochs: int | None = None,
    lr: float | None = None,
    dtype: DTypeLike = np.float32,
) -> ReLUNet:
    """The stack that the last phase of a regime starts from: `run_regime(…).start`,
    without that phase. Arguments, order of members and errors are those of :func:`run_regime`."""
    reading = resolved(reading, epochs, lr)
    return _start(_planned(regime, targets, x, y, models, seeds, depth, width, reading, dtype))[0]


class _Plan(NamedTuple):
    """A checked request: curves, points and data are one a member."""

    regime: str
    curves: list[Target]
    x: NDArray
    y: NDArray | None
    models: int
    seeds: list[int]
    depth: int
    width: int
    reading: Reading
    options: dict[str, Any]
    dtype: np.dtype

    @property
    def repeated(self) -> int:
        """How many curves there are."""
        return len(self.curves) // (len(self.seeds) * self.models)


def _planned(regime, targets, x, y, models, seeds, depth, width, reading, dtype) -> _Plan:
    checks.choice("regime", regime, REGIMES)
    models = checks.integer("models", models, 1)
    depth, width = checks.integer("depth", depth, 1), checks.integer("width", width, 1)
    dtype = checks.floating("dtype", dtype)
    seeds, targets = several("seeds", seeds), listed("targets", targets)
    rows, members = (len(seeds), len(targets)), len(seeds) * len(targets) * models
    x = checks.numeric("x", x)
    x = checks.shaped("x", x, (None,), (rows[1], None), (*rows, None))
    each = 4 * 8 * x.shape[-1] + 1000 + 30 * depth * max(width, 4) ** 2 * dtype.itemsize
    memory.fit("models, depth and width", (models, depth, width), members * each)
    if x.ndim > 1:
        x = _each(x, rows, models)
    if y is not None:
        y = checks.numeric("y", y)
        y = _each(checks.shaped("y", y, (rows[1], x.shape[-1]), (*rows, x.shape[-1])), rows, models)
    options = {
        "epochs": reading.epochs,
        "lr": reading.lr,
        "batch": reading.batch,
        "optimizer": reading.optimizer,
        "seed": list(np.repeat(seeds, members // len(seeds)).tolist()) if reading.batch else 0,
    }
    curves = [curve for _ in seeds for curve in targets for _ in range(models)]
    return _Plan(regime, curves, x, y, models, seeds, depth, width, reading, options, dtype)


def _each(rows, shape, models):
    """Rows of a target, or of a seed and target, as one a member."""
    rows = np.broadcast_to(rows, (*shape, rows.shape[-1]))
    return rows[:, :, None].repeat(models, 2).reshape(-1, rows.shape[-1])


def _start(plan: _Plan) -> tuple[ReLUNet, ReLUNet | None]:
    """The stack that the last phase starts from, and its mask,
    if some parameters are not to move."""
    if plan.regime in ("default", "raai"):
        return _random(plan), None
    shifted = np.array([curve.line[0] != 0 for curve in plan.curves])
    kinds = [kind for kind in (False, True) if (shifted == kind).any()]
    parts = [np.flatnonzero(shifted == kind) for kind in kinds]
    nets = [_compositional(plan, part) for part in parts]
    if len(nets) == 1:
        return nets[0], None
    biases = plan.reading.biases
    if not biases:
        zeros = np.zeros((len(nets[0]), 1), nets[0].dtype)
        nets[0] = ReLUNet._trusted(nets[0].weights, [*nets[0].biases[:-1], zeros])
    net = ReLUNet.concatenate(nets)[np.argsort(np.concatenate(parts))]
    if biases:
        return net, None
    ones = [None if b is None else np.ones_like(b) for b in net.biases[:-1]]
    ones.append(shifted[:, None].astype(net.dtype))
    return net, ReLUNet([np.ones_like(w) for w in net.weights], ones)


def _random(plan: _Plan) -> ReLUNet:
    kind: dict[str, Any] = {"output_bias": plan.reading.output_bias, "dtype": plan.dtype}
    shape = plan.models, plan.depth, plan.width
    if plan.regime == "default":
        drawn = [default_init(*shape, seed, **kind) for seed in plan.seeds]
    else:
        kind["variant"] = plan.reading.raai
        drawn = [raai_init(*shape, seed, **kind) for seed in plan.seeds]
    return ReLUNet.concatenate([start for start in drawn for _ in range(plan.repeated)])


def _compositional(plan: _Plan, part: NDArray) -> ReLUNet:
    """The members `part`, after the first phase if there is one."""
    reading = plan.reading
    drawn = [
        sample_peaks(plan.models, plan.depth, seed, reading.low, reading.high).astype(plan.dtype)
        for seed in plan.seeds
    ]
    peaks = np.concatenate([start for start in drawn for _ in range(plan.repeated)])
    options = dict(plan.options)
    if plan.regime == "skipped":
        options["epochs"] = 0
    if reading.batch:
        options["seed"] = [options["seed"][i] for i in part]
    net = pretrain(
        peaks[part],
        [plan.curves[i] for i in part],
        plan.x if plan.x.ndim == 1 else plan.x[part],
        y=None if plan.y is None else plan.y[part],
        differentiable=plan.regime != "free",
        margin=reading.margin,
        **options,
    ).net
    return net.with_biases() if reading.biases else net
