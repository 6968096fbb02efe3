"""The splits into training and test points."""

from fractions import Fraction as Q

import numpy as np
import pytest

import compnet_lib as cn
from compnet_lib.experiments.compositional.splits import SPLITS, split

each_split = pytest.mark.parametrize("name", SPLITS)


@each_split
@pytest.mark.parametrize("points", [2, 3, 10])
def test_points_are_those_that_the_name_says(name, points):
    """The description is evaluated as it stands, in rationals."""
    train, test = SPLITS[name].replace("i/n", "i*(1/n)").split(" against ")
    number = {"n": Q(points), "Q": Q}

    def values(formula, count):
        formula = (
            formula.replace("2i", "2*i")
            .replace("2n", "2*n")
            .replace("1/2", "Q(1,2)")
            .replace("1/4", "Q(1,4)")
            .replace("3/4", "Q(3,4)")
        )
        return [float(eval(formula, number | {"i": Q(i)})) for i in range(count)]

    found = split(name, points)
    np.testing.assert_allclose(found[0], values(train, points), atol=1e-15)
    if test == "its n-1 midpoints":
        ends = values(train, points)
        np.testing.assert_allclose(
            found[1], [(a + b) / 2 for a, b in zip(ends, ends[1:])], atol=1e-15
        )
    else:
        np.testing.assert_allclose(found[1], values(test, points), atol=1e-15)


@each_split
def test_test_points_are_as_far_from_the_data_as_can_be(name):
    train, test = split(name, 10)
    assert min(*train, *test) >= 0 and max(*train, *test) <= 1
    gaps = np.abs(test[:, None] - train).min(1)
    np.testing.assert_allclose(gaps, np.diff(train)[0] / 2, atol=1e-12)
    np.testing.assert_allclose(np.diff(train), np.diff(train)[0], atol=1e-12)
    assert len(train) == 10 and len(test) == 10 - (name == "both ends")


@each_split
def test_another_interval_holds_the_same_points_stretched(name):
    for there, unit in zip(split(name, 5, (-1, 2)), split(name, 5)):
        np.testing.assert_allclose(there, 3 * unit - 1, atol=1e-15)


@pytest.mark.parametrize(
    "arguments, error",
    [
        (("halves",), "name must be one of"),
        ((3,), "name must be one of"),
        (("quarters", 1), "points must be at least 2"),
        (("quarters", 2.5), "points must be an integer"),
        (("quarters", 4, (1, 1)), "interval must have low < high"),
        (("quarters", 4, 3), "interval must be a pair"),
    ],
)
def test_bad_input_is_named(arguments, error):
    with pytest.raises((TypeError, ValueError), match=error):
        split(*arguments)


@pytest.mark.parametrize("sign", [-1, 1])
def test_pretrained_networks_have_no_wrong_turns(sign):
    """What the chapter counts is made by the second phase:
    under (4) every network turns one way, exactly."""
    for peaks in ([Q(1, 3), Q(2, 5), Q(5, 7)], [Q(1, 10), Q(9, 10), Q(1, 2), Q(1, 7)]):
        net = cn.compositional(np.array([peaks], dtype=object), sign)
        rise, fall = cn.piecewise_linear(net)[0].turning()
        assert (fall == 0 < rise) if sign < 0 else (rise == 0 < fall)
