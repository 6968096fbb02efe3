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
from pathlib import Path

import numba
import numpy as np
import torch
from tabulate import tabulate

import compnet_lib as cn
from compnet_lib.engines import timing
from compnet_lib.experiments.compositional._published import REGIMES
from compnet_lib.experiments.compositional.regimes import paper_curves

from . import contestants

OUT = Path(__file__).resolve().parents[1] / "_build" / "bench" / "speed.json"
BASELINE, *_, TORCH, NUMBA = contestants.ALL
NARROW, OTHERS = (4,) * 5, ((21,), (8,) * 4)
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


def data(dtype, points=POINTS):
    x = np.linspace(0, 1, points, dtype=dtype)
    return x, cn.TARGETS["x^3"](x)


def stack(models, widths, dtype):
    return cn.default_init(models, len(widths), widths[0], dtype=dtype)


def compare(widths, models, dtype, threads, names, rounds, turn):
    """Seconds per model-epoch of each contestant."""
    torch.set_num_threads(threads)
    net, made = stack(models, widths, dtype), {}
    for name in names:
        made[name] = contestants.ALL[name](net, *data(dtype))
    best = timing.take_turns({name: run for name, (run, _) in made.items()}, rounds, turn)
    torch.set_num_threads(1)
    return {name: best[name] / count for name, (_, count) in made.items()}


def moved(widths, models, dtype):
    """The bytes that each way's torch operations read and write for a model-epoch,
    and how many operations these are."""
    net, (x, y) = stack(models, widths, dtype), data(dtype)
    found = {}
    for name, make in contestants.ALL.items():
        if name != NUMBA:
            run, count = make(net, x, y)
            options = (
                {"workers": 0} if name == TORCH else {}
            )  # `timing.traffic` sees the calling thread only
            one, two = (
                timing.traffic(lambda: run(1, **options)),
                timing.traffic(lambda: run(2, **options)),
            )
            found[name] = {
                kind: (after - before) / count for kind, before, after in zip(one._fields, one, two)
            }
    return found


def laws(choices, rounds, turn):
    """Seconds per epoch of the numba engine, one thread, float32, as one of models, points,
    depth and width changes."""
    found = {}
    for what, values in choices.items():
        runs = {}
        for value in values:
            scale = {"models": MODELS, "points": POINTS, "depth": 5, "width": 4, what: value}
            net, (x, y) = (
                cn.default_init(scale["models"], scale["depth"], scale["width"], dtype=np.float32),
                data("float32", scale["points"]),
            )
            run = contestants.ALL[NUMBA](net, x, y)[0]
            runs[value] = lambda tens, run=run: run(
                10 * tens
            )  # at least ten epochs, so that they outweigh the start
        found[what] = {
            value: seconds / 10 for value, seconds in timing.take_turns(runs, rounds, turn).items()
        }
    return found


def memory(models):
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


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(
            line.partition(":")[2].strip() for line in lines if line.startswith("model name")
        )
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
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
        f"{machine['cpu']}, {machine['cores']} cores; Python {machine['python']}, numba {machine['numba']}, torch {machine['torch']}"
    )

    peak, reach = dict.fromkeys(DTYPES, 0.0), dict.fromkeys(SIZES, 0.0)

    def limits():  # again and again: the machine may be busy while it is measured
        peak.update({dtype: max(rate, timing.fma_peak(dtype)) for dtype, rate in peak.items()})
        reach.update(
            {size: max(rate, timing.bandwidth(size, rounds=5)) for size, rate in reach.items()}
        )

    rounds, turn = (4, 0.02) if quick else (15, 0.03)
    every = list(contestants.ALL)
    settings = [
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
        f"\nMicroseconds per model-epoch, best of {rounds} turns; the loop on one thread always; shares of as many peaks as threads\n\n"
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
    for what, found in grown.items():
        print(
            f"\nThe numba engine, one thread, float32: milliseconds per epoch against {what}\n\n"
            + tabulate(
                [[f"{s * 1e3:.3f}" for s in found.values()]],
                [f"{v:,}" for v in found],
                disable_numparse=True,
            )
        )
    grew = memory(1000 if quick else MANY)
    print(
        f"\nTraining {grew['models']:,} networks takes {grew['engine'] / 1e6:,.1f} MB in the numba engine and {grew['train'] / 1e6:,.1f} MB in all, on top of the stack; its parameters are {grew['parameters'] / 1e6:,.1f} MB"
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
