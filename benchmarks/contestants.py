"""Ways to train a stack of networks: each a function that makes, from a stack and data,
a function of the number of epochs.

All do the same: full-batch Adam on the mean squared error, forward pass,
backward pass and update, for every network of the stack.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

import compnet_lib as cn
from compnet_lib import engines
from compnet_lib._core.control import Control

Run = Callable[..., None]
"""Trains for as many epochs as it is told; engines take the number of `workers` too."""
Made = tuple[Run, int]
"""A run, and how many networks it trains."""
Contestant = Callable[[cn.ReLUNet, NDArray, NDArray], Made]
"""From a stack, x (points,) and y (points,)."""

LR = 1e-3
LOOPED = 4
"""Networks that the loop trains; it has no use for a stack,
and its time a network is the same for all."""


def loop(net: cn.ReLUNet, x: NDArray, y: NDArray) -> Made:
    """One `nn.Sequential` after the other, as one would write it; always on one thread,
    which for networks this small is the best."""
    points, values = torch.from_numpy(x)[:, None], torch.from_numpy(y)[:, None]
    modules = [net.to_torch(i) for i in range(min(LOOPED, len(net)))]

    def run(epochs: int) -> None:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        for module in modules:
            optimizer = torch.optim.Adam(module.parameters(), lr=LR)
            for _ in range(epochs):
                optimizer.zero_grad()
                torch.nn.functional.mse_loss(module(points), values).backward()
                optimizer.step()
        torch.set_num_threads(threads)

    return run, len(modules)


def points_by_width(net: cn.ReLUNet, x: NDArray, y: NDArray) -> Made:
    """The stack as tensors, signals (models, points, width), and autograd."""
    points = torch.from_numpy(x).expand(len(net), -1)[:, :, None]
    weights = [torch.from_numpy(w).mT.contiguous() for w in net.weights]
    biases = [torch.from_numpy(b)[:, None] for b in net.biases if b is not None]

    def layer(w: torch.Tensor, b: torch.Tensor, signal: torch.Tensor) -> torch.Tensor:
        return torch.baddbmm(b, signal, w)

    return _stacked(weights, biases, layer, points, torch.from_numpy(y)[:, None]), len(net)


def width_by_points(net: cn.ReLUNet, x: NDArray, y: NDArray) -> Made:
    """The same with signals (models, width, points)."""
    points = torch.from_numpy(x).expand(len(net), -1)[:, None]
    weights = [torch.from_numpy(w) for w in net.weights]
    biases = [torch.from_numpy(b)[:, :, None] for b in net.biases if b is not None]

    def layer(w: torch.Tensor, b: torch.Tensor, signal: torch.Tensor) -> torch.Tensor:
        return torch.baddbmm(b, w, signal)

    return _stacked(weights, biases, layer, points, torch.from_numpy(y)), len(net)


def _stacked(
    weights: list[torch.Tensor],
    biases: list[torch.Tensor],
    layer: Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor],
    x: torch.Tensor,
    y: torch.Tensor,
) -> Run:
    def run(epochs: int) -> None:
        w, b = ([a.clone().requires_grad_() for a in arrays] for arrays in (weights, biases))
        optimizer = torch.optim.Adam([*w, *b], lr=LR)
        for _ in range(epochs):
            optimizer.zero_grad()
            signal = layer(w[0], b[0], x)
            for each_w, each_b in zip(w[1:], b[1:]):
                signal = layer(each_w, each_b, signal.relu())
            ((signal - y) ** 2).mean((1, 2)).sum().backward()
            optimizer.step()

    return run


def vmap_grad(net: cn.ReLUNet, x: NDArray, y: NDArray) -> Made:
    """One network's loss, its signals (width, points),
    and torch.func for the gradient and for the stack."""
    points, values = torch.from_numpy(x)[None], torch.from_numpy(y)[None]
    weights = [torch.from_numpy(w) for w in net.weights]
    biases = [torch.from_numpy(b) for b in net.biases if b is not None]

    def loss(w: list[torch.Tensor], b: list[torch.Tensor]) -> torch.Tensor:
        signal = points
        for i, (each_w, each_b) in enumerate(zip(w, b)):
            signal = each_w @ (signal.relu() if i else signal) + each_b[:, None]
        return torch.nn.functional.mse_loss(signal, values)

    gradient = torch.func.vmap(torch.func.grad(loss, argnums=(0, 1)))

    def run(epochs: int) -> None:
        w, b = ([a.clone() for a in arrays] for arrays in (weights, biases))
        optimizer = torch.optim.Adam([*w, *b], lr=LR)
        for _ in range(epochs):
            for parameter, slope in zip([*w, *b], [g for group in gradient(w, b) for g in group]):
                parameter.grad = slope
            optimizer.step()

    return run, len(net)


def engine(name: str) -> Contestant:
    """An engine of the library, without what `cn.train` does before and after."""

    def make(net: cn.ReLUNet, x: NDArray, y: NDArray) -> Made:
        module, device = engines.select(name, "cpu")
        rows, rate = np.broadcast_to(y, (len(net), len(y))), np.full(len(net), LR)

        def run(epochs: int, workers: int | None = None) -> None:
            with Control(epochs, len(net), len(y), workers) as control:
                module.train(net, x[None], rows, engines.Plan(epochs, rate), device, control)

        return run, len(net)

    return make


ALL: dict[str, Contestant] = {
    "loop over nn.Sequential": loop,
    "stack (points, width)": points_by_width,
    "stack (width, points)": width_by_points,
    "vmap(grad)": vmap_grad,
    "torch engine": engine("torch"),
    "numba engine": engine("numba"),
}
