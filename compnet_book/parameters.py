"""The parameters of a chapter, declared once, in its tagged cell:
`name: type = default  # meaning, limits`.

The limits end the comment, in words for readers that are also what is enforced: "at least 1",
"at most 1", "positive", "in (0, 1)" without its ends and "in [0, 1]" with them, "one of sin,
tanh", "a curve" or "a curve or none", "a formula or none" (of any shape, finite from -3 to 3),
"a number or a range". Several may be joined by "and".

The last is for seeds, and may go on "of at least 2": `seeds: str = "20"  # repetitions, a number
or a range`. The cell writes `seeds(...)` to have them as a list.
"""

from __future__ import annotations

import ast
import difflib
import io
import math
import re
import reprlib
import tokenize
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from numbers import Integral, Real
from typing import Any

from nbformat import NotebookNode

from compnet_lib.targets.target import Target

MOST_SEEDS = 10_000
MOST_INTEGER = 2**63
"""What arrays count with."""
MOST_TOLD = 400
"""Characters of a refusal: what does not fit is counted."""
KINDS = {int: "an integer", float: "a finite number", bool: "true or false", str: "a string"}

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 80
_SHORT.maxlevel = _SHORT.maxlist = _SHORT.maxdict = _SHORT.maxtuple = 2
_N = r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)"
_LIMITS: dict[str, Callable[..., bool]] = {
    rf"at least {_N}": lambda value, low: value >= float(low),
    rf"at most {_N}": lambda value, high: value <= float(high),
    r"positive": lambda value: value > 0,
    rf"in \({_N}, {_N}\)": lambda value, low, high: float(low) < value < float(high),
    rf"in \[{_N}, {_N}\]": lambda value, low, high: float(low) <= value <= float(high),
    r"one of (.+)": lambda value, names: value in names.split(", "),
    r"a curve( or none)?": lambda value, none: (
        bool(none and value == "none") or bool(Target.read(value))
    ),
    r"a formula or none": lambda value: (
        value == "none" or bool(Target.from_formula(value, interval=(-3, 3), line=(0, 1)))
    ),
    rf"a number or a range(?: of at least {_N})?": lambda value, low: (
        len(seeds(value)) >= float(low or 1)
    ),
}


def seeds(value: str | int | Iterable[int]) -> list[int]:
    """The seeds that `value` asks for: `n` of them, from 0 on, for a number; "20 to 39" with
    both ends; or "3, 5, 8", of which each may be a range. One seed alone is "7 to 7".

    Args:
        value: text, an integer, or the seeds themselves.

    Raises:
        ValueError: if it is none of these, if a range runs backwards, if a seed is listed twice,
            or if there are none, or more than `MOST_SEEDS`.
    """
    text = _listed(value)
    ranges = [
        re.fullmatch(r"(\d{1,9})(?: to (\d{1,9}))?", part.strip()) for part in text.split(",")
    ]
    if not all(ranges):
        raise ValueError("seeds are a number, a range such as 20 to 39, or a list such as 3, 5, 8")
    ends = [(int(one[1]), int(one[2] or one[1])) for one in ranges if one]
    if len(ends) == 1 and " to " not in text:
        ends = [(0, ends[0][0] - 1)]
    if not all(low <= high for low, high in ends):
        raise ValueError("there must be a seed in every range, the lower end first")
    if sum(high - low + 1 for low, high in ends) > MOST_SEEDS:
        raise ValueError(f"there may be {MOST_SEEDS:,} seeds at most")
    found = [seed for low, high in ends for seed in range(low, high + 1)]
    if len(set(found)) < len(found):
        raise ValueError("each seed may be listed once")
    return found


def _listed(value: object) -> str:
    """Seeds as text, however they were written."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Integral) and not isinstance(value, bool):
        return _SHORT.repr(int(value))
    if isinstance(value, (list, tuple, range)) and 0 < len(value) <= MOST_SEEDS:
        text = ", ".join(map(_listed, value))
        return text if len(value) > 1 or " to " in text else f"{text} to {text}"
    raise ValueError("seeds are a number, a range or a list")


def cut(text: str, most: int) -> str:
    """A text in one line of at most so many characters."""
    line = " ".join(text[: 10 * most].split())
    return line if len(line) <= most else f"{line[: most - 3]}..."


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: `name`, `kind` (int, float, bool or str),
    the `default` as written, `meaning` and `limits`."""

    name: str
    kind: type
    default: str
    meaning: str
    limits: str

    def convert(self, value: Any) -> Any:
        """`value` as this parameter takes it: of its kind, and within its limits.

        Text is read, since that is how values come from a command line: "true", "200", "1e-3".

        Raises:
            ValueError: if the value is of another kind (a fraction for an integer,
                for instance) or outside the limits.
        """
        why = ""
        try:
            typed = _typed(self.kind, _listed(value) if self.of_seeds else value)
            if typed is not None and all(
                test(typed, *bounds) for test, bounds in _read(self.limits)
            ):
                return typed
        except ValueError as error:  # a curve or seeds that cannot be read
            why = f": {cut(str(error), MOST_TOLD // 2)}"
        limits = f" ({self.limits})" if self.limits else ""
        wanted = f"{self.name} must be {KINDS[self.kind]}{limits}"
        raise ValueError(f"{wanted}, got {_SHORT.repr(value)}{why}")

    @property
    def of_seeds(self) -> bool:
        """Whether the values are seeds, which are text here however they are given."""
        return self.limits.startswith("a number or a range")


def _typed(kind: type, value: Any) -> Any:
    """`value` as a `kind`, or None if it is not one."""
    text = value.strip() if isinstance(value, str) else None
    if kind is str:
        return value if text is not None else None
    if kind is bool:
        return (
            value
            if isinstance(value, bool)
            else {"true": True, "false": False}.get((text or "").lower())
        )
    if isinstance(value, bool) or not isinstance(value, (str, Integral if kind is int else Real)):
        return None
    try:
        number = kind(value)
        finite = math.isfinite(number)
    except (ValueError, OverflowError):
        return None
    if kind is int and abs(number) >= MOST_INTEGER:
        raise ValueError("integers are below 2^63 here")
    return number if finite else None


def _read(limits: str) -> list[tuple[Callable[..., bool], tuple[str, ...]]]:
    """The tests that the phrases in `limits` ask for, each with its bounds.

    Raises:
        ValueError: if a phrase is none of `_LIMITS`.
    """
    tests = []
    for phrase in limits.split(" and ") if limits else ():
        found = [
            (test, match.groups())
            for pattern, test in _LIMITS.items()
            if (match := re.fullmatch(pattern, phrase))
        ]
        if not found:
            raise ValueError(f"a limit is one of {', '.join(_LIMITS)}, got {phrase!r}")
        tests += found
    return tests


def _split(comment: str) -> tuple[str, str]:
    """Meaning and limits: what follows the first comma after which there are nothing but limits."""
    for comma in re.finditer(", ", comment):
        try:
            _read(comment[comma.end() :])
        except ValueError:
            continue
        return comment[: comma.start()], comment[comma.end() :]
    return comment, ""


def parse(source: str) -> dict[str, Parameter]:
    """The parameters that a cell with the code `source` declares, by name.

    Raises:
        ValueError: if a line is not a parameter, if its comment does not end with the limits
            that its kind has, or if the default is not allowed by them.
    """
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    kinds = {kind.__name__: kind for kind in KINDS}
    found = {}
    for statement in ast.parse(source).body:
        line = source.splitlines()[statement.lineno - 1]
        match statement:
            case ast.AnnAssign(
                ast.Name(name), ast.Name(kind), ast.Constant() | ast.UnaryOp() as value
            ) if kind in kinds:
                meaning, limits = _split(comments.get(statement.lineno, ""))
            case _:
                raise ValueError(
                    f"a parameter is `name: type = default  # meaning, limits`, got `{line}`"
                )
        parameter = Parameter(
            name, kinds[kind], ast.get_source_segment(source, value) or "", meaning, limits
        )
        choice = limits.startswith(("one of ", "a curve", "a formula", "a number or"))
        if not meaning or not {bool: not limits, str: choice}.get(
            parameter.kind, limits and not choice
        ):
            raise ValueError(
                f"the comment of a parameter ends with its limits (a bool has none), got `{line}`"
            )
        parameter.convert(ast.literal_eval(value))
        found[name] = parameter
    return found


def declared(notebook: NotebookNode) -> dict[str, Parameter]:
    """The parameters of a notebook, by name: what its cell tagged "parameters" declares,
    if it has one."""
    tagged = [
        cell.source for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])
    ]
    return parse(tagged[0]) if tagged else {}


def check(parameters: Mapping[str, Parameter], given: Mapping[str, object]) -> dict[str, object]:
    """The values `given`, each as its parameter takes it.

    Raises:
        ValueError: with a line for each value that is refused and for each name that is not
            among `parameters`.
    """
    checked: dict[str, object] = {}
    problems: list[Callable[[], str]] = []
    for name, value in given.items():
        try:
            checked[name] = parameters[name].convert(value)
        except KeyError:
            problems.append(partial(_unknown, str(name), parameters))
        except ValueError as error:
            problems.append(partial(str, error))
    if problems:
        raise ValueError(_told(problems))
    return checked


def _unknown(name: str, parameters: Mapping[str, Parameter]) -> str:
    """That there is no such parameter, and which there are."""
    short = cut(name, 40)
    near = difflib.get_close_matches(short, parameters, n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    known = ", ".join(parameters) or "none"
    return f"there is no parameter {short}{hint} Known: {cut(known, MOST_TOLD // 2)}"


def _told(problems: Sequence[Callable[[], str]]) -> str:
    """As many of the problems as fit, a line for each, and how many more there are."""
    lines: list[str] = []
    for number, problem in enumerate(problems):
        line = problem()
        if lines and len("\n".join([*lines, line])) > MOST_TOLD:
            return "\n".join([*lines, f"and {len(problems) - number} more"])
        lines.append(line)
    return "\n".join(lines)
