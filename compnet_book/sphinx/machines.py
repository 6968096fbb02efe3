"""The ledger for machines: `claims.json` beside the pages, and what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from compnet_book import files
from compnet_book.claims import KINDS, PARTS
from compnet_book.sphinx.cards import Links, link, paragraph
from compnet_book.sphinx.entries import CLASSES, Entry, entries

NAME = "claims.json"
VERSION = 1
"""Another one if a field goes, or comes to mean something else."""

TEXT: Mapping[str, Any] = {"type": "string"}
NUMBER: Mapping[str, Any] = {"type": "number"}


def record(**fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of an object that has these fields and no others."""
    return {
        "type": "object",
        "properties": fields,
        "required": [*fields],
        "additionalProperties": False,
    }


def mapping(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of an object with values of one form."""
    return {"type": "object", "additionalProperties": values}


def choice(*values: str) -> Mapping[str, Any]:
    """The schema of one of some words."""
    return {"enum": [*values]}


ERRATUM = record(where=TEXT, printed=TEXT, correct=TEXT, kind=choice(*KINDS), part=choice(*PARTS))
CELL = record(published=NUMBER, low=NUMBER, high=NUMBER)
FIELDS = {
    "id": (TEXT, "the claim's name"),
    "source": (TEXT, "which text makes the claim"),
    "where": (TEXT, "the place in that text"),
    "says": (TEXT, "the statement in our words, in Markdown, like all sentences here"),
    "chapter": (TEXT, "the page that settles it, or will"),
    "part": (TEXT, "the part of the book where that page stands; empty if there is none yet"),
    "verdict": (TEXT, "as on this page, or open"),
    "class": (choice(*CLASSES), "the verdict without its numbers"),
    "evidence": (TEXT, "in one sentence; may be empty"),
    "note": (TEXT, "the evidence, or the answer, in full; may be empty"),
    "numbers": (mapping(TEXT), "what was measured, by name, as text"),
    "cells": (mapping(CELL), "published numbers by name, each with the two quantiles found"),
    "correction": (TEXT, "the corrected form, or what is true instead; empty without one"),
    "kind": (choice("", *KINDS), "the correction's kind"),
    "errata": (
        {"type": "array", "items": ERRATUM},
        "each with where, printed, correct, kind and part; the correction is the first",
    ),
    "url": (TEXT, "the cell, seen from this file; empty while the claim is open"),
    "card": (TEXT, "its card on this page"),
}
"""For each field of a claim its schema, and what it is."""
SCHEMA = record(
    schema={"const": VERSION},
    claims={
        "type": "array",
        "items": record(**{name: schema for name, (schema, _) in FIELDS.items()}),
    },
)
"""The JSON Schema of the file."""


def told(entry: Entry, links: Links) -> dict[str, Any]:
    """What the file says of a claim."""
    kept = entry.record or {}
    return {
        "id": entry.claim.id,
        "source": entry.claim.source,
        "where": entry.claim.where,
        "says": entry.claim.says,
        "chapter": entry.claim.chapter,
        "part": entry.part,
        "verdict": entry.verdict,
        "class": entry.kind,
        "evidence": entry.evidence,
        "note": kept.get("note", ""),
        "numbers": kept.get("numbers", {}),
        "cells": kept.get("cells", {}),
        "correction": entry.correction,
        "kind": kept.get("kind", "") if entry.correction else "",
        "errata": [erratum._asdict() for erratum in entry.errata],
        "url": links.cell(entry) if entry.record else "",
        "card": links.card(entry),
    }


def text(found: Sequence[Entry], links: Links) -> str:
    """The file."""
    claims = [told(entry, links) for entry in found]
    return json.dumps({"schema": VERSION, "claims": claims}, indent=1, ensure_ascii=False) + "\n"


def address() -> nodes.paragraph:
    """The way to the file, from a page beside it."""
    return nodes.paragraph("", "", link(NAME, NAME))


def stated() -> nodes.definition_list:
    """The fields, for readers."""
    items = (
        nodes.definition_list_item(
            "",
            nodes.term("", "", nodes.literal("", name), nodes.Text(f" ({form(schema)})")),
            nodes.definition("", paragraph(meaning)),
        )
        for name, (schema, meaning) in FIELDS.items()
    )
    return nodes.definition_list("", *items, classes=["book-terms", "book-numbers"])


def form(schema: Mapping[str, Any]) -> str:
    """What kind of value a field has, in words."""
    words = {"string": "text", "array": "list", "object": "object"}
    return words[schema.get("type", "string")]


def write(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """Write the file among the pages, while they are written; no page of its own."""
    links = Links(app.builder.get_target_uri)
    files.write(Path(app.outdir, NAME), text(entries(app.env), links))
    yield from ()


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("html-collect-pages", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
