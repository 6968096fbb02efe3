"""Two-layer networks trained inside the restricted parameter space and outside of it,
on values alone and on values and slopes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..._core import checks, memory
from ...networks.initialize import default_init
from ...networks.network import ReLUNet
from ...stability._rewritten import balanced, lifted, merged
from ...targets.checks import listed
from ...targets.target import Target

if TYPE_CHECKING:
    import xarray as xr

SPACES = ("free", "restricted")
LOSSES = ("values", "values and slopes")
LEAST = 1e-3
"""What the last two weights of a restricted neuron are at least before it is balanced, and by how
much two of its directions differ."""
MERGE = 100
"""Steps from one merging of redundant directions to the next."""
TOO_LARGE = 1e70
"""For weights whose products are squared."""


def restricted_training(
    curves: Sequence[Target],
    *,
    points: int = 10,
    neurons: int = 10,
    models: int = 20,
    epochs: int = 2000,
    lr: float = 0.01,
    seed: int = 0,
) -> xr.Dataset:
    r"""Train networks $x\mapsto\sum_ic_i\max(\langle a_i,(x,1,-1)\rangle,0)$ by Adam, free or kept
    in the restricted parameter space, on the mean of the squared errors or on that plus the mean of
    the squared errors of the slopes (Sobolev training).

    All start from default networks with biases, lifted into the restricted space. To keep one
    there, after each step its last two weights are made at least `LEAST` and each neuron is
    balanced; every `MERGE` steps neurons whose directions differ by less than `LEAST` become one,
    and the others stay 0.

    Args:
        curves: with derivatives and of different names, at least one.
        points: evenly spaced over each curve's interval, at least 2.
        neurons: of the network with biases, at least 1; it is trained with one more.
        models: starts for each curve, at least 1.
        epochs: steps, each on all points, at least 1.
        lr: Adam's rate, positive.
        seed: of the starts, an integer of at least 0.

    Returns:
        A data set over curve, space (`SPACES`), loss (`LOSSES`) and model: `values` and `slopes`,
        mean squared errors of the trained network at 1,001 points of the interval; `unbalanced`,
        the largest of $\lVert a_i\rVert_\infty/|c_i|$ and its inverse over the neurons that are
        not 0; `apart`, the least difference of two directions of theirs, infinite where one is
        left; `outside`, the share of them whose last two weights are not both positive; and
        `merged`, how many have become 0.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits, or a
            training diverges.

    Source: "How degenerate is the parametrization of neural networks with the ReLU activation
    function?", section 4 (as an outlook).
    """
    import xarray as xr

    curves = listed("curves", curves)
    names = [curve.name for curve in curves]
    if len(set(names)) < len(names):
        raise ValueError(f"curves must have different names, got {names}")
    if without := [curve.name for curve in curves if curve.derivative is None]:
        raise ValueError(f"curves must have derivatives, got none for {', '.join(without)}")
    points, neurons = checks.integer("points", points, 2), checks.integer("neurons", neurons, 1)
    models, epochs = checks.integer("models", models, 1), checks.integer("epochs", epochs, 1)
    if (lr := checks.number("lr", lr)) <= 0:
        raise ValueError(f"lr must be positive, got {lr}")
    memory.fit("points and models", (points, models), 200 * len(curves) * models * neurons * points)
    start = lifted(default_init(models, 1, neurons, seed))
    trained = _trained(start, curves, points, epochs, lr)
    sizes = len(curves), len(SPACES), len(LOSSES), models
    columns = {k: v.reshape(sizes) for k, v in _described(trained, curves).items()}
    dims = ("curve", "space", "loss", "model")
    labels = {
        "curve": names,
        "space": list(SPACES),
        "loss": list(LOSSES),
    }
    return xr.Dataset({name: (dims, column) for name, column in columns.items()}, labels)


def _trained(
    start: ReLUNet, curves: Sequence[Target], points: int, epochs: int, lr: float
) -> ReLUNet:
    """Every start trained four ways for every curve: free and restricted, with the two losses."""
    models, copies = len(start), len(curves) * 4
    inputs, y, slopes = _data(curves, points, 4 * models)
    a, c = (np.concatenate([w] * copies) for w in start.weights)
    weights = [a, c[:, 0]]
    kept = np.tile(np.repeat([False, True], 2 * models), len(curves))
    with_slopes = np.tile(np.repeat([0.0, 1.0], models), 2 * len(curves))[:, None]
    means, squares = ([np.zeros_like(w) for w in weights] for _ in range(2))
    for step in range(1, epochs + 1):
        with np.errstate(all="ignore"):
            found = _gradients(weights[0], weights[1], inputs, y, slopes, with_slopes)
        for w, g, mean, square in zip(weights, found, means, squares):
            mean += (g - mean) * (1 - 0.9)
            square += (g**2 - square) * (1 - 0.999)
            size = np.sqrt(square / (1 - 0.999**step)) + 1e-8
            w -= lr * (mean / size / (1 - 0.9**step))
            if not (np.abs(w) < TOO_LARGE).all():
                raise ValueError(f"lr must be smaller, got {lr}: a training diverged")
        merge = step % MERGE == 0 or step == epochs
        restricted = _restricted(weights[0][kept], weights[1][kept], merge)
        for w, new in zip(weights, restricted):
            w[kept] = new
    return ReLUNet([weights[0], weights[1][:, None]], [None, None])


def _data(curves: Sequence[Target], points: int, copies: int) -> tuple[NDArray, NDArray, NDArray]:
    """Inputs (x, 1, -1), values and slopes of curves at evenly spaced points, each so many times:
    (members, points, 3) and (members, points)."""
    x = np.array([np.linspace(*curve.interval, points) for curve in curves])
    y = np.array([curve(own) for curve, own in zip(curves, x)], float)
    slopes = np.array([curve.derivative(own) for curve, own in zip(curves, x)], float)  # type: ignore
    inputs = np.stack([x, np.ones_like(x), -np.ones_like(x)], 2)
    return tuple(np.repeat(each, copies, 0) for each in (inputs, y, slopes))  # type: ignore


def _values(a: NDArray, c: NDArray, inputs: NDArray) -> tuple[NDArray, ...]:
    """Values and slopes along the first input, (members, points), then the activations and where
    these are positive, (members, points, neurons)."""
    z = np.maximum(inputs @ a.transpose(0, 2, 1), 0)
    on = (z > 0).astype(float)
    return (z @ c[:, :, None])[..., 0], (on @ (c * a[:, :, 0])[:, :, None])[..., 0], z, on


def _gradients(
    a: NDArray, c: NDArray, inputs: NDArray, y: NDArray, slopes: NDArray, with_slopes: NDArray
) -> tuple[NDArray, NDArray]:
    """Of the mean squared error, plus `with_slopes` times that of the slopes."""
    found, turned, z, on = _values(a, c, inputs)
    miss = 2 / y.shape[1] * (found - y)
    tilt = 2 / y.shape[1] * with_slopes * (turned - slopes)
    along = on.transpose(0, 2, 1) @ (miss[:, :, None] * inputs)
    by_slope = (tilt[:, None] @ on)[:, 0]
    along[:, :, 0] += by_slope
    return along * c[:, :, None], (miss[:, None] @ z)[:, 0] + by_slope * a[:, :, 0]


def _restricted(a: NDArray, c: NDArray, merge: bool) -> list[NDArray]:
    """Neurons in the restricted space, and, if wanted, one of those whose directions differ by
    less than `LEAST`."""
    live = (c != 0)[..., None]
    a = np.where(live, np.concatenate([a[..., :1], np.maximum(a[..., 1:], LEAST)], 2), 0)
    net = ReLUNet([a, c[:, None]], [None, None])
    if merge:
        net = merged(net, tol=LEAST)
    net = balanced(net)
    return [net.weights[0], net.weights[1][:, 0]]


def _described(net: ReLUNet, curves: Sequence[Target]) -> dict[str, NDArray]:
    """What is reported of each trained network."""
    inputs, y, slopes = _data(curves, 1001, len(net) // len(curves))
    a, c = net.weights[0], net.weights[1][:, 0]
    found, turned, *_ = _values(a, c, inputs)
    sup, read = np.abs(a).max(2), np.abs(c)
    live = sup * read > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(live, np.maximum(sup / read, read / sup), 1)
        u = a / sup[..., None]
    apart = np.abs(u[:, :, None] - u[:, None]).max(3)
    pairs = live[:, :, None] & live[:, None] & ~np.eye(live.shape[1], dtype=bool)
    return {
        "values": ((found - y) ** 2).mean(1),
        "slopes": ((turned - slopes) ** 2).mean(1),
        "unbalanced": ratio.max(1),
        "apart": np.where(pairs, apart, np.inf).min((1, 2)),
        "outside": ((a[..., 1:] <= 0).any(2) & live).sum(1) / np.maximum(live.sum(1), 1),
        "merged": (~live).sum(1),
    }
