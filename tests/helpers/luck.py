"""Whether two outputs of the same cell differ by luck only:
after thousands of training steps the last bits of a machine's sums decide."""

from __future__ import annotations

import math
import re

NBSP = "\N{NO-BREAK SPACE}"
NUMBER = re.compile(rf"(-?\d[\d,]*(?:\.\d+)?)(?:{NBSP}×{NBSP}10([⁻⁰¹²³⁴-⁹]+))?")
WORDS = re.compile(
    r"(?:; )?[^;:.|*\n]*,  times outside \([^)]*\)|\b(?:not )?reproduced\b(?:  of )?"
    r"|#|\binside\b|\b(?:low|high),|×|\bnot by\b"
    rf"|[ -]{{2,}}|(?<=\|) | (?=\|)|{NBSP}"
)
"""What is left of numbers outside of what was found, which may be others, and of verdicts, which
need just be there; and what pads a table's columns."""


def numbers(text: str) -> list[tuple[float, bool]]:
    """Each number of a text, and whether it is written in powers of ten."""
    found = []
    for mantissa, exponent in NUMBER.findall(text):
        power = exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        found.append((float(mantissa.replace(",", "")) * 10.0 ** int(power or 0), bool(power)))
    return found


def near(one: tuple[float, bool], other: tuple[float, bool]) -> bool:
    """Within a factor of ten, where at least one of the two is written in powers of ten:
    forms change on the way from 96,333 to 1.2 × 10⁵."""
    if not (one[1] or other[1]):
        return True
    return one[0] * other[0] > 0 and abs(math.log10(one[0] / other[0])) <= 1


def alike(one: str, other: str) -> bool:
    """Whether two texts are the same but for numbers and verdicts, and their numbers in powers
    of ten, of which both have as many, agree within a factor of ten."""
    if one == other:
        return True
    one, other = (text.replace(r"\xa0", NBSP) for text in (one, other))  # what is glued is quoted
    if WORDS.sub("", NUMBER.sub("", one)) != WORDS.sub("", NUMBER.sub("", other)):
        return False
    pair = numbers(one), numbers(other)
    if len(pair[0]) == len(pair[1]):
        return all(map(near, *pair))
    powers = [[number for number in found if number[1]] for found in pair]
    return len(powers[0]) == len(powers[1]) and all(map(near, *powers))
