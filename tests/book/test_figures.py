"""Figures, and their texts: read from the code that shows them."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr

from compnet_book import captions, figures, palette, words

HEADER = """\
# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---
"""
FOUND = xr.DataArray(
    [[1e-5, 3e-5, 2e-5], [1e-7, 3e-7, 2e-7]],
    {"regime": ["default", "free"], "seed": [0, 1, 2], "curve": "x^3"},
    ("regime", "seed"),
)
PUBLISHED = xr.DataArray([[2e-5]], {"regime": ["default"], "curve": ["x^3"]}, ("regime", "curve"))


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_a_figure_is_shown_once_and_closed(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    figure, _ = figures.panels(2, 1, 1.5)
    assert figure.get_size_inches().tolist() == [7.0, 3.0]
    assert figures.show(figure, "fig-one", caption="A result.", alt="Two panels.") is None
    assert shown == [figure] and not plt.fignum_exists(figure.number)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "one"}, "name must begin with 'fig-'"),
        ({"caption": " "}, "caption must say something"),
        ({"alt": ""}, "alt must say something"),
    ],
)
def test_a_figure_without_words_is_refused(wrong, said):
    figure, _ = figures.panels()
    with pytest.raises(ValueError, match=said):
        figures.show(
            figure, **{"name": "fig-one", "caption": "A result.", "alt": "A line."} | wrong
        )


def test_ranges_are_drawn_where_they_are():
    _, axis = figures.panels()
    figures.ranges(axis, FOUND, PUBLISHED)
    drawn = [tuple(map(list, line.get_data())) for line in axis.lines]
    assert drawn == [
        ([1e-5, 3e-5], [0, 0]),
        ([2e-5], [0]),
        ([2e-5], [0]),
        ([1e-7, 3e-7], [1, 1]),
        ([2e-7], [1]),
    ]
    assert [line.get_marker() for line in axis.lines] == ["None", "|", "D", "None", "|"]
    assert [tick.get_text() for tick in axis.get_yticklabels()] == [
        "default",
        words.REGIMES["free"],
    ]
    assert axis.get_xscale() == "log" and axis.get_ylim() == (1.6, -0.6)


def test_a_bar_can_stand():
    _, axis = figures.panels()
    figures.bar(axis, 3, 1.0, 2.0, 4.0, upright=True)
    np.testing.assert_array_equal(axis.lines[0].get_xydata(), [[3, 1], [3, 4]])
    np.testing.assert_array_equal(axis.lines[1].get_xydata(), [[3, 2]])
    assert axis.lines[1].get_marker() == "_"


def test_bars_of_linear_regions():
    _, axis = figures.panels()
    figures.regions(axis, {"start": [32, 32, 32], "trained": xr.DataArray([8, 16, 40])}, 32)
    built, *bars = axis.get_lines()
    assert set(built.get_xdata()) == {32}
    drawn = np.concatenate([line.get_xdata() for line in bars])
    np.testing.assert_allclose(drawn, [32, 32, 32, 8.8, 37.6, 16])
    assert [label.get_text() for label in axis.get_yticklabels()] == ["start", "trained"]
    assert axis.get_xscale() == "log" and axis.get_ylim()[0] > axis.get_ylim()[1]


def test_panels_and_legend_of_regimes():
    figure, axes = figures.curve_panels(["x^3", "sin"], 2, 1.5)
    assert axes.shape == (2, 2) and axes[0, 1].get_title() == r"$\sin(\pi x/2)$"
    figures.line(axes[1, 0], "free", [0, 1], [1, 2], linewidth=1)
    assert axes[1, 0].lines[0].get_color() == palette.LOOKS["free"][0]
    figures.legend(figure, axes[1, 0], "upper", 2)
    assert [text.get_text() for text in figure.legends[0].texts] == [words.REGIMES["free"]]
    figures.hide_unused(axes.flat, 3)
    assert [axis.get_visible() for axis in axes.flat] == [True, True, True, False]


SHOWN = """
# %% [markdown]
# # A page

# %% tags=["hide-input"]
figure = draw()
figures.show(
    figure,
    "fig-one",
    caption="It falls as $x\\\\pm F$, "
    "{glue:text}`one` times.",
    alt=r"One \\line",
)

# %%
print(1)
"""


def test_texts_come_from_the_call():
    first, second = [c for c in captions.read(HEADER + SHOWN).cells if c.cell_type == "code"]
    assert first.metadata["mystnb"] == {
        "image": {"alt": r"One \line"},
        "figure": {"caption": r"It falls as $x\pm F$, {glue:text}`one` times.", "name": "fig-one"},
    }
    assert first.metadata["tags"] == ["hide-input"] and "mystnb" not in second.metadata


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('figures.show(f, "fig-a", caption="c")', "alt must be written out"),
        ('figures.show(f, "fig-a", caption="c", alt="")', "alt must say something"),
        ('figures.show(f, "fig-a", caption=f"{c}", alt="a")', "caption must be written out"),
        ('figures.show(f, name, caption="c", alt="a")', "name must be written out"),
        ('figures.show(f, "fig-a", caption="c", alt="a")\n' * 2, "a cell shows one figure, got 2"),
    ],
)
def test_a_call_without_its_texts_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        captions.read(f"{HEADER}\n# %%\n{call}\n")


def test_no_run_depends_on_what_is_said_of_a_figure():
    cell = 'f = draw(3)\nfigures.show(f, "fig-a", caption="Old.", alt="A line.")'
    bare = captions.without_texts(cell)
    assert captions.without_texts(cell.replace("Old.", "New.").replace("A l", "One l")) == bare
    assert captions.without_texts(cell.replace("3", "4")) != bare
    assert captions.without_texts(cell.replace("fig-a", "fig-b")) != bare
    other = 'show(f, caption="Old.")  # as it is'
    assert captions.without_texts(other) == other


def test_the_palette_is_readable_by_the_stylesheet():
    colours = [*palette.LIGHT, *palette.DARK, palette.GREY]
    assert len(palette.LIGHT) == len(palette.DARK) and all(len(c) == 7 for c in colours)
    assert np.array_equal(list(palette.LOOKS), list(words.REGIMES))
