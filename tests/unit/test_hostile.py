"""Whatever a public callable is handed, it answers with a right result,
or with an error that names the argument and says what it may be."""

import importlib
import itertools

import numpy as np
import pytest
import torch
from helpers import hostile
from helpers.imports import doors
from hypothesis import given, settings
from hypothesis import strategies as st

import compnet_lib as cn
from compnet_lib._core import memory

CALLS = hostile.calls()
EACH = max(1, settings().max_examples // 6)
"""Calls of each public callable: of the hundred that there are, several hundred in all."""
ROOM = 2**26
"""Bytes that a call may take here: what needs more is refused as on a small machine."""


@pytest.fixture(scope="module", autouse=True)
def small_machine():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "free", lambda: ROOM)
        yield


@st.composite
def bad_arguments(draw, call):
    """One or two of a call's parameters, with the labels of hostile values for them."""
    names = draw(st.lists(st.sampled_from(call.names), min_size=1, max_size=2, unique=True))
    return {name: draw(st.sampled_from(sorted(hostile.hostile(call, name)))) for name in names}


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.names])
def test_hostile_arguments_get_a_right_result_or_a_named_error(name):
    call = CALLS[name]

    @settings(max_examples=EACH)
    @given(bad_arguments(call))
    def attacked(labels):
        bad = {name: hostile.hostile(call, name)[label]() for name, label in labels.items()}
        assert hostile.wrong(call, bad) == ""

    attacked()


@pytest.mark.parametrize("name", CALLS)
def test_good_arguments_are_taken(name):
    """Or else every refusal would count as one of what is hostile."""
    call = CALLS[name]
    found, problem = hostile.answer(call, hostile.arguments(call))
    assert (problem, hostile.unsound(found)) == ("", "")


def test_hostile_calls_are_many():
    parameters = sum(len(call.names) for call in CALLS.values())
    assert len(CALLS) > 90 and parameters > 300 and len(hostile.GARBAGE) > 90


def test_every_public_name_is_called_or_only_filled_by_the_library():
    for door, names in doors().items():
        if door.startswith("compnet_lib"):
            for name in names:
                value = getattr(importlib.import_module(door), name)
                assert name in CALLS or not callable(value) or hostile.made_by_the_library(value)


# The judge is judged: it must see what is wrong


def judged(function, **bad):
    call = hostile.Call("f", function, {"x": hostile.X}, ("x",))
    return hostile.wrong(call, bad)


def refusing(x):
    raise ValueError(f"x must be a number, got {type(x).__name__}")


@pytest.mark.parametrize(
    ("function", "value", "seen"),
    [
        (refusing, None, ""),
        (lambda x: 1 / 0, None, "ZeroDivisionError"),
        (lambda x: [].append(x, x), None, "unnamed"),
        (lambda x: {}[x], None, "KeyError"),
        (lambda x: [][3], None, "IndexError"),
        (lambda x: np.array([1.0]) / 0, None, "RuntimeWarning"),
        (lambda x: np.float64(np.nan), None, "nan"),
        (lambda x: [np.array([np.inf])], None, "result[0] is not finite"),
        (lambda x: np.array([None]), None, "holds None"),
        (lambda x: np.asarray(x).astype(np.float64), np.ones(3, ">f8"), ""),
        (lambda x: np.frombuffer(x.tobytes()), np.arange(1.0, 4).astype(">f8"), "another result"),
        (lambda x: np.ravel(x, "K"), np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]), "another result"),
    ],
)
def test_the_judge_sees_what_is_wrong(function, value, seen):
    found = judged(function, x=value)
    assert seen in found and bool(seen) == bool(found)


def test_the_judge_sees_a_call_without_an_end(monkeypatch):
    monkeypatch.setattr(hostile, "SECONDS", 0.1)
    monkeypatch.setattr(hostile, "COMPILING", 0.2)

    def endless(x):
        while True:
            pass

    assert judged(endless, x=None) == "no answer in 0.2 seconds"


# What hostile calls have found


@pytest.mark.parametrize("value", [torch.tensor([0.2, np.nan]), torch.tensor(np.nan)])
def test_nan_in_a_tensor_is_refused(value):
    with pytest.raises(ValueError, match=r"^x must be finite"):
        cn.triangle(value, 0.5)
    with pytest.raises(ValueError, match=r"^peaks must be finite"):
        cn.series(0.5, value.reshape(-1), 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: cn.triangle(x, 0.5),
        lambda x: hostile.NET(x),
        lambda x: hostile.SQUARE(x),
        lambda x: cn.piecewise_linear(hostile.NET)[0](x),
        lambda x: cn.train(hostile.NET, hostile.SQUARE, x, epochs=1, lr=1e-3),
    ],
)
def test_a_mask_is_not_lost(call):
    masked = np.ma.array([0.25, 0.5], mask=[False, True])
    for x in (masked, [masked[0], masked[1]], np.ma.masked):
        with pytest.raises(TypeError, match=r"^x must "):
            call(x)


def test_a_curve_that_gives_masked_values_is_refused():
    with pytest.raises(ValueError, match=r"^function must be real and finite"):
        cn.Target("log", np.ma.log)


@pytest.mark.parametrize("x", [np.array([0.25, 0.5]), torch.tensor([0.25, 0.5])])
def test_numpy_and_torch_are_not_mixed(x):
    other = torch.tensor([0.3, 0.4]) if isinstance(x, np.ndarray) else np.array([0.3, 0.4])
    with pytest.raises(TypeError, match="NumPy and torch are not mixed"):
        cn.triangle(x, other)
    with pytest.raises(TypeError, match="NumPy and torch are not mixed"):
        cn.waves(x, torch.stack([other, other]) if isinstance(x, np.ndarray) else [other, other])


def test_shapes_that_do_not_broadcast_are_named():
    with pytest.raises(ValueError, match=r"^x must broadcast against a, got x \(3,\), a \(4,\)"):
        cn.triangle(np.full(3, 0.5), np.full(4, 0.5))
    for call in (cn.wave, cn.waves, lambda x, peaks: cn.series(x, peaks, 1)):
        with pytest.raises(ValueError, match=r"^x must have shape \(points,\) or \(2, points\)"):
            call(np.full((3, 5), 0.5), hostile.PEAKS)


@pytest.mark.parametrize("name", ["line", "interval"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_weights_that_would_overflow_are_refused(name, dtype):
    far = 1e300 if dtype == np.float32 else 1.5e308
    with pytest.raises(ValueError, match=f"^{name} must"):
        cn.compositional(np.array([0.5, 0.01], dtype), 1, **{name: (-far, far)})


def test_peaks_whose_weights_would_overflow_are_refused():
    with pytest.raises(ValueError, match="^peaks must"):
        cn.compositional([5e-324, 0.5], 1)
    with pytest.raises(ValueError, match="^ratios must"):
        cn.compositional([0.01, 0.5], 1, ratios=[1e308, 1e308])


@pytest.mark.parametrize("seed", [2**64, 10**400])
def test_large_seeds_are_seeds_of_their_own(seed):
    options = {"epochs": 1, "lr": 0.1, "regularizer": cn.Regularizer(dropout=0.5)}
    net = cn.default_init(1, 2, 8)
    found = [
        cn.train(net, hostile.SQUARE, hostile.X, seed=s, engine=engine, **options).net
        for engine in ("numba", "torch")
        for s in (seed, seed % 2**64)
    ]
    for large, small in (found[:2], found[2:]):
        assert any((a != b).any() for a, b in zip(large.weights, small.weights))
    for a, b in zip(found[0].weights, found[2].weights):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_seeds_without_an_end_are_refused():
    with pytest.raises(ValueError, match=r"^seed must be below 2\*\*4096"):
        cn.sample_peaks(1, 1, 2**5000)
    with pytest.raises(ValueError, match="^seeds must hold at most 1,000,000 seeds"):
        cn.run_regime("default", [hostile.SQUARE], hostile.X, seeds=itertools.count())


@pytest.mark.parametrize("call", [cn.mesh, lambda a: cn.waves(np.float32(0.5), a), cn.gram])
def test_one_composition_keeps_its_dtype(call):
    assert call(np.array([0.3, 0.4], np.float32)).dtype == np.float32


def test_integers_and_fractions_beyond_floats_stay_exact_where_everything_is():
    far = 10**400
    assert cn.triangle(far, hostile.Q(1, 2)) == 2 * (1 - far)
    with pytest.raises(ValueError, match="^x must be below"):
        cn.triangle(far, 0.5)


def test_integers_of_numpy_do_not_overflow_in_exact_networks():
    large = np.int64(2**62)
    exact = np.empty((1, 1, 1), object)
    exact[0, 0, 0] = large
    net = cn.ReLUNet([exact, exact], [None, None])
    assert net([hostile.Q(1)])[0, 0] == 2**124
