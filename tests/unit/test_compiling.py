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
SOURCE = Path(__file__).parents[2] / "compnet_lib" / "_core" / "compiling.py"


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
@pytest.mark.parametrize("damage", [b"", b"\x80\x04K\x01.", b"nonsense"])
def test_a_damaged_cache_is_remade(package, ending, damage):
    run(package)
    files = [*(package / "__pycache__").rglob(f"*.{ending}")]
    assert len(files) == 2
    for path in files:
        path.write_bytes(damage)
    assert run(package)[:2] == ["8", "60"]
    assert run(package) == ["8", "60", "2"]


def test_without_a_place_to_write_nothing_is_kept(package):
    (package / "__pycache__").write_text("a file, where a folder would be")
    assert run(package) == ["8", "60", "0"]
    assert run(package) == ["8", "60", "0"]


def test_without_compiling_kernels_are_plain_functions(package):
    assert run(package, NUMBA_DISABLE_JIT="1") == ["8", "60", "None"]
