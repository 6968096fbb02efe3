"""How networks answer to their weights: derivatives against quotients of differences,
condition numbers of matrices whose singular values are known."""

from fractions import Fraction

import numpy as np
import pytest
from helpers.exact import forward, rational_peaks, scales, series, waves
from hypothesis import given
from hypothesis import strategies as st

import compnet_lib as cn
from compnet_book import conditioning

POINTS = [Fraction(2 * k + 1, 64) for k in range(32)]


@given(rational_peaks(2, 5), st.sampled_from([1, -1]))
def test_the_network_of_scales_computes_the_series(peaks, sign):
    *peaks, closing = peaks
    net = conditioning.direct_network(peaks, sign, closing)
    s = scales(peaks, sign, closing)
    assert list(net(POINTS)[0]) == [series(x, peaks, sign, s) for x in POINTS]
    first_rows = [w[0, 0, 1] for w in net.weights[1:]]
    assert first_rows == [sign * size / a for size, a in zip(s, peaks)]
    for signals, wave in zip(forward(net, 0, POINTS[0])[1:], waves(POINTS[0], peaks)[:-1]):
        assert signals[1] == wave, "at full size"


@pytest.mark.parametrize("wrong", [[], [Fraction(3, 2)], [0.5], [Fraction(1, 2), 1]])
def test_the_network_of_scales_refuses_what_is_no_peak(wrong):
    with pytest.raises((TypeError, ValueError), match="peaks|closing"):
        conditioning.direct_network(wrong, 1, Fraction(1, 2))


def changed(net, layer, place, step):
    """The network with one weight, or one bias, changed."""
    weights, biases = (
        [w.copy() for w in net.weights],
        [b if b is None else b.copy() for b in net.biases],
    )
    (weights if len(place) == 3 else biases)[layer][place] += step
    return cn.ReLUNet(weights, biases)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("build", [conditioning.direct_network, cn.compositional])
def test_sensitivity_is_the_quotient_of_differences(build, sign):
    """The output is linear in a small change of one weight, and linear between two close points."""
    peaks = [Fraction(2, 5), Fraction(3, 7), Fraction(1, 3)]
    net = build(peaks, sign, Fraction(1, 2))
    x = np.array(POINTS[::5])
    found = conditioning.sensitivity(net, x)
    step, gap = Fraction(1, 10**9), Fraction(1, 10**5)
    wanted = {}
    for layer, (w, b) in enumerate(zip(net.weights, net.biases)):
        places = [(0, *place) for place in np.argwhere(w[0])]
        places += [] if b is None else [(0, place) for place in np.flatnonzero(b[0])]
        for place in places:
            other = changed(net, layer, place, step)
            values = [(other(at)[0] - net(at)[0]) / step for at in (x, x + gap)]
            weight = (w if len(place) == 3 else b)[place]
            row = weight, *values[0], *(values[1] - values[0]) / gap
            wanted[row] = wanted.get(row, 0) + 1
    rows = {}
    for row in zip(found.weights, *found.values.T, *found.slopes.T):
        rows[row] = rows.get(row, 0) + 1
    assert len(found.weights) == sum(wanted.values()) and rows == wanted


@pytest.mark.parametrize(
    ("net", "error", "named"),
    [
        (cn.default_init(1), TypeError, "Fractions"),
        (cn.ReLUNet.concatenate([cn.compositional(POINTS[:1], 1)] * 2), ValueError, "one member"),
    ],
)
def test_sensitivity_of_one_exact_network(net, error, named):
    with pytest.raises(error, match=named):
        conditioning.sensitivity(net, POINTS)


def rotation(v):
    """The reflection along a vector of integers: orthogonal, and rational."""
    return np.eye(len(v), dtype=int) - 2 * np.outer(v, v) * Fraction(1, int(np.dot(v, v)))


@pytest.mark.parametrize(
    "values",
    [
        [1, 1],
        [5, 3, 0],
        [1, Fraction(1, 10**12)],
        [7, 1, Fraction(1, 10**30), 0, 0],
        [10**400, 10**380],
    ],
)
def test_condition_numbers_beyond_floats(values):
    """Of rotated diagonal matrices, more columns than rows and the other way round."""
    rows, columns = len(values), len(values) + 2
    middle = np.zeros((rows, columns), dtype=object)
    middle[np.arange(rows), np.arange(rows)] = values
    matrix = rotation(np.arange(1, rows + 1)) @ middle @ rotation(np.arange(2, columns + 2))
    wanted = float(Fraction(max(values)) / min(filter(None, values)))
    for turned in (matrix, matrix.T):
        assert conditioning.condition_number(turned) == pytest.approx(wanted, rel=1e-10)


@pytest.mark.parametrize(
    ("matrix", "error"), [([[0.5]], TypeError), ([[0, 0]], ValueError), ([1, 2], ValueError)]
)
def test_no_condition_number(matrix, error):
    with pytest.raises(error, match="matrix"):
        conditioning.condition_number(matrix)


def test_sensitivity_at_exact_points():
    with pytest.raises(TypeError, match="x must hold Fractions"):
        conditioning.sensitivity(cn.compositional(POINTS[:1], 1), [0.5])
