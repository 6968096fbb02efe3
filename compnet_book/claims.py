"""The ledger: what the papers claim, and the verdicts that cells of the chapters compute.

A cell settles a claim by calling one of the functions here with what it has computed;
the verdict follows from that by a rule, and `verdict_of` applies the same rule again when the
book gathers the ledger. The cell shows a line for the reader;
the record for the book is in the output's metadata, under `KEY`. Both hold what was computed, and
nothing of a claim's wording, which the page takes from the ledger.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from compnet_lib._core import checks

KEY = "compnet_claim"
SOURCES = {
    "C": "Compositional networks",
    "D": "A digest of the paper on compositional networks",
    "F": "Function space",
    "S": "Inverse stability",
}
"""What the first letter of an id stands for."""
VERDICTS = (
    "holds",
    "holds with a correction",
    "fails as stated",
    "reproduced",
    "not reproduced",
    "answered",
    "not in our text",
)
"""The verdicts; that on numbers, *reproduced*, says of how many: "reproduced 3 of 4"."""
KINDS = ("mathematical", "typographical", "gap in a proof", "measured")
PARTS = ("text", "formula", "proof")
"""Where an erratum stands: in a sentence, in a formula, or in a proof only."""


class Claim(NamedTuple):
    """One claim: its `id`, `where` it stands, what it `says` in our words, with every hypothesis
    of that place, and the `chapter` that settles it."""

    id: str
    where: str
    says: str
    chapter: str

    @property
    def source(self) -> str:
        """The text that makes the claim, a value of `SOURCES`."""
        return SOURCES[self.id[0]]


CLAIMS = MappingProxyType(
    {
        name: Claim(name, **entry)
        for name, entry in tomllib.loads(
            files(__package__).joinpath("claims.toml").read_text(encoding="utf-8")
        ).items()
    }
)
"""All claims by id."""


class Erratum(NamedTuple):
    """One slip of a text: `where` it is, what is `printed` there, what is `correct`, both in
    Markdown, its `kind` (one of `KINDS`) and the `part` that is wrong (one of `PARTS`)."""

    where: str
    printed: str
    correct: str
    kind: str
    part: str


def erratum(
    where: str, *, printed: str, correct: str, kind: str, part: str, shown: bool
) -> list[Erratum]:
    """A slip beside the statement that is settled, as in its proof: a list of one erratum
    if `shown`, the outcome of a computation, is true, and of none otherwise.

    Raises:
        TypeError: `shown` is not a truth value.
        ValueError: an unknown `kind` or `part`, or an empty text.
    """
    checks.choice("kind", kind, KINDS)
    checks.choice("part", part, PARTS)
    for name, text in {"where": where, "printed": printed, "correct": correct}.items():
        _sentence(name, text)
    return [Erratum(where, printed, correct, kind, part)] if checks.flag("shown", shown) else []


class Settled:
    """A claim that a cell has settled: `record` is what the book's ledger is made from."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.record = dict(record) | {"verdict": verdict_of(record)}

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, dict]]:
        record = self.record
        line = f"**{record['id']}**: *{record['verdict']}*."
        tail = " ".join(record[key] for key in ("correction", "note") if record.get(key))
        return {
            "text/markdown": f"{line} {tail}".strip(),
            "text/plain": f"{record['id']}: {record['verdict']}",
        }, {KEY: record}


def settle(
    id: str,
    *,
    holds: bool,
    corrected: bool | None = None,
    correction: str = "",
    instead: str = "",
    kind: str = "",
    part: str = "",
    errata: Iterable[Erratum] = (),
    numbers: Mapping[str, Any] | None = None,
    note: str = "",
) -> Settled:
    """Settle a statement by what was computed.

    - `holds` true: the verdict is *holds*.
    - `holds` false and `corrected` true: *holds with a correction*, if the sense stands
      and `correction` says which formula, index or hypothesis is mended;
      *fails as stated*, if what is true `instead` is another statement.
    - otherwise: *fails as stated*, and `note` gives the counterexample.

    Args:
        id: the claim's id.
        holds: whether the statement was found true, with the hypotheses of its place.
        corrected: whether its corrected form, or what is true instead, was found true;
            None if there is none.
        correction: the corrected form, in Markdown.
        instead: what is true instead, in Markdown. If `holds` is false and `corrected` true,
            one of the two is needed, and otherwise neither may be given.
        kind: the correction's kind, one of `KINDS`.
        part: the part that is wrong, one of `PARTS`.
        errata: slips beside the statement, as made by :func:`erratum`.
        numbers: what was measured, name by name.
        note: the evidence in one sentence, in Markdown, with the conditions that it holds under.

    Raises:
        TypeError: `holds` or `corrected` is not a truth value:
            a verdict must come from a comparison.
        ValueError: an unknown id; a correction without its text, kind and part,
            or with a statement that holds; a failure without a note.
    """
    holds = checks.flag("holds", holds)
    corrected = None if corrected is None else checks.flag("corrected", corrected)
    if corrected and not holds:
        checks.choice("kind", kind, KINDS)
        checks.choice("part", part, PARTS)
        if bool(correction) == bool(instead):
            raise ValueError(
                "correction must say what is mended, or instead what is true instead; "
                f"got correction={correction!r}, instead={instead!r}"
            )
    elif correction or instead or kind or part:
        raise ValueError(
            "correction, instead, kind and part must be empty unless the printed form fails and "
            f"the corrected one holds; got holds={holds}, corrected={corrected}"
        )
    if not holds and not corrected and not note:
        raise ValueError("note must give the counterexample of a statement that fails, got nothing")
    return _settled(
        id,
        "statement",
        numbers,
        note,
        errata,
        holds=holds,
        corrected=corrected,
        correction=correction or instead,
        sense=not instead,
        kind=kind,
        part=part,
    )


def decide(
    id: str,
    *,
    holds: bool,
    corrected: bool | None = None,
    correction: str = "",
    instead: str = "",
    kind: str = "measured",
    part: str = "text",
    failure: str = "",
    note: str = "",
    errata: Iterable[Erratum] = (),
    numbers: Mapping | None = None,
) -> Settled:
    """:func:`settle`, with words for each outcome: `note` if the statement holds,
    `correction` or `instead`, of its `kind`, if only that does, and `failure` if neither does."""
    mends = not holds and bool(corrected)
    words = {"correction": correction, "instead": instead, "kind": kind, "part": part}
    return settle(
        id,
        holds=holds,
        corrected=None if holds else corrected,
        errata=errata,
        numbers=numbers,
        note=note if holds else "" if mends else failure,
        **(words if mends else {}),
    )


def compare(
    id: str,
    cells: Mapping[str, tuple[float, Sequence[float]]],
    *,
    note: str = "",
    quantiles: tuple[float, float] = (0.005, 0.995),
) -> Settled:
    """Settle published numbers by quantiles: *reproduced k of n*, where k of the n numbers lie
    between two quantiles of what was found, ends included, or *not reproduced* if none does.

    Numbers are kept with three digits, and compared as they are kept.

    Args:
        id: the claim's id.
        cells: for each number its name, the published value, and the values found, one for each
            run of the experiment; all positive.
        note: the evidence in one sentence, in Markdown, with the conditions.
        quantiles: the lower and the upper one, increasing, in [0, 1].

    Raises:
        ValueError: an unknown id, no cells, values that are NaN or infinite, or quantiles
            that are not as said.
    """
    if not cells:
        raise ValueError("cells must hold at least one number, got none")
    if not all(np.min(found) > 0 and published > 0 for published, found in cells.values()):
        raise ValueError("cells must hold positive numbers: they are compared by factors")
    lower, upper = quantiles
    if not 0 <= lower < upper <= 1:
        raise ValueError(f"quantiles must be increasing numbers in [0, 1], got {quantiles!r}")
    kept = {}
    for name, (published, found) in cells.items():
        low, high = np.quantile(found, quantiles)
        kept[name] = {"published": _kept(published), "low": _kept(low), "high": _kept(high)}
    outside = [
        f"{name}, {_miss(cell):.3g} times outside (published {cell['published']:.3g}, "
        f"found {cell['low']:.3g} to {cell['high']:.3g})"
        for name, cell in kept.items()
        if not _inside(cell)
    ]
    numbers = {"quantiles": f"{100 * lower:g}% to {100 * upper:g}%"}
    if outside:
        numbers["outside"] = "; ".join(outside)
    return _settled(id, "numbers", numbers, note, cells=kept)


def answer(id: str, text: str, *, numbers: Mapping[str, Any] | None = None) -> Settled:
    """Settle a question: *answered*, by a sentence in Markdown and the numbers it rests on.

    Raises:
        ValueError: an unknown id, or no text.
    """
    return _settled(id, "question", numbers, _sentence("text", text))


def absent(id: str, text: str, *, numbers: Mapping[str, Any] | None = None) -> Settled:
    """Settle a claim whose text we do not have: *not in our text*, and what the rebuilt form shows.

    Raises:
        ValueError: an unknown id, or no text.
    """
    return _settled(id, "absent", numbers, _sentence("text", text))


def verdict_of(record: Mapping[str, Any]) -> str:
    """The verdict that follows from a record's contents, whatever verdict is written in it."""
    match about := record["about"]:
        case "statement" if record["holds"]:
            return "holds"
        case "statement":
            mended = record["corrected"] and record["sense"]
            return "holds with a correction" if mended else "fails as stated"
        case "numbers":
            cells = record["cells"].values()
            inside = sum(map(_inside, cells))
            return f"reproduced {inside} of {len(cells)}" if inside else "not reproduced"
        case "question":
            return "answered"
        case "absent":
            return "not in our text"
    raise ValueError(f"about must be statement, numbers, question or absent, got {about!r}")


def kind_of(verdict: str) -> str:
    """The one of `VERDICTS` that a verdict is: "reproduced 3 of 4" is "reproduced"."""
    return "reproduced" if verdict.startswith("reproduced") else verdict


def errata_of(record: Mapping[str, Any]) -> list[Erratum]:
    """What a record corrects: the statement itself, if only another form of it was found true,
    then the slips beside it."""
    claim = CLAIMS[record["id"]]
    found = [Erratum(**slip) for slip in record["errata"]]
    if not record.get("correction"):
        return found
    own = Erratum(claim.where, claim.says, record["correction"], record["kind"], record["part"])
    return [own, *found]


def _kept(value: float) -> float:
    """The number with three digits."""
    return float(f"{checks.number('cells', value):.3g}")


def _inside(cell: Mapping[str, float]) -> bool:
    return cell["low"] <= cell["published"] <= cell["high"]


def _miss(cell: Mapping[str, float]) -> float:
    """By which factor a published value lies outside."""
    return max(cell["low"] / cell["published"], cell["published"] / cell["high"])


def _sentence(name: str, text: str) -> str:
    if not isinstance(text, str) or not text:
        raise ValueError(f"{name} must be a sentence, got {text!r}")
    return text


def _settled(
    id: str,
    about: str,
    numbers: Mapping[str, Any] | None,
    note: str,
    errata: Iterable[Erratum] = (),
    **computed: Any,
) -> Settled:
    checks.choice("id", id, CLAIMS)
    shown = {str(name): str(value) for name, value in (numbers or {}).items()}
    slips = [slip._asdict() for slip in errata]
    record = {"id": id, "about": about, "numbers": shown, "note": note, "errata": slips}
    return Settled(record | computed)
