"""Papermill on the chapters themselves: `papermill book/tables_1_and_2.py out.ipynb -p models 10`.

Papermill imports this module by itself (see `papermill.io` in `pyproject.toml`), in every project
of the environment. It chooses a reader by how a path begins, and passes unknown names and wrong
values on; so we step in where it reads and writes notebooks, and, once a chapter has been read,
where it writes Python parameters. A chapter is a percent script that imports `compnet_book`,
wherever it lies: anything else goes through as before, and a chapter's output bears no trace.
"""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any

import click
import jupytext
import nbformat
import yaml
from papermill.iorw import papermill_io
from papermill.translators import papermill_translators

from .parameters import Parameter, check, cut, declared

PAPERMILLS_OWN = ("PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH")
"""What papermill's option `--inject-paths` adds to the parameters."""
MARKS = (re.compile(r"^# %%", re.MULTILINE), re.compile(r"^(from|import) compnet_book\b", re.M))

being_run: ContextVar[tuple[str, dict[str, Parameter]] | None] = ContextVar("chapter", default=None)
"""Path and parameters of the notebook that was read last, if it is a chapter: papermill tells a
translator nothing about it. Each thread has its own."""

begun = Event()
"""Set when a chapter has been read: what goes wrong later is not that parameters are unreadable."""


class ParameterError(click.ClickException, ValueError):
    """Parameters, or an output, that a chapter refuses: a `ValueError` in Python,
    and one message without a traceback on the command line."""


def is_chapter(path: object) -> bool:
    """Whether papermill's `path` leads to a chapter of this book."""
    if not isinstance(path, str) or not path.endswith(".py") or "://" in path:
        return False
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return all(mark.search(text) for mark in MARKS)


class CheckedTranslator:
    """The Python translator that papermill has; a chapter's parameters are checked first."""

    def __init__(self, usual: Any) -> None:
        self.usual = usual

    def __getattr__(self, name: str) -> Any:
        return getattr(self.usual, name)

    def codify(self, parameters: dict, *arguments: Any, **options: Any) -> str:
        """The code of the cell that sets `parameters`.

        Raises:
            ParameterError: if the chapter has no such parameters, or not with such values.
        """
        chapter = being_run.get()
        being_run.set(None)
        if chapter is not None:
            path, known = chapter
            given = {
                name: value for name, value in parameters.items() if name not in PAPERMILLS_OWN
            }
            try:
                parameters = parameters | check(known, given)
            except ValueError as error:
                message = f"{path} does not run with these parameters.\n{error}"
                raise ParameterError(message) from None
        return self.usual.codify(parameters, *arguments, **options)


def check_python() -> None:
    """Have the parameters of chapters checked from here on."""
    usual = papermill_translators.find_translator("", "python")
    if not isinstance(usual, CheckedTranslator):
        papermill_translators.register("python", CheckedTranslator(usual))


def read(path: Any, *arguments: Any, **options: Any) -> str:
    """What papermill reads from `path`; a chapter is read as a notebook."""
    being_run.set(None)
    if not is_chapter(path):
        return read_other(path, *arguments, **options)
    notebook = jupytext.read(path, fmt="py:percent")
    being_run.set((path, declared(notebook)))
    begun.set()
    check_python()
    return nbformat.writes(notebook)


def write(text: str, path: Any, *arguments: Any, **options: Any) -> Any:
    """Write as papermill does, but not over a chapter.

    Raises:
        ParameterError: if `path` is a chapter.
    """
    if is_chapter(path):
        raise ParameterError(f"the output must not be a chapter of the book, got {path}")
    return write_other(text, path, *arguments, **options)


def explain(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say in one line that parameters could not be read, or a file not written,
    where papermill shows a traceback."""
    unreadable = (yaml.YAMLError, TypeError, ValueError, OSError, RecursionError)
    if not begun.is_set() and isinstance(error, unreadable):
        print(f"Error: the parameters cannot be read: {cut(str(error), 300)}", file=sys.stderr)
    elif isinstance(error, OSError):
        print(f"Error: {cut(str(error), 300)}", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


def untold(record: logging.LogRecord) -> bool:
    """Whether papermill may say it: not which names it does not know, if a chapter will."""
    return being_run.get() is None or "unknown parameter" not in str(record.msg)


logging.getLogger("papermill").addFilter(untold)
read_other, papermill_io.read = papermill_io.read, read
write_other, papermill_io.write = papermill_io.write, write
from_command_line = "papermill" in {Path(word).name for word in sys.orig_argv[:3]}
if from_command_line and any(map(is_chapter, sys.orig_argv)):
    sys.excepthook = explain
