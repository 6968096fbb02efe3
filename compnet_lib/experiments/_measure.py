"""The networks of a grid, and what is found for each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks
from ..networks.network import ReLUNet, univariate
from ..targets.checks import a_curve
from ..targets.target import Target
from ._grid import DIMENSIONS

if TYPE_CHECKING:
    import xarray as xr


def nets(runs: xr.Dataset, of: str = "net") -> ReLUNet:
    """The networks of a grid, or of a selection from it, as one stack, in the order regime, seed,
    curve, model; `of` is "net" or "start", after or before the last phase of training.

    Raises:
        ValueError: there is no such variable, or the networks of several regimes differ in shape.
    """
    _made_here(runs, of)
    stacks = runs[of]
    stacks = stacks.transpose(*(name for name in DIMENSIONS if name in stacks.dims))
    members = np.atleast_1d(runs["model"].values)
    return ReLUNet.concatenate([kept.net[members] for kept in stacks.values.flat])


def _made_here(runs, of):
    import xarray as xr

    checks.choice("of", of, ("net", "start"))
    if not isinstance(runs, xr.Dataset) or not {of, "model"} <= set(runs.variables):
        raise TypeError(f"runs must be a data set that `grid` made, got {type(runs).__name__}")


def measure(
    runs: xr.Dataset, what: Callable[..., Any], *rows: Sequence, of: str = "net"
) -> xr.DataArray | xr.Dataset:
    """Something found for each network of a grid, labelled as its losses are.

    Args:
        runs: a grid, or a selection from it that keeps its four dimensions.
        what: a function of a stack of networks and their curve, a :class:`Target`,
            such as :func:`mse`; it gives an array with one entry a network, (networks,),
            or several by name. With further axes it gives (names, array) in place of an array,
            as xarray takes it: `("neuron", signs)`.
        rows: further arguments of `what`, each a sequence with one entry a curve.
        of: "net" or "start", after or before the last phase of training.

    Returns:
        A `DataArray` with dimensions regime, seed, curve, model and further ones,
        or, for several by name, a `Dataset`. Networks that diverged have NaN.

    Raises:
        ValueError: `what` gives another number of entries, `rows` have another length,
            or a dimension was dropped.
    """
    import xarray as xr

    _made_here(runs, of)
    if not callable(what):
        raise TypeError(
            f"what must be a function of networks and their curve, got {checks.brief(what)}"
        )
    if not set(DIMENSIONS) <= set(runs.dims):
        got = ", ".join(map(str, runs.dims))
        raise ValueError(f"runs must have the dimensions {', '.join(DIMENSIONS)}, got {got}")
    for row in rows:
        if not isinstance(row, Sequence | np.ndarray):
            raise TypeError(f"rows must be sequences, got {checks.brief(row)}")
        if len(row) != runs.sizes["curve"]:
            raise ValueError(f"rows must have one entry a curve, got {len(row)}")
    cells = {
        (regime, k): runs.isel(regime=[regime], curve=[k])
        for regime in range(runs.sizes["regime"])
        for k in range(runs.sizes["curve"])
    }
    found = {
        key: _measured(part, what, part["target"].values[0], [row[key[1]] for row in rows], of)
        for key, part in cells.items()
        if of == "start" or not part["diverged"].all()
    }
    if not found:
        return xr.full_like(runs["loss"], np.nan).rename(None)
    lost = next(iter(found.values())).astype(float) * np.nan
    for key, part in cells.items():
        where = {name: part[name].values for name in DIMENSIONS}
        found.setdefault(key, lost.assign_coords(where))
    curves = range(runs.sizes["curve"])
    columns = [
        xr.concat([found[regime, k] for k in curves], "curve")
        for regime in range(runs.sizes["regime"])
    ]
    named = xr.concat(columns, "regime").assign_coords(target=runs["target"])
    return named["found"].rename(None) if set(named.data_vars) == {"found"} else named


def _measured(part, what, curve, rows, of) -> xr.Dataset:
    """One regime and curve: a data set."""
    import xarray as xr

    net = nets(part, of)
    lost = part["diverged"].transpose(*DIMENSIONS).values.ravel() & (of == "net")
    values = what(net[~lost], curve, *rows)
    values = values if isinstance(values, Mapping) else {"found": values}
    shape = tuple(part.sizes[name] for name in DIMENSIONS)
    variables = {}
    for name, value in values.items():
        further, array = value if isinstance(value, tuple) else ((), value)
        array = checks.rectangular("what", array)
        further = (further,) if isinstance(further, str) else tuple(further)
        if array.ndim != 1 + len(further) or len(array) != (~lost).sum():
            raise ValueError(
                f"what must give one entry for each of {(~lost).sum()} networks, "
                f"and name further axes, got shape {array.shape} and the names {further}"
            )
        if lost.any():
            whole = np.full((len(lost), *array.shape[1:]), np.nan)
            whole[~lost] = array
            array = whole
        variables[name] = ((*DIMENSIONS, *further), array.reshape(*shape, *array.shape[1:]))
    return xr.Dataset(variables, {name: part[name].values for name in DIMENSIONS})


def error_at(net: ReLUNet, curve: Target, x: ArrayLike) -> NDArray:
    """Mean squared errors at points, (models,): `measure(runs, error_at, x)` finds them for a grid,
    with points (curves, points). NaN where a network has diverged.

    Raises:
        TypeError, ValueError: an argument is of the wrong type, shape or value.
    """
    net, curve = univariate("net", net), a_curve("curve", curve)
    x = checks.numeric("x", x)
    return ((net(x) - curve(x)) ** 2).mean(1)
