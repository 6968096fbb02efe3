"""The exact piecewise linear functions that univariate ReLU networks are.

A network's knots are found by propagating breakpoints through its layers, never by sampling:
on a piece where all signals of a layer are linear, a neuron adds a knot where its signal crosses
zero. On networks of `Fraction` everything is exact. Only weights and biases are used:
compositional networks are no special case.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from .._core import checks, memory
from .._core.stops import GO, apart, heard
from ..networks.network import ReLUNet, stack, univariate
from ..networks.packing import Packing
from ..targets.checks import one_each
from ..targets.target import Target
from . import kernels, rationals
from .piecewise import Number, PiecewiseLinear, bounds, tolerance

FEW = 2**14
"""Breakpoints that are found before anybody could call a stop."""
MOST = 2**24
"""Breakpoints of a network that are found at all."""


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
        ValueError: a weight is NaN or infinite, or a member has more than 16,777,216 breakpoints
            (1,048,576 of `Fraction`), or than fit into memory.
    """
    if on_the_line("net", net).dtype == object:
        found = []
        for i in range(len(net)):
            weights = [w[i] for w in net.weights]
            biases = [None if b is None else b[i] for b in net.biases]
            *_, output = rationals.layers(weights, biases)
            found.append(rationals.signal(output, 0))
    else:
        widths = np.array([1, *net.widths, 1])
        with heard():
            found = [_propagated(row, widths) for row in Packing(net).pack(net, np.float64)]
        if not np.isfinite(np.concatenate([a for one in found for a in one])).all():
            warnings.warn(
                "the net's signals overflow: its functions hold NaN or infinity",
                RuntimeWarning,
                stacklevel=2,
            )
    return [PiecewiseLinear(knots, values, *slopes) for knots, values, slopes in found]


def _propagated(row: NDArray, widths: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Knots, values and outer slopes of one network of floats."""
    found = kernels.propagate(row, widths, FEW, GO)
    if not len(found[0]):
        most = most_knots(widths)
        found = apart(lambda stop: kernels.propagate(row, widths, most, stop))
        refuse(not len(found[0]), most)
    return found


def most_knots(widths: NDArray) -> int:
    """How many breakpoints a network of these widths may have here."""
    return min(MOST, memory.free() // (40 * (int(widths.max()) + 2)))


def refuse(over: bool, most: int) -> None:
    """Say that a network has more breakpoints than it may have."""
    if over:
        raise ValueError(
            f"net must have at most {most:,} breakpoints in each member, "
            + ("got more" if most == MOST else "got more, which do not fit into memory")
        )


def linear_regions(
    net: ReLUNet, low: Number = 0, high: Number = 1, tol: Number | None = None
) -> NDArray[np.int64]:
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
    exact = on_the_line("net", net).dtype == object
    if tol is None and not exact:
        tol = 64 * float(np.finfo(net.dtype).eps)
    ends, tol = np.array(bounds(low, high, exact)), tolerance(tol, exact)
    functions = piecewise_linear(net)
    with np.errstate(all="ignore"):  # of what overflows there was a word
        return np.array([len(f._bends(ends, tol)[0]) - 1 for f in functions])


@overload
def mse(
    net: ReLUNet, target: Target | Sequence[Target], *, with_error: Literal[False] = False
) -> NDArray: ...


@overload
def mse(
    net: ReLUNet, target: Target | Sequence[Target], *, with_error: Literal[True]
) -> tuple[NDArray, NDArray]: ...


def mse(
    net: ReLUNet, target: Target | Sequence[Target], *, with_error: bool = False
) -> NDArray | tuple[NDArray, NDArray]:
    r"""The mean squared error over the target's whole interval, by integration and not on a grid.

    .. math:: \frac{1}{\text{high}-\text{low}}
              \int_{\text{low}}^{\text{high}} (\text{net}(x) - f(x))^2\,dx

    The integral is split at the exact knots, see :meth:`PiecewiseLinear.squared_error`;
    on [0, 1] it is the integral itself. Its relative error is at most $10^{-6}$ and a few
    roundings of the function's values, or there is a warning.

    Args:
        net: a stack of any depth and widths.
        target: a target, or one per member.
        with_error: whether to return an estimate of the absolute errors, too.

    Returns:
        (models,), float64; `Fraction` for exact networks and polynomial targets.
        With `with_error` two such arrays, (mse, error).

    Raises:
        TypeError: `net` is not a :class:`ReLUNet`, or `target` not a target.
        ValueError: the number of targets is not the number of members,
            or a weight is NaN or infinite.
    """
    targets = one_each("target", target, len(stack("net", net)))
    checks.flag("with_error", with_error)
    number = Fraction if net.dtype == object else float
    lengths = np.array([number(t.interval[1]) - number(t.interval[0]) for t in targets])
    functions = piecewise_linear(net)
    with np.errstate(all="ignore"):  # of what overflows there was a word
        found = [f.squared_error(t, with_error=True) for f, t in zip(functions, targets)]
    values, errors = np.array(found).T / lengths
    return (values, errors) if with_error else values


def on_the_line(name: str, net: ReLUNet) -> ReLUNet:
    """`net`, which must be a stack of networks of one input and one output, with finite weights."""
    for a in (*univariate(name, net).weights, *net.biases):
        if a is not None and a.dtype != object and not np.isfinite(a).all():
            count = int((~np.isfinite(a)).sum())
            raise ValueError(f"{name} must be finite, got {count} NaN or infinite weights")
    return net
