"""What an engine is asked to do, and what it answers.

An engine is an object, or a module, with two functions; what every engine must do is tested in
`tests/unit/test_conformance.py`, to rounding with the same results for all.

Points `x` are (1 or models, points), of several inputs (1 or models, points, inputs); data `y` are
(models, points), of several outputs (models, points, outputs). Both are checked, and of the
stack's dtype.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .._core.control import Control
from ..compositions.manifold import Frame
from ..networks.network import ReLUNet
from .regularizer import Resolved

OPTIMIZERS = ("adam", "gd")
"""Adam, and plain gradient descent: what `optimizer` may be."""


class Plan(NamedTuple):
    """How to train.

    `epochs` passes over the points, one learning rate `lr` a member, the `optimizer`,
    and the epochs between records, `every` (0: none). `batch` points an update (0: all),
    in an order drawn from `seeds`, one for all members or one a member.
    The objective is the mean of the squares, or with `total` their sum. Of the parameters,
    those move where `mask`, a stack of ones and zeros, is not 0; None moves all.
    `pretrain` takes no `regularizer`. What is trained
    is kept at the epochs `snapshots`, in increasing order. A member is finished where the mean
    square changes by less than `stop` from one record to the next.
    """

    epochs: int
    lr: NDArray
    optimizer: str = "adam"
    every: int = 0
    batch: int = 0
    seeds: tuple[int, ...] = (0,)
    total: bool = False
    mask: ReLUNet | None = None
    regularizer: Resolved | None = None
    snapshots: tuple[int, ...] = ()
    stop: float = 0.0

    def orders(
        self, points: int, first: int, epochs: int, members: slice = slice(None)
    ) -> NDArray[np.int32]:
        """The order of the points in `epochs` epochs from `first` on, (epochs, 1 or members,
        points); it depends on the seed and the epoch only."""
        seeds = self.seeds if len(self.seeds) == 1 else self.seeds[members]
        place = {seed: k for k, seed in enumerate(dict.fromkeys(seeds))}
        drawn = [
            [np.random.default_rng((seed, first + e)).permutation(points) for seed in place]
            for e in range(epochs if self.batch else 0)
        ]
        return np.array(drawn, np.int32).reshape(len(drawn), len(place), points)[
            :, [place[seed] for seed in seeds]
        ]

    @property
    def recorded(self) -> NDArray[np.int64]:
        """The epochs at which the loss is recorded, before the update of that epoch,
        and the last at the end."""
        if not self.every:
            return np.zeros(0, np.int64)
        return np.append(np.arange(0, self.epochs, self.every), self.epochs)


class Peaks(NamedTuple):
    """What pretraining moves: `peaks` (models, depth) and either `closing` (models,), which derives
    the `ratios` (models, depth), or, where `closing` is None, the free ratios."""

    peaks: NDArray
    closing: NDArray | None
    ratios: NDArray


class Start(NamedTuple):
    """Where pretraining starts: `peaks` (models, depth),
    then `closing` (models,) or free `ratios` (models, depth), the other being None;
    the `frame` of the stack; and the margin that keeps peaks and closing inside (0, 1)."""

    peaks: NDArray
    closing: NDArray | None
    ratios: NDArray | None
    frame: Frame
    margin: float


class Trained(NamedTuple):
    """What `train` gives: the stack, the mean squares `loss` (models,) and their `history` (models,
    records), after how many epochs each member was `finished` (models,), and the stack at the
    epochs of `Plan.snapshots`, as far as all members got there."""

    net: ReLUNet
    loss: NDArray
    history: NDArray
    finished: NDArray[np.int64]
    snapshots: dict[int, ReLUNet]


class Pretrained(NamedTuple):
    """What `pretrain` gives: `Trained` with peaks in place of weights, and all ratios filled in."""

    peaks: Peaks
    loss: NDArray
    history: NDArray
    finished: NDArray[np.int64]
    snapshots: dict[int, Peaks]


class Engine(Protocol):
    """Who does the arithmetic. Where `control` is stopped, an engine returns what it has reached,
    with NaN in the histories where it did not get to."""

    def train(
        self, net: ReLUNet, x: NDArray, y: NDArray, plan: Plan, device: str, control: Control
    ) -> Trained:
        """Move the weights and biases of a stack."""

    def pretrain(
        self, start: Start, x: NDArray, y: NDArray, plan: Plan, device: str, control: Control
    ) -> Pretrained:
        """Move the peaks of a stack; the weights follow."""


class Adam(NamedTuple):
    """The constants of Adam, PyTorch's defaults."""

    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
