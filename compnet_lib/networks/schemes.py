"""Where networks start: the usual schemes of random weights, each with a choice of biases,
and breakpoints spread uniformly."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .._core import checks, seeds
from .initialize import drawn_by_layer
from .network import ReLUNet

SCHEMES = {
    "default": "uniform, variance 1/(3 fan-in): PyTorch's default",
    "he normal": "Gaussian, variance 2/fan-in",
    "he uniform": "uniform, variance 2/fan-in",
    "glorot normal": "Gaussian, variance 2/(fan-in + fan-out)",
    "glorot uniform": "uniform, variance 2/(fan-in + fan-out)",
}
"""How the weights of a layer are drawn: the schemes of `random_init`."""
BIASES = {
    "zero": "0, as He et al. and Glorot and Bengio have them",
    "default": "uniform between the bounds ±1/√fan-in, as PyTorch has them",
    "weights": "drawn like the weights of their layer",
}
"""How the biases of `random_init` are drawn, if they are not Gaussian."""
SPREADS = ("random", "even")


def random_init(
    models: int,
    depth: int = 5,
    width: int = 4,
    seed: int = 0,
    *,
    scheme: str = "default",
    biases: str | float = "default",
    output_bias: bool = True,
    dtype: DTypeLike = np.float64,
    inputs: int = 1,
    outputs: int = 1,
) -> ReLUNet:
    r"""Networks with independent weights of mean 0 under one of the usual schemes.

    The variance of a weight is $\frac{2}{\text{fan-in}}$ for He's schemes,
    $\frac{2}{\text{fan-in}+\text{fan-out}}$ for Glorot's,
    and $\frac{1}{3\,\text{fan-in}}$ for PyTorch's default.

    Args:
        models, depth, width, seed, output_bias, dtype, inputs, outputs: as for
            :func:`default_init`, which is the scheme "default" with biases "default".
        scheme: one of `SCHEMES`: "default", "he normal", "he uniform", "glorot normal" or
            "glorot uniform".
        biases: "zero", "default" (uniform in $\pm1/\sqrt{\text{fan-in}}$), "weights" (drawn like
            the weights of their layer), or a number of at least 0: Gaussian with this standard
            deviation.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits,
            or the networks would not fit into memory.

    Source: K. He et al., "Delving deep into rectifiers" (2015); X. Glorot and Y. Bengio,
        "Understanding the difficulty of training deep feedforward neural networks" (2010).
    """
    checks.choice("scheme", scheme, SCHEMES)
    if isinstance(biases, str):
        checks.choice("biases", biases, BIASES)
    elif (deviation := checks.number("biases", biases)) < 0:
        raise ValueError(f"biases must be at least 0, got {deviation:g}")

    def layer(rng: np.random.Generator, fan_in: int, out: int) -> tuple[NDArray, NDArray]:
        weights = _weights(rng, scheme, fan_in, out, (out, fan_in))
        if biases == "zero":
            return weights, np.zeros(out)
        if biases == "weights":
            return weights, _weights(rng, scheme, fan_in, out, (out,))
        if biases == "default":
            return weights, _weights(rng, "default", fan_in, out, (out,))
        return weights, deviation * rng.standard_normal(out)

    return drawn_by_layer(models, depth, width, seed, output_bias, dtype, inputs, outputs, layer)


def uniform_init(
    models: int,
    width: int = 21,
    seed: int = 0,
    *,
    low: float = -1.0,
    high: float = 1.0,
    spread: str = "random",
    scheme: str = "default",
    output_bias: bool = True,
    dtype: DTypeLike = np.float64,
) -> ReLUNet:
    r"""Networks with one hidden layer whose breakpoints are spread uniformly over an interval.

    The weights $w_i$, $v_i$ and the output bias are those that :func:`random_init` draws with the
    same `seed`; the hidden biases are $b_i=-w_i\beta_i$, which puts the breakpoints at $\beta_i$.

    Args:
        models, width, seed, scheme, output_bias, dtype: as for :func:`random_init`.
        low, high: the ends of the interval, `low` below `high`.
        spread: "random", independent and uniform; or "even", in the middles of `width` equal parts.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits,
            or the networks would not fit into memory.

    Source: "A functional characterization of randomly initialized gradient descent in deep ReLU
        networks", section 3.1.1.
    """
    low, high = checks.number("low", low), checks.number("high", high)
    if not low < high:
        raise ValueError(f"high must be above low, {low:g}, got {high:g}")
    checks.choice("spread", spread, SPREADS)
    dtype = checks.floating("dtype", dtype)
    net = random_init(models, 1, width, seed, scheme=scheme, output_bias=output_bias)
    (w, v), (_, bias) = net.weights, net.biases
    if spread == "even":
        places = np.broadcast_to((np.arange(width) + 0.5) / width, (len(net), width))
    else:
        places = np.stack([rng.random(width) for rng in _streams(seed, len(net))])
    b = -w[:, :, 0] * (low + (high - low) * places)
    return ReLUNet([w, v], [b, bias]).astype(dtype)


def _weights(
    rng: np.random.Generator, scheme: str, fan_in: int, out: int, shape: tuple[int, ...]
) -> NDArray:
    if scheme == "default":
        bound = 1 / np.sqrt(fan_in)
        return rng.uniform(-bound, bound, shape)
    name, _, shaped = scheme.partition(" ")
    deviation = np.sqrt(2 / (fan_in if name == "he" else fan_in + out))
    if shaped == "normal":
        return deviation * rng.standard_normal(shape)
    bound = np.sqrt(3) * deviation
    return rng.uniform(-bound, bound, shape)


def _streams(seed: int, models: int) -> list[np.random.Generator]:
    """Generators beside those of the weights, of the seed and the member's number."""
    return list(seeds.generators(seeds.split(seeds.one("seed", seed), 1), models))
