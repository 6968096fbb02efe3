"""How far gradient descent moves the breakpoints of one hidden layer, and what places cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks
from ...functions.splines import free_knot_spline
from ...networks.network import ReLUNet
from ...targets.checks import listed
from ...targets.target import Target
from ._descended import descended

if TYPE_CHECKING:
    import xarray as xr


def displaced(
    curves: Sequence[Target],
    x: ArrayLike,
    *,
    trials: int,
    width: int,
    epochs: int,
    lr: float,
    seed: int = 0,
) -> xr.Dataset:
    r"""Where the breakpoints of networks with one hidden layer are before and after training,
    and how well networks with these breakpoints could fit.

    Training is that of :func:`descended`, to whose arguments and errors these belong.

    Returns:
        (curve, trial, neuron): `start` and `end`, the breakpoint $-b/w$ before and after; `wanted`,
        the breakpoint of the best fit that it is assigned to: one for each neuron, with the least
        sum of distances from the start. (curve, trial), sums of squares over the points: `loss`
        after training; `frozen_start`, the least that any output weights and output bias give with
        the breakpoints and orientations of the start; `frozen_end`, with those of the end.
        (curve): `best`, that of the best continuous fit with `width` breakpoints.
    """
    import xarray as xr

    curves = listed("curves", curves)
    runs = descended(
        curves,
        x,
        trials=trials,
        depth=1,
        width=width,
        epochs=epochs,
        lr=lr,
        every=epochs,
        seed=seed,
    )
    points, found = np.asarray(x, float), []
    for curve in curves:
        run, y = runs[curve.name], np.asarray(curve(points))
        start, end = _breakpoints(run.snapshots[0]), _breakpoints(run.net)  # type: ignore
        best = free_knot_spline(curve, width + 1)
        goal = best.knots[1:-1]
        values: dict[str, Any] = {
            "start": start[0],
            "end": end[0],
            "wanted": [assigned(own, goal) for own in start[0]],
            "loss": run.loss * len(points),
            "frozen_start": [least_squares(points, y, *own) for own in zip(*start)],
            "frozen_end": [least_squares(points, y, *own) for own in zip(*end)],
            "best": ((np.interp(points, best.knots, best.values) - y) ** 2).sum(),
        }
        dimensions = ["trial", "neuron"]
        found.append(
            xr.Dataset({name: (dimensions[: np.ndim(a)], a) for name, a in values.items()})
        )
    return xr.concat(found, xr.DataArray([c.name for c in curves], dims="curve", name="curve"))


def assigned(places: NDArray, goals: NDArray) -> NDArray:
    """For each of `places` one of as many `goals`, so that the sum of the distances is least:
    on a line, in their order.

    Raises:
        ValueError: there are not as many.
    """
    checks.shaped("goals", goals, places.shape)
    found = np.empty(len(places))
    found[np.argsort(places)] = np.sort(goals)
    return found


def least_squares(x: NDArray, y: NDArray, breakpoints: NDArray, orientations: NDArray) -> float:
    r"""The least sum of squares over the points of $\sum_iv_i(s_i(x-\beta_i))_++c$ with free $v_i$
    and $c$."""
    design = np.maximum(orientations * (x[:, None] - breakpoints), 0)
    design = np.column_stack([design, np.ones(len(x))])
    coefficients = np.linalg.lstsq(design, y, rcond=None)[0]
    return float(((design @ coefficients - y) ** 2).sum())


def _breakpoints(net: ReLUNet) -> tuple[NDArray, NDArray]:
    """Breakpoint and orientation of each neuron, (models, neurons)."""
    w = net.weights[0][:, :, 0].astype(float)
    return -net.biases[0] / w, np.sign(w)
