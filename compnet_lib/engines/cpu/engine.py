"""The engine for CPUs: forward pass, backward pass and update of a network in one compiled loop.

A network's signals stay in the core's cache for the whole of an epoch,
and its parameters in a handful of cache lines; the stack is divided among the threads.
The kernels are compiled on first use, for each dtype once, and kept on disk.
"""

from __future__ import annotations

import time

import numpy as np

from ..._core.control import Control, threads
from ...compositions.manifold import Frame, derived_ratios
from ...networks.network import ReLUNet
from .. import dropout
from ..protocol import Plan, Start
from . import kernels

TILE = 512
"""Points that go through a network at once: few enough for the cache,
many enough to pay for a loop's start."""
LANES = 64
"""Points are padded to a multiple of so many, a few registers;
short lists to a multiple of a quarter of it."""
BLOCK = 0.2
"""Seconds of work between two looks at the stop sign."""
PARTS = 4
"""Parts of the stack for each thread, so that none waits long for the others."""


def train(net: ReLUNet, x: np.ndarray, y: np.ndarray, plan: Plan, device: str, control: Control):
    """Move the weights and biases of `net`. Returns the trained net,
    the loss (models,) and its history (models, records)."""
    layout = _Layout(net)
    theta, rate = layout.pack(net, net.dtype), layout.rates(net, plan)
    widths = np.array(layout.widths[:-1])
    if plan.regularizer is None:
        loss, history = _run(kernels.train, theta, rate, x, y, plan, control, (widths,))
    else:
        loss, history = _regularized(theta, rate, x, y, plan, control, widths)
    return layout.unpack(theta), loss, history


def pretrain(start: Start, x: np.ndarray, y: np.ndarray, plan: Plan, device: str, control: Control):
    """Move the peaks and `closing`, or the peaks and the free ratios. Returns peaks,
    closing (or None), ratios, loss, history."""
    depth, derived = start.peaks.shape[1], start.closing is not None
    theta = np.concatenate(
        [start.peaks, start.closing[:, None] if derived else start.ratios], axis=1
    )
    rate = np.repeat(plan.lr[:, None], theta.shape[1], axis=1).astype(theta.dtype)
    frames = np.stack(start.frame, axis=1)
    loss, history = _run(
        kernels.pretrain,
        theta,
        rate,
        x,
        y,
        plan,
        control,
        (frames, depth, derived, theta.dtype.type(start.margin)),
    )
    peaks, rest = theta[:, :depth].copy(), theta[:, depth:].copy()
    if derived:
        return (
            peaks,
            rest[:, 0],
            derived_ratios(peaks, rest[:, 0], Frame(*start.frame).sign),
            loss,
            history,
        )
    return peaks, None, rest, loss, history


class _Layout:
    """Where the parameters of a network stand in a row of the stack: layer by layer,
    weights and biases, hidden widths padded to multiples of four."""

    def __init__(self, net: ReLUNet):
        self.net = net
        self.widths = [-(-width // 4) * 4 for width in net.widths] + [1]
        inputs = [1, *self.widths[:-1]]
        self.starts = np.cumsum(
            [0, *(width * (before + 1) for width, before in zip(self.widths, inputs))]
        )
        self.inputs = inputs

    def pack(self, net: ReLUNet, dtype) -> np.ndarray:
        """The parameters, (models, padded parameters); zero where there is none."""
        rows = np.zeros((len(net), self.starts[-1]), dtype)
        for layer, (w, b) in enumerate(zip(net.weights, net.biases)):
            weights, biases = self._views(rows, layer)
            weights[:, : w.shape[1], : w.shape[2]] = w
            if b is not None:
                biases[:, : b.shape[1]] = b
        return rows

    def rates(self, net: ReLUNet, plan: Plan) -> np.ndarray:
        """One learning rate a parameter; zero for what is not there, or is not to move."""
        ones = ReLUNet._trusted(
            [np.ones_like(w) for w in net.weights],
            [None if b is None else np.ones_like(b) for b in net.biases],
        )
        moving = ones if plan.mask is None else plan.mask
        return self.pack(moving, net.dtype) * plan.lr[:, None].astype(net.dtype)

    def unpack(self, rows: np.ndarray) -> ReLUNet:
        found = [], []
        for layer, (w, b) in enumerate(zip(self.net.weights, self.net.biases)):
            weights, biases = self._views(rows, layer)
            found[0].append(weights[:, : w.shape[1], : w.shape[2]].copy())
            found[1].append(None if b is None else biases[:, : b.shape[1]].copy())
        return ReLUNet._trusted(*found)

    def _views(self, rows, layer):
        width, inputs = self.widths[layer], self.inputs[layer]
        block = rows[:, self.starts[layer] : self.starts[layer + 1]]
        return block[:, : width * inputs].reshape(len(rows), width, inputs), block[
            :, width * inputs :
        ]


def _regularized(theta, rate, x, y, plan, control, widths):
    """As `_run`; where points are held out, `theta` and the losses become those of the best
    look."""
    models, points = y.shape
    regularizer, held = plan.regularizer, plan.regularizer.validation
    strengths = np.stack(
        [regularizer.weight_decay, regularizer.l1, 1 / (1 - regularizer.dropout)], axis=1
    ).astype(theta.dtype)
    keys = np.stack(
        [dropout.keys(plan.seeds, models), dropout.thresholds(regularizer.dropout)], axis=1
    )
    held_x, held_y = held or np.zeros((2, models, 0), theta.dtype)
    share, fill = (
        _shares(held_x.shape[1], _tile(plan.batch or points), False, theta.dtype)
        if held
        else (np.zeros(0, theta.dtype), [(0, 0), (0, 0)])
    )
    held_x, held_y = (
        np.ascontiguousarray(np.pad(data, fill, mode="edge")) if held else data
        for data in (held_x, held_y)
    )
    best, least = theta.copy() if held else theta[:, :0], np.full((models, 1), np.inf, theta.dtype)
    loss, history = _run(
        kernels.regularized,
        theta,
        rate,
        x,
        y,
        plan,
        control,
        (
            strengths,
            keys,
            held_x,
            held_y,
            best,
            least,
            share,
            regularizer.every if held else 0,
            plan.epochs,
            widths,
        ),
    )
    if held:
        theta[:] = best
        loss, _ = _run(
            kernels.train, theta, rate, x, y, plan._replace(epochs=0, every=0), control, (widths,)
        )
    return loss, history


def _shares(points, tile, total, dtype):
    """Each point's share in the loss, and what is to be padded to fill the last tile:
    it repeats the last point, and has no share."""
    fill = [(0, 0), (0, -points % tile)]
    share = np.zeros(points + fill[1][1], dtype)
    share[:points] = 2 if total else 2 / points
    return share, fill


def _run(kernel, theta, rate, x, y, plan, control, extra):
    """`plan` on the rows of `theta`, in place. Returns the losses and their history."""
    models, points = y.shape
    number, dtype = theta.dtype.type, theta.dtype
    tile = _tile(plan.batch or points)
    share, fill = _shares(points, tile, plan.total, dtype)
    x, y = (np.ascontiguousarray(np.pad(data, fill, mode="edge")) for data in (x, y))
    adam = plan.optimizer == "adam"
    m, v = np.zeros((2, models, theta.shape[1] if adam else 0), dtype)
    loss, history = np.empty(models, dtype), np.full((models, len(plan.recorded)), np.nan, dtype)

    def work(part: slice):
        epoch, count = 0, 1
        while True:
            count = min(count, plan.epochs - epoch)
            began = time.perf_counter()
            order = np.ascontiguousarray(plan.orders(points, epoch, count, part))
            kernel(
                theta[part],
                m[part],
                v[part],
                rate[part],
                x[part if len(x) > 1 else slice(None)],
                y[part],
                share,
                order,
                plan.batch,
                *(e[part] if isinstance(e, np.ndarray) and e.ndim == 2 else e for e in extra),
                tile,
                count,
                epoch,
                plan.every,
                history[part],
                loss[part],
                adam,
                plan.total,
            )
            epoch += count
            control.advance(part, count)
            if epoch == plan.epochs or control.stopped:
                return
            # As many epochs at a time as can be interrupted without a wait;
            # the first call may have compiled.
            seconds = time.perf_counter() - began
            count = max(1, min(4 * count, int(count * BLOCK / max(seconds, 1e-9))))

    edges = np.linspace(0, models, min(models, PARTS * threads()) + 1).astype(int)
    control.run(work, [slice(a, b) for a, b in zip(edges[:-1], edges[1:])])
    scale = number(0.5 / points if plan.total else 0.5)
    if plan.every and not control.stopped:
        history[:, -1] = loss
    return loss * scale, history * scale


def _tile(points):
    """How many points a tile has: equal tiles, a multiple of some registers' lanes."""
    count = -(-points // TILE)
    lanes = LANES if points >= LANES else LANES // 4
    return -(-points // (count * lanes)) * lanes
