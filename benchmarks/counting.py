"""How fast exact piecewise linear functions are found: regions counted and squared errors
integrated, from the weights alone.

    python benchmarks/counting.py            # about half a minute

A thousand networks of depth 5 and width 4, in floats; one compositional network of depth 16,
in floats; and compositional networks of rational peaks k/97, exactly.
Each time is the best of several; numba's compilation is not counted.
"""

import os
import platform
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numba
import numpy as np

import compnet_lib as cn

MODELS, ROUNDS = 1000, 7
CUBE, SINE = cn.TARGETS["x^3"], cn.TARGETS["sin"]


def rational(depth: int) -> cn.ReLUNet:
    """One compositional network with random rational peaks."""
    rng = np.random.default_rng(depth)
    return cn.compositional([Fraction(int(k), 97) for k in rng.integers(10, 88, depth)], 1)


def best(work: Callable[[], Any]) -> tuple[float, Any]:
    """The least seconds of several turns, and what came out."""
    work()
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - began)
    return min(seconds), found


def main() -> None:
    """Measure, and print as it comes."""
    print(
        f"Python {platform.python_version()}, numba {numba.__version__}, "
        f"numpy {np.__version__}, {os.cpu_count()} CPUs"
    )
    began = time.perf_counter()
    cn.linear_regions(cn.default_init(1))
    print(
        f"{'first count, compiled or read from the cache':56} {time.perf_counter() - began:8.3f} s"
    )

    starts = {
        "default": cn.default_init(MODELS),
        "compositional": cn.compositional(cn.sample_peaks(MODELS, 5, seed=0), 1),
    }
    for name, net in starts.items():
        for label, work in (
            (f"regions of {MODELS} networks, {name}", partial(cn.linear_regions, net)),
            (f"squared errors of {MODELS} networks, {name}, x^3", partial(cn.mse, net, CUBE)),
            (f"squared errors of {MODELS} networks, {name}, sin", partial(cn.mse, net, SINE)),
        ):
            seconds, found = best(work)
            print(f"{label:56} {seconds:8.3f} s   mean {np.mean(found):.3g}")

    deep = cn.compositional(cn.sample_peaks(1, 16, seed=0, low=0.4, high=0.6), 1)
    for label, net in (
        ("regions of depth 16", deep),
        *((f"regions of depth {depth}, rational", rational(depth)) for depth in (10, 12, 14)),
    ):
        seconds, found = best(partial(cn.linear_regions, net))
        print(f"{label:56} {seconds:8.3f} s   {found[0]:,}")
    net = rational(10)
    seconds, _ = best(partial(cn.mse, net, CUBE))
    print(f"{'squared error of depth 10, rational, x^3':56} {seconds:8.3f} s")


if __name__ == "__main__":
    main()
