"""What the chapters' cells have settled in this build: gathered when a chapter is read, and checked
when all are."""

from collections.abc import Collection, Mapping
from pathlib import Path

from docutils import nodes
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from compnet_book.claims import CLAIMS, KEY, kind_of, verdict_of

rendered: dict[Path, NotebookNode] = {}
"""The chapters that this build has read, with their outputs."""


def anchor(claim: str) -> str:
    """The anchor of a claim: of its cell on a chapter's page, and of its card on the ledger's."""
    return nodes.make_id(f"claim-{claim}")


def look(verdict: str) -> str:
    """The class that gives a verdict its colour."""
    return nodes.make_id(f"verdict-{kind_of(verdict)}")


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
    """Keep the records of a chapter that has been read, and mark their lines."""
    env = app.env
    notebook = rendered.get(Path(env.doc2path(env.docname)))
    if notebook is None:
        return
    store(env)[env.docname] = found = records(notebook)
    verdicts = {record["id"]: record["verdict"] for record in found}
    for strong in doctree.findall(nodes.strong):
        name = strong.astext()
        if verdict := verdicts.pop(name, None):
            strong.parent["ids"].append(anchor(name))
            strong.parent["classes"] += ["book-claim", look(verdict)]


def store(env: BuildEnvironment) -> dict[str, list[dict]]:
    """The records of each page, kept from build to build."""
    return vars(env).setdefault("book_claims", {})


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop the records of a page that is read again, or gone."""
    store(env).pop(docname, None)


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
            chapter, verdict = CLAIMS[name].chapter, verdict_of(record)
            if chapter != docname:
                said.append((docname, f"settles {name}, which belongs to the chapter {chapter}"))
            if record["verdict"] != verdict:
                wrong = f"says {name} {record['verdict']}, where its numbers say {verdict}"
                said.append((docname, wrong))
    said += [
        (claim.chapter, f"has no cell that settles {claim.id}")
        for claim in CLAIMS.values()
        if claim.chapter in chapters and claim.id not in seen
    ]
    return said
