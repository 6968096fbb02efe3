import numpy as np
import pytest
import xarray as xr

from compnet_book import words
from compnet_lib.experiments import REGIMES


@pytest.mark.parametrize(
    ("function", "value", "said"),
    [
        (words.power, 7.86e-8, "7.9 × 10⁻⁸"),
        (words.power, np.float32(1.5), "1.5 × 10⁰"),
        (words.power, -3e12, "-3.0 × 10¹²"),
        (words.power, 0.0, "0.0 × 10⁰"),
        (words.power, np.inf, "inf"),
        (words.power, np.nan, "nan"),
        (words.power, xr.DataArray(2e-5), "2.0 × 10⁻⁵"),
        (words.percent, 0.426, "43%"),
        (words.percent, 0.0416, "4.2%"),
        (words.percent, 0.0, "0%"),
        (words.percent, 0.0996, "10%"),
        (words.two_digits, 1234, "1,200"),
        (words.two_digits, 0.00418, "0.0042"),
        (words.factor, 3.14, "3.1"),
        (words.factor, 31.4, "31"),
        (words.factor, 0.0314, "0.031"),
        (words.factor, 1234, "1,234"),
        (words.factor, 1.2e5, "1.2 × 10⁵"),
        (words.yes_no, True, "yes"),
        (words.yes_no, np.False_, "no"),
    ],
)
def test_a_number_as_a_page_writes_it(function, value, said):
    assert function(value) == said.replace(" ", words.SPACE)


def test_several_numbers():
    assert words.share((0.43, 0.4, 0.047)).replace(words.SPACE, " ") == "43% (40% to 4.7%)"
    found = [3.0, 1.0, 8.0]
    assert words.interval((0.43, 0.4, 0.47)) == f"0.43 (0.40{words.SPACE}to{words.SPACE}0.47)"
    assert words.spread(found, ".0f").replace(words.SPACE, " ") == "3 (1 to 8)"
    assert words.spread([3.0], words.yes_no) == "yes"
    assert words.between(np.array(found), ".1f") == "1.0 to 8.0"
    assert words.between(xr.DataArray(found), words.power).count("10⁰") == 2


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (1.01, "inside"),
        (2.99, "inside"),
        (1.0, "low, 1.01×"),
        (0.505, "low, 2×"),
        (2.994, "inside"),
        (3.0, "high, 1×"),
        (5.98, "high, 2×"),
        (np.nan, "–"),
    ],
)
def test_a_published_value_against_quantiles(published, said):
    """Of 201 evenly spaced values those of 0.5% and 99.5% are the second and the last but one."""
    drawn = np.arange(100, 301) / 100
    assert words.verdict(published, drawn).replace(words.SPACE, " ") == said


def test_a_regime_has_one_name():
    assert list(words.REGIMES) == list(REGIMES)
    assert words.label("regime", "free") == f"not{words.SPACE}enforced"
    assert words.label("curve", "x^11") == "$x^{11}$"
    assert words.label("curve", "exp(x) on -1 to 2") == "$e^{x}$"
    assert words.label("statistic", "min") == "min"


def test_values_are_kept_for_the_text_without_a_trace_of_numpy(monkeypatch):
    kept = {}
    keep = lambda name, value, display: kept.update({name: repr(value)} | {"": display})
    monkeypatch.setattr("myst_nb.glue", keep)
    words.glue("page", many=np.int64(3), share="4%", lr=1e-3)
    words.glue(seeds=xr.DataArray(20), free=np.float64(0.5))
    assert kept.pop("") is False
    assert kept == {
        "page_many": "3",
        "page_share": "'4%'",
        "page_lr": "0.001",
        "seeds": "20",
        "free": "0.5",
    }
