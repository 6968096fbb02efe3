r"""Networks in function space: breakpoints and delta-slopes.

A breakpoint is a zero of a hidden neuron's input. The delta-slope that the neuron contributes there
is the change of the output's slope: what its own signal gains, times the derivative of the output
by it. Breakpoints are found by propagation, never by sampling, on the whole line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._core import checks
from ..networks.network import ReLUNet
from .crossings import Layer, hidden_layers
from .of_networks import on_the_line, piecewise_linear
from .piecewise import Number, PiecewiseLinear

ROUNDINGS = 64 * float(np.finfo(float).eps)
"""Closer than this, relative to the larger of 1 and where they are, two places are one."""


@dataclass(frozen=True, eq=False)
class Breakpoints:
    r"""The breakpoints of one network, in increasing order: an entry for each zero of each hidden
    neuron's input $z$, but for intervals on which $z$ vanishes, of which the ends count.

    Attributes:
        breakpoints: where they are, $\beta$, (breakpoints,); floats, or `Fraction`.
        delta_slopes: by how much the slope of the output changes there on account of this neuron,
            (breakpoints,): $\lvert z'\rvert\,\partial f/\partial h$, where $h$ is the neuron's
            output. For one hidden layer that is $s\mu$ with the paper's $\mu=wv$ and the
            orientation $s$. At a degenerate breakpoint it is the mean over the two sides, so that
            those of one place always add up to the change of slope.
        layer, neuron: whose input is zero, as in ``net.layers(x)[layer][:, neuron]``.
        orientations: +1 where the neuron is on to the right of the breakpoint only, -1 to the left
            only, 0 where its input touches zero without a change of sign.
        active: whether some path through the neuron has all its other neurons on at $\beta$
            (Definition 1): every other hidden layer has a neuron with a positive input there.
        degenerate: whether another neuron has the same breakpoint.
        function: the network's function.

    Source: "A functional characterization of randomly initialized gradient descent in deep ReLU
        networks", section 2.1 and Definition 1.
    """

    breakpoints: NDArray
    delta_slopes: NDArray
    layer: NDArray[np.int64]
    neuron: NDArray[np.int64]
    orientations: NDArray[np.int64]
    active: NDArray[np.bool_]
    degenerate: NDArray[np.bool_]
    function: PiecewiseLinear

    def __len__(self) -> int:
        return len(self.breakpoints)

    def bends(
        self, low: Number | None = None, high: Number | None = None
    ) -> tuple[NDArray, NDArray]:
        """Where the function bends strictly between `low` and `high`, and by how much its slope
        changes there; None is no limit.

        In floats, places closer than 64 roundings are one, at the first of them, and there is no
        bend where its delta-slopes cancel to so many; exactly where they are `Fraction`.

        Raises:
            ValueError: not low < high.
        """
        inside = _between(self.breakpoints, low, high)
        if not len(self):
            return self.breakpoints, self.delta_slopes
        near = 0 if self.function.exact else ROUNDINGS
        apart = np.diff(self.breakpoints) > near * np.maximum(abs(self.breakpoints[1:]), 1)
        first = np.append(0, np.flatnonzero(apart) + 1)
        places = self.breakpoints[first]
        jumps = np.add.reduceat(self.delta_slopes, first)
        size = np.add.reduceat(abs(self.delta_slopes), first)
        kept = (abs(jumps) > near * size) & inside[first]
        return places[kept], jumps[kept]


def to_breakpoints(net: ReLUNet) -> list[Breakpoints]:
    """The breakpoints that the neurons of every member induce, with their delta-slopes.

    Args:
        net: a stack of networks of one input and one output, of any depth and widths. Floats are
            taken in float64; `Fraction` stay exact. In floats two breakpoints are the same place
            if they round to it: a compositional network's valleys, where inputs touch zero, come
            apart unless it is exact.

    Raises:
        TypeError: `net` is not a :class:`ReLUNet`.
        ValueError: it has several inputs or outputs, a weight is NaN or infinite, or a member has
            more breakpoints than it may have, see :func:`piecewise_linear`.
    """
    kind = object if on_the_line("net", net).dtype == object else float
    weights = [w.astype(kind) for w in net.weights]
    functions = piecewise_linear(net)
    return [
        _induced([w[i] for w in weights], layers, functions[i])
        for i, layers in enumerate(hidden_layers(net))
    ]


def _induced(weights: list[NDArray], layers: list[Layer], function: PiecewiseLinear) -> Breakpoints:
    """The breakpoints of one member."""
    zeros = [np.nonzero(layer.zeros) for layer in layers]
    where = np.concatenate([layer.knots[k] for layer, (k, _) in zip(layers, zeros)])
    which = np.repeat(np.arange(len(layers)), [len(k) for k, _ in zeros])
    whose = np.concatenate([i for _, i in zeros])
    order = np.argsort(where, kind="stable")
    where, which, whose = where[order], which[order], whose[order]
    own = lambda arrays: _picked(arrays, which, whose)
    left, right, positive = zip(*(_states(layer, where) for layer in layers))
    some: NDArray[np.bool_] = np.array(positive)
    some[which, np.arange(len(where))] = True
    orientations = own(right).astype(np.int64) - own(left)
    slopes = own(_slopes(weights, left)) + own(_slopes(weights, right))
    same = where[1:] == where[:-1]
    return Breakpoints(
        where,
        orientations * slopes * own(_gains(weights, left, right)) / 2,
        which,
        whose,
        orientations,
        np.all(some, axis=0),
        np.append(same, False) | np.append(False, same),
        function,
    )


def _picked(arrays: Sequence[NDArray], which: NDArray, whose: NDArray) -> NDArray:
    """For each breakpoint its own entry of arrays (breakpoints, neurons), one a layer."""
    found = np.empty(len(which), arrays[0].dtype)
    for n, array in enumerate(arrays):
        own = which == n
        found[own] = array[own, whose[own]]
    return found


def _states(layer: Layer, x: NDArray) -> tuple[NDArray, NDArray, Any]:
    """Which neurons are on to the left of each `x` and to the right, (x, neurons),
    and whether some neuron has a positive input there, (x,)."""
    on, first = layer.on, np.searchsorted(layer.knots, x)
    at = np.minimum(first, len(layer.knots) - 1)
    known = layer.knots[at] == x
    left, right = on[first], on[first + known]
    positive = np.any(layer.values > 0, axis=1)
    some = np.where(known, positive[at], np.any(left, axis=1))
    return left, right, some


def _slopes(weights: list[NDArray], masks: Sequence[NDArray]) -> list[NDArray]:
    """The slopes of the inputs of each hidden layer, (breakpoints, neurons), on the side on which
    the neurons in `masks` are on."""
    slopes = [np.broadcast_to(weights[0][:, 0], masks[0].shape)]
    for weight, mask in zip(weights[1:-1], masks):
        slopes.append((slopes[-1] * mask) @ weight.T)
    return slopes


def _gains(
    weights: list[NDArray], left: Sequence[NDArray], right: Sequence[NDArray]
) -> list[NDArray]:
    """The derivative of the output by the output of each hidden neuron, (breakpoints, neurons), a
    neuron that is on at one side only counting half."""
    gains = [np.broadcast_to(weights[-1][0], left[-1].shape)]
    for weight, on_left, on_right in zip(weights[-2:0:-1], left[:0:-1], right[:0:-1]):
        through = gains[-1] * (on_left.astype(np.int64) + on_right)
        gains.append(through @ weight / 2)
    return gains[::-1]


def from_breakpoints(
    functions: PiecewiseLinear | Breakpoints | Sequence[PiecewiseLinear | Breakpoints],
    width: int | None = None,
) -> ReLUNet:
    r"""Networks with one hidden layer that are given functions: any continuous piecewise linear
    function with $H$ bends needs $H+1$ neurons.

    .. math:: f(x) = f(\beta_c) + m_+(x-\beta_c)_+ - m_-(\beta_c-x)_+
              + \sum_{\beta_i>\beta_c}\delta_i(x-\beta_i)_+
              + \sum_{\beta_i<\beta_c}\delta_i(\beta_i-x)_+

    with the bend $\beta_c$ nearest to 0 and the slopes $m_\pm$ at its sides: every other bend faces
    away from it, so that far ones cost no digits near 0. A straight line has $\beta_c=0$.

    Args:
        functions: one, or one a member.
        width: neurons of the hidden layer; None takes as many as are needed.

    Returns:
        A stack with input weights $\pm1$; where members need fewer neurons, their last ones are
        zero. Exact if all functions are.

    Raises:
        TypeError: something else is given, or both exact functions and floats.
        ValueError: `width` is smaller than needed.
    """
    given: Any = functions
    if isinstance(functions, (PiecewiseLinear, Breakpoints)):
        given = [functions]
    if not isinstance(given, Sequence) or not given:
        raise TypeError(
            "functions must be a PiecewiseLinear, a Breakpoints or a sequence of these, "
            f"got {checks.brief(functions)}"
        )
    found = [one.function if isinstance(one, Breakpoints) else one for one in given]
    if wrong := [one for one in found if not isinstance(one, PiecewiseLinear)]:
        raise TypeError(
            f"functions must hold PiecewiseLinear or Breakpoints, got {checks.brief(wrong[0])}"
        )
    if len({one.exact for one in found}) > 1:
        raise TypeError("functions must all be exact, or all be floats; got both")
    members = [_shallow(function, *_bending(one)) for one, function in zip(given, found)]
    needed = max(len(neurons[0]) for neurons, _ in members)
    width = needed if width is None else checks.integer("width", width, needed)
    padded = np.array([_padded(neurons, width) for neurons, _ in members])
    offsets = np.array([[offset] for _, offset in members])
    w, b, v = padded.swapaxes(0, 1)
    return ReLUNet([w[:, :, None], v[:, None]], [b, offsets])


def _between(x: NDArray, low: Number | None, high: Number | None) -> NDArray[np.bool_]:
    """Which of `x` lie strictly between two numbers, which are checked."""
    inside = np.ones(x.shape, np.bool_)
    if low is not None:
        checks.number("low", low)
        inside &= (x > checks.scalar(low)).astype(np.bool_)
    if high is not None:
        checks.number("high", high)
        inside &= (x < checks.scalar(high)).astype(np.bool_)
    if low is not None and high is not None and not low < high:
        raise ValueError(f"low and high must satisfy low < high, got {low} and {high}")
    return inside


def _bending(given: PiecewiseLinear | Breakpoints) -> tuple[NDArray, NDArray]:
    """Where a function bends, and by how much."""
    if isinstance(given, Breakpoints):
        return given.bends()
    function = given.simplify()
    jumps = function.delta_slopes
    return function.knots[jumps != 0], jumps[jumps != 0]


def _shallow(function: PiecewiseLinear, bends: NDArray, jumps: NDArray) -> tuple[NDArray, Any]:
    """Input weights, biases and output weights (3, neurons), and the output bias."""
    zero = function.knots[0] * 0
    if not len(bends):
        bends, jumps = np.array([zero]), np.array([zero])
    nearest = int(np.argmin(abs(bends)))
    centre = bends[nearest]
    before = function.left + sum(jumps[:nearest], zero)
    after = before + jumps[nearest]
    others = np.delete(bends, nearest)
    side = np.where(others > centre, 1, -1)
    w = np.concatenate([[zero + 1, zero - 1], side * (zero + 1)])
    b = np.concatenate([[-centre, centre], -side * others])
    v = np.concatenate([[after, -before], np.delete(jumps, nearest)])
    return np.array([w, b, v]), function(centre).item()


def _padded(neurons: NDArray, width: int) -> NDArray:
    room = np.zeros((3, width - neurons.shape[1]), neurons.dtype) + neurons[:, :1] * 0
    return np.concatenate([neurons, room], axis=1)


def breakpoints(
    net: ReLUNet, low: Number | None = None, high: Number | None = None
) -> list[NDArray]:
    """Where the function of every member bends: the breakpoints of its output, in increasing order.

    Args:
        net: a stack of networks of one input and one output.
        low, high: those strictly between are given, None being no limit; see
            :meth:`Breakpoints.bends`.

    Raises:
        TypeError, ValueError: as for :func:`to_breakpoints`, or not low < high.
    """
    return [one.bends(low, high)[0] for one in to_breakpoints(net)]


def delta_slopes(
    net: ReLUNet, low: Number | None = None, high: Number | None = None
) -> list[NDArray]:
    """By how much the slope of every member changes at its :func:`breakpoints`; arguments and
    errors are the same."""
    return [one.bends(low, high)[1] for one in to_breakpoints(net)]


def roughness(net: ReLUNet, low: Number | None = None, high: Number | None = None) -> NDArray:
    r"""The roughness $\rho=\sum_i\delta_i^2$ of every member, (models,): the sum of the squares of
    its :func:`delta_slopes`, whose arguments and errors it has.

    Source: "A functional characterization of randomly initialized gradient descent in deep ReLU
        networks", Theorem 2.
    """
    found = delta_slopes(net, low, high)
    zero = Fraction(0) if net.dtype == object else 0.0
    return np.array([sum(jumps**2, zero) for jumps in found])
