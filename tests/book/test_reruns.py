"""Every chapter runs with other parameters, from its script, through papermill;
and refuses what it cannot run with."""

import re
import shlex
import signal
import subprocess
import sys
import time

import jupytext
import nbformat
import papermill
import pytest
from click.testing import CliRunner
from helpers.pages import HTML, soup
from helpers.places import CHAPTERS
from papermill.__main__ import papermill as command_line

from compnet_book.parameters import check, declared, parse

SMALL = {
    "triangle_waves": {"depth": 3, "left_peak": 0.15},
    "triangles_to_weights": {"depth": 4, "networks": 20, "seed": 1},
    "differentiability": {"depth": 4, "seed": 1, "peak": 0.7, "off": 0.3, "waves": 6},
    "sufficiency_and_decay": {"depth": 4, "peak": 0.7, "seed": 1},
    "second_derivatives": {"depth": 4, "first_peak": 0.4, "seed": 1},
    "beyond_the_paper": {"skew": 0.8, "level": 4, "seed": 1},
    "recovering_peaks": {"depth": 2, "starts": 1, "models": 2, "seeds": 2, "epochs": 5, "seed": 1},
    "pretraining": {"target": "exp(x) on -1 to 2", "epochs": 20, "points": 50, "networks": 3},
    "tables_1_and_2": {
        "models": 3,
        "points": 50,
        "epochs": 10,
        "seeds": 2,
        "printed_seeds": 1,
        "depth": 3,
        "width": 5,
        "extra": "exp(x) on -1 to 2",
    },
    "sparse_data": {
        "models": 2,
        "seeds": 2,
        "train": 5,
        "epochs": 5,
        "depth": 2,
        "dense": 20,
        "few": 1,
        "extra": "exp(x)",
    },
    "inside_the_networks": {
        "models": 3,
        "others": 2,
        "seeds": 2,
        "points": 50,
        "epochs": 10,
        "depth": 4,
        "width": 3,
        "keep": 0.4,
        "deepest": 6,
        "extra": "exp(x) on -1 to 1",
    },
    "which_reading": {
        "models": 3,
        "points": 20,
        "check_points": 25,
        "epochs": 5,
        "seeds": 2,
        "other_seeds": 2,
        "width": 3,
        "extra": "exp(x) on -1 to 2",
    },
    "other_conditions": {
        "models": 2,
        "points": 20,
        "few": 15,
        "many": 20,
        "epochs": 5,
        "batch": 10,
        "seeds": 2,
        "depth": 3,
        "extra": "exp(x) on -1 to 2",
    },
    "against_regularizers": {
        "models": 1,
        "seeds": 2,
        "sparse": 6,
        "noisy": 8,
        "epochs": 5,
        "depth": 2,
        "width": 3,
        "extra": "exp(x) on -1 to 2",
    },
    "how_close": {
        "seeds": 2,
        "rounds": 0,
        "models": 2,
        "depth": 2,
        "epochs": 5,
        "draws": 1,
        "extra": "exp(x) on -1 to 2",
    },
    "which_optimizer": {
        "models": 1,
        "budget": 0.01,
        "longer": 2.0,
        "seed": 1,
        "extra": "exp(x) on -1 to 2",
    },
    "depth_that_pays": {
        "deepest": 3,
        "rounds": 0,
        "longer": 0,
        "seeds": 1,
        "models": 4,
        "epochs": 5,
        "only": "sin",
        "extra": "exp(x) on -1 to 2",
    },
    "speed": {
        "models": 3,
        "points": 50,
        "depth": 2,
        "dtype": "float64",
        "rounds": 1,
        "turn": 0.002,
        "largest": 20,
    },
}
DECLARED = {chapter: declared(jupytext.read(chapter, fmt="py:percent")) for chapter in CHAPTERS}
EACH = [
    (chapter, parameter)
    for chapter, parameters in DECLARED.items()
    for parameter in parameters.values()
]
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
each_parameter = pytest.mark.parametrize(
    ("chapter", "parameter"), EACH, ids=[f"{chapter.stem}-{each.name}" for chapter, each in EACH]
)

WRONG_KIND = {
    int: ["2.5", "many", "true", True, "nan", "", 10**400],
    float: ["fast", "true", True, "nan", "inf", "1e999", 10**400],
    bool: ["1", "maybe"],
    str: ["2", "nosuch"],
}


def edges(parameter):
    """What the limits of a parameter let in and keep out, nearest to them:
    as a reader understands them."""
    step = 1 if parameter.kind is int else 1e-9
    allowed, refused = [], []
    for phrase in parameter.limits.split(" and "):
        numbers = (
            [parameter.kind(number) for number in re.findall(r"-?\d[\d.e-]*", phrase)]
            if parameter.kind is not str
            else []
        )
        if phrase.startswith("one of "):
            allowed += phrase.removeprefix("one of ").split(", ")
            refused += ["", "nosuch"]
        elif phrase.startswith("a curve"):
            allowed += ["exp(x)", "sin", "sqrt(x)", *(["none"] if "none" in phrase else [])]
            refused += [
                "",
                "nosuch",
                "sin(5*x)",
                "2*x",
                "__import__('os')",
                *([] if "none" in phrase else ["none"]),
            ]
        elif phrase == "positive":
            allowed, refused = [*allowed, step], [*refused, 0, -step]
        elif phrase.startswith("in ("):
            low, high = numbers
            allowed, refused = [*allowed, low + step, high - step], [*refused, low, high]
        elif phrase.startswith(("at least ", "at most ")):
            out = -step if phrase.startswith("at least ") else step
            allowed, refused = (
                [*allowed, numbers[0], numbers[0] - out],
                [*refused, numbers[0] + out],
            )
        else:
            assert parameter.kind is bool, f"no test for {phrase!r}"
            allowed += [True, False]
    return allowed, refused


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
    command = [sys.executable, "-m", "papermill", *map(str, words), "--no-progress-bar"]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)


@each_chapter
def test_chapter_reruns_at_a_small_scale(chapter, tmp_path):
    chosen = [
        word for name, value in SMALL[chapter.stem].items() for word in ("-p", name, str(value))
    ]
    done = run(chapter, "out.ipynb", *chosen, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Warning" not in done.stderr
    notebook = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    injected = next(cell for cell in notebook.cells if "injected-parameters" in cell.metadata.tags)
    exec(injected.source, received := {})
    assert SMALL[chapter.stem].items() <= received.items()
    assert not [
        cell
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


@each_chapter
def test_help_lists_the_parameters(chapter, caplog):
    shown = CliRunner().invoke(command_line, [str(chapter), "--help-notebook"])
    assert shown.exit_code == 0 and "Unable" not in caplog.text
    listed = re.sub(r"\s+", " ", shown.output.partition(":\n")[2]).strip()
    lines = [
        line
        for cell in jupytext.read(chapter).cells
        if "parameters" in cell.metadata.get("tags", [])
        for line in cell.source.splitlines()
    ]
    assert max(map(len, lines)) <= 76 and len({line.index("#") for line in lines}) == 1, (
        "fits a page, and is aligned"
    )
    written = [re.fullmatch(r"(\w+): (\w+) = (\S+) +# (.+)", line).groups() for line in lines]
    assert listed == " ".join(
        f"{name}: {kind} (default {default}) {comment}" for name, kind, default, comment in written
    )


@each_parameter
def test_parameter_takes_other_values(chapter, parameter):
    for value in edges(parameter)[0]:
        for given in (
            value,
            str(value),
        ):  # from Python; from the command line, or from YAML, which leaves 1e-3 a string
            _, received = prepare(chapter, {parameter.name: given})
            assert (
                received == {parameter.name: value}
                and type(received[parameter.name]) is parameter.kind
            )


@each_parameter
def test_parameter_refuses_impossible_values(chapter, parameter, tmp_path):
    outside = edges(parameter)[1]
    assert outside or parameter.kind is bool
    for value in [*outside, *map(str, outside), *WRONG_KIND[parameter.kind], None, [1]]:
        with pytest.raises(
            ValueError,
            match=rf"{parameter.name} must be .*{re.escape(parameter.limits)}.* got {re.escape(repr(value))}",
        ):
            prepare(chapter, {parameter.name: value}, tmp_path / "out.ipynb")
    assert not any(tmp_path.iterdir())


@each_chapter
def test_unknown_name_is_refused(chapter):
    name = next(iter(DECLARED[chapter]))
    with pytest.raises(
        ValueError,
        match=f"no parameter {name}s; did you mean {name}.* Known: {', '.join(DECLARED[chapter])}",
    ):
        prepare(chapter, {f"{name}s": 1})


def test_a_curve_that_cannot_be_followed_is_explained():
    chapter = next(path for path in CHAPTERS if path.stem == "tables_1_and_2")
    with pytest.raises(
        ValueError,
        match=r"extra must be a string \(a curve or none\), got 'sin\(5\*x\)': .* is concave on \[0, 0.63\], is convex on \[0.63, 1\]",
    ):
        prepare(chapter, {"extra": "sin(5*x)"})


@pytest.mark.usefixtures("built")
@each_chapter
def test_page_shows_command_and_parameters(chapter):
    section = soup(HTML / f"{chapter.stem}.html").select_one("#rerun-this-page")
    program, script, _, *example = shlex.split(section.select_one(".highlight-bash pre").get_text())
    assert (program, script) == ("papermill", f"book/{chapter.name}")
    assert check(DECLARED[chapter], dict(zip(example[1::3], example[2::3])))
    straight = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
    shown = [
        [cell.get_text().strip().translate(straight) for cell in row.select("td")]
        for row in section.select("table tbody tr")
    ]
    assert shown == [
        [
            each.name,
            each.kind.__name__,
            each.default,
            f"{each.meaning}, {each.limits}".removesuffix(", "),
        ]
        for each in DECLARED[chapter].values()
    ]
    assert {link.get_text(): link["href"] for link in section.select("p a")} == {
        "script": f"_sources/{chapter.name}",
        "notebook": f"_sources/{chapter.stem}.ipynb",
    }


HEADER = """\
# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---
"""
TINY = (
    HEADER
    + """
# %% tags=["parameters"]
flag: bool = False     # whether to
lr: float = 1e-2       # learning rate, positive and at most 1
count: int = 1         # how many, in [1, 3]
name: str = "a b"      # a name, one of a b, it's "c"

# %%
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


def test_run_without_parameters(tiny):
    done = run("book/tiny.py", "out.ipynb", cwd=tiny.parents[1])
    assert done.returncode == 0 and printed(tiny.parents[1] / "out.ipynb") == "False 0.01 1 a b\n"
    assert "Warning" not in done.stderr


def test_ordinary_notebook_is_as_papermill_has_it(tiny, tmp_path):
    notebook = jupytext.read(tiny)
    nbformat.write(notebook, tmp_path / "plain.ipynb")
    papermill.inspect_notebook(tiny)  # a chapter read just before must not matter
    for given in (str(tmp_path / "plain.ipynb"), notebook):
        _, received = prepare(given, {"count": 7.5, "flag": "true", "more": None})
        assert received == {"count": 7.5, "flag": "true", "more": None}
    with pytest.warns(UserWarning, match="does not end in one of"):
        prepare(str((tmp_path / "plain.ipynb").rename(tmp_path / "plain.txt")), {})


def test_failing_run_leaves_what_there_is(tiny, tmp_path):
    tiny.write_text(f"{TINY}\n# %%\n1 / 0\n\n# %%\nprint('not reached')\n")
    done = run(tiny, "out.ipynb", cwd=tmp_path)
    assert done.returncode != 0 and "ZeroDivisionError" in done.stderr
    assert printed(tmp_path / "out.ipynb") == "False 0.01 1 a b\n"


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


@pytest.mark.parametrize(
    "line",
    [
        "n = 1  # untyped, at least 1",
        "n: int = 1",
        "n: int = 1  # no limits",
        "n: int = 1  # a typo, at leat 1",
        "n: int = 0  # outside, at least 1",
        "n: int = 1.5  # another kind, at least 1",
        "n: list = []  # no such kind, at least 1",
        "n: int = 1 + 1  # computed, at least 1",
        "n: str = 'a'  # no choice, positive",
        "n: int = 1  # a choice, one of 1, 2",
        "n: bool = True  # limits, at least 1",
        "import os",
        "n: int  # no default, at least 1",
    ],
)
def test_parameters_cell_is_strict(line):
    assert parse("m: int = 1  # fine, at least 1\n")["m"].limits == "at least 1"
    with pytest.raises(ValueError):
        parse(f"m: int = 1  # fine, at least 1\n{line}\n")
