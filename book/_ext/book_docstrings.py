"""Docstrings are written for `help()`, with formulas between dollars and code between backticks: say the same in reStructuredText."""

import re


def translate(app, what, name, obj, options, lines):
    for i, line in enumerate(lines):
        if ".. math::" in line or line.startswith("   "):
            continue
        line = re.sub(r"(?<![\\$])\$([^$]+)\$", r":math:`\1`", line)
        lines[i] = re.sub(r"(?<![`:\w])`([^`<>]+)`(?![`_])", r"``\1``", line)


def setup(app):
    app.connect("autodoc-process-docstring", translate)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
