"""Which pages are read anew, and that nothing counts as done which is not.

A build that ends well writes, last of all, a list of the files it leaves, with their digests.
The next one goes on from there if every file is still the same, and all pages would still be made
from the same frame (`snapshot`); if not, it begins with nothing but the chapters' runs.

Where it goes on, it looks at what Sphinx does not look at by itself. A chapter's page depends on
its run, and so on the state of code, lock and imports, and on the wording of its claims; a page of
the library's reference on the library's docstrings. Only another state executes a chapter:
`errors` does it.
"""

import hashlib
import logging
import re
import shutil
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util.logging import getLogger

from compnet_book import files, runs
from compnet_book.claims import CLAIMS
from compnet_book.closure import Sources
from compnet_book.sphinx import snapshot

STAMPS = "book_stamps"
Stamp = tuple[str, str]
"""Of a page: what it is made from, and which run it shows."""
held = ExitStack()
taken: dict[Path, NotebookNode] = {}
"""The run that this build has put on a page, by the path of its chapter."""
unwritten: list[OSError] = []
logger = getLogger(__name__)


@cache
def sources() -> Sources:
    """The packages as this build found them."""
    return Sources(runs.ROOT)


def outputs(app: Sphinx) -> list[Path]:
    """The folders that a build writes."""
    html, doctrees = Path(app.outdir), Path(app.doctreedir)
    return [html, doctrees, html.parent / "jupyter_execute"]


def manifest(app: Sphinx) -> Path:
    return Path(app.doctreedir).parent / ".manifest.json"


def begin(app: Sphinx, config: Config) -> None:
    """Go on from the last build, or from nothing."""
    held.enter_context(runs.alone())
    logging.getLogger("sphinx").addHandler(Listener(logging.WARNING))
    if why := files.amiss(manifest(app), snapshot.FRAME, outputs(app)):
        logger.info("every page is made anew: %s", why)
        for folder in filter(Path.exists, outputs(app)):
            if "_build" not in folder.parts:  # somebody's own, and what else may be in there
                raise SystemExit(f"\nthe pages must be made in a folder _build, got {folder}")
            shutil.rmtree(folder)
    for folder in outputs(app):
        folder.mkdir(parents=True, exist_ok=True)


def end(app: Sphinx, exception: Exception | None) -> None:
    """Write down what there is, after everything else that a build does."""
    broken = [exception] if exception else unwritten
    if broken and (full := files.advice(broken[0])):
        # SystemExit, because Jupyter Book answers any other exception with a traceback.
        raise SystemExit(f"\n{full}")
    if unwritten:
        raise SystemExit(f"\n{unwritten[0]}: build again")
    pages = app.builder.name == "html"  # other builders read pages that they do not write
    if pages and exception is None and not app._warncount:
        files.vouch(manifest(app), snapshot.FRAME, outputs(app))
    held.close()


class Listener(logging.Handler):
    """Hears of files that could not be written, of which Sphinx only warns."""

    def emit(self, record: logging.LogRecord) -> None:
        unwritten.extend(part for part in record.args or () if isinstance(part, OSError))


def identity(run: NotebookNode | None) -> str:
    """Which run it is: its state and a hash of its outputs."""
    return "{state} {cells}".format(**run.metadata["compnet"]) if run else ""


def stamps(env: BuildEnvironment) -> dict[str, Stamp]:
    """The stamp of each page, if it were made now."""
    found = {}
    for docname in env.found_docs:
        path, run = Path(env.doc2path(docname)), ""
        source = path.read_bytes()
        made_from = hashlib.sha256(source).hexdigest()
        if path.suffix == ".py":
            made_from += str([claim for claim in CLAIMS.values() if claim.chapter == docname])
            run = identity(runs.last_run(path, sources()))
        elif re.search(rb"^\.\. auto\w+::", source, re.MULTILINE):
            made_from += snapshot.LIBRARY
        found[docname] = made_from, run
    return found


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    before = getattr(env, STAMPS, {})
    vars(env)[STAMPS] = now = stamps(env)  # what is edited from here on counts as newer
    return [name for name, stamp in now.items() if before.get(name) != stamp]


def remember(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Say which run each page shows: what was stale has been executed."""
    kept = vars(env)[STAMPS]
    for docname in kept:
        run = taken.get(Path(env.doc2path(docname)))
        if run is not None:
            kept[docname] = kept[docname][0], identity(run)
    return []


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", begin)
    app.connect("env-get-outdated", outdated)
    app.connect("env-updated", remember)
    app.connect("build-finished", end, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
