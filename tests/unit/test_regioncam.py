"""Zeros of hidden neurons, counted by another package that cuts an interval at each of them.

Its regions are intervals with one activation pattern, in float32: those of a network that bends at
every zero are its pieces, others have fewer pieces than regions.
"""

import numpy as np
import pytest
import regioncam

import compnet_lib as cn
from compnet_lib.experiments import count_pieces

REACH = 3.0
SHAPES = [(1, 40), (2, 20), (3, 5), (4, 10), (5, 8), (6, 4)]


def regions(net, i):
    """How many intervals of one pattern member i has on [-3, 3]."""
    line = regioncam.Regioncam1D(2 * REACH)
    for k, (w, b) in enumerate(zip(net.weights, net.biases)):
        line.linear(np.ascontiguousarray(w[i].T), np.ascontiguousarray(b[i]))
        if k < len(net.widths):
            line.relu()
    return line.num_edges


@pytest.mark.parametrize(("depth", "width"), SHAPES)
def test_as_many_zeros_as_regioncam_finds(depth, width):
    net = cn.default_init(40, depth, width, 7, dtype=np.float32)
    told = 0
    for i, found in enumerate(cn.to_breakpoints(net)):
        zeros = found.breakpoints
        inside = zeros[(zeros > -REACH) & (zeros < REACH)]
        if np.diff(inside).min(initial=1) > 1e-6:  # closer ones float32 cannot tell
            told += 1
            assert regions(net, i) == len(inside) + 1
    assert told >= 38


@pytest.mark.parametrize(("depth", "width"), SHAPES)
def test_pieces_are_at_most_regions(depth, width):
    net = cn.default_init(40, depth, width, 8, dtype=np.float32)
    inside = count_pieces(net, -REACH, REACH)[:, 1]
    assert all(bends + 1 <= regions(net, i) for i, bends in enumerate(inside))
