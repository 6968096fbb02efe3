"""The output checks have teeth: a run that differs from its reference fails,
with the chapter and the cell named."""

import shutil
import subprocess
import sys

import nbformat
import pytest
from helpers.places import ROOT
from nbformat.v4 import new_code_cell, new_notebook, new_output

HEADER = "# ---\n# jupyter:\n#   kernelspec: {display_name: Python 3, language: python, name: python3}\n# ---\n\n"
SOURCES = {
    "text": 'print("three regions")',
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
    for folder in ("book", "compnet_lib", "tests/reference", "_build/executed"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copytree(
        ROOT / "book" / "_ext",
        tmp_path / "book" / "_ext",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name in ("conftest.py", "requirements.txt", "tests/make_reference.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "_toc.yml").write_text(
        "root: intro\nparts: [{chapters: [{file: tiny}]}]\n", encoding="utf-8"
    )
    marks = {name: ' tags=["float-luck"]' if name in ("luck", "words") else "" for name in CELLS}
    (tmp_path / "book" / "tiny.py").write_text(
        HEADER + "\n\n".join(f"# %%{marks[name]}\n{SOURCES[name]}" for name in CELLS) + "\n",
        encoding="utf-8",
    )
    keep(tmp_path, "tests/reference/tiny.ipynb", OUTPUTS)
    keep(tmp_path, "_build/executed/tiny.ipynb", OUTPUTS)
    return tmp_path


def keep(project, path, outputs):
    command = [
        sys.executable,
        "-c",
        "from book_cache import digest; print(digest('compnet_lib', 'requirements.txt'))",
    ]
    state = subprocess.run(
        command, cwd=project / "book" / "_ext", capture_output=True, text=True, check=True
    ).stdout.strip()
    cells = [new_code_cell(SOURCES[name], outputs=[outputs[name]]) for name in CELLS]
    metadata = {
        "compnet": {"library": state},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
    }
    nbformat.write(new_notebook(cells=cells, metadata=metadata), project / path)


def check(project):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "book",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:hypothesispytest",
    ]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    return done.returncode, done.stdout


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


def test_a_reference_of_other_code_is_refused(project):
    reference = project / "tests" / "reference" / "tiny.ipynb"
    kept = nbformat.read(reference, as_version=4)
    kept.cells[1].source = "other code"
    nbformat.write(kept, reference)
    code, said = check(project)
    assert code != 0 and "tiny.ipynb is a reference of other code than tiny.py" in said, said


@pytest.mark.parametrize("edited", ["book/tiny.py", "compnet_lib/new.py"])
def test_a_run_of_another_state_is_refused(project, edited):
    with open(project / edited, "a", encoding="utf-8") as file:
        file.write("\n# %%\nanother = 1\n")
    code, said = check(project)
    assert code != 0 and "tiny.py has not been run since it or the library changed" in said, said


def test_remaking_the_references_shows_what_changed(project):
    def remake():
        return subprocess.run(
            [sys.executable, "tests/make_reference.py"],
            cwd=project,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    keep(
        project,
        "_build/executed/tiny.ipynb",
        OUTPUTS | {"text": new_output("stream", text="four regions\n")},
    )
    said = remake()
    assert '-  "text": "three regions\\n"' in said and '+  "text": "four regions\\n"' in said, said
    assert "unchanged" in remake()
