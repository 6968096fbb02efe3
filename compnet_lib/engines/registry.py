"""Who does the arithmetic of training, and where."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import NamedTuple, cast

from .._core import checks
from .protocol import Engine

GPU_WORTH = 100_000
"""Models times points from which a GPU is taken: an epoch is about seventy kernels,
whose launch costs a GPU what some hundred thousand points cost two CPU cores."""


class Entry(NamedTuple):
    """A registered engine: the `folder` whose module `engine` it is, imported when it is asked
    for, and the `devices` that it works on."""

    folder: str
    devices: tuple[str, ...]

    def load(self) -> Engine:
        """The engine."""
        return cast(Engine, importlib.import_module(f"{__package__}.{self.folder}.engine"))


ENGINES = {
    "numba": Entry("cpu", ("cpu",)),
    "torch": Entry("torch", ("cpu", "cuda")),
}
"""The engines by name: of those that work on a device, the first is preferred."""


def select(
    engine: str = "auto", device: str = "auto", work: int = 0, gpu: bool | None = None
) -> tuple[Engine, str]:
    """The engine and the device it will use.

    Args:
        engine: "auto" or a name in `ENGINES`.
        device: "auto", "cpu" or "cuda", see `place`.
        work: models times points.
        gpu: whether there is a GPU; None asks torch.

    Raises:
        TypeError: `engine` or `device` is not a string, or another argument of the wrong type.
        ValueError: an unknown engine or device, a device that the engine does not work on, or
            "cuda" where there is no GPU.
    """
    checks.choice("engine", engine, ("auto", *ENGINES))
    checks.choice("device", device, ("auto", "cpu", "cuda"))
    work = checks.integer("work", work)
    if gpu is not None:
        gpu = checks.flag("gpu", gpu)
    able = list(ENGINES.values()) if engine == "auto" else [ENGINES[engine]]
    served = {one for entry in able for one in entry.devices}
    if device not in ("auto", *served):
        allowed = " or ".join(map(repr, ("auto", *sorted(served))))
        raise ValueError(f"device must be {allowed} for the {engine} engine, got {device!r}")
    chosen = place(device, served, work, _there_is_one if gpu is None else lambda: gpu)
    return next(entry for entry in able if chosen in entry.devices).load(), chosen


def place(device: str, served: set[str], work: int, gpu: Callable[[], bool]) -> str:
    """The device, of those `served`: what `device` says, or for "auto" a GPU if there is one and
    `work` is at least `GPU_WORTH`. Whether there is one, `gpu` is asked only if it matters.

    Raises:
        ValueError: it would have to be a GPU, and there is none.
    """
    if device == "cpu" or "cuda" not in served:
        return "cpu"
    if device == "auto" and "cpu" in served and work < GPU_WORTH:
        return "cpu"
    if gpu():
        return "cuda"
    if device == "auto" and "cpu" in served:
        return "cpu"
    allowed = "'auto' or 'cpu'" if "cpu" in served else "that of another engine"
    raise ValueError(f"device must be {allowed} on this machine, got {device!r}: torch sees no GPU")


def _there_is_one() -> bool:
    import torch

    return torch.cuda.is_available()
