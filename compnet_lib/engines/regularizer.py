"""What holds training back: penalties, dropout, and early stopping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .._core import checks, memory
from ..networks.network import points


class Resolved(NamedTuple):
    """A regularizer that was checked: strengths are arrays (models,), and the held-out points and
    their data (models, points), several inputs or outputs being one axis more."""

    weight_decay: NDArray
    l1: NDArray
    dropout: NDArray
    validation: tuple[NDArray, NDArray] | None
    every: int


@dataclass(frozen=True, eq=False)
class Regularizer:
    r"""What is added to the descent of :func:`train` against fitting the points too closely.

    With $g$ the gradient of the objective at the parameters $\theta$, an update takes

    .. math:: g + \lambda\,\theta + \mu\,\operatorname{sign}\theta

    in its place, over all weights and biases ($\operatorname{sign}0=0$).
    Of each update's hidden signals, dropout sets a share $p$ to 0, at each point anew,
    and divides the others by $1-p$; losses are those of the whole network.
    Early stopping looks at the mean squared error on points held out,
    and returns the network with the least that it has seen.

    Attributes:
        weight_decay: $\lambda$, at least 0, as in `torch.optim.Adam(weight_decay=)`;
            or one per member.
        l1: $\mu$, at least 0; or one per member.
        dropout: $p$, at least 0 and below 1; or one per member.
            The masks depend on the `seed` of :func:`train`, the update,
            the neuron and the point, and on nothing else: members of one seed share them.
        validation: (x, y), points held out and the data there, each (points,) or (models,
            points), several inputs or outputs being one axis more; None trains to the end.
        every: epochs from one look at the held-out points to the next, at least 1.
            The first look is before the first update, the last after the last one;
            of looks with equal errors the earliest counts,
            and one that is not finite never does.

    The fields are checked by :func:`train`.

    Sources: A. Krogh and J. Hertz (1991) for weight decay, R. Tibshirani (1996) for L1,
    N. Srivastava et al. (2014) for dropout, L. Prechelt (1998) for early stopping.
    """

    weight_decay: ArrayLike = 0.0
    l1: ArrayLike = 0.0
    dropout: ArrayLike = 0.0
    validation: tuple[ArrayLike, ArrayLike] | None = None
    every: int = 10

    def resolved(
        self, models: int, dtype: DTypeLike, inputs: int = 1, outputs: int = 1
    ) -> Resolved:
        """The same, checked, for a stack of so many `models` in `dtype`."""
        models, dtype = checks.integer("models", models, 1), checks.floating("dtype", dtype)
        inputs, outputs = checks.integer("inputs", inputs, 1), checks.integer("outputs", outputs, 1)
        memory.fit("models", models, 24 * models)
        strengths = {
            name: checks.per_member(name, getattr(self, name), models, np.float64)
            for name in ("weight_decay", "l1", "dropout")
        }
        for name, given in strengths.items():
            bad = (given < 0) | ((given >= 1) if name == "dropout" else False)
            if bad.any():
                below = " and below 1" if name == "dropout" else ""
                raise ValueError(f"{name} must be at least 0{below}, got {given[bad][0]:g}")
        every = checks.integer("every", self.every, 1)
        if self.validation is None:
            return Resolved(**strengths, validation=None, every=every)
        try:
            x, y = self.validation
        except Exception as error:  # whatever going through it raises
            raise ValueError(
                "validation must be a pair, the points held out and the data there"
            ) from error
        x = points("validation", x, models, inputs=inputs)
        shape = x.shape[1:2] if outputs == 1 else (x.shape[1], outputs)
        y = checks.shaped("validation", checks.numeric("validation", y), shape, (models, *shape))
        held = (
            checks.cast("validation", np.broadcast_to(x, (models, *x.shape[1:])), dtype),
            checks.cast("validation", np.broadcast_to(y, (models, *shape)), dtype),
        )
        return Resolved(**strengths, validation=held, every=every)
