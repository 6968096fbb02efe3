"""How fast stacks train: the engines against a loop over `nn.Sequential` and other ways to write
it, in turn, in one run.

    make bench                              # or: python -m benchmarks.speed; about two minutes
    python -m benchmarks.speed --quick      # under half a minute

Times are for a model-epoch: one network, one epoch of full-batch Adam on 500 points,
forward pass, backward pass and update. Also: the machine's peak,
what share of it the engines reach, the bytes that each way moves,
how the numba engine's time grows, and its memory. Everything goes to `_build/bench/speed.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
import tracemalloc
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numba
import numpy as np
import torch
from numpy.typing import NDArray
from tabulate import tabulate

import compnet_lib as cn
from compnet_lib.engines import timing
from compnet_lib.experiments import REGIMES, paper_curves

from . import contestants

OUT = Path(__file__).resolve().parents[1] / "_build" / "bench" / "speed.json"
BASELINE, *_, TORCH, NUMBA = contestants.ALL
Widths = tuple[int, ...]
NARROW: Widths = (4,) * 5
OTHERS: tuple[Widths, ...] = ((21,), (8,) * 4)
POINTS, MODELS = 500, 30
SIZES = (16_000, 256_000, 4_000_000, 128_000_000)
DTYPES = ("float32", "float64")
LAWS = {
    "models": (1, 2, 5, 10, 30, 100, 300, 1000, 3000, 10_000),
    "points": (50, 100, 200, 500, 1000, 2000, 5000),
    "depth": (2, 3, 4, 5, 6, 8, 10, 12),
    "width": (4, 5, 6, 8, 10, 12, 16, 20),
}
MANY = 10_000


def data(dtype: str, points: int = POINTS) -> tuple[NDArray, NDArray]:
    """Points and values of a curve, each (points,)."""
    x = np.linspace(0, 1, points, dtype=dtype)
    return x, cn.TARGETS["x^3"](x)


def stack(models: int, widths: Widths, dtype: str) -> cn.ReLUNet:
    """Random networks; all hidden layers have the width of the first."""
    return cn.default_init(models, len(widths), widths[0], dtype=dtype)


def compare(
    widths: Widths,
    models: int,
    dtype: str,
    threads: int,
    names: Sequence[str],
    rounds: int,
    turn: float,
) -> dict[str, float]:
    """Seconds per model-epoch of each contestant."""
    torch.set_num_threads(threads)
    net = stack(models, widths, dtype)
    made = {name: contestants.ALL[name](net, *data(dtype)) for name in names}
    best = timing.take_turns({name: run for name, (run, _) in made.items()}, rounds, turn)
    torch.set_num_threads(1)
    return {name: best[name] / count for name, (_, count) in made.items()}


def moved(widths: Widths, models: int, dtype: str) -> dict[str, dict[str, float]]:
    """The bytes that each way's torch operations read and write for a model-epoch,
    and how many operations these are."""
    net, (x, y) = stack(models, widths, dtype), data(dtype)
    found = {}
    for name, make in contestants.ALL.items():
        if name == NUMBA:
            continue
        run, count = make(net, x, y)
        if name == TORCH:
            run = partial(run, workers=0)  # `timing.traffic` sees the calling thread only
        one, two = timing.traffic(partial(run, 1)), timing.traffic(partial(run, 2))
        found[name] = {
            kind: (after - before) / count for kind, before, after in zip(one._fields, one, two)
        }
    return found


def laws(
    choices: Mapping[str, Sequence[int]], rounds: int, turn: float
) -> dict[str, dict[int, float]]:
    """Seconds per epoch of the numba engine, one thread, float32, as one of models, points,
    depth and width changes."""
    found = {}
    for what, values in choices.items():
        runs: dict[str, contestants.Run] = {}
        for value in values:
            scale = {"models": MODELS, "points": POINTS, "depth": 5, "width": 4, what: value}
            net = stack(scale["models"], (scale["width"],) * scale["depth"], "float32")
            run, _ = contestants.ALL[NUMBA](net, *data("float32", scale["points"]))
            # At least ten epochs, so that they outweigh the start.
            runs[str(value)] = partial(_tens, run)
        best = timing.take_turns(runs, rounds, turn)
        found[what] = {value: best[str(value)] / 10 for value in values}
    return found


def _tens(run: contestants.Run, tens: int) -> None:
    run(10 * tens)


def memory(models: int) -> dict[str, int]:
    """The most bytes that training so many networks takes on top of the stack,
    in the engine and in all; and the bytes of the stack's parameters."""
    net, (x, y) = stack(models, NARROW, "float32"), data("float32")
    found = {"models": models, "parameters": models * net.parameters * net.dtype.itemsize}
    for what, run in (
        ("engine", contestants.ALL[NUMBA](net, x, y)[0]),
        (
            "train",
            lambda epochs: cn.train(net, y, x, epochs=epochs, lr=contestants.LR, engine="numba"),
        ),
    ):
        run(1)  # compiled
        tracemalloc.start()
        run(10)
        found[what] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return found


def processor() -> str:
    """The processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(
            line.partition(":")[2].strip() for line in lines if line.startswith("model name")
        )
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main() -> None:
    """Measure everything, print it as it comes, and write it down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="a reduced version, under half a minute"
    )
    began, quick = time.perf_counter(), parser.parse_args().quick
    torch.set_num_threads(1)
    machine = {
        "cpu": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
        "torch": torch.__version__,
    }
    print(
        f"{machine['cpu']}, {machine['cores']} cores; "
        + ", ".join(f"{name} {machine[name]}" for name in ("python", "numba", "torch"))
    )

    peak, reach = dict.fromkeys(DTYPES, 0.0), dict.fromkeys(SIZES, 0.0)

    def limits() -> None:  # again and again: the machine may be busy while it is measured
        peak.update({dtype: max(rate, timing.fma_peak(dtype)) for dtype, rate in peak.items()})
        reach.update(
            {size: max(rate, timing.bandwidth(size, rounds=5)) for size, rate in reach.items()}
        )

    rounds, turn = (4, 0.02) if quick else (15, 0.03)
    every = list(contestants.ALL)
    settings: list[tuple[Widths, int, str, int, list[str]]] = [
        (NARROW, models, dtype, threads, every)
        for threads in ((1,) if quick else (1, 2))
        for dtype in DTYPES
        for models in ((30,) if quick else (30, 120, 600))
    ]
    settings += [
        (widths, MODELS, dtype, 1, [name for name in every if name not in (BASELINE, "vmap(grad)")])
        for widths in OTHERS
        for dtype in (DTYPES[:1] if quick else DTYPES)
    ]
    found = []
    for widths, models, dtype, threads, names in settings:
        limits()
        found.append(compare(widths, models, dtype, threads, names, rounds, turn))
        print(
            f"  {len(widths)} × {widths[0]}, {models} networks, {dtype}, {threads} threads: "
            + ", ".join(f"{name} {seconds * 1e6:.1f}" for name, seconds in found[-1].items()),
            flush=True,
        )
    limits()
    print(
        "\nOne thread: "
        + ", ".join(f"{dtype} {rate / 1e9:.0f} GFLOP/s" for dtype, rate in peak.items())
        + "; triad "
        + ", ".join(
            f"{rate / 1e9:.0f} GB/s from {size / 1000:,.0f} kB" for size, rate in reach.items()
        )
    )

    times, rows = [], []
    for (widths, models, dtype, threads, _), best in zip(settings, found):
        count, loop = timing.flops(widths, POINTS), best.get(BASELINE)
        share = {name: count / seconds / peak[dtype] / threads for name, seconds in best.items()}
        times += [
            {
                "contestant": name,
                "widths": widths,
                "models": models,
                "dtype": dtype,
                "threads": threads,
                "seconds": seconds,
                "flops": count,
                "of_peak": share[name],
                "to_loop": loop and loop / seconds,
            }
            for name, seconds in best.items()
        ]
        rows.append(
            [
                f"{len(widths)} × {widths[0]}",
                models,
                dtype,
                threads,
                *(f"{best[name] * 1e6:.1f}" if name in best else "" for name in every),
                f"{loop / best[NUMBA]:.0f}" if loop else "",
                *(f"{share[name]:.0%}" for name in (TORCH, NUMBA)),
            ]
        )
    heads = [
        "shape",
        "networks",
        "dtype",
        "threads",
        *every,
        "loop to numba",
        "torch engine of peak",
        "numba of peak",
    ]
    print(
        f"\nMicroseconds per model-epoch, best of {rounds} turns; the loop on one thread always; "
        "shares of as many peaks as threads\n\n"
        + tabulate(
            rows,
            heads,
            disable_numparse=True,
            colalign=["left", *["right"] * (len(heads) - 1)],
            maxheadercolwidths=10,
        )
    )

    bytes_ = {dtype: moved(NARROW, MODELS, dtype) for dtype in DTYPES}
    listed = [
        [name, *(f"{bytes_[d][name]['bytes']:,.0f}" for d in DTYPES), f"{counts['operations']:.1f}"]
        for name, counts in bytes_["float32"].items()
    ]
    print(
        "\nBytes that torch's operations move for a model-epoch, 30 networks, and their number\n\n"
        + tabulate(listed, ["", *DTYPES, "operations"], disable_numparse=True)
    )

    grown = laws(
        {what: values[::3] for what, values in LAWS.items()} if quick else LAWS, rounds, turn
    )
    for what, seconds in grown.items():
        print(
            f"\nThe numba engine, one thread, float32: milliseconds per epoch against {what}\n\n"
            + tabulate(
                [[f"{s * 1e3:.3f}" for s in seconds.values()]],
                [f"{v:,}" for v in seconds],
                disable_numparse=True,
            )
        )
    grew = memory(1000 if quick else MANY)
    size = {what: f"{grew[what] / 1e6:,.1f} MB" for what in ("engine", "train", "parameters")}
    print(
        f"\nTraining {grew['models']:,} networks takes {size['engine']} in the numba engine "
        f"and {size['train']} in all, on top of the stack; its parameters are {size['parameters']}"
    )

    tables = None
    if not quick:
        start = time.perf_counter()
        for regime in REGIMES:
            cn.run_regime(regime, paper_curves(), data("float32")[0], seeds=[0])
        tables = time.perf_counter() - start
        print(f"\nTables 1 and 2, one seed, 840,000 model-epochs, one thread: {tables:.1f} s")

    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(
        json.dumps(
            {
                "machine": machine,
                "quick": quick,
                "peak": peak,
                "bandwidth": reach,
                "times": times,
                "bytes": bytes_,
                "laws": grown,
                "memory": grew,
                "tables_1_and_2": tables,
                "seconds": time.perf_counter() - began,
            },
            indent=1,
        )
        + "\n",
        encoding="utf-8",
    )
    print(f"\n{time.perf_counter() - began:.0f} s; {OUT.relative_to(OUT.parents[2])}")


if __name__ == "__main__":
    main()
