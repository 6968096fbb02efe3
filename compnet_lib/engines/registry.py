"""Who does the arithmetic of training, and where."""

from __future__ import annotations

import importlib

from .._core import checks

ENGINES = {"numba": "cpu", "torch": "torch"}
GPU_WORTH = 100_000
"""Models times points from which a GPU is taken: an epoch is about seventy kernels,
whose launch costs a GPU what some hundred thousand points cost two CPU cores."""


def select(engine: str = "auto", device: str = "auto", work: int = 0, gpu: bool | None = None):
    """The engine's module and the device it will use.

    Args:
        engine: "auto" or a name in `ENGINES`.
        device: "auto", "cpu" or "cuda". "auto" takes a GPU when there is one and `work` is at
            least `GPU_WORTH`.
        work: models times points.
        gpu: whether there is a GPU; None asks torch.

    Raises:
        TypeError: `engine` or `device` is not a string.
        ValueError: an unknown engine or device, or "cuda" where there is no GPU.
    """
    checks.choice("engine", engine, ("auto", *ENGINES))
    checks.choice("device", device, ("auto", "cpu", "cuda"))
    if device != "cpu" and engine != "numba":
        if gpu is None:
            import torch

            gpu = torch.cuda.is_available()
        if device == "cuda" and not gpu:
            raise ValueError(
                "device must be 'auto' or 'cpu' on this machine, got 'cuda': torch sees no GPU"
            )
        device = "cuda" if gpu and (device == "cuda" or work >= GPU_WORTH) else "cpu"
    elif device == "auto":
        device = "cpu"
    if engine == "numba" and device == "cuda":
        raise ValueError("device must be 'auto' or 'cpu' for the numba engine, got 'cuda'")
    name = ("torch" if device == "cuda" else "numba") if engine == "auto" else engine
    return importlib.import_module(f"{__package__}.{ENGINES[name]}.engine"), device
