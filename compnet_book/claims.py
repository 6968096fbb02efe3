"""The ledger: what the papers claim, and the verdicts that cells of the chapters compute.

A cell settles a claim by calling one of the functions here with what it has computed;
the verdict follows from that by a rule, and `verdict_of` applies the same rule again when the
book gathers the ledger. The cell shows a line for the reader;
the record for the book is in the output's metadata, under `KEY`. Both hold what was computed, and
nothing of a claim's wording, which the page takes from the ledger.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from compnet_lib._core import checks

KEY = "compnet_claim"
SOURCES = {
    "C": "Milkert, Hyde and Laine, compositional networks",
    "D": "a digest of the same paper",
    "F": "function space",
    "S": "inverse stability",
}
"""What the first letter of an id stands for."""
VERDICTS = (
    "holds",
    "holds with a correction",
    "fails",
    "not reproduced",
    "answered",
    "not in our text",
)
KINDS = ("mathematical", "typographical")


class Claim(NamedTuple):
    """One claim: its `id`, `where` it stands, what it `says` as printed,
    and the `chapter` that settles it."""

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
    kind: str = "",
    numbers: Mapping[str, Any] | None = None,
    note: str = "",
) -> Settled:
    """Settle a statement by what was computed.

    - `holds` true: the verdict is *holds*.
    - `holds` false and `corrected` true: *holds with a correction*.
    - otherwise: *fails*, and `note` gives the counterexample.

    Args:
        id: the claim's id.
        holds: whether the statement was found true as printed.
        corrected: whether its corrected form was found true; None if there is none.
        correction: the corrected form, in Markdown; needed if `holds` is false and `corrected`
            true.
        kind: "mathematical" or "typographical", of the correction.
        numbers: what was measured, name by name.
        note: one sentence for the ledger, in Markdown.

    Raises:
        TypeError: `holds` or `corrected` is not a truth value:
            a verdict must come from a comparison.
        ValueError: an unknown id; a correction without its text and kind,
            or with a statement that holds; a failure without a note.
    """
    holds = checks.flag("holds", holds)
    corrected = None if corrected is None else checks.flag("corrected", corrected)
    if corrected and not holds:
        checks.choice("kind", kind, KINDS)
        if not correction:
            raise ValueError("correction must say what holds instead, got nothing")
    elif correction or kind:
        raise ValueError(
            "correction and kind must be empty unless the printed form fails and the corrected one "
            f"holds; got holds={holds}, corrected={corrected}"
        )
    if not holds and not corrected and not note:
        raise ValueError("note must give the counterexample of a statement that fails, got nothing")
    return _settled(
        id,
        "statement",
        numbers,
        note,
        holds=holds,
        corrected=corrected,
        correction=correction,
        kind=kind,
    )


def decide(
    id: str,
    *,
    holds: bool,
    corrected: bool | None = None,
    correction: str = "",
    kind: str = "mathematical",
    failure: str = "",
    note: str = "",
    numbers: Mapping | None = None,
) -> Settled:
    """:func:`settle`, with words for each outcome: `note` if the statement holds, `correction`,
    of its `kind`, if only the corrected form does, and `failure` if neither does."""
    if holds:
        return settle(id, holds=holds, note=note, numbers=numbers)
    if not corrected:
        return settle(id, holds=holds, corrected=corrected, note=failure, numbers=numbers)
    return settle(
        id, holds=holds, corrected=corrected, correction=correction, kind=kind, numbers=numbers
    )


def compare(
    id: str, cells: Mapping[str, tuple[float, Sequence[float]]], *, note: str = ""
) -> Settled:
    """Settle published numbers by ranges: *holds* if each lies within the range of what was found,
    else *not reproduced*.

    Numbers are kept with three digits, and compared as they are kept.

    Args:
        id: the claim's id.
        cells: for each number its name, the published value, and the values found, one a seed;
            all positive.
        note: one sentence for the ledger, in Markdown.

    Raises:
        ValueError: an unknown id, no cells, or values that are NaN or infinite.
    """
    if not cells:
        raise ValueError("cells must hold at least one number, got none")
    if not all(np.min(found) > 0 and published > 0 for published, found in cells.values()):
        raise ValueError("cells must hold positive numbers: they are compared by factors")
    kept = {
        name: {
            "published": _kept(published),
            "low": _kept(np.min(found)),
            "high": _kept(np.max(found)),
        }
        for name, (published, found) in cells.items()
    }
    missed = {
        name: max(c["low"] / c["published"], c["published"] / c["high"])
        for name, c in kept.items()
        if not _inside(c)
    }
    numbers = {"within the range found": f"{len(kept) - len(missed)} of {len(kept)}"}
    if missed:
        worst = max(missed, key=lambda name: missed[name])
        c = kept[worst]
        numbers["furthest outside"] = (
            f"{worst}, published {c['published']:.3g}, found {c['low']:.3g} to {c['high']:.3g}"
        )
    return _settled(id, "numbers", numbers, note, cells=kept)


def answer(id: str, text: str, *, numbers: Mapping[str, Any] | None = None) -> Settled:
    """Settle a question: *answered*, by a sentence in Markdown and the numbers it rests on.

    Raises:
        ValueError: an unknown id, or no text.
    """
    return _settled(id, "question", numbers, _sentence(text))


def absent(id: str, text: str, *, numbers: Mapping[str, Any] | None = None) -> Settled:
    """Settle a claim whose text we do not have: *not in our text*, and what the rebuilt form shows.

    Raises:
        ValueError: an unknown id, or no text.
    """
    return _settled(id, "absent", numbers, _sentence(text))


def verdict_of(record: Mapping[str, Any]) -> str:
    """The verdict that follows from a record's contents, whatever verdict is written in it."""
    match record["about"]:
        case "statement" if record["holds"]:
            return "holds"
        case "statement":
            return "holds with a correction" if record["corrected"] else "fails"
        case "numbers":
            inside = all(_inside(c) for c in record["cells"].values())
            return "holds" if inside else "not reproduced"
        case "question":
            return "answered"
        case "absent":
            return "not in our text"
    raise ValueError(
        f"about must be statement, numbers, question or absent, got {record['about']!r}"
    )


def _kept(value: float) -> float:
    """The number with three digits."""
    return float(f"{checks.number('cells', value):.3g}")


def _inside(cell: Mapping[str, float]) -> bool:
    return cell["low"] <= cell["published"] <= cell["high"]


def _sentence(text: str) -> str:
    if not isinstance(text, str) or not text:
        raise ValueError(f"text must be a sentence, got {text!r}")
    return text


def _settled(
    id: str, about: str, numbers: Mapping[str, Any] | None, note: str, **computed: Any
) -> Settled:
    checks.choice("id", id, CLAIMS)
    shown = {str(name): str(value) for name, value in (numbers or {}).items()}
    return Settled({"id": id, "about": about, "numbers": shown, "note": note} | computed)
