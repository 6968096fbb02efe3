"""What holds training back: penalties, dropout, and early stopping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .._core import checks
from ..networks.network import points


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
            points); None trains to the end.
        every: epochs from one look at the held-out points to the next, at least 1.
            The first look is before the first update, the last after the last one;
            of looks with equal errors the earliest counts,
            and one that is not finite never does.

    The fields are checked by :func:`train`.

    Sources: A. Krogh and J. Hertz (1991) for weight decay, R. Tibshirani (1996) for L1,
    N. Srivastava et al. (2014) for dropout, L. Prechelt (1998) for early stopping.
    """

    weight_decay: float | Sequence[float] = 0.0
    l1: float | Sequence[float] = 0.0
    dropout: float | Sequence[float] = 0.0
    validation: tuple | None = None
    every: int = 10

    def resolved(self, models: int, dtype) -> Regularizer:
        """The same with arrays (models,) for the strengths, and (models,
        points) in `dtype` for the held-out points; all checked."""
        strengths = {
            name: checks.per_member(name, getattr(self, name), models, np.float64)
            for name in ("weight_decay", "l1", "dropout")
        }
        for name, values in strengths.items():
            if (values < 0).any() or name == "dropout" and (values >= 1).any():
                raise ValueError(
                    f"{name} must be at least 0{' and below 1' if name == 'dropout' else ''}, got {values[(values < 0) | (values >= 1)][0]:g}"
                )
        held = self.validation
        if held is not None:
            try:
                x, y = held
            except (TypeError, ValueError) as error:
                raise ValueError(
                    "validation must be a pair, the points held out and the data there"
                ) from error
            x = points("validation", x, models)
            y = checks.shaped(
                "validation", checks.numeric("validation", y), (x.shape[1],), (models, x.shape[1])
            )
            held = tuple(np.broadcast_to(a, (models, x.shape[1])).astype(dtype) for a in (x, y))
        return Regularizer(
            **strengths, validation=held, every=checks.integer("every", self.every, 1)
        )
