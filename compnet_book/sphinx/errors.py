"""Give every page the outputs of its chapter's run, executing what is stale; a cell that fails
ends the build, with one line about it."""

from datetime import datetime
from pathlib import Path

import myst_nb.core.execute
from myst_nb.core.execute.base import NotebookClientBase
from sphinx.application import Sphinx

from compnet_book import runs
from compnet_book.sphinx.cache import sources, taken
from compnet_book.sphinx.gathered import rendered, show


class ChapterClient(NotebookClientBase):
    """What myst-nb asks for the outputs of a chapter."""

    def start_client(self) -> None:
        run = runs.last_run(self.path, sources())
        if run is None:
            self.logger.info("Executing the chapter")
            try:
                run = runs.execute(self.path, self.nb_config.execution_timeout)
            except Exception as error:
                # SystemExit, because Jupyter Book answers any other exception with a traceback.
                raise SystemExit(f"\n{runs.failure(self.path, error)}") from None
        taken[Path(self.path)] = run
        for cell, done in zip(runs.code(self.notebook), runs.code(run)):
            cell.outputs, cell.execution_count = done.outputs, done.execution_count
        for number, cell in enumerate(self.notebook.cells, 1):
            for output in cell.get("outputs", []):
                show(output)
                if output.get("name") == "stderr":
                    first = cell.source.strip().splitlines()[0]
                    text = output.text.rstrip()
                    self.logger.info(f"stderr of cell {number} ({first}):\n{text}")
        self.exec_metadata = {
            "mtime": datetime.now().timestamp(),
            "runtime": run.metadata.papermill.duration,
            "method": self.nb_config.execution_mode,
            "succeeded": True,
            "error": None,
            "traceback": None,
        }
        rendered[Path(self.path)] = self.notebook


def setup(app: Sphinx) -> dict[str, bool]:
    myst_nb.core.execute.NotebookClientCache = ChapterClient
    return {"parallel_read_safe": False, "parallel_write_safe": True}
