"""Statements of the papers, each checked exactly by an independent route, and perturbed to see that the check would notice.

A module of statements reads

    states = Statements()

    @states("C-eq9", right=lambda a, i, j: prod(1 - a[m] for m in range(i + 2, j + 1)),
            sign=lambda a, i, j: prod(1 + a[m] ...), index=..., factor=...)
    def equation_9(formula, peaks):
        return <what the formula gives for these peaks, found without it> == formula(...)

    test_statement_holds, test_perturbation_is_noticed = states.tests()

`formula` is the corrected statement's; the keywords after `right` are perturbations of it. A check is run with rational peaks in which every
perturbation has to fail somewhere.
"""
import random
from fractions import Fraction

import pytest

DEPTH = 10


def _draws():
    """Peaks for depth 10 and two more; among them equal ones, halves, and ones near the ends."""
    dice = random.Random(20231118)
    rational = lambda: Fraction(dice.randint(1, 19), 20)
    return [[rational() for _ in range(DEPTH + 2)] for _ in range(5)] + [
        [Fraction(1, 2)] * (DEPTH + 2), [Fraction(2, 3)] * (DEPTH + 2),
        [Fraction(1, 97) if k % 2 else Fraction(95, 97) for k in range(DEPTH + 2)]]


PEAKS = _draws()


class Statements:
    """The statements of one module, collected by decorating their checks."""

    def __init__(self):
        self.checks = []

    def __call__(self, *claims, right, **perturbed):
        if not claims or not perturbed:
            raise ValueError("a statement needs the claims it belongs to, and perturbations")

        def collect(check):
            self.checks.append((check, claims, right, perturbed))
            return check
        return collect

    @property
    def claims(self):
        return {claim for _, claims, _, _ in self.checks for claim in claims}

    def tests(self):
        cases = [pytest.param(check, right, id=check.__name__) for check, _, right, _ in self.checks]
        wrong = [pytest.param(check, formula, id=f"{check.__name__}-{name}") for check, _, _, perturbed in self.checks for name, formula in perturbed.items()]

        @pytest.mark.parametrize(("check", "formula"), cases)
        def holds(check, formula):
            for peaks in PEAKS:
                assert check(formula, peaks), peaks

        @pytest.mark.parametrize(("check", "formula"), wrong)
        def noticed(check, formula):
            assert not all(check(formula, peaks) for peaks in PEAKS)

        return holds, noticed
