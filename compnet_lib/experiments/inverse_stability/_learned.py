"""Training the peaks or training the weights: what it does to the distance in parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..._core import checks, memory
from ..._core import seeds as chance
from ...compositions.manifold import compositional
from ...compositions.peaks import sample_peaks
from ...networks.equivalent import balance
from ...networks.network import ReLUNet
from ...targets.checks import a_curve
from ...targets.target import Target
from ...training.first_order import pretrain, train

if TYPE_CHECKING:
    import xarray as xr

WAYS = ("peaks", "weights")
BALANCED = ("as built", "balanced")
MOST_FRAMES = 2000


def peaks_or_weights(
    depth: int = 4,
    *,
    models: int = 20,
    points: int = 500,
    epochs: int = 1000,
    lr: float = 1e-3,
    step: int = 50,
    seed: int = 0,
) -> xr.Dataset:
    r"""Compositional networks that learn what another one computes, by Adam on the peaks or on all
    weights, from the same starts: how far function and parameters still are from it.

    The parameters of the other network are its peaks and closing number, or its weights, both
    networks being built in one way and none of their neurons rescaled.

    Args:
        depth: hidden layers, 1 to 12.
        models: pairs of networks, at least 1; peaks are drawn from [0.2, 0.8].
        points: evenly spaced, at least 2.
        epochs, lr: of each training.
        step: from one measurement to the next, in epochs, at least 1.
        seed: of the peaks.

    Returns:
        A data set with dimensions way ("peaks" and "weights"), epoch and model: `function`, the
        root of the mean squared difference at the points, and `parameters`, the largest difference
        of a parameter.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    depth, models = checks.integer("depth", depth, 1, 12), checks.integer("models", models, 1)
    points, step = checks.integer("points", points, 2), checks.integer("step", step, 1)
    epochs, seed = checks.integer("epochs", epochs), chance.one("seed", seed)
    if epochs // step > MOST_FRAMES:
        raise ValueError(
            f"step must leave at most {MOST_FRAMES:,} measurements, got {epochs // step:,}"
        )
    memory.fit("points", points, 80 * points * models * (depth + 4))
    x = np.linspace(0, 1, points)
    start, wanted = sample_peaks(2 * models, depth, seed, 0.2, 0.8).reshape(2, models, depth)
    other = compositional(wanted, -1)
    data, built = other(x), compositional(start, -1)
    frames = range(0, epochs + 1, step)
    options: dict[str, Any] = {"epochs": epochs, "lr": lr, "snapshots": frames}
    moved: Any = pretrain(start, data, x, sign=-1, **options).snapshots
    trained: Any = train(built, data, x, **options).snapshots
    found = np.zeros((2, 2, len(frames), models))
    for place, epoch in enumerate(frames):
        now = moved[epoch]
        far = np.c_[now.peaks - wanted, now.closing - 0.5]
        nets = compositional(now.peaks, -1, now.closing), trained[epoch]
        for way, net in enumerate(nets):
            found[0, way, place] = np.sqrt(((net(x) - data) ** 2).mean(1))
        found[1, :, place] = abs(far).max(1), _apart(trained[epoch], other)
    dims = ("way", "epoch", "model")
    return xr.Dataset(
        {"function": (dims, found[0]), "parameters": (dims, found[1])},
        {"way": list(WAYS), "epoch": list(frames)},
    )


def _apart(net: ReLUNet, other: ReLUNet) -> NDArray:
    """The largest difference of a weight or bias, (models,)."""
    pairs = zip((*net.weights, *net.biases), (*other.weights, *other.biases))
    sizes = [abs(u - v).reshape(len(net), -1).max(1) for u, v in pairs if u is not None]
    return np.max(sizes, axis=0)


def balanced_or_not(
    curve: Target,
    seeds: int | Iterable[int],
    *,
    depth: int = 5,
    models: int = 10,
    points: int = 500,
    epochs: int = 1000,
    lr: float = 1e-3,
) -> xr.DataArray:
    """The losses of compositional networks whose weights are trained with Adam as they are built,
    or after :func:`compnet_lib.balance`.

    Args:
        curve: on [0, 1], with different values at the ends.
        seeds: of the peaks, drawn from [0.1, 0.9].
        depth: hidden layers, 1 to 12.
        models: networks of each seed, at least 1.
        points: evenly spaced, at least 2.
        epochs, lr: of each training.

    Returns:
        (start, seed, model), with start "as built" and "balanced": the mean squared error at the
        points after training.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    a_curve("curve", curve)
    points, epochs = checks.integer("points", points, 2), checks.integer("epochs", epochs)
    each = chance.several("seeds", seeds)
    depth, models = checks.integer("depth", depth, 1, 12), checks.integer("models", models, 1)
    memory.fit("points", points, 80 * points * models * len(each) * (depth + 4))
    x = np.linspace(0, 1, points)
    peaks = np.concatenate([sample_peaks(models, depth, seed) for seed in each])
    built = pretrain(peaks, curve, x, epochs=0, lr=lr).net
    starts = (built, balance(built))
    losses = [train(net, curve, x, epochs=epochs, lr=lr).loss for net in starts]
    return xr.DataArray(
        np.reshape(losses, (2, len(each), models)),
        {"start": list(BALANCED), "seed": each},
        ["start", "seed", "model"],
        name="loss",
    )
