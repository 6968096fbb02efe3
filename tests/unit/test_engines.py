import sys
import types

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from compnet_lib import engines
from compnet_lib.engines import GPU_WORTH, Plan, registry, select
from compnet_lib.engines.cpu import engine as numba_engine
from compnet_lib.engines.torch import engine as torch_engine


@pytest.mark.parametrize(
    "device, work, gpu, wanted",
    [
        ("auto", GPU_WORTH, True, "cuda"),
        ("auto", GPU_WORTH - 1, True, "cpu"),
        ("auto", 10 * GPU_WORTH, False, "cpu"),
        ("auto", 0, True, "cpu"),
        ("cuda", 0, True, "cuda"),
        ("cpu", 10 * GPU_WORTH, True, "cpu"),
        ("cpu", 0, False, "cpu"),
    ],
)
@pytest.mark.parametrize("engine", ["auto", "torch"])
def test_a_gpu_is_taken_when_it_is_there_and_pays(engine, device, work, gpu, wanted):
    """By torch; without one, numba is the engine unless torch is asked for."""
    assert select(engine, device, work, gpu) == (
        torch_engine if engine == "torch" or wanted == "cuda" else numba_engine,
        wanted,
    )
    if device != "cuda":
        assert select("numba", device, work, gpu) == (numba_engine, "cpu")


@pytest.mark.parametrize("there", [True, False])
def test_torch_is_asked_for_the_gpu(monkeypatch, there):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert select(work=GPU_WORTH)[1] == ("cuda" if there else "cpu")
    if not there:
        with pytest.raises(ValueError, match="device"):
            select(device="cuda")


@pytest.mark.parametrize(
    "engine, device, error, name",
    [
        ("jax", "auto", ValueError, "engine"),
        ("numba", "cuda", ValueError, "device"),
        (None, "auto", TypeError, "engine"),
        ("auto", "tpu", ValueError, "device"),
        ("auto", 0, TypeError, "device"),
        ("auto", "cuda", ValueError, "device"),
    ],
)
def test_what_is_not_there_is_refused(engine, device, error, name):
    with pytest.raises(error, match=rf"\b{name} must be"):
        select(engine, device, gpu=False)


def test_every_engine_has_both_functions():
    for entry in engines.ENGINES.values():
        assert callable(entry.load().train) and callable(entry.load().pretrain)


@pytest.fixture
def third(monkeypatch):
    """An engine for GPUs only, preferred there: a module that stands in for one."""
    module = types.ModuleType("stand_in")
    module.train = module.pretrain = lambda *_: None
    monkeypatch.setitem(sys.modules, "compnet_lib.engines.stand_in.engine", module)
    first = {"gpu": registry.Entry("stand_in", ("cuda",))}
    monkeypatch.setattr(registry, "ENGINES", first | registry.ENGINES)
    return module


def test_a_registered_engine_takes_its_place(third):
    assert select("gpu", "auto", 0, True) == select("gpu", "cuda", 0, True) == (third, "cuda")
    assert select("auto", "auto", GPU_WORTH, True) == (third, "cuda")
    assert select("auto", "auto", GPU_WORTH - 1, True) == (numba_engine, "cpu")
    assert select("auto", "auto", GPU_WORTH, False) == (numba_engine, "cpu")
    assert select("torch", "auto", GPU_WORTH, True) == (torch_engine, "cuda")
    for device, gpu in (("cpu", True), ("auto", False), ("cuda", False)):
        with pytest.raises(ValueError, match="device must be"):
            select("gpu", device, 0, gpu)


def test_torch_is_not_asked_where_it_does_not_matter(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: pytest.fail("asked"))
    assert select(work=GPU_WORTH - 1) == select("numba", work=10**9) == (numba_engine, "cpu")


@given(st.integers(0, 30), st.integers(0, 12))
def test_recorded_epochs(epochs, every):
    wanted = [e for e in range(epochs) if e % every == 0] + [epochs] if every else []
    assert Plan(epochs, np.ones(1), "adam", every).recorded.tolist() == wanted


def test_adam_has_the_constants_of_torch():
    defaults = torch.optim.Adam([torch.zeros(1)]).defaults
    assert (*defaults["betas"], defaults["eps"]) == engines.Adam()


@pytest.mark.slow
def test_a_kernel_just_compiled_gives_what_it_gives_read_from_disk(twice):
    """To the last bit, in processes of their own: compilers may sum differently in a function
    that is inlined and in one that is called."""
    assert twice(
        "net = cn.default_init(3, 5, 4, 0, dtype=np.float32)\n"
        "x = np.linspace(0, 1, 500)\n"
        "net = cn.train(net, cn.TARGETS['x^3'], x, epochs=60, lr=1e-3).net"
    )
