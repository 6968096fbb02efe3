"""Where a formula in a sentence may break: on its own it stays on one line."""

from __future__ import annotations

import re
from collections.abc import Iterator

LIMIT = 20
"""What fits on a phone, in letters."""
TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\s+|.", re.DOTALL)
RELATIONS = {"=", "<", ">", "\\le", "\\leq", "\\ge", "\\geq", "\\ne", "\\neq", "\\approx", "\\sim"}
RELATIONS |= {
    "\\to",
    "\\mapsto",
    "\\in",
    "\\notin",
    "\\subset",
    "\\subseteq",
    "\\equiv",
    "\\propto",
}
RELATIONS |= {"\\iff", "\\implies", "\\Rightarrow", "\\Leftrightarrow"}
SIGNS = {"+", "-", "\\pm", "\\mp", "\\cdot", "\\times", "\\cup", "\\cap", "\\circ"}
OPENED, CLOSED = {"{", "\\left", "\\begin"}, {"}", "\\right", "\\end"}
"""What stays together."""
BEFORE, AFTER = {"(", "[", "\\{", "\\langle"}, {")", "]", "\\}", "\\rangle"}
"""What is torn apart only if nothing else helps."""
FACTORS = BEFORE | {"\\prod", "\\sum", "\\left", "\\frac", "\\exp"}


def pieces(formula: str, limit: int = LIMIT) -> list[str]:
    """A formula as one or several, of at most `limit` letters where it has places to break:
    before a relation or after a comma, then before a sign, then between factors, and last of all
    inside parentheses."""
    found = [formula]
    for cuts in (_relations, _signs, _factors, _inside):
        found = [part for piece in found for part in _broken(piece, [*cuts(piece)], limit)]
    return found


def width(formula: str) -> int:
    """About how many letters wide a formula is."""
    seen = [token for token in TOKEN.findall(formula) if not re.match(r"[{}^_\s]|\\[,;! ]", token)]
    return len(seen) - sum(token in {"\\left", "\\right", "\\bigl", "\\bigr"} for token in seen)


def _broken(formula: str, cuts: list[int], limit: int) -> list[str]:
    """The formula cut at some of these places, so that pieces are as long as they may be."""
    if width(formula) <= limit or not cuts:
        return [formula]
    found = [""]
    for start, end in zip([0, *cuts], [*cuts, len(formula)]):
        part = formula[start:end].strip()
        if found[-1] and width(found[-1] + part) > limit:
            found.append(part)
        else:
            found[-1] = f"{found[-1]} {part}".strip()
    # a sign that begins a formula has the spaces of one between two terms
    return [found[0], *(f"{{}}{one}" if _begins(one) in SIGNS else one for one in found[1:])]


def _begins(formula: str) -> str:
    return TOKEN.findall(formula)[0] if formula else ""


def _tokens(formula: str) -> Iterator[tuple[int, str, int, int, str]]:
    """Each token but spaces: its place, itself, how many braces and parentheses are open before
    it, and the token before it."""
    braces = parentheses = 0
    before = ""
    for match in TOKEN.finditer(formula):
        token = match[0]
        if token.isspace():
            continue
        braces -= token in CLOSED
        parentheses -= token in AFTER and not before.startswith("\\right")
        yield match.start(), token, braces, parentheses, before
        braces += token in OPENED
        parentheses += token in BEFORE and not before.startswith("\\left")
        before = token


def _relations(formula: str) -> Iterator[int]:
    for place, token, braces, parentheses, before in _tokens(formula):
        if place and not braces and not parentheses and (token in RELATIONS or before == ","):
            yield place


def _signs(formula: str) -> Iterator[int]:
    for place, token, braces, parentheses, before in _tokens(formula):
        if not braces and not parentheses and _divides(token, before):
            yield place


def _factors(formula: str) -> Iterator[int]:
    for place, token, braces, parentheses, before in _tokens(formula):
        if not braces and not parentheses and token in FACTORS and before in AFTER | CLOSED:
            yield place


def _inside(formula: str) -> Iterator[int]:
    for place, token, braces, _, before in _tokens(formula):
        if not braces and (_divides(token, before) or (place and token in RELATIONS)):
            yield place


def _divides(token: str, before: str) -> bool:
    """Whether a token is a sign between two terms."""
    return token in SIGNS and before not in {"", ",", "^", "_"} | BEFORE | RELATIONS | SIGNS
