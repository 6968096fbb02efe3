r"""Two-layer networks without biases, $x\mapsto\sum_i c_i\max(\langle a_i,x\rangle,0)$: their
weight vectors, and which of these lie on one line."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._core import checks
from ..networks.network import ReLUNet, stack


class Neurons(NamedTuple):
    """Weight vectors $a_i$, (models, m, d), and the numbers $c_i$, (models, m), that they are read
    with: float64 or exact."""

    a: NDArray
    c: NDArray

    @property
    def sizes(self) -> NDArray:
        r"""$\lVert a_i\rVert_\infty$, (models, m)."""
        return np.abs(self.a).max(2)

    @property
    def products(self) -> NDArray:
        r"""$c_i\lVert a_i\rVert_\infty$, (models, m): they and the directions are the function."""
        return self.c * self.sizes

    def joined(self, other: Neurons) -> Neurons:
        """The neurons of the sum of two networks, those of `other` last."""
        return Neurons(*(np.concatenate(pair, 1) for pair in zip(self, other)))


def neurons(name: str, net: Any) -> Neurons:
    """The neurons of a stack of two-layer networks without biases and with one output; what
    another stack holds is refused."""
    if stack(name, net).depth != 1 or net.outputs != 1:
        raise ValueError(f"{name} must have one hidden layer and one output, got {net!r}")
    for layer, bias in zip(("hidden layer", "output"), net.biases):
        if bias is not None and (bias != 0).any():
            raise ValueError(
                f"{name} must have no biases, got {checks.brief(bias)} in the {layer}: "
                "lifted puts them into weights"
            )
    kind = object if net.dtype == object else float
    return Neurons(net.weights[0].astype(kind), net.weights[1][:, 0].astype(kind))


def pair(name: str, net: Any, other_name: str, other: Any) -> tuple[Neurons, Neurons]:
    """The neurons of two stacks of as many members and inputs, both exact or both floats."""
    found = neurons(name, net), neurons(other_name, other)
    if len(net) != len(other) or net.inputs != other.inputs:
        raise ValueError(
            f"{other_name} must have {len(net)} members and {net.inputs} inputs as {name} has, "
            f"got {other!r}"
        )
    if (net.dtype == object) != (other.dtype == object):
        raise TypeError(
            f"{other_name} must hold {'Fractions' if net.dtype == object else 'floats'} "
            f"as {name} does, got {other.dtype}"
        )
    return found


def network(found: Neurons) -> ReLUNet:
    """The stack that has these neurons."""
    return ReLUNet([found.a, found.c[:, None]], [None, None])


def tolerance(tol: Any) -> float:
    """`tol`, which must be a number from 0 to below 1."""
    if not 0 <= (found := checks.number("tol", tol)) < 1:
        raise ValueError(f"tol must be at least 0 and below 1, got {checks.brief(tol)}")
    return found


def lines(found: Neurons, tol: float) -> tuple[NDArray, NDArray]:
    r"""Which weight vectors span one line: for each neuron the first that spans its line,
    (models, m), -1 where $c_ia_i=0$; and its side, +1 or -1, against that one, 0 there.

    Two directions $a/\lVert a\rVert_\infty$ are equal where no coordinate differs by more than
    `tol`; Fractions are equal where they are equal.
    """
    tol = 0 if found.a.dtype == object else tol
    sizes = found.sizes
    idle = (sizes == 0) | (found.c == 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        units = found.a / np.where(sizes == 0, sizes + 1, sizes)[:, :, None]
    owner, side = np.full(idle.shape, -1), np.zeros(idle.shape, int)
    for i in range(idle.shape[1]):
        for sign in (1, -1):
            apart = np.abs(units - sign * units[:, i, None]).max(2)
            same = (apart <= tol) & ~idle & (owner < 0) & ~idle[:, i, None]
            same &= (owner[:, i, None] < 0) | (owner[:, i, None] == i)
            owner[same], side[same] = i, sign
    return owner, side
