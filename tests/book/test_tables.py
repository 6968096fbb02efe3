import numpy as np
import pytest
import xarray as xr

from compnet_book import tables, words
from compnet_lib.experiments import within


def cells(table):
    """The rows of a table, with ordinary spaces; and how its columns are aligned."""
    header, rule, *rows = [
        [cell.strip().replace(words.SPACE, " ") for cell in line.strip("|").split("|")]
        for line in table.data.splitlines()
    ]
    sides = ["left" if cell.startswith(":") else "right" for cell in rule]
    return [header, *rows], sides


@pytest.fixture
def found():
    """Two regimes, one of which the paper lacks, with two curves and three seeds."""
    values = np.array([[[1e-5, 3e-5, 2e-5]] * 2, [[1e-7, 3e-7, 2e-7]] * 2])
    labels = {"regime": ["default", "free"], "curve": ["x^3", "exp(x)"], "seed": [0, 4, 9]}
    return xr.DataArray(values, labels)


PUBLISHED = xr.DataArray([[2.11e-5], [1e-8]], {"regime": ["default", "free"], "curve": ["x^3"]})


def test_ranges_beside_what_is_published(found):
    rows, sides = cells(tables.ranges(found, PUBLISHED, rows=["curve", "regime"]))
    assert rows == [
        ["regime", "published", "lowest", "median", "highest", "verdict"],
        ["$x^3$, default", "2.11 × 10⁻⁵", "1.0 × 10⁻⁵", "2.0 × 10⁻⁵", "3.0 × 10⁻⁵", "inside"],
        [
            "$x^3$, not enforced",
            "1.00 × 10⁻⁸",
            "1.0 × 10⁻⁷",
            "2.0 × 10⁻⁷",
            "3.0 × 10⁻⁷",
            "low, 10×",
        ],
        ["$e^{x}$, default", "–", "1.0 × 10⁻⁵", "2.0 × 10⁻⁵", "3.0 × 10⁻⁵", "–"],
        ["$e^{x}$, not enforced", "–", "1.0 × 10⁻⁷", "2.0 × 10⁻⁷", "3.0 × 10⁻⁷", "–"],
    ]
    assert sides == ["left", *["right"] * 4, "left"]
    for name, first in (("x^3", rows[1][1:]), ("exp(x)", rows[3][1:])):
        shown, _ = cells(tables.ranges(found.sel(curve=name), PUBLISHED, header="cell"))
        assert shown[0][0] == "cell" and shown[1] == ["default", *first]
    assert cells(tables.ranges(found))[0][1][1] == "–"


def test_columns_of_labelled_arrays(found):
    middle = found.median("seed")
    rows, sides = cells(
        tables.columns(
            "cell",
            tables.along(middle.sel(curve=["x^3"]), "regime")
            | {"inside": (within(PUBLISHED, found).sel(regime="default"), words.yes_no)}
            | {"verdict": tables.verdicts(found, PUBLISHED).sel(regime="free")},
            form=words.power,
        )
    )
    assert rows == [
        ["cell", "default", "not enforced", "inside", "verdict"],
        ["$x^3$", "2.0 × 10⁻⁵", "2.0 × 10⁻⁷", "yes", "low, 10×"],
    ]
    assert sides == ["left", "right", "right", "right", "left"]
    rows, _ = cells(tables.columns("regime", middle, form=".0e"))
    assert rows == [
        ["regime", "$x^3$", "$e^{x}$"],
        ["default", "2e-05", "2e-05"],
        ["not enforced", "2e-07", "2e-07"],
    ]


def test_columns_of_intervals_and_of_seeds():
    bounds = xr.DataArray([[2, 1, 4.5]], {"curve": ["x^3"], "bound": ["value", "low", "high"]})
    seeds = xr.DataArray([[3.0, 1, 2]], dims=["curve", "seed"], coords={"curve": ["x^3"]})
    shown = tables.columns("", {"a": bounds, "b": seeds}, rows=["curve"], form=".1f").data
    row = shown.splitlines()[-1].replace("\N{NO-BREAK SPACE}", " ")
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        "$x^3$",
        "2.0 (1.0 to 4.5)",
        "2.0 (1.0 to 3.0)",
    ]


def test_named_rows():
    lines = {"one": np.array([1e-5, 2e-5]), "two": [3e-5, "none"], "three": map(str, (1, 2))}
    rows, sides = cells(tables.rows("name", lines, ["$x$", "$y$"], words.power))
    assert rows == [
        ["name", "$x$", "$y$"],
        ["one", "1.0 × 10⁻⁵", "2.0 × 10⁻⁵"],
        ["two", "3.0 × 10⁻⁵", "none"],
        ["three", "1", "2"],
    ]
    assert sides == ["left", "right", "right"]
    rows, _ = cells(tables.rows("share", {"one": [(0.5, 0.4, 0.6)]}, ["$x$"], words.interval))
    assert rows[1] == ["one", "0.50 (0.40 to 0.60)"]


def test_pairs_for_a_claim(found):
    pairs = tables.pairs(found, PUBLISHED, ["regime", "curve"])
    names = ["default x^3", f"not{words.SPACE}enforced x^3"]
    assert list(pairs) == names and pairs[names[0]][0] == 2.11e-5
    np.testing.assert_array_equal(pairs[names[1]][1], [1e-7, 3e-7, 2e-7])
