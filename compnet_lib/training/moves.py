"""Training in function space: gradient steps, and bends that are moved to where they count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks
from .._core.control import Control
from .._core.stops import Interrupted
from ..functions._breakpoints import from_breakpoints, to_breakpoints
from ..functions.relocation.lines import Data
from ..networks.network import ReLUNet, univariate
from ..targets.target import Target
from .first_order import train
from .problem import fitted, trainable
from .result import Result


def global_moves(
    net: ReLUNet,
    targets: Target | Sequence[Target] | ArrayLike,
    x: ArrayLike,
    *,
    rounds: int = 100,
    epochs: int = 100,
    lr: float = 1e-3,
    stop: float = 1e-6,
) -> Result:
    r"""Train networks with one hidden layer by gradient steps and exact moves in function space.

    A network with $H+1$ neurons is any broken line with $H$ bends (:func:`from_breakpoints`).
    A round is:

    1. `epochs` steps of Adam on all weights. Of the bends that the networks then have between the
       first point and the last, those that cost least are left out until there are $H$.
       Where the best line with these bends is no better than that of the round before, nothing is
       changed.
    2. Each bend in turn is taken out, and put back where it lowers the sum of squares most. With
       the others fixed this place, on the whole line, is known in closed form.

    The delta-slopes are solved for throughout: a line is always the one of least squares with its
    bends. So the loss never rises. A member ends with the first round that lowers its loss by no
    more than the share `stop`; in that round no bend could, when its turn came, lower it by more.
    Where it ends with `stop` 0, no single bend can be moved anywhere with a gain. All this is but
    for rounding: gains of less than $10^{-14}$ of the sum of the squares of the data do not count.

    Args:
        net: the stack to start from, one hidden layer of at least 2 neurons, float64 or float32;
            it is not changed. Bends outside the points go where they lower the loss most.
        targets: a :class:`Target`, a sequence of one per member, or data, (points,) or
            (models, points).
        x: the points, (points,), in increasing order, more than there are neurons.
        rounds: at most so many, at least 1.
        epochs: gradient steps a round; 0 makes moves only.
        lr: their learning rate, positive.
        stop: a member is finished when its loss falls by no more than this share in a round.

    Returns:
        A :class:`Result`: `history` has the mean squared error at the start, of the best line with
        the bends of `net`, and after each round, whose numbers are `epochs`; `finished` has the
        last round of each member.

    Raises:
        TypeError, ValueError: an argument is of the wrong type, shape or value.
        Interrupted: a KeyboardInterrupt came; the exception holds what was reached.
    """
    trainable(univariate("net", net))
    if len(net.widths) != 1 or net.widths[0] < 2:
        raise ValueError(f"net must have one hidden layer of at least 2 neurons, got {net!r}")
    where, y, _ = fitted(targets, x, len(net), np.float64)
    if len(where) > 1 or not (np.diff(where[0]) > 0).all():
        raise ValueError("x must be (points,), in increasing order, the same for all members")
    if where.shape[1] <= net.widths[0]:
        raise ValueError(
            f"x must hold more points than the {net.widths[0]} neurons of net, got {where.shape[1]}"
        )
    _small(y)
    rounds, epochs = checks.integer("rounds", rounds, 1), checks.integer("epochs", epochs)
    if checks.number("lr", lr) <= 0:
        raise ValueError(f"lr must be positive, got {lr}")
    if checks.number("stop", stop) < 0:
        raise ValueError(f"stop must be at least 0, got {stop}")
    data = Data(where[0], y)
    bends = _bends(net, data)
    history = [data.sums(bends)]
    finished = np.full(len(net), rounds)
    with Control(rounds, len(net), 0) as control:

        def work(part: slice) -> None:
            going = np.arange(len(net))
            for k in range(1, rounds + 1):
                own = Data(data.x, data.y[going])
                found = bends[going]
                if epochs:
                    found = _descended(own, found, net.widths[0], epochs, lr)
                found, sums = own.moved(found, control.sign)
                if control.stopped:
                    return
                bends[going] = found
                history.append(history[-1].copy())
                history[-1][going] = sums
                control.advance(part, 1)
                before = history[-2][going]
                resting = ~(before - sums > stop * before)
                finished[going[resting]] = k
                going = going[~resting]
                if not len(going):
                    return

        control.run(work, [slice(0, len(net))], leave=True)
        finished = np.minimum(finished, len(history) - 1)
        found = _result(net, data, bends, history, finished)
        if control.stopped:
            raise Interrupted(found, finished, "rounds")
    return found


def _small(y: NDArray) -> None:
    """Refuse data whose squares, and their products with points on [-1, 1], would overflow."""
    most = float(abs(y).max())
    if most > 1e150 / y.shape[1]:
        raise ValueError(
            f"targets must be at most 1e150 / points in absolute value, got {most:.3g}"
        )


def _bends(net: ReLUNet, data: Data) -> NDArray:
    """The bends of every member that count between the first point and the last, as many as it has
    neurons less one, filled up with NaN."""
    found = np.full((len(net), net.widths[0]), np.nan)
    for own, one in zip(found, to_breakpoints(net)):
        places, _ = one.bends(data.x[0], data.x[-1])
        own[: len(places)] = places
    return data.dropped(found, net.widths[0] - 1)


def _descended(data: Data, bends: NDArray, width: int, epochs: int, lr: float) -> NDArray:
    """The bends after gradient steps, of the members that are better for them."""
    start = from_breakpoints(data.lines(bends), width)
    after = train(start, data.y, data.x, epochs=epochs, lr=lr)
    moved = _bends(after.net, data)
    better = ~after.diverged & (data.sums(moved) < data.sums(bends))
    return np.where(better[:, None], moved, bends)


def _result(
    net: ReLUNet,
    data: Data,
    bends: NDArray,
    history: list[NDArray],
    finished: NDArray[np.int64],
) -> Result:
    made = from_breakpoints(data.lines(bends), net.widths[0]).astype(net.dtype)
    loss = ((made(data.x) - data.y) ** 2).mean(1)
    return Result(
        made,
        loss,
        np.array(history).T / len(data.x),
        np.arange(len(history)),
        ~np.isfinite(loss),
        data.x[None],
        finished=finished,
    )
