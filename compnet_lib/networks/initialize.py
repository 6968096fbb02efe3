"""Where networks start: random weights.

A stack of `models` networks is drawn from one `seed`;
member i depends on the seed and on i only, so the first ten of a hundred networks are the ten
that one gets alone.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .._core import checks, memory, seeds
from .network import ReLUNet

Layer = Callable[[np.random.Generator, int, int], tuple[NDArray, NDArray]]
"""Draws a layer's weights (out, in) and biases (out,), given in and out."""

RAAI_SCALE = 0.6007
RAAI = {
    "row": "the mean of a neuron's weights and bias is subtracted from each of them",
    "weights": "the mean of a neuron's weights is subtracted from them; its bias is left as drawn",
    "scaled": "as row, and scaled up again to the standard deviation before",
    "none": "nothing is subtracted: the entries are independent, as in Lu et al.",
}
"""How the entries of a neuron are anti-correlated: the variants of `raai_init`."""


def default_init(
    models: int,
    depth: int = 5,
    width: int = 4,
    seed: int = 0,
    *,
    output_bias: bool = True,
    dtype: DTypeLike = np.float64,
    inputs: int = 1,
    outputs: int = 1,
) -> ReLUNet:
    r"""Networks as PyTorch's `nn.Linear` starts them: weights and biases uniform in
    $\pm1/\sqrt{\text{fan-in}}$.

    Args:
        models, depth, width: networks, hidden layers, and neurons in each; at least 1.
        seed: an integer of at least 0, of 4,096 bits at most.
        output_bias: whether the output layer has a bias.
        dtype: float64 or float32.
        inputs, outputs: at least 1.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits,
            or the networks would not fit into memory.

    Source: K. He et al., "Delving deep into rectifiers" (2015),
        in PyTorch's variant (`kaiming_uniform_` with $a=\sqrt5$).
    """

    def layer(rng: np.random.Generator, fan_in: int, out: int) -> tuple[NDArray, NDArray]:
        bound = 1 / np.sqrt(fan_in)
        return rng.uniform(-bound, bound, (out, fan_in)), rng.uniform(-bound, bound, out)

    return drawn_by_layer(models, depth, width, seed, output_bias, dtype, inputs, outputs, layer)


def raai_init(
    models: int,
    depth: int = 5,
    width: int = 4,
    seed: int = 0,
    *,
    output_bias: bool = True,
    variant: str = "row",
    dtype: DTypeLike = np.float64,
    inputs: int = 1,
    outputs: int = 1,
) -> ReLUNet:
    r"""Networks under the randomized asymmetric anti-correlated initialization (RAAI),
    in our reading.

    For each neuron the vector of its weights and its bias is Gaussian with standard deviation
    $0.6007/\sqrt{\text{fan-in}}$; its mean is subtracted,
    which makes the entries anti-correlated; and one entry at random is replaced by a draw from
    the Beta(2, 1) distribution.

    The asymmetric part follows L. Lu et al., "Dying ReLU and initialization" (2020).
    How Singh and Sreejith's correlation enters is a reading,
    and `variant` chooses among several: their text was not at hand.

    Args:
        variant: "row" (as above), "weights", "scaled" or "none"; `RAAI` says what each does.

    Other arguments and errors as for :func:`default_init`.

    Source: D. Singh and G. J. Sreejith, "Initializing ReLU networks in an expressive subspace of
        weights" (2021).
    """

    checks.choice("variant", variant, RAAI)

    def layer(rng: np.random.Generator, fan_in: int, out: int) -> tuple[NDArray, NDArray]:
        rows = rng.standard_normal((out, fan_in + 1)) * RAAI_SCALE / np.sqrt(fan_in)
        if variant != "none":
            some = rows[:, :-1] if variant == "weights" and fan_in > 1 else rows
            some -= some.mean(1, keepdims=True)
        if variant == "scaled":
            rows *= np.sqrt((fan_in + 1) / fan_in)
        rows[np.arange(out), rng.integers(0, fan_in + 1, out)] = rng.beta(2, 1, out)
        return rows[:, :-1], rows[:, -1]

    return drawn_by_layer(models, depth, width, seed, output_bias, dtype, inputs, outputs, layer)


def drawn_by_layer(
    models: int,
    depth: int,
    width: int,
    seed: int,
    output_bias: bool,
    dtype: DTypeLike,
    inputs: int,
    outputs: int,
    layer: Layer,
) -> ReLUNet:
    """A stack whose layers `layer` draws, one member and layer after the other;
    other arguments and errors as for :func:`default_init`."""
    models = checks.integer("models", models, 1)
    depth, width = checks.integer("depth", depth, 1), checks.integer("width", width, 1)
    output_bias, dtype = checks.flag("output_bias", output_bias), checks.floating("dtype", dtype)
    inputs, outputs = checks.integer("inputs", inputs, 1), checks.integer("outputs", outputs, 1)
    seed = seeds.one("seed", seed)
    inner = (depth - 1) * width * (width + 1)
    numbers = inner + width * (inputs + 1) + outputs * (width + 1)
    need = models * (17 * numbers + 500 * (depth + 1))
    memory.fit("models, depth and width", (models, depth, width, inputs, outputs), need)
    shapes = [(inputs, width), *[(width, width)] * (depth - 1), (width, outputs)]
    generators = seeds.generators(seed, models)
    members = [[layer(rng, *shape) for shape in shapes] for rng in generators]
    by_layer = list(zip(*members))
    weights = [np.stack([w for w, _ in pairs]).astype(dtype) for pairs in by_layer]
    biases = [np.stack([b for _, b in pairs]).astype(dtype) for pairs in by_layer]
    return ReLUNet(weights, biases if output_bias else [*biases[:-1], None])
