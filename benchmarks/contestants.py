"""Ways to train a stack of networks: each a function that makes, from a stack and data,
a function of the number of epochs.

All do the same: full-batch Adam on the mean squared error, forward pass,
backward pass and update, for every network of the stack.
"""

from __future__ import annotations

import numpy as np
import torch

from compnet_lib import engines
from compnet_lib._core.control import Control

LR = 1e-3
LOOPED = 4
"""Networks that the loop trains; it has no use for a stack,
and its time a network is the same for all."""


def loop(net, x, y):
    """One `nn.Sequential` after the other, as one would write it; always on one thread,
    which for networks this small is the best."""
    x, y = torch.from_numpy(x)[:, None], torch.from_numpy(y)[:, None]
    modules = [net.to_torch(i) for i in range(min(LOOPED, len(net)))]

    def run(epochs):
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        for module in modules:
            optimizer = torch.optim.Adam(module.parameters(), lr=LR)
            for _ in range(epochs):
                optimizer.zero_grad()
                torch.nn.functional.mse_loss(module(x), y).backward()
                optimizer.step()
        torch.set_num_threads(threads)

    return run, len(modules)


def points_by_width(net, x, y):
    """The stack as tensors, signals (models, points, width), and autograd."""
    x, y = torch.from_numpy(x).expand(len(net), -1)[:, :, None], torch.from_numpy(y)[:, None]
    weights, biases = (
        [torch.from_numpy(w).mT.contiguous() for w in net.weights],
        [torch.from_numpy(b)[:, None] for b in net.biases],
    )
    return _stacked(weights, biases, lambda w, b, signal: torch.baddbmm(b, signal, w), x, y), len(
        net
    )


def width_by_points(net, x, y):
    """The same with signals (models, width, points)."""
    x, y = torch.from_numpy(x).expand(len(net), -1)[:, None], torch.from_numpy(y)
    weights, biases = (
        [torch.from_numpy(w) for w in net.weights],
        [torch.from_numpy(b)[:, :, None] for b in net.biases],
    )
    return _stacked(weights, biases, lambda w, b, signal: torch.baddbmm(b, w, signal), x, y), len(
        net
    )


def _stacked(weights, biases, layer, x, y):
    def run(epochs):
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


def vmap_grad(net, x, y):
    """One network's loss, its signals (width, points),
    and torch.func for the gradient and for the stack."""
    x, y = torch.from_numpy(x)[None], torch.from_numpy(y)[None]
    weights, biases = (
        [torch.from_numpy(a) for a in arrays] for arrays in (net.weights, net.biases)
    )

    def loss(w, b):
        signal = x
        for i, (each_w, each_b) in enumerate(zip(w, b)):
            signal = each_w @ (signal.relu() if i else signal) + each_b[:, None]
        return torch.nn.functional.mse_loss(signal, y)

    gradient = torch.func.vmap(torch.func.grad(loss, argnums=(0, 1)))

    def run(epochs):
        w, b = ([a.clone() for a in arrays] for arrays in (weights, biases))
        optimizer = torch.optim.Adam([*w, *b], lr=LR)
        for _ in range(epochs):
            for parameter, slope in zip([*w, *b], [g for group in gradient(w, b) for g in group]):
                parameter.grad = slope
            optimizer.step()

    return run, len(net)


def engine(name):
    """An engine of the library, without what `cn.train` does before and after."""

    def make(net, x, y):
        module, device = engines.select(name, "cpu")
        rows, rate = np.broadcast_to(y, (len(net), len(y))), np.full(len(net), LR)

        def run(epochs, workers=None):
            with Control(epochs, *rows.shape, workers) as control:
                module.train(net, x[None], rows, engines.Plan(epochs, rate), device, control)

        return run, len(net)

    return make


ALL = {
    "loop over nn.Sequential": loop,
    "stack (points, width)": points_by_width,
    "stack (width, points)": width_by_points,
    "vmap(grad)": vmap_grad,
    "torch engine": engine("torch"),
    "numba engine": engine("numba"),
}
