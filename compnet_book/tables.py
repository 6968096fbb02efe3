"""Tables for pages, as Markdown: formulas in their cells are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from . import words

if TYPE_CHECKING:
    import xarray as xr
    from IPython.display import Markdown


def table(
    rows: Iterable[Sequence], headers: Sequence[str], align: Sequence[str] | None = None
) -> Markdown:
    """A table of cells that are already formatted.

    Args:
        rows: the cells.
        headers: one a column.
        align: "left", "right" or "center", one a column;
            None puts the first column left and the others right.
    """
    from IPython.display import Markdown
    from tabulate import tabulate

    return Markdown(
        tabulate(
            [list(map(str, row)) for row in rows],
            headers,
            tablefmt="pipe",
            colalign=align or ["left", *["right"] * (len(headers) - 1)],
            disable_numparse=True,
        )
    )


def columns(
    header: str,
    values: Mapping[str, Any] | xr.DataArray,
    *,
    rows: Sequence[str] | None = None,
    form: words.Form | None = None,
) -> Markdown:
    """A table of labelled arrays: a row for each of their entries, a column for each array.

    Args:
        header: of the first column, which has the labels of the rows.
        values: for each header a `DataArray` of numbers or words, or such an array and its form;
            or one array, whose last dimension becomes the columns.
        rows: the dimensions that become rows, in this order; None takes those of the first array.
        form: how numbers are written that have no form of their own; None leaves them as they are.
            Arrays of words are shown as they are, and left-aligned. Of an array that has a
            dimension `bound` besides, its intervals are shown; `seed`, median and range.
            NaN becomes a dash.
    """
    if not isinstance(values, Mapping):
        values = along(values, str(values.dims[-1]))
    arrays = {
        name: value if isinstance(value, tuple) else (value, form) for name, value in values.items()
    }
    first = next(iter(arrays.values()))[0]
    rows = [str(name) for name in first.dims] if rows is None else list(rows)
    lines = []
    for place, label in _labels(first, rows):
        cells = [_cell(array.sel(place), how) for array, how in arrays.values()]
        lines.append([label, *cells])
    sides = ["left" if array.dtype.kind in "OU" else "right" for array, _ in arrays.values()]
    return table(lines, [header, *arrays], ["left", *sides])


def rows(
    header: str,
    lines: Mapping[str, Iterable],
    titles: Iterable[str],
    form: words.Form | None = None,
) -> Markdown:
    """A table of named rows.

    Args:
        header: of the first column, which has the names.
        lines: for each name its entries, such as an array, or the intervals of several curves.
        titles: of the other columns.
        form: how an entry is written, such as `words.power` or `words.interval`;
            words are shown as they are.
    """
    cells = [[name, *(_cell(entry, form) for entry in line)] for name, line in lines.items()]
    return table(cells, [header, *titles])


def reproduced(
    drawn: xr.DataArray,
    published: xr.DataArray | None = None,
    *,
    header: str = "regime",
    rows: Sequence[str] | None = None,
) -> Markdown:
    """What runs of an experiment give beside what is published: the published value,
    the lower of `words.QUANTILES`, the median, the upper one, and the verdict
    (:func:`compnet_book.words.verdict`).

    Args:
        drawn: with a dimension `run`, such as :func:`compnet_lib.experiments.redrawn` gives,
            and others that become rows.
        published: with some of these dimensions, or of those along which one entry of `drawn`
            was chosen; where it has nothing, there is a dash.
        header: of the first column.
        rows: the dimensions that become rows, in this order; None takes them as they are.
    """
    rows = [str(name) for name in drawn.dims if name != "run"] if rows is None else list(rows)
    chosen = {name: array.item() for name, array in drawn.coords.items() if array.ndim == 0}
    low, high = words.QUANTILES
    lines = []
    for place, label in _labels(drawn, rows):
        values = drawn.sel(place).values
        value = published_at(published, chosen | place)
        found = map(words.power, np.quantile(values, [low, 0.5, high]))
        shown = "–" if np.isnan(value) else words.power(value, 2)
        lines.append([label, shown, *found, words.verdict(value, values)])
    return table(
        lines,
        [header, "published", f"{low:.1%}", "median", f"{high:.1%}", "verdict"],
        ["left", *["right"] * 4, "left"],
    )


def along(values: xr.DataArray, dimension: str) -> dict[str, xr.DataArray]:
    """The parts of an array along a dimension, by what a page calls its labels:
    columns for :func:`columns`."""
    labels = [words.label(dimension, label) for label in values[dimension].values]
    return {label: values.isel({dimension: k}) for k, label in enumerate(labels)}


def verdicts(drawn: xr.DataArray, published: xr.DataArray) -> xr.DataArray:
    """:func:`compnet_book.words.verdict` of each published value, in words,
    for the labels that both have; the dimension `run` is gone."""
    import xarray as xr

    options: dict[str, Any] = {"input_core_dims": [[], ["run"]], "output_dtypes": [object]}
    return xr.apply_ufunc(words.verdict, published, drawn, vectorize=True, join="inner", **options)


def pairs(
    drawn: xr.DataArray, published: xr.DataArray, rows: Sequence[str]
) -> dict[str, tuple[float, np.ndarray]]:
    """For `claims.compare`: each published value with what runs of the experiment give, by a name
    made of the labels along the dimensions `rows`."""
    kept = {}
    for place, _ in _labels(published, rows):
        value = published_at(published, place)
        if not np.isnan(value):
            name = " ".join(
                words.REGIMES[label] if key == "regime" else str(label)
                for key, label in place.items()
            )
            kept[name] = (value, drawn.sel(place).values)
    return kept


def _labels(array: xr.DataArray, rows: Sequence[str]) -> Iterator[tuple[dict[str, Any], str]]:
    """The entries of an array along `rows`, as selections, and as words."""
    for values in product(*(array[name].values for name in rows)):
        place = dict(zip(rows, values))
        named = (words.label(name, value) for name, value in place.items())
        yield place, f",{words.SPACE}".join(named)


def published_at(published: xr.DataArray | None, place: Mapping[Any, Any]) -> float:
    """The published value with the labels `place`, or NaN where there is none;
    labels along dimensions that `published` lacks do not matter."""
    if published is None:
        return np.nan
    place = {name: label for name, label in place.items() if name in published.dims}
    known = all(label in published[name].values for name, label in place.items())
    return published.sel(place).item() if known else np.nan


def _cell(entry: Any, how: words.Form | None) -> str:
    """A number, words, what a form takes, or an array's entry: a number, an interval, seeds."""
    dimensions = getattr(entry, "dims", None)
    if dimensions == ("bound",):
        return words.interval(entry.values.tolist(), how or str)
    if dimensions == ("seed",):
        return words.spread(entry.values, how or str)
    value = entry if dimensions is None else entry.item()
    if isinstance(value, str):
        return value
    return "–" if isinstance(value, float) and np.isnan(value) else words.form(value, how)
