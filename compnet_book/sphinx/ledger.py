"""The ledger of claims, from what the chapters computed in this build.

A cell that settles a claim leaves a record among its outputs (`compnet_book.claims`).
They are gathered here when a chapter is read, checked when all are,
and shown by three directives: `ledger` (every claim),
`errata` (every correction) and `settled` (the claims of the page it stands on).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from compnet_book.claims import CLAIMS, KEY, SOURCES, Claim, verdict_of

logger = logging.getLogger(__name__)
rendered: dict[Path, NotebookNode] = {}
"""The chapters that this build has read, with their outputs."""


class Ledger(nodes.General, nodes.Element):
    """Where a table of claims will stand; `kind` says which."""


class LedgerDirective(Directive):
    def run(self) -> list[nodes.Node]:
        return [Ledger(kind=self.name)]


def anchor(claim: str) -> str:
    return nodes.make_id(f"claim-{claim}")


def records(notebook: NotebookNode) -> list[dict]:
    """What the cells of an executed notebook have settled, in order."""
    return [
        output["metadata"][KEY]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if KEY in output.get("metadata", {})
    ]


def show(output: NotebookNode) -> None:
    """Complete the line that a settled claim has in a notebook by where the claim stands:
    that is the ledger's wording, and not the output's."""
    record = output.get("metadata", {}).get(KEY, {})
    if claim := CLAIMS.get(record.get("id")):
        name = f"**{claim.id}**"
        line = output.data["text/markdown"]
        output.data["text/markdown"] = line.replace(name, f"{name} ({claim.where})", 1)


def gather(app: Sphinx, doctree: nodes.document) -> None:
    env = app.env
    notebook = rendered.get(Path(env.doc2path(env.docname)))
    if notebook is None:
        return
    store(env)[env.docname] = found = records(notebook)
    names = {record["id"] for record in found}
    for strong in doctree.findall(nodes.strong):
        if strong.astext() in names:
            strong.parent["ids"].append(anchor(strong.astext()))
            strong.parent["classes"].append("book-claim")
            names.discard(strong.astext())


def store(env: BuildEnvironment) -> dict[str, list[dict]]:
    """The records of each page, kept from build to build."""
    return vars(env).setdefault("book_claims", {})


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    store(env).pop(docname, None)


def settled(env: BuildEnvironment) -> dict[str, tuple[str, dict]]:
    """Chapter and record of each settled claim."""
    return {
        record["id"]: (docname, record) for docname, found in store(env).items() for record in found
    }


def complaints(
    gathered: Mapping[str, list[dict]], chapters: Collection[str]
) -> list[tuple[str, str]]:
    """What is wrong with the ledger, as pairs of a chapter and a sentence."""
    said: list[tuple[str, str]] = []
    seen: dict[str, str] = {}
    for docname, found in gathered.items():
        for record in found:
            name = record["id"]
            if name not in CLAIMS:
                said.append((docname, f"settles {name}, which is no claim of the ledger"))
                continue
            if name in seen:
                said.append((docname, f"settles {name} again, after {seen[name]}"))
            seen[name] = docname
            if CLAIMS[name].chapter != docname:
                said.append(
                    (
                        docname,
                        f"settles {name}, which belongs to the chapter {CLAIMS[name].chapter}",
                    )
                )
            if record["verdict"] != verdict_of(record):
                said.append(
                    (
                        docname,
                        f"says {name} {record['verdict']}, "
                        f"where its numbers say {verdict_of(record)}",
                    )
                )
    said += [
        (claim.chapter, f"has no cell that settles {claim.id}")
        for claim in CLAIMS.values()
        if claim.chapter in chapters and claim.id not in seen
    ]
    return said


def check(app: Sphinx, env: BuildEnvironment) -> list[str]:
    for docname, text in complaints(store(env), env.found_docs):
        logger.warning("%s %s", docname, text, location=docname, type="book", subtype="ledger")
    return [name for name in env.found_docs if name in ("ledger", "errata")]


def inline(text: str) -> list[nodes.Node]:
    """Plain text with `$formula$`, `*emphasis*` and code between backticks."""
    parts: list[nodes.Node] = []
    for match in re.finditer(r"\$([^$]+)\$|\*([^*]+)\*|`([^`]+)`|([^$*`]+)", text):
        formula, emphasis, code, plain = match.groups()
        parts.append(
            nodes.math("", formula)
            if formula
            else nodes.emphasis("", emphasis)
            if emphasis
            else nodes.literal("", code)
            if code
            else nodes.Text(plain)
        )
    return parts


def link(app: Sphinx, fromdoc: str, claim: str, text: str) -> nodes.Node:
    place = settled(app.env).get(claim)
    if place is None:
        return nodes.Text(text)
    uri = f"{app.builder.get_relative_uri(fromdoc, place[0])}#{anchor(claim)}"
    return nodes.reference("", text, refuri=uri, internal=True)


def table(headers: list[str], rows: list[list[list[nodes.Node]]], widths: list[int]) -> nodes.Node:
    group = nodes.tgroup(cols=len(headers))
    group += [nodes.colspec(colwidth=width) for width in widths]

    def row(cells: list[list[nodes.Node]]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))

    group += nodes.thead("", row([[nodes.Text(header)] for header in headers]))
    group += nodes.tbody("", *(row(cells) for cells in rows))
    return nodes.table("", group, classes=["book-ledger", "colwidths-given"])


def evidence(record: dict) -> list[nodes.Node]:
    """The numbers of a record, then its correction and note."""
    text = "; ".join(f"{name}: {value}" for name, value in record["numbers"].items())
    return inline(
        " ".join(
            part for part in (text and f"{text}.", record.get("correction"), record["note"]) if part
        )
    )


def ledger_rows(
    app: Sphinx, fromdoc: str, claims: Iterable[Claim]
) -> Iterator[list[list[nodes.Node]]]:
    done = settled(app.env)
    for claim in claims:
        record = done.get(claim.id, (None, None))[1]
        verdict = link(app, fromdoc, claim.id, record["verdict"] if record else "open")
        yield [
            [nodes.Text(claim.id)],
            [*inline(claim.says), nodes.Text(f" ({claim.where})")],
            [verdict],
            evidence(record) if record else [nodes.Text("")],
        ]


def ledger(app: Sphinx, fromdoc: str) -> list[nodes.Node]:
    done = settled(app.env)
    found: list[nodes.Node] = []
    summary: dict[str, int] = {}
    for _, record in done.values():
        summary[record["verdict"]] = summary.get(record["verdict"], 0) + 1
    counts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(summary.items()))
    found.append(
        nodes.paragraph(
            "",
            f"{len(CLAIMS)} claims: {len(done)} settled ({counts}), "
            f"{len(CLAIMS) - len(done)} open.",
        )
    )
    for letter, title in SOURCES.items():
        claims = [claim for claim in CLAIMS.values() if claim.id[0] == letter]
        found += [
            nodes.rubric("", f"{letter}: {title}"),
            table(
                ["id", "claim", "verdict", "evidence"],
                [*ledger_rows(app, fromdoc, claims)],
                [12, 40, 19, 29],
            ),
        ]
    return found


def errata(app: Sphinx, fromdoc: str) -> list[nodes.Node]:
    rows = []
    for name, (_, record) in sorted(
        settled(app.env).items(), key=lambda item: [*CLAIMS].index(item[0])
    ):
        if record["verdict"] == "holds with a correction":
            claim = CLAIMS[name]
            rows.append(
                [
                    [link(app, fromdoc, name, claim.where)],
                    inline(claim.says),
                    inline(record["correction"]),
                    [nodes.Text(record["kind"])],
                ]
            )
    return (
        [table(["where", "printed", "what it should say", "kind"], rows, [14, 34, 33, 19])]
        if rows
        else [nodes.paragraph("", "None so far.")]
    )


def of_page(app: Sphinx, fromdoc: str) -> list[nodes.Node]:
    claims = [CLAIMS[record["id"]] for record in store(app.env).get(fromdoc, [])]
    return (
        [
            table(
                ["id", "claim", "verdict", "evidence"],
                [*ledger_rows(app, fromdoc, claims)],
                [12, 40, 19, 29],
            )
        ]
        if claims
        else []
    )


CONTENTS = {"ledger": ledger, "errata": errata, "settled": of_page}


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in [*doctree.findall(Ledger)]:
        node.replace_self(CONTENTS[node["kind"]](app, docname))


def setup(app: Sphinx) -> dict[str, str | int | bool]:
    app.add_node(Ledger)
    for name in CONTENTS:
        app.add_directive(name, LedgerDirective)
    app.connect("doctree-read", gather)
    app.connect("env-purge-doc", forget)
    app.connect("env-updated", check)
    app.connect("doctree-resolved", fill)
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": False,
        "parallel_write_safe": True,
    }
