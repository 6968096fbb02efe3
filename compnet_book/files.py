"""Files that are there whole or not at all, and whether folders are as they were left."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write(path: Path, text: str) -> None:
    """Write a text file, the whole of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def listing(folders: Iterable[Path]) -> dict[str, str]:
    """A digest for each file in these folders, by its name seen from the folder above."""
    return {
        path.relative_to(folder.parent).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def vouch(manifest: Path, origin: str, folders: Iterable[Path]) -> None:
    """Write down what these folders hold, now that they are done.

    Args:
        manifest: the file to write.
        origin: a hash of what all of it was made from.
        folders: each with a name of its own.
    """
    write(manifest, json.dumps({"origin": origin, "files": listing(folders)}, indent=0))


def amiss(manifest: Path, origin: str, folders: Iterable[Path]) -> str:
    """Why these folders, if there is anything in them, are not as they were vouched for,
    in words; "" if they are. What has come to them is removed. Arguments as for `vouch`."""
    found = listing(folders)
    try:
        kept = json.loads(manifest.read_bytes())
        before, files = kept["origin"], dict(kept["files"])
    except Exception:  # half a file raises whatever its bytes happen to mean
        return "the last build did not end well" if found else ""
    if before != origin:
        return "settings, styles, extensions or packages have changed"
    for name, digest in files.items():
        if found.get(name) != digest:
            return f"{name} is not as the last build left it"
    for folder in folders:
        for name in listing([folder]).keys() - files.keys():
            (folder.parent / name).unlink()
    return ""


def advice(error: BaseException | None) -> str:
    """What can be done about a full disk, in words; "" if that is not what is behind an error."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            return f"the disk is full ({error.strerror}): make room, then do the same again"
        error = error.__cause__ or error.__context__
    return ""
