"""`make reference`: keep the outputs of the chapters' last runs as references,
and say what changed."""

import difflib
import json
import sys
from pathlib import Path

import nbformat

from compnet_book import runs
from compnet_book.closure import Sources

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "tests" / "reference"


def kept(output):
    """An output without what is never compared: pictures, and when it was made."""
    if "data" in output:
        output.data = {
            kind: value for kind, value in output.data.items() if not kind.startswith("image/")
        }
    if "execution_count" in output:
        output.execution_count = None
    return output


def reference_of(run):
    """The run as a reference: its code and outputs."""
    cells = []
    for number, cell in enumerate(runs.code(run), 1):
        new = nbformat.v4.new_code_cell(cell.source, id=f"cell-{number}")
        new.outputs = [kept(output) for output in cell.outputs]
        cells.append(new)
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": run.metadata.kernelspec})


def shown(notebook):
    return [
        line
        for number, cell in enumerate(notebook.cells, 1)
        for line in (
            f"cell {number}",
            *json.dumps(cell.outputs, indent=1, ensure_ascii=False).splitlines(),
        )
    ]


def kept_before(path):
    """The reference so far, or an empty notebook."""
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError):  # ValueError: half a file
        return nbformat.v4.new_notebook()


def main():
    REFERENCE.mkdir(exist_ok=True)
    wanted = {f"{chapter.stem}.ipynb" for chapter in runs.chapters()}
    for stale in REFERENCE.glob("*.ipynb"):
        if stale.name not in wanted:
            print(f"{stale.name}: removed, no such chapter")
            stale.unlink()
    sources = Sources(ROOT)
    for chapter in runs.chapters():
        run, path = runs.last_run(chapter, sources), REFERENCE / f"{chapter.stem}.ipynb"
        if run is None:
            sys.exit(f"{chapter.name} has not been run since it changed, or what it needs")
        new, old = reference_of(run), kept_before(path)
        changes = [
            *difflib.unified_diff(shown(old), shown(new), "before", "after", lineterm="", n=1)
        ]
        runs.keep(new, path)
        print(
            f"{path.name}: {'unchanged' if not changes else f'{len(changes)} changed lines'}",
            *changes[:60],
            sep="\n    ",
        )


if __name__ == "__main__":
    main()
