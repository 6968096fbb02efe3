"""Compile the loops that the fast tests run, two at a time, where they are not on disk yet.

Left to the tests, the two processes that share these would compile most loops twice.
"""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from compnet_lib._core.compiling import digest, folder

X = np.linspace(0, 1, 8)
LOOPS = [(loop, dtype) for loop in ("train", "pretrain", "regularized") for dtype in ("f8", "f4")]


def run(loop, dtype):
    """Each loop for one epoch; what is compiled is kept by the library itself."""
    import compnet_lib as cn

    curve, options = cn.TARGETS["x^3"], {"epochs": 1, "lr": 1e-3}
    net, peaks = cn.default_init(1, 2, 4, dtype=dtype), cn.sample_peaks(1, 2, 0).astype(dtype)
    if loop == "train":
        cn.train(net, curve, X, engine="numba", **options)
    elif loop == "pretrain":
        cn.pretrain(peaks, curve, X, engine="numba", **options)
    elif loop == "regularized":
        cn.train(net, curve, X, engine="numba", regularizer=cn.Regularizer(l1=1e-3), **options)
    else:
        cn.linear_regions(net)
        cn.refine(net, curve, iterations=1)


def main():
    place = folder()
    if place is None or (ready := Path(place) / f"compiled-{digest()[:16]}").exists():
        return
    print("==> compiling the training loops")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(run, *zip(*LOOPS, ("refine", "f8"))))
    ready.touch()


if __name__ == "__main__":
    main()
