"""A figure's caption, name and alternative text arrive on the page,
from the call that shows it, whether the page was executed in this build or not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from helpers.places import ROOT

CHAPTER = """\
# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Tiny
#
# See {numref}`fig-line`.

# %% tags=["hide-input"]
from compnet_book import figures, words

figures.use_style()
words.glue("tiny", count=3)

# %% tags=["hide-input"]
figure, axis = figures.panels()
axis.plot([0, 1], [1, 2])
figures.show(
    figure,
    "fig-line",
    caption="A line of {glue:text}`tiny_count` "
    "points, $x^2$.",
    alt="One straight line "
    'that "rises".',
)
"""


@pytest.fixture
def tiny(tmp_path):
    """A book of one chapter with one figure."""
    for name in ("compnet_book", "compnet_lib", "book/_static"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    for name in ("_config.yml", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "book/references.bib").touch()
    for folder in (tmp_path, tmp_path / "book"):
        (folder / "_toc.yml").write_text("format: jb-book\nroot: tiny\n")
    (tmp_path / "book/tiny.py").write_text(CHAPTER)
    return tmp_path


def build(folder):
    program = Path(sys.executable).with_name("jupyter-book")
    command = [program, "build", "book", "-W", "--keep-going"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_words_of_a_figure_arrive_on_the_page(tiny):
    for executed in (True, False):
        done = build(tiny)
        assert done.returncode == 0, done.stderr[-3000:]
        assert ("Executing notebook" in done.stdout + done.stderr) is executed
        page = BeautifulSoup((tiny / "_build/html/tiny.html").read_text(), "html.parser")
        figure = page.select_one("figure#fig-line")
        assert figure.select_one("svg")["aria-label"] == 'One straight line that "rises".'
        caption = figure.select_one(".caption-text").get_text()
        assert caption == r"A line of 3 points, \(x^2\)."
        assert len(page.select("figure, img, svg.book-figure")) == 2, "the figure and its drawing"
        assert "Fig. 1" in page.select_one("p a[href='#fig-line']").get_text()
        (tiny / "_build/html/tiny.html").unlink()
        shutil.rmtree(tiny / "_build/.doctrees", ignore_errors=True)


def test_a_figure_without_alternative_text_is_refused(tiny):
    chapter = tiny / "book/tiny.py"
    chapter.write_text(CHAPTER.replace("    alt=", "    other="))
    done = build(tiny)
    assert done.returncode != 0 and "alt must be written out" in done.stderr
