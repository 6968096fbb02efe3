"""What this build is made from, as it was before anything of it was imported.

A module that is imported later may be newer than this says, and never older: the pages then count
as made from something older than they were, and are made again.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from compnet_book.closure import WORDING, Sources
from compnet_book.imports import PACKAGES

ROOT = Path(__file__).resolve().parents[2]


def digest(*places: str) -> str:
    """A hash of the names and contents of all files in these places, wording apart."""
    found = [path for place in places for path in (ROOT / place, *(ROOT / place).rglob("*"))]
    total = hashlib.sha256()
    for path in sorted(path for path in found if path.is_file()):
        if "__pycache__" not in path.parts and path.name not in WORDING:
            name = path.relative_to(ROOT).as_posix()
            total.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def installed() -> list[str]:
    """Name and version of each package that can be imported."""
    return sorted({path.name for place in sys.path for path in Path(place).glob("*.dist-info")})


Sources(ROOT).forget_bytecode()
LIBRARY = digest(*PACKAGES)
"""What the pages with docstrings are made from."""
FRAME = hashlib.sha256(
    repr(
        (
            digest("_config.yml", "_toc.yml", "book/references.bib", "book/_static"),
            digest("compnet_book"),
            sys.version,
            installed(),
        )
    ).encode()
).hexdigest()
"""What every page is made from."""
