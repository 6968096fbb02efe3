"""The Sobolev semi-norm of two-layer networks and of their differences, exactly."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ..networks.network import ReLUNet
from ._cells import feasible, integers, sign_vectors
from .shallow import Neurons, lines, neurons, pair, tolerance

BLOCK = 2**22
"""Numbers that one array of the fast way holds, about."""


def seminorm(net: ReLUNet, other: ReLUNet | None = None, *, tol: float = 1e-12) -> NDArray:
    r"""$|f|_{W^{1,\infty}}=\operatorname{ess\,sup}_x\lVert\nabla f(x)\rVert_\infty$ of
    $f(x)=\sum_i c_i\max(\langle a_i,x\rangle,0)$, or of the difference of two such functions.

    The gradient is constant on the cells of the arrangement of the hyperplanes
    $\langle a_i,x\rangle=0$, and the semi-norm is its largest entry over all cells; on which side
    of which hyperplanes a cell lies is found exactly. Of Fractions the value is exact, of floats
    the sums are rounded.

    The semi-norm does not depend on the weights continuously: two directions that differ by one
    rounding enclose a sliver in which the gradient is off by the whole jump. Directions
    that are equal to within `tol` are therefore taken as one.

    Args:
        net: two-layer networks without biases, of one output and any number of inputs.
        other: as many of them, with as many inputs, to be subtracted; None for 0.
        tol: by how much directions $a/\lVert a\rVert_\infty$ that are taken as one differ at most,
            in each coordinate; unused for Fractions, and at least 0 and below 1.

    Returns:
        (models,), float64, or `Fraction` for stacks of them.

    Raises:
        TypeError: an argument is of the wrong type, or one stack holds Fractions and one floats.
        ValueError: the networks have biases, several outputs or hidden layers, the stacks do not
            fit each other, or there are too many hyperplanes (see `cells`).

    Source: "How degenerate is the parametrization of neural networks with the ReLU activation
    function?", (5) and (17).
    """
    tol = tolerance(tol)
    if other is None:
        found = neurons("net", net)
    else:
        first, second = pair("net", net, "other", other)
        found = first.joined(Neurons(second.a, -second.c))
    return of_neurons(found, tol)


def of_neurons(found: Neurons, tol: float) -> NDArray:
    """`seminorm` of stacks that were checked before."""
    owner, side = lines(found, tol)
    gradients = found.c[:, :, None] * found.a
    above, below = (_summed(gradients, owner, side == sign) for sign in (1, -1))
    exact = found.c.dtype == object
    result = np.full(len(found.c), Fraction(0) if exact else 0.0, found.c.dtype)
    spanning = owner == np.arange(owner.shape[1])
    counts = spanning.sum(1)
    for count in set(counts.tolist()) - {0}:
        feasible("net", count, found.a.shape[2])
        members = np.flatnonzero(counts == count)
        at = np.nonzero(spanning[members])[1].reshape(len(members), count)
        rows = members[:, None], at
        result[members] = _largest(found.a[rows], above[rows], below[rows])
    return result


def _summed(gradients: NDArray, owner: NDArray, on: NDArray) -> NDArray:
    """The gradients that each line's neurons on one side add, at the line's first neuron."""
    sums = gradients * 0
    for i in range(owner.shape[1]):
        mine = (owner == i) & on
        sums[:, i] = np.where(mine[:, :, None], gradients, gradients * 0).sum(1)
    return sums


def _largest(normals: NDArray, above: NDArray, below: NDArray) -> NDArray:
    """The largest entry of a gradient, (models,): of lines (models, n, d), each of which adds
    one of two gradients, on one side or on the other."""
    models, n, d = normals.shape
    found = np.empty(models, above.dtype)
    certain = np.zeros(models, bool)
    if normals.dtype != object and n > d > 1:
        step = max(1, BLOCK // (len(_sets(n, d)) * n * d))
        for start in range(0, models, step):
            block = slice(start, start + step)
            found[block], certain[block] = _generic(normals[block], above[block], below[block])
    for i in np.flatnonzero(~certain):
        sides = sign_vectors([integers(row) for row in normals[i]])
        chosen = np.where((sides > 0)[:, :, None], above[i], below[i])
        found[i] = np.abs(chosen.sum(1)).max()
    return found


def _sets(n: int, d: int) -> NDArray:
    return np.array([*combinations(range(n), d - 1)])


def _generic(normals: NDArray, above: NDArray, below: NDArray) -> tuple[NDArray, NDArray]:
    """`_largest` where no more than $d-1$ hyperplanes meet in a line, and whether that is certain
    in spite of roundings, (models,)."""
    # By powers of two: the directions stay what they are.
    normals = np.ldexp(normals, -np.frexp(np.abs(normals).max(2))[1][:, :, None])
    n, d = normals.shape[1:]
    sets = _sets(n, d)
    rays, sizes = _cross(normals[:, sets])
    heights = np.einsum("msd,mnd->msn", rays, normals)
    doubt = np.einsum("msd,mnd->msn", sizes, np.abs(normals)) * 4 * (d + 1) ** 2 * 2.0**-53
    own = np.zeros((len(sets), n), bool)
    own[np.arange(len(sets))[:, None], sets] = True
    certain = ((np.abs(heights) > doubt + 1e-250) | own).all((1, 2))
    sides = np.where(own, 0, np.sign(heights))
    middle, half = (above + below) / 2, (above - below) / 2
    fixed = np.einsum("sn,mnd->msd", ~own * 1.0, middle)
    turned = np.einsum("msn,mnd->msd", sides, half)
    high, low = np.maximum(above, below)[:, sets].sum(2), np.minimum(above, below)[:, sets].sum(2)
    most = np.maximum(fixed + np.abs(turned) + high, np.abs(turned) - fixed - low)
    return most.max((1, 2)), certain


def _cross(vectors: NDArray) -> tuple[NDArray, NDArray]:
    """The vectors on which $d-1$ vectors (..., d - 1, d) vanish, by cofactors, and the same sums
    of absolute values."""
    columns = [*range(vectors.shape[-1])]
    found, sizes = np.empty((2, *vectors.shape[:-2], len(columns)))
    for column in columns:
        rest = [other for other in columns if other != column]
        minor, size = _determinant(vectors[..., rest])
        found[..., column], sizes[..., column] = (-1) ** column * minor, size
    return found, sizes


def _determinant(matrix: NDArray) -> tuple[NDArray, NDArray]:
    """Determinants of (..., k, k), expanded by rows, and the sums of the absolute values."""
    if matrix.shape[-1] == 1:
        return matrix[..., 0, 0], np.abs(matrix[..., 0, 0])
    total, size = np.zeros((2, *matrix.shape[:-2]))
    for column in range(matrix.shape[-1]):
        rest = [other for other in range(matrix.shape[-1]) if other != column]
        minor, minor_size = _determinant(matrix[..., 1:, :][..., rest])
        head = matrix[..., 0, column]
        total += (-1) ** column * head * minor
        size += np.abs(head) * minor_size
    return total, size
