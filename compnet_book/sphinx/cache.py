"""Notice what Sphinx and jupyter-cache do not look at.

jupyter-cache knows a chapter by its cells alone, so each cache is kept for one state of the
library and the lock. The path of the cache is a setting that Sphinx watches: when it changes,
every page is read anew, the library's reference included. `book_frame` does the same,
without executing anything, for the extensions and static files.
"""

import hashlib
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def digest(*places: str) -> str:
    """A hash of the names and contents of all files in these places."""
    found = [path for place in places for path in (ROOT / place, *(ROOT / place).rglob("*"))]
    total = hashlib.sha256()
    for path in sorted(
        path for path in found if path.is_file() and "__pycache__" not in path.parts
    ):
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def choose_cache(app, config):
    caches = Path(app.outdir).parent / ".jupyter_cache"
    current = caches / digest("compnet_lib", "compnet_book", "requirements.txt")
    config.nb_execution_cache_path = str(current)
    config.book_frame = digest("compnet_book/sphinx", "book/_static")
    for old in caches.glob("*"):
        if old.is_dir() and old != current:
            shutil.rmtree(old)


def setup(app):
    app.add_config_value("book_frame", "", "env")
    app.connect("config-inited", choose_cache)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
