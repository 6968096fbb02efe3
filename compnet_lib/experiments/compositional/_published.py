"""The numbers printed in the compositional paper's tables, as data.

Source: Milkert, Hyde and Laine, Tables 1, 2 and 3. Every number is a mean squared error:
over 500 points in Tables 1 and 2, as the minimum and the mean over 30 networks,
and over 10 unseen points in Table 3, as the minimum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..._core import checks

if TYPE_CHECKING:
    import xarray as xr

REGIMES = {
    "default": "Default Network",
    "raai": "RAAI Distribution",
    "skipped": "Pretraining Skipped",
    "free": "Differentiability Not Enforced",
    "enforced": "Differentiability Enforced",
}
"""The five ways of training, by the name used here, and as the paper's tables call them."""

CURVES = ("x^3", "x^11", "sin", "tanh")
"""The curves of the tables, by their names in `TARGETS`."""

STATISTICS = ("min", "mean")
"""What the tables print of the networks of a seed."""


class Cell(NamedTuple):
    """One printed number: `table` (1, 2 or 3), `regime`, `target`,
    `statistic` ("min" or "mean") and `value`."""

    table: int
    regime: str
    target: str
    statistic: str
    value: float


_DENSE = {  # min and mean for the curve on the left, then for the one on the right
    1: (
        ("x^3", "x^11"),
        {
            "default": (2.11e-5, 2.19e-5, 7.20e-2, 2.82e-2),
            "raai": (2.14e-5, 4.40e-5, 3.97e-2, 4.12e-2),
            "skipped": (7.63e-7, 1.86e-5, 3.89e-5, 3.56e-4),
            "free": (1.64e-7, 3.20e-6, 1.02e-5, 3.73e-5),
            "enforced": (7.86e-8, 8.86e-7, 5.27e-7, 7.87e-6),
        },
    ),
    2: (
        ("sin", "tanh"),
        {
            "default": (4.50e-5, 5.75e-5, 1.15e-1, 1.96e-1),
            "raai": (3.59e-5, 1.09e-5, 3.63e-2, 2.31e-2),
            "skipped": (1.96e-7, 1.07e-6, 1.93e-5, 8.38e-5),
            "free": (4.41e-8, 1.49e-7, 1.47e-5, 3.81e-4),
            "enforced": (5.06e-8, 6.82e-8, 2.21e-7, 8.42e-7),
        },
    ),
}
_SPARSE = {
    "default": {"x^3": 2.41e-4, "x^11": 2.14e-3, "sin": 2.27e-5, "tanh": 1.60e-4},
    "enforced": {"x^3": 5.65e-6, "x^11": 6.53e-4, "sin": 7.92e-7, "tanh": 5.09e-6},
}

CELLS = tuple(
    Cell(table, regime, target, statistic, row[2 * k + j])
    for table, (targets, rows) in _DENSE.items()
    for regime, row in rows.items()
    for k, statistic in enumerate(STATISTICS)
    for j, target in enumerate(targets)
) + tuple(
    Cell(3, regime, target, "min", value)
    for regime, row in _SPARSE.items()
    for target, value in row.items()
)
"""All 48 cells: 20 of Table 1, 20 of Table 2, 8 of Table 3."""

_DENSE_VALUES = {cell[1:4]: cell.value for cell in CELLS if cell.table in _DENSE}
_SPARSE_VALUES = {cell[1:4]: cell.value for cell in CELLS if cell.table == 3}


def published(regime: str, target: str, statistic: str = "min", *, sparse: bool = False) -> float:
    """The mean squared error printed for one cell.

    Args:
        regime: "default", "raai", "skipped", "free" or "enforced".
        target: "x^3", "x^11", "sin" or "tanh".
        statistic: "min" or "mean" over the 30 networks.
        sparse: Table 3 (minima, "default" and "enforced" only) in place of Tables 1 and 2.

    Raises:
        TypeError, ValueError: there is no such cell.
    """
    values = _SPARSE_VALUES if checks.flag("sparse", sparse) else _DENSE_VALUES
    checks.choice("regime", regime, dict.fromkeys(key[0] for key in values))
    checks.choice("target", target, dict.fromkeys(key[1] for key in values))
    checks.choice("statistic", statistic, dict.fromkeys(key[2] for key in values))
    return values[regime, target, statistic]


def published_grid(*, sparse: bool = False) -> xr.DataArray:
    """The printed numbers as an array (regime, curve, statistic): Tables 1 and 2,
    or Table 3 if `sparse`."""
    import numpy as np
    import xarray as xr

    values = _SPARSE_VALUES if checks.flag("sparse", sparse) else _DENSE_VALUES
    regimes, curves, statistics = (list(dict.fromkeys(key[k] for key in values)) for k in range(3))
    curves = [name for name in CURVES if name in curves]
    array = np.array([[[values[r, c, s] for s in statistics] for c in curves] for r in regimes])
    return xr.DataArray(array, {"regime": regimes, "curve": curves, "statistic": statistics})
