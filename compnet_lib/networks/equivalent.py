"""The same functions by other weights: rescaled neurons, and a layer more."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from .._core import checks, memory, seeds
from .network import ReLUNet, stack


def balance(net: ReLUNet) -> ReLUNet:
    r"""The same functions with weights of like size: what enters a neuron and what leaves it have,
    as nearly as powers of two allow, equal norms.

    $\max(cz, 0) = c\max(z, 0)$ for $c > 0$: a hidden neuron's weights and bias may be multiplied
    by $c$ if those that it is read with are divided by it.
    Of all such rescalings the balanced one has the least sum of squares.
    Every $c$ is rounded to a power of two, so that the function stays the same to the last bit.

    Args:
        net: the stack; it is not changed. Neurons that receive nothing, or are not read,
            stay as they are.

    Raises:
        TypeError: `net` is not a ReLUNet.
    """
    stack("net", net)
    weights = [w.astype(float) for w in net.weights]
    biases = [
        np.zeros(w.shape[:2]) if b is None else b.astype(float) for w, b in zip(weights, net.biases)
    ]
    steps = [
        np.zeros((len(net), width)) for width in (net.inputs, *net.widths, net.outputs)
    ]  # logarithms of c, by layer; the ends' stay 0
    for _ in range(200):
        most = 0.0
        for layer in range(net.depth):
            with np.errstate(all="ignore"):
                enters = np.hypot(
                    np.linalg.norm(weights[layer] * np.exp2(-steps[layer])[:, None], axis=2),
                    biases[layer],
                )
                leaves = np.linalg.norm(
                    weights[layer + 1] * np.exp2(steps[layer + 2])[:, :, None], axis=1
                )
                found = np.log2(leaves / enters) / 2
            found = np.where(np.isfinite(found), found, 0)
            most, steps[layer + 1] = max(most, np.abs(found - steps[layer + 1]).max()), found
        if most < 1e-3:
            break
    powers = [np.rint(step).astype(np.intc) for step in steps]
    times = (
        np.vectorize(lambda value, power: value * Fraction(2) ** int(power), otypes=[object])
        if net.dtype == object
        else np.ldexp
    )
    return ReLUNet._trusted(
        [
            times(w, after[:, :, None] - before[:, None])
            for w, before, after in zip(net.weights, powers, powers[1:])
        ],
        [None if b is None else times(b, after) for b, after in zip(net.biases, powers[1:])],
    )


def deepen(net: ReLUNet, *, noise: ArrayLike = 0.0, seed: int = 0) -> ReLUNet:
    r"""The same functions by networks with one hidden layer more:
    an identity before the output layer, which passes signals on that are not negative.

    Args:
        net: the stack; it is not changed.
        noise: standard deviation of a normal number added to each weight and bias of the new
            layer, or one per member; 0 leaves the function as it is.
        seed: of these numbers.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits,
            or the new layer would not fit into memory.
    """
    stack("net", net)
    models, width = len(net), net.widths[-1]
    noise = checks.per_member("noise", noise, models, np.float64)
    if (noise < 0).any():
        raise ValueError(f"noise must be at least 0, got {noise.min()}")
    if noise.any() and net.dtype == object:
        raise ValueError(f"noise must be 0 for a stack of Fractions, got {noise.max()}")
    rng = np.random.default_rng(seeds.one("seed", seed))
    memory.fit("net", net, 4 * models * width * (width + 1) * 8)
    one = np.broadcast_to(np.eye(width, dtype=int), (models, width, width)).astype(net.dtype)
    bias = np.zeros((models, width), int).astype(net.dtype)
    if noise.any():
        with np.errstate(over="ignore"):
            first = noise[:, None, None] * rng.standard_normal(one.shape)
            second = noise[:, None] * rng.standard_normal(bias.shape)
        one = one + checks.cast("noise", first, net.dtype)
        bias = bias + checks.cast("noise", second, net.dtype)
    return ReLUNet._trusted(
        [*net.weights[:-1], one, net.weights[-1]], [*net.biases[:-1], bias, net.biases[-1]]
    )
