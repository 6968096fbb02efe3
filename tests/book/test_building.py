"""Builds of a tiny book: what is executed and what is only rendered, and that nothing that went
wrong passes for done."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.faults import started
from helpers.tiny import add, build, call, edit, tiny_book

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("tiny book"),  # which is built once
]

RERUN = """
# %% tags=["parameters"]
depth: int = 3   # layers, at least 1

# %% [markdown]
# ```{rerun} -p depht 0
# ```
"""
FIGURE = """
# %%
from IPython.display import SVG
SVG('<svg xmlns="http://www.w3.org/2000/svg"><path id="p" style="stroke: #000000" d="M0 0"/></svg>')
"""
EXECUTED = "Executing the chapter"


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """The tiny book, built: its tests take it one after the other, in any order."""
    folder = tiny_book(tmp_path_factory.mktemp("once"))
    done = build(folder)
    assert done.returncode == 0 and EXECUTED in done.stdout, done.stderr
    assert "the answer is 41" in page(folder)
    return folder


def page(folder, name="tiny"):
    return (folder / f"_build/html/{name}.html").read_text(encoding="utf-8")


def said(folder):
    """What the chapter's page says."""
    return re.search(r"(the answer is|we have) \d+", page(folder))[0]


def built(folder):
    """Build, and say whether the chapter was executed."""
    done = build(folder)
    assert done.returncode == 0, done.stderr
    return EXECUTED in done.stdout


def test_wording_styles_and_extensions_are_rendered_without_executing(once):
    before = said(once)
    assert not built(once)
    edit(once / "compnet_book/claims.toml", "section 1", "section 99")
    edit(once / "compnet_book/claims.toml", "is prime", "is a prime")
    add(once / "book/_static/book.css", "/* edited */\n")
    edit(once / "compnet_book/sphinx/ledger.py", " settled (", " are settled (")
    edit(once / "compnet_lib/tiny.py", "asked for", "sought")
    add(once / "compnet_lib/functions/splines.py", "unused = 1\n")
    assert not built(once)
    assert "section 99" in page(once) and said(once) == before
    assert "is a prime" in page(once, "ledger") and " are settled (" in page(once, "ledger")
    assert "sought" in page(once, "index")
    assert "/* edited */" in (once / "_build/html/_static/book.css").read_text()


@pytest.mark.parametrize(
    ("name", "old", "new", "answer"),
    [
        ("compnet_lib/tiny.py", "ANSWER = ", "ANSWER = 1", " 1"),
        ("book/tiny.py", "the answer is", "we have", "we have "),
        ("requirements.txt", "numpy==", "numpy==9", " "),
    ],
)
def test_code_and_lock_execute(once, name, old, new, answer):
    edit(once / name, old, new)
    assert built(once) and answer in said(once)


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole, text: whole[: len(whole) // 2],
        lambda whole, text: whole.replace(text, b"the answer is not here"),
    ],
    ids=["half", "another output"],
)
def test_a_damaged_run_counts_as_missing(once, damage):
    before, run = said(once), once / "_build/executed/tiny.ipynb"
    whole = run.read_bytes()
    run.write_bytes(damage(whole, before.encode()))
    assert run.read_bytes() != whole
    assert built(once) and said(once) == before and before in run.read_text()


def test_a_page_cut_off_is_written_again(once):
    before = said(once)
    os.truncate(once / "_build/html/tiny.html", 3000)
    assert not built(once) and said(once) == before
    assert page(once).rstrip().endswith("</html>")


def test_a_build_killed_before_its_pages_are_written_is_made_up_for(once):
    before = said(once)
    edit(once / "compnet_lib/tiny.py", "ANSWER = ", "ANSWER = 2")
    process = started(once)
    with process:
        for line in process.stdout:
            if "preparing documents" in line:
                break
        os.killpg(process.pid, signal.SIGKILL)
    assert said(once) == before
    built(once)
    assert re.search(r"\d+", said(once))[0] == "2" + re.search(r"\d+", before)[0]


def test_pages_that_another_builder_has_read_are_written(once):
    add(once / "compnet_lib/tiny.py", 'OTHER = 1\n"""What is said beside."""\n')
    add(once / "book/index.md", "\n```{eval-rst}\n.. autodata:: compnet_lib.tiny.OTHER\n```\n")
    built(once)
    edit(once / "compnet_lib/tiny.py", "said beside", "written beside")
    program = Path(sys.executable).with_name("jupyter-book")
    words = ("--builder", "custom", "--custom-builder", "text")
    done = call(once, program, "build", "book", *words)
    assert done.returncode == 0, done.stderr
    assert "written beside" in (once / "_build/text/index.txt").read_text()
    built(once)
    assert "written beside" in page(once, "index")


@pytest.fixture
def tiny(tmp_path):
    return tiny_book(tmp_path)


def test_failing_cell_fails_every_build(tiny):
    add(tiny / "book/tiny.py", "\n# %%\nzero = 0\n1 / zero\n")
    for _ in range(2):
        result = build(tiny)
        assert result.returncode != 0
        assert result.stderr.strip().endswith(
            "tiny.py, cell 4 (zero = 0) at `1 / zero`: ZeroDivisionError: division by zero"
        )


COMPLAINTS = {
    "there is no parameter depht; did you mean depth?": RERUN,
    "a figure without alternative text": FIGURE,
    "stderr was found": "\n# %%\nimport sys\nprint('careful', file=sys.stderr)\n",
}


def test_warnings_fail_every_build(tiny):
    add(tiny / "book/tiny.py", "".join(COMPLAINTS.values()))
    for _ in range(2):
        result = build(tiny)
        assert result.returncode != 0 and all(text in result.stderr for text in COMPLAINTS)


def run(folder, *names):
    return call(folder, sys.executable, "-m", "compnet_book.runs", *names)


EDITING = """
# %%
from pathlib import Path
path = Path("../compnet_lib/tiny.py")
before = path.read_text()
if before != "ANSWER = 0":
    path.write_text("ANSWER = 0")
"""


@pytest.mark.parametrize("back", ["", "    path.write_text(before)\n"])
def test_a_run_during_which_something_was_edited_does_not_count(tiny, back):
    add(tiny / "book/tiny.py", EDITING + back)
    done = run(tiny)
    assert done.returncode != 0 and "was edited while it ran" in done.stderr
    assert not (tiny / "_build/executed/tiny.ipynb").exists()
    if not back:
        assert run(tiny).returncode == 0  # now the file stays what it is


@pytest.mark.parametrize("to_all", [False, True])
def test_an_interrupted_run_says_so_and_leaves_nothing_behind(tiny, to_all):
    add(tiny / "book/tiny.py", "\n# %%\nimport time\ntime.sleep(200)\n")
    executed = tiny / "_build/executed"
    process = subprocess.Popen(
        [sys.executable, "-m", "compnet_book.runs"],
        cwd=tiny,
        env={**os.environ, "PYTHONPATH": str(tiny)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    with process:
        deadline = time.monotonic() + 100
        while not [*executed.glob(".*")]:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.1)
        (os.killpg if to_all else os.kill)(process.pid, signal.SIGINT)
        text = process.communicate(timeout=100)[1]
    assert process.returncode == 1 and "interrupted: chapters that had ended count" in text
    edit(tiny / "book/tiny.py", "200", "0")
    (executed / ".ipynb_checkpoints").mkdir()
    assert run(tiny).returncode == 0
    assert {path.name for path in executed.iterdir()} == {"tiny.ipynb", ".ipynb_checkpoints"}


def test_two_runs_at_once_execute_a_chapter_once(tiny):
    log = tiny / "log"
    add(
        tiny / "book/tiny.py",
        f"\n# %%\nwith open({str(log)!r}, 'a') as file:\n    file.write('x')\n",
    )
    command = [sys.executable, "-m", "compnet_book.runs"]
    environment = {**os.environ, "PYTHONPATH": str(tiny)}
    both = [
        subprocess.Popen(command, cwd=tiny, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert log.read_text() == "x" and sum("==> waiting: " in text for text in said) == 1
    assert not built(tiny) and "the answer is 41" in page(tiny)  # rendered from that run
    done = run(tiny, "tiny")
    assert done.returncode == 0 and log.read_text() == "xx", "a chapter named is executed again"
    done = run(tiny, "tyni")
    assert done.returncode != 0 and done.stderr == "there is no chapter tyni\n"
