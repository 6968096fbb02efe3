"""Papermill on the chapters themselves: `papermill book/tables_1_and_2.py out.ipynb -p models 10`.

Papermill imports this module by itself (see `papermill.io` in `pyproject.toml`).
It chooses a reader by how a path begins, warns about every ending but its own,
and passes unknown names and wrong values on. A chapter is known by its ending, wherever it is,
so we step in at the one function that reads notebooks,
and at the one that writes Python parameters. Anything that is not a percent script goes through
both as before, and a chapter's output bears no trace of it.
"""

from __future__ import annotations

import click
import jupytext
import nbformat
from papermill.iorw import papermill_io
from papermill.translators import PythonTranslator, papermill_translators

from .parameters import Parameter, check, declared

PAPERMILLS_OWN = ("PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH")
"""What papermill's option `--inject-paths` adds to the parameters."""


class ParameterError(click.ClickException, ValueError):
    """Parameters that a chapter refuses: a `ValueError` in Python,
    and one message without a traceback on the command line."""


class ChapterTranslator(PythonTranslator):
    """Writes parameters as papermill does; for a chapter, it checks and converts them first."""

    chapter: tuple[str, dict[str, Parameter]] | None = None
    """Path and parameters of the notebook that was read last, if it is a chapter:
    papermill tells a translator nothing about it."""

    @classmethod
    def codify(cls, parameters: dict, comment: str = "Parameters") -> str:
        """The code of the cell that sets `parameters`.

        Raises:
            ParameterError: if the chapter has no such parameters, or not with such values.
        """
        (path, known), cls.chapter = cls.chapter or (None, {}), None
        if path is not None:
            given = {
                name: value for name, value in parameters.items() if name not in PAPERMILLS_OWN
            }
            try:
                parameters = parameters | check(known, given)
            except ValueError as error:
                raise ParameterError(
                    f"{path} does not run with these parameters.\n{error}"
                ) from None
        return super().codify(parameters, comment)


def read(path, *extensions) -> str:
    """What papermill reads from `path`; a percent script is read as a notebook."""
    ChapterTranslator.chapter = None
    if not isinstance(path, str) or not path.endswith(".py") or "://" in path:
        return read_other(path, *extensions)
    notebook = jupytext.read(path, fmt="py:percent")
    ChapterTranslator.chapter = path, declared(notebook)
    return nbformat.writes(notebook)


read_other, papermill_io.read = papermill_io.read, read
papermill_translators.register("python", ChapterTranslator)
