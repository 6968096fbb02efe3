"""What happens inside a network: the signal of every neuron before its ReLU,
from its breakpoints and not from a grid.

The signal of a neuron is the output of a shorter network, so it is piecewise linear too,
and what is asked of it here is decided at its knots.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks
from .._core.compiling import interpreted
from .._core.stops import apart
from ..networks.network import ReLUNet, stack
from ..networks.packing import Packing
from . import kernels, rationals
from .of_networks import most_knots, on_the_line, refuse
from .piecewise import Number, PiecewiseLinear, bounds, tolerance
from .polyline import mattering


@dataclass(frozen=True, eq=False)
class Insides:
    """The neurons of every member on an interval. Arrays are (models, neurons),
    the neurons in order of their layers.

    Attributes:
        layer: the hidden layer of each neuron, from 1, (neurons,).
        least, most: the smallest and the largest value of its signal before ReLU, float64.
        sign: 1 if the signal is never negative (ReLU does nothing),
            -1 if it is never positive (ReLU gives 0), 0 if it crosses 0.
        crossings: at how many places the signal changes its sign: the bends that its ReLU adds.
        bends: bends of the signal itself, inside the interval.
        monotone: whether the signal never falls, or never rises.
        copies: how often what the neuron passes on, the signal after ReLU,
            runs through its range, from the lowest quarter to the highest or back.
        output: the same of the output by name, arrays (models,), and "constant":
            whether it does not vary.
    """

    layer: NDArray
    least: NDArray
    most: NDArray
    sign: NDArray
    crossings: NDArray
    bends: NDArray
    monotone: NDArray
    copies: NDArray
    output: dict[str, NDArray]

    def _by_layer(self, function: Callable, values: NDArray) -> NDArray:
        return np.stack(
            [function(values[:, self.layer == k + 1], axis=1) for k in range(self.layer[-1])],
            axis=1,
        )

    @property
    def built(self) -> NDArray:
        """Copies that a compositional network is built with, $2^{l-1}$ in layer l, (layers,)."""
        return 2 ** np.arange(self.layer[-1])

    @cached_property
    def dead(self) -> NDArray:
        """Layers none of whose neurons is ever positive: all after them is constant.
        Booleans (models, layers)."""
        return self._by_layer(np.all, self.sign < 0)

    @cached_property
    def wasted(self) -> NDArray:
        """Layers none of whose neurons crosses 0: they are linear on the interval.
        Booleans (models, layers)."""
        return self._by_layer(np.all, self.sign != 0)

    @property
    def collapsed(self) -> NDArray:
        """Members whose output is constant on the interval, booleans (models,)."""
        return self.output["constant"]

    @property
    def regions(self) -> NDArray:
        """Linear regions of the output, integers (models,): those of `linear_regions`."""
        return self.output["bends"] + 1

    @cached_property
    def waves(self) -> NDArray:
        """The most copies that any neuron of a layer passes on, integers (models, layers)."""
        return self._by_layer(np.max, self.copies)

    def keeps(self, share: float = 0.5) -> NDArray:
        """Layers that keep the triangle structure: with more than `share` of the $2^{l-1}$ copies.
        Booleans (models, layers).

        At the default a layer that does not has no more copies than the layer before it is built
        to have.

        Raises:
            TypeError, ValueError: `share` is not a number in [0, 1).
        """
        if not 0 <= checks.number("share", share) < 1:
            raise ValueError(f"share must be at least 0 and below 1, got {share}")
        return self.waves > share * self.built

    def kept(self, share: float = 0.5) -> NDArray:
        """How many layers keep the structure before the first that does not, integers (models,).
        Arguments and errors as for `keeps`."""
        return np.logical_and.accumulate(self.keeps(share), axis=1).sum(1)


def insides(
    net: ReLUNet,
    low: ArrayLike = 0,
    high: ArrayLike = 1,
    tol: Number | None = None,
    rim: float = 0.25,
) -> Insides:
    """The signals of all neurons of all members on [low, high], described.

    Args:
        net: a stack of any depth and widths; `Fraction` stay exact,
            floats are propagated in float64.
        low, high: the interval, low < high; numbers, or one per member.
        tol: signals within `tol` times their largest absolute value of 0 count as 0, and bends,
            rises and falls within it do not count. None means 0 for networks of `Fraction`,
            and 64 roundings for floats, as for `linear_regions`.
        rim: what a copy may leave out of a signal's range at either end, in (0, 1/2).

    Returns:
        An :class:`Insides`.

    Raises:
        TypeError: `net` is not a :class:`ReLUNet`.
        ValueError: a weight is NaN or infinite, not low < high, a negative `tol`,
            `rim` outside its limits, or more breakpoints than `piecewise_linear` allows.
    """
    exact = on_the_line("net", net).dtype == object
    low, high = _intervals(low, high, net)
    if tol is None and not exact:
        tol = 64 * float(np.finfo(net.dtype).eps)
    limit = tolerance(tol, exact)
    if not 0 < checks.number("rim", rim) < 0.5:
        raise ValueError(f"rim must lie strictly between 0 and 0.5, got {rim}")
    found = (_exact if exact else _floats)(net, low, high, limit, rim)
    layer = np.repeat(np.arange(1, net.depth + 1), net.widths)
    kept = {name: values[:, :-1] for name, values in found._asdict().items() if name != "constant"}
    return Insides(layer, **kept, output={k: v[:, -1] for k, v in found._asdict().items()})


def safe_change(net: ReLUNet, low: ArrayLike = 0, high: ArrayLike = 1) -> NDArray:
    r"""How far all weights and biases may change, each by at most so much,
    while no neuron of one sign can get another on [low, high].

    A bound, and not the best one: with $|W|$ the absolute values of a layer's weights,
    $h$ the largest outputs of the layer before and $D$ by how much those can change,
    its signals change by at most $|W|D + t\,(\sum D + \sum h + 1)$ if every parameter changes by
    at most $t$; the result is the largest $t$, up to a factor $1+2^{-20}$,
    for which this stays below the distance from 0 of every signal that does not cross it.

    Args:
        net: a stack of floats. Layers without a bias are given none.
        low, high: the interval, low < high; numbers, or one per member.

    Returns:
        (models,), float64: 0 where a signal of one sign reaches 0, or something overflows;
        infinity where all cross it.

    Raises:
        TypeError: `net` is not a :class:`ReLUNet` of floats.
        ValueError: a weight is NaN or infinite, or not low < high.
    """
    if stack("net", net).dtype == object:
        raise TypeError(f"net must be a ReLUNet of floats, got {net!r}")
    found = insides(net, low, high)
    low, high = _intervals(low, high, net)
    margin = np.where(
        found.sign > 0, found.least, np.where(found.sign < 0, -found.most, np.inf)
    ).clip(0)
    reach = np.maximum(found.most, 0)
    with np.errstate(all="ignore"):
        alone = np.isinf(margin).all(1) & np.isfinite(found.most - found.least).all(1)

    def stays(t: NDArray) -> NDArray:
        fine = np.ones(len(net), bool)
        change, size = np.zeros((len(net), 1)), np.maximum(abs(low), abs(high))[:, None]
        for k in range(net.depth):
            grown = t * ((change + size).sum(1) + (net.biases[k] is not None))
            change = (
                np.einsum("moi,mi->mo", np.abs(net.weights[k], dtype=float), change)
                + grown[:, None]
            )
            fine &= (change < margin[:, found.layer == k + 1]).all(1)
            size = reach[:, found.layer == k + 1]
        return fine

    small, large = np.zeros(len(net)), np.full(len(net), 2.0**20)
    for _ in range(80):
        middle = np.where(small > 0, np.sqrt(small * large), large / 2**20)
        with np.errstate(over="ignore", invalid="ignore"):
            fine = stays(middle)
        small, large = np.where(fine, middle, small), np.where(fine, large, middle)
    return np.where(alone, np.inf, small)


def _intervals(low: Any, high: Any, net: ReLUNet) -> tuple[NDArray, NDArray]:
    """The ends of the members' intervals, (models,)."""
    low, high = (
        checks.per_member(name, value, len(net), exact=True)
        for name, value in (("low", low), ("high", high))
    )
    for ends in set(zip(low.tolist(), high.tolist())):
        bounds(*ends, net.dtype == object)
    number = np.vectorize(
        Fraction if net.dtype == object else float,
        otypes=[object if net.dtype == object else float],
    )
    return number(low), number(high)


def _floats(net: ReLUNet, low: NDArray, high: NDArray, tol: Any, rim: float) -> kernels.Signal:
    widths = np.array([1, *net.widths, 1])
    rows, most = Packing(net).pack(net, np.float64), most_knots(widths)
    found, whole = apart(
        lambda stop: kernels.neurons(rows, widths, low, high, tol, float(rim), most, stop)
    )
    refuse(not whole, most)
    with np.errstate(all="ignore"):
        fine = np.isfinite(found.most - found.least)
    if not fine.all():
        warnings.warn(
            "the net's signals overflow: what is told of them holds NaN or infinity",
            RuntimeWarning,
            stacklevel=3,
        )
    return found._replace(constant=found.constant & fine, monotone=found.monotone & fine)


def _exact(net: ReLUNet, low: NDArray, high: NDArray, tol: Any, rim: float) -> kernels.Signal:
    described = interpreted(kernels.describe)
    members = []
    for i, ends in enumerate(zip(low, high)):
        weights = [w[i] for w in net.weights]
        biases = [None if b is None else b[i] for b in net.biases]
        signals = []
        for layer in rationals.layers(weights, biases):
            for neuron in range(len(layer) - 2):
                knots, values, slopes = rationals.signal(layer, neuron)
                x, y = PiecewiseLinear(knots, values, *slopes).on(*ends)
                limit = tol * abs(y).max()
                signals.append(described(y, mattering(x, y, limit), limit, Fraction(rim)))
        members.append(signals)
    kinds = (float, float, int, int, int, bool, int, bool)
    columns = np.moveaxis(np.array(members, dtype=object), 2, 0)
    return kernels.Signal(*(column.astype(kind) for column, kind in zip(columns, kinds)))
