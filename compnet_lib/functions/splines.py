"""What a network competes with: the best continuous piecewise linear functions,
and how good they can be."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks, memory
from .._core.stops import Interrupted
from ..targets.checks import a_curve
from ..targets.target import Target
from .piecewise import PiecewiseLinear
from .squares import cells, known_to

NARROWEST = 1e-14
"""The width of a piece that :func:`free_knot_spline` can make, as a share of the interval."""


@dataclass(frozen=True, eq=False)
class Spline:
    """A continuous piecewise linear function that is the best fit on its knots.

    Attributes:
        knots: ends included, (pieces + 1,).
        values: the function there, (pieces + 1,).
        mse: its mean squared error over the target's interval, by integration.
        error: about by how much `mse` may be off.
    """

    knots: np.ndarray
    values: np.ndarray
    mse: float
    error: float

    def __call__(self, x: ArrayLike) -> NDArray:
        """The function at `x`, constant beyond the ends.

        Raises:
            TypeError, ValueError: `x` does not hold finite numbers.
        """
        return np.interp(checks.numeric("x", x).astype(float), self.knots, self.values)

    def piecewise_linear(self) -> PiecewiseLinear:
        """The same function, as networks have theirs."""
        return PiecewiseLinear(self.knots, self.values, 0.0, 0.0)


def fitted_spline(target: Target, knots: ArrayLike) -> Spline:
    """The continuous function, linear between these knots, with the least mean squared error.

    Args:
        target: the curve.
        knots: increasing positions, (pieces + 1,), from the lower to the upper end of the
            target's interval.

    Raises:
        TypeError, ValueError: an argument is of the wrong type, shape or value.
    """
    ends, knots = a_curve("target", target).interval, checks.numeric("knots", knots).astype(float)
    if (
        knots.ndim != 1
        or len(knots) < 2
        or (knots[0], knots[-1]) != ends
        or not (np.diff(knots) > 0).all()
    ):
        raise ValueError(
            f"knots must increase from {ends[0]:g} to {ends[1]:g}, the ends of the interval, "
            f"got an array of shape {knots.shape}"
        )
    return _judged(_fitted(target, knots)[0], target)


def uniform_spline(target: Target, pieces: int) -> Spline:
    """The continuous function, linear on `pieces` equal intervals,
    with the least mean squared error.

    Raises:
        TypeError, ValueError: `target` is not a Target, or `pieces` not a positive integer.
    """
    low, high = a_curve("target", target).interval
    pieces = _pieces(pieces)
    return _judged(_fitted(target, np.linspace(low, high, pieces + 1))[0], target)


def free_knot_spline(target: Target, pieces: int) -> Spline:
    r"""The continuous function with `pieces` linear pieces, wherever its knots are,
    with the least mean squared error; of a curve that bends both ways, with the least in the
    neighbourhood of a good start.

    For given knots the best values solve a tridiagonal system.
    The knots $t_k$ descend along the derivative of the error that is left,

    .. math:: \frac{\partial E}{\partial t_k} = -2\,(m_{k} - m_{k+1})
              \int_{t_{k-1}}^{t_k} (s - f)\,\varphi_k,

    where $m_k$ is the slope of $s$ before $t_k$, $m_{k+1}$ the one after it,
    and $\varphi_k$ the hat function at $t_k$; they start with the density that is best for many
    pieces, proportional to $|f''|^{2/5}$.

    Args:
        target: the curve; its second derivative is used for the start if it is known.
        pieces: at least 1, and 1.5 kB of memory for each.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
        Interrupted: a KeyboardInterrupt came; the exception holds the best spline so far.
    """
    low, high = a_curve("target", target).interval
    pieces = _pieces(pieces)
    x, density = _density(target)
    # Some knots everywhere, so that no piece of the start is degenerate, of polygons neither.
    mass = np.concatenate([[0], np.cumsum(density + (1e-3 * density.mean() or 1.0))])
    start = np.interp(np.linspace(0, mass[-1], pieces + 1), mass, x)
    if pieces == 1:
        return _judged(_fitted(target, start)[0], target)
    scale = _fitted(target, np.linspace(low, high, pieces + 1))[0].mse
    best, evaluations = _fitted(target, start)[0], 0

    def knots_of(free):
        widths = np.exp(free - free.max())
        widths = np.maximum(widths, NARROWEST * widths.sum())
        return low + (high - low) * np.concatenate([[0], np.cumsum(widths) / widths.sum()])

    def error(free):
        nonlocal best, evaluations
        knots = knots_of(free)
        knots[-1] = high
        spline, by_knots = _fitted(target, knots)
        evaluations += 1
        best = min(best, spline, key=lambda one: one.mse)
        # Knot k is the sum of the first k widths, each its share of the interval.
        shares = np.diff(knots) / (high - low)
        by_widths = np.concatenate([np.cumsum(by_knots[::-1])[::-1], [0]]) * (high - low)
        return spline.mse / scale, shares * (by_widths - shares @ by_widths) / scale

    from scipy.optimize import minimize

    try:
        found = minimize(
            error,
            np.log(np.diff(start)),
            jac=True,
            method="L-BFGS-B",
            options={
                "maxiter": 5000,
                "maxfun": 10_000,
                "ftol": 1e-15,
                "gtol": 1e-10,
                "maxcor": 40,
            },
        )
    except KeyboardInterrupt:
        raise Interrupted(_judged(best, target), np.array([evaluations]), "evaluations") from None
    knots = knots_of(found.x)
    knots[-1] = high
    return _judged(_fitted(target, knots)[0], target)


def free_knot_bound(target: Target, pieces: float) -> float:
    r"""The mean squared error that the best free-knot spline approaches for many pieces,

    .. math:: \frac{1}{720\,N^4\,(\text{high}-\text{low})} \Bigl(\int |f''|^{2/5}\Bigr)^5.

    Args:
        target: the curve.
        pieces: $N$, positive; not necessarily an integer.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.

    Source: C. de Boor, "Good approximation by splines with variable knots" (1973),
        for the density of the knots.
    """
    if checks.number("pieces", pieces) <= 0:
        raise ValueError(f"pieces must be positive, got {pieces}")
    density = _density(target)[1]
    low, high = target.interval
    return float(density.sum() ** 5 / (720 * pieces**4 * (high - low)))


def pieces_for(target: Target, mse: float) -> float:
    """How many pieces the best free-knot spline needs for a mean squared error,
    by the asymptotic formula of `free_knot_bound`.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    if checks.number("mse", mse) <= 0:
        raise ValueError(f"mse must be positive, got {mse}")
    return (free_knot_bound(target, 1) / mse) ** 0.25


def grid_spline(target: Target, pieces: int, points: int = 400) -> float:
    r"""The least mean squared error of a function linear on each of `pieces` intervals that end on
    an even grid, by dynamic programming.

    It need not be continuous. For a convex or concave curve the best one is:
    at a knot of the best partition the two lines miss the curve by the same amount,
    to the same side. So this is an independent check of :func:`free_knot_spline`,
    from above by what the grid costs.

    Args:
        target: the curve.
        pieces: at least 1.
        points: intervals of the grid, at least `pieces`.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    low, high = a_curve("target", target).interval
    pieces, points = checks.integer("pieces", pieces, 1), checks.integer("points", points, 1)
    if points < pieces:
        raise ValueError(f"points must be at least pieces, {pieces}, got {points}")
    memory.fit("points", points, 100 * points**2)
    x = np.linspace(low, high, points + 1)
    at, weights, piece = cells(x, target.panels.edges)
    y = target(at)
    # Moments about the middle of the interval, summed from the left:
    # each piece's best line from differences.
    u = at - (low + high) / 2
    sums = [
        np.concatenate([[0], np.cumsum(np.bincount(piece, (weights * value).sum(1)))])
        for value in (np.ones_like(u), u, u * u, y, u * y, y * y)
    ]
    one, first, second, plain, mixed, square = (s[None, :] - s[:, None] for s in sums)
    with np.errstate(all="ignore"):
        middle, mean = first / one, plain / one
        spread, joint = second - one * middle**2, mixed - one * middle * mean
        cost = np.maximum(square - one * mean**2 - joint**2 / spread, 0)
    cost[np.tril_indices(points + 1)] = np.inf
    best = cost[0]
    for _ in range(pieces - 1):
        best = (best[:, None] + cost).min(0)
    return float(best[-1] / (high - low))


def _pieces(pieces):
    """A number of pieces whose sums and steps fit into memory."""
    pieces = checks.integer("pieces", pieces, 1)
    memory.fit("pieces", pieces, 1500 * pieces)
    return pieces


def _judged(spline, target):
    """A spline with the error of its error, and a warning if that is not small."""
    length = spline.knots[-1] - spline.knots[0]
    largest = float(np.abs(spline.values).max())
    error = known_to(spline.mse * length, target, target.panels, largest)
    return replace(spline, error=error / length)


def _density(target):
    r"""Edges of small cells, and $\int|f''|^{2/5}$ over each."""
    low, high = a_curve("target", target).interval
    x = np.linspace(low, high, 4001)
    if target.second is not None:
        x = np.union1d(x, target.panels.edges)
        at, weights, _ = cells(x, x[:0])
        return x, (np.abs(target.second(at)) ** 0.4 * weights).sum(1)
    fine = np.linspace(low, high, 2 * len(x) + 1)
    second = np.abs(np.diff(target(fine), 2))[::2] / (fine[1] - fine[0]) ** 2
    return x, second[: len(x) - 1] ** 0.4 * np.diff(x)


def _fitted(target, knots):
    """The best spline on these knots, and the derivative of its error by the inner ones."""
    widths = np.diff(knots)
    at, weights, piece = cells(knots, target.panels.edges)
    y, share = target(at), (at - knots[piece, None]) / widths[piece, None]
    over_pieces = lambda values: np.bincount(piece, values.sum(1))
    diagonal = np.zeros(len(knots))
    diagonal[:-1] += widths / 3
    diagonal[1:] += widths / 3
    right = np.zeros(len(knots))
    right[:-1] += over_pieces(weights * y * (1 - share))
    right[1:] += over_pieces(weights * y * share)
    from scipy.linalg import solveh_banded

    values = solveh_banded(np.stack([np.concatenate([[0], widths / 6]), diagonal]), right)
    slopes = np.diff(values) / widths
    misses = values[piece, None] + slopes[piece, None] * (at - knots[piece, None]) - y
    length = knots[-1] - knots[0]
    pulls = over_pieces(weights * misses * share)[:-1]
    error = -2 * (slopes[:-1] - slopes[1:]) * pulls / length
    return Spline(knots, values, float((weights * misses**2).sum() / length), 0.0), error
