"""What a text should say: the errata that the chapters have established."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from docutils import nodes

from compnet_book.claims import Erratum
from compnet_book.sphinx.cards import (
    Links,
    capital,
    head,
    link,
    name,
    paragraph,
    place,
    terms,
    verdict,
)
from compnet_book.sphinx.entries import Entry
from compnet_book.sphinx.prose import inline
from compnet_book.sphinx.tags import Tag, tag

FAILS = "fails as stated"
REFUTED = "refuted"
"""What fails as stated and has nothing in its place, where a kind of erratum is asked for."""


def errata(found: Sequence[Entry], kind: str, links: Links) -> list[nodes.Node]:
    """The errata of some claims: those of one kind, or what is `REFUTED`, or all if it is ""."""
    shown = [
        entered(entry, erratum, own, links)
        for entry, erratum, own in listed(found)
        if kind in ("", erratum.kind)
    ]
    if kind in ("", REFUTED):
        shown += [counterexample(entry, links) for entry in found if refuted(entry)]
    return [*shown] or [nodes.paragraph("", "None so far.")]


def refuted(entry: Entry) -> bool:
    """Whether a statement fails, and nothing stands in its place."""
    return entry.kind == FAILS and not entry.correction


def listed(found: Iterable[Entry]) -> Iterator[tuple[Entry, Erratum, bool]]:
    """Each erratum with its claim, and whether it is of the statement itself."""
    for entry in found:
        own = bool(entry.correction)
        for number, erratum in enumerate(entry.errata):
            yield entry, erratum, own and number == 0


def entered(entry: Entry, erratum: Erratum, own: bool, links: Links) -> Tag:
    """One erratum."""
    fails = own and entry.kind == FAILS
    rows = [
        ("The claim, in our words" if own else "Printed, in short", [paragraph(erratum.printed)]),
        ("True instead" if fails else "It should say", [paragraph(erratum.correct)]),
    ]
    return framed(entry, place(erratum), erratum.kind, rows, fails, links)


def counterexample(entry: Entry, links: Links) -> Tag:
    """A statement that was refuted."""
    rows = [
        ("The claim, in our words", [paragraph(entry.claim.says)]),
        ("It fails", [paragraph(entry.record["note"] if entry.record else "")]),
    ]
    return framed(entry, entry.claim.where, "", rows, True, links)


def framed(
    entry: Entry,
    where: str,
    kind: str,
    rows: Sequence[tuple[str, Sequence[nodes.Node]]],
    fails: bool,
    links: Links,
) -> Tag:
    """An entry of the page: where it is, what is printed and what holds, and the way to the card
    and to the cell."""
    mark = verdict(entry, links) if fails else link("the cell", links.cell(entry), "book-cell")
    of_kind = [nodes.inline("", kind, classes=["book-where"])] if kind else []
    title = nodes.strong("", "", *inline(capital(where)))
    return tag(
        "article",
        head(title, *of_kind, name(entry, links), mark),
        terms(rows),
        classes=["book-card", "book-erratum"],
        aria_label=where,
        data_kind=kind,
    )
