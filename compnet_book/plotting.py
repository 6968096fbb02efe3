"""The common look of the book's figures and tables. Nothing here computes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt

LIGHT = ("#002bc1", "#a11200", "#0aa677", "#8f4a96", "#1c0b0d")
"""Five line colours on a light page, distinct under colour-vision deficiencies."""
DARK = ("#5678f9", "#c76320", "#07ffaf", "#987197", "#e4ff23")
"""The colours that stand for them on a dark page."""
GREY = "#767676"
"""For what stays in the background, on both."""
LOOKS = {
    "default": (LIGHT[1], "--", "s"),
    "raai": (LIGHT[4], (0, (1, 1)), "P"),
    "skipped": (LIGHT[2], "-.", "^"),
    "free": (LIGHT[3], ":", "D"),
    "enforced": (LIGHT[0], "-", "o"),
}
"""How each of the compositional paper's regimes is drawn, on every page: colour, dashes, marker."""

STYLE = {
    "axes.prop_cycle": mpl.cycler(color=LIGHT, linestyle=["-", "--", "-.", ":", (0, (1, 1))]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": "medium",
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "mathtext.fontset": "cm",
    "savefig.facecolor": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "compnet",
}
"""Matplotlib's settings for the book: colours and dashes together, transparent,
the same bytes for the same figure."""


def use_style() -> None:
    """Draw in the book's style from here on and, in a notebook, as SVG."""
    mpl.rcParams.update(STYLE)
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})


def panels(rows: int = 1, columns: int = 1, height: float = 2.6, **options):
    """A figure as wide as a page's text, and its axes; `height` in inches is of one row.
    `options` go to `plt.subplots`."""
    return plt.subplots(rows, columns, figsize=(7.0, height * rows), **options)


def power(value: float, digits: int = 1) -> str:
    """A number in powers of ten, as in 7.9 × 10⁻⁸; `digits` after the point."""
    mantissa, exponent = (
        f"{value:.{digits}e}".split("e")
        if value == value and abs(value) != float("inf")
        else (str(value), None)
    )
    if exponent is None:
        return mantissa
    return f"{mantissa}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10" + str(int(exponent)).translate(
        str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    )


def interval(found: Sequence[float], form: str | Callable = ".2f") -> str:
    """A value and its interval, as in 0.43 (0.40 to 0.47): `found` is (value, low, high),
    `form` a format or a function of one number."""
    value, low, high = (form(number) if callable(form) else f"{number:{form}}" for number in found)
    return f"{value} ({low}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}{high})"


def table(rows: Iterable[Sequence], headers: Sequence[str], align: Sequence[str] | None = None):
    """A table for a page, as Markdown: formulas in its cells are drawn.

    Args:
        rows: the cells, already formatted.
        headers: one a column.
        align: "left", "right" or "center", one a column;
            None puts the first column left and the others right.
    """
    from IPython.display import Markdown
    from tabulate import tabulate

    align = align or ["left", *["right"] * (len(headers) - 1)]
    return Markdown(
        tabulate(
            [list(map(str, row)) for row in rows],
            headers,
            tablefmt="pipe",
            colalign=align,
            disable_numparse=True,
        )
    )
