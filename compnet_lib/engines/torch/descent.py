"""The one loop over epochs: what moves is a vector, and how is a plan's business."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..._core.control import Control
from .. import dropout
from ..protocol import Adam, Plan
from .passes import Pass, by_rows


class Moved(NamedTuple):
    """Of one chunk: the vector in the end and at the snapshots, losses, their history, and after
    how many epochs each member was finished."""

    flat: Tensor
    snapshots: dict[int, Tensor]
    loss: NDArray
    history: NDArray
    finished: NDArray[np.int64]


class Restraint:
    """What a regularizer adds to the descent of one chunk.

    Args:
        plan: with a regularizer.
        part: the chunk's members.
        spread: makes of numbers of the members, (models,), one for each parameter of `flat`.
        flat, gradient: the parameters and their gradient.
        pass_: the networks.
    """

    def __init__(
        self,
        plan: Plan,
        part: slice,
        spread: Callable[[NDArray], NDArray],
        flat: Tensor,
        gradient: Tensor,
        pass_: Pass,
    ):
        regularizer = plan.regularizer
        assert regularizer is not None
        self.flat, self.gradient, self.every = flat, gradient, regularizer.every
        as_ = lambda values: torch.as_tensor(values, dtype=flat.dtype, device=flat.device)
        self.decay = as_(spread(regularizer.weight_decay[part]))
        self.l1 = as_(spread(regularizer.l1[part]))
        resting = regularizer.dropout[part]
        self.dropping = bool(resting.any())
        self.thresholds = dropout.thresholds(resting)
        self.keys = dropout.keys(plan.seeds, len(plan.lr))[part]
        self.widths = [w.shape[1] for w in pass_.weights[:-1]]
        self.scale = as_(1 / (1 - resting))[:, None, None]
        self.best: Tensor | None = None
        if regularizer.validation is not None:
            x, y = (by_rows(data[part], flat.device) for data in regularizer.validation)
            self.held = Pass(pass_.weights, pass_.biases, [], [], x, y, False)
            self.best = flat.clone()
            self.least = as_(np.full(len(resting), np.inf))
            self.member = torch.as_tensor(spread(np.arange(len(resting))), device=flat.device)

    def penalize(self) -> None:
        """Add the penalties to the gradient."""
        self.gradient.add_(self.decay * self.flat).add_(self.l1 * self.flat.sign())

    def masks(self, update: int, points: NDArray) -> tuple[list[Tensor], Tensor] | tuple[()]:
        """For each hidden layer, the scale where a signal is kept and 0 where it is not;
        and the scale. Nothing without dropout."""
        if not self.dropping:
            return ()
        kept = [
            dropout.kept(self.keys, update, layer, width, points, self.thresholds)
            for layer, width in enumerate(self.widths)
        ]
        return [torch.from_numpy(k).to(self.flat.device) * self.scale for k in kept], self.scale

    def look(self, epoch: int = 0) -> None:
        """Keep what is better than at all earlier looks, if this is an epoch for one."""
        if self.best is None or epoch % self.every:
            return
        held = self.held.loss()
        better = held < self.least
        self.least = torch.where(better, held, self.least)
        torch.where(better[self.member], self.flat, self.best, out=self.best)


def optimizer(flat: Tensor, gradient: Tensor, rate: Tensor, name: str) -> Callable[[int], object]:
    """One update of `flat` by `gradient`, given how many there were with it."""
    if name == "gd":
        return lambda count: flat.sub_(gradient * rate)
    first, second, step = torch.zeros_like(flat), torch.zeros_like(flat), torch.empty_like(flat)
    beta1, beta2, eps = Adam()

    def adam(count: int) -> None:
        first.lerp_(gradient, 1 - beta1)
        second.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        torch.sqrt(second, out=step).div_((1 - beta2**count) ** 0.5).add_(eps)
        torch.div(first, step, out=step)
        flat.sub_(step.mul_(rate / (1 - beta1**count)))

    return adam


class Resting:
    """Which members are finished: their part of `flat` is put back after each update."""

    def __init__(self, plan: Plan, models: int, spread: Callable[[NDArray], NDArray], flat: Tensor):
        self.stop, self.flat, self.still = plan.stop, flat, flat
        self.finished = np.full(models, plan.epochs)
        self.member = torch.as_tensor(spread(np.arange(models)), device=flat.device)
        self.moving = np.ones(models, bool)

    def note(self, epoch: int, records: list[Tensor]) -> None:
        """Members whose last two records differ by less than `stop` are finished."""
        if not self.stop or len(records) < 2:
            return
        before, now = (record.cpu().numpy().astype(np.float64) for record in records[-2:])
        with np.errstate(invalid="ignore"):
            new = self.moving & (abs(now - before) < self.stop)
        self.finished[new], self.moving[new] = epoch, False
        if new.any():
            self.still = self.flat.clone()
            self.held = torch.as_tensor(~self.moving, device=self.flat.device)[self.member]

    def restore(self) -> None:
        """Put back what is not to move."""
        if not self.moving.all():
            torch.where(self.held, self.still, self.flat, out=self.flat)


def descend(
    flat: Tensor,
    update: Callable[[int], object],
    loss_and_gradient: Callable[..., Tensor],
    final: Callable[[], Tensor],
    resting: Resting,
    plan: Plan,
    part: slice,
    control: Control,
    restraint: Restraint | None = None,
) -> Moved:
    """Run `plan` on `flat`, whose gradient `loss_and_gradient` leaves where `update` takes it."""
    own = plan._replace(seeds=plan.seeds[part]) if len(plan.seeds) > 1 else plan
    records: list[Tensor] = []
    snapshots: dict[int, Tensor] = {}
    points, count, epoch = control.points, 0, 0
    dropping = restraint is not None and restraint.dropping
    # Where the loss is not that of all points and the whole network, it takes a pass of its own.
    apart = bool(plan.batch) or dropping or plan.stop > 0
    everything = np.arange(points)[None]
    while epoch < plan.epochs and not control.stopped and resting.moving.any():
        recording = plan.every and epoch % plan.every == 0
        if restraint is not None:
            restraint.look(epoch)
        if recording and apart:
            records.append(final())
            resting.note(epoch, records)
            if not resting.moving.any():
                break
        if epoch in plan.snapshots:
            snapshots[epoch] = flat.clone()
        order = own.orders(points, epoch, 1)[0] if plan.batch else everything
        for start in range(0, points, plan.batch or points):
            some = order[:, start : start + (plan.batch or points)]
            masks = restraint.masks(count, some) if restraint is not None else ()
            loss = loss_and_gradient(some if plan.batch else None, *masks)
            if recording and not apart:
                records.append(loss)
            count += 1
            update(count)
            resting.restore()
        epoch += 1
        control.advance(part, 1)
    return _moved(flat, final, resting, plan, part, control, restraint, records, snapshots, epoch)


def _moved(
    flat: Tensor,
    final: Callable[[], Tensor],
    resting: Resting,
    plan: Plan,
    part: slice,
    control: Control,
    restraint: Restraint | None,
    records: list[Tensor],
    snapshots: dict[int, Tensor],
    epoch: int,
) -> Moved:
    """What is left to do after the last epoch, `epoch`."""
    loss = last = final()
    if not control.stopped:
        control.advance(part, plan.epochs - epoch)
        snapshots |= {mark: flat.clone() for mark in plan.snapshots if mark >= epoch}
    if restraint is not None and restraint.best is not None:
        if not control.stopped:
            restraint.look()
        flat.copy_(restraint.best)
        loss = final()
    history = np.full((len(loss), len(plan.recorded)), np.nan, loss.cpu().numpy().dtype)
    for k, record in enumerate(records):
        history[:, k] = record.cpu().numpy()
    later = plan.recorded > resting.finished[:, None]
    if plan.every and not control.stopped:
        later[:, -1] = True
    history = np.where(later, last.cpu().numpy()[:, None], history)
    return Moved(flat, snapshots, loss.cpu().numpy(), history, resting.finished)
