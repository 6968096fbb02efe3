"""One way to compile kernels, and one cache on disk for all of them.

Numba keeps what it has compiled beside the file of a function, and looks at that file alone: a
change in another one, whose functions were inlined, goes unnoticed. Here every kernel is kept
under the digest of *all* kernel files, so that kernels may stand where they belong.

Kernel files are those named `kernels.py`. They import NumPy, this module, one another, and
constants from modules without kernels.
"""

from __future__ import annotations

import ast
import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

from numba import config as _config
from numba import njit
from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    IndexDataCacheFile,
    _CacheLocator,
)
from numba.core.serialize import dumps
from numba.misc.appdirs import AppDirs

config: Any = _config
PACKAGE = Path(__file__).resolve().parents[1]


@cache
def digest() -> str:
    """A hash of all kernel files, of what they import from the package and of this one: what
    compiled code depends on, besides numba."""
    total, kernels = hashlib.sha256(), [*PACKAGE.rglob("kernels.py")]
    constants = {path for kernel in kernels for path in _imported(kernel)}
    for path in sorted({*kernels, *constants, Path(__file__).resolve()}):
        total.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _imported(path: Path) -> Iterator[Path]:
    """The files that this one names in relative imports, `from ..module import name`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            place = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            yield from (at for at in [place.with_suffix(".py")] if at.is_file())


@cache
def folder() -> str | None:
    """Where compiled code is kept, or None if nothing can be written.

    That is numba's `NUMBA_CACHE_DIR` if it is set, or else beside the package, or else in the
    user's own cache.
    """
    own = "kernels-" + hashlib.sha256(str(PACKAGE).encode()).hexdigest()[:16]
    user = Path(AppDirs(appname="compnet", appauthor=False).user_cache_dir)
    places = [Path(config.CACHE_DIR)] if config.CACHE_DIR else [PACKAGE / "__pycache__", user]
    for place in places:
        try:
            (place / own).mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=place / own).close()
        except OSError:
            continue
        return str(place / own)
    return None


class _Locator(_CacheLocator):
    """Numba's question of where a function is kept, and what makes it stale."""

    def __init__(self, function: FunctionType):
        place = Path(function.__code__.co_filename).resolve()
        name = f"{os.path.relpath(place, PACKAGE)}:{function.__code__.co_firstlineno}"
        self._name = hashlib.sha256(name.encode()).hexdigest()[:10]
        self._py_file = str(place)

    def get_cache_path(self) -> str | None:
        return folder()

    def get_source_stamp(self) -> str:
        return digest()

    def get_disambiguator(self) -> str:
        return self._name

    @classmethod
    def from_function(cls, py_func: FunctionType, py_file: str) -> _Locator:
        return cls(py_func)


class _Files(CompileResultCacheImpl):
    _locator_classes: list[Any] = [_Locator]


class _Sealed(IndexDataCacheFile):
    """Numba's files, with what they hold it for, and a hash of it.

    Numba writes first its index and then the code: where the second was cut off, or two processes
    wrote at once, the index leads to code of another state or for other types.
    """

    def save(self, key: Any, data: Any) -> None:
        code = dumps(data)
        super().save(key, (self._source_stamp, repr(key), hashlib.sha256(code).digest(), code))

    def load(self, key: Any) -> Any:
        found = super().load(key)
        if found is None:
            return None
        *seal, code = found
        whole = seal == [self._source_stamp, repr(key), hashlib.sha256(code).digest()]
        return pickle.loads(code) if whole else None


class _Cache(FunctionCache):
    """Numba's cache of one function; what is damaged there counts as missing, and is remade."""

    _impl_class = _Files

    def __init__(self, py_func: Callable) -> None:
        super().__init__(py_func)
        self._cache_file = _Sealed(
            cache_path=self._cache_path,
            filename_base=self._impl.filename_base,
            source_stamp=self._impl.locator.get_source_stamp(),
        )

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # half a file raises whatever its bytes happen to mean
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        for attempt in (self.flush, lambda: None):
            try:
                return super().save_overload(sig, data)
            except OSError:  # a full disk: what is compiled is there, if only for this process
                return None
            except Exception:
                attempt()
        return None


def compiled(kept: bool = False, **options: Any) -> Callable[[Callable], Any]:
    """A decorator that compiles a kernel.

    Args:
        kept: whether the compiled code is kept on disk: for functions that are called from
            Python, not for those that are inlined into others.
        options: numba's, for `numba.njit`. Divisions by zero give infinity and NaN, as in NumPy.
    """

    def decorate(function: Callable) -> Any:
        kernel = njit(error_model="numpy", **options)(function)
        if kept and not config.DISABLE_JIT and folder() is not None:
            kernel._cache = _Cache(function)
        return kernel

    return decorate


def interpreted(kernel: Any) -> Callable:
    """The Python function that a kernel was compiled from: the same on `Fraction`, slowly."""
    return getattr(kernel, "py_func", kernel)
