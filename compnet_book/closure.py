"""What the outputs of a chapter depend on: found by reading code, of which nothing is imported.

The modules that some code needs are those it imports, those that they import, and so on, whether
at the top or inside a function. A package's door (`__init__.pyi`, which `lazy_loader` reads) is a
table: `cn.name` needs the module that defines `name`, and nothing else that stands in the table.
What cannot be followed needs everything: a package passed on as a value, as in
`getattr(cn, name)`, a star, a module named by a variable.

Data files beside a module count with it; wording does not. That is what `WORDING` lists, and the
docstrings and comments of modules: pages are rendered from them, outputs are not.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib.util import cache_from_source
from pathlib import Path

from .imports import PACKAGES, Unresolved, absolute, needed

WORDING = ("claims.toml",)
"""Data that the extensions look up when a page is rendered."""
NO_DATA = {".py", ".pyi", ".pyc", ".typed"}


class Sources:
    """The packages under a folder, as they are now; make a new one to look again.

    Args:
        root: the folder that holds `PACKAGES`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._needs: dict[str, frozenset[str] | None] = {}
        self._prints: dict[str, str] = {}

    @cached_property
    def modules(self) -> dict[str, Path]:
        """The file of each module, by its dotted name."""
        found = {}
        for path in sorted(path for name in PACKAGES for path in (self.root / name).rglob("*.py")):
            parts = path.relative_to(self.root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
        return found

    def is_package(self, module: str) -> bool:
        return module in self.modules and self.modules[module].name == "__init__.py"

    def door(self, package: str) -> dict[str, tuple[str, str]]:
        """The table of a package: for each public name a module, and its name there."""
        stub = self.modules[package].with_suffix(".pyi")
        if not stub.exists():
            return {}
        return {
            alias.asname or alias.name: (absolute(statement, package), alias.name)
            for statement in parsed(stub.read_bytes()).body
            if isinstance(statement, ast.ImportFrom)
            for alias in statement.names
        }

    def home(self, module: str, name: str) -> tuple[str, bool]:
        """The module that `module.name` is, or is defined in, and whether it is one.

        Raises:
            Unresolved: if a package has no such name.
        """
        if not self.is_package(module):
            return module, False
        place, there = self.door(module).get(name, (module, name))
        if place != module and place in self.modules:
            return self.home(place, there)
        if f"{module}.{there}" in self.modules:
            return f"{module}.{there}", True
        if name.startswith("__") or name in assigned(parsed(self.modules[module].read_bytes())):
            return module, False
        raise Unresolved(f"{module}.{name}")

    def needs(self, module: str) -> frozenset[str] | None:
        """The modules that a module imports itself, or None for everything."""
        if module not in self._needs:
            path = self.modules[module]
            package = module if self.is_package(module) else module.rpartition(".")[0]
            self._needs[module] = needed(parsed(path.read_bytes()), self, package)
        return self._needs[module]

    def closure(self, code: str) -> frozenset[str]:
        """All modules that a piece of code needs to run, by their dotted names."""
        everything = frozenset(self.modules)
        try:
            direct = needed(cells_parsed(code), self, "")
        except SyntaxError:
            return everything
        if direct is None:
            return everything
        found: set[str] = set()
        waiting = set(direct)
        while waiting:
            module = waiting.pop()
            found.add(module)
            further = self.needs(module)
            if further is None:
                return everything
            waiting |= further - found
        return frozenset(found)

    def fingerprint(self, module: str) -> str:
        """A hash of what a module does, and of the data beside it."""
        if module not in self._prints:
            path = self.modules[module]
            total = hashlib.sha256(meaning(path.read_bytes()).encode())
            for file in data(path.parent):
                total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
            self._prints[module] = total.hexdigest()
        return self._prints[module]

    def written(self, cells: Iterable[str]) -> dict[str, int]:
        """When each file that `state` depends on was last written to: nanoseconds by name."""
        modules = [self.modules[module] for module in self.closure("\n".join(cells))]
        files = [self.root / "requirements.txt", *modules]
        for folder in {module.parent for module in modules}:
            files += [*folder.glob("*.pyi"), *data(folder)]
        return {str(path): path.stat().st_mtime_ns for path in files}

    def forget_bytecode(self) -> None:
        """Remove compiled modules that are older than their source. Python itself compares whole
        seconds and sizes, and would take them after a digit was changed within a second."""
        for path in self.modules.values():
            compiled = Path(cache_from_source(str(path)))
            try:
                if compiled.stat().st_mtime_ns <= path.stat().st_mtime_ns:
                    compiled.unlink()
            except OSError:  # there is none, or the folder is not ours to write to
                continue

    def state(self, cells: Iterable[str]) -> str:
        """A hash of everything that the outputs of these code cells depend on:
        their text, the lock, and their closure."""
        cells = list(cells)
        lock = (self.root / "requirements.txt").read_text(encoding="utf-8").splitlines()
        total = hashlib.sha256(repr([line for line in lock if line[:1] not in "#"]).encode())
        total.update(repr(cells).encode())
        for module in sorted(self.closure("\n".join(cells))):
            total.update(f"{module} {self.fingerprint(module)}\n".encode())
        return total.hexdigest()


@cache
def parsed(source: bytes) -> ast.Module:
    """The syntax tree of a module, which is not to be changed."""
    return ast.parse(source)


@cache
def cells_parsed(code: str) -> ast.Module:
    """The syntax tree of a chapter's code, without the lines that only IPython reads."""
    try:
        return ast.parse(code)
    except SyntaxError:
        return ast.parse(re.sub(r"^(\s*)[%!].*$", r"\1pass", code, flags=re.MULTILINE))


def assigned(tree: ast.Module) -> set[str]:
    """The names that a module's own statements bind."""
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return found


def data(folder: Path) -> Iterator[Path]:
    """The data files of a folder, and of folders in it that are no packages."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name != "__pycache__" and not (path / "__init__.py").exists():
                yield from data(path)
        elif path.suffix not in NO_DATA and path.name not in WORDING:
            yield path


class _Bare(ast.NodeTransformer):
    """Takes out bare strings, docstrings among them."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if text else node


@cache
def meaning(source: bytes) -> str:
    """A module's code without comments and bare strings."""
    return ast.dump(_Bare().visit(ast.parse(source)))
