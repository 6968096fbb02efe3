"""Stacks of ReLU networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .._core import checks, memory
from .._core.checks import brief

if TYPE_CHECKING:
    import torch


class ReLUNet:
    r"""A stack of fully connected ReLU networks of one shape, from $n$ numbers to $m$.

    .. math::
       h_0 = x, \qquad z_l = A_l h_{l-1} + b_l, \qquad h_l = \max(z_l, 0), \qquad
       y = A_{L+1} h_L + b_{L+1}

    Args:
        weights: one array a layer, of shape (models, out, in); `in` of the first is $n$, and `out`
            of the last is $m$.
        biases: one array a layer, of shape (models, out), or None for a layer that has no bias.

    All arrays are of one dtype: float64, float32, or objects that are `Fraction`,
    which stay exact.

    Raises:
        TypeError: the arrays hold something else, or are of several dtypes.
        ValueError: there are no models or no hidden layers, the shapes do not fit,
            or a number is NaN or infinite.
    """

    weights: list[NDArray]
    biases: list[Any]

    def __init__(self, weights: Sequence[ArrayLike], biases: Sequence[ArrayLike | None]):
        for name, layers in (("weights", weights), ("biases", biases)):
            if not isinstance(layers, Sequence) or isinstance(layers, (str, bytes)):
                raise TypeError(
                    f"{name} must be a sequence with one entry a layer, got {brief(layers)}"
                )
        if len(weights) < 2:
            raise ValueError(f"weights must hold at least two layers, got {len(weights)}")
        if len(biases) != len(weights):
            raise ValueError(
                f"biases must have one entry for each of the {len(weights)} layers, "
                f"got {len(biases)}"
            )
        numeric = lambda name, values: checks.numeric(name, values, exact=True)
        self.weights = [numeric(f"weights[{i}]", w) for i, w in enumerate(weights)]
        self.biases = [
            None if b is None else numeric(f"biases[{i}]", b) for i, b in enumerate(biases)
        ]
        first = self.weights[0]
        if first.ndim != 3 or not first.size:
            raise ValueError(
                "weights[0] must have shape (models, out, in) with at least one model, "
                f"got {first.shape}"
            )
        models, _, width = first.shape
        for i, (w, b) in enumerate(zip(self.weights, self.biases)):
            checks.shaped(f"weights[{i}]", w, (models, None, width))
            width = w.shape[1]
            if b is not None:
                checks.shaped(f"biases[{i}]", b, (models, width))
        dtypes = {a.dtype for a in (*self.weights, *self.biases) if a is not None}
        if len(dtypes) > 1:
            several = ", ".join(sorted(map(str, dtypes)))
            raise TypeError(f"weights and biases must be of one dtype, got {several}")

    @classmethod
    def _trusted(cls, weights: list, biases: list) -> ReLUNet:
        """A stack whose arrays are known to fit; they may hold NaN, where a member has diverged."""
        net = object.__new__(cls)
        net.weights, net.biases = weights, biases
        return net

    @classmethod
    def concatenate(cls, nets: Sequence[ReLUNet]) -> ReLUNet:
        """One stack of the members of several, in order. ValueError if their shapes differ,
        TypeError if there are none."""
        if (
            not isinstance(nets, Sequence)
            or not nets
            or not all(isinstance(net, ReLUNet) for net in nets)
        ):
            raise TypeError(f"nets must be a sequence of at least one ReLUNet, got {brief(nets)}")
        shapes = {
            (net.inputs, net.widths, net.outputs, *(b is None for b in net.biases)) for net in nets
        }
        if len(shapes) > 1:
            raise ValueError(
                "nets must have the same widths and biases, got " + ", ".join(map(repr, nets[:8]))
            )
        memory.fit("nets", nets, sum(_bytes(net) for net in nets))
        join: Any = lambda arrays: None if arrays[0] is None else np.concatenate(arrays)
        make = cls._trusted if len({net.dtype for net in nets}) == 1 else cls
        return make(
            [join(w) for w in zip(*(net.weights for net in nets))],
            [join(b) for b in zip(*(net.biases for net in nets))],
        )

    @property
    def dtype(self) -> np.dtype:
        """float64, float32 or object."""
        return self.weights[0].dtype

    @property
    def inputs(self) -> int:
        """$n$, the numbers that a network takes."""
        return self.weights[0].shape[2]

    @property
    def outputs(self) -> int:
        """$m$, the numbers that a network gives."""
        return self.weights[-1].shape[1]

    @property
    def depth(self) -> int:
        """The number of hidden layers."""
        return len(self.weights) - 1

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths of the hidden layers."""
        return tuple(w.shape[1] for w in self.weights[:-1])

    @property
    def parameters(self) -> int:
        """The number of weights and biases of one member."""
        return sum(a[0].size for a in (*self.weights, *self.biases) if a is not None)

    def __len__(self) -> int:
        """The number of members."""
        return len(self.weights[0])

    def __getitem__(self, index: Any) -> ReLUNet:
        """The members at `index`, as a stack: an integer gives a stack of one.

        Raises:
            IndexError: `index` is none that chooses members: an integer below their number, a
                slice, integers, or truth values, one a member.
        """
        index = [index] if checks.is_number(index, Integral) else checks.untracked(index)
        try:
            chosen = np.arange(len(self))[index]
        except Exception:
            chosen = np.zeros(0)
        if chosen.ndim != 1 or chosen.dtype.kind != "i" or checks.is_masked(index):
            raise IndexError(
                f"index must choose some of {len(self)} members, "
                f"by integers below {len(self)}, a slice or truth values, got {brief(index)}"
            )
        return self._trusted(
            [w[index] for w in self.weights], [None if b is None else b[index] for b in self.biases]
        )

    def __iter__(self) -> Iterator[ReLUNet]:
        return (self[i] for i in range(len(self)))

    def astype(self, dtype: DTypeLike) -> ReLUNet:
        """A copy in float32 or float64. ValueError if a number is NaN or infinite there."""
        dtype = checks.floating("dtype", dtype)
        make = ReLUNet if len(self) else self._trusted
        return make(
            [checks.cast("weights", w, dtype) for w in self.weights],
            [None if b is None else checks.cast("biases", b, dtype) for b in self.biases],
        )

    def with_biases(self) -> ReLUNet:
        """A copy in which every layer has a bias: zeros where there was none, to be trained."""
        zeros = lambda w: w[:, :, 0] * 0 if self.dtype == object else np.zeros_like(w[:, :, 0])
        biases = [zeros(w) if b is None else b for w, b in zip(self.weights, self.biases)]
        return self._trusted(self.weights, biases)

    def __call__(self, x: ArrayLike) -> NDArray:
        """The outputs, (models, points); of several, (models, points, outputs).
        Where sums go beyond the largest float they are infinite or NaN, and NumPy warns.

        Args:
            x: points, (points,) for all members or (models, points); for networks of several
                inputs (points, inputs) or (models, points, inputs).

        Raises:
            TypeError: `x` does not hold numbers, or not rational ones while the stack is exact.
            ValueError: `x` has another shape, is NaN or infinite, or the signals would not fit
                into memory.
        """
        found = self.layers(x)[-1]
        return found[:, 0] if self.outputs == 1 else np.moveaxis(found, 1, 2)

    def layers(self, x: ArrayLike) -> list[NDArray]:
        """The signal of every layer before its ReLU, $z_1, …, z_{L+1}$, each (models, width,
        points).

        Arguments and errors as for a call.
        """
        given = checks.rational("x", x) if self.dtype == object else x
        given = points("x", given, len(self), exact=self.dtype == object, inputs=self.inputs)
        rows = sum(self.widths) + self.outputs + 2 * max(*self.widths, self.outputs)
        memory.fit("x", x, len(self) * given.shape[1] * rows * self.dtype.itemsize)
        return self._signals(checks.cast("x", given, self.dtype))

    def _signals(self, x: NDArray) -> list[NDArray]:
        """`layers` at points (1 or models, points), or (1 or models, points, inputs), that were
        checked before."""
        x = x.astype(self.dtype)
        signal = x[:, None] if x.ndim == 2 else np.moveaxis(x, 2, 1)
        found: list[NDArray] = []
        for w, b in zip(self.weights, self.biases):
            # One input is no sum: a product of matrices would be slower, and not for Fractions.
            signal = w @ signal if signal.shape[1] > 1 or found else w * signal
            found.append(signal if b is None else signal + b[:, :, None])
            signal = np.maximum(found[-1], 0)
        return found

    def to_torch(self, i: int = 0) -> torch.nn.Sequential:
        """Member `i` as a `torch.nn.Sequential` of `Linear` and `ReLU`, in the stack's dtype.
        TypeError for a stack of `Fraction`."""
        import torch

        if self.dtype == object:
            raise TypeError("net must hold floats to become a torch module, got Fractions")
        net, modules = self[checks.integer("i", i, -len(self), len(self) - 1)], []
        for w, b in zip(net.weights, net.biases):
            linear = torch.nn.Linear(
                w.shape[2], w.shape[1], bias=b is not None, dtype=getattr(torch, str(self.dtype))
            )
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(w[0]))
                if b is not None:
                    linear.bias.copy_(torch.from_numpy(b[0]))
            modules += [linear, torch.nn.ReLU()]
        return torch.nn.Sequential(*modules[:-1])

    def __repr__(self) -> str:
        widths = "-".join(map(str, (self.inputs, *self.widths, self.outputs)))
        return f"ReLUNet({len(self)} × {widths}, {self.dtype})"


def points(name: str, x: ArrayLike, models: int, exact: bool = False, inputs: int = 1) -> NDArray:
    """`x`, (points,) or (models, points), as an array (1 or models, points); for several `inputs`
    (points, inputs) or (models, points, inputs), as (1 or models, points, inputs)."""
    last = () if inputs == 1 else (inputs,)
    array = checks.numeric(name, x, exact)
    array = checks.shaped(name, array, (None, *last), (models, None, *last))
    return array if array.ndim == 2 + len(last) else array[None]


def _bytes(net: ReLUNet) -> int:
    """What the arrays of a stack take."""
    return sum(a.nbytes for a in (*net.weights, *net.biases) if a is not None)


def stack(name: str, net: Any) -> ReLUNet:
    """`net`, which must be a stack of at least one network."""
    if not isinstance(net, ReLUNet):
        raise TypeError(f"{name} must be a ReLUNet, got {brief(net)}")
    if not len(net):
        raise ValueError(f"{name} must hold at least one network, got {net!r}")
    return net


def univariate(name: str, net: Any) -> ReLUNet:
    """`net`, which must be a stack of networks with one input and one output."""
    if (stack(name, net).inputs, net.outputs) != (1, 1):
        raise ValueError(f"{name} must have one input and one output, got {net!r}")
    return net
