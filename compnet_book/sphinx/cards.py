"""A claim on a page: its card on the ledger, and one line at the end of its chapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from docutils import nodes

from compnet_book.claims import Erratum
from compnet_book.sphinx.entries import Entry, counted
from compnet_book.sphinx.gathered import anchor, look
from compnet_book.sphinx.prose import inline
from compnet_book.sphinx.tags import Tag, tag
from compnet_book.words import power

LEDGER = "ledger"
"""The page of the cards."""
Row = tuple[str, Sequence[nodes.Node]]
"""A term, and what is said of it."""


class Links(NamedTuple):
    """Addresses seen from one page: `to` gives that of another page."""

    to: Callable[[str], str]

    def cell(self, entry: Entry) -> str:
        """Where the cell is that settles a claim."""
        return f"{self.to(entry.claim.chapter)}#{anchor(entry.claim.id)}"

    def card(self, entry: Entry) -> str:
        """Where the card of a claim is."""
        return f"{self.to(LEDGER)}#{anchor(entry.claim.id)}"


def link(text: str, address: str, *classes: str) -> nodes.reference:
    """A link inside the book."""
    return nodes.reference("", text, refuri=address, internal=True, classes=[*classes])


def paragraph(text: str, *classes: str) -> nodes.paragraph:
    """A paragraph of Markdown."""
    return nodes.paragraph("", "", *inline(text), classes=[*classes])


def verdict(entry: Entry, links: Links) -> nodes.Element:
    """The verdict in its colour; it leads to the cell that computed it."""
    classes = ["book-verdict", look(entry.verdict)]
    if entry.record:
        return link(entry.verdict, links.cell(entry), *classes)
    return nodes.inline("", entry.verdict, classes=classes)


def name(entry: Entry, links: Links) -> nodes.reference:
    """The claim's id; it leads to the card."""
    return link(entry.claim.id, links.card(entry), "book-id")


def tally(found: Sequence[Entry]) -> nodes.bullet_list:
    """How many entries there are of each kind of verdict."""
    items = (
        nodes.list_item(
            "",
            nodes.paragraph(
                "",
                "",
                nodes.inline("", kind, classes=["book-verdict", look(kind)]),
                nodes.Text(f" {count}"),
            ),
        )
        for kind, count in counted(found)
    )
    return nodes.bullet_list("", *items, classes=["book-tally"])


def terms(rows: Iterable[Row], *classes: str) -> nodes.definition_list:
    """A list of terms."""
    items = (
        nodes.definition_list_item(
            "", nodes.term("", "", *inline(term)), nodes.definition("", *said)
        )
        for term, said in rows
    )
    return nodes.definition_list("", *items, classes=["book-terms", *classes])


def numbers(record: Mapping) -> dict[str, str]:
    """What was measured, and for published numbers each of them, by name."""
    cells = {
        name: "published {published}, found {low} to {high}".format(
            **{key: short(value) for key, value in cell.items()}
        )
        for name, cell in record.get("cells", {}).items()
    }
    return record["numbers"] | cells


def short(value: float) -> str:
    """A number with three digits."""
    return f"{value:.3g}" if 0.001 <= value < 1e5 else power(value, 2)


def place(erratum: Erratum) -> str:
    """Where an erratum stands, and in what."""
    said = "" if erratum.part in erratum.where else f", in the {erratum.part}"
    return f"{erratum.where}{said}"


def slip(erratum: Erratum) -> list[nodes.Node]:
    """A slip beside a statement."""
    rows = [
        ("Printed, in short", [paragraph(erratum.printed)]),
        ("It should say", [paragraph(erratum.correct)]),
    ]
    return [paragraph(f"{capital(place(erratum))} ({erratum.kind})"), terms(rows)]


def capital(text: str) -> str:
    """The text with a capital letter."""
    return text[:1].upper() + text[1:]


def more(entry: Entry, links: Links) -> list[Row]:
    """What a card folds away."""
    if not entry.record:
        return []
    rows: list[Row] = []
    if correction := entry.correction:
        term = "Corrected" if entry.record["sense"] else "True instead"
        kind = paragraph(capital(f"{entry.record['kind']}, in the {entry.record['part']}"))
        rows.append((term, [paragraph(correction), kind]))
    if (note := entry.record["note"]) != entry.evidence and note:
        term = "Answer" if entry.record["about"] == "question" else "Evidence"
        rows.append((term, [paragraph(note)]))
    rows += [("Erratum beside it", slip(erratum)) for erratum in entry.beside]
    if measured := numbers(entry.record):
        each = [(name, [paragraph(value)]) for name, value in measured.items()]
        rows.append(("Numbers", [terms(each, "book-numbers")]))
    chapter = link(entry.title, links.cell(entry))
    return [*rows, ("Chapter", [nodes.paragraph("", "", chapter)])]


def folded(rows: Sequence[Row]) -> list[Tag]:
    """Rows behind a summary that names them."""
    named = capital(", ".join(dict.fromkeys(term.lower() for term, _ in rows)))
    return [tag("details", tag("summary", named), terms(rows))] if rows else []


def head(*parts: nodes.Node) -> nodes.paragraph:
    """The first line of a card."""
    spaced = [one for part in parts for one in (part, nodes.Text(" "))]
    return nodes.paragraph("", "", *spaced[:-1], classes=["book-card-head"])


def card(entry: Entry, links: Links) -> Tag:
    """A claim with all that the book has of it."""
    claim = entry.claim
    where = nodes.inline("", "", *inline(claim.where), classes=["book-where"])
    evidence = [paragraph(entry.evidence, "book-evidence")] if entry.evidence else []
    return tag(
        "article",
        head(name(entry, links), where, verdict(entry, links)),
        paragraph(claim.says, "book-says"),
        *evidence,
        *folded(more(entry, links)),
        ids=[anchor(claim.id)],
        classes=["book-card", look(entry.verdict)],
        aria_label=claim.id,
        data_verdict=entry.kind,
        data_chapter=claim.chapter if entry.title else "",
    )


def line(entry: Entry, links: Links) -> nodes.list_item:
    """A claim in the list at the end of its chapter."""
    said = f" {entry.claim.where}. {entry.evidence}".rstrip()
    shown = [name(entry, links), nodes.Text(" "), verdict(entry, links), *inline(said)]
    return nodes.list_item("", nodes.paragraph("", "", *shown))
