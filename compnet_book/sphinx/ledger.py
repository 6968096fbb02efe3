"""The pages that show what the chapters computed, by directives:

- `ledger` with the letter of a source: its claims, a card each; without one, those of all;
- `claims-filter`: how many claims there are, and a form that filters their cards;
- `claims-schema`: what the file for machines holds;
- `errata` with a letter, and perhaps a kind of erratum: what the source should say;
- `settled`: the claims of the page that it stands on, a line each.

They leave a place, which is filled when all chapters have been read.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from compnet_book.claims import KINDS, SOURCES
from compnet_book.sphinx import machines, tags
from compnet_book.sphinx.cards import LEDGER, Links, card, line, link, tally
from compnet_book.sphinx.entries import OPEN, Entry, entries, parts
from compnet_book.sphinx.errata import REFUTED, errata
from compnet_book.sphinx.filters import filters
from compnet_book.sphinx.gathered import anchor, complaints, forget, gather, store
from compnet_book.sphinx.tags import tag

logger = logging.getLogger(__name__)
PAGES = (LEDGER, "errata")
"""The pages that any chapter changes."""
DIGEST = "D"
"""The source that is no paper: its few claims keep their order."""


class Place(nodes.General, nodes.Element):
    """Where something will stand: what, as the `kind` of directive with its `words`."""


class LedgerDirective(SphinxDirective):
    """Leaves a place; its arguments are checked here."""

    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """The place."""
        words = " ".join(self.arguments)
        letter, _, kind = words.partition(" ")
        if letter not in ("", *SOURCES) or kind not in ("", *KINDS, REFUTED):
            raise self.error(f"{self.name} takes one of {[*SOURCES]} and of {KINDS}, got {words!r}")
        return [Place(kind=self.name, letter=letter, slip=kind)]


def ledger(
    found: Sequence[Entry], letter: str, order: Iterable[str], links: Links
) -> list[nodes.Node]:
    """The cards of a source, by the parts of the book, which stand in some `order`;
    behind a fold if no chapter is about it."""
    if not any(entry.title for entry in found):
        cards = [card(entry, links) for entry in found]
        closed = f"{len(found)} claims, all open: the book has no chapter on them yet"
        return [tag("details", tag("summary", closed), *cards, classes=["book-fold"])]
    if letter == DIGEST:
        return [tally(found), *(card(entry, links) for entry in found)]
    groups = by_part(found, order)
    return [tally(found), *(section(part, group, links) for part, group in groups)]


def by_part(found: Iterable[Entry], order: Iterable[str]) -> list[tuple[str, list[Entry]]]:
    """The parts of the book, in its order, with what they settle; last, what has no part."""
    place = {part: number for number, part in enumerate([*dict.fromkeys(order), ""])}
    inside = sorted(found, key=lambda entry: place[entry.part])
    return [(part, [*group]) for part, group in groupby(inside, key=lambda entry: entry.part)]


def section(part: str, found: Sequence[Entry], links: Links) -> nodes.Element:
    """A part with its cards."""
    cards = [card(entry, links) for entry in found]
    title = part or ("No chapter yet" if not any(entry.title for entry in found) else "")
    if not title:
        return tag("div", *cards)
    name = nodes.make_id(f"{found[0].claim.source} {title}")
    return nodes.section("", nodes.title("", title), tally(found), *cards, ids=[name])


def summary(found: Sequence[Entry]) -> nodes.paragraph:
    """How many claims there are."""
    done = sum(entry.kind != OPEN for entry in found)
    return nodes.paragraph("", f"{len(found)} claims: {done} settled ({len(found) - done} open).")


class Page:
    """A page that is being filled."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.app, self.docname = app, docname
        self.found = entries(app.env)
        self.links = Links(lambda target: app.builder.get_relative_uri(docname, target))

    def of(self, letter: str) -> list[Entry]:
        """The entries of a source; of all if there is no letter."""
        return [entry for entry in self.found if letter in ("", entry.claim.id[0])]

    def ledger(self, place: Place) -> list[nodes.Node]:
        """The cards of a source, or of all with how many they are."""
        if place["letter"]:
            letter, order = place["letter"], parts().values()
            return ledger(self.of(letter), letter, order, self.links)
        return [summary(self.found), *(card(entry, self.links) for entry in self.found)]

    def filter(self, place: Place) -> list[nodes.Node]:
        """How many claims there are, and the form."""
        shown: list[nodes.Node] = [summary(self.found), tally(self.found)]
        if self.app.builder.format == "html":
            shown.append(filters(self.found, parts()))
        return shown

    def schema(self, place: Place) -> list[nodes.Node]:
        """The file for machines, and its fields."""
        return [machines.address(), machines.stated()]

    def errata(self, place: Place) -> list[nodes.Node]:
        """The errata of a source, of one kind or of all."""
        return errata(self.of(place["letter"]), place["slip"], self.links)

    def settled(self, place: Place) -> list[nodes.Node]:
        """The claims that this page settles."""
        here = {record["id"] for record in store(self.app.env).get(self.docname, [])}
        lines = [line(entry, self.links) for entry in self.found if entry.claim.id in here]
        return [nodes.bullet_list("", *lines, classes=["book-settled"])] if lines else []

    def mark(self, doctree: nodes.document) -> None:
        """Let the lines of settled claims lead to their cards."""
        if LEDGER not in self.app.env.found_docs:
            return
        cards = {entry.claim.id: self.links.card(entry) for entry in self.found}
        for strong in [*doctree.findall(nodes.strong)]:
            name = strong.astext()
            if name in cards and anchor(name) in strong.parent["ids"]:
                strong.replace_self(nodes.strong("", "", link(name, cards[name], "book-id")))


CONTENTS: dict[str, Callable[[Page, Place], list[nodes.Node]]] = {
    "ledger": Page.ledger,
    "claims-filter": Page.filter,
    "claims-schema": Page.schema,
    "errata": Page.errata,
    "settled": Page.settled,
}


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Fill the places of a page."""
    page = Page(app, docname)
    page.mark(doctree)
    for place in [*doctree.findall(Place)]:
        place.replace_self(CONTENTS[place["kind"]](page, place))


def check(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Complain of what is wrong with the ledger; the pages to write again."""
    for docname, text in complaints(store(env), env.found_docs):
        logger.warning("%s %s", docname, text, location=docname, type="book", subtype="ledger")
    return [name for name in PAGES if name in env.found_docs]


def setup(app: Sphinx) -> dict[str, str | int | bool]:
    """Connect the extension."""
    app.add_node(Place)
    for name in CONTENTS:
        app.add_directive(name, LedgerDirective)
    tags.setup(app)
    machines.setup(app)
    app.connect("doctree-read", gather)
    app.connect("env-purge-doc", forget)
    app.connect("env-updated", check)
    app.connect("doctree-resolved", fill)
    return {
        "version": "1",
        "env_version": 2,
        "parallel_read_safe": False,
        "parallel_write_safe": True,
    }
