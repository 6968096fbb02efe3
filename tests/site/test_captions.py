"""A figure's caption, name and alternative text arrive on the page,
from the call that shows it; to say them otherwise executes nothing."""

import pytest
from bs4 import BeautifulSoup
from helpers.tiny import add, build, edit, tiny_book

pytestmark = pytest.mark.slow

FIGURE = """
# %% [markdown]
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
    """The tiny book, with a figure in its chapter."""
    folder = tiny_book(tmp_path)
    add(folder / "book/tiny.py", FIGURE)
    return folder


def test_words_of_a_figure_arrive_on_the_page(tiny):
    for executed in (True, False):
        done = build(tiny)
        assert done.returncode == 0, done.stderr[-3000:]
        assert ("Executing the chapter" in done.stdout) is executed
        page = BeautifulSoup((tiny / "_build/html/tiny.html").read_text(), "html.parser")
        figure = page.select_one("figure#fig-line")
        assert figure.select_one("svg")["aria-label"] == 'One straight line that "rises".'
        caption = figure.select_one(".caption-text").get_text()
        first = "A" if executed else "One"
        assert caption == rf"{first} line of 3 points, \(x^2\)."
        assert len(page.select("figure, img, svg.book-figure")) == 2, "the figure and its drawing"
        assert "Fig. 1" in page.select_one("p a[href='#fig-line']").get_text()
        if executed:
            edit(tiny / "book/tiny.py", 'caption="A line', 'caption="One line')


def test_a_figure_without_alternative_text_is_refused(tiny):
    edit(tiny / "book/tiny.py", "    alt=", "    other=")
    done = build(tiny)
    assert done.returncode != 0 and "alt must be written out" in done.stderr
