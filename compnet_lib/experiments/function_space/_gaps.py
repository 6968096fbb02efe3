"""The function-space paper's two curves with a gap in the data between them, and points for them.

It draws the curves in figure 8 and gives no formulas: those here are a choice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._core import checks, memory
from ...targets.target import Target

GAP = (-0.5, 0.5)
"""Strictly between these there are no data: figure 8."""
REACH = (-3.0, 3.0)
"""Where the curves are sampled: section 3.3 of the appendix."""


def gap_curves(sides: str = "sin(pi*x)") -> list[Target]:
    """The "smooth" and the "sharp" curve on [-3, 3]: the first is the formula `sides`, the second
    is 1 lower on the left of 0 and 1 higher on the right.

    Ten neurons can follow "sin(x+1)"; "sin(pi*x)" turns more often.

    Raises:
        TypeError, ValueError: `sides` is no formula, as for :meth:`Target.from_formula`.
    """
    if not isinstance(sides, str):
        raise TypeError(f"sides must be a formula, got {checks.brief(sides)}")
    smooth = Target.from_formula(sides, interval=REACH, line=(0, 1))
    step = lambda x: smooth(np.asarray(x, float)) + np.sign(x)
    formula = rf"{smooth.formula}+\operatorname{{sgn}}x"
    smooth.name = "smooth"
    return [smooth, Target("sharp", step, interval=REACH, line=(0, 1), formula=formula)]


def gap_points(points: int = 501) -> NDArray:
    """Points for :func:`gap_curves`: as many as are left of `points` evenly spaced ones outside
    the gap, whose ends are kept.

    Raises:
        TypeError, ValueError: `points` is no integer of at least 2.
    """
    x = np.linspace(*REACH, checks.integer("points", points, 2))
    x[abs(x) < 1e-12] = 0.0
    return x[(x <= GAP[0] + 1e-12) | (x >= GAP[1] - 1e-12)]


def beside_gap(points: int) -> NDArray:
    """`points` evenly spaced places on each side of the gap, its ends included, (2 * points,)."""
    points = checks.integer("points", points, 2)
    memory.fit("points", points, 64 * points)
    sides = (REACH[0], GAP[0]), (GAP[1], REACH[1])
    return np.concatenate([np.linspace(*side, points) for side in sides])
