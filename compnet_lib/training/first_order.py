"""Training stacks of networks: first the peaks, then the weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .. import engines
from .._core import checks
from .._core.control import Control
from ..compositions import _waves as waves
from ..compositions.manifold import Frame, build, stacked_peaks, stacked_ratios
from ..engines.regularizer import Regularizer
from ..networks.network import ReLUNet
from ..targets.target import Target
from .problem import fitted, masking, planned, regularizing, trainable, values
from .result import Result, reported

__all__ = ["pretrain", "train"]


def train(
    net: ReLUNet,
    targets: Target | Sequence[Target] | ArrayLike,
    x: ArrayLike,
    *,
    epochs: int,
    lr: ArrayLike,
    optimizer: str = "adam",
    engine: str = "auto",
    device: str = "auto",
    every: int = 0,
    batch: int = 0,
    seed: int | Sequence[int] = 0,
    objective: str = "mean",
    mask: ReLUNet | None = None,
    regularizer: Regularizer | None = None,
    snapshots: Sequence[int] = (),
    stop: float = 0.0,
) -> Result:
    r"""Train every weight and bias of a stack by gradient descent on the squared error.

    Each member follows the trajectory that it would follow alone,
    that of a `torch.nn.Sequential` under `torch.optim.Adam` or `SGD`.
    A run of more than a second shows its progress on a terminal.

    Args:
        net: the stack to start from, float32 or float64; it is not changed.
            Layers without a bias keep none.
        targets: a :class:`Target`, a sequence of one per member, or data:
            an array (points,) or (models, points); for several outputs (points, outputs) or
            (models, points, outputs), of whose squares the mean is over the outputs, too.
        x: the points, (points,) or (models, points); for several inputs (points, inputs) or
            (models, points, inputs).
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
        snapshots: epochs, at most `epochs`, at which the stack is kept, as it stands after so many
            of them; see `Result.snapshots`.
        stop: a member is finished at the first record whose loss differs by less than `stop` from
            that of the record before, `every` epochs earlier, which must not be 0. It keeps the
            weights that it has there, and its later records repeat its loss. 0 finishes none.

    Returns:
        A :class:`Result`. A member that diverges is reported there and touches no other.

    Raises:
        TypeError, ValueError: an argument is of the wrong type, shape or value,
            data are NaN or infinite, or it would not fit into memory; named in the message,
            before any work is done.
        Interrupted: a KeyboardInterrupt came; the exception holds what was reached.
    """
    trainable(net)
    x, y, _ = fitted(targets, x, len(net), net.dtype, net.inputs, net.outputs)
    plan = planned(
        y,
        epochs=epochs,
        lr=lr,
        optimizer=optimizer,
        every=every,
        batch=batch,
        seed=seed,
        objective=objective,
        snapshots=snapshots,
        stop=stop,
        mask=masking(mask, net),
        regularizer=regularizing(regularizer, net),
    )
    chosen, place = engines.select(engine, device, y.size)
    with Control(plan.epochs, *y.shape[:2]) as control:
        found = chosen.train(net, x, y, plan, place, control)
        return reported(found.net, found, x, plan, control)


def pretrain(
    peaks: ArrayLike,
    targets: Target | Sequence[Target] | ArrayLike,
    x: ArrayLike,
    *,
    epochs: int,
    lr: ArrayLike,
    y: ArrayLike | None = None,
    closing: ArrayLike = 0.5,
    sign: ArrayLike | None = None,
    differentiable: bool = True,
    ratios: ArrayLike | None = None,
    optimizer: str = "adam",
    engine: str = "auto",
    device: str = "auto",
    every: int = 0,
    batch: int = 0,
    seed: int | Sequence[int] = 0,
    objective: str = "mean",
    margin: float = 1e-3,
    snapshots: Sequence[int] = (),
    stop: float = 0.0,
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
        optimizer, engine, device, every, batch, seed, objective, snapshots, stop: as for
            :func:`train`; what is kept, and rests, are peaks, `closing` and ratios.
        margin: peaks and closing are kept in [margin, 1 - margin] after each update.

    Returns:
        A :class:`Result` with `peaks`, `ratios` and, if differentiable, `closing`.

    Raises:
        TypeError, ValueError: as for :func:`train`; also if `ratios` are given while
            `differentiable`, or if only some of the targets need an output bias,
            their lines starting elsewhere than at 0.

    Source: Milkert, Hyde and Laine, Algorithm 1.
    """
    start_peaks = stacked_peaks(peaks)
    if start_peaks.dtype == object:
        raise TypeError("peaks must hold floats to be trained, got Fractions")
    models, dtype = len(start_peaks), start_peaks.dtype
    margin = checks.number("margin", margin)
    if not 0 < start_peaks.dtype.type(margin) < 0.5:
        raise ValueError(f"margin must lie strictly between 0 and 0.5, got {margin}")
    if checks.flag("differentiable", differentiable) and ratios is not None:
        raise ValueError("ratios must be None while differentiable is True, since (4) derives them")
    closed = checks.inside_unit("closing", checks.per_member("closing", closing, models, dtype))
    x, data, curves = fitted(targets, x, models, dtype)
    if y is not None:
        if curves is None:
            raise TypeError("targets must be Targets where y gives the data")
        data = checks.cast("y", values("y", y, x.shape[1], models), dtype)
    frame = _frame(curves, sign, x, data, dtype)
    free = None
    if ratios is not None:
        free = stacked_ratios(ratios, start_peaks)
    elif not differentiable:
        free = np.asarray(waves.ratios(start_peaks, frame.sign, closed), dtype)
    plan = planned(
        data,
        epochs=epochs,
        lr=lr,
        optimizer=optimizer,
        every=every,
        batch=batch,
        seed=seed,
        objective=objective,
        snapshots=snapshots,
        stop=stop,
    )
    chosen, place = engines.select(engine, device, data.size)
    start = engines.Start(start_peaks, closed if differentiable else None, free, frame, margin)
    with Control(plan.epochs, *data.shape) as control:
        found = chosen.pretrain(start, x, data, plan, place, control)
        net = build(found.peaks.peaks, found.peaks.ratios, frame)
        return reported(net, found, x, plan, control)


def _frame(
    curves: list[Target] | None,
    sign: ArrayLike | None,
    x: NDArray,
    y: NDArray,
    dtype: DTypeLike,
) -> Frame:
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
                "targets must all have a line through 0, or none of them; got both kinds: "
                "train them as two stacks"
            )
        width = high - low
    return Frame(*(v.astype(dtype) for v in (sign, low, width, alpha, beta)))
