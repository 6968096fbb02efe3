"""The ledger: complete as data, and its verdicts follow from what was computed."""

import pytest
from nbformat import NotebookNode

from compnet_book import claims
from compnet_book.claims import CLAIMS, absent, answer, compare, settle, verdict_of
from compnet_book.sphinx import gathered
from compnet_book.sphinx.gathered import complaints


def mended(**changed):
    """A statement of which another form was found true."""
    given = {"holds": False, "corrected": True, "kind": "mathematical", "part": "text"}
    return settle("C-eq1", **given | changed)


def slip(**changed):
    given = {
        "where": "proof of Lemma 7.6",
        "printed": "$1-a_i+2$",
        "correct": "$1-a_{i+2}$",
        "kind": "typographical",
        "part": "proof",
        "shown": True,
    }
    return claims.erratum(**given | changed)


def test_every_claim_of_the_papers_is_listed():
    letters = [name[0] for name in CLAIMS]
    assert set(letters) == set(claims.SOURCES)
    for letter, printed in {"C": 49, "D": 9, "F": 31, "S": 17}.items():
        assert letters.count(letter) >= printed
    assert all(
        claim.where and claim.says and claim.chapter and claim.says.count("$") % 2 == 0
        for claim in CLAIMS.values()
    )


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (lambda: settle("C-eq2", holds=True), "holds"),
        (
            lambda: settle(
                "C-eq1",
                holds=False,
                corrected=True,
                correction="minus",
                kind="typographical",
                part="formula",
            ),
            "holds with a correction",
        ),
        (
            lambda: settle(
                "C-lem7.9",
                holds=False,
                corrected=True,
                instead="concave",
                kind="mathematical",
                part="text",
            ),
            "fails as stated",
        ),
        (lambda: settle("C-eq2", holds=False, note="at 3"), "fails as stated"),
        (lambda: settle("C-eq2", holds=False, corrected=False, note="at 3"), "fails as stated"),
        (lambda: compare("C-tab1", {"x": (1.0, [0.5, 2.0])}), "reproduced 1 of 1"),
        (
            lambda: compare("C-tab1", {"x": (1.0, [0.5, 2.0]), "y": (3.0, [0.5, 2.0])}),
            "reproduced 1 of 2",
        ),
        (lambda: compare("C-tab1", {"y": (3.0, [0.5, 2.0])}), "not reproduced"),
        (lambda: answer("D-q1", "Yes."), "answered"),
        (lambda: absent("S-exA.1", "Rebuilt."), "not in our text"),
    ],
)
def test_verdict_follows_from_what_was_computed(made, verdict):
    settled = made()
    data, metadata = settled._repr_mimebundle_()
    assert (
        settled.record["verdict"] == verdict == verdict_of(metadata[claims.KEY])
        and claims.kind_of(verdict) in claims.VERDICTS
    )
    assert f"*{verdict}*" in data["text/markdown"]


@pytest.mark.parametrize("name", ["C-eq1", "D-q1"])
def test_outputs_hold_nothing_of_the_wording(name):
    settled = answer(name, "Yes.")
    data, metadata = settled._repr_mimebundle_()
    claim = CLAIMS[name]
    written = str(data) + str(metadata)
    assert claim.where not in written and claim.says not in written
    output = NotebookNode(data=data, metadata=metadata)
    gathered.show(output)
    line = f"**{name}** ({claim.where}): *answered*. Yes."
    assert output.data["text/markdown"] == line


def test_other_outputs_are_shown_as_they_are():
    for metadata in ({}, {claims.KEY: {"id": "C-eq99"}}):
        output = NotebookNode(data={"text/markdown": "**C-eq1**"}, metadata=metadata)
        gathered.show(output)
        assert output.data["text/markdown"] == "**C-eq1**"


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (lambda: settle("C-eq99", holds=True), "id"),
        (lambda: settle("C-eq1", holds="yes"), "holds"),
        (lambda: settle("C-eq1", holds=1), "holds"),
        (lambda: settle("C-eq1", holds=False), "note"),
        (lambda: mended(), "correction"),
        (lambda: mended(correction="minus", instead="plus"), "instead"),
        (lambda: mended(correction="minus", kind="grave"), "kind"),
        (lambda: mended(correction="minus", part="margin"), "part"),
        (lambda: settle("C-eq1", holds=True, correction="minus"), "correction"),
        (lambda: settle("C-eq1", holds=True, instead="minus"), "instead"),
        (lambda: slip(kind="grave"), "kind"),
        (lambda: slip(part="margin"), "part"),
        (lambda: slip(shown=1), "shown"),
        (lambda: slip(printed=""), "printed"),
        (lambda: compare("C-tab1", {}), "cells"),
        (lambda: compare("C-tab1", {"x": (float("nan"), [1.0])}), "cells"),
        (lambda: compare("C-tab1", {"x": (1.0, [0.0, 1.0])}), "cells"),
        (lambda: compare("C-tab1", {"x": (1.0, [1.0])}, quantiles=(0.9, 0.1)), "quantiles"),
        (lambda: answer("D-q1", ""), "text"),
        (lambda: absent("S-exA.1", None), "text"),
    ],
)
def test_a_verdict_cannot_be_typed_or_left_unfounded(made, names):
    with pytest.raises((TypeError, ValueError), match=rf"\b{names}\b"):
        made()


@pytest.mark.parametrize(
    ("holds", "corrected", "made"),
    [
        (True, False, settle("C-eq2", holds=True, note="seen", numbers={"n": 1})),
        (
            False,
            True,
            settle(
                "C-eq2",
                holds=False,
                corrected=True,
                correction="minus",
                kind="mathematical",
                part="formula",
                numbers={"n": 1},
            ),
        ),
        (
            False,
            False,
            settle("C-eq2", holds=False, corrected=False, note="at 3", numbers={"n": 1}),
        ),
        (False, None, settle("C-eq2", holds=False, note="at 3", numbers={"n": 1})),
    ],
)
def test_the_words_are_those_of_the_outcome(holds, corrected, made):
    said = {"correction": "minus", "failure": "at 3", "note": "seen", "numbers": {"n": 1}}
    said |= {"kind": "mathematical", "part": "formula"}
    assert claims.decide("C-eq2", holds=holds, corrected=corrected, **said).record == made.record


def test_what_is_true_instead_is_kept_and_does_not_mend_the_statement():
    found = claims.decide("C-eq2", holds=False, corrected=True, instead="plus").record
    assert (found["verdict"], found["correction"]) == ("fails as stated", "plus")
    assert found["kind"] == "measured"


def test_a_slip_beside_a_statement_leaves_its_verdict():
    record = settle("C-lem7.6", holds=True, errata=slip()).record
    assert record["verdict"] == "holds"
    assert [each.correct for each in claims.errata_of(record)] == ["$1-a_{i+2}$"]


def test_a_slip_that_was_not_found_is_not_listed():
    record = settle("C-lem7.6", holds=True, errata=slip(shown=False)).record
    assert claims.errata_of(record) == []


def test_a_correction_comes_before_the_slips_beside_it():
    record = mended(correction="minus", errata=slip()).record
    own, beside = claims.errata_of(record)
    assert (own.where, own.printed) == (CLAIMS["C-eq1"].where, CLAIMS["C-eq1"].says)
    assert (own.correct, own.kind, own.part) == ("minus", "mathematical", "text")
    assert [beside] == slip()


def test_numbers_not_reproduced_are_both_given_with_the_factor():
    ends = {"quantiles": (0, 1)}
    record = compare(
        "C-tab1",
        {"near": (1.0, [0.5, 2.0]), "far": (0.04, [0.0004, 0.005]), "off": (3.0, [0.5, 2.0])},
        **ends,
    ).record
    assert record["numbers"] == {
        "quantiles": "0% to 100%",
        "outside": "far, 8 times outside (published 0.04, found 0.0004 to 0.005); "
        "off, 1.5 times outside (published 3, found 0.5 to 2)",
    }


def test_numbers_are_compared_with_quantiles_of_what_was_found():
    found = [*range(1, 1002)]  # of which the quantile q is 1 + 1000 q
    cells = {"low": (5.9, found), "just inside": (6.0, found), "above": (997.0, found)}
    record = compare("C-tab1", cells).record
    assert record["verdict"] == "reproduced 1 of 3"
    assert record["cells"]["low"] == {"published": 5.9, "low": 6.0, "high": 996.0}


def everything(chapters):
    """One good record for every claim of these chapters, by chapter."""
    return {
        chapter: [
            settle(claim.id, holds=True).record
            for claim in CLAIMS.values()
            if claim.chapter == chapter
        ]
        for chapter in chapters
    }


def test_a_complete_ledger_is_not_complained_of():
    chapters = ["triangle_waves", "pretraining"]
    assert complaints(everything(chapters), chapters) == []


def test_a_claim_without_a_cell_is_noticed():
    kept = everything(["triangle_waves"])
    lost = kept["triangle_waves"].pop()["id"]
    assert complaints(kept, ["triangle_waves"]) == [
        ("triangle_waves", f"has no cell that settles {lost}")
    ]


def test_a_verdict_that_its_numbers_contradict_is_noticed():
    kept = {
        "tables_1_and_2": [
            compare(name, {"x": (3.0, [1.0, 2.0])}).record for name in ("C-tab1", "C-tab2")
        ]
    }
    kept["tables_1_and_2"][0]["verdict"] = "holds"
    assert complaints(kept, ["tables_1_and_2"]) == [
        ("tables_1_and_2", "says C-tab1 holds, where its numbers say not reproduced")
    ]


def test_a_claim_settled_twice_elsewhere_or_unknown_is_noticed():
    kept = everything(["pretraining"])
    kept["pretraining"] += [
        settle("C-alg1", holds=True).record,
        settle("C-eq1", holds=True).record,
        settle("C-eq2", holds=True).record | {"id": "C-eq99"},
    ]
    said = [text for _, text in complaints(kept, ["pretraining"])]
    assert said == [
        "settles C-alg1 again, after pretraining",
        "settles C-eq1, which belongs to the chapter triangle_waves",
        "settles C-eq99, which is no claim of the ledger",
    ]
