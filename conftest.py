"""`pytest --nbval book`: the outputs of the chapters' last runs against the references in
`tests/reference`, cell by cell.

The comparison is nbval's; the runs are papermill's (`compnet_book.runs`),
so that nothing is executed twice. Outputs are compared to the letter,
but for cells with the tag `float-luck`: after thousands of training steps the last bits of a
machine's sums decide (`tests/helpers/luck.py`).
"""

from collections import defaultdict
from functools import cache
from pathlib import Path

import nbformat
from helpers.luck import alike
from nbval.plugin import IPyNbCell, IPyNbFile, find_metadata_tags

from compnet_book import runs
from compnet_book.closure import Sources

ROOT = Path(__file__).resolve().parent
REFERENCE = ROOT / "tests" / "reference"
collect_ignore = ["tests/reference"]  # nbval would execute what lies there


@cache
def sources():
    return Sources(ROOT)


class ChapterCell(IPyNbCell):
    """One cell: the reference in `cell.outputs`, the run in `ran`."""

    def setup(self):
        pass

    def runtest(self):
        if "float-luck" in self.cell.metadata.get("tags", []):
            for kept, done in zip(self.cell.outputs, self.ran):
                for kind, text in kept.get("data", {}).items():
                    if isinstance(text, str) and alike(text, str(done.get("data", {}).get(kind))):
                        done.data[kind] = text
        if self.options["check"] and not self.compare_outputs(self.ran, self.cell.outputs):
            self.raise_cell_error(
                f"{self.parent.path.name}, cell {self.cell_num}: "
                "the output differs from the reference; if it should, run `make reference`",
                "\n".join(self.comparison_traceback),
            )


class Chapter(IPyNbFile):
    """A percent script with a run and a reference."""

    def setup(self):
        # Pictures: their text is not stable across machines.
        # What they show is checked where it is computed.
        self.skip_compare += ("image/svg+xml",)

    def collect(self):
        script = runs.script(self.path)
        run, path = runs.last_run(self.path, sources()), REFERENCE / f"{self.path.stem}.ipynb"
        if run is None:
            raise self.CollectError(
                f"{self.path.name} has not been run since it changed, or what it needs: "
                "run `make test`"
            )
        try:
            reference = nbformat.read(path, as_version=4)
        except (OSError, ValueError):  # ValueError: half a file
            raise self.CollectError(
                f"{self.path.name} has no reference outputs: run `make reference`"
            ) from None
        if not runs.same_code(script, reference):
            raise self.CollectError(
                f"{path.name} is a reference of other code than {self.path.name}: "
                "run `make reference`"
            )
        for number, (cell, kept, done) in enumerate(
            zip(*map(runs.code, (script, reference, run))), 1
        ):
            options = defaultdict(bool, find_metadata_tags(cell.metadata))
            options.setdefault("check", True)
            cell.outputs = kept.outputs
            item = ChapterCell.from_parent(
                self, name=f"Cell {number}", cell_num=number, cell=cell, options=options
            )
            item.ran = done.outputs
            yield item


def pytest_collect_file(file_path, parent):
    if (
        parent.config.option.nbval
        and file_path.parent == ROOT / "book"
        and file_path in runs.chapters()
    ):
        return Chapter.from_parent(parent, path=file_path)
    return None
