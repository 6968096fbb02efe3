"""Every chapter runs with other parameters, from its script, through papermill."""
import subprocess
import sys

import nbformat
import pytest
from test_frame import CHAPTERS, ROOT

SMALL = {
    "triangle_waves": {"depth": 3, "left_peak": 0.15},
    "triangles_to_weights": {"depth": 4, "networks": 20, "seed": 1},
    "pretraining": {"target": "sin", "epochs": 20, "points": 50, "networks": 3},
    "tables_1_and_2": {"models": 3, "points": 50, "epochs": 10, "enforced_seeds": 2, "seeds": 2},
}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_reruns_at_a_small_scale(chapter, tmp_path):
    chosen = [word for name, value in SMALL[chapter.stem].items() for word in ("-p", name, str(value))]
    command = [sys.executable, "-m", "papermill", f"book/{chapter.name}", str(tmp_path / "out.ipynb"), *chosen, "--no-progress-bar"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    notebook = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    injected = next(cell for cell in notebook.cells if "injected-parameters" in cell.metadata.tags)
    exec(injected.source, received := {})  # noqa: S102
    assert SMALL[chapter.stem].items() <= received.items()
    assert not [cell for cell in notebook.cells for output in cell.get("outputs", []) if output.output_type == "error"]
