"""Statements of the papers, each checked exactly by an independent route,
and perturbed to see that the check would notice.

A module of statements reads

    states = Statements()

    @states("C-eq9", right=lambda a, i, j: prod(1 - a[m] for m in range(i + 2, j + 1)),
            sign=lambda a, i, j: prod(1 + a[m] ...), index=..., factor=...)
    def equation_9(formula, peaks):
        return <what the formula gives for these peaks, found without it> == formula(...)

    test_statement_holds, test_perturbation_is_noticed = states.tests()
    test_theorems_are_covered, test_claims_are_covered = states.covering("sufficiency_and_decay")

`formula` is the corrected statement's; the keywords after `right` are perturbations of it.
A check is run with rational peaks in which every perturbation has to fail somewhere,
and for no other reason than the exact values it gives: they are compared with the right ones.
"""

import random
import re
from fractions import Fraction
from numbers import Rational

import numpy as np
import pytest

from compnet_book.claims import CLAIMS
from helpers.places import ROOT

DEPTH = 10
STATED = re.compile(r"\{prf:(?:lemma|proposition|theorem|corollary)\}.*\n# :label: (\S+)")
"""A theorem in a chapter, and its label."""


def _draws():
    """Peaks for depth 10 and two more; among them equal ones, halves, and ones near the ends."""
    dice = random.Random(20231118)
    rational = lambda: Fraction(dice.randint(1, 19), 20)
    return [[rational() for _ in range(DEPTH + 2)] for _ in range(5)] + [
        [Fraction(1, 2)] * (DEPTH + 2),
        [Fraction(2, 3)] * (DEPTH + 2),
        [Fraction(1, 97) if k % 2 else Fraction(95, 97) for k in range(DEPTH + 2)],
    ]


PEAKS = _draws()


class Statements:
    """The statements of one module, collected by decorating their checks."""

    def __init__(self):
        self.checks = []

    def __call__(self, *claims, right, **perturbed):
        if not claims or not perturbed:
            raise ValueError("a statement needs the claims it belongs to, and perturbations")
        if unknown := [name for name in claims if name[0].isupper() and name not in CLAIMS]:
            raise ValueError(f"claims must be in claims.toml, or labels of the book, got {unknown}")

        def collect(check):
            self.checks.append((check, claims, right, perturbed))
            return check

        return collect

    @property
    def claims(self):
        return {claim for _, claims, _, _ in self.checks for claim in claims}

    def tests(self):
        self.checks = tuple(self.checks)  # none can be added any more
        cases = [
            pytest.param(check, right, id=check.__name__) for check, _, right, _ in self.checks
        ]
        wrong = [
            pytest.param(check, right, formula, id=f"{check.__name__}-{name}")
            for check, _, right, perturbed in self.checks
            for name, formula in perturbed.items()
        ]

        @pytest.mark.parametrize(("check", "right"), cases)
        def holds(check, right):
            for peaks in PEAKS:
                assert _run(check, right, right, peaks)[0], peaks

        @pytest.mark.parametrize(("check", "right", "wrong"), wrong)
        def noticed(check, right, wrong):
            for peaks in PEAKS:
                passed, same = _run(check, right, wrong, peaks)
                assert passed or not same, (
                    f"the check fails where the perturbation changes nothing: {peaks}"
                )
                if not passed:
                    return
            pytest.fail("not noticed")

        return holds, noticed

    def covering(self, *chapters):
        """Tests that every theorem of these chapters, and every claim that they settle, is here."""
        labels = [
            label
            for chapter in chapters
            for label in STATED.findall((ROOT / "book" / f"{chapter}.py").read_text("utf-8"))
        ]

        @pytest.mark.parametrize("label", labels)
        def theorems(label):
            names = {
                name
                for _, claims, _, perturbed in self.checks
                if label in claims
                for name in perturbed
            }
            assert len(names) >= 3, f"{label}: {names}"

        @pytest.mark.parametrize("chapter", chapters)
        def settled(chapter):
            assert {
                name
                for name, claim in CLAIMS.items()
                if claim.chapter == chapter and claim.id[0] in "CF"
            } <= self.claims

        return theorems, settled


def _run(check, right, formula, peaks):
    """Whether the check passes a formula, and whether all that the formula gave is what the
    right one gives."""
    values = []

    def watched(*arguments):
        values.append((right(*arguments), formula(*arguments)))
        return values[-1][1]

    passed = check(watched, list(peaks))
    assert isinstance(passed, (bool, np.bool_)), (
        f"a check must return a truth value, got {passed!r}"
    )
    assert values, f"the check never asks the formula: {peaks}"
    for u, v in values:
        assert _comparable(u, v), (
            f"formulas must give exact numbers, in the same containers: {u}, {v}"
        )
    return passed, all(u == v for u, v in values)


def _comparable(u, v):
    """Exact numbers both, or alike: a list never equals a tuple,
    and a float seldom what it should be."""
    if isinstance(u, (list, tuple)):
        return type(u) is type(v) and all(map(_comparable, u, v))
    return (
        isinstance(u, Rational)
        and isinstance(v, Rational)
        or type(u) is type(v)
        and not isinstance(u, (float, complex))
    )
