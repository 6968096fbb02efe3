"""The form that filters the ledger; the script `ledger.js` shows it and does what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from compnet_book.sphinx.entries import Entry, counted
from compnet_book.sphinx.tags import Tag, tag


def filters(found: Sequence[Entry], order: Iterable[str]) -> Tag:
    """A form with a choice of verdict and of chapter, and how many claims are shown. The chapters
    stand in the `order` of the book."""
    verdicts = [option(kind, kind, count) for kind, count in counted(found)]
    choice = tag(
        "fieldset",
        tag("legend", "Show claims"),
        chosen("verdict", "Verdict", "any", verdicts),
        chosen("chapter", "Chapter", "any", chapters(found, order)),
        tag("button", "Show all", type="reset", classes=["book-reset"]),
    )
    shown = tag("p", "", role="status", classes=["book-shown"])
    return tag("form", choice, shown, classes=["book-filter"], hidden="", autocomplete="off")


def chosen(name: str, label: str, everything: str, options: Sequence[Tag]) -> Tag:
    """A labelled choice."""
    choice = tag("select", tag("option", everything, value=""), *options, name=name)
    return tag("label", f"{label} ", choice)


def option(value: str, text: str, count: int) -> Tag:
    """One choice, and how many claims it shows."""
    return tag("option", f"{text} ({count})", value=value)


def chapters(found: Sequence[Entry], order: Iterable[str]) -> list[Tag]:
    """The chapters that settle claims, by the parts of the book."""
    count = Counter(entry.claim.chapter for entry in found)
    first = {entry.claim.chapter: entry for entry in reversed(found)}
    shown = [first[name] for name in order if name in first]
    return [
        tag(
            "optgroup",
            *(option(one.claim.chapter, one.title, count[one.claim.chapter]) for one in group),
            label=part or "The book",
        )
        for part, group in groupby(shown, key=lambda entry: entry.part)
    ]
