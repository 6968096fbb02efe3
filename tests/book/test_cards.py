"""What the pages of the ledger and of the errata are made of, on records made by hand."""

import json
import re
from collections import Counter

import jsonschema
import pytest
from docutils import nodes
from helpers.places import ROOT

from compnet_book import claims
from compnet_book.claims import CLAIMS, KINDS, SOURCES, answer, compare, settle
from compnet_book.sphinx import cards, errata, filters, formulas, ledger, machines, prose
from compnet_book.sphinx.entries import CLASSES, counted, listing
from compnet_book.sphinx.gathered import look
from compnet_book.sphinx.tags import Tag

TITLES = {"triangle_waves": "Waves", "second_derivatives": "Bends", "tables_1_and_2": "Tables"}
PARTS = {"triangle_waves": "Theory", "tables_1_and_2": "Experiments", "second_derivatives": "Last"}
ORDER = ("Theory", "Experiments", "Last")
LINKS = cards.Links(lambda page: f"{page}.html")
SLIP = {
    "where": "proof of Lemma 7.7",
    "printed": "$R$",
    "correct": "$L$",
    "kind": "typographical",
    "part": "proof",
    "shown": True,
}
MENDS = {"holds": False, "corrected": True, "kind": "mathematical", "part": "formula"}
FOUND = [
    settle("C-eq2", holds=True, note="At 3. At 4 too.", numbers={"n": 1}).record,
    settle("C-eq1", correction="It is $-1/(1-a_i)$.", numbers={"b": 2}, **MENDS).record,
    settle(
        "C-lem7.9",
        instead="Concave.",
        note="By three chords.",
        errata=claims.erratum(**SLIP | {"where": "proof of Lemma 7.9", "kind": "gap in a proof"}),
        **MENDS,
    ).record,
    settle("C-lem7.7", holds=True, errata=claims.erratum(**SLIP)).record,
    settle("C-thm7.8", holds=False, note="Not at 3.").record,
    compare("C-tab1", {"x": (1.0, [0.5, 2.0]), "y": (3e-6, [1e-6, 2e-6])}).record,
    compare("C-tab2", {"y": (3.0, [0.5, 2.0])}, note="With one start.").record,
    answer("D-q1", "Yes. Under (4) it does. And so on.").record,
]


@pytest.fixture
def found():
    return listing(FOUND, TITLES, PARTS)


def entry(found, name):
    return next(one for one in found if one.claim.id == name)


def tags(node, name):
    return [one for one in node.findall(Tag) if one["tag"] == name]


def drawn(items, *names):
    """The cards, by claim, in what was made for a page."""
    return {
        one["attributes"]["aria-label"]: one
        for item in items
        for one in tags(item, "article")
        if not names or one["attributes"]["aria-label"] in names
    }


def addresses(node):
    return {one.astext(): one["refuri"] for one in node.findall(nodes.reference)}


# Sentences


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One is enough.", "One is enough."),
        ("It is so. The rest is not said.", "It is so."),
        ("Yes. Under (4) all are. And more.", "Yes. Under (4) all are."),
        ("For $a. B$ it holds. Else not.", "For $a. B$ it holds."),
        ("The step is $x$. $F$ is not.", "The step is $x$."),
        ("Some, e.g. A and B, do so. Others not.", "Some, e.g. A and B, do so."),
        ("It said “so it is.” Then no more.", "It said “so it is.”"),
        ("At depth 0.5 and a.b it holds. Yes.", "At depth 0.5 and a.b it holds."),
        ("", ""),
    ],
)
def test_first_sentence(text, first):
    assert prose.first_sentence(text) == first


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("C-eq2", "At 3. At 4 too."),
        ("C-eq1", "It is $-1/(1-a_i)$."),
        ("C-lem7.9", "By three chords."),
        ("C-tab1", "1 of 2 lie within the quantiles 0.5% to 99.5% of what was found."),
        ("C-tab2", "With one start."),
        ("D-q1", "Yes. Under (4) it does."),
        ("C-lem7.7", ""),
        ("C-eq3", ""),
    ],
)
def test_evidence_is_the_note_or_the_correction_or_the_numbers(found, name, said):
    assert entry(found, name).evidence == said


def test_numbers_in_words_are_few():
    assert prose.listed({"a": "1", "b": "2"}) == "a: 1; b: 2."
    many = {name: name for name in "abcdef"}
    assert prose.listed(many) == "a: a; b: b; c: c; and 3 more."
    assert prose.listed({}) == ""


def test_markdown_of_a_claim_becomes_nodes():
    found = prose.inline("so *x* is **y** at `z` by $a_i$, see [there](https://example.org)")
    kinds = [nodes.emphasis, nodes.strong, nodes.literal, nodes.math, nodes.reference]
    inside = [type(one) for one in found if not isinstance(one, nodes.Text)]
    assert inside == kinds
    assert "".join(one.astext() for one in found) == "so x is y at z by a_i, see there"


# Formulas


FORMULAS = {
    formula for claim in CLAIMS.values() for formula in re.findall(r"\$([^$]+)\$", claim.says)
}


def bare(formula):
    return re.sub(r"\s|\{\}", "", formula)


def balanced(formula):
    return all(
        len(re.findall(rf"(?<!\\){one}", formula)) == len(re.findall(rf"(?<!\\){other}", formula))
        for one, other in ((r"\{", r"\}"), (r"\\left(?![a-z])", r"\\right(?![a-z])"))
    )


@pytest.mark.parametrize("limit", [5, 12, formulas.LIMIT])
def test_a_formula_in_pieces_is_the_same_formula(limit):
    for formula in FORMULAS:
        parts = formulas.pieces(formula, limit)
        assert bare("".join(parts)) == bare(formula)
        assert all(map(balanced, parts)), parts


def test_a_short_formula_is_left_alone():
    assert formulas.pieces(r"a+b=c") == ["a+b=c"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a_0+b=c", ["a_0+b=c"]),
        ("aaaa=bbbb+cccc", ["aaaa", "=bbbb+cccc"]),
        ("aaaa+bbbb+cccc", ["aaaa +bbbb", "{}+cccc"]),
        ("aaaa,bbbb,cccc", ["aaaa, bbbb,", "cccc"]),
        ("(aaaa+bb)(cccc+dd)", ["(aaaa+bb)", "(cccc+dd)"]),
        ("aaaa=-bbbbbbb", ["aaaa", "=-bbbbbbb"]),
        ("x^{aaaaa}+bbbb+cc", ["x^{aaaaa}", "{}+bbbb +cc"]),
        (r"x^{aaaa+bbbb+cccc}", [r"x^{aaaa+bbbb+cccc}"]),
        (r"\left(aaaa+bbbb+cc\right)", [r"\left(aaaa+bbbb+cc\right)"]),
    ],
)
def test_a_long_formula_breaks_where_a_reader_would(text, parts):
    assert formulas.pieces(text, 10) == parts


# Cards


def test_every_claim_has_one_card(found):
    shown = [
        name
        for letter in SOURCES
        for item in ledger.ledger(
            [e for e in found if e.claim.id[0] == letter], letter, ORDER, LINKS
        )
        for name in drawn([item])
    ]
    assert sorted(shown) == sorted(CLAIMS)


def test_anchors_of_cards_are_unique(found):
    ids = [cards.card(one, LINKS)["ids"][0] for one in found]
    assert len({*ids}) == len(CLAIMS)


def test_a_card_leads_to_its_cell_and_to_itself(found):
    card = cards.card(entry(found, "C-eq1"), LINKS)
    assert card["ids"] == ["claim-c-eq1"]
    assert addresses(card) == {
        "C-eq1": "ledger.html#claim-c-eq1",
        "holds with a correction": "triangle_waves.html#claim-c-eq1",
        "Waves": "triangle_waves.html#claim-c-eq1",
    }


def test_a_card_says_what_is_claimed_and_folds_the_rest(found):
    card = cards.card(entry(found, "C-eq1"), LINKS)
    (fold,) = tags(card, "details")
    assert "open" not in fold["attributes"]
    summary = tags(fold, "summary")[0].astext()
    assert summary == "Corrected, numbers, chapter"
    assert "Mathematical, in the formula" in fold.astext() and "\n2" in fold.astext()
    unfolded = card.astext().replace(fold.astext(), "")
    assert "The triangle function" in unfolded and "Numbers" not in unfolded


def test_a_card_has_the_errata_beside_its_statement(found):
    fold = tags(cards.card(entry(found, "C-lem7.7"), LINKS), "details")[0]
    said = ["Proof of Lemma 7.7 (typographical)", "Printed, in short", "R", "It should say", "L"]
    text = fold.astext().split("\n\n")
    assert text[text.index(said[0]) :][:5] == said


def test_a_card_has_each_published_number(found):
    text = cards.card(entry(found, "C-tab1"), LINKS).astext()
    assert "published 1, found 0.507 to 1.99" in text
    assert "published 3.00 × 10⁻⁶, found 1.00".replace(" ×", "\xa0×").replace("× ", "×\xa0") in text


def test_an_open_claim_has_no_fold_and_no_cell(found):
    card = cards.card(entry(found, "F-thm2"), LINKS)
    assert not tags(card, "details")
    assert addresses(card) == {"F-thm2": "ledger.html#claim-f-thm2"}
    assert card["attributes"]["data-verdict"] == "open"


def test_answers_and_long_notes_are_folded_in_full(found):
    card = cards.card(entry(found, "D-q1"), LINKS)
    assert "And so on." in tags(card, "details")[0].astext()
    assert tags(card, "summary")[0].astext() == "Answer, chapter"


def test_what_is_true_instead_is_called_so(found):
    card = cards.card(entry(found, "C-lem7.9"), LINKS)
    summary = tags(card, "summary")[0].astext()
    assert summary == "True instead, erratum beside it, chapter"


def test_a_verdict_has_its_colour_whatever_its_numbers():
    assert look("reproduced 1 of 2") == look("reproduced 20 of 20") == "verdict-reproduced"
    assert len({*map(look, CLASSES)}) == len(CLASSES)


# Sections


def test_counts_are_those_of_the_cards(found):
    made = drawn(ledger.ledger(found, "", ORDER, LINKS))
    seen = Counter(card["attributes"]["data-verdict"] for card in made.values())
    assert dict(counted(found)) == seen and sum(seen.values()) == len(CLAIMS)
    assert [kind for kind, _ in counted(found)] == [kind for kind in CLASSES if seen[kind]]
    assert cards.tally(found).astext().replace("\n\n", "") == "".join(
        f"{kind} {count}" for kind, count in counted(found)
    )


def test_claims_stand_by_parts_in_the_order_of_the_book(found):
    own = [one for one in found if one.claim.id[0] == "C"]
    sections = [
        one for one in ledger.ledger(own, "C", ORDER, LINKS) if isinstance(one, nodes.section)
    ]
    titles = [one.next_node(nodes.title).astext() for one in sections]
    assert titles == ["Theory", "Experiments", "Last", "No chapter yet"]
    for section, title in zip(sections, titles):
        part = "" if title == "No chapter yet" else title
        names = {name for name, claim in CLAIMS.items() if PARTS.get(claim.chapter, "") == part}
        assert {*drawn([section])} == {name for name in names if name[0] == "C"}
    last = drawn(sections[-1:]).values()
    assert {card["attributes"]["data-verdict"] for card in last} == {"open"}


def test_a_paper_without_a_chapter_is_behind_a_fold(found):
    own = [one for one in found if one.claim.id[0] == "F"]
    (fold,) = ledger.ledger(own, "F", ORDER, LINKS)
    assert fold["tag"] == "details" and "open" not in fold["attributes"]
    count = sum(name[0] == "F" for name in CLAIMS)
    assert tags(fold, "summary")[0].astext().startswith(f"{count} claims, all open")
    assert len(drawn([fold])) == count


def test_the_digest_keeps_its_order(found):
    titles = TITLES | {"recovering_peaks": "Back"}
    own = [one for one in listing(FOUND, titles, PARTS) if one.claim.id[0] == "D"]
    names = [name for name in CLAIMS if name[0] == "D"]
    assert [*drawn(ledger.ledger(own, "D", ORDER, LINKS))] == names


def test_the_pages_have_a_place_for_every_source_and_every_kind():
    text = (ROOT / "book/ledger.md").read_text(encoding="utf-8")
    assert re.findall(r"```\{ledger\} (\w)", text) == [*SOURCES]
    text = (ROOT / "book/errata.md").read_text(encoding="utf-8")
    assert re.findall(r"```\{errata\} C (.+)", text) == [
        "mathematical",
        "gap in a proof",
        "typographical",
        "measured",
        "refuted",
    ]
    assert {*KINDS, "refuted"} == {*re.findall(r"```\{errata\} C (.+)", text)}
    assert "```{errata} D\n" in text


# The filter


def test_each_choice_says_how_many_claims_it_shows(found):
    form = filters.filters(found, PARTS)
    assert form["attributes"]["hidden"] == "", "until the script shows it"
    made = drawn(ledger.ledger(found, "", ORDER, LINKS)).values()
    for select in tags(form, "select"):
        name = select["attributes"]["name"]
        values = Counter(card["attributes"][f"data-{name}"] for card in made)
        options = tags(select, "option")
        assert options[0]["attributes"]["value"] == "" and len(options) == len({*values} - {""}) + 1
        for option in options[1:]:
            value = option["attributes"]["value"]
            assert option.astext().endswith(f" ({values[value]})")


def test_controls_are_labelled(found):
    form = filters.filters(found, PARTS)
    assert all(one.parent["tag"] == "label" for one in tags(form, "select"))
    labels = [group["attributes"]["label"] for group in tags(form, "optgroup")]
    assert labels == ["Theory", "Experiments", "Last"]
    assert tags(form, "fieldset")[0][0].astext() == "Show claims"
    assert [one["attributes"].get("role") for one in tags(form, "p")] == ["status"]


# Errata


def shown(found, kind, letter="C"):
    own = [one for one in found if one.claim.id[0] == letter]
    return [one.astext() for one in errata.errata(own, kind, LINKS)]


def test_errata_stand_by_kind(found):
    first, second = shown(found, "mathematical")
    assert "Equation (1), section 3, in the formula" in first and "C-eq1" in first
    assert "The claim, in our words" in first and "It should say" in first
    (slip,) = shown(found, "typographical")
    assert (
        slip.startswith("Proof of Lemma 7.7 typographical C-lem7.7 the cell") and "Printed" in slip
    )
    assert shown(found, "measured") == ["None so far."]


def test_what_fails_as_stated_is_marked(found):
    made = errata.errata([entry(found, "C-lem7.9")], "mathematical", LINKS)
    assert "True instead" in made[0].astext()
    assert addresses(made[0]) == {
        "C-lem7.9": "ledger.html#claim-c-lem7-9",
        "fails as stated": "second_derivatives.html#claim-c-lem7-9",
    }
    (beside,) = errata.errata([entry(found, "C-lem7.9")], "gap in a proof", LINKS)
    assert "Printed" in beside.astext() and "fails" not in beside.astext()
    other = errata.errata([entry(found, "C-eq1")], "mathematical", LINKS)
    assert "fails" not in other[0].astext()
    assert addresses(other[0])["the cell"] == "triangle_waves.html#claim-c-eq1"


def test_what_fails_with_nothing_in_its_place_is_not_lost(found):
    texts = [text for kind in KINDS for text in shown(found, kind)]
    assert not any("C-thm7.8" in text for text in texts)
    (refuted,) = shown(found, "refuted")
    assert "C-thm7.8" in refuted and "Not at 3." in refuted
    assert refuted in shown(found, "")


# For machines


def test_the_file_is_what_its_schema_says(found):
    told = json.loads(machines.text(found, LINKS))
    jsonschema.Draft202012Validator.check_schema(machines.SCHEMA)
    jsonschema.validate(told, machines.SCHEMA)
    assert told["schema"] == 1
    assert [one["id"] for one in told["claims"]] == [*CLAIMS]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: one.pop("verdict"),
        lambda one: one.update(more=1),
        lambda one: one.update({"class": "reproduced 1 of 2"}),
        lambda one: one.update(numbers={"n": 1}),
        lambda one: one.update(cells={"x": {"published": 1.0}}),
        lambda one: one.update(errata=[{"where": "here"}]),
        lambda one: one.update(kind="grave"),
    ],
)
def test_another_form_is_noticed(found, spoil):
    told = json.loads(machines.text(found, LINKS))
    spoil(told["claims"][5])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, machines.SCHEMA)


def test_the_file_has_what_the_cells_found(found):
    told = {one["id"]: one for one in json.loads(machines.text(found, LINKS))["claims"]}
    table = told["C-tab1"]
    assert (table["verdict"], table["class"]) == ("reproduced 1 of 2", "reproduced")
    assert table["cells"] == FOUND[5]["cells"] and table["numbers"] == FOUND[5]["numbers"]
    assert (table["part"], table["url"]) == ("Experiments", "tables_1_and_2.html#claim-c-tab1")
    assert told["C-eq1"]["errata"][0]["printed"] == CLAIMS["C-eq1"].says
    assert told["F-thm2"] | {"url": "", "part": "", "verdict": "open"} == told["F-thm2"]


def test_the_file_does_not_depend_on_the_order_of_records(found):
    other = listing(FOUND[::-1], TITLES, PARTS)
    assert machines.text(found, LINKS) == machines.text(other, LINKS)


def test_the_page_states_every_field():
    terms = [term[0].astext() for term in machines.stated().findall(nodes.term)]
    assert terms == machines.SCHEMA["properties"]["claims"]["items"]["required"]
