import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

TWO_FILES = {
    "inner/kernels.py": """
        from core.compiling import compiled
        @compiled(forceinline=True)
        def grown(x):
            return x + 1
        """,
    "outer/kernels.py": """
        from core.compiling import compiled
        from inner.kernels import grown
        @compiled(kept=True)
        def twice(x):
            return 2 * grown(x)
        """,
    "other/kernels.py": """
        from core.compiling import compiled
        @compiled(kept=True, nogil=True)
        def twice(x):
            return 20 * x
        """,
}
pytestmark = pytest.mark.slow  # each compiles in a process of its own
ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "compnet_lib" / "_core" / "compiling.py"


@pytest.fixture
def package(tmp_path):
    """A package of three kernel files, the first of which the second inlines."""
    for name, text in TWO_FILES.items():
        path = tmp_path / name
        path.parent.mkdir()
        path.write_text(textwrap.dedent(text))
    (tmp_path / "core").mkdir()
    (tmp_path / "core/compiling.py").write_text(SOURCE.read_text())
    return tmp_path


def run(package, **environment):
    """What the kernels give, and how many of them were found on disk."""
    code = (
        "from outer.kernels import twice; from other.kernels import twice as other\n"
        "print(twice(3), other(3), len(twice.stats.cache_hits) + len(other.stats.cache_hits)"
        " if hasattr(twice, 'stats') else None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=package,
        env={"PATH": "", "HOME": "/dev/null", **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_what_is_compiled_is_kept_and_found(package):
    assert run(package) == ["8", "60", "0"]
    assert run(package) == ["8", "60", "2"]


def test_a_change_in_an_inlined_file_is_noticed(package):
    run(package)
    inner = package / "inner/kernels.py"
    inner.write_text(inner.read_text().replace("x + 1", "x + 2"))
    assert run(package) == ["10", "60", "0"]


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: b"\x80\x04K\x01.",  # a whole pickle of something else
        lambda whole: b"nonsense",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[: len(whole) // 2] + bytes(20) + whole[len(whole) // 2 + 20 :],
    ],
    ids=["empty", "something else", "nonsense", "half", "some bytes"],
)
def test_a_damaged_cache_is_remade(package, ending, damage):
    run(package)
    files = [*(package / "__pycache__").rglob(f"*.{ending}")]
    assert len(files) == 2
    for path in files:
        path.write_bytes(damage(path.read_bytes()))
    assert run(package)[:2] == ["8", "60"]
    assert run(package) == ["8", "60", "2"]


def test_code_of_another_state_is_not_taken_for_this_one(package):
    """As if the process that compiled had been killed when it had written its index."""
    run(package)
    before = {path: path.read_bytes() for path in (package / "__pycache__").rglob("*.nbc")}
    inner = package / "inner/kernels.py"
    inner.write_text(inner.read_text().replace("x + 1", "x + 2"))
    run(package)
    for path, code in before.items():
        path.write_bytes(code)
    assert run(package) == ["10", "60", "0"]
    assert run(package) == ["10", "60", "2"]


def test_without_a_place_to_write_nothing_is_kept(package):
    (package / "__pycache__").write_text("a file, where a folder would be")
    assert run(package) == ["8", "60", "0"]
    assert run(package) == ["8", "60", "0"]


def test_code_for_other_types_is_not_taken_for_these(package):
    """As if two processes had compiled for one type each, and written under one name."""
    code = "from outer.kernels import twice; print(twice(3), twice(2.5))"
    command = [sys.executable, "-c", code]
    options = {"cwd": package, "env": {"PATH": "", "HOME": "/dev/null"}, "capture_output": True}
    assert subprocess.run(command, **options).stdout.split() == [b"8", b"7.0"]
    one, other = sorted((package / "__pycache__").rglob("*.nbc"))
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)
    assert subprocess.run(command, **options).stdout.split() == [b"8", b"7.0"]


USE = """
import pkgutil, importlib, warnings, compnet_book, compnet_lib as cn
warnings.simplefilter("error")
for package in (cn, compnet_book):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
print(cn.__file__, {compiled})
"""


@pytest.mark.parametrize("compiled", [True, False])
def test_the_packages_are_imported_where_nothing_can_be_written(tmp_path, compiled):
    """Folders for compiled code are files here, so that root cannot write them either."""
    for name in ("compnet_lib", "compnet_book"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in [path for path in tmp_path.rglob("*") if path.is_dir()]:
        (folder / "__pycache__").write_text("a file, where a folder would be")
    net = "cn.linear_regions(cn.compositional([[0.5, 0.5]], 1))"
    done = subprocess.run(
        [sys.executable, "-c", USE.replace("{compiled}", "''" if compiled else net)],
        cwd=tmp_path,
        env={"PATH": "", "HOME": "/dev/null"} | ({} if compiled else {"NUMBA_DISABLE_JIT": "1"}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    place, *regions = done.stdout.split()
    assert place.startswith(str(tmp_path)) and regions == ([] if compiled else ["[4]"])


def test_without_compiling_kernels_are_plain_functions(package):
    assert run(package, NUMBA_DISABLE_JIT="1") == ["8", "60", "None"]
