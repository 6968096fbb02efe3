"""Where the signals of a network's neurons are zero: layer by layer, with all of its knots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._core.stops import GO, apart, heard
from ..networks.network import ReLUNet
from ..networks.packing import Packing
from . import kernels, rationals
from .of_networks import FEW, most_knots, refuse


class Layer(NamedTuple):
    """The signals of a hidden layer before its ReLU: `values` (knots, neurons) at `knots`, between
    which no signal of it crosses zero, and `slopes` (2, neurons) before the first knot and after
    the last."""

    knots: NDArray
    values: NDArray
    slopes: NDArray

    @property
    def on(self) -> NDArray[np.bool_]:
        """Where each neuron is on: (knots + 1, neurons), piece by piece from left to right."""
        return self._pieces(lambda values: values > 0)

    @property
    def moving(self) -> NDArray[np.bool_]:
        """Where each signal is not constantly zero, as `on`."""
        return self._pieces(lambda values: values != 0)

    def _pieces(self, test: Callable[[NDArray], NDArray]) -> NDArray[np.bool_]:
        at = test(self.values)
        left = at[0] | test(-self.slopes[0]) & (self.values[0] == 0)
        right = at[-1] | test(self.slopes[1]) & (self.values[-1] == 0)
        return np.concatenate([left[None], at[1:] | at[:-1], right[None]])

    @property
    def zeros(self) -> NDArray[np.bool_]:
        """Which signals are zero at which knots, and not on both sides of it, (knots, neurons)."""
        moving = self.moving
        return (self.values == 0) & (moving[1:] | moving[:-1])


def hidden_layers(net: ReLUNet) -> Iterator[list[Layer]]:
    """The hidden layers of every member of a checked stack; exact for `Fraction`.

    Raises:
        ValueError: a member has more breakpoints than it may have, see `piecewise_linear`.
    """
    if net.dtype == object:
        for i in range(len(net)):
            biases = [None if b is None else b[i] for b in net.biases]
            yield _exact([w[i] for w in net.weights], biases)
    else:
        widths = np.array([1, *net.widths, 1])
        for row in Packing(net).pack(net, np.float64):
            yield _floats(row, widths)


def _exact(weights: list[NDArray], biases: list[NDArray | None]) -> list[Layer]:
    *hidden, _ = rationals.layers(weights, biases)
    return [Layer(*rationals.signals(rationals.with_crossings(points))) for points in hidden]


def _floats(row: NDArray, widths: NDArray) -> list[Layer]:
    with heard():
        found = kernels.layered(row, widths, FEW, GO)
    if not len(found[0]):
        most = most_knots(widths)
        found = apart(lambda stop: kernels.layered(row, widths, most, stop))
        refuse(not len(found[0]), most)
    knots, values, slopes, counts = found
    hidden = widths[1:-1]
    ends = np.cumsum(counts)[:-1], np.cumsum(counts * hidden)[:-1], np.cumsum(2 * hidden)[:-1]
    parts = zip(*(np.split(flat, end) for flat, end in zip((knots, values, slopes), ends)))
    return [_layer(x, y.reshape(len(x), -1), z.reshape(2, -1)) for x, y, z in parts]


def _layer(knots: NDArray, values: NDArray, slopes: NDArray) -> Layer:
    """A layer in floats, with a zero for each crossing that rounding put onto a knot that was
    there: at the nearer one of the two knots between which the sign changes."""
    for k, i in zip(*np.nonzero(values[1:] * values[:-1] < 0)):
        near = k if abs(values[k, i]) <= abs(values[k + 1, i]) else k + 1
        values[near, i] = 0
    values[0, slopes[0] * values[0] > 0] = 0
    values[-1, slopes[1] * values[-1] < 0] = 0
    return Layer(knots, values, slopes)
