"""Say which cell of which chapter failed, and let nothing that went wrong pass on the next run."""

import re
from pathlib import Path

import myst_nb.core.execute
from myst_nb.core.execute.cache import NotebookClientCache
from sphinx.application import ENV_PICKLE_FILENAME


class CellReporter(NotebookClientCache):
    """Execute or fetch a chapter; a cell that fails ends the build with one line about it."""

    def start_client(self):
        try:
            super().start_client()
        except Exception as error:
            # SystemExit, because Jupyter Book answers any other exception with its own traceback.
            raise SystemExit(f"\n{self.path.name}, {self.failure(error)}") from None
        for number, cell in self.code_cells():
            for output in cell.outputs:
                if output.get("name") == "stderr":
                    self.logger.info(
                        f"stderr of {self.where(number, cell)}:\n{output.text.rstrip()}"
                    )

    def code_cells(self):
        return [
            (n, cell) for n, cell in enumerate(self.notebook.cells, 1) if cell.cell_type == "code"
        ]

    @staticmethod
    def where(number, cell):
        return f"cell {number} ({cell.source.strip().splitlines()[0]})"

    def failure(self, error):
        for number, cell in self.code_cells():
            for output in cell.outputs:
                if output.output_type == "error":
                    traceback = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(output.traceback))
                    arrow = re.search(
                        r"^-+> \d+ (.*)", traceback, re.MULTILINE
                    )  # the cell's own line comes first
                    line = f" at `{arrow[1].strip()}`" if arrow else ""
                    return (
                        f"{self.where(number, cell)}{line}: {output.ename}: {output.evalue}".rstrip(
                            ": "
                        )
                    )
        cause = error.__cause__ or error  # a timeout or a kernel that died writes no output
        return f"{type(cause).__name__}: {cause}"


def forget_pages(app, exception):
    """Warnings of pages that are up to date would not be repeated: after a build with warnings,
    read them all again."""
    if exception is None and app._warncount:
        (Path(app.doctreedir) / ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def setup(app):
    myst_nb.core.execute.NotebookClientCache = CellReporter
    app.connect("build-finished", forget_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
