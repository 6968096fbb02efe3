"""Continuous piecewise linear fits with free knots, by exact moves of one knot at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks, memory, seeds
from ..piecewise import PiecewiseLinear
from ..relocation.kernels import placed
from .data import some_pieces, stacked
from .segmented import segmented_regression

STEPS = 30
"""Of a joint descent, at most; and rounds, at most."""
GAIN = 1e-6
"""A round that lowers the squared error by less than this share is the last one."""
CLOSE = 1e-9
"""A fit this close to the lower bound, as a share of it, is the optimum."""


class Continuous(NamedTuple):
    """Fits of a stack of data sets: `functions`, exact ones, one a member, and `sse`, their sums
    of squared errors on the points, (models,)."""

    functions: list[PiecewiseLinear]
    sse: NDArray


def continuous_regression(
    x: ArrayLike, y: ArrayLike, pieces: int, *, starts: int = 2, seed: int = 0
) -> Continuous:
    """A least squares fit by a continuous function of `pieces` linear pieces, whose knots may lie
    anywhere between the first point and the last.

    From each of several starts (the boundaries of :func:`segmented_regression`, knots inserted
    one by one where each gains most, and random ones) every knot in turn is taken out and put
    back where the squared error is least, exactly, with all values fitted again; then all knots
    move together by Gauss-Newton steps. This repeats until nothing is gained, or the lower bound
    is reached that :func:`segmented_regression` gives. The best of all starts is returned: unless
    it has reached the bound, no single knot of it can be moved with a gain, which is not yet the
    global optimum.

    Args:
        x: points in increasing order, (points,) or (models, points), at least two.
        y: values, (points,) or (models, points), a stack of data sets.
        pieces: at least 1 and at most as many as there are points.
        starts: random ones besides the two others, at least 0.
        seed: of these, an integer of at least 0, of 4,096 bits at most.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.

    Source: the joint steps are those of G. Golub and V. Pereyra, "The differentiation of
        pseudo-inverses and nonlinear least squares problems whose variables separate" (1973).
    """
    x, y = stacked(x, y)
    if x.shape[1] < 2:
        raise ValueError(f"x must hold at least two points, got {x.shape[1]}")
    pieces = some_pieces(pieces, x.shape[1])
    starts = checks.integer("starts", starts, 0)
    rng = np.random.default_rng(seeds.one("seed", seed))
    memory.fit("pieces", pieces, 64 * pieces * x.shape[1])
    apart = segmented_regression(x, y, pieces)
    found = []
    for points, values, first, least in zip(x, y, apart.boundaries, apart.sse):
        drawn = np.sort(rng.uniform(points[0], points[-1], (starts, pieces - 1)), axis=1)
        ends = []
        for begun in (first, None, *drawn):
            knots = _inserted(points, values, pieces - 1) if begun is None else begun
            ends.append(_descended(points, values, knots, least))
            if ends[-1][1] <= (1 + CLOSE) * least:
                break
        found.append(min(ends, key=lambda end: end[1]))
    functions = [_function(p, v, knots) for p, v, (knots, _) in zip(x, y, found)]
    misses = [f(points) - values for f, points, values in zip(functions, x, y)]
    return Continuous(functions, np.array([miss @ miss for miss in misses]))


def best_knot(x: NDArray, y: NDArray, knots: NDArray) -> tuple[float, float]:
    """Where one knot more lowers the squared error most, with all values fitted again.

    Exactly, by the closed form in :func:`relocation.kernels.best`.

    Args:
        x: points in increasing order, (points,).
        y: values, (points,).
        knots: those that are there, increasing.

    Returns:
        The place, and by how much the sum of squares falls.
    """
    middle, half = (x[0] + x[-1]) / 2, (x[-1] - x[0]) / 2
    place, gain = placed((x - middle) / half, y, (knots - middle) / half)
    return float(np.clip(middle + half * place, x[0], x[-1])), gain


def _hats(x, knots):
    """Piecewise linear functions that are 1 at one of the ends and knots, (points, knots + 2)."""
    nodes = np.concatenate([x[:1], knots, x[-1:]])
    piece = np.clip(np.searchsorted(nodes, x, side="right") - 1, 0, len(nodes) - 2)
    width = nodes[piece + 1] - nodes[piece]
    share = np.where(width > 0, (x - nodes[piece]) / np.where(width > 0, width, 1), 0.0)
    found = np.zeros((len(x), len(nodes)))
    rows = np.arange(len(x))
    found[rows, piece] = 1 - share
    found[rows, piece + 1] += share
    return found


def _values(x, y, knots):
    """Values at the ends and knots, and the squared error."""
    hats = _hats(x, knots)
    values = np.linalg.lstsq(hats, y, rcond=None)[0]
    miss = y - hats @ values
    return values, float(miss @ miss)


def _inserted(x, y, count):
    """Knots put in one by one, each where it gains most."""
    knots = np.empty(0)
    for _ in range(count):
        place, gain = best_knot(x, y, knots)
        if not gain:  # nothing is left: anywhere else
            place = next(v for v in (x[:-1] + x[1:]) / 2 if v not in knots)
        knots = np.sort(np.append(knots, place))
    return knots


def _descended(x, y, knots, least):
    """Rounds of single moves and joint steps, until nothing is gained: knots and error."""
    enough = (1 + CLOSE) * least + 1e-28 * float(y @ y)
    error = _values(x, y, knots)[1]
    for _ in range(STEPS):
        before = error
        knots, error = _joint(x, y, knots, error)
        if error <= enough:
            break
        knots, error = _swept(x, y, knots, error)
        if before - error <= GAIN * before:
            break
    return _joint(x, y, knots, error)


def _swept(x, y, knots, error):
    """Each knot in turn put where it is best."""
    for at in range(len(knots)):
        others = np.delete(knots, at)
        place, gain = best_knot(x, y, others)
        if not gain or place in others or not x[0] < place < x[-1]:
            continue
        moved = np.sort(np.append(others, place))
        found = _values(x, y, moved)[1]
        if found < error:
            knots, error = moved, found
    return knots, error


def _joint(x, y, knots, error):
    """All knots moved together by Gauss-Newton steps, halved until they gain."""
    for _ in range(STEPS if len(knots) else 0):
        hats, values = _hats(x, knots), _values(x, y, knots)[0]
        nodes = np.concatenate([x[:1], knots, x[-1:]])
        with np.errstate(all="ignore"):
            bends = np.diff(np.diff(values) / np.diff(nodes))
        if not np.isfinite(bends).all():
            break
        pulls = -bends * (x[:, None] > knots)
        whole = np.linalg.lstsq(np.hstack([hats, pulls]), y - hats @ values, rcond=None)[0]
        step, before = whole[len(nodes) :], error
        for part in 0.5 ** np.arange(8):
            moved = knots + part * step
            if (np.diff(moved) > 0).all() and x[0] < moved[0] and moved[-1] < x[-1]:
                found = _values(x, y, moved)[1]
                if found < error:
                    knots, error = moved, found
                    break
        if before - error <= GAIN * before:
            break
    return knots, error


def _function(x, y, knots):
    values = _values(x, y, knots)[0]
    nodes = np.concatenate([x[:1], knots, x[-1:]])
    slopes = np.diff(values) / np.diff(nodes)
    inner = slice(1, -1) if len(knots) else slice(None)
    return PiecewiseLinear(nodes[inner], values[inner], slopes[0], slopes[-1])
