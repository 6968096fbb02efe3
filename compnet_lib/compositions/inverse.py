r"""From functions back to peaks: exactly where a function is a sum of waves,
greedily where it is not."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from numbers import Rational

import numpy as np

from .._core import checks, memory
from ..functions.of_networks import on_the_line, piecewise_linear
from ..functions.piecewise import PiecewiseLinear
from ..networks.network import ReLUNet
from . import _waves as waves

TOLERANCE = 1e-9
"""By how much, as a share of its largest value, a function in floats may differ from a sum of
waves."""


def recover_peaks(
    F: Callable | PiecewiseLinear | ReLUNet, depth: int, end_slopes: tuple | None = None
) -> np.ndarray:
    r"""The peaks of a sum of waves.

    For the infinite sum $F=\sum_i s_iW_i$ with the scales of (4) and $s_0>0$,
    from its values and the slopes at its ends:

    .. math:: C = F'(0)-F'(1), \quad a_0 = -\frac{F'(1)}{C}, \quad a_1 = \frac{s_0}{C\,a_0(1-a_0)},
              \quad a_{n+1} = \frac{s_n}{s_{n-1}(1-a_n)},
              \qquad s_n = F(x_n) - a_n\,F(x_{n-1}), \quad x_n = a_0a_1\cdots a_n.

    For a finite network, with whatever scales, from its leftmost knots,
    which are the same $x_n$.

    That every bend found this way is one of `F`, and that all waves of a level have one scale,
    is checked on the whole mesh of $2^d+1$ points.

    Args:
        F: the sum $F$ on [0, 1], a function of numbers and arrays, without the line;
            or the exact piecewise linear function of a network, or a stack of networks,
            with the line or without.
        depth: how many peaks, at least 1.
        end_slopes: $(F'(0), F'(1))$, for a function $F$ only. If both are rational,
            `F` is called with `Fraction` and the peaks are `Fraction`.

    Returns:
        (depth,) peaks, or (models, depth) for a stack of networks.

    Raises:
        TypeError: `F` is none of these.
        ValueError: `F` is not representable: its values,
            bends or slopes are not those of a sum of waves (to $10^{-9}$ of its largest value in
            floats, exactly for `Fraction`); `end_slopes` are missing or given where they are
            not needed; or the mesh would not fit into memory.
    """
    depth = checks.integer("depth", depth, low=1)
    if isinstance(F, (PiecewiseLinear, ReLUNet)) and end_slopes is not None:
        raise ValueError(
            "end_slopes must be None for a network, whose bends are finitely many, "
            f"got {checks.brief(end_slopes)}"
        )
    if isinstance(F, ReLUNet):
        return np.stack([_from_knots(one, depth) for one in piecewise_linear(on_the_line("F", F))])
    if isinstance(F, PiecewiseLinear):
        return _from_knots(F, depth)
    if not callable(F):
        raise TypeError(
            f"F must be a function, a PiecewiseLinear or a ReLUNet, got {checks.brief(F)}"
        )
    if end_slopes is None:
        raise ValueError("end_slopes must be the slopes of F at 0 and 1, got None")
    return _from_values(F, depth, *checks.pair("end_slopes", end_slopes))


def retract(h: Callable, depth: int) -> np.ndarray:
    r"""Greedy peaks for an increasing map of [0, 1] onto itself.

    With $x_n=a_0\cdots a_n$, $y_n=(1-a_0)\cdots(1-a_n)$ and $x_{-1}=y_{-1}=1$,
    the peak $a_n$ is the one root of

    .. math:: h(x_{n-1}\,a_n) = y_{n-1}\,(1-a_n).

    For $h = (F'(0)-F')/(F'(0)-F'(1))$ of a sum of waves these are its peaks.
    For any other convex or concave curve they are the peaks of a sum of waves whose derivative
    agrees with the curve's at every $x_n$, up to scale.

    Args:
        h: increasing and continuous with $h(0)=0$ and $h(1)=1$, on floats and arrays.
        depth: how many peaks, at least 1; floats have room for about a thousand at most.

    Returns:
        (depth,) peaks, to a few roundings.

    Raises:
        TypeError: `h` cannot be called.
        ValueError: `h` is not increasing from 0 to 1 on a grid of 1001 points,
            or so flat near 0 that no root is left in floats.
    """
    depth = checks.integer("depth", depth, low=1)
    if not callable(h):
        raise TypeError(f"h must be a function, got {checks.brief(h)}")
    grid = _numbers("h", h, np.linspace(0, 1, 1001))
    if grid.shape != (1001,) or not (
        np.isfinite(grid).all()
        and abs(grid[0]) < 1e-12
        and abs(grid[-1] - 1) < 1e-12
        and (np.diff(grid) >= 0).all()
    ):
        raise ValueError(
            "h must increase from h(0) = 0 to h(1) = 1, and does not on a grid of 1001 points"
        )
    peaks: list[float] = []  # x and y leave no room after a thousand levels, however many are asked
    x, y = 1.0, 1.0
    for n in range(depth):
        peaks.append(_root(h, x, y, n))
        x, y = x * peaks[n], y * (1 - peaks[n])
        if not (0 < peaks[n] < 1 and x > 0 and y > 0):
            raise ValueError(
                "h must leave room for a peak in (0, 1) at every level, "
                f"and gives {peaks[n]} at level {n}"
            )
    return np.array(peaks)


def _root(h, x, y, n):
    from scipy.optimize import brentq

    step = lambda t: _value("h", h, x * t) / y - (1 - t)
    ends = step(0.0), step(1.0)
    if not ends[0] < 0 < ends[1]:
        raise ValueError(
            "h must leave room for a peak in (0, 1) at every level, "
            f"and does not at level {n}: h({x:.3g}) / {y:.3g} is {ends[1]:.3g}"
        )
    return brentq(step, 0.0, 1.0, xtol=1e-16, rtol=4 * np.finfo(float).eps, maxiter=2000)


def _from_values(F, depth, start, end):
    exact = isinstance(start, Rational) and isinstance(end, Rational)
    start, end = (Fraction(v) if exact else float(v) for v in (start, end))
    if not start > 0 > end or not 0 < -end / (start - end) < 1:
        raise ValueError(
            "end_slopes must fall from above 0 to below it, as those of a sum of waves "
            f"with s_0 > 0 do; got {start} and {end}"
        )
    memory.fit("depth", depth, 150 * 2 ** min(depth, 200))
    C = start - end
    peaks, scales = [-end / C], []
    x, value, room = 1 + 0 * C, 0 * C, C * peaks[0] * (1 - peaks[0])
    for n in range(depth):
        x, before = x * peaks[n], value
        value = _value("F", F, x)
        scales.append(value - peaks[n] * before)
        peaks.append(scales[n] / room)
        room = scales[n] * (1 - peaks[n + 1])
        if n + 1 < depth and not 0 < peaks[n + 1] < 1:
            raise ValueError(
                f"F must be a sum of waves, and is not: peak {n + 1} would be "
                f"{float(peaks[n + 1]):.6g}, from its values up to x = {float(x):.6g}"
            )
    found = np.array(peaks[:depth])
    mesh = waves.mesh(found)
    sums = sum(s * w for s, w in zip(scales, waves.waves(mesh, found)))
    _same(_numbers("F", F, mesh), sums, mesh, exact)
    return found


def _from_knots(curve, depth):
    x, y = curve.bends()
    if depth > 60 or len(x) != 2**depth + 1:
        raise ValueError(
            f"F must have 2^{depth} linear regions on [0, 1] for {depth} peaks, got {len(x) - 1}"
        )
    leftmost = x[[2**k for k in range(depth, -1, -1)]]
    peaks = leftmost[1:] / leftmost[:-1]
    _same(x, waves.mesh(peaks), x, curve.exact)
    found = y[0] + (y[-1] - y[0]) * x
    for n, wave in enumerate(waves.waves(x, peaks)):
        found = found + (y - found)[2 ** (depth - 1 - n)] * wave
    _same(y, found, x, curve.exact)
    return peaks


def _value(name, function, x):
    """What a function gives at one point, a finite number; a `Fraction` as it is."""
    value = _called(name, function, x)
    value = value.item() if isinstance(value, np.ndarray) and value.size == 1 else value
    checks.number(name, value)
    return value


def _numbers(name, function, x):
    """What a function gives at points, as an array of finite numbers."""
    return checks.numeric(name, _called(name, function, x), exact=x.dtype == object)


def _called(name, function, x):
    try:
        with np.errstate(all="ignore"):
            return function(x)
    except Exception as error:
        raise ValueError(
            f"{name} must be a function of numbers and arrays, "
            f"and raised {type(error).__name__}: {str(error)[:80]}"
        ) from error


def _same(values, wanted, mesh, exact):
    if values.shape != mesh.shape:
        raise ValueError(f"F must give one value a point, got {values.shape} for {mesh.shape}")
    off = abs(values - wanted)
    limit = 0 if exact else TOLERANCE * abs(wanted).max()
    if not (off <= limit).all():
        worst = int(np.argmax(off))
        raise ValueError(
            f"F must be a sum of waves, and is not: at x = {float(mesh[worst]):.6g} it has "
            f"{float(values[worst]):.6g}, and the waves that agree "
            f"with it further left give {float(wanted[worst]):.6g}"
        )
