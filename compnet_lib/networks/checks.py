"""Checks of arguments that are networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._core.checks import brief
from .network import ReLUNet


def a_net(name: str, value: Any) -> ReLUNet:
    """`value`, which must be a :class:`ReLUNet`."""
    if not isinstance(value, ReLUNet):
        raise TypeError(f"{name} must be a ReLUNet, got {brief(value)}")
    return value


def univariate(name: str, value: Any) -> ReLUNet:
    """A stack with one input and one output and finite weights, as exact functions take it."""
    net = a_net(name, value)
    inputs, outputs = net.weights[0].shape[2], net.weights[-1].shape[1]
    if (inputs, outputs) != (1, 1):
        raise ValueError(
            f"{name} must have one input and one output, got {inputs} and {outputs}: "
            "exact piecewise linear functions are those on the line"
        )
    if not len(net):
        raise ValueError(f"{name} must have at least one member, got none")
    for a in (*net.weights, *net.biases):
        if a is not None and net.dtype != object and not np.isfinite(a).all():
            count = int((~np.isfinite(a)).sum())
            raise ValueError(f"{name} must be finite, got {count} NaN or infinite weights")
    return net
