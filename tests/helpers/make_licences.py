"""Writes THIRD_PARTY.md: under which licence each package of the lock is, as it says itself.

cd tests && python -m helpers.make_licences
"""

import re
import tomllib
from importlib.metadata import PackageMetadata, metadata

from helpers.places import ROOT

PAGE = ROOT / "THIRD_PARTY.md"
HEAD = """# What compnet rests on

Licences of the packages in `requirements.txt`, in the words of their own metadata.
Those that `pyproject.toml` names are in bold; the others come along with them.
None is part of this repository. This page is written by `python -m helpers.make_licences`,
run in `tests`, and a test compares it with what is installed.

The pages of the book carry with them: MathJax (Apache-2.0), from sphinx-mathjax-offline;
styles and scripts of sphinx-book-theme and pydata-sphinx-theme (BSD-3-Clause), in these Bootstrap
(MIT) and the fonts of Font Awesome Free (SIL OFL 1.1, icons CC BY 4.0); clipboard.js (MIT), from
sphinx-copybutton; and styles and scripts of other Sphinx extensions in the table (MIT, BSD).
A CUDA build of torch brings NVIDIA's libraries, which have terms of their own.

| package | licence |
|---|---|
"""


def plain(name: str) -> str:
    """The name of a package as an index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> list[str]:
    """The packages of the lock."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line.partition("==")[0] for line in lines if line and not line.startswith("#")]


def direct() -> set[str]:
    """The packages that the project names itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = sum(project["optional-dependencies"].values(), project["dependencies"])
    return {plain(re.match(r"[\w.-]+", one)[0]) for one in named}


def licence(known: PackageMetadata) -> str:
    """The expression, or a licence field of one short line, or the classifiers."""
    told = known.get("License-Expression") or known.get("License") or ""
    if told and told != "UNKNOWN" and "\n" not in told and len(told) < 100:
        return told
    kinds = [
        one.rpartition(" :: ")[2] for one in known.get_all("Classifier", ()) if "License" in one
    ]
    if not kinds:
        raise ValueError(f"{known['Name']} names no licence: look, and say it here")
    return ", ".join(kinds)


def page() -> str:
    """THIRD_PARTY.md."""
    own = direct()
    rows = (
        (f"**{name}**" if plain(name) in own else name, licence(metadata(name)))
        for name in locked()
    )
    return HEAD + "".join(f"| {name} | {told} |\n" for name, told in rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
