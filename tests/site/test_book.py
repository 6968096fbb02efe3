"""The built book as a reader gets it: complete, whole, quiet, and independent of a network."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from helpers.pages import HTML, each_file, each_page, soup
from helpers.places import CHAPTERS, ROOT


@cache
def anchors(path):
    return {tag["id"] for tag in soup(path).select("[id]")}


def broken_links(page):
    """The internal links of a page that lead to no file, or to no anchor in it."""
    broken = []
    for tag in soup(page).select("[href], [src]"):
        url = urlsplit(tag.get("href") or tag.get("src") or "")
        if url.scheme:
            continue
        target = (page.parent / unquote(url.path)).resolve() if url.path else page
        lost = (
            url.fragment
            and target.suffix == ".html"
            and unquote(url.fragment) not in anchors(target)
        )
        if not target.is_file() or lost:
            broken.append(f"{page.name}: {url.geturl()}")
    return broken


def test_a_dead_link_is_noticed(tmp_path):
    (tmp_path / "there.html").write_text('<p id="here">text</p>', encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text(
        '<a href="there.html#here"></a><a href="there.html#gone"></a><a href="gone.html"></a><a href="#nowhere"></a>',
        encoding="utf-8",
    )
    assert broken_links(page) == [
        "page.html: there.html#gone",
        "page.html: gone.html",
        "page.html: #nowhere",
    ]


@pytest.mark.usefixtures("built")
class TestPage:
    @each_file
    def test_links_and_anchors_resolve(self, name):
        assert not broken_links(HTML / name)

    @each_page
    def test_ids_are_unique(self, name):
        counts = Counter(tag["id"] for tag in soup(HTML / name).select("[id]"))
        assert not [identifier for identifier, count in counts.items() if count > 1]

    @each_file
    def test_needs_no_network(self, name):
        page = soup(HTML / name)
        loaded = [
            tag.get("src") or tag.get("href") or tag.get("data") or ""
            for tag in page.select(
                "script, link, img, iframe, source, object, embed, video, audio, image, use"
            )
        ]
        assert not [url for url in loaded if re.match(r"(https?:)?//", url)]
        inline = [tag.get_text() for tag in page.select("script, style")] + [
            tag["style"] for tag in page.select("[style]")
        ]
        assert not [text for text in inline if re.search(r"https?://|@import", text)]

    @each_page
    def test_figures_are_described(self, name):
        article = soup(HTML / name).select_one("article")
        pictures = article.select("img, svg[role=img]")
        for figure in article.select("figure"):
            assert figure.select("img, svg[role=img], table"), (
                f"nothing in figure {figure.get('id')}"
            )
        for picture in pictures:
            text = picture.get("alt") or picture.get("aria-label") or ""
            assert len(text.split()) > 2 and not re.search(r"_images|\.(svg|png)$", text), (
                f"alternative text: {text!r}"
            )

    @each_page
    def test_figures_follow_the_theme(self, name):
        for svg in soup(HTML / name).select("svg.book-figure"):
            styles = " ".join(tag["style"] for tag in svg.select("[style]"))
            fixed = re.findall(r"(?<!, )#(?:000000|262626|ffffff)", styles)
            assert not fixed and not svg.select("metadata, style")

    @each_page
    def test_says_nothing_it_should_not(self, name):
        html = (HTML / name).read_text(encoding="utf-8")
        places = ["/home/", "/root/", "/tmp/", "site-packages", f"{ROOT}/"]
        assert not [place for place in places if place in html], (
            "a path of the machine that built the page"
        )
        outputs = "\n".join(tag.get_text() for tag in soup(HTML / name).select(".cell_output"))
        assert not re.findall(r"Traceback \(most recent|\w*Warning:.*|\w+Error:.*", outputs)
        assert not re.findall(r"<?[\w.]+ .*\bat 0x[0-9a-f]+|<matplotlib.*|Text\(.*\)", outputs), (
            "what a cell happened to return"
        )

    @each_page
    def test_references_are_resolved(self, name):
        article = BeautifulSoup(str(soup(HTML / name).select_one("article")), "html.parser")
        for tag in article.select("pre, code, script, svg"):
            tag.decompose()
        assert not re.findall(r".*(?:\?\?|\{[\w:]+\}`|\\(?:eq)?ref\{).*", article.get_text())


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_downloads(chapter):
    linked = {
        tag["href"] for tag in soup(HTML / f"{chapter.stem}.html").select("a[href^=_sources]")
    }
    assert linked == {f"_sources/{chapter.name}", f"_sources/{chapter.stem}.ipynb"}
    assert (HTML / "_sources" / chapter.name).read_bytes() == chapter.read_bytes()
    cells = json.loads((HTML / "_sources" / f"{chapter.stem}.ipynb").read_bytes())["cells"]
    assert [cell["id"] for cell in cells] == [f"cell-{number}" for number, _ in enumerate(cells, 1)]


@pytest.mark.usefixtures("built")
def test_styles_need_no_network():
    remote = re.compile(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//[^)]*")
    found = {
        path.name: remote.findall(path.read_text(encoding="utf-8")) for path in HTML.rglob("*.css")
    }
    assert found and not any(found.values()), found


TINY_CHAPTER = """\
# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Tiny

# %%
import compnet_lib
f"the answer is {compnet_lib.ANSWER}"
"""
FIGURE = """
# %%
from IPython.display import SVG
SVG('<svg xmlns="http://www.w3.org/2000/svg"><path id="p" style="stroke: #000000" d="M0 0"/></svg>')
"""
RERUN = """
# %% tags=["parameters"]
depth: int = 3   # layers, at least 1

# %% [markdown]
# ```{rerun} -p depht 0
# ```
"""


@pytest.fixture
def tiny(tmp_path):
    """The book's frame around one small chapter and a library of one number."""
    for name in ("book/_ext", "book/_static"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("_config.yml", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "book/references.bib").touch()
    (tmp_path / "book/_toc.yml").write_text("format: jb-book\nroot: tiny\n")
    (tmp_path / "book/tiny.py").write_text(TINY_CHAPTER)
    library = tmp_path / "compnet_lib"
    library.mkdir()
    (library / "__init__.py").write_text("ANSWER = 41\n")
    shutil.copy(ROOT / "compnet_lib/parameters.py", library)
    (library / "claims.py").write_text(
        "CLAIMS = SOURCES = {}\nKEY = 'compnet_claim'\nverdict_of = None\n"
    )
    (library / "plotting.py").write_text("LIGHT = DARK = ('#002bc1',)\n")
    return tmp_path


def build(folder):
    command = [
        Path(sys.executable).with_name("jupyter-book"),
        "build",
        "book",
        "-W",
        "--keep-going",
    ]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def add(folder, cell):
    with (folder / "book/tiny.py").open("a") as chapter:
        chapter.write(cell)


def test_edited_library_executes_the_chapters_again(tiny):
    page = tiny / "_build/html/tiny.html"
    assert build(tiny).returncode == 0 and "the answer is 41" in page.read_text()
    again = build(tiny)
    assert again.returncode == 0 and "Executing notebook" not in again.stdout
    (tiny / "compnet_lib/__init__.py").write_text("ANSWER = 42  # edited\n")
    assert build(tiny).returncode == 0 and "the answer is 42" in page.read_text()
    assert len(list((tiny / "_build/.jupyter_cache").iterdir())) == 1, "the old cache is removed"


def test_failing_cell_fails_every_build(tiny):
    add(tiny, "\n# %%\nzero = 0\n1 / zero\n")
    for _ in range(2):
        result = build(tiny)
        assert result.returncode != 0
        assert result.stderr.strip().endswith(
            "tiny.py, cell 3 (zero = 0) at `1 / zero`: ZeroDivisionError: division by zero"
        )


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        (RERUN, "there is no parameter depht; did you mean depth?"),
        (FIGURE, "a figure without alternative text"),
        ("\n# %%\nimport sys\nprint('careful', file=sys.stderr)\n", "stderr was found"),
    ],
    ids=["stale example", "figure without alt", "stderr"],
)
def test_warning_fails_every_build(tiny, cell, complaint):
    add(tiny, cell)
    for _ in range(2):
        result = build(tiny)
        assert result.returncode != 0 and complaint in result.stderr
