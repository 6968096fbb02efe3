"""What pages show of one another, and a search index that does not depend on what was built when.

Sphinx writes the pages that it has read. But every page lists the titles of all others, links
show numbers and titles of where they lead, and the index of entries is that of the pages just
written: an edited heading would leave the other pages, and the search, as they were.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

import sphinx.search
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

SHARED = "book_shared"


def facts(env: BuildEnvironment) -> Iterator[str]:
    """What a page may show of others: titles, contents, numbers, and what can be linked to."""
    for found in (env.titles, env.tocs):
        yield from (f"{name} {node.pformat()}" for name, node in sorted(found.items()))
    for numbers in (env.toctree_includes, env.toc_secnumbers, env.toc_fignumbers):
        yield repr(sorted(numbers.items()))
    for name in sorted(env.domains):
        yield from map(str, sorted(map(str, env.domains[name].get_objects())))
    yield repr(sorted(env.domaindata["math"]["objects"].items()))
    cited = env.domaindata["cite"]
    yield repr([(one.key, one.formatted_entry.label) for one in cited["citations"]])
    yield repr(sorted({(one.docname, str(one.targets)) for one in cited["citation_refs"]}))
    yield re.sub(r"'line': \d+", "", str(sorted(getattr(env, "proof_list", {}).items())))


def concerned(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages to write: all, if something that others may show has changed."""
    before = getattr(env, SHARED, None)
    now = hashlib.sha256("\n".join(facts(env)).encode()).hexdigest()
    vars(env)[SHARED] = now
    return [] if now == before else sorted(env.found_docs)


class Index(sphinx.search.IndexBuilder):
    """Sphinx's search index, read back as it was when it was written."""

    def load(self, stream: Any, format: Any) -> None:
        super().load(stream, format)
        stream.seek(0)
        frozen = (
            self.formats[format].load(stream) if isinstance(format, str) else format.load(stream)
        )
        for entry, places in frozen["indexentries"].items():
            for number, place, main in places:
                found = self._index_entries.setdefault(frozen["docnames"][number], [])
                found.append((entry, place, "main" if main else ""))

    def prune(self, docnames: Iterable[str]) -> None:
        super().prune(docnames)
        for found in (self._mapping, self._title_mapping):
            for word in [word for word, places in found.items() if not places]:
                del found[word]
        for docname in self._index_entries.keys() - set(docnames):
            del self._index_entries[docname]

    def freeze(self) -> dict[str, Any]:
        self._index_entries = dict(sorted(self._index_entries.items()))
        return super().freeze()


def setup(app: Sphinx) -> dict[str, bool]:
    sphinx.search.IndexBuilder = Index  # type: ignore[misc]
    app.connect("env-get-updated", concerned, priority=900)  # when all has its number
    return {"parallel_read_safe": True, "parallel_write_safe": True}
