"""Run every chapter through papermill, once; the book is rendered from those runs.

`python -m compnet_book.runs` executes the chapters whose run is missing, damaged or of another
state: of other code, another lock, or other modules in the closure of imports (`closure`).
With names of chapters it executes these. The executed notebooks stay in `_build/executed`, where
Sphinx and the output checks find them. Each says which state it is of, and has a hash of its
outputs; whatever ends a run before that leaves a draft, which the next run removes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock
from typing import Any

import jupytext
import nbformat
import yaml
from filelock import FileLock, Timeout
from nbformat import NotebookNode

from . import files
from .captions import without_texts
from .closure import Sources

ROOT = Path(__file__).resolve().parents[1]
RUNS = ROOT / "_build" / "executed"
LOCK = ROOT / "_build" / ".lock"
AT_ONCE = 2
"""Chapters that run at one time, at most two: where one works on a single core, or waits,
the other goes on."""
ALONE = ("which_optimizer", "speed")
"""Chapters that measure the machine, and want it for themselves."""

starting, stopped = Lock(), Event()
started: list[subprocess.Popen] = []
"""The processes of this one that run chapters, ended ones among them."""


class Changed(Exception):
    """A chapter, or what it depends on, was edited while it ran."""


def chapters() -> list[Path]:
    """The scripts in the table of contents, in order."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    names = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [path for name in names if (path := ROOT / "book" / f"{name}.py").exists()]


def script(chapter: Path) -> NotebookNode:
    """A chapter as a notebook without outputs."""
    return jupytext.read(chapter, fmt="py:percent")


def code(notebook: NotebookNode) -> list[NotebookNode]:
    """The code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def same_code(one: NotebookNode, other: NotebookNode) -> bool:
    """Whether two notebooks compute the same: their code is equal but for captions."""
    return bare(one) == bare(other)


def bare(notebook: NotebookNode) -> list[str]:
    """The code of each cell, without what is only said of its figure."""
    return [without_texts(cell.source) for cell in code(notebook)]


def state(chapter: Path, sources: Sources | None = None) -> str:
    """A hash of everything that a chapter's outputs depend on.

    Args:
        sources: the packages as they were read before; None reads them now.
    """
    return (sources or Sources(ROOT)).state(bare(script(chapter)))


def last_run(chapter: Path, sources: Sources | None = None) -> NotebookNode | None:
    """The chapter's executed notebook, or None if it is missing, damaged, or of another state.
    `sources` as for `state`."""
    try:
        run = nbformat.read(RUNS / f"{chapter.stem}.ipynb", as_version=4)
        kept, cells = run.metadata["compnet"], bare(script(chapter))
        whole = kept["cells"] == fingerprint(run) and bare(run) == cells
    except Exception:  # half a file raises whatever its bytes happen to mean
        return None
    return run if whole and kept["state"] == (sources or Sources(ROOT)).state(cells) else None


def fingerprint(run: NotebookNode) -> str:
    """A hash of the code and outputs of a run."""
    return hashlib.sha256(json.dumps(run.cells, sort_keys=True).encode()).hexdigest()


def keep(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook, the whole of it or nothing."""
    files.write(path, f"{nbformat.writes(notebook)}\n")


def execute(chapter: Path, timeout: int | None = None) -> NotebookNode:
    """The chapter's executed notebook, made now.

    Args:
        timeout: seconds for one cell.

    Raises:
        PapermillExecutionError: a cell fails.
        Changed: the run does not count, because it is of two states.
    """
    import papermill  # slow to import, and the output checks do without

    from . import reruns  # noqa: F401  papermill reads scripts

    sources = Sources(ROOT)
    sources.forget_bytecode()
    before, cells = state(chapter, sources), bare(script(chapter))
    written = sources.written(cells)
    RUNS.mkdir(parents=True, exist_ok=True)
    # Whatever is left of an earlier run may still be at work on a draft of its own.
    draft = RUNS / f".{chapter.stem}.{os.getpid()}.ipynb"
    papermill.execute_notebook(
        str(chapter),
        str(draft),
        progress_bar=False,
        cwd=str(chapter.parent),
        execution_timeout=timeout,
    )
    run = nbformat.read(draft, as_version=4)
    if state(chapter) != before or Sources(ROOT).written(cells) != written or bare(run) != cells:
        raise Changed("it, or a module that it needs, was edited while it ran: run it again")
    run.metadata["compnet"] = {"state": before, "cells": fingerprint(run)}
    keep(run, RUNS / f"{chapter.stem}.ipynb")
    draft.unlink()
    return run


def failure(chapter: Path, error: Any) -> str:
    """What went wrong in a run, in a line that names the cell."""
    if full := files.advice(error):
        return f"{chapter.name}: {full}"
    source = getattr(error, "source", "").strip()
    if not source:
        cause = error.__cause__ or error  # a timeout, or a kernel that died
        return f"{chapter.name}: {type(cause).__name__}: {cause}"
    trace = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error.traceback))
    arrow = re.search(r"^-+> \d+ (.*)", trace, re.MULTILINE)  # the cell's own line comes first
    line = f" at `{arrow[1].strip()}`" if arrow else ""
    cell = f"cell {error.cell_index + 1} ({source.splitlines()[0]})"
    return f"{chapter.name}, {cell}{line}: {error.ename}: {error.evalue}".rstrip(": ")


@contextmanager
def alone() -> Iterator[None]:
    """Wait until nobody else runs or builds in this folder, and keep others waiting;
    what those left that were cut off is removed."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"==> waiting: another run or build is at work in {LOCK.parent}", flush=True)
        lock.acquire()
    try:
        for draft in (*RUNS.glob(".*"), *LOCK.parent.glob(".*.[0-9]*")):
            if draft.is_file():
                draft.unlink(missing_ok=True)
        yield
    finally:
        lock.release()


def run_one(name: str) -> int:
    """Execute a chapter, and say what failed: the exit status."""
    chapter = next(chapter for chapter in chapters() if chapter.stem == name)
    try:
        execute(chapter)
    except KeyboardInterrupt:
        return 1
    except Exception as error:
        print(failure(chapter, error), file=sys.stderr)
        return 1
    return 0


def run_apart(chapter: Path) -> int:
    """`run_one` in a process of its own."""
    began = time.perf_counter()
    call = "import sys; from compnet_book import runs; sys.exit(runs.run_one(sys.argv[1]))"
    with starting:
        if stopped.is_set():
            return 1
        process = subprocess.Popen([sys.executable, "-c", call, chapter.stem])
        started.append(process)
    status = process.wait()
    print(f"==> chapters: {chapter.name}, {time.perf_counter() - began:.0f} s", flush=True)
    return status


def stop() -> None:
    """End the runs that have been started, and start no more."""
    stopped.set()
    with starting:
        for process in started:
            process.terminate()


def run_all(group: Sequence[Path], at_once: int) -> bool:
    """`run_apart` for each, and whether one failed.

    One process begins with the first, another with the last: neighbours need the same kernels,
    which on a fresh machine two that start together would both compile.
    """
    waiting, statuses = deque(group), []

    def work(take: Callable[[], Path]) -> None:
        while True:
            try:
                chapter = take()
            except IndexError:
                return
            statuses.append(run_apart(chapter))

    with ThreadPoolExecutor(at_once) as pool:
        try:
            list(pool.map(work, (waiting.popleft, waiting.pop)[:at_once]))
        except BaseException:
            stop()
            raise
    return any(statuses)


def main(names: Sequence[str] = ()) -> int:
    known = chapters()
    if unknown := set(names) - {chapter.stem for chapter in known}:
        print(f"there is no chapter {', '.join(sorted(unknown))}", file=sys.stderr)
        return 1
    with alone():
        sources = Sources(ROOT)
        wanted = [
            chapter
            for chapter in known
            if (chapter.stem in names if names else last_run(chapter, sources) is None)
        ]
        for group, at_once in (
            ([chapter for chapter in wanted if chapter.stem not in ALONE], AT_ONCE),
            ([chapter for chapter in wanted if chapter.stem in ALONE], 1),
        ):
            if run_all(group, at_once):
                return 1
    return 0


def command(names: Sequence[str]) -> int | str:
    """`main` as a program: its exit status, or what it says where it could not go on."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return main(names)
    except KeyboardInterrupt:
        return "interrupted: chapters that had ended count, the next run goes on with the others"
    except OSError as error:
        if full := files.advice(error):
            return full
        raise


if __name__ == "__main__":
    sys.exit(command(sys.argv[1:]))
