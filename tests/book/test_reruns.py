"""Papermill runs chapters from their scripts, checks what it is given,
and is for everybody else what it was."""

import json
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import jupytext
import nbformat
import papermill
import pytest
from click.testing import CliRunner
from helpers.reruns import HEADER, prepare, run
from papermill.__main__ import papermill as command_line
from papermill.translators import PythonTranslator, papermill_translators

TINY = (
    HEADER
    + """
# %% tags=["parameters"]
flag: bool = False     # whether to
lr: float = 1e-2       # learning rate, positive and at most 1
count: int = 1         # how many, in [1, 3]
name: str = "a b"      # a name, one of a b, it's "c"

# %%
import compnet_book
print(flag, lr, count, name)
"""
)


@pytest.fixture
def tiny(tmp_path):
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "tiny.py").write_text(TINY)
    return folder / "tiny.py"


def printed(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return "".join(
        output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", [])
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", {}),
        ("-p flag true", {"flag": True}),
        ("-p flag False -p lr 1e-3", {"flag": False, "lr": 1e-3}),
        ("-r flag TRUE -r lr 1e-3 -r count 3", {"flag": True, "lr": 1e-3, "count": 3}),
        ("-y 'lr: 1e-3' -p lr 1", {"lr": 1.0}),
        (
            "-y '{lr: 1e-3, flag: yes}' -f values.yaml",
            {"lr": 1e-3, "flag": True, "count": 2, "name": 'it\'s "c"'},
        ),
        ("-b Y291bnQ6IDI=", {"count": 2}),
        (
            "-p count +2 --inject-paths",
            {"count": 2, "PAPERMILL_INPUT_PATH": "tiny.py", "PAPERMILL_OUTPUT_PATH": "out.ipynb"},
        ),
    ],
)
def test_values_mean_what_they_say(tiny, monkeypatch, words, expected):
    monkeypatch.chdir(tiny.parent)
    (tiny.parent / "values.yaml").write_text('count: 2\nname: it\'s "c"\n')
    done = CliRunner().invoke(
        command_line, ["tiny.py", "out.ipynb", "--prepare-only", *shlex.split(words)]
    )
    assert done.exit_code == 0, done.output
    cells = nbformat.read("out.ipynb", as_version=4).cells
    exec(
        next((cell.source for cell in cells if "injected-parameters" in cell.metadata.tags), ""),
        received := {},
    )
    assert {name: value for name, value in received.items() if name != "__builtins__"} == expected
    assert [type(received[name]) for name in expected] == [
        type(value) for value in expected.values()
    ]


@pytest.mark.parametrize(
    "words",
    [
        "-p count 0",
        "-r count x",
        "-y 'count: 2.0'",
        "-f values.yaml",
        "-b Y291bnQ6IDk=",
        "-p count 2 -p lr 1.5",
        "-p cuont 2",
        "-k python3 -p count 4",
        "-l python -p count 4",
        "-p count 4 --inject-paths",
    ],
)
def test_values_are_checked_however_they_come(tiny, monkeypatch, words):
    monkeypatch.chdir(tiny.parent)
    (tiny.parent / "values.yaml").write_text("count: [2]")
    done = CliRunner().invoke(command_line, ["tiny.py", "out.ipynb", *shlex.split(words)])
    assert done.exit_code != 0 and re.search(
        r"Error: tiny.py does not run with these parameters.\n(count|lr|there is)", done.output
    )
    assert not (tiny.parent / "out.ipynb").exists()


def test_refusal_is_a_message(tiny):
    done = run(
        tiny, tiny.parent / "out.ipynb", "-p", "count", 4, "-p", "flga", "true", "-p", "lr", "fast"
    )
    assert (
        done.returncode != 0 and "Traceback" not in done.stderr and "Executing" not in done.stderr
    )
    assert done.stderr.splitlines()[-4:] == [
        f"Error: {tiny} does not run with these parameters.",
        "count must be an integer (in [1, 3]), got 4",
        "there is no parameter flga; did you mean flag? Known: flag, lr, count, name",
        "lr must be a finite number (positive and at most 1), got 'fast'",
    ]
    assert not (tiny.parent / "out.ipynb").exists()


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        (".", "book/tiny.py"),
        (".", "./book/tiny.py"),
        ("book", "tiny.py"),
        ("book", "./tiny.py"),
        ("elsewhere", "../book/tiny.py"),
        ("/", "{}/book/tiny.py"),
        ("..", "{.name}/book/tiny.py"),
    ],
)
def test_path_to_a_chapter(tiny, tmp_path, monkeypatch, folder, path):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / folder)
    notebook, received = prepare(path.format(tmp_path), {"count": 3}, tmp_path / "out.ipynb")
    assert received == {"count": 3} and (tmp_path / "out.ipynb").exists()
    assert notebook.metadata.kernelspec == {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }


@pytest.mark.slow
def test_run_without_parameters(tiny):
    done = run("book/tiny.py", "out.ipynb", cwd=tiny.parents[1])
    assert done.returncode == 0 and printed(tiny.parents[1] / "out.ipynb") == "False 0.01 1 a b\n"
    assert "Warning" not in done.stderr


KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
OTHER = """# %% tags=["parameters"]
count: int = 1

# %%
print(count)
"""


def test_other_notebooks_are_as_papermill_has_them(tiny, tmp_path):
    notebook = jupytext.read(tiny)
    nbformat.write(notebook, tmp_path / "plain.ipynb")
    papermill.inspect_notebook(tiny)  # a chapter read just before must not matter
    for given in (str(tmp_path / "plain.ipynb"), notebook):
        _, received = prepare(given, {"count": 7.5, "flag": "true", "more": None})
        assert received == {"count": 7.5, "flag": "true", "more": None}
    with pytest.warns(UserWarning, match="does not end in one of"):
        prepare(str((tmp_path / "plain.ipynb").rename(tmp_path / "plain.txt")), {})


def test_other_scripts_are_as_papermill_has_them(tmp_path):
    (tmp_path / "other.py").write_text(HEADER + OTHER)
    with (
        pytest.warns(UserWarning, match="does not end in one of"),
        pytest.raises(nbformat.reader.NotJSONError),
    ):
        prepare(str(tmp_path / "other.py"), {"count": 2})
    kept = json.dumps(nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL}))
    (tmp_path / "kept.py").write_text(kept)  # a notebook by any other name
    with pytest.warns(UserWarning, match="does not end in one of"):
        _, received = prepare(str(tmp_path / "kept.py"), {"any": 1}, tmp_path / "out.ipynb")
    assert received == {"any": 1}
    with pytest.warns(UserWarning, match="does not end in one of"):
        prepare(str(tmp_path / "kept.py"), {}, tmp_path / "other.py")
    assert json.loads((tmp_path / "other.py").read_text())["cells"] == []


ANOTHER_PROJECT = """
import nbformat, papermill, sys
from papermill.translators import PythonTranslator, papermill_translators as known

assert known.find_translator("python3", "python") is PythonTranslator

class Shouting(PythonTranslator):
    @classmethod
    def translate_str(cls, value):
        return super().translate_str(value.upper())

known.register("python", Shouting)

def injected(notebook, **parameters):
    notebook = papermill.execute_notebook(notebook, None, parameters, prepare_only=True)
    return [cell.source for cell in notebook.cells if "injected-parameters" in cell.metadata.tags]

kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
print(injected(sys.argv[1], name="a b"), injected(
    nbformat.v4.new_notebook(metadata={"kernelspec": kernel}), name="aloud", odd=[1]))
"""


def test_another_project_keeps_its_translator(tiny):
    """In a process that never meets a chapter, and with a plug-in of that project's own."""
    command = [sys.executable, "-c", ANOTHER_PROJECT, str(tiny)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert 'name = "A B"' in done.stdout and 'name = "ALOUD"\\nodd = [1]' in done.stdout


def test_inspecting_a_chapter_does_not_touch_the_next_translation(tiny):
    papermill.inspect_notebook(tiny)
    usual = papermill_translators.find_translator("python3", "python")
    prepare(nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL}), {})
    assert usual.codify({"unheard": 1}) == PythonTranslator.codify({"unheard": 1})


@pytest.mark.parametrize("many", [1, 6])
def test_checks_of_several_threads_are_apart(tiny, many):
    """Threads read a chapter and wait; others, meanwhile, run one with other parameters."""
    (tiny.parent / "second.py").write_text(TINY.replace("count: int", "depth: int"))
    said, together = {}, threading.Barrier(4 * many)

    def attempt(path, parameters):
        together.wait(timeout=60)
        for _ in range(20 // many):
            try:
                received = prepare(str(path), parameters)[1]
            except ValueError as error:
                received = str(error).splitlines()[-1]
            said.setdefault(path.name, set()).add(str(received))

    second = tiny.parent / "second.py"
    threads = [
        threading.Thread(target=attempt, args=given)
        for given in many
        * (
            (tiny, {"count": 9}),
            (tiny, {"count": 2}),
            (second, {"depth": 7}),
            (second, {"depth": 3}),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {
        "tiny.py": {"count must be an integer (in [1, 3]), got 9", "{'count': 2}"},
        "second.py": {"depth must be an integer (in [1, 3]), got 7", "{'depth': 3}"},
    }


@pytest.mark.parametrize("way", ["itself", "link", "linked folder", "dots", "another chapter"])
def test_a_chapter_is_not_written_over(tiny, tmp_path, way):
    target = tiny
    if way == "link":
        target = tmp_path / "link.py"
        target.symlink_to(tiny)
    elif way == "linked folder":
        (tmp_path / "other").symlink_to(tiny.parent)
        target = tmp_path / "other/tiny.py"
    elif way == "dots":
        target = f"{tiny.parent}/../book/./tiny.py"
    elif way == "another chapter":
        target = tiny.parent / "second.py"
        target.write_text(TINY)
    with pytest.raises(ValueError, match="the output must not be a chapter of the book"):
        prepare(str(tiny), {"count": 2}, str(target))
    assert Path(target).read_text() == TINY == tiny.read_text()


NONSENSE = {
    "half a mapping": ["-y", "{count: ["],
    "text": ["-y", "text"],
    "a list": ["-y", "[1, 2]"],
    "a number as a name": ["-y", "1: 2"],
    "text as a base": ["-b", "dGV4dA=="],
    "deep": ["-y", "count: " + "[" * 3000],
    "no such file": ["-f", "nowhere.yaml"],
    "a long number": ["-p", "count", "9" * 100_000],
    "a power": ["-p", "count", "10^30"],
    "a long name": ["-p", "x" * 100_000, "1"],
    "a long name in a mapping": ["-y", f"{{{'x' * 1000}: 1}}"],
    "many names": [word for n in range(300) for word in ("-p", f"name{n}", "1")],
    "a long text": ["-p", "name", "x" * 100_000],
    "lists in lists": ["-y", f"count: {'[' * 30}{']' * 30}"],
}


@pytest.mark.slow
@pytest.mark.parametrize("words", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_answered_shortly(tiny, words):
    done = run("tiny.py", "out.ipynb", *words, cwd=tiny.parent)
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert re.search(r"^Error: .*parameters", done.stderr, re.MULTILINE)
    assert len(done.stderr) < 600
    assert not (tiny.parent / "out.ipynb").exists()


@pytest.mark.slow
@pytest.mark.parametrize("target", [".", "tiny.py", "../book/tiny.py", "nowhere/out.ipynb"])
def test_a_place_where_nothing_can_be_written_is_named(tiny, target):
    done = run("tiny.py", target, "-p", "count", 2, cwd=tiny.parent)
    last = done.stderr.splitlines()[-1]
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert last.startswith("Error: ")
    assert tiny.read_text() == TINY


@pytest.mark.slow
def test_failing_run_leaves_what_there_is(tiny, tmp_path):
    tiny.write_text(f"{TINY}\n# %%\n1 / 0\n\n# %%\nprint('not reached')\n")
    done = run(tiny, "out.ipynb", cwd=tmp_path)
    assert done.returncode != 0 and "ZeroDivisionError" in done.stderr
    assert printed(tmp_path / "out.ipynb") == "False 0.01 1 a b\n"


@pytest.mark.slow
def test_interrupted_run_leaves_what_there_is(tiny, tmp_path):
    tiny.write_text(f"{TINY}\n# %%\nimport time\ntime.sleep(60)\n\n# %%\nprint('not reached')\n")
    out = tmp_path / "out.ipynb"
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "papermill",
            str(tiny),
            str(out),
            "-p",
            "count",
            "2",
            "--no-progress-bar",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # ignored where the tests run in the background
    try:
        deadline = time.monotonic() + 30
        while not (
            out.exists()
            and re.search(r'print\(flag.*"running".*time.sleep', out.read_text(), re.DOTALL)
        ):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode != 0
    assert printed(out) == "False 0.01 2 a b\n"
