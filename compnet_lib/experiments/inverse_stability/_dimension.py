"""In how many directions of its weights a network's function moves: the functional dimension."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..._core import checks
from ...functions.of_networks import on_the_line
from ...networks.network import ReLUNet

MOST = 400
"""Weights of a network, at most: the rank is found by exact elimination."""
PIECES = 4096
"""Intervals on which no neuron changes between on and off, at most."""


def functional_dimension(net: ReLUNet, low: float = 0, high: float = 1) -> NDArray[np.int64]:
    r"""The rank of the derivative of a network's function on [low, high] by its weights and biases.

    On an interval on which no neuron changes between on and off the derivative by a weight is
    linear in x. So two points of each such interval give the rank; it is found by elimination in
    rational numbers, of the weights as they are. Rescaling a neuron leaves the function as it is,
    so the rank is at most the number of weights and biases minus that of hidden neurons.

    Args:
        net: univariate networks with one output and at most 400 weights and biases; biases that a
            stack does not have are no parameters.
        low, high: numbers, low < high.

    Returns:
        Integers, (models,).

    Raises:
        TypeError: `net` is no ReLUNet.
        ValueError: `net` has several inputs or outputs, too many weights, or weights that are NaN
            or infinite; or not low < high.

    Source: Grigsby, Lindsey, Meyerhoff and Wu, "Functional dimension of feedforward ReLU neural
    networks", section 1.
    """
    on_the_line("net", net)
    ends = [Fraction(checks.number(name, v)) for name, v in (("low", low), ("high", high))]
    if not ends[0] < ends[1]:
        raise ValueError(f"low and high must satisfy low < high, got {low} and {high}")
    arrays = [w for w in (*net.weights, *net.biases) if w is not None]
    count = sum(w[0].size for w in arrays)
    if count > MOST:
        raise ValueError(f"net must have at most {MOST} weights and biases, got {count}")
    if net.dtype != object and not all(np.isfinite(w).all() for w in arrays):
        raise ValueError("net must have finite weights, got NaN or infinite ones")
    return np.array([_rank(_exact(net, member), *ends) for member in range(len(net))])


def _exact(net: ReLUNet, member: int) -> list[tuple[NDArray, NDArray | None]]:
    """A member's layers, (weights, biases or None), in rationals."""
    rational = np.vectorize(Fraction, otypes=[object])
    return [
        (rational(w[member]), None if b is None else rational(b[member]))
        for w, b in zip(net.weights, net.biases)
    ]


def _rank(layers: list, low: Fraction, high: Fraction) -> int:
    from sympy import QQ
    from sympy.polys.matrices import DomainMatrix

    rows = []
    for left, right in _intervals(layers, low, high):
        for share in (Fraction(1, 3), Fraction(2, 3)):
            rows.append(_by_weights(layers, left + share * (right - left)))
    entries = [[QQ(v.numerator, v.denominator) for v in row] for row in rows]
    return DomainMatrix(entries, (len(rows), len(rows[0])), QQ).rank()


def _intervals(layers: list, low: Fraction, high: Fraction) -> list[tuple[Fraction, Fraction]]:
    """The largest intervals on whose insides no neuron changes between on and off."""
    ends = [(low, high)]
    for depth in range(1, len(layers)):
        finer: list[tuple[Fraction, Fraction]] = []
        for left, right in ends:
            first, last = (_signals(layers[:depth], x)[-1] for x in _inside(left, right))
            cuts = set()
            for u, v in zip(first, last):
                if u != v:
                    place = (2 * u - v) / (u - v) / 3  # of the zero, as a share of the interval
                    if 0 < place < 1:
                        cuts.add(left + place * (right - left))
            places = [left, *sorted(cuts), right]
            finer += zip(places, places[1:])
            if len(finer) > PIECES:
                raise ValueError(f"net must have at most {PIECES:,} pieces, got more")
        ends = finer
    return ends


def _inside(left: Fraction, right: Fraction) -> tuple[Fraction, Fraction]:
    return (2 * left + right) / 3, (left + 2 * right) / 3


def _signals(layers: list, x: Fraction) -> list[NDArray]:
    """What the neurons of each layer take in, at one point."""
    found, signal = [], np.array([x], dtype=object)
    for w, b in layers:
        found.append(w @ signal if b is None else w @ signal + b)
        signal = found[-1] * (found[-1] > 0)
    return found


def _by_weights(layers: list, x: Fraction) -> list[Fraction]:
    """The derivatives of the output by all weights and biases, at a point that is no bend."""
    signals = _signals(layers, x)
    passed = [np.array([x], dtype=object)]
    passed += [z * (z > 0) for z in signals[:-1]]
    back, row = np.array([Fraction(1)], dtype=object), []
    for layer in reversed(range(len(layers))):
        w, b = layers[layer]
        row += [v for sent in back for v in sent * passed[layer]]
        row += [] if b is None else list(back)
        if layer:
            back = (back @ w) * (signals[layer - 1] > 0)
    return row
