r"""The cubic in the gap: where training ends if only the output weights move, from a flat start.

Neuron $i$ with input weight $w_i$ and breakpoint $\beta_i$ in the gap then turns the slope by
$\pm w_i^2(R_2+R_3\beta_i)$. With many neurons the second derivative is
$p(x)\,\mathrm E[w^2\mid x]\,(A+Bx)$, where $p$ is the density of the breakpoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks, memory, seeds
from ...networks.network import ReLUNet
from ...targets.target import Target
from ...training.problem import fitted, trainable
from .._labelled import listed
from ._gaps import GAP, REACH

if TYPE_CHECKING:
    import xarray as xr

DRAWS = ("even", "uniform", "normal")
"""Of the input weights and biases: see :func:`flat_start`."""


def flat_start(draw: str, models: int, width: int, seed: int = 0) -> ReLUNet:
    r"""Networks with one hidden layer whose output weights are 0, without an output bias.

    - "even": breakpoints evenly spaced on [-3, 3], $w=\pm1$ in turn; the members are the same.
    - "uniform": $w$ and $b$ uniform in $\pm1$. Breakpoints in $[-1,1]$ are uniform there, and
      independent of the mean square of $w$.
    - "normal": $w$ and $b$ standard normal. Breakpoints have a Cauchy distribution.

    Args:
        draw: one of these.
        models, width: at least 1.
        seed: an integer of at least 0, of 4,096 bits at most.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    checks.choice("draw", draw, DRAWS)
    models, width = checks.integer("models", models, 1), checks.integer("width", width, 1)
    seed = seeds.one("seed", seed)
    memory.fit("models and width", (models, width), 64 * models * width)
    if draw == "even":
        w = np.resize([1.0, -1.0], (models, width))
        b = -w * (REACH[0] + (REACH[1] - REACH[0]) * (np.arange(width) + 0.5) / width)
    else:
        own = [
            rng.uniform(-1, 1, (2, width)) if draw == "uniform" else rng.normal(size=(2, width))
            for rng in seeds.generators(seed, models)
        ]
        w, b = np.array(own).swapaxes(0, 1)
    return ReLUNet([w[:, :, None], np.zeros((models, 1, width))], [b, None])


def output_limit(
    net: ReLUNet, targets: Target | Sequence[Target] | ArrayLike, x: ArrayLike
) -> ReLUNet:
    """Where gradient descent on the squared error ends if only the output weights move: of all that
    fit the data best, those nearest to the start, found by least squares.

    Args:
        net: the start, a float64 stack of networks of one input and one output. Its output biases
            stay.
        targets, x: as for :func:`train`.

    Raises:
        TypeError, ValueError: as for :func:`train`.
    """
    trainable(net)
    if (net.inputs, net.outputs) != (1, 1):
        raise ValueError(f"net must have one input and one output, got {net!r}")
    x, y, _ = fitted(targets, x, len(net), net.dtype)
    rows = np.broadcast_to(x, y.shape)
    signals = np.maximum(net.layers(rows)[-2], 0).swapaxes(1, 2)
    left = y - net(rows)
    moves = [np.linalg.lstsq(one, own, rcond=None)[0] for one, own in zip(signals, left)]
    last = net.weights[-1] + np.array(moves)[:, None]
    return ReLUNet([*net.weights[:-1], last], net.biases)


def share_beyond(values: ArrayLike, basis: ArrayLike) -> NDArray:
    """How far functions are from the nearest sum of multiples of some others: the root of the mean
    square of what is left, relative to that of the function less its mean.

    Args:
        values: the functions at some places, (functions, places).
        basis: the others there, (count, places).

    Raises:
        TypeError, ValueError: these are no numbers, or of other shapes.
    """
    values, basis = checks.numeric("values", values), checks.numeric("basis", basis)
    checks.shaped("values", values, (None, None))
    checks.shaped("basis", basis, (None, values.shape[1]))
    left = values - (np.linalg.lstsq(basis.T, values.T, rcond=None)[0].T @ basis)
    return np.sqrt((left**2).mean(1)) / values.std(1)


def cubic_in_gap(
    draws: Iterable[str],
    widths: Iterable[int],
    targets: Target | Sequence[Target] | ArrayLike,
    x: ArrayLike,
    *,
    models: int = 5,
    seed: int = 0,
) -> xr.Dataset:
    r"""How far the :func:`output_limit` of flat starts is, in the gap, from cubics, and from what
    normal weights lead to: $a+bx+c\arctan x+d\,x\arctan x$.

    Args:
        draws: of those of :func:`flat_start`.
        widths: at least 1.
        targets, x: as for :func:`train`, outside the gap.
        models: networks of each kind.
        seed: of their weights.

    Returns:
        A data set with dimensions draw, width and model, and variables `cubic` and `arctan`,
        distances as in :func:`share_beyond`.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    draws = [checks.choice("draws", draw, DRAWS) for draw in listed("draws", draws, "names")]
    widths = [checks.integer("widths", width, 1) for width in listed("widths", widths, "widths")]
    place = np.linspace(*GAP, 201)
    bases = {
        "cubic": place ** np.arange(4)[:, None],
        "arctan": np.stack([place**0, place, np.arctan(place), place * np.arctan(place)]),
    }
    shape = len(draws), len(widths), checks.integer("models", models, 1)
    found = {name: np.empty(shape) for name in bases}
    for i, draw in enumerate(draws):
        for k, width in enumerate(widths):
            net = output_limit(flat_start(draw, models, width, seed), targets, x)
            for name, basis in bases.items():
                found[name][i, k] = share_beyond(net(place), basis)
    dimensions = ("draw", "width", "model")
    variables = {name: (dimensions, values) for name, values in found.items()}
    return xr.Dataset(variables, {"draw": draws, "width": widths})
