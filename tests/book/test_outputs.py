"""The output checks have teeth: a run that differs from its reference fails,
with the chapter and the cell named."""

import shutil
import sys

import nbformat
import pytest
from helpers.places import ROOT
from helpers.reruns import HEADER
from helpers.tiny import add, call
from nbformat.v4 import new_code_cell, new_notebook, new_output

from compnet_book import runs
from compnet_book.closure import Sources

SOURCES = {
    "text": 'import compnet_lib.tiny\nprint("three regions")',
    "table": "table",
    "formula": "formula",
    "glued": 'glue("count", 3, display=False)',
    "luck": "training",
    "words": "more training",
}
GLUED = "application/papermill.record/text/plain"


def markdown(text):
    data = {
        "text/markdown": text.replace(" × ", "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}").replace(
            "low, ", "low,\N{NO-BREAK SPACE}"
        ),
        "text/plain": "<Markdown>",
    }
    return new_output("execute_result", data)


OUTPUTS = {
    "text": new_output("stream", text="three regions\n"),
    "table": markdown("| n | error |\n|--:|--:|\n| 2 | 1/64 |"),
    "formula": new_output(
        "execute_result",
        {"text/latex": r"$\displaystyle - \frac{1}{1 - a}$", "text/plain": "-1/(1 - a)"},
    ),
    "glued": new_output("display_data", {GLUED: "3"}, metadata={"scrapbook": {"name": "count"}}),
    "luck": markdown("| min | 1.6 × 10⁻⁷ | inside |"),
    "words": markdown("| min | 1.6 × 10⁻⁷ | inside |"),
}
CELLS = list(SOURCES)


@pytest.fixture
def project(tmp_path):
    """A book of one chapter that has been run, with its reference."""
    for folder in ("book", "tests/reference", "_build/executed"):
        (tmp_path / folder).mkdir(parents=True)
    for package in ("compnet_lib", "compnet_book"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    (tmp_path / "compnet_lib/tiny.py").touch()
    (tmp_path / "tests/helpers").mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = tests\n")
    helpers = [f"tests/helpers/{name}.py" for name in ("__init__", "luck", "make_reference")]
    for name in ("conftest.py", "requirements.txt", *helpers):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "_toc.yml").write_text(
        "root: intro\nparts: [{chapters: [{file: tiny}]}]\n", encoding="utf-8"
    )
    marks = {name: ' tags=["float-luck"]' if name in ("luck", "words") else "" for name in CELLS}
    (tmp_path / "book" / "tiny.py").write_text(
        HEADER + "\n" + "\n\n".join(f"# %%{marks[name]}\n{SOURCES[name]}" for name in CELLS) + "\n",
        encoding="utf-8",
    )
    keep(tmp_path, "tests/reference/tiny.ipynb", OUTPUTS)
    keep(tmp_path, "_build/executed/tiny.ipynb", OUTPUTS)
    return tmp_path


def keep(project, path, outputs):
    state = Sources(project).state(SOURCES.values())
    cells = [new_code_cell(SOURCES[name], outputs=[outputs[name]]) for name in CELLS]
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    notebook.metadata["compnet"] = {"state": state, "cells": runs.fingerprint(notebook)}
    nbformat.write(notebook, project / path)


def check(project):
    options = ["--nbval", "book", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    done = call(project, sys.executable, "-m", "pytest", *options)
    return done.returncode, done.stdout


@pytest.mark.slow
def test_every_mutated_output_is_caught_and_luck_within_a_factor_of_ten_is_not(project):
    luck = {**OUTPUTS, "luck": markdown("| min | 9.8 × 10⁻⁸ | low, 1.1× |")}
    keep(project, "_build/executed/tiny.ipynb", luck)
    code, said = check(project)
    assert code == 0 and f"{len(CELLS)} passed" in said, said

    keep(
        project,
        "_build/executed/tiny.ipynb",
        {
            "text": new_output("stream", text="four regions\n"),
            "table": markdown("| n | error |\n|--:|--:|\n| 2 | 1/32 |"),
            "formula": new_output(
                "execute_result",
                {"text/latex": r"$\displaystyle \frac{1}{1 - a}$", "text/plain": "-1/(1 - a)"},
            ),
            "glued": new_output(
                "display_data", {GLUED: "4"}, metadata={"scrapbook": {"name": "count"}}
            ),
            "luck": markdown("| min | 1.6 × 10⁻⁵ | inside |"),
            "words": markdown("| max | 1.6 × 10⁻⁷ | inside |"),
        },
    )
    code, said = check(project)
    missed = [
        name
        for number, name in enumerate(CELLS, 1)
        if f"tiny.py, cell {number}: the output differs from the reference" not in said
    ]
    assert code == 1 and not missed, f"{missed}\n{said}"


@pytest.mark.slow
def test_a_reference_of_other_code_is_refused(project):
    reference = project / "tests" / "reference" / "tiny.ipynb"
    kept = nbformat.read(reference, as_version=4)
    kept.cells[1].source = "other code"
    nbformat.write(kept, reference)
    code, said = check(project)
    assert code != 0 and "tiny.ipynb is a reference of other code than tiny.py" in said, said


@pytest.mark.slow
@pytest.mark.parametrize("edited", ["book/tiny.py", "compnet_lib/tiny.py"])
def test_a_run_of_another_state_is_refused(project, edited):
    add(project / edited, "\n# %%\nanother = 1\n")
    code, said = check(project)
    assert code != 0 and "tiny.py has not been run since it changed, or what it needs" in said, said


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["_build/executed/tiny.ipynb", "tests/reference/tiny.ipynb"])
def test_half_a_file_counts_as_none(project, lost):
    whole = (project / lost).read_text(encoding="utf-8")
    (project / lost).write_text(whole[: len(whole) // 2], encoding="utf-8")
    code, said = check(project)
    assert code != 0 and ("has not been run" in said or "has no reference" in said), said


@pytest.mark.slow
def test_remaking_the_references_shows_what_changed(project):
    def remake():
        return call(project, sys.executable, "tests/helpers/make_reference.py").stdout

    keep(
        project,
        "_build/executed/tiny.ipynb",
        OUTPUTS | {"text": new_output("stream", text="four regions\n")},
    )
    said = remake()
    assert '-  "text": "three regions\\n"' in said and '+  "text": "four regions\\n"' in said, said
    assert "unchanged" in remake()
