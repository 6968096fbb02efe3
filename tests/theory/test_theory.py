"""The theory part is complete: each of its chapters has statements, and each claim a chapter."""

import re
from pathlib import Path

from helpers.places import read_yaml

from compnet_book.claims import CLAIMS

THEORY = next(part for part in read_yaml("_toc.yml")["parts"] if part["caption"] == "Theory")
CHAPTERS = {chapter["file"] for chapter in THEORY["chapters"]}


def test_every_chapter_has_statements():
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    named = [
        name
        for text in texts
        for call in re.findall(r"covering\(([^)]*)\)", text)
        for name in re.findall(r"\"(\w+)\"", call)
    ]
    assert len(named) == len(set(named)) and set(named) >= CHAPTERS


def test_the_theory_is_complete():
    """The claims that the theory part has to settle are in its chapters."""
    wanted = [
        name for name in CLAIMS if re.match(r"C-(eq|sec|thm|lem|regions|dense|fig7|fig8)", name)
    ]
    assert len(wanted) >= 25 and {CLAIMS[name].chapter for name in wanted} <= CHAPTERS
