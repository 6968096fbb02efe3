"""The pages of the built book."""

from functools import cache

import pytest
from bs4 import BeautifulSoup

from .places import ROOT, toc_files

HTML = ROOT / "_build" / "html"
PAGES = [f"{name}.html" for name in toc_files()]


each_page = pytest.mark.parametrize("name", PAGES)
each_file = pytest.mark.parametrize("name", [*PAGES, "search.html", "index.html"])


@cache
def soup(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
