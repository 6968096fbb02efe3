"""Papermill on the chapters themselves: `papermill book/tables_1_and_2.py out.ipynb -p models 10`."""

from __future__ import annotations

import jupytext
import nbformat
from papermill.iorw import LocalHandler


class ChapterHandler(LocalHandler):
    """Reads percent scripts as notebooks, and everything else as papermill does by itself."""

    def read(self, path: str) -> str:
        """The notebook at `path` as JSON text."""
        return nbformat.writes(jupytext.read(path, fmt="py:percent")) if path.endswith(".py") else super().read(path)


CHAPTERS = ChapterHandler()
"""What papermill registers, see `papermill.io` in `pyproject.toml`: it wants an instance."""
