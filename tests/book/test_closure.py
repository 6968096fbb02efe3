"""Which code depends on which files, and so which chapters go stale for which edit."""

import json
import os
import py_compile
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.places import CHAPTERS, ROOT, parsed

from compnet_book.closure import Sources

HOUSE = {
    "requirements.txt": "# a lock\nnumpy==2\n",
    "compnet_lib/__init__.py": "import lazy_loader\n__version__ = '1'\n",
    "compnet_lib/__init__.pyi": (
        "from .waves._shapes import triangle as triangle\n"
        "from .waves.sums import series as series\n"
        "from . import engines as engines\n"
        "__version__: str\n"
    ),
    "compnet_lib/base.py": "one = 1\n",
    "compnet_lib/waves/__init__.py": "",
    "compnet_lib/waves/_shapes.py": "from ..base import one\n\ndef triangle(x):\n    return one\n",
    "compnet_lib/waves/sums.py": (
        "def series(x):\n    from . import _shapes\n    return _shapes.triangle(x)\n"
    ),
    "compnet_lib/waves/alone.py": "import numpy\n",
    "compnet_lib/engines/__init__.py": "import lazy_loader\n",
    "compnet_lib/engines/__init__.pyi": "from .registry import select as select\n",
    "compnet_lib/engines/registry.py": (
        "import importlib\n\ndef select(name):\n"
        "    return importlib.import_module(f'{__package__}.{name}.engine')\n"
    ),
    "compnet_lib/engines/clock.py": "",
    "compnet_lib/engines/cpu/__init__.py": "",
    "compnet_lib/engines/cpu/engine.py": "from . import kernels\n",
    "compnet_lib/engines/cpu/kernels.py": "step = 1\n",
    "compnet_lib/engines/gpu/__init__.py": "",
    "compnet_lib/engines/gpu/engine.py": "",
    "compnet_lib/engines/gpu/cuda/step.cu": "__global__",
    "compnet_lib/odd.py": "import compnet_lib as cn\nget = lambda name: getattr(cn, name)\n",
    "compnet_book/__init__.py": "",
    "compnet_book/claims.py": "",
    "compnet_book/claims.toml": "says = 'this'\n",
    "compnet_book/words.py": "from compnet_lib.waves import sums\n",
}
CN = "import compnet_lib as cn\n"
SHAPES = {"compnet_lib", "compnet_lib.waves", "compnet_lib.waves._shapes", "compnet_lib.base"}
SUMS = SHAPES | {"compnet_lib.waves.sums"}
REGISTRY = {"compnet_lib", "compnet_lib.engines", "compnet_lib.engines.registry"} | {
    f"compnet_lib.engines.{name}"
    for name in ("cpu", "cpu.engine", "cpu.kernels", "gpu", "gpu.engine")
}


@pytest.fixture
def house(tmp_path):
    for name, text in HOUSE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ("import numpy as np\nnp.ones(3)", set()),
        (CN, {"compnet_lib"}),
        (CN + "cn.__version__", {"compnet_lib"}),
        (CN + "cn.triangle(0)", SHAPES),
        (CN + "cn.series(0)", SUMS),
        (CN + "def f():\n    return [cn.series.cache for _ in x]", SUMS),
        ("def f():\n    import compnet_lib\n    return compnet_lib.triangle", SHAPES),
        ("from compnet_lib import triangle as t\nt(0)", SHAPES),
        ("from compnet_lib.waves._shapes import triangle", SHAPES),
        ("from compnet_lib.waves import sums", SUMS),
        ("import compnet_lib.waves.sums", SUMS),
        ("import compnet_lib.waves.sums as s\ngetattr(s, 'series')", SUMS),
        ("from compnet_lib import waves\nwaves.sums.series(0)", SUMS),
        (CN + "cn.waves.alone", {"compnet_lib", "compnet_lib.waves", "compnet_lib.waves.alone"}),
        (CN + "cn.engines.select('cpu')", REGISTRY),
        ("from compnet_lib import engines\nengines.select('cpu')", REGISTRY),
        ("from compnet_lib.engines import select", REGISTRY),
        ("from compnet_book import words", {"compnet_book", "compnet_book.words"} | SUMS),
        ("import importlib\nimportlib.import_module('compnet_lib.waves.sums')", SUMS),
        ("run('-m', 'compnet_lib.waves.sums')", SUMS),
        ("%matplotlib inline\n" + CN + "cn.triangle", SHAPES),
        ("x = '''\n% y\n'''\n" + CN + "cn.triangle", SHAPES),
    ],
)
def test_closure(house, code, modules):
    assert Sources(house).closure(code) == modules


@pytest.mark.parametrize(
    "code",
    [
        "from compnet_lib import *",
        CN + "getattr(cn, name)",
        CN + "f(cn)",
        CN + "names = {'library': cn}",
        CN + "vars(cn.engines)",
        CN + "cn.nowhere",
        "from compnet_lib import nowhere",
        "import compnet_lib.nowhere",
        "from compnet_lib import odd",
        "from importlib import import_module\nimport_module(name)",
        "import importlib\nimportlib.import_module(f'{name}.engine')",
        "exec(code)",
        "def f(:",
    ],
)
def test_what_cannot_be_followed_needs_everything(house, code):
    assert Sources(house).closure(code) == Sources(house).modules.keys()


def state(house, code=CN + "cn.series(0)\nfrom compnet_book import claims, words"):
    return Sources(house).state([code])


@pytest.mark.parametrize(
    ("edited", "old", "new", "stale"),
    [
        ("compnet_lib/base.py", "1", "2", True),
        ("compnet_lib/base.py", "one = 1", "one   =   1  # a comment", False),
        ("compnet_lib/base.py", "one = 1", "one = 1\n'''Words.'''\n", False),
        ("compnet_lib/base.py", "one = 1", "one = 'one'", True),
        ("compnet_lib/waves/_shapes.py", "):\n", "):\n    '''Words.'''\n", False),
        ("compnet_lib/waves/alone.py", "numpy", "scipy", False),
        ("compnet_lib/engines/cpu/kernels.py", "1", "2", False),
        ("compnet_lib/odd.py", "cn", "lib", False),
        ("compnet_lib/__init__.pyi", "from . import engines as engines\n", "", False),
        ("compnet_lib/__init__.pyi", ".waves.sums", ".waves.alone", True),
        ("compnet_lib/__init__.py", "'1'", "'2'", True),
        ("compnet_book/claims.toml", "this", "that", False),
        ("compnet_book/claims.py", "", "more = 1\n", True),
        ("requirements.txt", "2", "3", True),
        ("requirements.txt", "a lock", "the lock", False),
    ],
)
def test_state(house, edited, old, new, stale):
    before = state(house)
    text = (house / edited).read_text()
    assert old in text
    (house / edited).write_text(text.replace(old, new, 1))
    assert (state(house) != before) == stale


def test_data_beside_a_module_counts(house):
    code = CN + "cn.engines.select('gpu')"
    before, other = state(house, code), state(house)
    (house / "compnet_lib/engines/gpu/cuda/step.cu").write_text("__device__")
    after = state(house, code)
    assert after != before and state(house) == other
    (house / "compnet_lib/engines/gpu/table.json").write_text("{}")
    assert state(house, code) != after and state(house) == other


def test_a_new_module_that_fits_a_name_counts(house):
    code = CN + "cn.engines.select('gpu')"
    before = state(house, code)
    (house / "compnet_lib/engines/tpu").mkdir()
    (house / "compnet_lib/engines/tpu/engine.py").write_text("")
    assert state(house, code) != before


def test_the_code_itself_counts(house):
    sources = Sources(house)
    assert sources.state(["1", "2"]) != sources.state(["1", "3"])
    assert sources.state(["1", "2"]) != sources.state(["1\n2"])


def cells(chapter):
    return [cell.source for cell in parsed(chapter).cells if cell.cell_type == "code"]


@pytest.mark.parametrize(
    ("name", "seen"),
    [("waves/_shapes.py", True), ("__init__.pyi", True), ("waves/alone.py", False)],
)
def test_an_edit_there_and_back_is_seen(house, name, seen):
    cells, path = [CN + "cn.triangle"], house / "compnet_lib" / name
    state, written = Sources(house).state(cells), Sources(house).written(cells)
    text = path.read_text()
    path.write_text(f"{text}two = 2\n")
    path.write_text(text)
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))  # where clocks are coarse
    assert Sources(house).state(cells) == state
    assert (Sources(house).written(cells) != written) == seen


def test_compiled_modules_of_another_text_are_removed(house):
    """Python takes them if the text was changed within the second, and is as long."""
    second = 1_700_000_000 * 10**9
    path = house / "compnet_lib/quick.py"

    def seen():
        code = "from compnet_lib.quick import ANSWER; print(ANSWER)"
        done = subprocess.run([sys.executable, "-c", code], cwd=house, capture_output=True)
        return done.stdout.strip()

    (house / "compnet_lib/__init__.py").write_text("")
    path.write_text("ANSWER = 41")
    os.utime(path, ns=(second, second + 10**8))
    compiled = Path(py_compile.compile(str(path)))
    os.utime(compiled, ns=(second, second + 5 * 10**8))
    Sources(house).forget_bytecode()
    assert compiled.exists()
    path.write_text("ANSWER = 42")
    os.utime(path, ns=(second, second + 9 * 10**8))
    assert seen() == b"41"
    Sources(house).forget_bytecode()
    assert seen() == b"42"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The real packages, to be edited."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("compnet_lib", "compnet_book", "book/_static"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "requirements.txt", folder)
    return folder


def states(folder):
    sources = Sources(folder)
    return {chapter.stem: sources.state(cells(chapter)) for chapter in CHAPTERS}


@pytest.fixture(scope="module")
def before(copy):
    return states(copy)


def using(*names):
    """The chapters in whose code one of these names stands."""
    pattern = rf"\b({'|'.join(names)})\b"
    return {path.stem for path in CHAPTERS if re.search(pattern, "\n".join(cells(path)))}


ALL = {path.stem for path in CHAPTERS}
CODE = "\n\ndef added():\n    return 1\n"
EDITS = {
    "the wording of claims": ("compnet_book/claims.toml", "# words\n", set()),
    "a style sheet": ("book/_static/book.css", "p { margin: 0 }\n", set()),
    "an extension": ("compnet_book/sphinx/figures.py", CODE, set()),
    "how chapters are run": ("compnet_book/runs.py", CODE, set()),
    "a comment": ("compnet_lib/networks/network.py", "# words\n", set()),
    "a docstring": ("compnet_lib/networks/network.py", '\n"""Words."""\n', set()),
    "splines": (
        "compnet_lib/functions/splines.py",
        CODE,
        using("free_knot_spline", "free_knot_bound", "splines", "displaced"),
    ),
    "symbolic sums": ("compnet_book/symbolic.py", CODE, using("symbolic")),
    "checks": ("compnet_lib/_core/checks.py", CODE, ALL),
    "the lock": ("requirements.txt", "another==1.0\n", ALL),
}


QUICK = ("the wording of claims", "splines", "checks")  # of a kind each, for `make check`


@pytest.mark.parametrize(
    ("name", "text", "stale"),
    [
        pytest.param(*edit, id=name, marks=() if name in QUICK else pytest.mark.slow)
        for name, edit in EDITS.items()
    ],
)
def test_which_chapters_go_stale(copy, before, name, text, stale):
    kept = (copy / name).read_bytes()
    (copy / name).write_bytes(kept + text.encode())
    try:
        after = states(copy)
    finally:
        (copy / name).write_bytes(kept)
    assert {chapter for chapter in before if before[chapter] != after[chapter]} == stale


LOADED = """
import ast, json, re, sys
import IPython, matplotlib.pyplot, numba, sympy, torch

def ours():
    return {name for name in sys.modules if name.split(".")[0] in ("compnet_lib", "compnet_book")}

found = {}
for chapter, code in json.load(sys.stdin).items():
    for name in ours():
        del sys.modules[name]
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            exec(ast.unparse(node), space := {})
            for alias, value in space.items():
                for name in re.findall(rf"\\\\b{alias}\\\\.(\\\\w+)", code):
                    getattr(value, name, None)
    found[chapter] = sorted(ours())
print(json.dumps(found))
"""


@pytest.mark.slow
def test_nothing_is_loaded_that_is_not_in_the_closure():
    """Every import of every chapter is made, and every name asked for that it takes from them."""
    code = {path.stem: "\n".join(cells(path)) for path in CHAPTERS}
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        input=json.dumps(code),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    sources = Sources(ROOT)
    for chapter, loaded in json.loads(done.stdout).items():
        assert "compnet_lib" in loaded
        missed = set(loaded) - sources.closure(code[chapter])
        assert not missed, (chapter, missed)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_no_chapter_needs_everything(chapter):
    sources = Sources(ROOT)
    assert "compnet_book.sphinx.figures" not in sources.closure("\n".join(cells(chapter)))
