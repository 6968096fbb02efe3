"""The modules that a piece of code imports itself, read off its syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

PACKAGES = ("compnet_lib", "compnet_book")
_OURS = re.compile(rf"({'|'.join(PACKAGES)})(\.\w+)*")


class Unresolved(Exception):
    """Code whose needs cannot be told without running it."""


class House(Protocol):
    """The modules there are: `closure.Sources`."""

    @property
    def modules(self) -> Mapping[str, Path]: ...

    def is_package(self, module: str) -> bool: ...

    def home(self, module: str, name: str) -> tuple[str, bool]: ...


def absolute(statement: ast.ImportFrom, package: str) -> str:
    """The module that `from … import` names, seen from `package`."""
    parts = package.split(".")
    parts = parts[: len(parts) - statement.level + 1] if statement.level else []
    return ".".join([*parts, *([statement.module] if statement.module else [])])


def needed(tree: ast.Module, sources: House, package: str) -> frozenset[str] | None:
    """The modules that some code imports itself, or None for everything."""
    try:
        reader = _Reader(sources, package)
        reader.bind(tree)
        reader.visit(tree)
    except Unresolved:
        return None
    return frozenset(reader.needs)


@cache
def _statements(tree: ast.Module) -> list[ast.Import | ast.ImportFrom]:
    """All imports, wherever they are."""
    return [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]


class _Reader(ast.NodeVisitor):
    """Follows the names that are bound to packages."""

    def __init__(self, sources: House, package: str) -> None:
        self.sources, self.package = sources, package
        self.needs: set[str] = set()
        self.packages: dict[str, str] = {}

    def need(self, module: str) -> None:
        parts = module.split(".")  # importing a.b.c runs a and a.b
        above = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
        self.needs |= above & self.sources.modules.keys()

    def take(self, module: str, name: str) -> None:
        """`name` stands for a module from here on."""
        self.need(module)
        if self.sources.is_package(module):
            self.packages[name] = module

    def bind(self, tree: ast.Module) -> None:
        """Go through all imports."""
        for node in _statements(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self.bind_import(alias)
                continue
            module = absolute(node, self.package)
            if not _OURS.fullmatch(module):
                continue
            if module not in self.sources.modules:
                raise Unresolved(module)
            for alias in node.names:  # a star has no home
                home, itself = self.sources.home(module, alias.name)
                self.need(home)
                if itself:
                    self.take(home, alias.asname or alias.name)

    def bind_import(self, alias: ast.alias) -> None:
        if _OURS.fullmatch(alias.name):
            if alias.name not in self.sources.modules:
                raise Unresolved(alias.name)
            self.need(alias.name)
            name = alias.asname or alias.name.partition(".")[0]
            self.take(alias.name if alias.asname else name, name)

    def package_of(self, node: ast.AST) -> str | None:
        """The package that an expression stands for, if it does."""
        if isinstance(node, ast.Name):
            return self.packages.get(node.id)
        if isinstance(node, ast.Attribute) and (base := self.package_of(node.value)):
            home, itself = self.sources.home(base, node.attr)
            self.need(home)
            return home if itself and self.sources.is_package(home) else None
        return None

    def visit_Attribute(self, node: ast.Attribute) -> None:
        base = self.package_of(node.value)
        if base is None:
            if not self.rooted(node.value):
                self.visit(node.value)
        elif self.package_of(node):
            raise Unresolved(f"{base}.{node.attr} as a value")

    def rooted(self, node: ast.AST) -> bool:
        """Whether an attribute is one of a name in a package, which `package_of` has noted."""
        while isinstance(node, ast.Attribute):
            if self.package_of(node.value):
                return True
            node = node.value
        return False

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id in self.packages:
            raise Unresolved(f"{node.id} as a value")

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and node.value in self.sources.modules:
            self.need(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        name = getattr(function, "attr", getattr(function, "id", ""))
        if name in ("import_module", "__import__") and node.args:
            for module in self.imported(node.args):
                self.need(module)
        elif name in ("exec", "eval") and isinstance(function, ast.Name):
            raise Unresolved(name)
        self.generic_visit(node)

    def imported(self, arguments: list[ast.expr]) -> set[str]:
        """The modules that `import_module` may import, by what is known of their name."""
        name = arguments[0]
        texts = [
            self.text(part) for part in (name.values if isinstance(name, ast.JoinedStr) else [name])
        ]
        if texts[0] is None:
            raise Unresolved("a module named by a variable")
        if texts[0].startswith("."):
            texts.insert(0, self.package)
        pattern = "".join(".+" if text is None else re.escape(text) for text in texts)
        return {module for module in self.sources.modules if re.fullmatch(pattern, module)}

    def text(self, node: ast.expr) -> str | None:
        """A part of a module's name, or None if it is computed."""
        if isinstance(node, ast.FormattedValue):
            node = node.value
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        return self.package if isinstance(node, ast.Name) and node.id == "__package__" else None
