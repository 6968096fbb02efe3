"""How fast stacks train: the torch engine against a loop over `nn.Sequential`, in turn, in one run.

    python benchmarks/training.py            # about a minute and a half

Depth 5, width 4, 500 points, float32, Adam. Then the five regimes of Tables 1 and 2 for one seed: 4 curves, 30 networks,
three regimes of 1000 epochs and two of 2000, 840,000 model-epochs in all.
"""

import os
import platform
import time
from statistics import median

import numpy as np
import torch

import compnet_lib as cn
from compnet_lib.published import REGIMES

ROUNDS, EPOCHS, LOOPED, STACKED = 7, 100, 4, 120
X = np.linspace(0, 1, 500, dtype=np.float32)
CURVES = [cn.TARGETS[name] for name in ("x^3", "x^11", "sin", "tanh")]


def looped(net):
    """Seconds per model-epoch of PyTorch as one would write it: one module after the other."""
    x, y = torch.from_numpy(X)[:, None], torch.from_numpy(CURVES[0](X))[:, None]
    modules = [net.to_torch(i) for i in range(LOOPED)]
    began = time.perf_counter()
    for module in modules:
        optimizer = torch.optim.Adam(module.parameters(), lr=1e-3)
        for _ in range(EPOCHS):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(module(x), y).backward()
            optimizer.step()
    return (time.perf_counter() - began) / (LOOPED * EPOCHS)


def stacked(net):
    began = time.perf_counter()
    cn.train(net, CURVES[0], X, epochs=EPOCHS, lr=1e-3, engine="torch", device="cpu")
    return (time.perf_counter() - began) / (STACKED * EPOCHS)


def pretrained(peaks):
    began = time.perf_counter()
    cn.pretrain(peaks, CURVES[0], X, epochs=EPOCHS, lr=1e-3, engine="torch", device="cpu")
    return (time.perf_counter() - began) / (STACKED * EPOCHS)


def main():
    print(f"Python {platform.python_version()}, torch {torch.__version__}, {os.cpu_count()} CPUs, {torch.get_num_threads()} threads")
    net = cn.default_init(STACKED, dtype=np.float32)
    peaks = cn.sample_peaks(STACKED, 5, seed=0).astype(np.float32)
    threads, rounds = torch.get_num_threads(), []
    for _ in range(ROUNDS + 1):
        torch.set_num_threads(1)  # networks this small are slower with more
        loop = looped(net)
        torch.set_num_threads(threads)
        rounds.append((loop, stacked(net), pretrained(peaks)))
    for k, label in enumerate(("loop over nn.Sequential", "stack, weights", "stack, peaks")):
        ratios = [r[0] / r[k] for r in rounds[1:]]
        print(f"{label:24} {median(r[k] for r in rounds[1:]) * 1e6:7.1f} µs per model-epoch, {median(ratios):5.1f} times the loop's speed ({min(ratios):.1f} to {max(ratios):.1f})")

    total = 0.0
    for regime in REGIMES:
        began = time.perf_counter()
        cn.run_regime(regime, CURVES, X, seeds=[0])
        total += time.perf_counter() - began
        print(f"{regime:24} {time.perf_counter() - began:7.1f} s")
    print(f"{'Tables 1 and 2, one seed':24} {total:7.1f} s")


if __name__ == "__main__":
    main()
