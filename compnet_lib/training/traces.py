"""How far an optimizer gets with one network in so many seconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..functions.of_networks import mse
from ..networks.network import ReLUNet
from ..targets.target import Target

T = TypeVar("T")


class Trace(NamedTuple):
    """How one network went: after so many `seconds`, the least mean squared error so far,
    integrated exactly, in `loss`, both (records,) from the start on; and the best `net`."""

    seconds: NDArray[np.float64]
    loss: NDArray[np.float64]
    net: ReLUNet


class Record:
    """A trace that is being made."""

    def __init__(self, net: ReLUNet, target: Target) -> None:
        self.target, self.best = target, net.astype(np.float64)
        self.seconds, self.loss = [0.0], [self.judged(self.best)]

    def judged(self, net: ReLUNet) -> float:
        """Its mean squared error, integrated; infinite for a network that is not finite."""
        return (
            float(mse(net, self.target)[0])
            if all(np.isfinite(a).all() for a in (*net.weights, *net.biases) if a is not None)
            else np.inf
        )

    def note(self, seconds: float, loss: float) -> None:
        """A loss that was reached after so many seconds."""
        self.seconds.append(seconds)
        self.loss.append(loss)

    def add(self, seconds: float, net: ReLUNet) -> None:
        """A network that was reached after so many seconds."""
        net = net.astype(np.float64)
        loss = self.judged(net)
        if loss < min(self.loss):
            self.best = net
        self.note(seconds, loss)

    def done(self) -> Trace:
        """The trace, in the order of time."""
        order = np.argsort(self.seconds, kind="stable")
        return Trace(
            np.array(self.seconds)[order],
            np.minimum.accumulate(np.array(self.loss)[order]),
            self.best,
        )


def timed(run: Callable[[], T]) -> tuple[float, T]:
    """The seconds that `run` takes, and what it gives."""
    began = perf_counter()
    found = run()
    return perf_counter() - began, found


def growing(
    net: ReLUNet,
    target: Target,
    seconds: float,
    run: Callable[[int], tuple[ReLUNet, bool]],
) -> Trace:
    """The trace of `run(n)` for n of 1, 4, 16, … as long as the time suffices,
    and for as many as fill it. `run` gives the network, and whether more would change it;
    one that is late is run again, shorter."""
    trace, count, before, late = Record(net, target), 1, (0, 0.0), 0
    run(1)  # compiled
    while seconds and late < 3:
        spent, (found, more) = timed(partial(run, count))
        if spent > 1.1 * seconds and count > 1:
            late, count = late + 1, int(0.95 * count * seconds / spent)
            if count <= before[0]:
                break
            continue
        trace.add(spent, found)
        pace = (spent - before[1]) / (count - before[0])  # of the units since the last run
        left = min(1 + (seconds - spent) / pace / count, 64) if pace > 0 else 4
        if not more or late or left < 1.25:
            break
        before = count, spent
        # The run before the last is a quarter of it, or else the last would often be half as much
        # again.
        count = max(count + 1, int(count * (left if left < 4 else min(4, max(left / 4, 1.5)))))
    return trace.done()
