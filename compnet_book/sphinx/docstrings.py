"""Docstrings are written for `help()`, with formulas between dollars and code between backticks:
say the same in reStructuredText."""

import re
from itertools import groupby
from typing import Any

from sphinx.application import Sphinx

INLINE = re.compile(r":[\w:]+:`[^`]+`|``[^`]+``|`(?P<code>[^`]+)`|\$(?P<formula>[^$]+)\$")


def rewrite(match: re.Match[str]) -> str:
    """A formula or a piece of code as a role; a role as it is."""
    if match["formula"]:
        return f":math:`{match['formula']}`"
    return f"``{match['code']}``" if match["code"] else match[0]


def translate(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Rewrite the lines of a docstring in place, but for displayed formulas."""
    done: list[tuple[bool, str]] = []
    formula: int | None = None  # the indentation of the displayed formula that we are in
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if formula is not None and line.strip() and indent <= formula:
            formula = None
        if line.lstrip().startswith(".. math::"):
            formula = indent
        done.append((formula is None, line))
    # Formulas may break across lines, so a run of text lines is rewritten as one.
    runs = (
        ("\n".join(line for _, line in group), text)
        for text, group in groupby(done, key=lambda pair: pair[0])
    )
    lines[:] = "\n".join(INLINE.sub(rewrite, run) if text else run for run, text in runs).split(
        "\n"
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("autodoc-process-docstring", translate)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
