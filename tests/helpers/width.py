"""How wide lines are."""

import re

WIDTH = 100
WHOLE = re.compile(
    r"\$\$.*?\$\$(?: \([\w-]+\))?"  # a formula on a line of its own, with its label
    r"|\$[^$]+\$"  # a formula
    r"|!?\[[^\]]*\]\([^)]*\)"  # a link
    r"|\{[\w:-]+\}`[^`]*`"  # a role
    r"|`[^`]+`"  # code
)


def too_long(line: str) -> bool:
    """Whether a line of prose is wider than it need be: over 100 columns, and with a place to
    break. There is none inside formulas, links and code, and a table's row cannot be broken."""
    text = line.strip().removeprefix("#").strip()
    if len(line) <= WIDTH or text.startswith("|"):
        return False
    return len(WHOLE.sub("x", text).split()) > 1
