"""What cannot fit into memory is refused before it is made, with about what it would need."""

import re
import tracemalloc

import numpy as np
import pytest

import compnet_lib as cn
from compnet_lib import experiments
from compnet_lib._core import memory

SQUARE = cn.TARGETS["x^2"]
X = np.linspace(0, 1, 500)
NET, WIDE = cn.default_init(2, 2, 3), cn.default_init(1, 1, 2500)
MANY = 10**6
UNITS = {"bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}


def flat(*shape):
    """An array of 0.4 that takes no memory, whatever its shape."""
    return np.broadcast_to(0.4, shape)


TOO_LARGE = {  # the argument to blame, and the call
    "mesh": ("peaks", lambda: cn.mesh([0.5] * 60)),
    "mesh of a stack": ("peaks", lambda: cn.mesh(np.full((1000, 20), 0.5))),
    "waves": ("x", lambda: cn.waves(np.full(10**5, 0.5), np.full((1000, 9), 0.5))),
    "series": ("x", lambda: cn.series(np.full(10**5, 0.5), np.full((1000, 9), 0.5), 1)),
    "gram": ("peaks", lambda: cn.gram([0.5] * 10**5)),
    "series_mse": ("peaks", lambda: cn.series_mse([0.5] * 10**5, SQUARE)),
    "sample_peaks": ("models and depth", lambda: cn.sample_peaks(MANY, MANY, 0)),
    "default_init": ("models, depth and width", lambda: cn.default_init(1, 10**9, 1)),
    "raai_init": ("models, depth and width", lambda: cn.raai_init(1, 1, 10**9)),
    "compositional": ("peaks", lambda: cn.compositional(flat(10**5, 100), 1)),
    "recover_peaks": ("depth", lambda: cn.recover_peaks(np.sin, MANY, (1.0, -1.0))),
    "pretrained": ("models and depth", lambda: cn.pretrained(SQUARE, models=MANY)),
    "closest": ("models and depth", lambda: cn.closest(SQUARE, models=MANY)),
    "grow": ("copies", lambda: cn.grow(NET, SQUARE, copies=MANY)),
    "deepen": ("net", lambda: cn.deepen(WIDE)),
    "run_regime": (
        "models, depth and width",
        lambda: cn.run_regime("default", [SQUARE], X, models=MANY),
    ),
    "grid": ("models, depth and width", lambda: cn.grid("free", [SQUARE], X, models=MANY)),
    "train": ("x", lambda: cn.train(NET, flat(10**7), flat(10**7), epochs=1, lr=0.1)),
    "train's records": (
        "every",
        lambda: cn.train(NET, SQUARE, X, epochs=10**12, lr=0.1, every=1),
    ),
    "a call": ("x", lambda: NET(flat(10**7))),
    "concatenate": ("nets", lambda: cn.ReLUNet.concatenate([WIDE] * 10**4)),
    "bootstrap": ("resamples", lambda: experiments.bootstrap([1.0, 2.0], resamples=10**9)),
    "evenly": ("points", lambda: experiments.evenly([SQUARE], 10**9)),
    "grid of a target": ("points", lambda: SQUARE.grid(10**9)),
    "each_depth": (
        "models, starts and depths",
        lambda: experiments.each_depth([SQUARE], [1], ["peaks"], models=MANY),
    ),
}


@pytest.mark.parametrize(("argument", "call"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_does_not_fit_is_refused_before_it_is_made(argument, call, monkeypatch):
    monkeypatch.setattr(memory, "free", lambda: 2 * memory.SMALL)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=f"^{argument} must be smaller, got .* of memory"):
            call()
        assert tracemalloc.get_traced_memory()[1] < 2 * memory.SMALL
    finally:
        tracemalloc.stop()


def test_a_thousand_peaks_are_not_asked_for():
    """However many are asked for: floats have room for about a thousand."""
    with pytest.raises(ValueError, match=r"^h must leave room for a peak .* level 10\d\d"):
        cn.retract(lambda x: x, 10**9)


def test_a_depth_that_no_network_has_is_refused_at_once():
    with pytest.raises(ValueError, match=r"^F must have 2\^1000000 linear regions"):
        cn.recover_peaks(cn.piecewise_linear(NET)[0], 10**6)


def test_polynomials_have_a_degree_that_can_be_integrated():
    found = cn.moments([0] * 1000 + [1], [0.5])
    assert abs(found[0] - 1 / 1002) < 1e-15
    with pytest.raises(ValueError, match="^polynomial must be of degree 1,000 at most"):
        cn.moments([1] * 1002, [0.5])


@pytest.mark.slow
@pytest.mark.parametrize(
    "call",
    [
        lambda: cn.mesh([0.4] * 14),
        lambda: cn.mesh(np.full((200, 11), 0.4)),
        lambda: cn.waves(np.linspace(0, 1, 10**5), [0.4] * 12),
        lambda: cn.series(np.linspace(0, 1, 10**4), np.full((40, 5), 0.4), 1),
        lambda: cn.gram([0.4] * 400),
        lambda: cn.sample_peaks(300, 4000, 0),
        lambda: cn.default_init(20, 6, 100),
        lambda: cn.raai_init(2000, 5, 4),
        lambda: cn.compositional(np.full((4000, 10), 0.4), 1),
        lambda: NET(np.linspace(0, 1, 10**5)),
        lambda: cn.ReLUNet.concatenate([WIDE] * 40),
        lambda: experiments.bootstrap(np.arange(300.0)),
    ],
)
def test_what_is_told_is_about_what_is_needed(call, monkeypatch):
    monkeypatch.setattr(memory, "SMALL", 0)
    asked = []
    monkeypatch.setattr(memory, "fit", lambda name, value, need: asked.append(need))
    call()  # what is imported and compiled is not counted
    asked.clear()
    tracemalloc.start()
    try:
        call()
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most / 3 < max(asked) < 3 * most


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "about 0 bytes"),
        (999, "about 999 bytes"),
        (1000, "about 1 kB"),
        (2**30, "about 1.07 GB"),
        (10**15, "more than 1,000 TB"),
        (10**400, "more than 1,000 TB"),
    ],
)
def test_bytes_are_told_in_words(count, told):
    assert memory.size(count) == told


def test_sizes_are_told_as_a_reader_counts_them():
    with pytest.raises(ValueError) as refused:
        cn.mesh([0.5] * 33)
    need, unit = re.search(r"needs about ([\d.]+) (\w+) of memory", str(refused.value)).groups()
    assert 8 * 2**33 < float(need) * UNITS[unit] < 1000 * 2**33
