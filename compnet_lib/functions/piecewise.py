"""Continuous piecewise linear functions on the line, in floats or exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks
from ..targets.checks import a_curve
from ..targets.target import Target
from .polyline import mattering
from .squares import exact_squared_error, squared_error

Number = float | Fraction


@dataclass(frozen=True, eq=False)
class PiecewiseLinear:
    """A continuous piecewise linear function on the whole line.

    Attributes:
        knots: increasing positions, (knots,), at least one; a knot may be without a bend.
        values: the function there, (knots,).
        left: the slope before the first knot.
        right: the slope after the last.

    Floats, or `Fraction` in object arrays.
    """

    knots: NDArray
    values: NDArray
    left: Any
    right: Any

    @classmethod
    def through(cls, x: ArrayLike, y: ArrayLike) -> PiecewiseLinear:
        """Straight lines from each point to the next; the first and the last go on.

        Args:
            x: increasing positions, (points,), at least two; floats or `Fraction`.
            y: the values there, (points,), of the same kind.

        Raises:
            TypeError: `x` and `y` are not numbers of one kind.
            ValueError: their shapes differ, there are fewer than two, or `x` does not increase.
        """
        x, y = checks.numeric("x", x, exact=True), checks.numeric("y", y, exact=True)
        if (x.dtype == object) != (y.dtype == object):
            raise TypeError("x and y must both be Fractions, or both floats")
        if x.ndim != 1 or len(x) < 2 or not (np.diff(x) > 0).all():
            raise ValueError(
                f"x must hold at least two points in increasing order, got shape {x.shape}"
            )
        exact = x.dtype == object
        x, y = _array(x, exact), _array(checks.shaped("y", y, x.shape), exact)
        slopes = np.diff(y) / np.diff(x)
        return cls(x, y, slopes[0], slopes[-1])

    @property
    def exact(self) -> bool:
        """Whether it holds `Fraction`."""
        return self.knots.dtype == object

    @property
    def slopes(self) -> NDArray:
        """The slope of each piece, from left to right, (knots + 1,)."""
        return np.concatenate(
            [
                _array([self.left], self.exact),
                np.diff(self.values) / np.diff(self.knots),
                _array([self.right], self.exact),
            ]
        )

    @property
    def delta_slopes(self) -> NDArray:
        """By how much the slope changes at each knot, (knots,)."""
        return np.diff(self.slopes)

    def __call__(self, x: ArrayLike) -> NDArray:
        """The function at `x`, of its shape."""
        x = (
            checks.rational("x", x)
            if self.exact
            else checks.cast("x", checks.numeric("x", x, exact=True), float)
        )
        return self._at(x.ravel()).reshape(x.shape)

    def _at(self, x: NDArray) -> NDArray:
        before = np.searchsorted(self.knots, x, side="right")
        at = np.maximum(before - 1, 0)
        # Not self.slopes: two points of an exact function should not cost all its quotients.
        slopes = _array([self.left, self.right], self.exact)[np.where(before == 0, 0, 1)]
        inner = (before > 0) & (before < len(self.knots))
        k = before[inner]
        slopes[inner] = (self.values[k] - self.values[k - 1]) / (self.knots[k] - self.knots[k - 1])
        # From the end nearer to 0, which costs no digits where the other one is far out.
        size = abs(self.knots)
        at[inner] = k - (size[k - 1] <= size[k])
        return self.values[at] + slopes * (x - self.knots[at])

    def on(self, low: Number, high: Number) -> tuple[NDArray, NDArray]:
        """Knots and values on [low, high], both ends included.

        Raises:
            ValueError: not low < high.
        """
        return self._on(_array(bounds(low, high, self.exact), self.exact))

    def _on(self, ends: NDArray) -> tuple[NDArray, NDArray]:
        first = np.searchsorted(self.knots, ends[0], side="right")
        inner = slice(first, np.searchsorted(self.knots, ends[1]))
        left, right = np.split(self._at(ends), 2)
        return (
            np.concatenate([ends[:1], self.knots[inner], ends[1:]]),
            np.concatenate([left, self.values[inner], right]),
        )

    def simplify(self, tol: Number | None = None) -> PiecewiseLinear:
        """Without the knots that do not matter: those whose removal changes the function by at most
        `tol` times its size.

        Args:
            tol: relative to the largest absolute value at a knot.
                None means 0 for exact functions, where just the knots without a bend go,
                and 64 roundings, 1.4e-14, for floats.

        A float-rounded network has pairs of knots closer than rounding where the exact one has a
        single knot: one of each pair goes. At least one knot stays.
        """
        reach = max(self.knots[-1] - self.knots[0], 1)
        x = np.concatenate([self.knots[:1] - reach, self.knots, self.knots[-1:] + reach])
        y = np.concatenate(
            [
                self.values[:1] - self.left * reach,
                self.values,
                self.values[-1:] + self.right * reach,
            ]
        )
        kept = mattering(x, y, tolerance(tol, self.exact) * abs(self.values).max())[1:-1]
        kept[0] |= not kept.any()
        return PiecewiseLinear(self.knots[kept], self.values[kept], self.left, self.right)

    def bends(
        self, low: Number = 0, high: Number = 1, tol: Number | None = None
    ) -> tuple[NDArray, NDArray]:
        """The ends of [low, high] and the knots between them that matter, and the values there.

        Args:
            low, high: the interval.
            tol: as for `simplify`.

        Raises:
            ValueError: not low < high, or a negative `tol`.
        """
        ends = _array(bounds(low, high, self.exact), self.exact)
        return self._bends(ends, tolerance(tol, self.exact))

    def _bends(self, ends: NDArray, tol: Number) -> tuple[NDArray, NDArray]:
        x, y = self._on(ends)
        kept = mattering(x, y, tol * abs(y).max())
        return x[kept], y[kept]

    def regions(self, low: Number = 0, high: Number = 1, tol: Number | None = None) -> int:
        """How many linear regions there are on [low, high]: maximal intervals of one slope.

        Arguments and errors as for `bends`.
        """
        return len(self.bends(low, high, tol)[0]) - 1

    def turning(
        self, low: Number = 0, high: Number = 1, tol: Number | None = None
    ) -> tuple[Any, Any]:
        """By how much the slope rises in all on [low, high], and by how much it falls:
        the sums of the positive and of the negative delta-slopes there.

        A convex function never falls, a concave one never rises. The knots are those of `bends`:
        of a pair closer than rounding, between which a slope means nothing, one counts.

        Arguments and errors as for `bends`.

        Returns:
            (rise, fall), both at least 0, of the function's own kind of number;
            their difference is the slope at the right end less that at the left.
        """
        x, y = self.bends(low, high, tol)
        steps = np.diff(np.diff(y) / np.diff(x))
        zero = Fraction(0) if self.exact else 0.0
        return sum(steps[steps > 0], zero), -sum(steps[steps < 0], zero)

    def near_ties(self, low: Number = 0, high: Number = 1, tol: Number | None = None) -> int:
        """How many knots with a bend `regions` leaves out on [low, high]
        because they do not matter within `tol`.

        Zero for exact functions. A float-rounded compositional network has them at its valleys.
        """
        x, y = self.on(low, high)
        slopes = np.diff(y) / np.diff(x)
        return int((slopes[1:] != slopes[:-1]).sum()) + 1 - self.regions(low, high, tol)

    def integral(self, low: Number = 0, high: Number = 1) -> Any:
        """The integral over [low, high], exact for exact functions."""
        x, y = self.on(low, high)
        return (np.diff(x) * (y[1:] + y[:-1])).sum() / 2

    def squared_error(
        self,
        target: Target,
        low: Number | None = None,
        high: Number | None = None,
        *,
        with_error: bool = False,
    ) -> Any:
        r"""The integral of the squared error, $\int (f-\text{target})^2$,
        over [low, high] or else the target's interval.

        Split at the knots. For a polynomial target it is the exact integral:
        rational for exact functions, by a Gauss rule of sufficient order for floats.
        Other targets are split as well where they are steep or have a kink, into 4,096 panels
        at most, until they are polynomials of degree 15 on each but for rounding: the relative
        error is at most $10^{-6}$, or there is a warning that says how large it may be. Seen are
        features of the curve at least as wide as 1/4,096 of the interval.

        Args:
            target: the curve.
            low, high: the ends; None takes the target's own.
            with_error: whether to return (integral, error) with an estimate of the integral's
                absolute error, rounding included; 0 for exact functions.

        Raises:
            TypeError: `target` is not a `Target`, or not a polynomial while the function is
                exact.
            ValueError: not low < high.
        """
        own = [Fraction(v) if self.exact else v for v in a_curve("target", target).interval]
        checks.flag("with_error", with_error)
        if low is None and high is None:  # checked when the target was made
            x, y = self._on(_array(own, self.exact))
        else:
            x, y = self.on(own[0] if low is None else low, own[1] if high is None else high)
        value, error = (
            (exact_squared_error(x, y, target), Fraction(0))
            if self.exact
            else squared_error(x, y, target)
        )
        return (value, error) if with_error else value


def _array(values: Any, exact: bool) -> NDArray:
    return np.array(values, dtype=object) * Fraction(1) if exact else np.array(values, dtype=float)


def bounds(low: Number, high: Number, exact: bool) -> tuple[Any, Any]:
    """The ends of an interval, checked, as floats or `Fraction`."""
    ends = [
        checks.shaped(name, checks.numeric(name, value, exact=True), ()).item()
        for name, value in (("low", low), ("high", high))
    ]
    start, end = (Fraction(v) if exact else checks.number("low and high", v) for v in ends)
    if not start < end:
        raise ValueError(f"low and high must satisfy low < high, got {start} and {end}")
    return start, end


def tolerance(tol: Number | None, exact: bool) -> Any:
    """A relative tolerance, checked; None is 0 for exact functions and 64 roundings for floats."""
    if tol is None:
        return Fraction(0) if exact else 64 * float(np.finfo(float).eps)
    if (found := checks.number("tol", tol)) < 0:
        raise ValueError(f"tol must be at least 0, got {found}")
    return Fraction(checks.scalar(tol)) if exact else found
