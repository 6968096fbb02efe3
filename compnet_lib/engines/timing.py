"""How fast something is, and how fast it could be: contestants that take turns,
arithmetic and bytes counted, and a machine's limits.

A machine that others use is slower at times. Contestants therefore run in turn, several rounds,
and the best of each counts: what disturbs a round disturbs all of them,
and does not disturb every round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import DTypeLike

from .._core import checks

__all__ = ["Traffic", "bandwidth", "flops", "fma_peak", "take_turns", "traffic"]

SHORT = 0.002
"""Seconds of a turn that measures the machine: many short ones, of which some are undisturbed."""
MOST = 1_000_000
"""Repetitions in a turn, even of what takes no time."""

_fused = njit(fastmath={"contract", "nsz"}, error_model="numpy")


def take_turns(
    contestants: Mapping[str, Callable[[int], object]], rounds: int = 5, turn: float = 0.05
) -> dict[str, float]:
    """The least seconds that each contestant needs for one repetition.

    Each contestant repeats as often as fits into a turn, at least once. How often that is,
    and that everything is compiled, is found in turns before, which do not count,
    and then again after every turn, lest one slow moment decide it. What it does once a turn,
    whatever the number of repetitions, is shared among them.

    Args:
        contestants: by name, functions of the number of repetitions.
        rounds: turns of each contestant that count, at least 1.
        turn: how long a turn should take, in seconds.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    if not isinstance(contestants, Mapping) or not all(map(callable, contestants.values())):
        raise TypeError(f"contestants must map names to functions, got {checks.brief(contestants)}")
    rounds, turn = checks.integer("rounds", rounds, 1), checks.number("turn", turn)
    if turn < 0:
        raise ValueError(f"turn must be at least 0, got {turn}")
    counts = {name: _fitting(run, turn) for name, run in contestants.items()}
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(rounds):
        for name, run in contestants.items():
            best[name] = min(best[name], _seconds(run, counts[name]) / counts[name])
            counts[name] = max(1, min(int(turn / max(best[name], 1e-9)), 10 * counts[name], MOST))
    return best


def _fitting(run, turn):
    """How many repetitions fill a turn."""
    run(1)
    count, seconds = 1, _seconds(run, 1)
    while seconds < turn / 2 and count < MOST:
        count = min(MOST, max(count + 1, int(count * min(10, turn / max(seconds, 1e-9)))))
        seconds = _seconds(run, count)
    return count


def _seconds(run, count):
    began = perf_counter()
    run(count)
    return perf_counter() - began


def flops(widths: Sequence[int], points: int) -> int:
    r"""The floating-point operations of one model-epoch's matrix products,
    a multiplication and an addition each.

    With $w_0=w_{L+1}=1$ and the hidden widths $w_1,\dots,w_L$, on $n$ points:

    .. math::
       2n\sum_{l=1}^{L+1}w_lw_{l-1}\;+\;2n\sum_{l=1}^{L+1}w_lw_{l-1}\;+\;2n\sum_{l=2}^{L+1}w_lw_{l-1}

    for the forward pass, the gradient of the weights, and the errors' way back,
    which ends at the first layer. Biases, ReLUs, the loss and the update,
    none of which grows with the square of the width, are left out.

    Args:
        widths: of the hidden layers.
        points: at least 1.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    widths = [checks.integer("widths", width, 1) for width in widths]
    if not widths:
        raise ValueError("widths must hold at least one width, got none")
    products = [a * b for a, b in pairwise([1, *widths, 1])]
    return 2 * checks.integer("points", points, 1) * (2 * sum(products) + sum(products[1:]))


def fma_peak(dtype: DTypeLike = np.float32, rounds: int = 50) -> float:
    """Floating-point operations a second that one thread reaches when nothing but arithmetic is to
    be done.

    Six independent Horner chains for each entry of a vector that stays in the first cache:
    fused multiplications and additions, two operations each.

    Args:
        dtype: float32 or float64.
        rounds: the best of so many turns, at least 1.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    dtype = checks.floating("dtype", dtype)
    x = np.linspace(0, 1, 512, dtype=dtype)
    out = np.empty_like(x)
    best = take_turns(
        {"chains": lambda count: _chains(x, out, dtype.type(0.5), count)}, rounds, SHORT
    )
    return 2 * 6 * 16 * len(x) / best["chains"]


def bandwidth(size: int, dtype: DTypeLike = np.float32, rounds: int = 20) -> float:
    """Bytes a second that one thread moves in `a = b + 2 c`,
    with three arrays of `size` bytes together: two are read, one is written.

    Args:
        size: in bytes, at least 1000; it decides which cache, or the memory,
            the arrays come from.
        dtype: float32 or float64.
        rounds: the best of so many turns, at least 1.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    dtype = checks.floating("dtype", dtype)
    a, b, c = np.ones((3, checks.integer("size", size, 1000) // (3 * dtype.itemsize)), dtype)
    best = take_turns({"triad": lambda count: _triad(a, b, c, dtype.type(2), count)}, rounds, SHORT)
    return 3 * a.nbytes / best["triad"]


class Traffic(NamedTuple):
    """What operations on arrays move: the `bytes` that they read and write,
    and how many `operations` there are."""

    bytes: int
    operations: int


def traffic(run: Callable[[], object]) -> Traffic:
    """What torch's operations read and write while `run` runs, from the sizes of their arrays.

    Views are no operations here, an array that is broadcast is read once,
    and what an operation does inside is not seen; neither are operations on other threads.
    """
    from torch.utils._python_dispatch import TorchDispatchMode

    class Counting(TorchDispatchMode):
        bytes = operations = 0

        def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
            result = operation(*args, **(kwargs or {}))
            declared = operation._schema.arguments
            given = [
                *zip(declared, args),
                *(
                    (argument, kwargs[argument.name])
                    for argument in declared
                    if argument.name in (kwargs or {})
                ),
            ]
            read = _tensors([value for argument, value in given if not argument.is_out])
            places = {tensor.untyped_storage().data_ptr() for tensor in read}
            if operation._schema.is_mutable:
                written = _tensors(
                    [
                        value
                        for argument, value in given
                        if argument.alias_info is not None and argument.alias_info.is_write
                    ]
                )
            else:
                written = _tensors(result)
                if any(tensor.untyped_storage().data_ptr() in places for tensor in written):
                    return result  # a view
            if not operation.__name__.startswith(("empty", "new_empty")):
                self.bytes += sum(map(_bytes, read + written))
                self.operations += 1
            return result

    with Counting() as counting:
        run()
    return Traffic(counting.bytes, counting.operations)


def _tensors(tree):
    import torch
    from torch.utils._pytree import tree_leaves

    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor)]


def _bytes(tensor):
    return tensor.itemsize * int(
        np.prod([n for n, stride in zip(tensor.shape, tensor.stride()) if stride or n == 0])
    )


@_fused
def _four(a, t, c):
    return (((a * t + c) * t + c) * t + c) * t + c


@_fused
def _chains(x, out, c, count):
    """Sixteen steps of six chains for each entry, `count` times; by fours,
    so that a register's worth of the next chain is never far away."""
    for _ in range(count):
        for j in range(len(x)):
            t = x[j]
            a0 = t
            a1 = a0 + c
            a2 = a1 + c
            a3 = a2 + c
            a4 = a3 + c
            a5 = a4 + c
            a0, a1, a2, a3, a4, a5 = (
                _four(a0, t, c),
                _four(a1, t, c),
                _four(a2, t, c),
                _four(a3, t, c),
                _four(a4, t, c),
                _four(a5, t, c),
            )
            a0, a1, a2, a3, a4, a5 = (
                _four(a0, t, c),
                _four(a1, t, c),
                _four(a2, t, c),
                _four(a3, t, c),
                _four(a4, t, c),
                _four(a5, t, c),
            )
            a0, a1, a2, a3, a4, a5 = (
                _four(a0, t, c),
                _four(a1, t, c),
                _four(a2, t, c),
                _four(a3, t, c),
                _four(a4, t, c),
                _four(a5, t, c),
            )
            a0, a1, a2, a3, a4, a5 = (
                _four(a0, t, c),
                _four(a1, t, c),
                _four(a2, t, c),
                _four(a3, t, c),
                _four(a4, t, c),
                _four(a5, t, c),
            )
            out[j] = a0 + a1 + a2 + a3 + a4 + a5


@_fused
def _triad(a, b, c, factor, count):
    for _ in range(count):
        for j in range(len(a)):
            a[j] = b[j] + factor * c[j]
