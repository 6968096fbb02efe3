"""Stacks of univariate ReLU networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._core import checks


class ReLUNet:
    r"""A stack of fully connected ReLU networks of one shape, from the line to the line.

    .. math:: h_0 = x, \qquad z_l = A_l h_{l-1} + b_l, \qquad h_l = \max(z_l, 0), \qquad y = A_{L+1} h_L + b_{L+1}

    Args:
        weights: one array a layer, of shape (models, out, in); the first has `in` = 1 and the last `out` = 1.
        biases: one array a layer, of shape (models, out), or None for a layer that has no bias.

    All arrays are of one dtype: float64, float32, or objects that are `Fraction`,
        which stay exact.

    Raises:
        TypeError: the arrays hold something else, or are of several dtypes.
        ValueError: there are no models or no hidden layers, the shapes do not fit,
            or a number is NaN or infinite.
    """

    def __init__(self, weights: Sequence, biases: Sequence):
        for name, layers in (("weights", weights), ("biases", biases)):
            if not isinstance(layers, Sequence):
                raise TypeError(f"{name} must be a sequence with one entry a layer, got {layers!r}")
        if len(weights) < 2:
            raise ValueError(f"weights must hold at least two layers, got {len(weights)}")
        if len(biases) != len(weights):
            raise ValueError(
                f"biases must have one entry for each of the {len(weights)} layers, got {len(biases)}"
            )
        self.weights = [
            checks.numeric(f"weights[{i}]", w, exact=True) for i, w in enumerate(weights)
        ]
        self.biases = [
            None if b is None else checks.numeric(f"biases[{i}]", b, exact=True)
            for i, b in enumerate(biases)
        ]
        models, width = self.weights[0].shape[:1] or (0,), 1
        if not models[0]:
            raise ValueError(
                f"weights[0] must have shape (models, out, 1) with at least one model, got {self.weights[0].shape}"
            )
        for i, (w, b) in enumerate(zip(self.weights, self.biases)):
            out = 1 if i == len(weights) - 1 else None
            checks.shaped(f"weights[{i}]", w, (*models, out, width))
            width = w.shape[1]
            if b is not None:
                checks.shaped(f"biases[{i}]", b, (*models, width))
        dtypes = {a.dtype for a in (*self.weights, *self.biases) if a is not None}
        if len(dtypes) > 1:
            raise TypeError(
                f"weights and biases must be of one dtype, got {', '.join(sorted(map(str, dtypes)))}"
            )

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
            raise TypeError(f"nets must be a sequence of at least one ReLUNet, got {nets!r}")
        if len({(tuple(net.widths), tuple(b is None for b in net.biases)) for net in nets}) > 1:
            raise ValueError(
                "nets must have the same widths and biases, got " + ", ".join(map(repr, nets))
            )
        join = lambda arrays: None if arrays[0] is None else np.concatenate(arrays)
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

    def __getitem__(self, index) -> ReLUNet:
        """The members at `index`, as a stack: an integer gives a stack of one."""
        if isinstance(index, (int, np.integer)):
            if not -len(self) <= index < len(self):
                raise IndexError(
                    f"index must be below {len(self)}, the number of members, got {index}"
                )
            index = [index]
        return self._trusted(
            [w[index] for w in self.weights], [None if b is None else b[index] for b in self.biases]
        )

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def astype(self, dtype) -> ReLUNet:
        """A copy in float32 or float64."""
        dtype = checks.floating("dtype", dtype)
        return ReLUNet(
            [w.astype(dtype) for w in self.weights],
            [None if b is None else b.astype(dtype) for b in self.biases],
        )

    def with_biases(self) -> ReLUNet:
        """A copy in which every layer has a bias: zeros where there was none, to be trained."""
        zeros = lambda w: w[:, :, 0] * 0 if self.dtype == object else np.zeros_like(w[:, :, 0])
        return self._trusted(
            self.weights, [zeros(w) if b is None else b for w, b in zip(self.weights, self.biases)]
        )

    def __call__(self, x) -> np.ndarray:
        """The outputs, (models, points).

        Args:
            x: points, (points,) for all members or (models, points).

        Raises:
            ValueError: `x` has another shape, or is NaN or infinite.
        """
        return self.layers(x)[-1][:, 0]

    def layers(self, x) -> list[np.ndarray]:
        """The signal of every layer before its ReLU, $z_1, …, z_{L+1}$, each (models, width,
        points).

        Arguments and errors as for a call.
        """
        exact = self.dtype == object
        x = points("x", checks.rational("x", x) if exact else x, len(self), exact=True).astype(
            self.dtype
        )
        found = []
        for w, b in zip(self.weights, self.biases):
            signal = x[:, None] if not found else np.maximum(found[-1], 0)
            signal = w @ signal if len(found) else w * signal
            found.append(signal if b is None else signal + b[:, :, None])
        return found

    def to_torch(self, i: int = 0):
        """Member `i` as a `torch.nn.Sequential` of `Linear` and `ReLU`, in the stack's dtype."""
        import torch

        if self.dtype == object:
            raise TypeError("net must hold floats to become a torch module, got Fractions")
        net, modules = self[i], []
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

    def __repr__(self):
        return f"ReLUNet({len(self)} × {'-'.join(map(str, (1, *self.widths, 1)))}, {self.dtype})"


def points(name: str, x, models: int, exact: bool = False) -> np.ndarray:
    """`x`, of shape (points,) or (models, points), as an array (1 or models, points);
    errors name the argument."""
    return np.atleast_2d(
        checks.shaped(name, checks.numeric(name, x, exact), (None,), (models, None))
    )
