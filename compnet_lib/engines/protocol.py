"""What an engine is asked to do.

An engine is a module with two functions of the same signature and, to rounding,
the same results:

- `train(net, x, y, plan, device, control)` moves the weights of a stack;
- `pretrain(start, x, y, plan, device, control)` moves the peaks of a stack,
  and the weights follow.

`x` is (1 or models, points) and `y` (models, points), checked and of the stack's dtype.
Where `control` is stopped, an engine returns what it has reached.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

OPTIMIZERS = ("adam", "gd")


class Plan(NamedTuple):
    """How to train.

    `epochs` passes over the points, one learning rate `lr` a member, the `optimizer`,
    and the epochs between records, `every` (0: none). `batch` points an update (0: all),
    in an order drawn from `seeds`, one for all members or one a member.
    The objective is the mean of the squares, or with `total` their sum. Of the parameters,
    those move where `mask`, a stack of ones and zeros, is not 0; None moves all.
    `regularizer` is None, or one whose fields are arrays; `pretrain` takes none.
    """

    epochs: int
    lr: np.ndarray
    optimizer: str = "adam"
    every: int = 0
    batch: int = 0
    seeds: tuple[int, ...] = (0,)
    total: bool = False
    mask: object = None
    regularizer: object = None

    def orders(
        self, points: int, first: int, epochs: int, members: slice = slice(None)
    ) -> np.ndarray:
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
    def recorded(self) -> np.ndarray:
        """The epochs at which the loss is recorded, before the update of that epoch,
        and the last at the end."""
        if not self.every:
            return np.zeros(0, int)
        return np.append(np.arange(0, self.epochs, self.every), self.epochs)


class Start(NamedTuple):
    """Where pretraining starts: `peaks` (models, depth),
    then `closing` (models,) or free `ratios` (models, depth), the other being None;
    the `frame` of the stack; and the margin that keeps peaks and closing inside (0, 1)."""

    peaks: np.ndarray
    closing: np.ndarray | None
    ratios: np.ndarray | None
    frame: tuple
    margin: float


class Adam(NamedTuple):
    """The constants of Adam, PyTorch's defaults."""

    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
