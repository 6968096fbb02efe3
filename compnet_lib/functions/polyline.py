"""Which points of a polyline matter: compiled by numba for floats,
the same code as it stands for `Fraction`."""

from __future__ import annotations

from numbers import Real

import numpy as np
from numpy.typing import NDArray

from .._core.compiling import interpreted
from .._core.stops import apart
from . import kernels

LONG = 2**16
"""Points of a polyline that takes so long that an interrupt must be heard."""


def mattering(x: NDArray, y: NDArray, limit: Real | float) -> NDArray[np.bool_]:
    """Which points of the polyline matter, (points,): without the others it moves by at most
    about `limit`. The ends always do.

    In rounds: those go that are not higher than `limit` above the line between their neighbours.
    Of neighbours that do not matter the lower goes first: the other may matter without it.
    """
    if x.dtype != object:
        x, y = (np.ascontiguousarray(values, dtype=float) for values in (x, y))
        if len(x) > LONG:
            return apart(lambda _: kernels.mattering(x, y, float(limit)))
        return kernels.mattering(x, y, float(limit))
    if limit == 0:
        slopes = np.diff(y) / np.diff(x)
        return np.concatenate([[True], slopes[1:] != slopes[:-1], [True]])
    return interpreted(kernels.mattering)(x, y, limit)
