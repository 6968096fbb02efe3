"""The exact piecewise linear functions that univariate ReLU networks are.

A network's knots are found by propagating breakpoints through its layers, never by sampling:
on a piece where all signals of a layer are linear, a neuron adds a knot where its signal crosses
zero. On networks of `Fraction` everything is exact. Only weights and biases are used:
compositional networks are no special case.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from .._core import checks
from ..networks.network import ReLUNet
from ..targets.target import Target
from . import propagation, rationals
from .polyline import mattering


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

    knots: np.ndarray
    values: np.ndarray
    left: object
    right: object

    @classmethod
    def through(cls, x, y) -> PiecewiseLinear:
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
    def slopes(self) -> np.ndarray:
        """The slope of each piece, from left to right, (knots + 1,)."""
        return np.concatenate(
            [
                _array([self.left], self.exact),
                np.diff(self.values) / np.diff(self.knots),
                _array([self.right], self.exact),
            ]
        )

    @property
    def delta_slopes(self) -> np.ndarray:
        """By how much the slope changes at each knot, (knots,)."""
        return np.diff(self.slopes)

    def __call__(self, x) -> np.ndarray:
        """The function at `x`, of its shape."""
        x = (
            checks.rational("x", x)
            if self.exact
            else checks.numeric("x", x, exact=True).astype(float)
        )
        before = np.searchsorted(self.knots, x.ravel(), side="right")
        at = np.maximum(before - 1, 0)
        # Not self.slopes: two points of an exact function should not cost all its quotients.
        slopes = _array([self.left, self.right], self.exact)[np.where(before == 0, 0, 1)]
        inner = (before > 0) & (before < len(self.knots))
        k = before[inner]
        slopes[inner] = (self.values[k] - self.values[k - 1]) / (self.knots[k] - self.knots[k - 1])
        return (self.values[at] + slopes * (x.ravel() - self.knots[at])).reshape(x.shape)

    def on(self, low, high) -> tuple[np.ndarray, np.ndarray]:
        """Knots and values on [low, high], both ends included.

        Raises:
            ValueError: not low < high.
        """
        low, high = bounds(low, high, self.exact)
        inner = slice(
            np.searchsorted(self.knots, low, side="right"), np.searchsorted(self.knots, high)
        )
        ends = _array([low, high], self.exact)
        knots = np.concatenate([ends[:1], self.knots[inner], ends[1:]])
        first, last = self(ends)
        return knots, np.concatenate(
            [_array([first], self.exact), self.values[inner], _array([last], self.exact)]
        )

    def simplify(self, tol=None) -> PiecewiseLinear:
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

    def bends(self, low=0, high=1, tol=None) -> tuple[np.ndarray, np.ndarray]:
        """The ends of [low, high] and the knots between them that matter, and the values there.

        Args:
            low, high: the interval.
            tol: as for `simplify`.

        Raises:
            ValueError: not low < high, or a negative `tol`.
        """
        x, y = self.on(low, high)
        kept = mattering(x, y, tolerance(tol, self.exact) * abs(y).max())
        return x[kept], y[kept]

    def regions(self, low=0, high=1, tol=None) -> int:
        """How many linear regions there are on [low, high]: maximal intervals of one slope.

        Arguments and errors as for `bends`.
        """
        return len(self.bends(low, high, tol)[0]) - 1

    def turning(self, low=0, high=1, tol=None) -> tuple:
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

    def near_ties(self, low=0, high=1, tol=None) -> int:
        """How many knots with a bend `regions` leaves out on [low,
        high] because they do not matter within `tol`.

        Zero for exact functions. A float-rounded compositional network has them at its valleys.
        """
        x, y = self.on(low, high)
        slopes = np.diff(y) / np.diff(x)
        return int((slopes[1:] != slopes[:-1]).sum()) + 1 - self.regions(low, high, tol)

    def integral(self, low=0, high=1):
        """The integral over [low, high], exact for exact functions."""
        x, y = self.on(low, high)
        return (np.diff(x) * (y[1:] + y[:-1])).sum() / 2

    def squared_error(self, target: Target, low=None, high=None):
        r"""The integral of the squared error, $\int (f-\text{target})^2$, over [low,
        high] or else the target's interval.

        Split at the knots. For a polynomial target it is the exact integral:
        rational for exact functions, by a Gauss rule of sufficient order for floats.
        For other targets, eight Gauss nodes on pieces of at most 1/32 of the interval.

        Raises:
            TypeError: `target` is not a `Target`, or not a polynomial while the function is
                exact.
            ValueError: not low < high.
        """
        if not isinstance(target, Target):
            raise TypeError(f"target must be a Target, got {target!r}")
        ends = [Fraction(v) if self.exact else v for v in target.interval]
        x, y = self.on(ends[0] if low is None else low, ends[1] if high is None else high)
        if self.exact:
            return _exact_squared_error(x, y, target)
        slopes = np.diff(y) / np.diff(x)
        nodes, cuts = (
            (len(target.polynomial), x)
            if target.polynomial
            else (8, np.union1d(x, np.linspace(x[0], x[-1], 33)))
        )
        at, weight = _gauss(max(nodes, 2))
        width = np.diff(cuts)[:, None]
        points = cuts[:-1, None] + width * (at + 1) / 2
        piece = np.searchsorted(x, cuts[:-1], side="right") - 1
        found = y[piece, None] + slopes[piece, None] * (points - x[piece, None])
        return float((((found - target(points)) ** 2) @ (weight / 2) * width[:, 0]).sum())


def piecewise_linear(net: ReLUNet) -> list[PiecewiseLinear]:
    """The exact function of every member: all places where some neuron's signal crosses zero,
    and the values there.

    Args:
        net: a stack of any depth and widths. Float weights are taken as they are, in float64;
            `Fraction` stay exact.

    Returns:
        One :class:`PiecewiseLinear` per member. Its knots include those where bends of several
        neurons cancel; see `simplify`.

    Raises:
        TypeError: `net` is not a :class:`ReLUNet`.
        ValueError: a weight is NaN or infinite.
    """
    _stack_of(net)
    for a in (*net.weights, *net.biases):
        if a is not None:
            checks.numeric("net", a, exact=True)
    if net.dtype == object:
        found = [
            rationals.propagate(
                [w[i] for w in net.weights], [b if b is None else b[i] for b in net.biases]
            )
            for i in range(len(net))
        ]
    else:
        rows = [
            a.reshape(len(net), -1).astype(np.float64)
            for pair in zip(net.weights, net.with_biases().biases)
            for a in pair
        ]
        widths = np.array([1, *net.widths, 1])
        found = [propagation.propagate(row, widths) for row in np.concatenate(rows, axis=1)]
        if not np.isfinite(np.concatenate([a for member in found for a in member])).all():
            warnings.warn(
                "the net's signals overflow: its functions hold NaN or infinity",
                RuntimeWarning,
                stacklevel=2,
            )
    return [PiecewiseLinear(knots, values, *slopes) for knots, values, slopes in found]


def linear_regions(net: ReLUNet, low=0, high=1, tol=None) -> np.ndarray:
    """The number of linear regions of every member on [low, high].

    Args:
        net: a stack of any depth and widths.
        low, high: the interval, low < high.
        tol: a knot counts if leaving it out changes the function by more than `tol` times its
            largest absolute value on the interval. None means 0 for networks of `Fraction`,
            whose count is exact; 1.4e-14 for float64 and 7.6e-6 for float32 weights,
            64 roundings.

    Returns:
        Integers, (models,).

    Raises:
        TypeError: `net` is not a :class:`ReLUNet`.
        ValueError: a weight is NaN or infinite, not low < high, or a negative `tol`.
    """
    _stack_of(net)
    if tol is None and net.dtype != object:
        tol = 64 * float(np.finfo(net.dtype).eps)
    return np.array([f.regions(low, high, tol) for f in piecewise_linear(net)])


def mse(net: ReLUNet, target: Target | Sequence[Target]) -> np.ndarray:
    r"""The mean squared error over the target's whole interval, by integration and not on a grid.

    .. math:: \frac{1}{\text{high}-\text{low}} \int_{\text{low}}^{\text{high}} (\text{net}(x) - f(x))^2\,dx

    The integral is split at the exact knots, see :meth:`PiecewiseLinear.squared_error`; on [0,
    1] it is the integral itself.

    Args:
        net: a stack of any depth and widths.
        target: a target, or one per member.

    Returns:
        (models,), float64; `Fraction` for exact networks and polynomial targets.

    Raises:
        TypeError: `net` is not a :class:`ReLUNet`, or `target` not a target.
        ValueError: the number of targets is not the number of members,
            or a weight is NaN or infinite.
    """
    _stack_of(net)
    targets = [target] * len(net) if isinstance(target, Target) else target
    if (
        not isinstance(targets, Sequence)
        or isinstance(targets, str)
        or not all(isinstance(t, Target) for t in targets)
    ):
        raise TypeError(f"target must be a Target, or a sequence of one per member, got {target!r}")
    if len(targets) != len(net):
        raise ValueError(
            f"target must be one Target, or one for each of the {len(net)} members, got {len(targets)}"
        )
    number = Fraction if net.dtype == object else float
    return np.array(
        [
            f.squared_error(t) / (number(t.interval[1]) - number(t.interval[0]))
            for f, t in zip(piecewise_linear(net), targets)
        ]
    )


@cache
def _gauss(nodes):
    return np.polynomial.legendre.leggauss(nodes)


def _exact_squared_error(x, y, target):
    r"""$\int f^2 - 2\int fp + \int p^2$. With $P''=p$,
    integration by parts leaves of $\int fp$ the ends, and the slopes times the steps of $P$."""
    if target.polynomial is None:
        raise TypeError(f"target must be a polynomial for an exact function, got {target!r}")
    p = np.array(target.polynomial, dtype=object)
    first = _integrated(p)
    steps = np.diff(x)
    square = (steps * (y[1:] * y[1:] + y[1:] * y[:-1] + y[:-1] * y[:-1])).sum() / 3
    mixed = (
        y[-1] * _horner(first, x[-1])
        - y[0] * _horner(first, x[0])
        - (np.diff(y) / steps * np.diff(_horner(_integrated(first), x))).sum()
    )
    return square - 2 * mixed + np.diff(_horner(_integrated(np.convolve(p, p)), x[[0, -1]]))[0]


def _integrated(polynomial):
    return np.array([Fraction(0), *(c / (k + 1) for k, c in enumerate(polynomial))], dtype=object)


def _horner(polynomial, x):
    value = 0
    for c in polynomial[::-1]:
        value = value * x + c
    return value


def _array(values, exact):
    return np.array(values, dtype=object) * Fraction(1) if exact else np.array(values, dtype=float)


def bounds(low, high, exact):
    """The ends of an interval, checked, as floats or `Fraction`."""
    low, high = (
        checks.numeric(name, value, exact=True) for name, value in (("low", low), ("high", high))
    )
    checks.shaped("low", low, ())
    checks.shaped("high", high, ())
    low, high = (Fraction(v.item()) if exact else float(v) for v in (low, high))
    if not low < high:
        raise ValueError(f"low and high must satisfy low < high, got {low} and {high}")
    return low, high


def tolerance(tol, exact):
    """A relative tolerance, checked; None is 0 for exact functions and 64 roundings for floats."""
    if tol is None:
        return Fraction(0) if exact else 64 * float(np.finfo(float).eps)
    if checks.number("tol", tol) < 0:
        raise ValueError(f"tol must be at least 0, got {tol}")
    return Fraction(tol) if exact else tol


def _stack_of(net):
    if not isinstance(net, ReLUNet):
        raise TypeError(f"net must be a ReLUNet, got {net!r}")
