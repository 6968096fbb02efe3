"""Numbers and names as pages write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from compnet_lib.targets.target import TARGETS, Target

SPACE = "\N{NO-BREAK SPACE}"
REGIMES = {
    "default": "default",
    "raai": "RAAI",
    "skipped": "skipped",
    "free": f"not{SPACE}enforced",
    "enforced": "enforced",
}
"""The compositional paper's regimes, as every page calls them."""
QUANTILES = (0.005, 0.995)
"""Between these quantiles of what runs of an experiment give, a published number is reproduced."""


@cache
def curve(name: str) -> str:
    """A curve, by the name it has in a grid, as a formula on a page."""
    return f"${(TARGETS[name] if name in TARGETS else Target.read(name)).formula}$"


def label(dimension: str, value: object) -> str:
    """What a page calls an entry of a grid, such as the regime `free` or the curve `x^3`."""
    if dimension == "regime":
        return REGIMES.get(str(value), str(value))
    return curve(str(value)) if dimension == "curve" else str(value)


def glue(prefix: str = "", how: Form | None = None, /, **values: Any) -> None:
    """Keep values for the text, where the role `glue:text` shows `prefix_name`:
    strings as they are, numbers in the form `how`, or as Python writes them.
    Without a prefix their names stand alone."""
    from myst_nb import glue as keep

    for name, value in values.items():
        if not isinstance(value, str):
            value = np.asarray(value).tolist()
            value = value if how is None else form(value, how)
        keep(f"{prefix}_{name}" if prefix else name, value, display=False)


def power(value: float, digits: int = 1) -> str:
    """A number in powers of ten, as in 7.9 × 10⁻⁸; `digits` after the point."""
    value = float(value)
    if not np.isfinite(value):
        return str(value)
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}{SPACE}×{SPACE}10{raised}"


def percent(value: float) -> str:
    """A share, with a digit after the point where it is small: 43%, 4.2%, 0%."""
    return f"{value:.1%}" if 0 < value < 0.0995 else f"{value:.0%}"


def yes_no(value: bool) -> str:
    """yes or no."""
    return "yes" if value else "no"


def two_digits(value: float) -> str:
    """Two digits, never as a power: 1,200; 31; 0.0042."""
    return f"{float(f'{value:.2g}'):,g}"


def factor(value: float) -> str:
    """How many times: two digits, or the whole number if it has more:
    0.0042, 0.31, 3.1, 45, 1,234; as a power from 100,000 on."""
    if value < 99.5:
        return f"{value:.2g}"
    return f"{value:,.0f}" if value < 99_999.5 else power(value)


Form = str | Callable[[float], str]
"""A format, or a function of one number."""


def form(value: object, how: Form | None = None) -> str:
    """A value by a format or a function; without one, as it is."""
    if how is None:
        return str(value)
    return f"{value:{how}}" if isinstance(how, str) else how(value)  # type: ignore[arg-type]


def interval(found: Sequence[float], how: Form = ".2f") -> str:
    """A value and its interval, as in 0.43 (0.40 to 0.47): `found` is (value, low, high)."""
    value, low, high = (form(number, how) for number in found)
    return f"{value} ({low}{SPACE}to{SPACE}{high})"


def share(found: Sequence[float]) -> str:
    """A share and its interval, as in 43% (40% to 47%)."""
    return interval(found, percent)


def spread(values: ArrayLike, how: Form = ".2f") -> str:
    """Median and range of values, as :func:`interval`; of a single one, itself."""
    values = np.ravel(np.asarray(values))
    if len(values) == 1:
        return form(values[0], how)
    return interval((np.median(values), values.min(), values.max()), how)


def between(values: Iterable[float], how: Form = ".2f") -> str:
    """The least and the greatest of some values, as in 3 to 40."""
    values = [float(value) for value in np.ravel(np.asarray(values))]
    return f"{form(min(values), how)} to {form(max(values), how)}"


def verdict(published: float, drawn: ArrayLike) -> str:
    """How a published value stands to what runs of its experiment give: inside, if it lies between
    their `QUANTILES`; or low or high, with the factor by which it misses them. Numbers have three
    digits, as in `claims.compare`. A dash where none is published."""
    if np.isnan(published):
        return "–"
    bounds = np.quantile(np.asarray(drawn), QUANTILES)
    published, low, high = (float(f"{number:.3g}") for number in (published, *bounds))
    if low <= published <= high:
        return "inside"
    side, factor = ("low", low / published) if published < low else ("high", published / high)
    return f"{side},{SPACE}{factor:.3g}×"
