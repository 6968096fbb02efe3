"""The five ways of training that the compositional paper compares,
and what it leaves open about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ... import engines
from ..._core import checks
from ...networks.initialize import RAAI, default_init, raai_init, sample_peaks
from ...networks.network import ReLUNet, points
from ...targets.target import TARGETS, Target
from ...training.first_order import pretrain, train
from ...training.result import Result
from ._published import CURVES, REGIMES


def paper_curves(extra: str = "none") -> list[Target]:
    """The paper's four curves and, unless it is "none", a reader's own,
    as :meth:`Target.read` reads it.

    Raises:
        TypeError, ValueError: as for `Target.read`.
    """
    return [TARGETS[name] for name in CURVES] + ([] if extra == "none" else [Target.read(extra)])


@dataclass(frozen=True)
class Reading:
    """How the paper's experiments are read, where it does not say or its numbers say otherwise.

    Attributes:
        lr: the learning rate of both phases; the paper prints 1e-4.
        epochs: epochs of each phase, passes over the points.
        batch: points an update; 0 takes all of them.
        low, high: the peaks are drawn uniformly from [low, high].
        biases: whether compositional networks have biases in every layer,
            which section 7.1 has in the first only, once their weights are free.
        output_bias: whether random networks have a bias in the output layer.
        raai: the variant of `raai_init`.
        margin: peaks are kept in [margin, 1 - margin] while they are trained.
        optimizer: "adam" or "gd".

    Raises:
        TypeError, ValueError: a value is of the wrong type or outside its limits.
    """

    lr: float = 1e-3
    epochs: int = 1000
    batch: int = 0
    low: float = 0.1
    high: float = 0.9
    biases: bool = False
    output_bias: bool = False
    raai: str = "row"
    margin: float = 1e-3
    optimizer: str = "adam"

    def __post_init__(self):
        checks.integer("epochs", self.epochs), checks.integer("batch", self.batch)
        if checks.number("lr", self.lr) <= 0:
            raise ValueError(f"lr must be positive, got {self.lr}")
        if not 0 < checks.number("low", self.low) <= checks.number("high", self.high) < 1:
            raise ValueError(
                f"low and high must satisfy 0 < low <= high < 1, got {self.low} and {self.high}"
            )
        checks.flag("biases", self.biases), checks.flag("output_bias", self.output_bias)
        (
            checks.choice("raai", self.raai, RAAI),
            checks.choice("optimizer", self.optimizer, engines.OPTIMIZERS),
        )
        if not 0 < checks.number("margin", self.margin) < 0.5:
            raise ValueError(f"margin must lie strictly between 0 and 0.5, got {self.margin}")


def run_regime(
    regime: str,
    targets: Sequence[Target],
    x,
    *,
    y=None,
    models: int = 30,
    seeds: Iterable[int] = range(5),
    depth: int = 5,
    width: int = 4,
    reading: Reading | None = None,
    epochs: int | None = None,
    lr: float | None = None,
    every: int = 0,
    dtype=np.float32,
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
        x: the points, (points,), or one row a target, (targets, points).
        y: data to fit in place of the curves' values, (targets, points) or (seeds, targets,
            points); None takes the curves'.
        models: networks for each seed and target.
        seeds: one a repetition; the networks of a seed start alike in every regime and for every
            target.
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
        TypeError, ValueError: an argument is of the wrong type, shape or value.

    Source: Milkert, Hyde and Laine, section 4.1 and Algorithm 1.
    """
    checks.choice("regime", regime, REGIMES)
    models, depth, width = (
        checks.integer("models", models, 1),
        checks.integer("depth", depth, 1),
        checks.integer("width", width, 1),
    )
    dtype = checks.floating("dtype", dtype)
    if reading is not None and not isinstance(reading, Reading):
        raise TypeError(f"reading must be a Reading, got {reading!r}")
    reading = replace(
        reading or Reading(),
        **{name: value for name, value in (("epochs", epochs), ("lr", lr)) if value is not None},
    )
    if (
        not isinstance(targets, Sequence)
        or not targets
        or not all(isinstance(t, Target) for t in targets)
    ):
        raise TypeError(f"targets must be a sequence of at least one Target, got {targets!r}")
    if not isinstance(seeds, Iterable):
        raise TypeError(f"seeds must be a sequence of integers, got {seeds!r}")
    seeds = [checks.integer("seeds", s) for s in seeds]
    if not seeds:
        raise ValueError("seeds must hold at least one seed, got none")
    x = points("x", x, len(targets))
    if y is not None:
        y = checks.shaped(
            "y",
            checks.numeric("y", y),
            (len(targets), x.shape[1]),
            (len(seeds), len(targets), x.shape[1]),
        )
        y = (
            np.broadcast_to(y, (len(seeds), len(targets), x.shape[1]))[:, :, None]
            .repeat(models, 2)
            .reshape(-1, x.shape[1])
        )
    members = [(seed, k) for seed in seeds for k in range(len(targets)) for _ in range(models)]
    curves = [targets[k] for _, k in members]
    each = x[0] if len(x) == 1 else x[[k for _, k in members]]
    options = {
        "epochs": reading.epochs,
        "lr": reading.lr,
        "batch": reading.batch,
        "optimizer": reading.optimizer,
        "seed": [seed for seed, _ in members] if reading.batch else 0,
    }
    if regime in ("default", "raai"):
        kind = {"output_bias": reading.output_bias, "dtype": dtype}
        drawn = [
            default_init(models, depth, width, seed, **kind)
            if regime == "default"
            else raai_init(models, depth, width, seed, variant=reading.raai, **kind)
            for seed in seeds
        ]
        net, mask = ReLUNet.concatenate([start for start in drawn for _ in targets]), None
    else:
        net, mask = _compositional(
            regime,
            curves,
            each,
            y,
            [
                sample_peaks(models, depth, seed, reading.low, reading.high).astype(dtype)
                for seed in seeds
            ],
            len(targets),
            reading,
            options,
        )
    return replace(
        train(net, curves if y is None else y, each, every=every, mask=mask, **options), start=net
    )


def _compositional(regime, curves, x, y, drawn, repeated, reading, options):
    """The stack that the last phase starts from, and its mask,
    if some parameters are not to move."""
    peaks = np.concatenate([start for start in drawn for _ in range(repeated)])
    if regime == "skipped":
        options = {**options, "epochs": 0}
    shifted = np.array([curve.line[0] != 0 for curve in curves])
    parts, nets = (
        [np.flatnonzero(shifted == kind) for kind in (False, True) if (shifted == kind).any()],
        [],
    )
    for part in parts:
        own = (
            {**options, "seed": [options["seed"][i] for i in part]} if options["batch"] else options
        )
        net = pretrain(
            peaks[part],
            [curves[i] for i in part],
            x if x.ndim == 1 else x[part],
            y=None if y is None else y[part],
            differentiable=regime != "free",
            margin=reading.margin,
            **own,
        ).net
        nets.append(net.with_biases() if reading.biases else net)
    if len(nets) == 1:
        return nets[0], None
    if not reading.biases:
        nets[0] = ReLUNet._trusted(
            nets[0].weights, [*nets[0].biases[:-1], np.zeros((len(nets[0]), 1), nets[0].dtype)]
        )
    net = ReLUNet.concatenate(nets)[np.argsort(np.concatenate(parts))]
    if reading.biases:
        return net, None
    ones = [None if b is None else np.ones_like(b) for b in net.biases]
    ones[-1][~shifted] = 0
    return net, ReLUNet([np.ones_like(w) for w in net.weights], ones)
