"""A theory chapter hides its imports and the drawing of its figures, and nothing else;
what a reader sees fits a screen."""

import pytest
from helpers.places import ROOT, parsed

CHAPTERS = [
    "triangle_waves",
    "triangles_to_weights",
    "differentiability",
    "sufficiency_and_decay",
    "second_derivatives",
    "beyond_the_paper",
    "recovering_peaks",
    "best_splines",
    "dual_spectrum",
    "breakpoints",
    "pathologies",
]
SCREEN = 32  # lines
WIDTH = 100  # columns, of code


@pytest.fixture(params=CHAPTERS)
def cells(request):
    notebook = parsed(ROOT / "book" / f"{request.param}.py")
    return [
        (cell.metadata.get("tags", []), cell.source)
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def test_only_imports_and_figures_are_hidden(cells):
    hidden = [source for tags, source in cells if any(tag.startswith("hide") for tag in tags)]
    imports = [source for source in hidden if "figures.use_style()" in source]
    assert len(imports) == 1 and imports[0].startswith(("from ", "import "))
    assert all("figures.show(" in source for source in hidden if source not in imports)
    assert not any("claims." in source for source in hidden)
    assert not any(tag.startswith("remove") for tags, _ in cells for tag in tags)


def test_what_is_seen_fits_a_screen(cells):
    for tags, source in cells:
        lines = source.splitlines()
        assert max(map(len, lines)) <= WIDTH
        assert len(lines) <= SCREEN or "hide-input" in tags, source


def test_every_figure_is_shown_by_name(cells):
    shown = [source for _, source in cells if "figures.panels(" in source]
    assert shown and all(source.count("figures.show(") == 1 for source in shown)
