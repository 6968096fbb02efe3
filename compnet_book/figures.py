"""The common look of the book's figures, and the parts that several of them share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from numpy.typing import ArrayLike

from . import tables, words
from .palette import DARK, GREY, LIGHT, LOOKS, WAYS

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "DARK",
    "GREY",
    "LIGHT",
    "LOOKS",
    "STYLE",
    "WAYS",
    "bar",
    "curve_panels",
    "hide_unused",
    "legend",
    "line",
    "marked",
    "panels",
    "ranges",
    "regions",
    "show",
    "use_style",
]

STYLE: dict[str, Any] = {
    "axes.prop_cycle": cycler(color=LIGHT, linestyle=["-", "--", "-.", ":", (0, (1, 1))]),
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
    mpl.rcParams.update(STYLE)  # type: ignore[arg-type]
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})


def show(figure: Figure, name: str, *, caption: str, alt: str) -> None:
    """Show a figure on the page, once, and be done with it.

    Args:
        figure: what was drawn.
        name: by which the text refers to it, such as "fig-tables" with the role `numref`.
        caption: what it shows, in Markdown.
        alt: what one sees, in words, for those who do not.

    All three are written as they are, as literals: the book reads them from the cell's code,
    where the figure's place on the page is not known yet (`compnet_book.captions`).

    Raises:
        ValueError: one of them is empty, or `name` does not begin with "fig-".
    """
    if not name.startswith("fig-"):
        raise ValueError(f"name must begin with 'fig-', got {name!r}")
    for what, text in (("caption", caption), ("alt", alt)):
        if not text.strip():
            raise ValueError(f"{what} must say something, got nothing")
    from IPython.display import display

    display(figure)
    plt.close(figure)


def panels(
    rows: int = 1, columns: int = 1, height: float = 2.6, **options: Any
) -> tuple[Figure, Any]:
    """A figure as wide as a page's text, and its axes; `height` in inches is of one row.
    `options` go to `plt.subplots`."""
    return plt.subplots(rows, columns, figsize=(7.0, height * rows), **options)


def curve_panels(
    curves: Sequence[str], rows: int = 1, height: float = 2.0, **options: Any
) -> tuple[Figure, np.ndarray]:
    """A column for each curve, by its name in a grid, titled by its formula; axes (rows, curves).
    `options` go to `plt.subplots`."""
    figure, axes = panels(rows, len(curves), height, squeeze=False, **options)
    for axis, name in zip(axes[0], curves):
        axis.set_title(words.curve(str(name)))
    return figure, axes


def bar(
    axis: Axes,
    place: float,
    low: float,
    middle: float,
    high: float,
    *,
    colour: str = LIGHT[0],
    upright: bool = False,
    width: float = 5,
) -> None:
    """A bar from `low` to `high` with a tick at `middle`; it lies at the height `place`,
    or, `upright`, stands there."""
    across, along = [place, place], [low, high]
    axis.plot(
        *((across, along) if upright else (along, across)),
        color=colour,
        linestyle="-",
        linewidth=width,
        alpha=0.45,
        solid_capstyle="butt",
    )
    axis.plot(
        *((place, middle) if upright else (middle, place)),
        "_" if upright else "|",
        color=colour,
        markersize=2 * width + 1,
        markeredgewidth=2,
    )


def ranges(
    axis: Axes,
    found: xr.DataArray,
    published: xr.DataArray | None = None,
    *,
    colours: Mapping[str, str] | None = None,
    diamonds: str = LIGHT[1],
) -> None:
    """A lying bar for each regime, from the least to the largest of what was found,
    which may be seeds or quantiles, with the median as a tick, on a logarithmic axis,
    and a diamond for the published value.

    Args:
        axis: to draw on.
        found: (regime, seed), in any order.
        published: as for `tables.reproduced`.
        colours: of the bars, by regime; None gives them one.
        diamonds: colour of the published values.
    """
    names = [str(name) for name in found["regime"].values]
    chosen = {name: array.item() for name, array in found.coords.items() if array.ndim == 0}
    for place, name in enumerate(names):
        values = found.sel(regime=name).values
        colour = LIGHT[0] if colours is None else colours[name]
        bar(axis, place, values.min(), np.median(values), values.max(), colour=colour)
        value = tables.published_at(published, chosen | {"regime": name})
        if not np.isnan(value):
            axis.plot(value, place, "D", color=diamonds, markersize=5)
    axis.set_xscale("log")
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.set_yticks(range(len(names)), [words.REGIMES.get(name, name) for name in names])


def regions(
    axis: Axes, counts: Mapping[str, ArrayLike], built: int, colours: Sequence[str] = LIGHT[1::-1]
) -> None:
    """A lying bar of linear regions for each label, from the 5% to the 95% quantile of its counts,
    with the median as a tick, and a dotted line at the number `built`; the colours take turns."""
    axis.axvline(built, color=GREY, linestyle=":", linewidth=1)
    for place, found in enumerate(counts.values()):
        low, middle, high = np.quantile(np.asarray(found), [0.05, 0.5, 0.95])
        bar(axis, place, low, middle, high, colour=colours[place % len(colours)])
    axis.set_yticks(range(len(counts)), list(counts))
    axis.set(xlabel="linear regions", ylim=(len(counts) - 0.4, -0.6))
    axis.set_xscale("log", base=2)
    axis.xaxis.set_major_formatter("{x:g}")


def line(axis: Axes, regime: str, x: ArrayLike, y: ArrayLike, **options: Any) -> None:
    """A line in the look of a regime, and named for the legend; `options` go to `axis.plot`."""
    colour, dashes, _ = LOOKS[regime]
    look = {"color": colour, "linestyle": dashes, "label": words.REGIMES[regime]}
    axis.plot(x, y, **look | options)


def marked(
    axis: Axes, look: tuple[str, Any, str], x: ArrayLike, y: ArrayLike, **options: Any
) -> None:
    """A line with a marker at each point; `look` is (colour, dashes, marker), as in `LOOKS`,
    and `options` go to `axis.plot`."""
    colour, dashes, marker = look
    style = {"color": colour, "linestyle": dashes, "marker": marker, "markersize": 3.5}
    axis.plot(np.ravel(x), np.ravel(y), **style | options)


def legend(figure: Figure, axis: Axes, place: str = "lower", columns: int = 5) -> None:
    """One legend for all panels, of what is drawn on one of them:
    "upper" or "lower" of the figure, outside."""
    look: dict[str, Any] = {"loc": f"outside {place} center", "ncols": columns, "fontsize": 9}
    figure.legend(*axis.get_legend_handles_labels(), **look)


def hide_unused(axes: Iterable[Axes], used: int) -> None:
    """Hide the panels that come after the first `used` ones."""
    for axis in list(axes)[used:]:
        axis.set_visible(False)
