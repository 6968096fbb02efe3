"""Run every chapter through papermill, once, and render the book from those runs.

`python -m compnet_book.runs` executes the chapters that have changed since their last run,
or whose library has, and puts them into the cache from which Sphinx takes them.
The executed notebooks stay in `_build/executed`, where the output checks find them.
With names of chapters it executes these, one after the other.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jupytext
import nbformat
import yaml

from compnet_book.sphinx import captions
from compnet_book.sphinx.cache import ROOT, digest

RUNS = ROOT / "_build" / "executed"
CACHES = ROOT / "_build" / ".jupyter_cache"
AT_ONCE = 2
"""Chapters that run at one time: where one works on a single core, or waits, the other goes on."""
ALONE = ("which_optimizer", "speed")
"""Chapters that measure the machine, and want it for themselves."""


def library() -> str:
    """The state of what chapters depend on, as `book_cache` knows it."""
    return digest("compnet_lib", "compnet_book", "requirements.txt")


def chapters() -> list[Path]:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    names = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [path for name in names if (path := ROOT / "book" / f"{name}.py").exists()]


def code(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def same_code(one, other) -> bool:
    return [cell.source for cell in code(one)] == [cell.source for cell in code(other)]


def last_run(chapter: Path):
    """The chapter's executed notebook, or None if it is missing, unfinished,
    or of another state of the chapter or the library."""
    path = RUNS / f"{chapter.stem}.ipynb"
    if not path.exists():
        return None
    run = nbformat.read(path, as_version=4)
    finished = run.metadata.get("compnet", {}).get("library") == library()
    return run if finished and same_code(run, jupytext.read(chapter, fmt="py:percent")) else None


def execute(chapter: Path):
    """The chapter's executed notebook, made now."""
    import papermill  # slow to import, and the output checks do without

    RUNS.mkdir(parents=True, exist_ok=True)
    out = RUNS / f"{chapter.stem}.ipynb"
    papermill.execute_notebook(str(chapter), str(out), progress_bar=False, cwd=str(chapter.parent))
    run = nbformat.read(out, as_version=4)
    run.metadata["compnet"] = {"library": library()}  # last: a run without it did not finish
    nbformat.write(run, out)
    return run


def seed(chapter: Path, run) -> None:
    """Put a run into the cache, on the notebook as Sphinx will read it:
    papermill's own has other metadata."""
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    notebook = captions.read_chapter(chapter)
    for cell, done in zip(code(notebook), code(run)):
        cell.outputs, cell.execution_count = done.outputs, done.execution_count
    seconds = {"execution_seconds": run.metadata.papermill.duration}
    get_cache(str(CACHES / library())).cache_notebook_bundle(
        CacheBundleIn(notebook, str(chapter), data=seconds), check_validity=False, overwrite=True
    )


def run_one(chapter: Path) -> int:
    from papermill.exceptions import PapermillExecutionError

    try:
        execute(chapter)
    except PapermillExecutionError as error:
        print(
            f"{chapter.name}, cell {error.cell_index + 1} ({error.source.strip().splitlines()[0]}): {error.ename}: {error.evalue}",
            file=sys.stderr,
        )
        return 1
    return 0


def run_apart(chapter: Path) -> int:
    """`run_one` in a process of its own."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "compnet_book.runs", chapter.stem])
    print(f"==> chapters: {chapter.name}, {time.perf_counter() - began:.0f} s", flush=True)
    return done.returncode


def main(names) -> int:
    known = chapters()
    if names:
        return max(
            run_one(next(chapter for chapter in known if chapter.stem == name)) for name in names
        )
    stale = [chapter for chapter in known if last_run(chapter) is None]
    for group, at_once in (
        ([c for c in stale if c.stem not in ALONE], AT_ONCE),
        ([c for c in stale if c.stem in ALONE], 1),
    ):
        with ThreadPoolExecutor(at_once) as pool:
            if any(pool.map(run_apart, group)):
                return 1
    for chapter in known:
        seed(chapter, last_run(chapter))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
