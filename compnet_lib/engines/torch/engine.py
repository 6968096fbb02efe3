"""The reference engine: full-batch training of a stack with torch, on the CPU or a GPU.

The whole stack is one set of tensors with a leading model axis, points on the last axis,
and the backward pass is written out, so that one epoch is about seventy tensor operations
whatever the number of models. All parameters lie in one vector, of which the weights are views:
the optimizer is a handful of operations too.
"""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import torch

from ..._core.control import Control, threads
from ...compositions.manifold import Frame, derived_ratios, empty, fill, pull_back
from ...networks.network import ReLUNet
from .. import dropout
from ..protocol import Adam, Plan, Start

CHUNK_BYTES = 12_000_000
"""The signals of one chunk of models, in bytes. Smaller chunks lose time to the calls into
torch, larger ones to memory."""
SPLIT = 6
"""A stack is spread over the threads once each of them gets a sixth of a full chunk."""


def train(net: ReLUNet, x: np.ndarray, y: np.ndarray, plan: Plan, device: str, control: Control):
    """Move the weights and biases of `net`. Returns the trained net,
    the loss (models,) and its history (models, records)."""

    def chunk(part: slice):
        net_, x_, y_ = net[part], x[_rows(x, part)], y[part]
        flat, weights, biases = _flatten(net_, device)
        gradient = torch.empty_like(flat)
        pass_ = _Pass(
            weights,
            biases,
            *_views(gradient, net_),
            _tensor(x_, device),
            _tensor(y_, device),
            plan.total,
        )
        rate = _spread(plan.lr[part], net_)
        if plan.mask is not None:
            rate = rate * _flatten(plan.mask[part], "cpu")[0].numpy()
        brake = (
            None if plan.regularizer is None else _Brake(plan, part, net_, pass_, flat, gradient)
        )
        loss, history = _descend(
            flat,
            gradient,
            rate,
            plan,
            part,
            control,
            pass_.loss_and_gradient,
            pass_.loss,
            brake=brake,
        )
        return (
            [a.cpu().numpy() for a in weights],
            [None if b is None else b.cpu().numpy() for b in biases],
            loss,
            history,
        )

    parts = _chunked(chunk, len(net), net.widths, y, device, control)
    layers = range(net.depth + 1)
    weights = [np.concatenate([p[0][i] for p in parts]) for i in layers]
    biases = [
        None if net.biases[i] is None else np.concatenate([p[1][i] for p in parts]) for i in layers
    ]
    return (
        ReLUNet._trusted(weights, biases),
        np.concatenate([p[2] for p in parts]),
        np.concatenate([p[3] for p in parts]),
    )


def pretrain(start: Start, x: np.ndarray, y: np.ndarray, plan: Plan, device: str, control: Control):
    """Move the peaks and `closing`, or the peaks and the free ratios. Returns peaks,
    closing (or None), ratios, loss, history."""
    models, depth = start.peaks.shape
    second = start.ratios if start.closing is None else start.closing[:, None]

    def chunk(part: slice):
        flat = _tensor(np.concatenate([start.peaks[part], second[part]], axis=1), device)
        gradient = torch.empty_like(flat)
        peaks, rest = flat[:, :depth], flat[:, depth:]
        held = flat if start.closing is not None else peaks
        frame = Frame(*(_tensor(v[part], device) for v in start.frame))
        zeros = lambda shape: torch.zeros(shape, dtype=flat.dtype, device=device)
        made = lambda: empty(len(flat), depth, bool(frame.alpha.any()), zeros)
        (weights, biases), (weight_gradients, bias_gradients) = made(), made()
        pass_ = _Pass(
            _layers(weights),
            _by_layer(biases, depth),
            _layers(weight_gradients),
            _by_layer(bias_gradients, depth),
            _tensor(x[_rows(x, part)], device),
            _tensor(y[part], device),
            plan.total,
        )

        closing = None if start.closing is None else rest[:, 0]

        def refill():
            ratios = rest if closing is None else derived_ratios(peaks, closing, frame.sign)
            fill(weights, biases, peaks, ratios, frame)
            return ratios

        def loss_and_gradient(order=None):
            ratios = refill()
            loss = pass_.loss_and_gradient(order)
            to_peaks, to_rest = pull_back(
                weight_gradients, bias_gradients[0], peaks, ratios, frame, closing
            )
            gradient[:, :depth] = to_peaks
            gradient[:, depth:] = to_rest.reshape(rest.shape)
            return loss

        def final():
            refill()
            return pass_.loss()

        loss, history = _descend(
            flat,
            gradient,
            plan.lr[part, None],
            plan,
            part,
            control,
            loss_and_gradient,
            final,
            lambda: held.clamp_(start.margin, 1 - start.margin),
        )
        return peaks.cpu().numpy(), rest.cpu().numpy(), refill().cpu().numpy(), loss, history

    parts = _chunked(chunk, models, (4,) * depth, y, device, control)
    peaks, rest, ratios, loss, history = (np.concatenate(group) for group in zip(*parts))
    return peaks, None if start.closing is None else rest[:, 0], ratios, loss, history


class _Pass:
    """Forward and backward through a stack, for the mean or the `total` of the squares;
    the gradient is written into given views."""

    def __init__(self, weights, biases, weight_gradients, bias_gradients, x, y, total):
        self.weights, self.biases = weights, biases
        self.weight_gradients, self.bias_gradients = weight_gradients, bias_gradients
        self.x, self.y, self.total = x[:, None], y[:, None], total
        shape = lambda w: (len(y), w.shape[1], y.shape[1])
        self.signals = [y.new_empty(shape(w)) for w in weights]
        self.errors = [y.new_empty(shape(w)) for w in weights]
        self.product = torch.empty_like(self.errors[0])

    def residual(self, kept=None):
        """The network's outputs minus the data, (models, 1, points), in the last signal's place;
        with dropout, hidden signals times `kept`, layer by layer."""
        for i, (w, b, signal) in enumerate(zip(self.weights, self.biases, self.signals)):
            if i == 0:
                torch.mul(w, self.x, out=signal)
            else:
                torch.bmm(w, self.signals[i - 1], out=signal)
            if b is not None:
                signal.add_(b[:, :, None])
            if i < len(self.weights) - 1:
                signal.relu_()
                if kept is not None:
                    signal.mul_(kept[i])
        return self.signals[-1].sub_(self.y)

    def loss(self):
        return _mean_square(self.residual())

    def on(self, order):
        """The same network on some of its points, `order` (1 or models, fewer points)."""
        order = torch.from_numpy(order.astype(np.int64)).to(self.y.device)
        rows = lambda data, models: torch.take_along_dim(
            data[:, 0].expand(models, -1), order.expand(models, -1), 1
        )
        return _Pass(
            self.weights,
            self.biases,
            self.weight_gradients,
            self.bias_gradients,
            rows(self.x, max(len(self.x), len(order))),
            rows(self.y, len(self.y)),
            self.total,
        )

    def loss_and_gradient(self, order=None, kept=None, scale=None):
        if order is not None:
            return self.on(order).loss_and_gradient(None, kept, scale)
        residual = self.residual(kept)
        error = torch.mul(
            residual, 2 if self.total else 2 / residual.shape[-1], out=self.errors[-1]
        )
        for i in reversed(range(len(self.weights))):
            if i:
                torch.bmm(error, self.signals[i - 1].transpose(1, 2), out=self.weight_gradients[i])
            else:
                # Not a matrix product with the shared points: its last bits depend on the number of
                # models.
                torch.sum(
                    torch.mul(error, self.x, out=self.product),
                    -1,
                    keepdim=True,
                    out=self.weight_gradients[i],
                )
            if self.biases[i] is not None:
                torch.sum(error, -1, out=self.bias_gradients[i])
            if i:
                error = torch.bmm(self.weights[i].transpose(1, 2), error, out=self.errors[i - 1])
                # The derivative of the ReLU: zero where its output is, as in PyTorch.
                torch.ops.aten.threshold_backward.grad_input(
                    error, self.signals[i - 1], 0, grad_input=error
                )
                if kept is not None:
                    error.mul_(scale)
        return _mean_square(residual)


class _Brake:
    """What a regularizer adds to the descent of one chunk."""

    def __init__(self, plan: Plan, part: slice, net: ReLUNet, pass_: _Pass, flat, gradient):
        regularizer, self.flat, self.gradient, self.every = (
            plan.regularizer,
            flat,
            gradient,
            plan.regularizer.every,
        )
        spread = lambda strength: torch.as_tensor(
            _spread(strength[part], net), dtype=flat.dtype, device=flat.device
        )
        self.decay, self.l1 = spread(regularizer.weight_decay), spread(regularizer.l1)
        share = regularizer.dropout[part]
        self.dropping = bool(share.any())
        self.thresholds, self.keys, self.widths = (
            dropout.thresholds(share),
            dropout.keys(plan.seeds, len(plan.lr))[part],
            net.widths,
        )
        self.scale = torch.as_tensor(1 / (1 - share), dtype=flat.dtype, device=flat.device)[
            :, None, None
        ]
        self.best = None
        if regularizer.validation is not None:
            x, y = (_tensor(data[part], str(flat.device)) for data in regularizer.validation)
            self.held = _Pass(pass_.weights, pass_.biases, None, None, x, y, False)
            self.best, self.least = (
                flat.clone(),
                torch.full((len(share),), torch.inf, dtype=flat.dtype, device=flat.device),
            )
            self.member = torch.as_tensor(_spread(np.arange(len(share)), net), device=flat.device)

    def penalize(self):
        self.gradient.add_(self.decay * self.flat).add_(self.l1 * self.flat.sign())

    def masks(self, update, points):
        """For each hidden layer, the scale where a signal is kept and 0 where it is not;
        and the scale."""
        kept = [
            dropout.kept(self.keys, update, layer, width, points, self.thresholds)
            for layer, width in enumerate(self.widths)
        ]
        return [torch.from_numpy(k).to(self.flat.device) * self.scale for k in kept], self.scale

    def look(self, epoch=0):
        if self.best is None or epoch % self.every:
            return
        held = self.held.loss()
        better = held < self.least
        self.least = torch.where(better, held, self.least)
        torch.where(better[self.member], self.flat, self.best, out=self.best)


def _mean_square(residual):
    return residual.square().sum(-1)[:, 0] / residual.shape[-1]


def _descend(
    flat,
    gradient,
    lr,
    plan: Plan,
    part: slice,
    control: Control,
    loss_and_gradient,
    final,
    project=lambda: None,
    brake=None,
):
    """Run `plan` on `flat`, whose gradient `loss_and_gradient` leaves in `gradient`;
    `lr` broadcasts against both. `brake` is the regularizer's part."""
    rate = torch.as_tensor(lr, dtype=flat.dtype, device=flat.device)
    if plan.optimizer == "adam":
        first, second, step = torch.zeros_like(flat), torch.zeros_like(flat), torch.empty_like(flat)
    constants, count = Adam(), 0

    def update():
        if brake is not None:
            brake.penalize()
        if plan.optimizer == "gd":
            flat.sub_(gradient * rate)
        else:
            first.lerp_(gradient, 1 - constants.beta1)
            second.mul_(constants.beta2).addcmul_(gradient, gradient, value=1 - constants.beta2)
            torch.sqrt(second, out=step).div_((1 - constants.beta2**count) ** 0.5).add_(
                constants.eps
            )
            torch.div(first, step, out=step)
            flat.sub_(step.mul_(rate / (1 - constants.beta1**count)))
        project()

    own = plan._replace(seeds=plan.seeds[part]) if len(plan.seeds) > 1 else plan
    records, points = [], control.points
    for epoch in range(plan.epochs):
        if control.stopped:
            break
        recording = plan.every and epoch % plan.every == 0
        if brake is not None:
            brake.look(epoch)
        dropping = brake is not None and brake.dropping
        if recording and (plan.batch or dropping):
            records.append(final())
        if plan.batch:
            (order,) = own.orders(points, epoch, 1)
            for start in range(0, points, plan.batch):
                some = order[:, start : start + plan.batch]
                loss_and_gradient(some, *brake.masks(count, some) if dropping else ())
                count += 1
                update()
        else:
            loss = loss_and_gradient(
                None, *brake.masks(count, np.arange(points)[None]) if dropping else ()
            )
            if recording and not dropping:
                records.append(loss)
            count += 1
            update()
        control.advance(part, 1)
    loss = last = final()
    if brake is not None and brake.best is not None:
        if not control.stopped:
            brake.look()
        flat.copy_(brake.best)
        loss = final()
    history = torch.full((len(loss), len(plan.recorded)), torch.nan, dtype=loss.dtype)
    for k, record in enumerate(records):
        history[:, k] = record
    if plan.every and not control.stopped:
        history[:, -1] = last
    return loss.cpu().numpy(), history.numpy()


def _flatten(net: ReLUNet, device):
    """The parameters of a stack as one vector, layer by layer,
    and its weights and biases as contiguous views of it."""
    arrays = [a for pair in zip(net.weights, net.biases) for a in pair if a is not None]
    flat = _tensor(np.concatenate([a.ravel() for a in arrays]), device)
    return flat, *_views(flat, net)


def _views(flat, net: ReLUNet):
    weights, biases, at = [], [], 0
    for pair in zip(net.weights, net.biases):
        for array, views in zip(pair, (weights, biases)):
            views.append(None if array is None else flat[at : at + array.size].view(array.shape))
            at += 0 if array is None else array.size
    return weights, biases


def _spread(lr, net: ReLUNet):
    """One learning rate a member, as one a parameter, in the order of `_flatten`."""
    return np.concatenate(
        [
            np.repeat(lr, a[0].size)
            for pair in zip(net.weights, net.biases)
            for a in pair
            if a is not None
        ]
    )


def _layers(weights):
    first, hidden, last = weights
    return [first, *hidden.unbind(1), last]


def _by_layer(biases, depth):
    return [biases[0], *[None] * (depth - 1), biases[1]]


def _chunked(work, models, widths, y, device, control):
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
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _rows(x, part):
    return part if len(x) > 1 else slice(None)


def _tensor(array, device):
    return torch.from_numpy(np.ascontiguousarray(array).copy()).to(device)
