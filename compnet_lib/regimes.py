"""The five ways of training that the compositional paper compares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from . import _check
from .initialize import default_init, raai_init, sample_peaks
from .network import ReLUNet
from .published import REGIMES
from .targets import Target
from .training import Result, pretrain, train


def run_regime(regime: str, targets: Sequence[Target], x, *, models: int = 30, seeds: Iterable[int] = range(5), depth: int = 5,
               epochs: int = 1000, lr: float = 1e-3, every: int = 0, dtype=np.float32) -> Result:
    """Train every member of a regime: `models` networks for each seed and each target, all in one stack.

    - "default" and "raai": random networks, hidden biases, no output bias; `epochs` epochs on the weights.
    - "skipped": compositional networks with peaks uniform in [0.1, 0.9]; `epochs` epochs on the weights.
    - "free": the same peaks; `epochs` epochs on peaks and free ratios, then `epochs` on the weights.
    - "enforced": the same peaks; `epochs` epochs on the peaks, ratios derived by (4), then `epochs` on the weights.

    Compositional networks are trained with the matrices of section 7.1 as they are: hidden layers after the first, and the
    output, have no bias. This is a reading of the paper, as are the distribution of the peaks and the missing output
    bias of the random networks.

    Args:
        regime: "default", "raai", "skipped", "free" or "enforced".
        targets: the curves.
        x: the points, (points,).
        models: networks for each seed and target.
        seeds: one a repetition; the networks of a seed start alike in every regime and for every target.
        depth: hidden layers, of four neurons.
        epochs: epochs of each phase.
        lr: the learning rate of both phases.
        every: record the loss of the last phase every so many epochs; 0 records nothing.
        dtype: float32 or float64.

    Returns:
        The :class:`Result` of the last phase. Members are ordered by seed, then target, then network:
        `loss.reshape(len(seeds), len(targets), models)`.

    Raises:
        TypeError, ValueError: an argument is of the wrong type, shape or value.

    Source: Milkert, Hyde and Laine, section 4.1 and Algorithm 1.
    """
    _check.choice("regime", regime, REGIMES)
    models, epochs = _check.integer("models", models, 1), _check.integer("epochs", epochs)
    dtype = _check.floating("dtype", dtype)
    if not isinstance(targets, Sequence) or not targets or not all(isinstance(t, Target) for t in targets):
        raise TypeError(f"targets must be a sequence of at least one Target, got {targets!r}")
    if not isinstance(seeds, Iterable):
        raise TypeError(f"seeds must be a sequence of integers, got {seeds!r}")
    seeds = [_check.integer("seeds", s) for s in seeds]
    if not seeds:
        raise ValueError("seeds must hold at least one seed, got none")
    curves = [t for _ in seeds for t in targets for _ in range(models)]
    options = {"epochs": epochs, "lr": lr}
    if regime in ("default", "raai"):
        make = default_init if regime == "default" else raai_init
        drawn = [make(models, depth, 4, seed, output_bias=False, dtype=dtype) for seed in seeds]
        net = ReLUNet.concatenate([start for start in drawn for _ in targets])
    else:
        drawn = [sample_peaks(models, depth, seed).astype(dtype) for seed in seeds]
        peaks = np.concatenate([start for start in drawn for _ in targets])
        first = {**options, "epochs": 0} if regime == "skipped" else options
        net = pretrain(peaks, curves, x, differentiable=regime != "free", **first).net
    return train(net, curves, x, every=every, **options)
