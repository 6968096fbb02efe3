"""Starts of the compositional paper, trained with regularizers in the last phase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks
from ..._core.seeds import several
from ...engines.regularizer import Regularizer
from ...networks.network import ReLUNet
from ...targets.checks import listed as curves_of
from ...targets.target import Target
from ...training.first_order import train
from .._grid import kept
from .._labelled import listed
from ._published import REGIMES
from .regimes import begin_regime

if TYPE_CHECKING:
    import xarray as xr

FIELDS = {"weight decay": "weight_decay", "L1": "l1", "dropout": "dropout"}
"""Regularizers whose strength may differ from member to member: all of them are one stack."""
STOPPING = "early stopping"
"""The one whose strength is the share of points held out."""
_Data = tuple[NDArray, NDArray]
STOPPED, CHOSEN = 1, 0
"""Which points are held out depends on the seed and on these: for the two to be independent."""


def regularized(
    regimes: Iterable[str],
    curves: Sequence[Target],
    x: ArrayLike,
    y: ArrayLike,
    strengths: Mapping[str, Sequence[float]],
    *,
    test: tuple[ArrayLike, ArrayLike],
    held_out: float = 0.2,
    seeds: Iterable[int] = range(5),
    models: int = 30,
    depth: int = 5,
    width: int = 4,
    epochs: int = 1000,
    lr: float = 1e-3,
) -> xr.Dataset:
    """Train networks without a regularizer, and with each of several strengths of each of several.

    All networks have 2 x `epochs` epochs in all, full batch, Adam, float32: those of the regimes
    with a phase on the peaks one half in each phase, the others all of them on the weights.

    Args:
        regimes: of "default", "raai", "skipped", "free" and "enforced": the starts.
        curves: the targets, whose names differ.
        x: the points, (points,).
        y: the data there, (curves, points) or (seeds, curves, points).
        strengths: for each of "weight decay", "L1", "dropout" and "early stopping" the strengths
            to try, as :class:`Regularizer` takes them; for early stopping the share of the
            points that it holds out.
        test: points (points,) and the values there, (curves, points).
        held_out: the share of points by which a strength can be chosen.
            Such points, and those of early stopping, are drawn anew for each seed,
            and never the first or the last.
        seeds, models, depth, width, lr: as for :func:`grid`.
        epochs: half of all.

    Returns:
        A data set with dimensions regime, treatment, seed, curve and model. A treatment has the
        coordinates `method` and `strength`, the first being "none" and 0. Its variables:

        - `error`: mean squared error at the test points;
        - `held_out`, without models: that of one network, trained on the rest of the points,
          at those held out;
        - `net`: the networks (regime, treatment, seed, curve), of which :func:`nets` makes a stack.

    Raises:
        TypeError, ValueError: as for :func:`begin_regime`; an unknown regularizer;
            or a network diverges.
    """
    import xarray as xr

    strengths = _checked(strengths)
    seeds, regimes = several("seeds", seeds), listed("regimes", regimes, "names")
    for regime in regimes:
        checks.choice("regimes", regime, REGIMES)
    curves, models = curves_of("curves", curves), checks.integer("models", models, 1)
    if not 0 < checks.number("held_out", held_out) < 1:
        raise ValueError(f"held_out must lie strictly between 0 and 1, got {held_out}")
    x = checks.shaped("x", checks.numeric("x", x), (None,)).astype(float)
    if len(x) < 4:
        raise ValueError(f"x must hold at least 4 points, some to be held out, got {len(x)}")
    shape = len(seeds), len(curves), len(x)
    y = checks.shaped("y", checks.numeric("y", y), shape[1:], shape).astype(float)
    y = np.broadcast_to(y, shape)
    at, truth = _pair("test", test, len(curves))
    options = {"depth": depth, "width": width, "epochs": epochs, "lr": lr, "seeds": seeds}
    rest, held = _apart(np.broadcast_to(x, y.shape), y, held_out, seeds, CHOSEN)
    whole: _Data = (np.broadcast_to(x, y.shape), y)
    found: dict[str, list] = {"error": [], "held_out": [], "net": []}
    for regime in regimes:
        stacks = _trained(regime, curves, *whole, strengths, models, options)
        found["error"].append([_errors(net, at, truth, y.shape[:2]) for net in stacks])
        found["net"].append([kept(net, (*y.shape[:2], models)) for net in stacks])
        stacks = _trained(regime, curves, *rest, strengths, 1, options)
        found["held_out"].append([_errors(net, *held, y.shape[:2])[..., 0] for net in stacks])
    treatments = _treatments(strengths)
    dimensions = ("regime", "treatment", "seed", "curve", "model")
    return xr.Dataset(
        {name: (dimensions[: np.ndim(array)], np.array(array)) for name, array in found.items()},
        {
            "regime": regimes,
            "treatment": range(len(treatments)),
            "method": ("treatment", [method for method, _ in treatments]),
            "strength": ("treatment", [strength for _, strength in treatments]),
            "seed": seeds,
            "curve": [curve.name for curve in curves],
            "model": range(models),
        },
        options | {"models": models, "held_out": held_out},
    )


def _checked(strengths: Any) -> dict[str, list[float]]:
    if not isinstance(strengths, Mapping):
        raise TypeError(
            f"strengths must map regularizers to numbers, got {checks.brief(strengths)}"
        )
    for method in strengths:
        checks.choice("strengths", method, (*FIELDS, STOPPING))
    return {
        method: [checks.number("strengths", one) for one in listed("strengths", some, "numbers")]
        for method, some in strengths.items()
    }


def _pair(name: str, value: Any, curves: int) -> _Data:
    """Points (points,) and values (curves, points)."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise TypeError(f"{name} must be a pair, points and values, got {checks.brief(value)}")
    x, y = (checks.numeric(name, array).astype(float) for array in value)
    return checks.shaped(name, x, (None,)), checks.shaped(name, y, (curves, len(x)))


def _treatments(strengths) -> list[tuple[str, float]]:
    """No regularizer, then those in one stack, then early stopping."""
    methods = [method for method in (*FIELDS, STOPPING) if method in strengths]
    return [("none", 0.0), *((method, s) for method in methods for s in strengths[method])]


def _trained(regime, curves, x, y, strengths, models, options) -> list[ReLUNet]:
    """The stack of each treatment, all from one start; x and y are (seeds, curves, points)."""
    epochs = options["epochs"] * (1 if regime in ("free", "enforced") else 2)

    def begin(x: NDArray, y: NDArray) -> ReLUNet:
        return begin_regime(regime, curves, x, y=y, models=models, **options)

    def descend(net: ReLUNet, x: NDArray, y: NDArray, **further: Any) -> ReLUNet:
        found = train(net, y, x, epochs=epochs, lr=options["lr"], **further)
        if found.diverged.any():
            raise ValueError(f"lr must be small enough for every network, got {options['lr']:g}")
        return found.net

    net, rows = begin(x, y), (_each(x, models), _each(y, models))
    together = [one for one in _treatments(strengths) if one[0] != STOPPING]
    fields: dict[str, Any] = {
        field: np.repeat([s if method == name else 0 for name, s in together], len(net))
        for method, field in FIELDS.items()
    }
    each = len(net) // len(x)
    masks = [seed * each + k for seed in options["seeds"] for k in range(each)]
    stack = descend(
        ReLUNet.concatenate([net] * len(together)),
        *(np.tile(array, (len(together), 1)) for array in rows),
        seed=masks * len(together),
        regularizer=Regularizer(**fields),
    )
    stacks = [stack[k : k + len(net)] for k in range(0, len(stack), len(net))]
    for share in strengths.get(STOPPING, ()):
        rest, held = _apart(x, y, share, options["seeds"], STOPPED)
        looks = Regularizer(validation=(_each(held[0], models), _each(held[1], models)))
        left = (_each(array, models) for array in rest)
        stacks.append(descend(begin(*rest), *left, regularizer=looks))
    return stacks


def _apart(x, y, share, seeds, salt) -> tuple[_Data, _Data]:
    """Points that are left and points held out, inner ones, other ones for each seed:
    both as x and y, (seeds, curves, points)."""
    n = x.shape[-1]
    count = max(1, round(share * n))
    inner = np.arange(1, n - 1)
    held = [np.random.default_rng((seed, salt)).permutation(inner)[:count] for seed in seeds]
    rest = [np.setdiff1d(np.arange(n), row) for row in held]

    def taken(data: NDArray, rows: list[NDArray]) -> NDArray:
        return np.take_along_axis(data, np.array(rows)[:, None], 2)

    return (taken(x, rest), taken(y, rest)), (taken(x, held), taken(y, held))


def _each(rows: NDArray, models: int) -> NDArray:
    """Rows of a seed and curve as one a network."""
    return rows.repeat(models, axis=1).reshape(-1, rows.shape[-1])


def _errors(net: ReLUNet, x: NDArray, y: NDArray, shape: tuple[int, int]) -> NDArray:
    """Mean squared errors in float64, (seeds, curves, models); x is (points,), y (curves, points),
    or both are (seeds, curves, points)."""
    models = len(net) // (shape[0] * shape[1])
    rows = _each(np.broadcast_to(y, (*shape, y.shape[-1])), models)
    misses = net.astype(np.float64)(x if x.ndim == 1 else _each(x, models)) - rows
    return (misses**2).mean(1).reshape(*shape, models)
