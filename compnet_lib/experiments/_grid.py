"""An experiment as one labelled data set: every regime, seed, curve and network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .._core import checks
from .._core.seeds import several as several_seeds
from ..networks.network import ReLUNet
from ..targets.checks import listed as curves_of
from ..targets.target import Target
from .compositional._published import REGIMES
from .compositional._reading import Reading, resolved
from .compositional.regimes import run_regime

if TYPE_CHECKING:
    import xarray as xr

DIMENSIONS = ("regime", "seed", "curve", "model")
"""Of a grid, in this order."""


def grid(
    regimes: str | Iterable[str],
    curves: Sequence[Target],
    x: ArrayLike,
    *,
    y: ArrayLike | None = None,
    seeds: Iterable[int] = range(5),
    models: int = 30,
    depth: int = 5,
    width: int = 4,
    reading: Reading | None = None,
    epochs: int | None = None,
    lr: float | Mapping[str, float] | None = None,
    every: int = 0,
    dtype: DTypeLike = np.float32,
) -> xr.Dataset:
    """Train `models` networks for each regime, seed and curve; :func:`run_regime` says how.

    Args:
        regimes: one or several of "default", "raai", "skipped", "free" and "enforced".
        curves: the targets; their names must differ.
        x: the points, (points,), or (curves, points), or (seeds, curves, points).
        y: data in place of the curves' values, (curves, points) or (seeds, curves, points).
        seeds: different integers, one a repetition, such as `range(20)` or `[3, 20, 21]`.
        models, depth, width, reading, epochs, dtype: as for :func:`run_regime`.
        lr: in place of the reading's, a number, or one for each regime by name.
        every: record the loss of the last phase every so many epochs; 0 records nothing.

    Returns:
        A data set with the dimensions regime, seed, curve and model, coordinates of these names,
        and `target` (curve), the curves themselves. Its variables:

        - `loss`: mean squared error on the data after training;
        - `diverged`, booleans, and `clipped`, integers: as in :class:`Result`;
        - `history`: losses along the way, if `every` is not 0, with one dimension more, `epoch`;
        - `x`, `y`: the data, (curve, point) or (seed, curve, point);
        - `net`, `start`: after and before the last phase, (regime, seed, curve),
          the networks: :func:`nets` gives them as a stack,
          :func:`measure` finds something for each of them.

        `attrs` hold depth, width, dtype and the fields of the reading.

    Raises:
        TypeError, ValueError: as for :func:`run_regime`, or names or seeds occur twice.
    """
    import xarray as xr

    if not isinstance(regimes, Iterable) or isinstance(regimes, np.ndarray):
        allowed = ", ".join(REGIMES)
        raise TypeError(f"regimes must be one or several of {allowed}, got {checks.brief(regimes)}")
    several = [regimes] if isinstance(regimes, str) else islice(regimes, len(REGIMES) + 1)
    names = [checks.choice("regimes", name, REGIMES) for name in several]
    seeds, x = several_seeds("seeds", seeds), checks.numeric("x", x)
    y = None if y is None else checks.numeric("y", y)
    _different("regimes", names)
    if not names:
        raise ValueError("regimes must hold at least one entry, got none")
    if isinstance(lr, Mapping) and not set(names) <= set(lr):
        missing = next(name for name in names if name not in lr)
        raise ValueError(f"lr must have a rate for each regime, got none for {missing!r}")
    rates = {name: lr[name] if isinstance(lr, Mapping) else lr for name in names}
    readings = {name: resolved(reading, epochs, rate) for name, rate in rates.items()}
    options: dict[str, Any] = {"y": y, "seeds": seeds, "every": every}
    options |= {"models": models, "depth": depth, "width": width, "dtype": dtype}
    curves = curves_of("curves", curves)
    _different("curves", [curve.name for curve in curves])
    _different("seeds", seeds)
    found = []
    for name, own in readings.items():
        result = run_regime(name, curves, x, reading=own, **options)
        found.append(_labelled(name, curves, seeds, result))
    runs = xr.concat(found, "regime").assign(_data(curves, x, y))
    runs.attrs = {"depth": depth, "width": width, "dtype": str(np.dtype(dtype))}
    runs.attrs |= asdict(readings[names[0]])
    if isinstance(lr, Mapping):
        runs.attrs["lr"] = dict(lr)
    return runs


@dataclass(frozen=True)
class _Kept:
    """A stack as one entry of an array."""

    net: ReLUNet

    def __repr__(self) -> str:
        return repr(self.net)


def _different(name: str, values: list) -> None:
    if len(set(values)) < len(values):
        raise ValueError(f"{name} must differ from each other, got {checks.brief(values)}")


def _labelled(regime, curves, seeds, result) -> xr.Dataset:
    import xarray as xr

    shape = 1, len(seeds), len(curves), len(result.loss) // (len(seeds) * len(curves))
    found: dict[str, Any] = {
        name: (DIMENSIONS, getattr(result, name).reshape(shape))
        for name in ("loss", "diverged", "clipped")
    }
    if result.history.shape[1]:
        found["history"] = ((*DIMENSIONS, "epoch"), result.history.reshape(*shape, -1))
    for name, stack in (("net", result.net), ("start", result.start)):
        found[name] = (DIMENSIONS[:3], kept(stack, shape))
    coordinates = {
        "regime": [regime],
        "seed": seeds,
        "curve": [curve.name for curve in curves],
        "model": np.arange(shape[3]),
        "target": ("curve", _objects(curves, (len(curves),))),
    }
    if "history" in found:
        coordinates["epoch"] = result.epochs
    return xr.Dataset(found, coordinates)


def kept(net: ReLUNet, shape: Sequence[int]) -> NDArray:
    """A stack as an array of stacks, for :func:`nets`: of `shape` but for its last number,
    the members of each."""
    stacks = [_Kept(net[k : k + shape[-1]]) for k in range(0, len(net), shape[-1])]
    return _objects(stacks, shape[:-1])


def _objects(values, shape):
    """An array of objects that NumPy is not to look into."""
    array = np.empty(len(values), object)
    array[:] = list(values)
    return array.reshape(shape)


def _data(curves, x, y):
    x = np.asarray(x)
    x = np.broadcast_to(x, (len(curves), len(x))) if x.ndim == 1 else x
    if y is None:
        values = [[curve(row) for curve, row in zip(curves, rows)] for rows in np.atleast_3d(x.T).T]
        y = np.reshape(values, x.shape)
    dimensions = ("seed", "curve", "point")
    return {
        name: (dimensions[-np.ndim(data) :], np.asarray(data))
        for name, data in (("x", x), ("y", y))
    }
