"""Where things belong: floors and doors, the names and sizes of modules, and the form of files.

The text of CONTRIBUTING.md says the same in words.
"""

import ast
import email.message
import graphlib
import importlib
import inspect
import pkgutil
import re
import statistics
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from helpers import make_licences
from helpers.imports import FLOORS, Import, doors, imports, modules
from helpers.places import CHAPTERS, ROOT, parsed, read_yaml
from helpers.width import WIDTH, too_long

HEAVY = {"sympy", "torch", "matplotlib", "numba", "scipy", "xarray", "pandas"}
DOORS = doors()
PUBLIC = [(door, name) for door, names in DOORS.items() for name in names]
SOURCES = [
    path
    for folder in ("compnet_lib", "compnet_book", "benchmarks", "book", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
] + [ROOT / "conftest.py"]
TESTS = {path.stem for path in SOURCES if re.match("test_|conftest", path.name)}
KERNELS = "kernels.py"
"""Compiled code: numba finds the types, and one file holds what is inlined together."""

NO_PROSE = r"^(?P<fence>`{3,})(?!\{(?!math|eval-rst|code-block|rerun)).*?^(?P=fence)$"
"""A block of code in Markdown: one whose fence names a language, or no prose."""

each_module = pytest.mark.parametrize("module", modules())


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def relative(path):
    return path.relative_to(ROOT).as_posix()


def floor(module):
    """The place of a module in FLOORS; the library's own door is above all."""
    package, _, inner = module.partition(".")
    assert package == "compnet_lib"
    return FLOORS.index(inner.split(".")[0]) if inner else len(FLOORS)


# Floors


def test_every_folder_is_a_floor():
    folders = {path.parent.name for path in (ROOT / "compnet_lib").glob("*/__init__.py")}
    assert folders <= set(FLOORS)
    files = {path.name for path in (ROOT / "compnet_lib").glob("*.py")}
    assert files == {"__init__.py"}, "a module of compnet_lib stands in a folder"


@each_module
def test_imports_point_down(module):
    for target, line, _ in imports(module):
        if module.startswith("compnet_lib"):
            assert not target.startswith("compnet_book"), f"{module}, line {line}: {target}"
            if target.startswith("compnet_lib"):
                assert floor(target) <= floor(module), f"{module}, line {line}: {target}"


def test_imports_have_no_cycle():
    graph = {
        module: {one.target for one in imports(module) if not one.late} for module in modules()
    }
    graphlib.TopologicalSorter(graph).prepare()  # CycleError names the modules


@pytest.mark.parametrize("package", DOORS)
def test_a_door_imports_nothing_itself(package):
    assert {one.target for one in imports(package)} == {"lazy_loader"}


def test_imports_are_seen(tmp_path):
    lib = tmp_path / "compnet_lib"
    for path, text in {
        "compnet_lib/__init__.py": "import lazy_loader",
        "compnet_lib/__init__.pyi": "from .a.x import f as f\nfrom .b import g as g",
        "compnet_lib/a/__init__.py": "",
        "compnet_lib/a/x.py": "def f():\n    from ..b import g",
        "compnet_lib/b/__init__.py": "from .. import f\nfrom ..a import x",
        "compnet_book/__init__.py": "if TYPE_CHECKING:\n    import compnet_lib.a.x as y, numpy",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert modules(tmp_path)["compnet_lib.a.x"] == lib / "a" / "x.py"
    assert doors(tmp_path) == {"compnet_lib": {"f": "compnet_lib.a.x", "g": "compnet_lib.b"}}
    assert [*imports("compnet_lib.a.x", tmp_path)] == [Import("compnet_lib.b", 2, True)]
    assert [*imports("compnet_lib.b", tmp_path)] == [
        Import("compnet_lib.a.x", 1, False),
        Import("compnet_lib.a.x", 2, False),
    ]
    assert [*imports("compnet_book", tmp_path)] == [
        Import("compnet_lib.a.x", 2, True),
        Import("numpy", 2, True),
    ]


# Doors


@pytest.mark.parametrize("package", DOORS)
def test_no_public_name_is_a_module(package):
    inside = {found.name for found in pkgutil.iter_modules([str(modules()[package].parent)])}
    assert not inside & set(DOORS[package])


@pytest.mark.parametrize("package", DOORS)
def test_a_door_lists_what_there_is_by_floor(package):
    listed = list(DOORS[package].values())
    assert all(module.startswith(f"{package}.") for module in listed)
    key = floor if package == "compnet_lib" else str
    assert listed == sorted(listed, key=key)
    blocks = list(dict.fromkeys(listed))
    assert listed == sorted(listed, key=blocks.index), "the names of a module stand together"


@pytest.mark.parametrize(("door", "name"), PUBLIC)
def test_public_name(door, name):
    found = getattr(importlib.import_module(door), name)
    if not callable(found):
        module = DOORS[door][name]
        assert documented(module, name), f"a docstring under {name}"
    else:
        assert found.__module__ == DOORS[door][name]
        assert inspect.getdoc(found) and inspect.getdoc(found) != inspect.getdoc(type(found))


def test_the_reference_shows_every_public_name():
    page = (ROOT / "book" / "reference.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^\.\. auto(?:function|class|data):: (\w+)$", page, re.MULTILINE))
    for members in re.findall(r"automodule:: .*\n   :members: (.*(?:\n {6}.*)*)", page):
        shown |= {name.strip() for name in members.split(",")}
    assert set(DOORS["compnet_lib"]) <= shown


def documented(module, name):
    """Whether a string stands under the assignment to a name."""
    body = tree(modules()[module]).body
    for node, after in zip(body, body[1:]):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    return False


def unannotated(parent):
    """The public functions and methods whose signatures leave a type out."""
    for node in parent.body:
        if getattr(node, "name", "_").startswith("_") and getattr(node, "name", "") not in (
            "__init__",
            "__call__",
        ):
            continue
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{name}" for name in unannotated(node))
        elif isinstance(node, ast.FunctionDef):
            given = node.args
            taken = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
            named = [one for one in taken if one is not None and one.arg not in ("self", "cls")]
            untold = node.returns is None and node.name != "__init__"
            if untold or any(one.annotation is None for one in named):
                yield node.name


@each_module
def test_public_signatures_are_annotated(module):
    path = modules()[module]
    if path.name != KERNELS:
        assert not [*unannotated(tree(path))]


def test_missing_annotations_are_seen():
    code = """
def good(a: int, *, b: str = "") -> None: ...
def bad(a: int, b) -> None: ...
def worse(a: int): ...
def _own(a): ...
class Open:
    def __init__(self, a): ...
    def good(self) -> int: ...
    def bad(self): ...
class _Own:
    def bad(self): ...
"""
    assert [*unannotated(ast.parse(code))] == ["bad", "worse", "Open.__init__", "Open.bad"]


# What is loaded when


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("", set()),
        ("cn.ReLUNet; cn.default_init(2)([0.0, 1.0])", set()),
        ("cn.compositional(cn.sample_peaks(3, 5, seed=0), 1)", set()),
        ("cn.waves([0.1], [0.5, 0.4])", set()),
        ("cn.TARGETS", {"sympy"}),
        ("cn.linear_regions(cn.default_init(2))", {"numba", "scipy", "sympy"}),
    ],
)
def test_heavy_packages_wait_until_needed(code, needed):
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, compnet_lib as cn\n{code}\nprint(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert HEAVY & set(told.stdout.split()) <= needed


def test_what_is_imported_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    library, extra = project["dependencies"], project["optional-dependencies"]
    book = [*library, *extra["book"]]
    declared = {
        "compnet_lib": library,
        **dict.fromkeys(("compnet_book", "benchmarks", "book"), book),
        **dict.fromkeys(("tests", "conftest.py"), [*book, *extra["test"]]),
    }
    own = {"compnet_lib", "compnet_book", "benchmarks", "helpers", *sys.stdlib_module_names}
    providers = packages_distributions()
    for path in SOURCES:
        allowed = {plain(re.match(r"[\w.-]+", one)[0]) for one in declared[top_folder(path)]}
        for name in set(tops(tree(path))) - own:
            offered = {plain(one) for one in providers.get(name, [name])}
            assert offered & allowed, f"{relative(path)}: {name} is imported and not declared"


def top_folder(path):
    return path.relative_to(ROOT).parts[0]


def plain(name):
    return name.lower().replace("_", "-")


def tops(module):
    """The top names of what a file imports by a full name."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


# Sizes


def test_modules_are_small():
    sizes = {
        module: path.read_text(encoding="utf-8").count("\n")
        for module, path in modules().items()
        if path.name != "__init__.py"
    }
    large = {name for name, size in sizes.items() if size > 350 and not name.endswith(".kernels")}
    assert not large
    assert statistics.median(sizes.values()) <= 130


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *(ROOT / "book").glob("*.md")], ids=relative)
def test_markdown_breaks_at_100_columns(path):
    assert not wide(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_prose_of_chapters_breaks_at_100_columns(path):
    cells = parsed(path).cells
    assert not wide("\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_code_of_chapters_breaks_at_100_columns(path):
    cells = parsed(path).cells
    lines = [line for c in cells if c.cell_type == "code" for line in c.source.splitlines()]
    assert not [line for line in lines if len(line) > WIDTH]


def wide(text):
    """The lines of Markdown that could be shorter, outside of code and displayed formulas."""
    text = re.sub(NO_PROSE, "", text, flags=re.DOTALL | re.MULTILINE)
    return [
        line
        for line in re.sub(r"\$\$.*?\$\$", "x", text, flags=re.DOTALL).splitlines()
        if too_long(line)
    ]


def test_code_and_formulas_are_no_prose():
    words = "word " * 21
    assert wide(f"{words}\n```bash\n{words}\n```\n{words}") == [words, words]
    assert wide(f"```{{math}}\n{words}\n```\n") == []
    assert wide(f"```{{note}}\n{words}\n```\n") == [words]
    assert wide(f"$$a$$ (one)\n{words}\n$$\n{words}\n$$") == [words]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("word " * 20, False),
        ("word " * 21, True),
        ("# " + "word " * 21, True),
        ("| " + "word | " * 40, False),
        ("# | " + "word | " * 40, False),
        ("$" + "a + " * 40 + "b$.", False),
        ("so $" + "a + " * 40 + "b$.", True),
        ("$$" + "a + " * 40 + "b.$$ (eq-label)", False),
        ("[" + "word " * 12 + "](https://example.org/" + "x" * 60 + ")", False),
        ("[a](b) " * 20, True),
        ("`" + "code " * 30 + "`,", False),
        ("x" * 200, False),
    ],
)
def test_lines_with_a_place_to_break_are_seen(line, found):
    assert too_long(line) == found


# Files


@pytest.mark.parametrize("path", [p for p in SOURCES if "tests" in p.parts], ids=relative)
def test_no_test_imports_another(path):
    for node in ast.walk(tree(path)):
        named = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        named += [one.name for one in getattr(node, "names", []) if isinstance(one, ast.alias)]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            named.append(node.value)  # for import_module
        assert not {name.rpartition(".")[2] for name in named} & TESTS


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_the_path_of_imports_stays_as_it_is(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            assert not re.fullmatch(r"sys\.path\.\w+", ast.unparse(node))


def test_hooks_are_local():
    config = read_yaml(".pre-commit-config.yaml")
    assert [entry["repo"] for entry in config["repos"]] == ["local"]
    hooks = config["repos"][0]["hooks"]
    assert {hook["language"] for hook in hooks} <= {"system", "script"}
    assert all(Path(ROOT / hook["entry"].split()[0]).exists() for hook in hooks)


def test_the_distribution_has_a_name_of_its_own():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == "compnet-book"
    told = [*SOURCES, *ROOT.glob("*.md"), *(ROOT / "book").glob("*.md")]
    taken = re.compile(r"(pip|uv|conda) (add|install) +([\w-]+ )*compnet\b(?!-)")
    for path in told:
        assert not taken.search(path.read_text(encoding="utf-8")), path


def test_licences_are_those_of_what_is_installed():
    rows = make_licences.PAGE.read_text(encoding="utf-8").splitlines()
    told = make_licences.page().splitlines()
    build = "| **torch** |"  # whose licences depend on whether it is the CUDA build
    assert [row for row in rows if build not in row] == [row for row in told if build not in row]
    assert sum(build in row for row in rows) == 1


def test_a_licence_is_what_the_package_says_or_looked_up():
    known = email.message.Message()
    known["Name"] = "thing"
    with pytest.raises(ValueError, match="thing names no licence"):
        make_licences.licence(known)
    known["Classifier"] = "License :: OSI Approved :: MIT License"
    known["License"] = "Permission is granted\nto anybody"
    assert make_licences.licence(known) == "MIT License"
    known["License-Expression"] = "MIT"
    assert make_licences.licence(known) == "MIT"
