"""What is counted is counted right, and turns are taken.
How long something takes is never a test."""

import re
from collections import Counter
from itertools import groupby

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from compnet_lib.engines import timing

SHAPES = [((4,), 1), ((4,) * 5, 7), ((21,), 3), ((8,) * 4, 2), ((3, 5, 2), 6), ((1, 1), 1)]


class Counted:
    """A number that counts the products it is in."""

    products = 0

    def __init__(self, value):
        self.value = value

    def __mul__(self, other):
        Counted.products += 1
        return Counted(self.value * other.value)

    def __add__(self, other):
        return Counted(self.value + other.value)


def count_products(widths, points):
    """Forward and backward, neuron by neuron and point by point."""
    rng = np.random.default_rng(0)
    sizes = [1, *widths, 1]
    weights = [
        [[Counted(v) for v in rng.normal(size=size)] for _ in range(out)]
        for size, out in zip(sizes, sizes[1:])
    ]
    Counted.products = 0
    for x in rng.uniform(size=points):
        signals = [[Counted(x)]]
        for layer in weights:
            sums = [sum((w * h for w, h in zip(row, signals[-1])), Counted(0)) for row in layer]
            signals.append([Counted(max(s.value, 0)) for s in sums])
        errors = [Counted(1)]
        for k in reversed(range(len(weights))):
            for error in errors:
                for signal in signals[k]:
                    error * signal  # to the gradient of a weight
            if k:
                errors = [
                    sum((weights[k][o][i] * errors[o] for o in range(len(errors))), Counted(0))
                    for i in range(sizes[k])
                ]
    return Counted.products


@pytest.mark.parametrize(("widths", "points"), SHAPES)
def test_flops_are_two_a_product_counted_one_by_one(widths, points):
    assert timing.flops(widths, points) == 2 * count_products(widths, points)


@pytest.mark.parametrize(("widths", "points"), SHAPES)
def test_flops_are_those_that_torch_counts(widths, points):
    sizes = [1, *widths, 1]
    layers = [torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    module = torch.nn.Sequential(
        *[part for layer in layers for part in (layer, torch.nn.ReLU())][:-1]
    )
    with FlopCounterMode(display=False) as counter:
        module(torch.zeros(points, 1)).sum().backward()
    assert counter.get_total_flops() == timing.flops(widths, points)


def test_contestants_take_turns(monkeypatch):
    now, calls = [0.0], []
    monkeypatch.setattr(timing, "perf_counter", lambda: now[0])

    def contestant(name, seconds):
        def run(count):
            calls.append((name, count))
            now[0] += seconds * count / (2 if len(calls) == 40 else 1)  # a lucky turn

        return run

    paces = {"quick": 0.001, "slow": 0.5, "middling": 0.02}
    best = timing.take_turns(
        {name: contestant(name, pace) for name, pace in paces.items()}, rounds=20, turn=0.1
    )
    last = calls[-60:]
    assert [name for name, _ in last] == [*paces] * 20
    counts = {name: {count for each, count in last if each == name} for name in paces}
    lucky, fits = calls[39][0], {"quick": 100, "slow": 1, "middling": 5}
    assert all(counts[name] <= {*range(most - 1, 2 * most + 1)} for name, most in fits.items()), (
        "as many as fit"
    )
    assert [name for name, _ in groupby(calls[:-60], key=lambda call: call[0])] == [*paces], (
        "each finds its count before the first turn"
    )
    assert calls.index(last[0]) < 39 and best == pytest.approx(
        {name: pace / (2 if name == lucky else 1) for name, pace in paces.items()}
    )


def test_one_slow_moment_does_not_decide_how_often(monkeypatch):
    now, counts = [0.0], []
    monkeypatch.setattr(timing, "perf_counter", lambda: now[0])

    def run(count):
        counts.append(count)
        now[0] += (
            0.001 * count + 0.002 + (5 if len(counts) == 2 else 0)
        )  # two milliseconds whatever the count; once, five seconds

    best = timing.take_turns({"slow once": run}, rounds=10, turn=0.1)["slow once"]
    assert counts[:3] == [1, 1, 1] and counts[-1] > 80 and best < 0.00103


def test_a_contestant_that_takes_no_time_ends(monkeypatch):
    monkeypatch.setattr(timing, "perf_counter", iter(np.arange(10**4) * 1e-7).__next__)
    counts = Counter()
    best = timing.take_turns({"nothing": lambda count: counts.update([count])}, rounds=2, turn=1e-3)
    assert best["nothing"] > 0 and sum(counts.values()) < 50 and max(counts) <= timing.MOST


@pytest.mark.slow
def test_limits_are_measured():
    for dtype in (np.float32, np.float64):
        assert (
            np.isfinite(timing.fma_peak(dtype, rounds=1)) and timing.fma_peak(dtype, rounds=1) > 0
        )
        assert (
            np.isfinite(timing.bandwidth(3000, dtype, rounds=1))
            and timing.bandwidth(3000, dtype, rounds=1) > 0
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_chains_fuse_and_stay_in_their_dtype(dtype):
    x, out = np.linspace(0, 1, 512, dtype=dtype), np.empty(512, dtype)
    timing._chains(x, out, dtype(0.5), 1)
    starts = x[None] + dtype(0.5) * np.arange(6)[:, None].astype(dtype)
    wanted = starts.astype(np.float64)
    for _ in range(16):
        wanted = wanted * x + 0.5
    assert np.allclose(out, wanted.sum(0), rtol=1e-5 if dtype == np.float32 else 1e-13)
    code = next(
        text
        for types, text in timing._chains.inspect_llvm().items()
        if types[0].dtype.name == np.dtype(dtype).name
    )
    assert bool(re.search(r"f(mul|add).* double", code)) == (dtype == np.float64)


def test_traffic_is_what_the_arrays_hold():
    a, b, c = torch.ones(10, 20), torch.ones(10, 20), torch.ones(20)
    size = 10 * 20 * 4
    cases = {
        "made": (lambda: a + b, 3 * size, 1),
        "in place": (lambda: a.add_(b), 3 * size, 1),
        "into another": (lambda: torch.add(a, b, out=torch.empty_like(a)), 3 * size, 1),
        "broadcast": (lambda: a + c, 2 * size + 80, 1),
        "expanded": (lambda: a * c.expand(10, 20), 2 * size + 80, 1),
        "views": (lambda: a.T[3:].reshape(-1, 10).unsqueeze(0), 0, 0),
        "several": (lambda: torch._foreach_mul_([a, b], 2.0), 4 * size, 1),
        "product": (lambda: a @ b.T, 2 * size + 400, 1),
    }
    for name, (run, bytes_, operations) in cases.items():
        assert timing.traffic(run) == (bytes_, operations), name
    leaf = torch.ones(10, 20, requires_grad=True)
    assert timing.traffic(lambda: leaf.relu().sum().backward()).operations > 2, (
        "the way back is counted"
    )


@pytest.mark.parametrize(
    ("call", "error", "name"),
    [
        (lambda: timing.take_turns([print]), TypeError, "contestants"),
        (lambda: timing.take_turns({"a": 1}), TypeError, "contestants"),
        (lambda: timing.take_turns({}, rounds=0), ValueError, "rounds"),
        (lambda: timing.take_turns({}, turn="long"), TypeError, "turn"),
        (lambda: timing.flops((), 5), ValueError, "widths"),
        (lambda: timing.flops((4, 0), 5), ValueError, "widths"),
        (lambda: timing.flops((4,), 0), ValueError, "points"),
        (lambda: timing.fma_peak("int8"), TypeError, "dtype"),
        (lambda: timing.fma_peak(rounds=0), ValueError, "rounds"),
        (lambda: timing.bandwidth(10), ValueError, "size"),
        (lambda: timing.bandwidth(3000, "half"), TypeError, "dtype"),
    ],
)
def test_wrong_arguments_are_refused(call, error, name):
    with pytest.raises(error, match=name):
        call()
