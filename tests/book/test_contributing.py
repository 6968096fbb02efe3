"""What CONTRIBUTING.md says can be followed to the letter."""

import re
import tomllib

import jupytext
import pytest
from helpers.imports import FLOORS
from helpers.places import CHAPTERS, ROOT, parsed

from compnet_book import claims

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CHAPTER = re.search(r"^```python\n(# ---\n.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)[1]
ENTRY = tomllib.loads(re.search(r"^```toml\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)[1])


def test_the_table_of_floors():
    assert tuple(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) == FLOORS


def test_it_names_what_there_is():
    named = set(re.findall(r"`([\w./]+/[\w.]+|[\w.]+\.(?:md|toml|txt|yml|yaml))`", TEXT))
    examples = {"functions/knots.py", "book/how_many_pieces.py"}
    assert {"tests/helpers", "_toc.yml", "compnet_book/claims.toml"} <= named
    assert not [path for path in named - examples if not places(path)]
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"make (\w+)", TEXT)) <= set(targets)


def places(path):
    return [
        root
        for root in (ROOT, *map(ROOT.joinpath, ("compnet_book", "compnet_lib")))
        if (root / path).exists()
    ]


def test_its_chapter_runs_and_settles_its_claim(monkeypatch):
    (name, entry), *others = ENTRY.items()
    assert not others and name not in claims.CLAIMS
    monkeypatch.setattr(claims, "CLAIMS", {name: claims.Claim(name, **entry)})
    cells = jupytext.reads(CHAPTER, fmt="py:percent").cells
    names, shown = {}, []
    for cell in cells:
        if cell.cell_type == "code":
            *body, last = re.split(r"\n(?=\S)", cell.source)
            if last.startswith("claims."):
                exec("\n".join(body), names)
                shown.append(eval(last, names))
            else:
                exec(cell.source, names)
    assert [one.record["verdict"] for one in shown] == ["holds"]
    glued = re.findall(r"\{glue:text\}`(\w+)`", CHAPTER)
    assert glued and all(f'glue("{one}"' in CHAPTER for one in glued)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_a_curve_more_changes_no_page(chapter):
    """A chapter names its curves: one that took all there are would change with each new one."""
    code = "\n".join(cell.source for cell in parsed(chapter).cells if cell.cell_type == "code")
    assert not re.search(r"\bTARGETS\b(?!\[)", code)


def test_its_line_for_a_door_has_the_form_of_the_others():
    form = re.compile(r"from \.(\w+)\.(\w+) import (\w+) as \3")
    door = (ROOT / "compnet_lib/__init__.pyi").read_text(encoding="utf-8")
    assert form.search(TEXT) and form.search(door)
