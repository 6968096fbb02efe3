"""How rough the functions are that a network's neurons pass on, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..._core import checks
from ...functions.of_networks import on_the_line, piecewise_linear
from ...networks.network import ReLUNet

if TYPE_CHECKING:
    import xarray as xr

SHORT = 1e-12
"""Relative to its place: a piece of at most this length has no slope of its own in float64."""


def roughness_by_layer(
    snapshots: Mapping[int, ReLUNet],
    low: float | None = None,
    high: float | None = None,
    *,
    before: bool = False,
) -> xr.DataArray:
    r"""The sum, over the neurons of a layer, of the roughness of what each passes on.

    A neuron passes on $x_i=\max(z_i,0)$, a piecewise linear function of the input;
    its roughness is the sum of the squares of its changes of slope. In the first layer that is
    $w_i^2$. Slopes are products of weights along active neurons, on pieces between exact knots:
    none is a difference of values.

    Args:
        snapshots: stacks by epoch, as `Result.snapshots`; float32 weights are taken as they are,
            in float64.
        low, high: count only changes strictly between; None is no bound.
        before: take what each neuron takes in, $z_i$, in place of what it passes on.

    Returns:
        (epoch, model, layer), with layers from 1.

    Raises:
        TypeError: `snapshots` is no mapping of univariate stacks.
        ValueError: it is empty, a weight is NaN or infinite, or not low < high.
    """
    import xarray as xr

    nets = stacks(snapshots)
    checks.flag("before", before)
    ends = interval(low, high)
    found = np.array([_of_stack(net, *ends, before) for net in nets.values()])
    layers = np.arange(1, found.shape[2] + 1)
    return xr.DataArray(
        found,
        {"epoch": list(nets), "layer": layers},
        ["epoch", "model", "layer"],
        name="roughness",
    )


def interval(low: float | None, high: float | None) -> tuple[float, float]:
    """Two ends, checked, where None is no bound."""
    start = -np.inf if low is None else checks.number("low", low)
    end = np.inf if high is None else checks.number("high", high)
    if not start < end:
        raise ValueError(f"low and high must satisfy low < high, got {start} and {end}")
    return start, end


def stacks(snapshots: Mapping[int, ReLUNet]) -> dict[int, ReLUNet]:
    """`snapshots`, which must be stacks of float networks of one shape, by epoch in order."""
    if not isinstance(snapshots, Mapping):
        raise TypeError(
            f"snapshots must be a mapping from epochs to stacks, got {checks.brief(snapshots)}"
        )
    if not snapshots:
        raise ValueError("snapshots must hold at least one stack, got none")
    found = {}
    for epoch in sorted(checks.integer("snapshots", each, 0) for each in snapshots):
        net = on_the_line(f"snapshots[{epoch}]", snapshots[epoch])
        if net.dtype == object:
            raise TypeError(f"snapshots[{epoch}] must be float32 or float64, got {net!r}")
        found[epoch] = net.astype(np.float64)
    shapes = {(len(net), net.widths) for net in found.values()}
    if len(shapes) > 1:
        raise ValueError(f"snapshots must be stacks of one shape, got {sorted(shapes)}")
    return found


def _of_stack(net: ReLUNet, low: float, high: float, before: bool) -> NDArray:
    """(models, layers)."""
    return np.array(
        [_of_one(one, f.knots, low, high, before) for one, f in zip(net, piecewise_linear(net))]
    )


def _of_one(net: ReLUNet, knots: NDArray, low: float, high: float, before: bool) -> NDArray:
    """(layers,)."""
    if not len(knots):
        return np.zeros(net.depth)
    # Knots that round to one place are one: between them there is no slope to see.
    apart = np.diff(knots, prepend=-np.inf) > SHORT * np.maximum(1, abs(knots))
    knots = knots[apart]
    inside = (low < knots) & (knots < high)
    reach = 1 + abs(knots).max()
    middles = np.concatenate(
        [[knots[0] - reach], (knots[1:] + knots[:-1]) / 2, [knots[-1] + reach]]
    )
    slopes, found = np.ones((1, len(middles))), []
    for weights, signal in zip(net.weights, net.layers(middles)[:-1]):
        taken = weights[0] @ slopes
        slopes = np.where(signal[0] > 0, taken, 0)
        changes = np.diff(taken if before else slopes, axis=1)
        found.append((changes[:, inside] ** 2).sum())
    return np.array(found)
