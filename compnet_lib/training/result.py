"""What training gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .._core.control import Control
from .._core.stops import Interrupted
from ..compositions.manifold import clipped
from ..engines import Peaks, Plan, Pretrained, Trained
from ..networks.network import ReLUNet

MOST = 10_000
"""Points at which networks are looked at together."""


@dataclass(frozen=True, eq=False)
class Result:
    """What training a stack gave.

    Attributes:
        net: the trained stack.
        loss: mean squared error of each member after the last update, (models,).
        history: mean squared errors along the way, (models, records).
        epochs: the epochs of the records, (records,): the loss after that many updates.
        diverged: members whose loss or parameters are no longer finite, booleans (models,).
        x: the points of the training, (1 or models, points).
        peaks: after pretraining, the peaks (models, depth); else None.
        closing: after pretraining with differentiability enforced, $a_d$ (models,); else None.
        ratios: after pretraining, the ratios $S_i$ (models, depth), derived or free; else None.
        start: after `run_regime`, the stack that the last phase started from; else None.
        finished: the epoch at which each member's loss came to rest, see `stop`, integers
            (models,); the number of epochs where it did not.
        snapshots: what was trained, at the epochs that were asked for: a stack for each of them;
            after pretraining its `peaks`, `closing` and `ratios`.
    """

    net: ReLUNet
    loss: NDArray
    history: NDArray
    epochs: NDArray[np.int64]
    diverged: NDArray[np.bool_]
    x: NDArray
    peaks: NDArray | None = None
    closing: NDArray | None = None
    ratios: NDArray | None = None
    start: ReLUNet | None = None
    finished: NDArray[np.int64] | None = None
    snapshots: Mapping[int, ReLUNet] | Mapping[int, Peaks] = field(default_factory=dict)

    @cached_property
    def clipped(self) -> NDArray[np.int64]:
        """At how many points the ReLU of the sum neuron clips, integers (models,);
        see `manifold.clipped`. Found when it is asked for."""
        # In parts: the signals of ten thousand networks at once would be half a gigabyte.
        points = [slice(start, start + MOST) for start in range(0, self.x.shape[1], MOST)]
        models = [slice(start, start + 500) for start in range(0, len(self.net), 500)]
        found = np.zeros(len(self.net), np.int64)
        with np.errstate(all="ignore"):
            for part in models:
                for some in points:
                    own = self.x[part, some] if len(self.x) > 1 else self.x[0, some]
                    found[part] += clipped(self.net[part], own)
        return found


def reported(
    net: ReLUNet, found: Trained | Pretrained, x: NDArray, plan: Plan, control: Control
) -> Result:
    """The result, of which `net` are the networks.

    Raises:
        Interrupted: an interrupt came; the exception holds the result as it stood.
    """
    peaks = found.peaks if isinstance(found, Pretrained) else None
    finite = np.isfinite(found.loss) | (control.stopped & (control.done == 0))
    for array in (*net.weights, *net.biases, *(peaks or ())):
        if array is not None:
            finite &= np.isfinite(array.reshape(len(net), -1)).all(1)
    result = Result(
        net,
        found.loss,
        found.history,
        plan.recorded,
        ~finite,
        x,
        peaks=peaks and peaks.peaks,
        closing=peaks and peaks.closing,
        ratios=peaks and peaks.ratios,
        finished=found.finished,
        snapshots=found.snapshots,
    )
    if control.stopped:
        raise Interrupted(result, np.minimum(control.done, found.finished))
    return result
