"""Which pages are read anew: what Sphinx does not look at by itself.

A chapter's page depends on its run, and so on the state of code, lock and imports, and on the
wording of its claims; a page of the library's reference on the library's docstrings; and every
page on the extensions and static files. Only another state executes a chapter: `errors` does it.
"""

import hashlib
import re
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from compnet_book import runs
from compnet_book.claims import CLAIMS
from compnet_book.closure import PACKAGES, WORDING, Sources

ROOT = runs.ROOT
STAMPS = "book_stamps"
held = ExitStack()


@cache
def sources() -> Sources:
    """The packages as this build found them."""
    return Sources(ROOT)


def digest(*places: str) -> str:
    """A hash of the names and contents of all files in these places, wording apart."""
    found = [path for place in places for path in (ROOT / place, *(ROOT / place).rglob("*"))]
    total = hashlib.sha256()
    for path in sorted(path for path in found if path.is_file()):
        if "__pycache__" not in path.parts and path.name not in WORDING:
            name = path.relative_to(ROOT).as_posix()
            total.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def unfinished(app: Sphinx) -> Path:
    """A file that is there until a build has ended without a warning. Warnings of pages that are
    up to date would not be repeated, and a build that was cut off may have read pages that it
    did not write: the next one reads them all again."""
    return Path(app.doctreedir).parent / ".unfinished"


def begin(app: Sphinx, config: Config) -> None:
    held.enter_context(runs.alone())
    if unfinished(app).exists():
        Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)
    unfinished(app).parent.mkdir(parents=True, exist_ok=True)
    unfinished(app).touch()
    config.book_frame = digest("compnet_book", "book/_static")


def drop_halves(app: Sphinx) -> None:
    """Remove pages that were cut off while they were written: they will be written again."""
    for page in Path(app.outdir).glob("**/*.html"):
        if not page.read_bytes().rstrip().endswith(b"</html>"):
            page.unlink()


def end(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and not app._warncount:
        unfinished(app).unlink()
    held.close()


def stamps(env: BuildEnvironment) -> dict[str, str]:
    """For each page the state of what it is made from, its own file apart."""
    found = {}
    for docname in env.found_docs:
        path = Path(env.doc2path(docname))
        if path.suffix == ".py":
            claims = [claim for claim in CLAIMS.values() if claim.chapter == docname]
            run = runs.RUNS / f"{path.stem}.ipynb"
            kept = hashlib.sha256(run.read_bytes() if run.exists() else b"").hexdigest()
            found[docname] = f"{runs.state(path, sources())} {kept} {claims}"
        elif re.search(r"^\.\. auto\w+::", path.read_text(encoding="utf-8"), re.MULTILINE):
            found[docname] = digest(*PACKAGES)
    return found


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    before = getattr(env, STAMPS, {})
    return [name for name, stamp in stamps(env).items() if before.get(name) != stamp]


def remember(app: Sphinx, env: BuildEnvironment) -> list[str]:
    vars(env)[STAMPS] = stamps(env)  # again: by now, what was stale has been executed
    return []


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("book_frame", "", "env")
    app.connect("config-inited", begin)
    app.connect("builder-inited", drop_halves)
    app.connect("env-get-outdated", outdated)
    app.connect("env-updated", remember)
    app.connect("build-finished", end)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
