"""The frame of the statements refuses what would pass for a wrong reason."""

import pytest
from helpers.statements import PEAKS, Statements

RIGHT = lambda a: 1 - a[0]
CHECK = lambda formula, peaks: formula(peaks) == 1 - peaks[0]


def run(check=CHECK, right=RIGHT, wrong=lambda a: 1 + a[0]):
    states = Statements()
    states("C-eq9", right=right, wrong=wrong)(check)
    holds, noticed = states.tests()
    holds(check, right)
    noticed(check, right, wrong)


def test_a_sound_statement_passes():
    run()
    run(
        lambda formula, peaks: formula(peaks) == [peaks[0]],
        lambda a: [a[0]],
        lambda a: [a[0], a[1]],
    )


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"wrong": RIGHT}, "not noticed"),
        ({"check": lambda formula, peaks: formula(peaks) < 2}, "not noticed"),
        ({"wrong": lambda a: [1 - a[0]]}, "containers"),
        ({"wrong": lambda a: float(1 - a[0])}, "exact"),
        ({"wrong": lambda a: None}, "exact"),
        (
            {
                "check": lambda formula, peaks: [*formula(peaks)] == [peaks[0]],
                "right": lambda a: [a[0]],
                "wrong": lambda a: (a[1],),
            },
            "containers",
        ),
        (
            {"check": lambda formula, peaks: all(formula(peaks) == 1 - a for a in peaks[:0])},
            "never asks",
        ),
        (
            {"check": lambda formula, peaks: (formula(p) == 1 - p[0] for p in [peaks])},
            "truth value",
        ),
        ({"check": lambda formula, peaks: None if formula(peaks) else None}, "truth value"),
        ({"right": lambda a: float(1 - a[0])}, "exact"),
    ],
)
def test_a_wrong_reason_is_refused(changed, says):
    with pytest.raises((AssertionError, pytest.fail.Exception), match=says):
        run(**changed)


def test_a_check_that_fails_by_itself_is_refused():
    """After the statement held, the check finds its generator exhausted."""
    once = iter(PEAKS)
    with pytest.raises(AssertionError, match="changes nothing"):
        run(
            lambda formula, peaks: formula(peaks) == RIGHT(peaks) and next(once, None) is not None,
            wrong=RIGHT,
        )


def test_a_formula_that_raises_is_no_notice():
    with pytest.raises(ZeroDivisionError):
        run(wrong=lambda a: 1 / (a[0] - a[0]))


def test_a_check_keeps_its_changes_to_itself():
    before = [list(peaks) for peaks in PEAKS]
    run(lambda formula, peaks: formula(peaks) == 1 - peaks.pop(0))
    assert before == PEAKS


def test_unknown_claims_and_late_checks_are_refused():
    states = Statements()
    with pytest.raises(ValueError, match="C-eq99"):
        states("C-eq99", right=RIGHT, wrong=RIGHT)
    states("C-eq9", "prop-pieces", right=RIGHT, wrong=RIGHT)(CHECK)
    states.tests()
    with pytest.raises(AttributeError):
        states("C-eq9", right=RIGHT, wrong=RIGHT)(CHECK)
