"""The curves and the printed numbers of the function-space paper."""

import numpy as np
import pytest

from compnet_lib.experiments import printed, space_curves


@pytest.mark.parametrize("table", [1, 2, 3])
def test_every_printed_cell_has_its_curve(table):
    numbers = printed(table)
    assert [curve.name for curve in space_curves(table)] == list(numbers.curve.values)
    assert np.isfinite(numbers).all()


def test_the_sawtooth_of_table_3_has_its_four_peaks_and_least_values_at_its_ends():
    sawtooth = space_curves(3)[2]
    x = np.linspace(-2, 2, 4001)
    y = sawtooth(x)
    peaks = (y[1:-1] > y[:-2]) & (y[1:-1] > y[2:])
    assert peaks.sum() == 4 and np.allclose(y[1:-1][peaks], 1)
    assert y[0] == y[-1] == y.min() == -1


def test_the_polynomial_of_table_2_is_smooth_in_five_pieces_and_at_most_2():
    x, step = np.linspace(-3, 3, 6001, retstep=True)
    y = space_curves(2)[1](x)
    assert np.isclose(y.max(), 2)
    slopes = np.diff(y) / step
    assert abs(np.diff(slopes)).max() < 0.02, "no bends"
    curved = np.diff(slopes) / step
    jumps = abs(np.diff(curved)) > 1
    assert 1 + (np.diff(np.flatnonzero(jumps)) > 2).sum() == 4, "four joints"


@pytest.mark.parametrize("table", [0, 4])
def test_there_is_no_other_table(table):
    for call in (space_curves, printed):
        with pytest.raises(ValueError, match="table must be"):
            call(table)


def test_a_readers_curve_comes_last():
    own = space_curves(1, "x*sin(x)")[-1]
    assert own.interval == (-2, 2) and own(1.5) == pytest.approx(1.5 * np.sin(1.5))
    with pytest.raises(TypeError, match="extra must be"):
        space_curves(1, 3)
