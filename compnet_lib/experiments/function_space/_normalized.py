"""Stochastic gradient descent with batch normalization, for one hidden layer on the line."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks, memory, seeds
from ...networks.network import ReLUNet, univariate
from ...training.problem import fitted, trainable
from .kernels import EPSILON, descend_normalized


def normalized_descent(
    net: ReLUNet,
    y: ArrayLike,
    x: ArrayLike,
    *,
    epochs: int,
    lr: ArrayLike,
    batch: int = 32,
    seed: int | list[int] = 0,
) -> ReLUNet:
    """Train a stack of networks of one hidden layer with batch normalization before the ReLU.

    Each member follows `Linear, BatchNorm1d, ReLU, Linear` under `torch.optim.SGD`: gains start
    at 1 and shifts at 0, and the mean of the squared errors over a batch is descended.
    A hidden neuron's bias has no effect and stays as it is.

    Args:
        net: one hidden layer, one input and one output with biases; it is not changed.
        y: values, (points,).
        x: points, (points,), at least two.
        epochs: passes over the points, 0 or more.
        lr: the learning rate, positive; or one a member.
        batch: points an update, at least 2; the last update of an epoch takes what is left.
        seed: of the orders, an integer for all members or one a member.

    Returns:
        The trained networks with mean and variance of all points in place of a batch's,
        as a stack of ReLU networks without normalization; a member that diverged holds NaN.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    models = len(trainable(univariate("net", net)))
    shapes = [w.shape[1:] for w in net.weights]
    if len(net.widths) != 1 or net.biases[1] is None:
        raise ValueError(
            "net must have one hidden layer, one input, and one output with a bias, "
            f"got layers of shapes {shapes}"
        )
    epochs, batch = checks.integer("epochs", epochs), checks.integer("batch", batch, 2)
    rates = checks.per_member("lr", lr, models, net.dtype)
    if not (rates > 0).all():
        raise ValueError(f"lr must be positive, got {checks.brief(lr)}")
    points, values, _ = fitted(y, x, models, net.dtype)
    points, values = points[0], values[0]
    if len(points) < 2:
        raise ValueError(f"x must hold at least two points, got {len(points)}")
    memory.fit("epochs", epochs, 8 * epochs * len(points) * min(models, 8))
    orders: dict[int, NDArray] = {}
    own = seeds.per_member("seed", seed, models)
    own = own * models if len(own) == 1 else own
    ends = []
    for k in range(models):
        if own[k] not in orders:
            rng = np.random.default_rng(own[k])
            rows = np.tile(np.arange(len(points), dtype=np.int32), (epochs, 1))
            orders[own[k]] = rng.permuted(rows, axis=1)
        w, out = net.weights[0][k, :, 0].copy(), net.weights[1][k, 0].copy()
        gain, shift, bias = np.ones_like(w), np.zeros_like(w), net.biases[1][k].copy()
        size = min(batch, len(points))
        descend_normalized(
            points, values, orders[own[k]], size, rates[k], w, gain, shift, out, bias
        )
        ends.append(_plain(points, w, gain, shift, out, bias))
    w, b, out, bias = map(np.stack, zip(*ends))
    return ReLUNet._trusted([w[:, :, None], out[:, None, :]], [b, bias])  # may hold NaN


def _plain(x, w, gain, shift, out, bias):
    """Weights and biases of the same function without normalization."""
    slope = gain * w / np.sqrt(w * w * x.var() + EPSILON)
    found = slope, shift - slope * x.mean(), out, bias
    finite = all(np.isfinite(each).all() for each in found)
    return found if finite else tuple(np.full_like(each, np.nan) for each in found)
