"""Every statement of the theory chapters is checked exactly, and perturbed."""

import re
from importlib import import_module

import pytest
from helpers.places import ROOT

from compnet_book.claims import CLAIMS

CHAPTERS = {  # a chapter, and the module that holds its statements
    "triangle_waves": "test_triangles",
    "triangles_to_weights": "test_triangles",
    "differentiability": "test_differentiability",
    "sufficiency_and_decay": "test_sufficiency_and_decay",
    "second_derivatives": "test_second_derivatives",
    "beyond_the_paper": "test_beyond_the_paper",
    "recovering_peaks": "test_recovering_peaks",
}
STATED = re.compile(r"\{prf:(?:lemma|proposition|theorem|corollary)\}.*\n# :label: (\S+)")
LABELS = [
    (chapter, label)
    for chapter in CHAPTERS
    for label in STATED.findall((ROOT / "book" / f"{chapter}.py").read_text())
]


def checked(chapter):
    return import_module(CHAPTERS[chapter]).states.checks


@pytest.mark.parametrize(("chapter", "label"), LABELS, ids=[label for _, label in LABELS])
def test_a_theorem_has_perturbed_statements(chapter, label):
    names = {
        name
        for _, claims, _, perturbed in checked(chapter)
        if label in claims
        for name in perturbed
    }
    assert len(names) >= 3, f"{label}: {names}"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_settled_claim_has_perturbed_statements(chapter):
    stated = {name for _, claims, *_ in checked(chapter) for name in claims}
    assert {
        name for name, claim in CLAIMS.items() if claim.chapter == chapter and claim.id[0] == "C"
    } <= stated


def test_the_theory_is_complete():
    """The claims that the theory part has to settle are in its chapters."""
    wanted = [
        name for name in CLAIMS if re.match(r"C-(eq|sec|thm|lem|regions|dense|fig7|fig8)", name)
    ]
    assert len(wanted) >= 25 and {CLAIMS[name].chapter for name in wanted} <= set(CHAPTERS)
