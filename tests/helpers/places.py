"""Where the book and its chapters are, and what stands in these."""

from functools import cache
from pathlib import Path

import jupytext
import yaml

ROOT = Path(__file__).resolve().parents[2]


def read_yaml(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def toc_files():
    toc = read_yaml("_toc.yml")
    chapters = [chapter for part in toc["parts"] for chapter in part["chapters"]]
    return [toc["root"], *(chapter["file"] for chapter in chapters)]


CHAPTERS = [
    ROOT / "book" / f"{name}.py"
    for name in toc_files()
    if not (ROOT / "book" / f"{name}.md").exists()
]


@cache
def parsed(chapter):
    """A chapter as a notebook, parsed once: to read, not to change."""
    return jupytext.read(chapter, fmt="py:percent")
