"""What training costs: an engine alone, without checks, and how its time grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .. import engines
from .._core import checks, memory
from .._core.control import Control
from ..engines import timing
from ..networks.initialize import default_init
from ..networks.network import ReLUNet
from ..training.problem import trainable
from ._labelled import listed, variables

if TYPE_CHECKING:
    import xarray as xr

SIZES = ("models", "points", "depth", "width")


def descent(engine: str, net: ReLUNet, x: NDArray, y: NDArray) -> Callable[..., None]:
    """The training of a stack by an engine on the CPU, without checks, with Adam: a function of the
    epochs, and of the threads if `workers` is given.

    Args:
        engine: its name.
        net: the stack.
        x, y: points and data, (points,), of the stack's dtype.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or shape.
    """
    chosen, device = engines.select(engine, "cpu")
    trainable(net)
    x, y = (
        checks.shaped(name, checks.cast(name, checks.numeric(name, value), net.dtype), (None,))
        for name, value in (("x", x), ("y", y))
    )
    checks.shaped("y", y, x.shape)
    rows, rate = np.broadcast_to(y, (len(net), len(x))), np.full(len(net), 1e-3)

    def run(epochs: int, workers: int | None = None) -> None:
        with Control(epochs, len(net), len(x), workers) as control:
            chosen.train(net, x[None], rows, engines.Plan(epochs, rate), device, control)

    return run


def stack_of(
    models: int, points: int, depth: int, width: int = 4, dtype: DTypeLike = np.float32
) -> tuple[ReLUNet, NDArray, NDArray]:
    """Random networks, evenly spaced points, and $x^3$ there, for :func:`descent`.
    TypeError, ValueError as for :func:`default_init`."""
    points, dtype = checks.integer("points", points, 1), checks.floating("dtype", dtype)
    memory.fit("points", points, 32 * points)
    x = np.linspace(0, 1, points, dtype=dtype)
    return default_init(models, depth, width, dtype=dtype), x, x**3


def cost_law(
    engine: str, what: str, values: Sequence[int], *, rounds: int, turn: float, **size: Any
) -> xr.Dataset:
    """How the time of an epoch of a whole stack grows with one of its sizes.

    Args:
        engine: its name.
        what: the size that grows: "models", "points", "depth" or "width".
        values: of it, increasing.
        rounds, turn: as for `timing.take_turns`.
        size: the others, as for :func:`stack_of`.

    Returns:
        A data set with the dimension `what`: `time` in seconds, and `operations`, those of the
        matrix products.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    checks.choice("engine", engine, engines.ENGINES)
    checks.choice("what", what, SIZES)
    values = [checks.integer("values", value, 1) for value in listed("values", values, "sizes")]
    stacks = [stack_of(**size | {what: value}) for value in values]
    runs = {str(value): descent(engine, *stack) for value, stack in zip(values, stacks)}
    seconds = timing.take_turns(runs, rounds, turn)
    counts = [len(net) * timing.flops(net.widths, len(x)) for net, x, _ in stacks]
    variables = {"time": (what, list(seconds.values())), "operations": (what, counts)}
    return xr.Dataset(variables, {what: list(values)})


def exponents(law: xr.Dataset) -> tuple[float, float]:
    """Of what :func:`cost_law` gives, the exponents of the operations and of the time, from the
    middle of the range to its end. TypeError, ValueError if `law` is something else."""
    variables("law", law, "operations", "time")
    if len(law.dims) != 1 or len(law["time"]) < 2:
        raise ValueError(f"law must have one dimension, of two sizes or more, got {law.sizes}")
    (what,) = law.dims
    middle = law.sizes[what] // 2

    def pace(name: str) -> float:
        values = law[name].values
        return float(np.log(values[-1] / values[middle]))

    return pace("operations") / pace(str(what)), pace("time") / pace(str(what))
