"""Two-layer networks without biases: cells, the Sobolev semi-norm, other parameters of a function
and the nearest, against linear programs, polytopes, rational arithmetic and sampling."""

from fractions import Fraction as Q
from itertools import product
from math import comb

import hypothesis.strategies as st
import numpy as np
import polytope
import pytest
from hypothesis import given
from scipy.optimize import linprog

import compnet_lib as cn
from compnet_lib import stability

fractions = np.vectorize(Q, otypes=[object])


def network(a, c):
    """A stack of the weight vectors a (models, m, d), read with c (models, m)."""
    a, c = np.asarray(a), np.asarray(c)
    return cn.ReLUNet([a, c[:, None]], [None, None])


def drawn(seed, models, m, d, integers=False):
    rng = np.random.default_rng(seed)
    if integers:
        a = rng.integers(-2, 3, (models, m, d))
        return network(fractions(a), fractions(rng.integers(-3, 4, (models, m))))
    return network(rng.normal(size=(models, m, d)), rng.normal(size=(models, m)))


def positive(net):
    """The same with positive last two weights of each neuron: no directions are opposite."""
    a = net.weights[0].copy()
    a[:, :, -2:] = np.abs(a[:, :, -2:]) + (Q(1, 7) if net.dtype == object else 1 / 7)
    return cn.ReLUNet([a, net.weights[1]], [None, None])


def exact(net):
    return cn.ReLUNet([fractions(w) for w in net.weights], [None, None])


def feasible(normals):
    """Of all sign vectors those of a point with <a_i, x> at least 1 or at most -1, by a linear
    program each."""
    normals = np.asarray(normals, float)
    found = []
    for sides in product((-1, 1), repeat=len(normals)):
        rows = -np.array(sides)[:, None] * normals
        told = linprog(np.zeros(rows.shape[1]), rows, -np.ones(len(rows)), bounds=(None, None))
        if told.status == 0:
            found.append(sides)
    return np.array(found, np.int8)


def by_programs(net, i=0):
    """The semi-norm, from the gradient in each cell that a linear program finds."""
    a, c = net.weights[0][i], net.weights[1][i, 0]
    live = np.abs(a).max(1) > 0
    a, c = a[live], c[live]
    if not len(a):
        return 0
    sides = feasible(a)
    gradients = [((c * (side > 0))[:, None] * a).sum(0) for side in sides]
    return np.abs(gradients).max()


# Cells


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("n", [1, 2, 4, 7])
def test_cells_in_general_position_are_as_many_as_cover_counts(n, d):
    normals = np.random.default_rng(n + 10 * d).normal(size=(n, d))
    expected = 2 if d == 1 else 2 * sum(comb(n - 1, k) for k in range(d))
    assert len(cn.cells(normals)) == expected


def test_a_dozen_hyperplanes_in_four_dimensions():
    normals = np.random.default_rng(0).normal(size=(12, 4))
    assert len(cn.cells(normals)) == 2 * (1 + 11 + comb(11, 2) + comb(11, 3))


@given(st.integers(1, 4), st.integers(1, 6), st.integers(0, 10**6))
def test_cells_are_the_sign_vectors_that_have_a_point(d, n, seed):
    rng = np.random.default_rng(seed)
    normals = rng.integers(-1, 2, (n, d))  # planes that coincide, and many through one line
    normals[~normals.any(1)] = 1
    expected = feasible(normals)
    np.testing.assert_array_equal(cn.cells(normals), np.unique(expected, axis=0))
    np.testing.assert_array_equal(cn.cells(fractions(normals) / 3), cn.cells(normals))


@pytest.mark.parametrize(("n", "d"), [(4, 2), (5, 3), (5, 4)])
def test_cells_are_polytopes_with_an_inside(n, d):
    normals = np.random.default_rng(d).integers(-2, 3, (n, d))
    normals[~normals.any(1)] = 1
    box = polytope.box2poly([[-1, 1]] * d)
    found = []
    for sides in product((-1, 1), repeat=n):
        rows = np.vstack([-np.array(sides)[:, None] * normals, box.A])
        cell = polytope.Polytope(rows, np.concatenate([np.zeros(n), box.b]))
        if polytope.is_fulldim(cell):
            found.append(sides)
    np.testing.assert_array_equal(cn.cells(normals), np.array(found))


def test_slivers_are_cells():
    """Two directions that differ by one rounding enclose one."""
    twin = np.nextafter(1, 2)
    assert len(cn.cells([[1.0, 1.0], [1.0, twin]])) == 4
    assert len(cn.cells([[1.0, 1.0], [3.0, 3.0]])) == 2
    thin = [[1.0, 1, 1], [1, 1, twin], [1, twin, 1], [1.0, 2, 3]]
    assert len(cn.cells(thin)) == 14


# The semi-norm


@pytest.mark.parametrize("d", [1, 2, 3, 4])
@pytest.mark.parametrize("m", [1, 3, 5])
def test_the_seminorm_is_the_largest_gradient_of_all_cells(m, d):
    net = drawn(m + 10 * d, 5, m, d)
    expected = [by_programs(net, i) for i in range(5)]
    np.testing.assert_allclose(cn.seminorm(net), expected, rtol=1e-13)
    np.testing.assert_allclose(cn.seminorm(exact(net)).astype(float), expected, rtol=1e-13)


@given(st.integers(1, 4), st.integers(1, 6), st.integers(0, 10**6))
def test_the_seminorm_of_rational_networks_is_exact(d, m, seed):
    """With weight vectors on one line, opposite ones, zeros, and many planes through a line."""
    net = drawn(seed, 2, m, d, integers=True)
    found = cn.seminorm(net)
    assert found.tolist() == [by_programs(net, i) for i in range(2)]
    floats = cn.ReLUNet([w.astype(float) for w in net.weights], [None, None])
    np.testing.assert_allclose(cn.seminorm(floats), found.astype(float), atol=1e-13)


@pytest.mark.parametrize("d", [2, 3, 4])
def test_sampled_gradients_approach_the_seminorm_from_below(d):
    net = drawn(d, 1, 7, d)
    points = np.random.default_rng(0).normal(size=(100_000, d))
    a, c = net.weights[0][0], net.weights[1][0, 0]
    sampled = np.abs(((points @ a.T > 0) * c) @ a).max()
    found = cn.seminorm(net)[0]
    assert 0.9 * found < sampled <= found * (1 + 1e-12)


def test_of_two_networks_it_is_that_of_their_difference():
    net, other = drawn(1, 3, 3, 3), drawn(2, 3, 4, 3)
    joined = [
        np.concatenate(pair, axis) for pair, axis in zip(zip(net.weights, other.weights), (1, 2))
    ]
    joined[1][:, :, 3:] *= -1
    np.testing.assert_array_equal(
        cn.seminorm(net, other), cn.seminorm(cn.ReLUNet(joined, [None, None]))
    )


@pytest.mark.parametrize("d", [2, 3, 4])
def test_nearly_parallel_directions_are_told_apart(d):
    """A turn by 1e-9 costs the whole jump, as in rational numbers."""
    rng = np.random.default_rng(d)
    a = rng.normal(size=(20, 4, d))
    a[:, 1] = a[:, 0] + 1e-9 * rng.normal(size=(20, d))
    net = network(a, rng.normal(size=(20, 4)))
    expected = cn.seminorm(exact(net)).astype(float)
    np.testing.assert_allclose(cn.seminorm(net), expected, rtol=1e-13)
    turned = network(a[:, :2], [[1.0, -1.0]] * 20)
    jumps = np.abs(a[:, :2]).max(2).min(1)
    assert (cn.seminorm(turned) >= jumps * (1 - 1e-6)).all()


def test_a_rounding_of_a_direction_costs_the_whole_jump_unless_it_is_merged():
    a = np.array([[[1.0, 1.0], [1.0, np.nextafter(1, 2)]]])
    net = network(a, [[1.0, -1.0]])
    assert cn.seminorm(net, tol=0) == pytest.approx(1)
    assert cn.seminorm(net) <= 1e-15


def test_the_fast_way_and_the_exact_way_agree_on_a_stack():
    generic, special = drawn(3, 4, 6, 3), drawn(4, 4, 6, 3, integers=True)
    mixed = [np.concatenate([g, s.astype(float)]) for g, s in zip(generic.weights, special.weights)]
    found = cn.seminorm(cn.ReLUNet(mixed, [None, None]))
    np.testing.assert_array_equal(found[:4], cn.seminorm(generic))
    np.testing.assert_allclose(found[4:], cn.seminorm(special).astype(float), atol=1e-13)


def test_too_many_hyperplanes_are_refused_before_work_is_done():
    with pytest.raises(ValueError, match=r"^net must have fewer hyperplanes, got 300 in 4"):
        cn.seminorm(drawn(0, 1, 300, 4))
    with pytest.raises(ValueError, match=r"^normals must have fewer hyperplanes, got 300 in 4"):
        cn.cells(np.random.default_rng(0).normal(size=(300, 4)))


# Other parameters of the same function


@given(st.integers(1, 4), st.integers(1, 5), st.integers(0, 10**6))
def test_merged_and_balanced_networks_are_the_same_function(d, m, seed):
    net = drawn(seed, 2, m, d, integers=True)
    merged, balanced = stability.merged(net), stability.balanced(net)
    for other in (merged, balanced):
        assert not cn.seminorm(net, other).any()
    directions = [
        {tuple(v / max(map(abs, row)) for v in row) for row in a if any(row)}
        for a in merged.weights[0].tolist()
    ]
    assert [len(one) for one in directions] == [
        int((np.abs(a).max(1) > 0).sum()) for a in merged.weights[0]
    ]
    sizes, read = np.abs(balanced.weights[0]).max(2), np.abs(balanced.weights[1][:, 0])
    np.testing.assert_allclose(sizes.astype(float), read.astype(float), rtol=1e-15)


def test_parallel_neurons_merge_as_eq_35_says():
    net = network([[[1.0, 2.0], [3.0, 6.0], [-1.0, -2.0]]], [[5.0, 1.0, 4.0]])
    found = stability.merged(net)
    np.testing.assert_array_equal(found.weights[0][0], [[1, 2], [0, 0], [-1, -2]])
    np.testing.assert_array_equal(found.weights[1][0, 0], [5 + 1 * 3, 0, 4])


def test_weights_that_add_up_to_zero_can_be_turned_round():
    net = network(fractions([[[1, 2], [3, -1], [-4, -1]]]), fractions([[1, 1, 1]]))
    found = stability.switched(net)
    assert (found.weights[0] == -net.weights[0]).all()
    assert cn.seminorm(net, found)[0] == 0
    ones = fractions([[1, 1, 1]])
    for off in (Q(1, 10**20), Q(-3)):
        a = net.weights[0].copy()
        a[0, 0, 0] += off
        assert cn.seminorm(network(a, ones), network(-a, ones))[0] == abs(off)
        with pytest.raises(ValueError, match=r"add up to 0, got a sum of .* in member 0"):
            stability.switched(network(a, ones))


@pytest.mark.parametrize("kind", ["random", "zeros", "copies"])
def test_lifted_networks_are_restricted_and_the_same_function(kind):
    rng = np.random.default_rng(3)
    a, b = rng.integers(-3, 4, (4, 5, 2)), rng.integers(-3, 4, (4, 5))
    c, e = rng.integers(-3, 4, (4, 1, 5)), rng.integers(-3, 4, (4, 1))
    if kind == "zeros":
        a[:, :2], b[:, 0], c[:, :, 3], e[:2] = 0, 0, 0, 0
    if kind == "copies":
        a[:, 1], b[:, 1], a[:, 2], b[:, 2] = 2 * a[:, 0], 2 * b[:, 0], -a[:, 0], -b[:, 0]
    net = cn.ReLUNet([fractions(a), fractions(c)], [fractions(b), fractions(e)])
    found = stability.lifted(net)
    x = fractions(rng.integers(-9, 10, (30, 2)))
    ends = np.concatenate([x, fractions([[1, -1]] * 30)], 1)
    assert (found(ends) == net(x)).all()
    assert cn.is_restricted(found), str(cn.is_restricted(found))
    assert (found.inputs, found.widths) == (4, (6,))


# The restricted space


def test_each_condition_of_definition_3_2_is_seen_with_its_neurons():
    good = network([[[0.5, 1, 1], [-1, 1, 0.5]]] * 4, [[1.0, -1.0]] * 4)
    assert cn.is_restricted(good) and str(cn.is_restricted(good)) == "all members are restricted"
    a, c = good.weights[0].copy(), good.weights[1][:, 0].copy()
    c[1, 0] = 2
    a[2, 1], c[2, 1] = [1, 2, 2], 2
    a[3, 0, 1] = 0
    found = cn.is_restricted(network(a, c))
    assert not found
    assert found.holds.tolist() == [True, False, False, False]
    assert str(found).splitlines() == [
        "member 1: neurons 0 are not balanced",
        "member 2: neurons 0, 1 have the direction of another one",
        "member 3: neurons 0 have a last or last but one weight that is not positive",
    ]


# The nearest parameters


@pytest.mark.parametrize("d", [2, 3, 4])
@pytest.mark.parametrize("size", [1.0, 1e-3, 1e-9])
def test_theorem_3_1_on_near_and_far_networks(d, size):
    net = stability.balanced(positive(drawn(d, 200, 4, d)))
    other = positive(
        network(net.weights[0] * (1 + size * drawn(7, 200, 4, d).weights[0]), net.weights[1][:, 0])
    )
    found = cn.reparametrize(net, other)
    scale = np.maximum(cn.seminorm(net), cn.seminorm(other))
    assert (cn.seminorm(found.net, other) <= 1e-10 * scale).all()
    assert (found.distance <= found.bound + 1e-12).all()
    assert (found.distance <= 4 * np.sqrt(found.seminorm) + 1e-12).all()


def test_rational_reparametrizations_realize_g_exactly():
    net, g = (
        positive(drawn(1, 30, 4, 3, integers=True)),
        positive(drawn(2, 30, 4, 3, integers=True)),
    )
    net = stability.merged(net)
    found = cn.reparametrize(net, g)
    assert not cn.seminorm(found.net, g).any()
    assert (found.seminorm == cn.seminorm(net, g)).all()
    assert (found.distance.astype(float) <= found.bound).all()


def test_the_matching_is_the_best_of_all_permutations_and_factors():
    """Factors from a fine grid, by permutation: never better, and close to it."""
    net, g = drawn(1, 3, 3, 2), drawn(2, 3, 3, 2)
    found = stability.matched(net, g)
    factors = np.exp(np.linspace(-7, 7, 20_001))
    for i in range(3):
        a, c = net.weights[0][i], net.weights[1][i, 0]
        b, e = g.weights[0][i], g.weights[1][i, 0]
        cost = np.array(
            [
                [
                    np.maximum(
                        np.abs(factors[:, None] * b[k] - a[j]).max(1), np.abs(e[k] / factors - c[j])
                    ).min()
                    for k in range(3)
                ]
                for j in range(3)
            ]
        )
        orders = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
        best = min(max(cost[j, k] for j, k in enumerate(order)) for order in orders)
        apart = max(np.abs(found.weights[0][i] - a).max(), np.abs(found.weights[1][i, 0] - c).max())
        assert best * (1 - 2e-3) <= apart <= best * (1 + 1e-12)


def test_equal_functions_are_found_at_once():
    net = positive(drawn(5, 10, 4, 3))
    shuffled = network(net.weights[0][:, ::-1] * 3, net.weights[1][:, 0, ::-1] / 3)
    found = cn.reparametrize(net, shuffled)
    assert (found.distance <= 1e-14).all() and (found.seminorm <= 1e-14).all()


def test_neurons_of_net_that_g_does_not_need_do_nothing():
    net, g = positive(drawn(1, 5, 4, 3)), positive(drawn(2, 5, 2, 3))
    found = cn.reparametrize(net, g)
    assert found.net.widths == (4,)
    assert (cn.seminorm(found.net, g) <= 1e-14).all()
    products = found.net.weights[1][:, 0] * np.abs(found.net.weights[0]).max(2)
    assert ((products != 0).sum(1) == 2).all()


@pytest.mark.parametrize(
    ("net", "g", "told"),
    [
        ([[1, 1], [2, 2]], [[1, 2], [2, 1]], r"neurons 0 and 1 in member 0: merged"),
        ([[1, 1], [-2, -2]], [[1, 2], [2, 1]], r"neuron 0 of net and neuron 1 of net"),
        ([[1, 1], [1, 2]], [[-1, -1], [2, 1]], r"neuron 0 of net and neuron 0 of g"),
        ([[1, 1], [1, 2]], [[1, 3], [-1, -3]], r"neuron 0 of g and neuron 1 of g"),
        ([[1, 1]], [[1, 3], [3, 1]], r"^g must have at most 1 direction"),
    ],
)
def test_what_the_theorem_excludes_is_named_with_its_neurons(net, g, told):
    net, g = ([np.array(one, float)] for one in (net, g))
    net, g = (network(a, np.ones((1, len(a[0])))) for a in (net, g))
    with pytest.raises(ValueError, match=told):
        cn.reparametrize(net, g)


@pytest.mark.parametrize(
    ("a", "c", "expected"),
    [
        ([[-1, -1, -1], [0, -1, -1], [-1, 0, 0], [-1, 1, 1]], [-2, -2, -2, -3], 7),
        ([[0, 0, 1], [-1, -1, 0], [1, -1, 0], [0, -1, 0]], [1, 3, 1, -1], 3),
    ],
)
def test_planes_through_one_line_are_not_taken_for_generic_ones(a, c, expected):
    """Where three planes meet in a line, not every side of each goes with every side of others."""
    net = network(np.array([a], float), np.array([c], float))
    assert cn.seminorm(net)[0] == by_programs(net) == expected
