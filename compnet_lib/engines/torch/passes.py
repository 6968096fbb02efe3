"""Forward and backward through a stack, written out in torch's operations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def tensor(array: NDArray, device: str | torch.device) -> Tensor:
    """A copy of `array` on `device`."""
    return torch.from_numpy(np.ascontiguousarray(array).copy()).to(device)


def by_rows(data: NDArray, device: str | torch.device) -> Tensor:
    """(stacks, points) or (stacks, points, numbers), as (stacks, numbers, points)."""
    return tensor(data[:, None] if data.ndim == 2 else np.moveaxis(data, 2, 1), device)


class Pass:
    """Forward and backward through a stack, for the mean or the `total` of the squares;
    the gradient is written into given views.

    `weights` are (models, out, in) and `biases` (models, out) or None, `x` is (1 or models, inputs,
    points) and `y` (models, outputs, points).
    """

    def __init__(
        self,
        weights: Sequence[Tensor],
        biases: Sequence[Tensor | None],
        weight_gradients: Sequence[Tensor],
        bias_gradients: Sequence[Tensor | None],
        x: Tensor,
        y: Tensor,
        total: bool,
    ):
        self.weights, self.biases = weights, biases
        self.weight_gradients, self.bias_gradients = weight_gradients, bias_gradients
        # Not a matrix product with shared points: its last bits depend on the number of models.
        self.x = x if x.shape[1] == 1 else x.expand(len(y), -1, -1).contiguous()
        self.y, self.total = y, total
        shape = lambda w: (len(y), w.shape[1], y.shape[2])
        self.signals = [y.new_empty(shape(w)) for w in weights]
        self.errors = [y.new_empty(shape(w)) for w in weights]
        self.product = torch.empty_like(self.errors[0])

    def residual(self, kept: Sequence[Tensor] | None = None) -> Tensor:
        """The network's outputs minus the data, (models, outputs, points), in the last signal's
        place; with dropout, hidden signals times `kept`, layer by layer."""
        for i, (w, b, signal) in enumerate(zip(self.weights, self.biases, self.signals)):
            before = self.signals[i - 1] if i else self.x
            if i == 0 and before.shape[1] == 1:
                torch.mul(w, before, out=signal)
            else:
                torch.bmm(w, before, out=signal)
            if b is not None:
                signal.add_(b[:, :, None])
            if i < len(self.weights) - 1:
                signal.relu_()
                if kept is not None:
                    signal.mul_(kept[i])
        return self.signals[-1].sub_(self.y)

    def loss(self) -> Tensor:
        """The mean squares, (models,)."""
        return _mean_square(self.residual())

    def on(self, order: NDArray) -> Pass:
        """The same network on some of its points, `order` (1 or models, fewer points)."""
        chosen = torch.from_numpy(order.astype(np.int64)).to(self.y.device)[:, None]

        def rows(data: Tensor, models: int) -> Tensor:
            shape = (models, data.shape[1], -1)
            return torch.take_along_dim(data.expand(*shape), chosen.expand(*shape), 2)

        return Pass(
            self.weights,
            self.biases,
            self.weight_gradients,
            self.bias_gradients,
            rows(self.x, max(len(self.x), len(order))),
            rows(self.y, len(self.y)),
            self.total,
        )

    def loss_and_gradient(
        self, kept: Sequence[Tensor] | None = None, scale: Tensor | None = None
    ) -> Tensor:
        """The mean squares, (models,), and the objective's gradient in the given views; with
        dropout, hidden signals times `kept`, which is `scale` or 0."""
        residual = self.residual(kept)
        squares = residual.shape[1] * residual.shape[2]
        error = torch.mul(residual, 2 if self.total else 2 / squares, out=self.errors[-1])
        for i in reversed(range(len(self.weights))):
            before, gradient = self.signals[i - 1] if i else self.x, self.weight_gradients[i]
            if i == 0 and before.shape[1] == 1:
                torch.sum(
                    torch.mul(error, before, out=self.product), -1, keepdim=True, out=gradient
                )
            else:
                torch.bmm(error, before.transpose(1, 2), out=gradient)
            if self.biases[i] is not None:
                torch.sum(error, -1, out=self.bias_gradients[i])
            if i:
                error = torch.bmm(self.weights[i].transpose(1, 2), error, out=self.errors[i - 1])
                # The derivative of the ReLU: zero where its output is, as in PyTorch.
                torch.ops.aten.threshold_backward.grad_input(error, before, 0, grad_input=error)
                if scale is not None:
                    error.mul_(scale)
        return _mean_square(residual)


def _mean_square(residual: Tensor) -> Tensor:
    return residual.square().sum(-1).sum(-1) / (residual.shape[1] * residual.shape[2])
