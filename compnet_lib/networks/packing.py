"""The weights and biases of a stack in rows, one row a member."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .network import ReLUNet


class Slot(NamedTuple):
    """Where an array of a member stands in its row, and its shape there."""

    start: int
    stop: int
    shape: tuple[int, ...]


class Packing:
    """Where the parameters of a stack stand: layer by layer, the weights row by row and then the
    biases, as `torch` orders them.

    Of several members there are either rows, (models, parameters), or one vector *by layer*,
    (models · parameters,), in which each array of the stack is contiguous. What is written for
    arrays holds for torch tensors.

    Args:
        net: a stack of the shape that is to be packed.
        multiple: hidden widths are rounded up to multiples of it, and so are inputs and outputs
            if there are several; what is added is zero.
        biases: whether layers without biases have room for them, of zeros.

    Attributes:
        widths: (inputs, hidden widths, outputs), rounded up.
        size: the parameters of a row.
    """

    def __init__(self, net: ReLUNet, multiple: int = 1, biases: bool = True):
        rounded = lambda width: -(-width // multiple) * multiple
        several = lambda width: width if width == 1 else rounded(width)
        self.widths = (several(net.inputs), *map(rounded, net.widths), several(net.outputs))
        self._shapes = [(w.shape[1:], b is not None) for w, b in zip(net.weights, net.biases)]
        self._slots: list[tuple[Slot, Slot | None]] = []
        self.size = 0
        for fan_in, width, (_, biased) in zip(self.widths, self.widths[1:], self._shapes):
            weights = self._next((width, fan_in))
            self._slots.append((weights, self._next((width,)) if biased or biases else None))

    def _next(self, shape: tuple[int, ...]) -> Slot:
        start = self.size
        self.size += int(np.prod(shape))
        return Slot(start, self.size, shape)

    def pack(self, net: ReLUNet, dtype: DTypeLike | None = None, by_layer: bool = False) -> NDArray:
        """The parameters of `net` in `dtype`, or its own: (models, parameters), or a vector.
        A layer without biases has zeros where there is room for some."""
        found = self._zeros(len(net), net.dtype if dtype is None else dtype, by_layer)
        self._write(found, net.weights, net.biases)
        return found

    def spread(self, values: NDArray, by_layer: bool = False) -> NDArray:
        """Numbers of the members, (models,), each at all parameters that its member has; zero where
        rounding up or missing biases left room. (models, parameters), or a vector."""
        found = self._zeros(len(values), values.dtype, by_layer)
        columns = [values[:, None, None]] * len(self._slots), [values[:, None]] * len(self._slots)
        self._write(found, *columns)
        return found

    def unpack(self, found: NDArray) -> ReLUNet:
        """The stack of such rows, or of such a vector, with the biases that `net` had."""
        weights, biases = self.views(found)
        return ReLUNet._trusted(
            [w[:, :out, :fan_in].copy() for w, ((out, fan_in), _) in zip(weights, self._shapes)],
            [
                b[:, :out].copy() if biased and b is not None else None
                for b, ((out, _), biased) in zip(biases, self._shapes)
            ],
        )

    def views(self, found: Any) -> tuple[list[Any], list[Any]]:
        """Weights, each (models, out, in), and biases, (models, out) or None for lack of room, as
        views of rows or of a vector; widths are rounded up."""
        models = len(found) if found.ndim == 2 else len(found) // self.size

        def view(slot: Slot) -> Any:
            if found.ndim == 2:
                part = found[:, slot.start : slot.stop]
            else:
                part = found[models * slot.start : models * slot.stop]
            return part.reshape(models, *slot.shape)

        weights = [view(weights) for weights, _ in self._slots]
        return weights, [None if biases is None else view(biases) for _, biases in self._slots]

    def _zeros(self, models: int, dtype: DTypeLike, by_layer: bool) -> NDArray:
        return np.zeros(models * self.size if by_layer else (models, self.size), dtype)

    def _write(self, found: NDArray, weights: Sequence, biases: Sequence) -> None:
        for (shape, biased), w_place, b_place, w, b in zip(
            self._shapes, *self.views(found), weights, biases
        ):
            out, fan_in = shape
            w_place[:, :out, :fan_in] = w
            if biased and b is not None:
                b_place[:, :out] = b
