"""The residuals of one network and their derivatives, for second-order methods."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core.stops import GO
from ..networks.network import ReLUNet
from ..networks.packing import Packing
from ..targets.checks import a_curve
from ..targets.target import Target
from . import kernels
from .fitting import Fitting, univariate_floats


class Residuals:
    r"""What a second-order method sees of one network: its residuals,
    and their derivatives by all weights and biases, in float64.

    At the Gauss nodes $x_j$ inside the network's linear pieces,
    with the shares $s_j$ of each in the mean, $r_j=\sqrt{s_j}\,(\text{net}(x_j)-f(x_j))$;
    so $\lVert r\rVert^2$ is the integral that :func:`refine` makes small,
    and $2J^\top r$ its gradient, since the error is continuous where pieces meet:
    what the nodes' own moving changes adds up to nothing. With `x`, the nodes are these points,
    of equal shares.

    Args:
        net: a stack of one; it is not changed.
        target: a :class:`Target`.
        x: points, (points,); None integrates.

    Attributes:
        start: the network's parameters, (parameters,): layer by layer,
            the weights row by row and then the biases, as `torch` orders them.
            Layers without biases get zeros.

    Raises:
        TypeError, ValueError: an argument is of the wrong type, shape or value.
    """

    def __init__(self, net: ReLUNet, target: Target, x: ArrayLike | None = None) -> None:
        if len(univariate_floats(net)) != 1:
            raise ValueError(f"net must be a stack of one network, got {len(net)}")
        a_curve("target", target)
        biased = net.with_biases()
        self._packing = Packing(biased)
        self.start = self._packing.pack(biased, np.float64)[0]
        self._widths = np.array([1, *net.widths, 1])
        self._fitting = Fitting(target, x, 1).of(slice(0, 1))

    def __call__(self, theta: ArrayLike) -> tuple[NDArray, NDArray]:
        """The residuals (nodes,) and the Jacobian (nodes, parameters) at the parameters `theta`;
        no nodes if the network is not finite there."""
        frame, which, edges, coefficients, cuts, points, data = self._fitting
        k = which[0]
        curve = frame[k], edges[k], coefficients[k], cuts[k], points[0], data[0], GO
        r, J = kernels.residuals(self._row(theta), self._widths, *curve)
        return r, J.T

    def loss(self, theta: ArrayLike) -> float:
        """The mean squared error at the parameters `theta`;
        infinite if the network is not finite there."""
        loss = np.empty(1)
        kernels.losses(self._row(theta)[None], self._widths, *self._fitting, loss, GO)
        return float(loss[0])

    def net(self, theta: ArrayLike) -> ReLUNet:
        """The network with the parameters `theta`."""
        return self._packing.unpack(self._row(theta)[None])

    def _row(self, theta: ArrayLike) -> NDArray:
        row = np.ascontiguousarray(theta, dtype=np.float64)
        if row.shape != self.start.shape:
            raise ValueError(f"theta must have shape {self.start.shape}, got {row.shape}")
        return row
