"""The pages that introduce the book's words name all of them."""

import pytest
from helpers.places import ROOT

from compnet_book.claims import VERDICTS
from compnet_book.words import REGIMES, SPACE


@pytest.mark.parametrize("name", [*VERDICTS, "open", *REGIMES.values()])
def test_each_verdict_and_each_regime_is_explained_under_its_name(name):
    lines = (ROOT / "book/reading.md").read_text(encoding="utf-8").splitlines()
    name = name.replace(SPACE, " ")
    term = "*reproduced k of n*" if name == "reproduced" else f"*{name}*"
    places = [number for number, line in enumerate(lines) if line == term]
    assert places and all(lines[place + 1].startswith(": ") for place in places)


PAPER = (
    "Compelling ReLU Network Initialization and Training to Leverage Exponential Scaling with Depth"
)
DIGEST = (
    "Compelling ReLU Networks to Exhibit Exponentially Many Linear Regions at Initialization and "
    "During Training"
)


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("intro", PAPER),
        ("errata", PAPER),
        ("errata", DIGEST),
        ("ledger", DIGEST),
        ("reading", DIGEST),
    ],
)
def test_texts_are_called_by_their_titles(page, title):
    text = (ROOT / f"book/{page}.md").read_text(encoding="utf-8")
    assert f"*{title}*" in " ".join(text.split())
