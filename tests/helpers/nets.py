"""Comparisons of stacks."""

import numpy as np


def assert_same(one, other):
    """The same arrays, bit by bit."""
    for a, b in zip([*one.weights, *one.biases], [*other.weights, *other.biases], strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)
