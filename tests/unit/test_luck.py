"""What counts as the same output where a machine's last bits decide."""

import pytest
from helpers.luck import NBSP, alike


def shown(text):
    return text.replace(" × 10", f"{NBSP}×{NBSP}10").replace("low, ", f"low,{NBSP}")


@pytest.mark.parametrize(
    "one, other",
    [
        ("| 1.6 × 10⁻⁷ |", "| 9.8 × 10⁻⁸ |"),
        ("| L-BFGS | 1.2 × 10⁵ |", "| L-BFGS |    96,333 |"),
        ("| 1.2 × 10⁵ | 34 | 14 |", "| 96,333 | 28 | 0.93 |"),
        ("| min | 1.6 × 10⁻⁷ | inside |", "| min | 1.6 × 10⁻⁷ | low, 1.1× |"),
        ("| 0.95 | inside |", "| 0.00 | low, 1.04× |"),
        ("**C-tab1**: *reproduced 17 of 20*.", "**C-tab1**: *not reproduced*."),
        ("C-tab1: reproduced 17 of 20", "C-tab1: reproduced 9 of 20"),
        (
            "Outside: default sin, 1.5 times outside (published 3, found 0.5 to 2).",
            "Outside: raai, 8 times outside (published 4e-05, found 5e-06 to 6e-06); "
            "default tanh, 2 times outside (published 3, found 0.5 to 1.5).",
        ),
        ("| n |\n|---|\n| 3 |", "| n    |\n|------|\n| 1,234 |"),
        ("-3 and 4", "5 and -6"),
        (r"'9\xa0×\xa010⁻¹³'", r"'2\xa0×\xa010⁻¹²'"),
        ("| grown | 7 | not by 8 |", "| grown | not by 8 | 12 |"),
    ],
)
def test_luck_moves_numbers_and_verdicts(one, other):
    assert alike(shown(one), shown(other)) and alike(shown(other), shown(one))


@pytest.mark.parametrize(
    "one, other",
    [
        ("| 1.6 × 10⁻⁷ |", "| 1.5 × 10⁻⁸ |"),
        ("| 1.2 × 10⁵ |", "| 9,632 |"),
        ("| 1.2 × 10⁵ | 34 |", "| 96,333 |  34 | 28 |"),
        ("| 1.2 × 10⁵ |", "| -96,333 |"),
        ("| min | 3 |", "| max | 3 |"),
        ("| inside |", "| outside |"),
        ("**C-tab1**: *reproduced 17 of 20*.", "**C-tab1**: *holds*."),
        ("**C-tab1**: *reproduced 17 of 20*.", "**C-tab2**: *reproduced 17 of 20 now*."),
        ("4.0 × 10⁷", "0"),
        (r"'9\xa0×\xa010⁻¹³'", r"'2\xa0×\xa010⁻¹¹'"),
    ],
)
def test_luck_moves_no_word_and_no_power_of_ten_far(one, other):
    assert not alike(shown(one), shown(other)) and not alike(shown(other), shown(one))
