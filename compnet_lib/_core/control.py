"""What a long run shows, and how it is stopped."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

PATIENCE = 1.0
"""Seconds before a run shows anything."""


class Interrupted(KeyboardInterrupt):
    """A run was interrupted; nothing that it had reached is lost.

    Attributes:
        result: what the call would have returned, as it stood. Its `history` is NaN where a member
            did not get to.
        done: how many epochs (rounds, evaluations) each member has behind it, (models,).
    """

    def __init__(self, result: Any, done: NDArray[np.int64], unit: str = "epochs"):
        self.result, self.done = result, done
        reached = (
            f"{done.min():,}"
            if done.min() == done.max()
            else f"between {done.min():,} and {done.max():,}"
        )
        super().__init__(
            f"interrupted after {reached} {unit}; what was reached is in `result` of this exception"
        )


class Control:
    """A run's progress bar, on a terminal only, and its stop sign.

    Args:
        epochs: of the run.
        models: in the stack.
        points: of each member.
        workers: threads to use; 0 works in the calling thread, None takes what `threads` says.
    """

    def __init__(self, epochs: int, models: int, points: int, workers: int | None = None):
        self.stopped = False
        self.points = points
        self.threads = threads() if workers is None else workers
        self.done = np.zeros(models, int)
        self._bar = tqdm(
            total=epochs, desc="training", unit="epoch", delay=PATIENCE, leave=False, disable=None
        )
        self._lock = threading.Lock()

    def __enter__(self) -> Control:
        # Compiling is before the first epoch: say so, if it takes long.
        self._waiting = threading.Timer(PATIENCE, self._first_word)
        self._waiting.daemon = True
        if not self._bar.disable:
            self._waiting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.cancel()
        self._bar.close()

    def advance(self, part: slice, epochs: int) -> None:
        """`epochs` more are behind the members of `part`."""
        with self._lock:
            self.done[part] += epochs
            self._bar.update(round(self.done.mean()) - self._bar.n)

    def run(self, work: Callable, parts: Sequence[slice]) -> list:
        """`work` on each part, as many at a time as there are threads; the results in order.
        An interrupt sets `stopped`, on which `work` should return."""
        if not self.threads:
            return [work(part) for part in parts]
        with ThreadPoolExecutor(self.threads) as pool:
            running = [pool.submit(work, part) for part in parts]
            try:
                while wait(
                    running, timeout=0.1
                ).not_done:  # for ever, some systems would not hear an interrupt
                    pass
            except KeyboardInterrupt:
                self.stopped = True
        return [one.result() for one in running]

    def _first_word(self) -> None:
        with self._lock:
            if not self.done.any():
                print("compiling, once for this machine ...", file=sys.stderr, flush=True)


def threads() -> int:
    """How many threads the engines use: what torch is set to, or else what the process may use."""
    torch = sys.modules.get("torch")
    return (
        torch.get_num_threads()
        if torch is not None
        else len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1
    )
