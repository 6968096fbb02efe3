"""Random pairs for inverse stability, and training inside the restricted space and outside."""

import numpy as np
import pytest
import torch

import compnet_lib as cn
from compnet_lib.experiments import (
    PAIRS,
    angle_instances,
    restricted_training,
    stability_instances,
)
from compnet_lib.experiments.inverse_stability import _angles, _instances, _trained

SQUARE, SINE = cn.TARGETS["x^2"], cn.Target.from_formula("sin(7*x)")


def test_every_kind_in_every_dimension():
    found = stability_instances(180, dimensions=[2, 5], neurons=3, seed=1)
    places = list(zip(found.kind.values, found.dimension.values))
    assert {pair: places.count(pair) for pair in places} == {
        (kind, d): 15 for kind in PAIRS for d in (2, 5)
    }
    assert (found.balanced.notnull() == found.restricted).all()
    assert found.identical(stability_instances(180, dimensions=[2, 5], neurons=3, seed=1))
    assert not found.equals(stability_instances(180, dimensions=[2, 5], neurons=3, seed=2))


@pytest.mark.parametrize("kind", PAIRS)
def test_pairs_are_what_they_are_said_to_be(kind):
    rng = np.random.default_rng(3)
    inside = np.array([True, False] * 20)
    u, p, v, q = _instances._drawn(rng, kind, _instances._directions(rng, inside, 4, 3))
    net = _instances._network(u, p, np.ones_like(p))
    other = _instances._network(v, q, np.ones_like(q))
    for half in (net, other):
        assert bool(cn.is_restricted(half[np.flatnonzero(inside)], tol=1e-12))
    assert np.allclose(np.abs(u).max(2), 1) and np.allclose(np.abs(v).max(2), 1)
    least = np.abs(p).min(1)
    if kind == "same directions":
        assert (u == v).all() and (least >= 0.5).all()
    if kind == "vanishing unit":
        assert (u[:, :-1] == v[:, :-1]).all() and (p[:, -1] == _instances.HARDLY).all()
    if kind == "nearly parallel":
        gaps = np.abs(u[:, :1] - np.stack([u[:, 1], v[:, 0]], 1)).max(2)
        assert np.allclose(gaps, [1e-9, 2e-9], rtol=1e-6)


def test_balanced_distance_is_the_least_over_all_orders():
    rng = np.random.default_rng(4)
    u, v = _instances._directions(rng, np.ones(30, bool), 3, 2).transpose(1, 0, 2, 3)
    p, q = rng.normal(size=(2, 30, 3))
    found = _instances._balanced_distance(u, p, v, q)
    net, other = (_instances._network(w, s, np.ones_like(s)) for w, s in ((u, p), (v, q)))
    least = np.full(30, np.inf)
    for order in np.array(np.meshgrid(*[range(3)] * 3)).reshape(3, -1).T:
        if len(set(order)) == 3:
            a = np.abs(other.weights[0][:, order] - net.weights[0]).max((1, 2))
            c = np.abs(other.weights[1][:, 0, order] - net.weights[1][:, 0]).max(1)
            least = np.minimum(least, np.maximum(a, c))
    assert np.allclose(found, least, rtol=1e-12)


def test_largest_on_the_disc_by_many_points():
    rng = np.random.default_rng(5)
    angles, products = rng.uniform(0, 2 * np.pi, (40, 5)), rng.normal(size=(40, 5))
    found = _angles._largest_on_disc(angles, products)
    around = np.linspace(0, 2 * np.pi, 100_001)
    values = np.array(
        [p @ np.maximum(np.cos(a[:, None] - around), 0) for a, p in zip(angles, products)]
    )
    sampled = np.abs(values).max(1)
    assert (sampled <= found + 1e-12).all()
    steepest = np.abs(products).sum(1)  # per radian
    assert (found <= sampled + steepest * np.pi / 100_000 + 1e-12).all()


def test_gradients_by_automatic_differentiation():
    rng = np.random.default_rng(6)
    a, c = rng.normal(size=(4, 5, 3)), rng.normal(size=(4, 5))
    inputs, y, slopes = _trained._data([SQUARE, SINE], 7, 2)
    weight = np.array([[0.0], [1.0], [0.0], [1.0]])
    found = _trained._gradients(a, c, inputs, y, slopes, weight)
    ta, tc = (torch.tensor(v, requires_grad=True) for v in (a, c))
    x = torch.tensor(inputs, requires_grad=True)
    out = (torch.relu(x @ ta.mT) * tc[:, None]).sum(2)
    (along,) = torch.autograd.grad(out.sum(), x, create_graph=True)
    loss = ((out - torch.tensor(y)) ** 2).mean(1)
    loss += torch.tensor(weight[:, 0]) * ((along[..., 0] - torch.tensor(slopes)) ** 2).mean(1)
    loss.sum().backward()
    assert np.allclose(found[0], ta.grad, rtol=1e-10, atol=1e-12)
    assert np.allclose(found[1], tc.grad, rtol=1e-10, atol=1e-12)


def test_adam_is_torchs():
    start = _trained.lifted(cn.default_init(2, 1, 3, 7))
    found = _trained._trained(start, [SQUARE], 6, 30, 0.01)
    inputs, y, slopes = map(torch.tensor, _trained._data([SQUARE], 6, 4))
    for k, with_slopes in ((0, 0.0), (2, 1.0)):  # free, on both losses
        a, c = (torch.tensor(w.copy(), requires_grad=True) for w in start.weights)
        adam = torch.optim.Adam([a, c], 0.01)
        for _ in range(30):
            adam.zero_grad()
            z = inputs[:2] @ a.mT
            turned = ((z > 0) * (c * a[:, None, :, 0])).sum(2)
            miss = (((z.relu() * c).sum(2) - y[:2]) ** 2).mean(1)
            (miss + with_slopes * ((turned - slopes[:2]) ** 2).mean(1)).sum().backward()
            adam.step()
        assert np.allclose(found.weights[0][k : k + 2], a.detach(), atol=1e-9)
        assert np.allclose(found.weights[1][k : k + 2], c.detach(), atol=1e-9)


def test_restricted_training_stays_restricted():
    start = _trained.lifted(cn.default_init(3, 1, 6, 1))
    found = _trained._trained(start, [SINE, SQUARE], 8, 120, 0.02)
    kept = np.tile(np.repeat([False, True], 6), 2)
    a, c = found.weights[0][kept], found.weights[1][kept]
    live = (c[:, 0] != 0) & (np.abs(a).max(2) > 0)
    assert (a[..., 1:][live] > 0).all()
    assert not cn.is_restricted(found[np.flatnonzero(kept)], tol=1e-9).unbalanced.any()
    assert cn.is_restricted(found[np.flatnonzero(~kept)]).unbalanced.any()


def test_close_directions_become_one():
    near = np.array([[[1.0, 1.0, 1.0], [2.0, 2.0, 2.0 + 1e-4], [1.0, 2.0, 1.0]]])
    a, c = _trained._restricted(near, np.array([[1.0, 1.0, 1.0]]), True)
    assert (a[0, 1] == 0).all() and c[0, 1] == 0
    assert c[0, 0] * np.abs(a[0, 0]).max() == pytest.approx(3, rel=1e-3)


def test_errors_of_what_is_fitted():
    found = restricted_training([SQUARE], points=20, neurons=12, models=4, epochs=1500, lr=0.01)
    best = found.min("model")
    assert (best["values"] < 1e-3).all()
    assert (best["slopes"] < 0.1).all()
    assert (found.unbalanced.sel(space="restricted") < 1 + 1e-9).all()
    assert (found.outside.sel(space="restricted") == 0).all()


@pytest.mark.parametrize(
    ("named", "call"),
    [
        ("instances", lambda: stability_instances(17)),
        ("dimensions", lambda: stability_instances(100, dimensions=[1])),
        ("dimensions", lambda: stability_instances(100, dimensions=[])),
        ("neurons", lambda: stability_instances(100, neurons=1)),
        ("seed", lambda: stability_instances(100, seed=-1)),
        ("instances", lambda: angle_instances(0)),
        ("lines", lambda: angle_instances(5, lines=1)),
        ("curves", lambda: restricted_training([])),
        ("curves", lambda: restricted_training([SQUARE, SQUARE])),
        ("curves", lambda: restricted_training([cn.Target("f", np.exp)])),
        ("points", lambda: restricted_training([SQUARE], points=1)),
        ("neurons", lambda: restricted_training([SQUARE], neurons=0)),
        ("models", lambda: restricted_training([SQUARE], models=0)),
        ("epochs", lambda: restricted_training([SQUARE], epochs=0)),
        ("lr", lambda: restricted_training([SQUARE], lr=0.0)),
        ("lr", lambda: restricted_training([SQUARE], lr=1e200, epochs=3)),
    ],
)
def test_bad_arguments_are_named(named, call):
    with pytest.raises((TypeError, ValueError), match=rf"^{named} must"):
        call()


def test_a_change_of_a_product_may_be_at_least_what_untilted_lines_allow():
    r"""The bound is $2\varepsilon\cot\frac\theta4$ and a positive term that fades with the tilt."""
    found = angle_instances(200, seed=1)
    level = 2 * found.difference / np.tan(found.angle / 4)
    assert (found.change_bound > level).all()
    close = found.isel(instance=(found.difference < 1e-4).values)
    ratio = close.change_bound / level.isel(instance=(found.difference < 1e-4).values)
    assert len(close.instance) > 5 and (ratio < 10).all()
