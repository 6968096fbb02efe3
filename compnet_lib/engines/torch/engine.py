"""The reference engine: full-batch training of a stack with torch, on the CPU or a GPU.

The whole stack is one set of tensors with a leading model axis, points on the last axis,
and the backward pass is written out, so that one epoch is about seventy tensor operations
whatever the number of models. All parameters lie in one vector, of which the weights are views:
the optimizer is a handful of operations too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..._core.control import Control, threads
from ...compositions.manifold import Frame, derived_ratios, empty, fill, pull_back
from ...networks.network import ReLUNet
from ...networks.packing import Packing
from ..protocol import Peaks, Plan, Pretrained, Start, Trained
from .descent import Moved, Resting, Restraint, descend, optimizer
from .passes import Pass, by_rows, tensor

CHUNK_BYTES = 12_000_000
"""The signals of one chunk of models, in bytes. Smaller chunks lose time to the calls into
torch, larger ones to memory."""
SPLIT = 6
"""A stack is spread over the threads once each of them gets a sixth of a full chunk."""


def train(
    net: ReLUNet, x: NDArray, y: NDArray, plan: Plan, device: str, control: Control
) -> Trained:
    """Move the weights and biases of `net`."""
    packing = Packing(net, biases=False)
    spread = lambda values: packing.spread(values, by_layer=True)

    def chunk(part: slice) -> Moved:
        flat = tensor(packing.pack(net[part], by_layer=True), device)
        gradient = torch.empty_like(flat)
        points, data = by_rows(x[_rows(x, part)], device), by_rows(y[part], device)
        views = *packing.views(flat), *packing.views(gradient)
        pass_ = Pass(*views, points, data, plan.total)
        rate = spread(plan.lr[part])
        if plan.mask is not None:
            rate = rate * packing.pack(plan.mask[part], by_layer=True)
        step = optimizer(flat, gradient, _like(rate, flat), plan.optimizer)
        restraint = None
        if plan.regularizer is not None:
            restraint = Restraint(plan, part, spread, flat, gradient, pass_)

        def loss_and_gradient(order: NDArray | None, *dropout: Any) -> Tensor:
            some = pass_ if order is None else pass_.on(order)
            return some.loss_and_gradient(*dropout)

        def update(count: int) -> None:
            if restraint is not None:
                restraint.penalize()
            step(count)

        resting = Resting(plan, len(data), spread, flat)
        moves = update, loss_and_gradient, pass_.loss, resting
        return descend(flat, *moves, plan, part, control, restraint)

    parts = _chunked(chunk, len(net), net.widths, y, device, control)
    join = lambda flats: ReLUNet.concatenate([packing.unpack(f.cpu().numpy()) for f in flats])
    return Trained(join([moved.flat for moved in parts]), *_joined(parts, join, control))


def pretrain(
    start: Start, x: NDArray, y: NDArray, plan: Plan, device: str, control: Control
) -> Pretrained:
    """Move the peaks and `closing`, or the peaks and the free ratios."""
    models, depth = start.peaks.shape
    derived = start.closing is not None
    second = start.ratios if start.closing is None else start.closing[:, None]
    theta = np.concatenate([start.peaks, second], axis=1)

    def chunk(part: slice) -> Moved:
        flat = tensor(theta[part], device)
        gradient = torch.empty_like(flat)
        peaks, rest = flat[:, :depth], flat[:, depth:]
        closing = rest[:, 0] if derived else None
        bounded = flat if derived else peaks
        given: Any = start.frame
        frame: Any = Frame(*(tensor(v[part], device) for v in given))
        zeros = lambda shape: torch.zeros(shape, dtype=flat.dtype, device=device)
        made = lambda: empty(len(flat), depth, bool(frame.alpha.any()), zeros)
        (weights, biases), (weight_gradients, bias_gradients) = made(), made()
        views = (
            *(_layers(weights), _by_layer(biases, depth)),
            *(_layers(weight_gradients), _by_layer(bias_gradients, depth)),
        )
        points, data = by_rows(x[_rows(x, part)], device), by_rows(y[part], device)
        pass_ = Pass(*views, points, data, plan.total)

        def refill() -> Tensor:
            ratios = rest if closing is None else derived_ratios(peaks, closing, frame.sign)
            fill(weights, biases, peaks, ratios, frame)
            return ratios

        def loss_and_gradient(order: NDArray | None) -> Tensor:
            ratios = refill()
            loss = (pass_ if order is None else pass_.on(order)).loss_and_gradient()
            to_peaks, to_rest = pull_back(
                weight_gradients, bias_gradients[0], peaks, ratios, frame, closing
            )
            gradient[:, :depth] = to_peaks
            gradient[:, depth:] = to_rest.reshape(rest.shape)
            return loss

        def final() -> Tensor:
            refill()
            return pass_.loss()

        step = optimizer(flat, gradient, _like(plan.lr[part, None], flat), plan.optimizer)

        def update(count: int) -> None:
            step(count)
            bounded.clamp_(start.margin, 1 - start.margin)

        spread = lambda values: np.repeat(values[:, None], flat.shape[1], axis=1)
        resting = Resting(plan, len(flat), spread, flat)
        return descend(flat, update, loss_and_gradient, final, resting, plan, part, control)

    def join(flats: Sequence[Tensor]) -> Peaks:
        rows = np.concatenate([flat.cpu().numpy() for flat in flats])
        peaks, rest = rows[:, :depth].copy(), rows[:, depth:].copy()
        if not derived:
            return Peaks(peaks, None, rest)
        return Peaks(peaks, rest[:, 0], derived_ratios(peaks, rest[:, 0], start.frame.sign))

    parts = _chunked(chunk, models, (4,) * depth, y, device, control)
    return Pretrained(join([moved.flat for moved in parts]), *_joined(parts, join, control))


def _joined(parts: Sequence[Moved], join: Callable, control: Control) -> tuple:
    """Losses, histories, finished, and the snapshots that all chunks got to."""
    arrays = (np.concatenate(group) for group in zip(*(moved[2:] for moved in parts)))
    marks = sorted(set.intersection(*(set(moved.snapshots) for moved in parts)))
    reached = [mark for mark in marks if mark <= control.done.min()]
    return *arrays, {mark: join([moved.snapshots[mark] for moved in parts]) for mark in reached}


def _layers(weights: tuple[Tensor, Tensor, Tensor]) -> list[Tensor]:
    first, hidden, last = weights
    return [first, *hidden.unbind(1), last]


def _by_layer(biases: tuple[Tensor, Tensor | None], depth: int) -> list[Tensor | None]:
    return [biases[0], *[None] * (depth - 1), biases[1]]


def _chunked(
    work: Callable[[slice], Moved],
    models: int,
    widths: Sequence[int],
    y: NDArray,
    device: str,
    control: Control,
) -> list[Moved]:
    """`work` on slices of the stack that fit a core's cache,
    as many at a time as torch has threads; the results in order."""
    if device != "cpu":
        return control.run(work, [slice(0, models)])
    fitting = max(1, CHUNK_BYTES // (sum(widths) * y.shape[1] * y.itemsize))
    count = max(-(-models // fitting), min(threads(), models, max(1, models * SPLIT // fitting)))
    edges = np.linspace(0, models, count + 1).astype(int)
    # Threads across chunks, none inside: operations this small lose more to starting threads than
    # they gain.
    with _one_thread():
        return control.run(work, [slice(a, b) for a, b in zip(edges[:-1], edges[1:])])


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _rows(x: NDArray, part: slice) -> slice:
    return part if len(x) > 1 else slice(None)


def _like(rate: NDArray, flat: Tensor) -> Tensor:
    return torch.as_tensor(rate, dtype=flat.dtype, device=flat.device)
