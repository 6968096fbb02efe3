"""The entries of the ledger: each claim with what has been found of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import yaml
from sphinx.environment import BuildEnvironment

from compnet_book.claims import CLAIMS, VERDICTS, Claim, Erratum, errata_of, kind_of
from compnet_book.runs import ROOT
from compnet_book.sphinx.gathered import store
from compnet_book.sphinx.prose import first_sentence, listed

OPEN = "open"
"""What stands in the place of a verdict where there is none."""
CLASSES = (*VERDICTS, OPEN)


class Entry(NamedTuple):
    """A claim; the title of its chapter and the part of the book that this stands in, "" if the
    book has no such chapter; and the record of the cell that settled it, if one has."""

    claim: Claim
    title: str
    part: str
    record: Mapping[str, Any] | None

    @property
    def verdict(self) -> str:
        """The verdict, or open."""
        return self.record["verdict"] if self.record else OPEN

    @property
    def kind(self) -> str:
        """Which of `CLASSES` it is."""
        return kind_of(self.verdict)

    @property
    def correction(self) -> str:
        """The corrected form, or what is true instead; "" if there is none."""
        return self.record.get("correction", "") if self.record else ""

    @property
    def evidence(self) -> str:
        """What the verdict rests on, in one sentence, as far as the record says."""
        if not self.record:
            return ""
        if said := self.record["note"] or self.correction:
            return first_sentence(said)
        if cells := self.record.get("cells"):
            inside, between = self.verdict.split()[1:2], self.record["numbers"]["quantiles"]
            many = inside[0] if self.kind == "reproduced" else "None"
            return f"{many} of {len(cells)} lie within the quantiles {between} of what was found."
        return listed(self.record["numbers"])

    @property
    def errata(self) -> list[Erratum]:
        """What it corrects, the statement itself first."""
        return errata_of(self.record) if self.record else []

    @property
    def beside(self) -> list[Erratum]:
        """The slips beside the statement."""
        return self.errata[bool(self.correction) :]


def entries(env: BuildEnvironment) -> list[Entry]:
    """Every claim, in the order of the ledger."""
    titles = {name: title.astext() for name, title in env.titles.items()}
    found = [record for records in store(env).values() for record in records]
    return listing(found, titles, parts())


def listing(
    found: Iterable[Mapping[str, Any]], titles: Mapping[str, str], captions: Mapping[str, str]
) -> list[Entry]:
    """Every claim, with the records that were `found`. `titles` has the title of each page,
    `captions` that of the part it stands in."""
    records = {record["id"]: record for record in found}
    return [
        Entry(
            claim,
            titles.get(claim.chapter, ""),
            captions.get(claim.chapter, ""),
            records.get(name),
        )
        for name, claim in CLAIMS.items()
    ]


def parts() -> dict[str, str]:
    """For each page in the table of contents the part it stands in, by their order there."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return {
        page["file"]: part.get("caption", "") for part in toc["parts"] for page in part["chapters"]
    }


def counted(found: Sequence[Entry]) -> list[tuple[str, int]]:
    """The kinds of verdict among some entries, and how many there are of each."""
    count = Counter(entry.kind for entry in found)
    return [(kind, count[kind]) for kind in CLASSES if count[kind]]
