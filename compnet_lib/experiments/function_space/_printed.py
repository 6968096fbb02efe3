"""The numbers printed in the function-space paper's tables, as data.

Source: "A functional characterization of randomly initialized gradient descent in deep ReLU
networks", Tables 1, 2 and 3: means and standard deviations over trials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._curves import a_table

if TYPE_CHECKING:
    import xarray as xr

TRIALS = {1: 5, 2: 5, 3: 5}
"""How many trials the paper says that it averaged over."""

_CURVES = {
    1: ("sine", "quadratic"),
    2: ("sine", "polynomial", "sawtooth", "arctan", "exponential", "quadratic"),
    3: ("sine", "arctan", "sawtooth", "cubic", "quadratic", "exponential"),
}
_TABLES: dict[int, tuple[str, dict[Any, tuple]]] = {
    1: (
        "start",
        {
            "standard": ((4.096, 2.25), (0.1032, 0.0404)),
            "uniform": ((2.280, 0.457), (0.1118, 0.0248)),
        },
    ),
    2: (
        "depth",
        {
            1: ((40, 0),) * 6,
            2: ((55.5, 2.9), (52, 1.414), (50, 0.7), (49.25, 3.3), (51.25, 6.1), (49.25, 4.5)),
            4: ((68, 3.1), (57.25, 6.8), (48.5, 2.5), (42.5, 4.8), (40.25, 3.9), (40.25, 3.3)),
            5: ((62.25, 15.1), (49, 3.5), (44.5, 5.1), (38, 5.1), (33.75, 1.1), (31.5, 1.7)),
        },
    ),
    3: (
        "start",
        {
            "shallow": (
                *((42.95, 6.406), (0.01252, 0.07650), (156.9, 12.45)),
                *((3.608, 1.683), (3.559, 4.553), (0.6509, 0.5928)),
            ),
            "spiky shallow": (
                *((157.5, 60.27), (2.499, 1.257), (150.1, 61.48)),
                *((136.7, 124.1), (150.6, 49.00), (181.1, 75.36)),
            ),
            "deep": (
                *((31.48, 7.078), (0.9795, 0.9355), (148.1, 8.755)),
                *((56.77, 98.91), (1.741, 1.296), (1.339, 1.292)),
            ),
            "spiky deep": (
                *((122.0, 128.2), (32.57, 26.10), (198.0, 170.9)),
                *((191.6, 114.1), (46.02, 19.42), (54.50, 37.77)),
            ),
        },
    ),
}


def printed(table: int) -> xr.DataArray:
    """The numbers of a table, with dimensions `start` (Tables 1 and 3) or `depth` (Table 2),
    `curve`, and `statistic` ("mean" and "sd").

    Args:
        table: 1, 2 or 3.

    Raises:
        TypeError, ValueError: there is no such table.
    """
    import xarray as xr

    dimension, rows = _TABLES[a_table(table)]
    return xr.DataArray(
        np.array(list(rows.values()), float),
        {dimension: list(rows), "curve": list(_CURVES[table]), "statistic": ["mean", "sd"]},
        (dimension, "curve", "statistic"),
    )
