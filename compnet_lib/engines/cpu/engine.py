"""The engine for CPUs: forward pass, backward pass and update of a network in one compiled loop.

A network's signals stay in the core's cache for the whole of an epoch,
and its parameters in a handful of cache lines; the stack is divided among the threads.
The kernels are compiled on first use, for each dtype once, and kept on disk.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._core.control import Control, threads
from ...compositions.manifold import derived_ratios
from ...networks.network import ReLUNet
from ...networks.packing import Packing
from .. import dropout
from ..protocol import Adam, Peaks, Plan, Pretrained, Start, Trained
from ..regularizer import Resolved
from . import kernels, layout
from .kernels import Manifold, Records, Restraint, Rule, Schedule

TILE = layout.TILE
BLOCK = 0.2
"""Seconds of work between two looks at the stop sign."""
PARTS = 4
"""Parts of the stack for each thread, so that none waits long for the others."""


def train(
    net: ReLUNet, x: NDArray, y: NDArray, plan: Plan, device: str, control: Control
) -> Trained:
    """Move the weights and biases of `net`."""
    packing = Packing(net, multiple=4)
    theta, rate = packing.pack(net), packing.spread(plan.lr.astype(net.dtype))
    if plan.mask is not None:
        rate *= packing.pack(plan.mask, net.dtype)
    run = _Run(theta, rate, np.array(packing.widths), x, y, plan, control)
    if plan.regularizer is not None:
        run.restrain(plan.regularizer)
    run.go()
    snapshots = {epoch: packing.unpack(rows) for epoch, rows in run.snapshots.items()}
    return Trained(packing.unpack(run.theta), run.loss, run.history, run.finished, snapshots)


def pretrain(
    start: Start, x: NDArray, y: NDArray, plan: Plan, device: str, control: Control
) -> Pretrained:
    """Move the peaks and `closing`, or the peaks and the free ratios."""
    depth, derived = start.peaks.shape[1], start.closing is not None
    second = start.ratios if start.closing is None else start.closing[:, None]
    assert second is not None
    theta = np.concatenate([start.peaks, second], axis=1)
    rate = np.repeat(plan.lr[:, None], theta.shape[1], axis=1).astype(theta.dtype)
    run = _Run(theta, rate, np.array([1, *[4] * depth, 1]), x, y, plan, control)
    margin = theta.dtype.type(start.margin)
    frames: Any = start.frame
    run.manifold = Manifold(np.stack(frames, axis=1), depth, derived, margin)
    run.go()

    def peaks(rows: NDArray) -> Peaks:
        first, rest = rows[:, :depth].copy(), rows[:, depth:].copy()
        if not derived:
            return Peaks(first, None, rest)
        return Peaks(first, rest[:, 0], derived_ratios(first, rest[:, 0], start.frame.sign))

    snapshots = {epoch: peaks(rows) for epoch, rows in run.snapshots.items()}
    return Pretrained(peaks(run.theta), run.loss, run.history, run.finished, snapshots)


class _Run:
    """`plan` on the rows of `theta`, which it moves."""

    manifold: Manifold | None = None
    restraint: Restraint | None = None

    def __init__(
        self,
        theta: NDArray,
        rate: NDArray,
        widths: NDArray,
        x: NDArray,
        y: NDArray,
        plan: Plan,
        control: Control,
    ):
        self.theta, self.rate, self.widths = theta, rate, widths
        self.plan, self.control = plan, control
        models, self.points = y.shape[:2]
        self.tile = layout.tile_of(plan.batch or self.points)
        x, y = layout.by_rows(x, widths[0]), layout.by_rows(y)
        self.data = layout.tiled(x, y, self.tile, plan.total)
        self.batches = layout.batched(x, y, plan)
        adam = plan.optimizer == "adam"
        m, v = np.zeros((2, models, theta.shape[1] if adam else 0), theta.dtype)
        self.rule = Rule(adam, m, v, *Adam())
        self.loss = np.full(models, np.nan, theta.dtype)
        self.history = np.full((models, len(plan.recorded)), np.nan, theta.dtype)
        self.finished = np.full(models, plan.epochs)
        self.snapshots = {epoch: np.empty_like(theta) for epoch in plan.snapshots}
        squares = y[0].size
        self.scale = theta.dtype.type(0.5 / squares if plan.total else 0.5)

    def restrain(self, regularizer: Resolved) -> None:
        """Hold the descent back."""
        models, dtype = len(self.theta), self.theta.dtype
        scale = 1 / (1 - regularizer.dropout)
        strengths = np.stack([regularizer.weight_decay, regularizer.l1, scale], axis=1)
        keys = dropout.keys(self.plan.seeds, models)
        keys = np.stack([keys, dropout.thresholds(regularizer.dropout)], axis=1)
        held, every, best = layout.nothing(models, self.data), 0, self.theta[:, :0]
        if regularizer.validation is not None:
            x, y = regularizer.validation
            x, y = layout.by_rows(x, self.widths[0]), layout.by_rows(y)
            held, every = layout.tiled(x, y, self.tile), regularizer.every
            best = self.theta.copy()
        least = np.full((models, 1), np.inf, dtype)
        self.restraint = Restraint(strengths.astype(dtype), keys, held, best, least, every)

    def go(self) -> None:
        """Carry the plan out. Where points are held out, the rows and their losses become those of
        the best look."""
        models, plan = len(self.theta), self.plan
        edges = np.linspace(0, models, min(models, PARTS * threads()) + 1).astype(int)
        parts = [slice(a, b) for a, b in zip(edges[:-1], edges[1:])]
        self.control.run(self._work, parts, leave=True)
        reached = self.control.done.min()
        self.snapshots = {epoch: rows for epoch, rows in self.snapshots.items() if epoch <= reached}
        later = plan.recorded > self.finished[:, None]
        if plan.every and not self.control.stopped:
            later[:, -1] = True
        self.history = np.where(later, self.loss[:, None], self.history) * self.scale
        if self.restraint is not None and self.restraint.every:
            self.theta[:] = self.restraint.best
            self.restraint, self.plan = None, plan._replace(epochs=0, every=0)
            if not self.control.abandoned:
                self._descend(slice(None), 0, 0, np.zeros(models, np.int64))
        self.loss = self.loss * self.scale

    def _work(self, part: slice) -> None:
        """The whole plan for some members, a few epochs at a time."""
        epochs, finished = self.plan.epochs, self.finished[part]
        epoch, count = 0, 1
        while not self.control.stopped:
            if epoch in self.snapshots:
                self.snapshots[epoch][part] = self.theta[part]
            upto = min((mark for mark in self.snapshots if mark > epoch), default=epochs)
            count = min(count, upto - epoch)
            began = time.perf_counter()
            self._descend(part, epoch, count, finished)
            epoch += count
            self.control.advance(part, count)
            if epoch == epochs or (finished < epoch).all():
                break
            # As many epochs at a time as can be interrupted without a wait;
            # the first call may have compiled.
            seconds = time.perf_counter() - began
            count = max(1, min(4 * count, int(count * BLOCK / max(seconds, 1e-9))))
        if not self.control.stopped:
            self.control.advance(part, epochs - epoch)
            for mark in self.snapshots:
                if mark >= epoch:
                    self.snapshots[mark][part] = self.theta[part]

    def _descend(self, part: slice, epoch: int, count: int, finished: NDArray[np.int64]) -> None:
        """`count` epochs of some members."""
        plan, order = self.plan, self.plan.orders(self.points, epoch, count, part)
        kernels.descend(
            self.theta[part],
            self.rate[part],
            self.widths,
            layout.of_data(self.data, part),
            layout.of_batches(self.batches, order, part),
            Schedule(count, epoch, plan.epochs, plan.every, plan.stop, self.scale),
            Records(self.history[part], self.loss[part], finished),
            self.rule._replace(m=self.rule.m[part], v=self.rule.v[part]),
            None if self.restraint is None else layout.of_restraint(self.restraint, part),
            None if self.manifold is None else layout.of_manifold(self.manifold, part),
        )
