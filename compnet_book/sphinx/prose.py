"""Markdown of one paragraph, as claims and verdicts are written in, for a page and in short."""

from __future__ import annotations

import re
from collections.abc import Mapping

from docutils import nodes
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from compnet_book.sphinx.formulas import pieces

MARKDOWN = MarkdownIt("commonmark").use(dollarmath_plugin)
OPENING = {"em_open": nodes.emphasis, "strong_open": nodes.strong}
WHOLE = re.compile(r"\$[^$]+\$|`[^`]+`")
"""What a full stop does not end."""
END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!cf)(?<!vs)[.!?][\"”’)]*\s+(?=[A-ZÀ-Þ\d(“\"*])")


def inline(text: str) -> list[nodes.Node]:
    """The text as nodes; long formulas in pieces, between which a line can break."""
    found = nodes.inline()
    stack: list[nodes.Element] = [found]
    for token in MARKDOWN.parseInline(text)[0].children or []:
        if token.type in OPENING:
            stack.append(OPENING[token.type]())
        elif token.type == "link_open":
            stack.append(nodes.reference(refuri=str(token.attrGet("href"))))
        elif token.type.endswith("_close"):
            done = stack.pop()
            stack[-1] += done
        elif token.type.startswith("math_inline"):
            stack[-1] += formula(token.content)
        elif token.type == "code_inline":
            stack[-1] += nodes.literal("", token.content)
        else:
            stack[-1] += nodes.Text(token.content or " ")
    return found.children


def formula(text: str) -> list[nodes.Node]:
    """A formula, in pieces if it is long."""
    found: list[nodes.Node] = []
    for piece in pieces(text):
        found += [nodes.Text(" "), nodes.math("", piece)]
    return found[1:]


def first_sentence(text: str, words: int = 3) -> str:
    """The first sentence; with those after it, until there are more than so many words,
    if it is as short as "Yes."."""
    masked = WHOLE.sub(lambda whole: "X" * len(whole[0]), text)
    for end in END.finditer(masked):
        if len(masked[: end.start()].split()) >= words:
            return text[: end.end()].rstrip()
    return text


def listed(numbers: Mapping[str, str], most: int = 3) -> str:
    """Numbers by name, the first of them, as a sentence."""
    shown = [f"{name}: {value}" for name, value in [*numbers.items()][:most]]
    if more := len(numbers) - len(shown):
        shown.append(f"and {more} more")
    return f"{'; '.join(shown)}." if shown else ""
