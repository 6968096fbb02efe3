r"""The curves that the function-space paper trains on.

Its tables print losses, from which their conventions were found: the "sine" is $\sin\pi x$
also where the text has $\sin x$. Of the "5 piece poly" it says that it is at most 2;
of the sawtooths, their periods: the shapes here are a choice.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import checks
from ...targets.target import Target

INTERVALS = {1: (-2.0, 2.0), 2: (-3.0, 3.0), 3: (-2.0, 2.0)}
"""Where the curves of a table are sampled."""
PIECES = 5
"""Of the polynomial."""


def space_curves(table: int, extra: str = "none") -> list[Target]:
    """The curves of a table of the paper, in its order, and a reader's own.

    Args:
        table: 1, 2 or 3.
        extra: "none", or a formula in `x` as for :meth:`Target.from_formula`, for one curve more
            on the same interval.

    Raises:
        TypeError, ValueError: `table` is none of these, or `extra` cannot be read.

    Source: the paper, section 3 and sections 3.1.1, 3.1.3 and 3.2 of its appendix.
    """
    a_table(table)
    if not isinstance(extra, str):
        raise TypeError(f"extra must be a formula or none, got {checks.brief(extra)}")
    own = [] if extra == "none" else [_formula(table, extra, extra)]
    return [make(table) for make in _MAKERS[table]] + own


def a_table(table: int) -> int:
    """`table`, which must be the number of one of the paper's tables."""
    number = checks.integer("table", table, 1)
    if number not in INTERVALS:
        raise ValueError(f"table must be 1, 2 or 3, got {number}")
    return number


def _formula(table: int, name: str, text: str) -> Target:
    target = Target.from_formula(text, interval=INTERVALS[table], line=(0, 1))
    target.name = name
    return target


def _drawn(table: int, name: str, function: Callable, formula: str) -> Target:
    interval = INTERVALS[table]
    return Target(name, function, interval=interval, line=(0, 1), formula=formula)


def triangles(x: ArrayLike, low: float, period: float) -> NDArray:
    r"""A sawtooth of straight lines from -1 at `low` to 1 half a period later and back,
    of the shape of `x`."""
    phase = (np.asarray(x, float) - low) / period % 1
    return 1 - 4 * abs(phase - 0.5)


def arches(x: ArrayLike, low: float, high: float) -> NDArray:
    """Five parabolas of equal length from 0 to 0, in turn up to 2 and down to -2, which meet
    without a bend; of the shape of `x`."""
    place = (np.asarray(x, float) - low) / (high - low) * PIECES
    piece = np.clip(np.floor(place), 0, PIECES - 1)
    u = place - piece
    return np.where(piece % 2, -1, 1) * 8 * u * (1 - u)


def _sine(table: int) -> Target:
    return _formula(table, "sine", "sin(pi*x)")


def _quadratic(table: int) -> Target:
    return _formula(table, "quadratic", "x^2/9" if table == 2 else "x^2/2")


def _arctan(table: int) -> Target:
    return _formula(table, "arctan", "atan(x)")


def _exponential(table: int) -> Target:
    return _formula(table, "exponential", "exp(x)" if table == 2 else "exp(0.5*x)")


def _cubic(table: int) -> Target:
    return _formula(table, "cubic", "x^3/4 + x^2/2 - x/2")


def _sawtooth(table: int) -> Target:
    low = INTERVALS[table][0]
    period = 3.0 if table == 2 else 1.0
    return _drawn(table, "sawtooth", lambda x: triangles(x, low, period), r"\text{sawtooth}")


def _polynomial(table: int) -> Target:
    return _drawn(table, "polynomial", lambda x: arches(x, *INTERVALS[table]), r"\text{5 arches}")


_MAKERS: dict[int, tuple[Callable[[int], Target], ...]] = {
    1: (_sine, _quadratic),
    2: (_sine, _polynomial, _sawtooth, _arctan, _exponential, _quadratic),
    3: (_sine, _arctan, _sawtooth, _cubic, _quadratic, _exponential),
}
