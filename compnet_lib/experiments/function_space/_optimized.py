"""Networks of one hidden layer under three optimizers: their loss, and the pieces they use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..._core import checks, memory
from ..._core import seeds as numbers
from ...functions.of_networks import linear_regions
from ...networks.initialize import default_init
from ...networks.network import ReLUNet
from ...training.first_order import train
from .._labelled import listed
from ._normalized import normalized_descent

if TYPE_CHECKING:
    import xarray as xr

RATES: Mapping[str, tuple[float, ...]] = {
    "Adam": (0.003, 0.01, 0.03),
    "SGD with batch norm": (0.3, 1.0, 3.0),
    "gradient descent": (1.0, 3.0, 10.0),
}
"""Learning rates tried; those of the two descents are divided by the width, since the gradient's
Lipschitz constant grows with it. Descended is the mean of the squares."""


def optimized(
    x: ArrayLike,
    y: ArrayLike,
    widths: Sequence[int],
    *,
    epochs: int,
    seeds: Sequence[int],
    batch: int = 32,
    rates: Mapping[str, Sequence[float]] | None = None,
) -> xr.Dataset:
    """Train networks of one hidden layer, from PyTorch's default start, in float32.

    Args:
        x: points, (points,), at least two.
        y: values, (points,).
        widths: hidden neurons, different numbers of at least 1.
        epochs: passes over the points, at least 1.
        seeds: of the starts and of the order of batches; a network each.
        batch: points an update of the stochastic descent, at least 2.
        rates: learning rates by optimizer, of `RATES`, as many for each; None takes those.

    Returns:
        A data set over optimizer, width, seed: `loss`, the sum of the squared errors on the points,
        and `pieces`, linear pieces between the first point and the last, both of the rate of
        least median loss over the seeds for that optimizer and width; `rate`, which that is; and
        `tried`, over optimizer, width, place and seed, all losses, infinite where one diverged.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    seeds = numbers.several("seeds", seeds)
    widths = [checks.integer("widths", width, 1) for width in listed("widths", widths, "widths")]
    if len(set(widths)) < len(widths):
        raise ValueError(f"widths must differ from one another, got {checks.brief(widths)}")
    epochs = checks.integer("epochs", epochs, 1)
    x = checks.shaped("x", checks.numeric("x", x), (None,)).astype(float)
    y = checks.shaped("y", checks.numeric("y", y), x.shape).astype(float)
    batch = checks.integer("batch", batch, 2)
    if len(x) < 2 or not x[0] < x[-1]:
        raise ValueError("x must hold at least two points, the last one larger than the first")
    rates = _rates(RATES if rates is None else rates)
    need = 40 * len(seeds) * max(map(len, rates.values())) * (len(x) + sum(widths))
    memory.fit("widths, seeds and x", (widths, seeds, x), need)
    places = max(map(len, rates.values()))
    sizes = len(rates), len(widths), places, len(seeds)
    tried, pieces = np.full(sizes, np.inf), np.zeros(sizes[:2] + sizes[3:], int)
    chosen = np.zeros(sizes[:2])
    for at, (name, own) in enumerate(rates.items()):
        for column, width in enumerate(widths):
            start = _started(width, seeds, len(own))
            scale = 1 if name == "Adam" else width
            lr = np.repeat([rate / scale for rate in own], len(seeds))
            net = _trained(name, start, x, y, epochs, lr, batch, list(seeds) * len(own))
            with np.errstate(all="ignore"):
                losses = ((net(x.astype(np.float32)) - y) ** 2).sum(1)
            losses = np.where(np.isfinite(losses), losses, np.inf).reshape((len(own), -1))
            tried[at, column, : len(own)] = losses
            best = int(np.argmin(np.median(losses, axis=1)))
            chosen[at, column] = own[best] / scale
            members = net[best * len(seeds) : (best + 1) * len(seeds)]
            if np.isfinite(losses[best]).all():
                pieces[at, column] = linear_regions(members.astype(np.float64), x[0], x[-1])
    both = ("optimizer", "width")
    best_of = np.median(tried, axis=-1).argmin(axis=2)[..., None, None]
    loss = np.take_along_axis(tried, best_of, axis=2)[:, :, 0]
    variables = {
        "loss": ((*both, "seed"), loss),
        "pieces": ((*both, "seed"), pieces),
        "rate": (both, chosen),
        "tried": ((*both, "place", "seed"), tried),
    }
    labels = {"optimizer": list(rates), "width": widths, "seed": list(seeds)}
    return xr.Dataset(variables, labels)


def _rates(rates: Any) -> dict[str, list[float]]:
    """Learning rates by optimizer, as many for each, all positive."""
    if not isinstance(rates, Mapping) or not rates:
        raise TypeError(f"rates must be a mapping from optimizers, got {checks.brief(rates)}")
    found = {}
    for name, own in rates.items():
        checks.choice("rates", name, RATES)
        found[name] = [checks.number("rates", rate) for rate in listed("rates", own, "rates")]
        if min(found[name]) <= 0:
            raise ValueError(f"rates must be positive, got {checks.brief(own)}")
    if len(set(map(len, found.values()))) > 1:
        raise ValueError("rates must be as many for each optimizer")
    return found


def _started(width: int, seeds: Sequence[int], copies: int) -> ReLUNet:
    """One network a seed, and all of them so many times."""
    alone = [default_init(1, 1, width, seed, dtype=np.float32) for seed in seeds]
    return ReLUNet.concatenate(alone * copies)


def _trained(name, net, x, y, epochs, lr, batch, seeds):
    if name == "SGD with batch norm":
        return normalized_descent(net, y, x, epochs=epochs, lr=lr, batch=batch, seed=seeds)
    optimizer = "adam" if name == "Adam" else "gd"
    return train(net, y, x, epochs=epochs, lr=lr, optimizer=optimizer).net
