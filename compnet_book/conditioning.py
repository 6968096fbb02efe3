"""How well conditioned it is to learn a network's weights: exact derivatives by each weight,
the condition number of a Jacobian, and the network of scales to compare with that of ratios."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

import compnet_lib as cn
from compnet_lib._core import checks


def direct_network(peaks: Sequence[Fraction], sign: int, closing: Fraction) -> cn.ReLUNet:
    r"""The function of `cn.compositional`, $x\pm\sum s_iW_i$ with the scales of (4),
    by weights that hold the scales themselves instead of their ratios.

    Every layer has three neurons, sum, $t_1$ and $t_2$, and ordinary biases. $t_1$ and $t_2$ keep
    the amplitude 1; the sum takes them with $\pm s_i/a_i$ and $\mp s_i/(a_i-a_i^2)$.

    Args:
        peaks: at least one `Fraction` in (0, 1).
        sign: 1 to add the waves to the line, -1 to subtract them.
        closing: $a_d$, for the last scale.

    Raises:
        TypeError: the peaks are floats.
        ValueError: as `cn.scales`.
    """
    exact = checks.rational("peaks", np.array(peaks))
    scales = cn.scales(exact, sign, closing)
    weights = [np.array([[Fraction(1)]] * 3)]
    biases = [np.array([Fraction(0), Fraction(0), -exact[0]])]
    for a, size, following in zip(exact, scales, [*exact[1:], closing]):
        wave = [1 / a, -1 / (a - a * a)]
        added = [sign * size * w for w in wave]
        weights.append(np.array([[Fraction(1), *added], *[[Fraction(0), *wave]] * 2]))
        biases.append(np.array([Fraction(0), Fraction(0), -following]))
    weights[-1], biases[-1] = weights[-1][:1], biases[-1][:1]
    return cn.ReLUNet([w[None] for w in weights], [b[None] for b in biases])


class Sensitivity(NamedTuple):
    """How a network answers to each of its weights and biases that are not 0.

    Attributes:
        weights: these numbers, (weights,).
        values: the derivative of the output by each, at each point, (weights, points).
        slopes: the derivative of the output's slope by each, (weights, points).

    All are object arrays of `Fraction`.
    """

    weights: NDArray
    values: NDArray
    slopes: NDArray


def sensitivity(net: cn.ReLUNet, x: ArrayLike) -> Sensitivity:
    """The derivatives of an exact network of one input and output by its weights.

    Args:
        net: one member, of `Fraction`.
        x: points (points,), `Fraction`, none of them a bend of a neuron.

    Raises:
        TypeError: the weights or the points are no Fractions.
        ValueError: several members, inputs or outputs.
    """
    if net.dtype != object:
        raise TypeError(f"net must have weights that are Fractions, got {net.dtype}")
    if (len(net), net.inputs, net.outputs) != (1, 1, 1):
        raise ValueError(
            "net must have one member, one input and one output, "
            f"got {len(net)}, {net.inputs} and {net.outputs}"
        )
    h = checks.rational("x", x)[None]
    slope = h * 0 + 1
    signals, actives = [], []  # into each layer: values and slopes; which neurons are active
    for (w,), b in zip(net.weights, net.biases):
        signals.append((h, slope))
        h = w @ h + (0 if b is None else b[0][:, None])
        actives.append(h > 0)
        h, slope = h * actives[-1], (w @ slope) * actives[-1]
    back = signals[0][1]  # the derivative of the output by each pre-activation, at first 1
    rows = []
    for layer in reversed(range(len(signals))):
        (w,), b = net.weights[layer], net.biases[layer]
        values, slopes = signals[layer]
        rows += [(w[i, j], back[i] * values[j], back[i] * slopes[j]) for i, j in np.argwhere(w)]
        if b is not None:
            rows += [(b[0, i], back[i], 0 * back[i]) for i in np.flatnonzero(b[0])]
        if layer:
            back = (w.T @ back) * actives[layer - 1]
    return Sensitivity(*(np.array(part, dtype=object) for part in zip(*rows)))


def condition_number(matrix: ArrayLike, bits: int = 256) -> float:
    r"""The largest singular value of a matrix by the smallest that is not 0, also where floats
    cannot tell the smallest from 0.

    Elimination with complete pivoting in integers of `bits` bits gives $LDU$; $L$ and $U$ have
    entries of at most 1 and are well conditioned, so that floats do for the rest: with the
    triangles of $L=QR$ and $U^T=Q'R'$ it is
    $\lVert RDR'^T\rVert\cdot\lVert R'^{-T}D^{-1}R^{-1}\rVert$.
    Pivots below $2^{-\text{bits}/2}$ of the largest entry count as 0.

    Source: Demmel et al., Computing the singular value decomposition with high relative accuracy,
    Linear Algebra and its Applications 299 (1999).

    Args:
        matrix: `Fraction` or integers, (rows, columns), not all 0.

    Raises:
        TypeError: the entries are floats.
        ValueError: it is no matrix, or all its entries are 0.
    """
    exact = checks.rational("matrix", matrix)
    if exact.ndim != 2 or not exact.any():
        raise ValueError(f"matrix must have two axes and an entry that is not 0, got {exact.shape}")
    unit = 1 << bits
    shift = bits - max(  # the largest entry becomes about 1
        v.numerator.bit_length() - v.denominator.bit_length() for v in exact.flat if v
    )
    up, down = 1 << max(shift, 0), 1 << max(-shift, 0)
    integers = [[v.numerator * up // (v.denominator * down) for v in row] for row in exact]
    rest = np.array(integers, dtype=object)
    rows, columns = map(np.arange, rest.shape)
    lower, upper, pivots = [], [], []
    while rest.size:
        i, j = np.unravel_index(np.abs(rest).argmax(), rest.shape)
        pivot = rest[i, j]
        if abs(pivot) < 1 << bits // 2:
            break
        column, row = np.zeros(exact.shape[0]), np.zeros(exact.shape[1])
        column[rows], row[columns] = rest[:, j] / pivot, rest[i] / pivot
        lower.append(column)
        upper.append(row)
        pivots.append(pivot / unit)
        rows, columns = np.delete(rows, i), np.delete(columns, j)
        share = np.delete(rest[i], j) * unit // pivot
        left = np.delete(rest[:, j], i)
        rest = np.delete(np.delete(rest, i, 0), j, 1) - (left[:, None] * share >> bits)
    D = np.array(pivots)[:, None]
    L, U = (np.linalg.qr(np.array(part).T)[1] for part in (lower, upper))  # triangles
    inverse = np.linalg.solve(U.T, np.linalg.inv(L) / D)
    return float(np.linalg.norm(L @ (D * U.T), 2) * np.linalg.norm(inverse, 2))
