import signal
import threading

import numpy as np
import pytest
from helpers.nets import assert_same

import compnet_lib as cn
from compnet_lib.training._search import search
from compnet_lib.training.starts import closest, grow, pretrained

CURVES = [cn.TARGETS["sin"], cn.TARGETS["x^3"], cn.Target.read("exp(x) on -1 to 2")]


def test_pretrained_networks_are_what_pretraining_gives():
    net = pretrained(CURVES, 3, 4, seed=2, epochs=50)
    for k, curve in enumerate(CURVES):
        alone = cn.pretrain(
            cn.sample_peaks(4, 3, 2, 0.15, 0.85),
            curve,
            np.linspace(*curve.interval, 500),
            epochs=50,
            lr=1e-2,
        ).net
        np.testing.assert_array_equal(
            net[4 * k : 4 * k + 4](np.linspace(*curve.interval, 9)),
            alone(np.linspace(*curve.interval, 9)),
        )
    assert all(b is not None for b in net.biases)


def test_the_best_of_each_target_is_returned_closest_first(monkeypatch):
    monkeypatch.setattr("compnet_lib.training._search.KEEP", 5)
    net, targets = pretrained(CURVES[:2], 3, 6), [t for t in CURVES[:2] for _ in range(6)]
    found = search(net, targets, rounds=1, best=3)
    assert len(found.net) == 6 and found.history.shape[0] == 6
    for k, curve in enumerate(CURVES[:2]):
        own = found.loss[3 * k : 3 * k + 3]
        assert (np.diff(own) >= 0).all()
        np.testing.assert_allclose(own, cn.mse(found.net[3 * k : 3 * k + 3], curve), rtol=1e-6)
        np.testing.assert_allclose(
            found.history[3 * k, 0], cn.mse(net[6 * k : 6 * k + 6], curve).min(), rtol=1e-6
        )
    assert (np.diff(found.history, axis=1) <= 0).all() and (
        found.history[::3, -1] == found.loss[::3]
    ).all()


def test_without_rounds_it_is_the_best_of_one_refinement():
    net = pretrained(CURVES[0], 3, 5)
    net = net[np.argsort(-cn.refine(net, CURVES[0], iterations=200).loss)]  # the best last
    once = cn.refine(net, CURVES[0], iterations=200)
    found = search(net, CURVES[0], rounds=0)
    assert found.loss[0] == once.loss.min() and found.history.shape == (1, 2)
    assert_same(found.net, once.net[int(once.loss.argmin())])


def test_each_stage_takes_half_of_the_networks_for_twice_the_rounds(monkeypatch):
    seen, seeds = [], []
    real = cn.refine

    def noted(net, targets, **options):
        seen.append((len(net), options.get("rounds")))
        seeds.extend(options.get("seed", [])[: len(net) // 2])
        return real(net, targets, iterations=1)

    monkeypatch.setattr("compnet_lib.training._search.refine", noted)
    search(
        pretrained(CURVES[:2], 2, 40, epochs=5),
        [t for t in CURVES[:2] for _ in range(40)],
        rounds=3,
    )
    assert seen == [(80, None), (64, 3), (32, 6), (16, 12), (8, 24)]
    assert len(set(seeds)) == len(seeds) == 60  # no kick is tried twice
    seen.clear()
    search(pretrained(CURVES[0], 2, 9, epochs=5), CURVES[0], rounds=3)
    assert seen == [(9, None), (9, 3), (4, 6)]
    monkeypatch.setattr("compnet_lib.training._search.KEEP", 2)
    seen.clear()
    search(pretrained(CURVES[0], 2, 3, epochs=5), CURVES[0], rounds=3)
    assert seen == [(3, None), (2, 3)]


def test_a_target_alone_finds_what_it_finds_beside_others():
    both = closest(CURVES[:2], 2, models=5, rounds=2, seed=3)
    for k in range(2):
        alone = closest(CURVES[k], 2, models=5, rounds=2, seed=3)
        assert_same(alone.net, both.net[k])
        np.testing.assert_array_equal(alone.history[0], both.history[k])
    assert (closest(CURVES[:2], 2, models=5, rounds=2, seed=4).loss != both.loss).all()


def test_the_networks_found_are_close():
    """At depth 2 the sine within 3.3e-6, hundreds of times closer than the peaks alone."""
    found = closest(CURVES[0], 2, models=10, rounds=3)
    assert found.loss[0] < 3.3e-6 < found.history[0, 0]
    curve = CURVES[2]
    assert closest(curve, 2, models=10, rounds=1).loss[0] < 1e-4 * np.var(
        curve(np.linspace(*curve.interval, 500))
    )


def test_grown_networks_are_deeper_and_not_worse():
    found = closest(CURVES[:2], 2, models=5, rounds=1, best=2)
    targets = [t for t in CURVES[:2] for _ in range(2)]
    deeper = grow(found.net, targets, copies=4, rounds=1, best=2, seed=1)
    assert deeper.net.depth == 3 and len(deeper.net) == 4
    assert (deeper.loss[::2] < 0.9 * found.loss[::2]).all()
    np.testing.assert_allclose(deeper.history[::2, 0], found.loss[::2], rtol=1e-9)
    assert len(grow(found.net, targets, copies=1, rounds=0, best=2).net) == 4
    alone = grow(found.net[2:], CURVES[1], copies=4, rounds=1, best=2, seed=1)
    assert_same(alone.net, deeper.net[2:])


def test_an_interrupt_keeps_the_best_so_far():
    search(pretrained(CURVES[0], 2, 2, epochs=5), CURVES[0], rounds=1)  # compiled
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(1.0, signal.raise_signal, [signal.SIGINT])
    net = pretrained(CURVES[:2], 3, 6)
    try:
        timer.start()
        with pytest.raises(cn.Interrupted) as caught:
            search(net, [t for t in CURVES[:2] for _ in range(6)], rounds=100_000)
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, handler)
    found = caught.value.result
    assert len(found.net) == 2 and found.history.shape[1] >= 2
    for k, curve in enumerate(CURVES[:2]):
        np.testing.assert_allclose(found.loss[k], cn.mse(found.net[k], curve)[0], rtol=1e-5)
        assert found.loss[k] < cn.mse(net[6 * k : 6 * k + 6], curve).min()


def test_an_interrupt_among_the_first_trainings_keeps_the_best_so_far(monkeypatch):
    """Of three curves the first is pretrained, the second as far as it came, the third not."""
    curves, calls = CURVES[:3], []

    def stopped(peaks, target, x, **options):
        calls.append(target)
        found = cn.pretrain(peaks, target, x, **(options | {"epochs": 20}))
        if target is curves[1]:
            raise cn.Interrupted(found, np.full(len(peaks), 20))
        return found

    monkeypatch.setattr("compnet_lib.training.starts.pretrain", stopped)
    with pytest.raises(cn.Interrupted, match="20 epochs") as caught:
        closest(curves, 3, models=4, best=2)
    found = caught.value.result
    assert calls == curves[:2] and len(found.net) == 6
    for k, curve in enumerate(curves):
        own = slice(2 * k, 2 * k + 2)
        np.testing.assert_allclose(found.loss[own], cn.mse(found.net[own], curve))
        assert found.loss[own][0] <= found.loss[own][1]


@pytest.mark.parametrize(
    "options", [{"rounds": -1}, {"best": 7}, {"seed": -1}, {"models": 0}], ids=str
)
def test_bad_arguments_are_seen_before_any_work(options, monkeypatch):
    monkeypatch.setattr(
        "compnet_lib.training.starts.pretrain", lambda *a, **k: pytest.fail("trained")
    )
    monkeypatch.setattr("compnet_lib.training.starts.deepen", lambda *a, **k: pytest.fail("grown"))
    with pytest.raises(ValueError):
        closest(CURVES[0], **{"models": 3, **options})
    if "models" not in options:
        with pytest.raises(ValueError):
            grow(NET, CURVES[0], copies=2, **options)


NET = pretrained(CURVES[0], 2, 3, epochs=1)


@pytest.mark.parametrize(
    "call, error, name",
    [
        (lambda: pretrained("sin"), TypeError, "targets"),
        (lambda: pretrained([]), TypeError, "targets"),
        (lambda: pretrained([CURVES[0]] * 2), ValueError, "targets"),
        (lambda: pretrained(CURVES[0], 0), ValueError, "depth"),
        (lambda: pretrained(CURVES[0], models=0), ValueError, "models"),
        (lambda: pretrained(CURVES[0], seed=-1), ValueError, "seed"),
        (lambda: pretrained(CURVES[0], epochs=-1), ValueError, "epochs"),
        (lambda: closest(np.sin), TypeError, "targets"),
        (lambda: closest(CURVES[0], models=2.5), TypeError, "models"),
        (lambda: closest(CURVES[0], rounds=-1), ValueError, "rounds"),
        (lambda: closest(CURVES[0], models=1, best=3), ValueError, "best"),
        (lambda: search("net", CURVES[0]), TypeError, "net"),
        (lambda: search(NET, CURVES[:2]), ValueError, "targets"),
        (lambda: search(NET, "sin"), TypeError, "targets"),
        (lambda: search(NET, CURVES[0], best=4), ValueError, "best"),
        (lambda: search(NET, CURVES[0], seed=None), TypeError, "seed"),
        (lambda: grow(3, CURVES[0]), TypeError, "net"),
        (lambda: grow(NET, CURVES[0], copies=0), ValueError, "copies"),
        (lambda: grow(NET, CURVES[:1]), ValueError, "targets"),
    ],
)
def test_bad_arguments_are_named(call, error, name):
    with pytest.raises(error, match=rf"\b{name} must"):
        call()
