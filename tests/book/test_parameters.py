"""A parameter takes what its limits say, and refuses the rest in a short message."""

import re

import pytest
from helpers.places import CHAPTERS, parsed

from compnet_book.parameters import MOST_SEEDS, check, declared, parse, seeds


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("5", [0, 1, 2, 3, 4]),
        (5, [0, 1, 2, 3, 4]),
        (" 1 ", [0]),
        ("20 to 23", [20, 21, 22, 23]),
        ("7 to 7", [7]),
        ("3, 5, 8", [3, 5, 8]),
        ("8,3", [8, 3]),
        ("1 to 3, 9", [1, 2, 3, 9]),
        ([3, 5, 8], [3, 5, 8]),
        ([7], [7]),
        (range(20, 23), [20, 21, 22]),
    ],
)
def test_seeds_are_a_number_a_range_or_a_list(given, meant):
    parameter = parse('seeds: str = "20"  # repetitions, a number or a range')["seeds"]
    received = parameter.convert(given)
    assert isinstance(received, str) and seeds(received) == seeds(given) == meant


@pytest.mark.parametrize(
    "given",
    [
        "",
        "many",
        "0",
        0,
        -1,
        "-1",
        "2.5",
        2.5,
        True,
        None,
        [],
        [1.5],
        [True],
        "5 to 2",
        "3, 3",
        "1 to 4, 2",
    ]
    + ["1,", "1 to", f"{MOST_SEEDS + 1}", "0 to 999999999", "9" * 30, 10**400, {"a": 1}, "1; 2"],
)
def test_what_is_no_seeds_is_refused(given):
    parameter = parse('seeds: str = "20"  # repetitions, a number or a range')["seeds"]
    with pytest.raises(ValueError):
        seeds(given)
    with pytest.raises(ValueError, match=r"seeds must be a string \(a number or a range\), got "):
        parameter.convert(given)


def test_a_chapter_may_ask_for_several_seeds():
    parameter = parse('s: str = "2"  # for a spread, a number or a range of at least 2')["s"]
    assert parameter.convert("4, 5") == "4, 5"
    for few in ("1", 1, "7 to 7", [7]):
        with pytest.raises(ValueError, match="of at least 2"):
            parameter.convert(few)


@pytest.mark.parametrize(
    "given",
    [
        {"n": "9" * 200_000},
        {"name": "x" * 200_000},
        {"x" * 200_000: 1},
        {f"{'x' * 1000}{i}": 1 for i in range(1000)},
        {"curve": "x+" * 100_000 + "x"},
        {"seeds": ["x"] * 200_000},
        {"n": [[["x" * 100] * 100] * 100] * 100},
        {"n": 10**4000},
        {"n": "9" * 200_000, "name": "x" * 200_000, "curve": "x+" * 100_000 + "x", "seeds": "z"},
    ],
    ids=["number", "string", "name", "names", "formula", "list", "lists", "integer", "all"],
)
def test_a_refusal_is_short(given):
    known = parse(
        "n: int = 1  # count, at least 1\n"
        'name: str = "a"  # name, one of a, b\n'
        'curve: str = "sin"  # target, a curve\n'
        'seeds: str = "3"  # repetitions, a number or a range\n'
    )
    with pytest.raises(ValueError) as refused:
        check(known, given)
    assert len(str(refused.value)) < 500


def test_integers_that_no_array_counts_are_refused():
    parameter = parse("n: int = 1  # count, at least 1")["n"]
    assert parameter.convert(2**63 - 1) == parameter.convert(str(2**63 - 1)) == 2**63 - 1
    for value in (2**63, str(2**63), 10**30):
        with pytest.raises(
            ValueError, match=r"^n must be an integer \(at least 1\), got '?\d+'?: .*2\^63"
        ):
            parameter.convert(value)


@pytest.mark.parametrize(
    "line",
    [
        "n = 1  # untyped, at least 1",
        "n: int = 1",
        "n: int = 1  # no limits",
        "n: int = 1  # a typo, at leat 1",
        "n: int = 0  # outside, at least 1",
        "n: int = 1.5  # another kind, at least 1",
        "n: list = []  # no such kind, at least 1",
        "n: int = 1 + 1  # computed, at least 1",
        "n: str = 'a'  # no choice, positive",
        "n: int = 1  # a choice, one of 1, 2",
        "n: bool = True  # limits, at least 1",
        "import os",
        "n: int  # no default, at least 1",
    ],
)
def test_parameters_cell_is_strict(line):
    assert parse("m: int = 1  # fine, at least 1\n")["m"].limits == "at least 1"
    with pytest.raises(ValueError):
        parse(f"m: int = 1  # fine, at least 1\n{line}\n")


EXPONENTIAL = re.compile("depth|deep|layer|piece|level|wave")
"""Parts of the names of what a chapter's time and memory grow exponentially with."""


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_what_grows_exponentially_has_an_upper_limit(chapter):
    for name, parameter in declared(parsed(chapter)).items():
        if parameter.kind is int and EXPONENTIAL.search(name):
            assert re.search(r"at most \d+$", parameter.limits), f"{name}: {parameter.limits}"
            for far in (201, 10**6, "9" * 400):
                with pytest.raises(ValueError, match=f"^{name} must be an integer"):
                    parameter.convert(far)


def test_exponential_parameters_are_seen():
    names = {chapter.stem: " ".join(declared(parsed(chapter))) for chapter in CHAPTERS}
    seen = {chapter for chapter, text in names.items() if EXPONENTIAL.search(text)}
    assert {"triangle_waves", "triangles_to_weights", "pretraining", "depth_that_pays"} <= seen
