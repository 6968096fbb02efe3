"""Training stacks of networks: first the peaks, then the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .. import engines
from .._core import checks
from .._core.control import Control, Interrupted
from ..compositions import _waves as waves
from ..compositions.manifold import Frame, build, clipped, stacked_peaks, stacked_ratios
from ..engines.regularizer import Regularizer
from ..networks.network import ReLUNet, points
from ..targets.target import Target

__all__ = ["Result", "pretrain", "train"]


@dataclass(frozen=True, eq=False)
class Result:
    """What training a stack gave.

    Attributes:
        net: the trained stack.
        loss: mean squared error of each member after the last update, (models,).
        history: mean squared errors along the way, (models, records).
        epochs: the epochs of the records, (records,): the loss after that many updates.
        diverged: members whose loss or parameters are no longer finite, booleans (models,).
        clipped: at how many points the ReLU of the sum neuron clips, integers (models,);
            see `manifold.clipped`.
        peaks: after pretraining, the peaks (models, depth); else None.
        closing: after pretraining with differentiability enforced, $a_d$ (models,); else None.
        ratios: after pretraining, the ratios $S_i$ (models, depth), derived or free; else None.
        start: after `run_regime`, the stack that the last phase started from; else None.
    """

    net: ReLUNet
    loss: np.ndarray
    history: np.ndarray
    epochs: np.ndarray
    diverged: np.ndarray
    clipped: np.ndarray
    peaks: np.ndarray | None = None
    closing: np.ndarray | None = None
    ratios: np.ndarray | None = None
    start: ReLUNet | None = None


def train(
    net: ReLUNet,
    targets,
    x,
    *,
    epochs: int,
    lr,
    optimizer: str = "adam",
    engine: str = "auto",
    device: str = "auto",
    every: int = 0,
    batch: int = 0,
    seed=0,
    objective: str = "mean",
    mask: ReLUNet | None = None,
    regularizer: Regularizer | None = None,
) -> Result:
    r"""Train every weight and bias of a stack by gradient descent on the squared error.

    Each member follows the trajectory that it would follow alone,
    that of a `torch.nn.Sequential` under `torch.optim.Adam` or `SGD`.
    A run of more than a second shows its progress on a terminal.

    Args:
        net: the stack to start from, float32 or float64; it is not changed.
            Layers without a bias keep none.
        targets: a :class:`Target`, a sequence of one per member, or data:
            an array (points,) or (models, points).
        x: the points, (points,) or (models, points).
        epochs: how many passes over the points, 0 or more; without `batch`, as many updates.
        lr: the learning rate, positive; or one per member.
        optimizer: "adam" (PyTorch's defaults) or "gd", plain gradient descent.
        engine: "auto", "numba" (CPU) or "torch" (CPU or GPU).
        device: "auto", "cpu" or "cuda".
        every: record the loss every so many epochs, and at the end; 0 records nothing.
        batch: points an update, in an order drawn anew for each epoch;
            the last update of an epoch takes what is left. 0 takes all points.
        seed: of these orders and of dropout's masks, an integer for all members or one per
            member.
        objective: "mean" of the squares or their "sum": what is descended.
            Losses are reported as means.
        mask: a stack of the shape of `net`, of ones and zeros:
            parameters with a zero stay as they are. None moves all.
        regularizer: weight decay, L1, dropout or early stopping; None is the plain descent.
            With points held out, `net` and `loss` are those of the best look at them,
            while `history` goes on to the end.

    Returns:
        A :class:`Result`. A member that diverges is reported there and touches no other.

    Raises:
        TypeError, ValueError: an argument is of the wrong type, shape or value,
            or data are NaN or infinite; named in the message, before any work is done.
        Interrupted: a KeyboardInterrupt came; the exception holds what was reached.
    """
    trainable(net)
    x, y, _ = fitted(targets, x, len(net), net.dtype)
    if regularizer is not None and not isinstance(regularizer, Regularizer):
        raise TypeError(f"regularizer must be a Regularizer or None, got {regularizer!r}")
    regularizer = None if regularizer is None else regularizer.resolved(len(net), net.dtype)
    plan = _plan(epochs, lr, optimizer, every, batch, seed, objective, y)._replace(
        mask=_mask(mask, net), regularizer=regularizer
    )
    module, device = engines.select(engine, device, y.size)
    with Control(plan.epochs, *y.shape) as control:
        trained, loss, history = module.train(net, x, y, plan, device, control)
    return _finished(_result(trained, x, loss, history, plan), control)


def pretrain(
    peaks,
    targets,
    x,
    *,
    epochs: int,
    lr,
    y=None,
    closing=0.5,
    sign=None,
    differentiable: bool = True,
    ratios=None,
    optimizer: str = "adam",
    engine: str = "auto",
    device: str = "auto",
    every: int = 0,
    batch: int = 0,
    seed=0,
    objective: str = "mean",
    margin: float = 1e-3,
) -> Result:
    r"""Train the peaks of a stack of compositional networks; the weights follow (Algorithm 1).

    In every epoch the weights are built from the peaks,
    and the gradient of the mean squared error of the *network* is pulled back through that
    construction.

    Args:
        peaks: where to start, (models, depth) or (depth,), strictly between 0 and 1;
            the dtype of the training.
        targets: a :class:`Target`, a sequence of one per member, or data:
            an array (points,) or (models, points).
        x: the points, (points,) or (models, points).
        epochs: how many passes over the points, 0 or more; without `batch`, as many updates.
        lr: the learning rate, positive; or one per member.
        y: data to fit in place of the targets' values, (points,) or (models, points);
            sign and line stay the targets'.
        closing: where $a_d$ starts, strictly between 0 and 1, or one per member;
            trained along with the peaks.
        sign: +1 or -1, or one per member. None takes the target's; for data,
            whether they lie above the line $y=x$ on average.
        differentiable: whether the ratios are derived from the peaks by (4),
            or trained freely along with them.
        ratios: where free ratios start, of the shape of `peaks`;
            None starts them at the derived values.
        optimizer, engine, device, every, batch, seed, objective: as for :func:`train`.
        margin: peaks and closing are kept in [margin, 1 - margin] after each update.

    Returns:
        A :class:`Result` with `peaks`, `ratios` and, if differentiable, `closing`.

    Raises:
        TypeError, ValueError: as for :func:`train`; also if `ratios` are given while
            `differentiable`, or if only some of the targets need an output bias,
            their lines starting elsewhere than at 0.

    Source: Milkert, Hyde and Laine, Algorithm 1.
    """
    peaks = stacked_peaks(peaks)
    if peaks.dtype == object:
        raise TypeError("peaks must hold floats to be trained, got Fractions")
    models, dtype = len(peaks), peaks.dtype
    margin = checks.number("margin", margin)
    if not 0 < margin < 0.5:
        raise ValueError(f"margin must lie strictly between 0 and 0.5, got {margin}")
    if checks.flag("differentiable", differentiable) and ratios is not None:
        raise ValueError("ratios must be None while differentiable is True, since (4) derives them")
    closing = checks.inside_unit("closing", checks.per_member("closing", closing, models, dtype))
    given, (x, y, curves) = y, fitted(targets, x, models, dtype)
    if given is not None:
        if curves is None:
            raise TypeError("targets must be Targets where y gives the data")
        y = np.broadcast_to(
            checks.shaped("y", checks.numeric("y", given), (x.shape[1],), (models, x.shape[1])),
            y.shape,
        ).astype(dtype)
    frame = _frame(curves, sign, x, y, dtype)
    if ratios is not None:
        ratios = stacked_ratios(ratios, peaks)
    elif not differentiable:
        ratios = np.asarray(waves.ratios(peaks, frame.sign, closing), dtype)
    plan = _plan(epochs, lr, optimizer, every, batch, seed, objective, y)
    module, device = engines.select(engine, device, y.size)
    start = engines.Start(peaks, closing if differentiable else None, ratios, frame, margin)
    with Control(plan.epochs, *y.shape) as control:
        peaks, closing, ratios, loss, history = module.pretrain(start, x, y, plan, device, control)
    return _finished(
        _result(
            build(peaks, ratios, frame),
            x,
            loss,
            history,
            plan,
            peaks=peaks,
            closing=closing,
            ratios=ratios,
        ),
        control,
    )


def trainable(net) -> ReLUNet:
    """`net`, which must be a stack of floats."""
    if not isinstance(net, ReLUNet):
        raise TypeError(f"net must be a ReLUNet, got {net!r}")
    if net.dtype == object:
        raise TypeError("net must hold floats to be trained, got Fractions")
    return net


def fitted(targets, x, models, dtype):
    """What a stack fits: the points (1 or models, n), the data (models, n),
    and the targets they came from, if any."""
    x = points("x", x, models)
    if isinstance(targets, Target):
        targets = [targets] * models
    if (
        isinstance(targets, Sequence)
        and not isinstance(targets, str)
        and any(isinstance(t, Target) for t in targets)
    ):
        if len(targets) != models or not all(isinstance(t, Target) for t in targets):
            raise ValueError(
                f"targets must be one Target for each of the {models} members, got {len(targets)}"
            )
        rows = np.broadcast_to(x, (models, x.shape[1]))
        for low, high in {t.interval for t in targets}:
            own = x if len(x) == 1 else rows[[t.interval == (low, high) for t in targets]]
            if own.min() < low or own.max() > high:
                raise ValueError(
                    f"x must lie in the target's interval [{low:g}, {high:g}], got points from {own.min():g} to {own.max():g}"
                )
        known = {id(t): t(x[0]) for t in targets} if len(x) == 1 else {}
        y = np.stack([known[id(t)] if known else t(row) for t, row in zip(targets, rows)])
        return x.astype(dtype), y.astype(dtype), list(targets)
    if isinstance(targets, str) or callable(targets):
        raise TypeError(f"targets must be a Target, a sequence of Targets or data, got {targets!r}")
    y = checks.shaped(
        "targets", checks.numeric("targets", targets), (x.shape[1],), (models, x.shape[1])
    )
    return x.astype(dtype), np.broadcast_to(y, (models, x.shape[1])).astype(dtype), None


def _frame(curves, sign, x, y, dtype) -> Frame:
    models = len(y)
    if sign is not None:
        sign = checks.sign("sign", sign, models)
    elif curves is not None:
        sign = np.array([t.sign for t in curves])
    else:
        sign = np.where((y - x).mean(1) >= 0, 1, -1)
    if curves is None:
        low, width, alpha, beta = (
            np.zeros(models),
            np.ones(models),
            np.zeros(models),
            np.ones(models),
        )
    else:
        low, high = np.array([t.interval for t in curves]).T
        alpha, beta = np.array([t.line for t in curves]).T
        if (alpha != 0).any() and (alpha == 0).any():
            # A stack is of one shape: with an output bias for some,
            # the others would train one that they do not have alone.
            raise ValueError(
                "targets must all have a line through 0, or none of them; got both kinds: train them as two stacks"
            )
        width = high - low
    return Frame(*(v.astype(dtype) for v in (sign, low, width, alpha, beta)))


def _plan(epochs, lr, optimizer, every, batch, seed, objective, y) -> engines.Plan:
    models, points = y.shape
    epochs, every, batch = (
        checks.integer("epochs", epochs),
        checks.integer("every", every),
        checks.integer("batch", batch),
    )
    checks.choice("optimizer", optimizer, engines.OPTIMIZERS)
    checks.choice("objective", objective, ("mean", "sum"))
    lr = checks.per_member("lr", lr, models, np.float64)
    if (lr <= 0).any():
        raise ValueError(f"lr must be positive, got {lr.min()}")
    if isinstance(seed, Sequence | np.ndarray) and not isinstance(seed, str):
        if len(seed) != models:
            raise ValueError(
                f"seed must be one integer, or one for each of the {models} members, got {len(seed)}"
            )
        seeds = tuple(checks.integer("seed", one) for one in seed)
    else:
        seeds = (checks.integer("seed", seed),)
    return engines.Plan(
        epochs, lr, optimizer, every, 0 if batch >= points else batch, seeds, objective == "sum"
    )


def _mask(mask, net):
    if mask is None:
        return None
    if not isinstance(mask, ReLUNet):
        raise TypeError(f"mask must be a ReLUNet of ones and zeros, got {mask!r}")
    shapes = [
        [None if a is None else a.shape for a in (*one.weights, *one.biases)] for one in (mask, net)
    ]
    if shapes[0] != shapes[1]:
        raise ValueError(f"mask must have the shape of net, {net!r}, got {mask!r}")
    if not all(np.isin(a, (0, 1)).all() for a in (*mask.weights, *mask.biases) if a is not None):
        raise ValueError("mask must hold ones and zeros only")
    return mask


def _finished(result: Result, control: Control) -> Result:
    if control.stopped:
        raise Interrupted(result, control.done)
    return result


def _result(net: ReLUNet, x, loss, history, plan, **pretrained) -> Result:
    finite = np.isfinite(loss)
    for array in (*net.weights, *net.biases, *pretrained.values()):
        if array is not None:
            finite &= np.isfinite(array.reshape(len(loss), -1)).all(1)
    with np.errstate(all="ignore"):
        # In parts: the signals of ten thousand networks at once would be half a gigabyte.
        parts = [slice(start, start + 500) for start in range(0, len(net), 500)]
        clips = np.concatenate(
            [clipped(net[part], x[part] if len(x) > 1 else x[0]) for part in parts]
        )
    return Result(net, loss, history, plan.recorded, ~finite, clips, **pretrained)
