"""Read a chapter with each figure's alternative text, caption and name where MyST-NB looks for
them, in the metadata of its cell; in the script they stand in the call that shows it:
`figures.show(figure, "fig-tables", caption="…", alt="…")`.
"""

from __future__ import annotations

import ast

import jupytext
import nbformat

ARGUMENTS = ("name", "caption", "alt")


def read(text: str, fmt: str = "py:percent") -> nbformat.NotebookNode:
    """A chapter as a notebook.

    Raises:
        ValueError: a call of `figures.show` lacks one of its texts, or has one that is computed;
            or a cell has several such calls.
    """
    notebook = jupytext.reads(text, fmt=fmt)
    for cell in notebook.cells:
        if cell.cell_type == "code" and (shown := _shown(cell.source)):
            cell.metadata["mystnb"] = {
                "image": {"alt": shown["alt"]},
                "figure": {"caption": shown["caption"], "name": shown["name"]},
            }
    return notebook


def without_texts(source: str) -> str:
    """The code of a cell without its figure's caption and alternative text,
    on which no output depends; other code as it is."""
    if "figures.show" not in source:
        return source
    tree = ast.parse(source)
    for call in filter(_is_show, ast.walk(tree)):
        assert isinstance(call, ast.Call)
        call.keywords = [word for word in call.keywords if word.arg not in ("caption", "alt")]
    return ast.unparse(tree)


def _shown(source: str) -> dict[str, str] | None:
    """The texts of the figure that a cell shows, if it shows one."""
    if "figures.show" not in source:
        return None
    calls = [node for node in ast.walk(ast.parse(source)) if _is_show(node)]
    if len(calls) > 1:
        raise ValueError(f"a cell shows one figure, got {len(calls)} calls in:\n{source}")
    return _texts(calls[0]) if calls else None


def _is_show(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "figures.show"


def _texts(call: ast.AST) -> dict[str, str]:
    assert isinstance(call, ast.Call)
    given = {word.arg: word.value for word in call.keywords}
    given |= dict(zip(("figure", "name"), call.args))
    texts = {}
    for name in ARGUMENTS:
        value = given.get(name)
        if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
            raise ValueError(
                f"{name} must be written out where a figure is shown, got `{ast.unparse(call)}`"
            )
        if not value.value.strip():
            raise ValueError(f"{name} must say something, got nothing in `{ast.unparse(call)}`")
        texts[name] = value.value
    return texts
