import numpy as np
import pytest
import xarray as xr

from compnet_book import claims, tables, words


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


@pytest.fixture
def drawn(found):
    """The same with 201 runs, whose quantiles of 0.5% and 99.5% are 1.01 and 2.99 times the
    first of the three values."""
    runs = xr.DataArray(np.arange(1, 3.005, 0.01), dims="run")
    return found.isel(seed=0, drop=True) * runs


PUBLISHED = xr.DataArray([[2.11e-5], [1e-8]], {"regime": ["default", "free"], "curve": ["x^3"]})


def test_what_runs_give_beside_what_is_published(drawn):
    rows, sides = cells(tables.reproduced(drawn, PUBLISHED, rows=["curve", "regime"]))
    default, free = (
        ["1.0 × 10⁻⁵", "2.0 × 10⁻⁵", "3.0 × 10⁻⁵"],
        ["1.0 × 10⁻⁷", "2.0 × 10⁻⁷", "3.0 × 10⁻⁷"],
    )
    assert rows == [
        ["regime", "published", "0.5%", "median", "99.5%", "verdict"],
        ["$x^3$, default", "2.11 × 10⁻⁵", *default, "inside"],
        ["$x^3$, not enforced", "1.00 × 10⁻⁸", *free, "low, 10.1×"],
        ["$e^{x}$, default", "–", *default, "–"],
        ["$e^{x}$, not enforced", "–", *free, "–"],
    ]
    assert sides == ["left", *["right"] * 4, "left"]
    for name, first in (("x^3", rows[1][1:]), ("exp(x)", rows[3][1:])):
        shown, _ = cells(tables.reproduced(drawn.sel(curve=name), PUBLISHED, header="cell"))
        assert shown[0][0] == "cell" and shown[1] == ["default", *first]
    assert cells(tables.reproduced(drawn))[0][1][1] == "–"


@pytest.mark.parametrize("factor", [1.0, 1.0099, 1.01, 1.0149, 1.016, 2.98, 2.9949, 2.996, 3.1])
def test_a_table_and_the_ledger_judge_alike(drawn, factor):
    """Both keep three digits."""
    published = PUBLISHED * xr.ones_like(PUBLISHED)
    published[:] = [[factor * 1e-5], [factor * 1e-7]]
    said = (tables.verdicts(drawn, published) == "inside").sum().item()
    settled = claims.compare("C-tab1", tables.pairs(drawn, published, ["regime", "curve"]))
    kept = settled.record["verdict"]
    assert kept == (f"reproduced {said} of 2" if said else "not reproduced")
    assert said == 2 * (1.01 <= float(f"{factor:.3g}") <= 2.99)


def test_columns_of_labelled_arrays(found, drawn):
    verdicts = tables.verdicts(drawn, PUBLISHED)
    middle = found.median("seed")
    rows, sides = cells(
        tables.columns(
            "cell",
            tables.along(middle.sel(curve=["x^3"]), "regime")
            | {"inside": ((verdicts == "inside").sel(regime="default"), words.yes_no)}
            | {"verdict": verdicts.sel(regime="free")},
            form=words.power,
        )
    )
    assert rows == [
        ["cell", "default", "not enforced", "inside", "verdict"],
        ["$x^3$", "2.0 × 10⁻⁵", "2.0 × 10⁻⁷", "yes", "low, 10.1×"],
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


def test_pairs_for_a_claim(drawn):
    pairs = tables.pairs(drawn, PUBLISHED, ["regime", "curve"])
    names = ["default x^3", f"not{words.SPACE}enforced x^3"]
    assert list(pairs) == names and pairs[names[0]][0] == 2.11e-5
    np.testing.assert_array_equal(pairs[names[1]][1], drawn.sel(regime="free", curve="x^3"))
