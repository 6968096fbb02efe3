"""Every chapter runs with other parameters, from its script, through papermill;
and refuses what it cannot run with."""

import re

import nbformat
import pytest
from click.testing import CliRunner
from helpers.places import CHAPTERS, parsed
from helpers.reruns import prepare, run
from papermill.__main__ import papermill as command_line

from compnet_book.parameters import declared
from compnet_book.sphinx.rerun import given

SMALL = {
    "triangle_waves": {"depth": 3, "left_peak": 0.15},
    "triangles_to_weights": {"depth": 4, "networks": 20, "seed": 1},
    "differentiability": {"depth": 4, "seed": 1, "peak": 0.7, "off": 0.3, "waves": 6},
    "sufficiency_and_decay": {"depth": 4, "peak": 0.7, "seed": 1},
    "second_derivatives": {"depth": 4, "first_peak": 0.4, "seed": 1},
    "beyond_the_paper": {"skew": 0.8, "level": 4, "seed": 1},
    "recovering_peaks": {"depth": 2, "starts": 1, "models": 2, "seeds": 2, "epochs": 5, "seed": 1},
    "best_splines": {"depth": 2, "sequences": 1, "c": 0.2, "seed": 1},
    "dual_spectrum": {"peak": 0.6, "second": 0.75, "level": 2},
    "random_initialization": {
        "trials": 3,
        "epochs": 20,
        "lr": 1e-4,
        "width": 8,
        "points": 50,
        "networks": 12,
        "units": 6,
        "draws": 2000,
        "seed": 1,
        "extra": "exp(x)",
    },
    "breakpoints": {"depth": 4, "width": 3, "networks": 5, "seed": 1},
    "loss_surface": {"points": 41, "largest": 20, "epochs": 10, "seeds": "2", "most": 12},
    "global_moves": {
        "units": 6,
        "points": 60,
        "starts": 2,
        "epochs": 40,
        "few": 2,
        "seed": 1,
        "extra": "x^3/4",
    },
    "implicit_regularization": {
        "trials": 2,
        "points": 6,
        "epochs": 30,
        "pretraining": 20,
        "gap_trials": 2,
        "gap_epochs": 100,
        "widest": 20,
        "neurons": 1000,
        "extra": "sin(5*x)",
    },
    "pretraining": {"target": "exp(x) on -1 to 2", "epochs": 20, "points": 50, "networks": 3},
    "tables_1_and_2": {
        "models": 3,
        "points": 50,
        "epochs": 10,
        "seeds": "3 to 4",
        "printed_seeds": "1",
        "depth": 3,
        "width": 5,
        "extra": "exp(x) on -1 to 2",
    },
    "sparse_data": {
        "models": 2,
        "seeds": "2",
        "train": 5,
        "epochs": 5,
        "depth": 2,
        "dense": 20,
        "few": 1,
        "extra": "exp(x)",
    },
    "inside_the_networks": {
        "models": 3,
        "seeds": "2",
        "points": 50,
        "epochs": 10,
        "depth": 4,
        "width": 3,
        "extra": "exp(x) on -1 to 1",
    },
    "structure_kept": {
        "models": 3,
        "others": 2,
        "seeds": "1 to 2",
        "points": 50,
        "epochs": 10,
        "depth": 4,
        "keep": 0.4,
        "deepest": 6,
        "extra": "exp(x) on -1 to 1",
    },
    "which_reading": {
        "models": 3,
        "points": 20,
        "check_points": 25,
        "epochs": 5,
        "seeds": "2",
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
        "seeds": "2",
        "depth": 3,
        "extra": "exp(x) on -1 to 2",
    },
    "against_regularizers": {
        "models": 1,
        "seeds": "2",
        "sparse": 6,
        "noisy": 8,
        "epochs": 5,
        "depth": 2,
        "width": 3,
        "extra": "exp(x) on -1 to 2",
    },
    "dynamics": {
        "trials": 2,
        "gap_epochs": 300,
        "epochs": 200,
        "every": 20,
        "points": 41,
        "units": 10,
        "plenty": 20,
        "extra": "exp(x)",
    },
    "depth_and_expressivity": {
        "units": 16,
        "trials": 3,
        "points": 20,
        "epochs": 5,
        "deepest": 3,
        "few_epochs": 2,
        "extra": "exp(-x*x)",
    },
    "two_papers_meet": {
        "depth": 3,
        "models": 4,
        "draws": 5,
        "epochs": 20,
        "long_epochs": 5,
        "seed": 1,
    },
    "pathologies": {
        "largest": 4,
        "weight": 0.5,
        "steps": 150,
        "seeds": "3 to 4",
        "penalty": 0.1,
    },
    "inverse_stability": {
        "instances": 360,
        "pairs": 10,
        "models": 2,
        "epochs": 5,
        "seed": 1,
    },
    "peaks_stability": {
        "deepest": 3,
        "low": 0.1,
        "steps": 5,
        "layers": 2,
        "models": 2,
        "epochs": 60,
        "seeds": "2",
        "seed": 1,
    },
    "how_close": {
        "seeds": "2",
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
        "seeds": "1",
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
DECLARED = {chapter: declared(parsed(chapter)) for chapter in CHAPTERS}
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
    str: ["2.5 to", "nosuch"],
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
        elif phrase == "a formula or none":
            allowed += ["exp(x)", "sin(5*x)", "none"]
            refused += ["", "nosuch", "1/x", "__import__('os')"]
        elif phrase.startswith("a number or a range"):
            allowed += ["20 to 39", "3, 5, 8", "7"]
            refused += ["", "0", "5 to 2", "3, 3", *(["7 to 7"] if "of at least" in phrase else [])]
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


def example(chapter):
    """What a chapter's own example of a rerun gives: for one that `SMALL` does not name."""
    text = re.search(r"\{rerun\} (.*)", chapter.read_text(encoding="utf-8"))
    return given(text[1]) if text else {}


@pytest.mark.slow
@each_chapter
def test_chapter_reruns_at_a_small_scale(chapter, tmp_path):
    small = SMALL.get(chapter.stem) or example(chapter)
    chosen = [word for name, value in small.items() for word in ("-p", name, str(value))]
    done = run(chapter, "out.ipynb", *chosen, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Warning" not in done.stderr
    notebook = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    injected = next(cell for cell in notebook.cells if "injected-parameters" in cell.metadata.tags)
    exec(injected.source, received := {})
    assert {name: str(value) for name, value in small.items()}.items() <= {
        name: str(value) for name, value in received.items()
    }.items()
    assert not [
        cell
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


@pytest.mark.slow
@each_chapter
def test_help_lists_the_parameters(chapter, caplog):
    shown = CliRunner().invoke(command_line, [str(chapter), "--help-notebook"])
    assert shown.exit_code == 0 and "Unable" not in caplog.text
    listed = re.sub(r"\s+", " ", shown.output.partition(":\n")[2]).strip()
    lines = [
        line
        for cell in parsed(chapter).cells
        if "parameters" in cell.metadata.get("tags", [])
        for line in cell.source.splitlines()
    ]
    assert max(map(len, lines)) <= 90, "fits a page"
    written = [re.fullmatch(r"(\w+): (\w+) = (.+?)  # (.+)", line).groups() for line in lines]
    assert listed == " ".join(
        f"{name}: {kind} (default {default}) {comment}" for name, kind, default, comment in written
    )


def same(one, other):
    return one == other and type(one) is type(other)


@each_parameter
def test_parameter_takes_other_values(chapter, parameter):
    for value in edges(parameter)[0]:
        assert same(parameter.convert(value), value)  # from Python
        assert same(parameter.convert(str(value)), value)  # from a command line, or from YAML


@each_parameter
def test_parameter_refuses_impossible_values(chapter, parameter):
    outside = edges(parameter)[1]
    assert outside or parameter.kind is bool
    limits = re.escape(parameter.limits)
    for value in [*outside, *map(str, outside), *WRONG_KIND[parameter.kind], None, [1.5]]:
        refusal = rf"{parameter.name} must be .*{limits}.* got {re.escape(repr(value)[:30])}"
        with pytest.raises(ValueError, match=refusal):
            parameter.convert(value)


@pytest.mark.slow
@each_chapter
def test_papermill_sets_every_parameter(chapter):
    values = {each.name: edges(each)[0][-1] for each in DECLARED[chapter].values()}
    for chosen in (values, {name: str(value) for name, value in values.items()}):
        _, received = prepare(chapter, chosen)
        assert received.keys() == values.keys()
        assert all(same(received[name], value) for name, value in values.items())


@each_chapter
def test_papermill_is_refused_impossible_values(chapter, tmp_path):
    with pytest.raises(ValueError) as refused:
        prepare(chapter, dict.fromkeys(DECLARED[chapter]), tmp_path / "out.ipynb")
    _, *lines = str(refused.value).splitlines()
    left = re.fullmatch(r"and (\d+) more", lines[-1])
    told = lines[:-1] if left else lines
    names = [*DECLARED[chapter]]
    assert told and all(f"{name} must be " in line for name, line in zip(names, told))
    assert len(told) + (int(left[1]) if left else 0) == len(names)
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
        match=r"extra must be a string \(a curve or none\), got 'sin\(5\*x\)': "
        r".* is concave on \[0, 0.63\], is convex on \[0.63, 1\]",
    ):
        prepare(chapter, {"extra": "sin(5*x)"})
