"""The tables of the compositional paper, copied a second time by hand from its text,
row by row as printed."""

from collections import Counter

import pytest

import compnet_lib as cn
from compnet_lib.experiments.compositional._published import CELLS

PRINTED = """
1 | Default Network                | 2.11e-5 2.19e-5 7.20e-2 2.82e-2
1 | RAAI Distribution              | 2.14e-5 4.40e-5 3.97e-2 4.12e-2
1 | Pretraining Skipped            | 7.63e-7 1.86e-5 3.89e-5 3.56e-4
1 | Differentiability Not Enforced | 1.64e-7 3.20e-6 1.02e-5 3.73e-5
1 | Differentiability Enforced     | 7.86e-8 8.86e-7 5.27e-7 7.87e-6
2 | Default Network                | 4.50e-5 5.75e-5 1.15e-1 1.96e-1
2 | RAAI Distribution              | 3.59e-5 1.09e-5 3.63e-2 2.31e-2
2 | Pretraining Skipped            | 1.96e-7 1.07e-6 1.93e-5 8.38e-5
2 | Differentiability Not Enforced | 4.41e-8 1.49e-7 1.47e-5 3.81e-4
2 | Differentiability Enforced     | 5.06e-8 6.82e-8 2.21e-7 8.42e-7
3 | Default Network                | 2.41e-4 2.14e-3 2.27e-5 1.60e-4
3 | Differentiable Pretraining     | 5.65e-6 6.53e-4 7.92e-7 5.09e-6
"""
COLUMNS = {
    1: [("x^3", "min"), ("x^11", "min"), ("x^3", "mean"), ("x^11", "mean")],
    2: [("sin", "min"), ("tanh", "min"), ("sin", "mean"), ("tanh", "mean")],
    3: [("x^3", "min"), ("x^11", "min"), ("sin", "min"), ("tanh", "min")],
}
REGIMES = {
    "Default Network": "default",
    "RAAI Distribution": "raai",
    "Pretraining Skipped": "skipped",
    "Differentiability Not Enforced": "free",
    "Differentiability Enforced": "enforced",
    "Differentiable Pretraining": "enforced",
}
ROWS = [[part.strip() for part in line.split("|")] for line in PRINTED.split("\n") if line]
TRANSCRIBED = [
    (int(table), REGIMES[row], *column, float(value))
    for table, row, values in ROWS
    for column, value in zip(COLUMNS[int(table)], values.split(), strict=True)
]


def test_every_cell_of_tables_1_2_and_3():
    assert sorted(CELLS) == sorted(TRANSCRIBED)
    assert Counter(cell.table for cell in CELLS) == {1: 20, 2: 20, 3: 8}


@pytest.mark.parametrize("table, regime, target, statistic, value", TRANSCRIBED)
def test_a_cell_is_found_by_name(table, regime, target, statistic, value):
    assert cn.published(regime, target, statistic, sparse=table == 3) == value


@pytest.mark.parametrize("cell", [("raai", "x^3", "min"), ("default", "x^3", "mean")])
def test_table_3_has_no_such_cell(cell):
    with pytest.raises(ValueError, match="regime|statistic"):
        cn.published(*cell, sparse=True)
