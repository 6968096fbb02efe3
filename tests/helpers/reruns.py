"""Chapters rerun through papermill."""

import subprocess
import sys
from pathlib import Path

import papermill

HEADER = """\
# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---
"""


def prepare(chapter, parameters, target=None):
    """The notebook that papermill would run, and the values that its injected cell sets."""
    notebook = papermill.execute_notebook(chapter, target, parameters, prepare_only=True)
    injected = [
        cell.source for cell in notebook.cells if "injected-parameters" in cell.metadata.tags
    ]
    exec(injected[0] if injected else "", received := {})
    received.pop("__builtins__", None)
    return notebook, received


def run(*words, **options):
    """Papermill on the command line, as a reader calls it, in a process of its own."""
    program = Path(sys.executable).with_name("papermill")
    command = [program, *map(str, words), "--no-progress-bar"]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
