"""What the modules of the two packages import, read from their text: nothing is run."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from helpers.places import ROOT

PACKAGES = ("compnet_lib", "compnet_book")
FLOORS = (
    "_core",
    "networks",
    "targets",
    "functions",
    "compositions",
    "stability",
    "engines",
    "training",
    "experiments",
)
"""The folders of compnet_lib: each imports only from those before it."""


class Import(NamedTuple):
    """One import: of which module (`target`), in which line, and whether it is `late`:
    inside a function, or for types only."""

    target: str
    line: int
    late: bool


def module_name(path: Path, root: Path = ROOT) -> str:
    """`a/b/c.py` is `a.b.c`; `a/b/__init__.py` is `a.b`."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules(root: Path = ROOT) -> dict[str, Path]:
    """The file of every module of the packages."""
    files = (path for package in PACKAGES for path in sorted((root / package).rglob("*.py")))
    return {module_name(path, root): path for path in files}


@cache
def doors(root: Path = ROOT) -> dict[str, dict[str, str]]:
    """For each package with a door, `__init__.pyi`, its public names and the modules they
    are in, in the order of the door."""
    found = {}
    for package, path in modules(root).items():
        door = path.with_suffix(".pyi")
        if path.stem == "__init__" and door.exists():
            tree = ast.parse(door.read_text(encoding="utf-8"))
            found[package] = {
                alias.asname or alias.name: _absolute(package, node)
                for node in tree.body
                if isinstance(node, ast.ImportFrom)
                for alias in node.names
            }
    return found


def imports(module: str, root: Path = ROOT) -> Iterator[Import]:
    """What a module imports. A name taken from a package stands for its submodule, or for the
    module that the package's door has it from."""
    path = modules(root)[module]
    package = module if path.stem == "__init__" else module.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node, late in _walk(tree, False):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, late)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(package, node)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                behind = doors(root).get(base, {}).get(alias.name, base)
                yield Import(inner if inner in modules(root) else behind, node.lineno, late)


def _walk(node: ast.AST, late: bool) -> Iterator[tuple[ast.AST, bool]]:
    inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) or (
        isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    )
    for child in ast.iter_child_nodes(node):
        yield child, late or inside
        yield from _walk(child, late or inside)


def _absolute(package: str, node: ast.ImportFrom) -> str:
    """The module that `from … import` names, from inside `package`."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])
