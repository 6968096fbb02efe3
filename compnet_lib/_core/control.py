"""What a long run shows, and how it is stopped."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
from tqdm import tqdm

PATIENCE = 1.0
"""Seconds before a run shows anything."""
GRACE = 0.7
"""Seconds that an interrupted run waits for what is being compiled."""


class Control:
    """A run's progress bar, on a terminal only, and its stop sign.

    While it is entered an interrupt raises nothing: it sets the stop sign, however often it comes.

    Args:
        epochs: of the run.
        models: in the stack.
        points: of each member.
        workers: threads to use; 0 works in the calling thread, None takes what `threads` says.

    Attributes:
        sign: the stop sign as compiled loops see it, booleans (1,).
        abandoned: whether `run` came back before its work had.
    """

    def __init__(self, epochs: int, models: int, points: int, workers: int | None = None):
        self.sign = np.zeros(1, np.bool_)
        self.abandoned = False
        self.points = points
        self.threads = threads() if workers is None else workers
        self.done = np.zeros(models, int)
        self._bar = tqdm(
            total=epochs, desc="training", unit="epoch", delay=PATIENCE, leave=False, disable=None
        )
        self._lock = threading.Lock()

    @property
    def stopped(self) -> bool:
        """Whether an interrupt came."""
        return bool(self.sign[0])

    def stop(self, *_: object) -> None:
        """Set the stop sign."""
        self.sign[0] = True

    def __enter__(self) -> Control:
        main = threading.current_thread() is threading.main_thread()
        self._handled = main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._handled:
            signal.signal(signal.SIGINT, self.stop)
        # Compiling is before the first epoch: say so, if it takes long.
        self._waiting = threading.Timer(PATIENCE, self._first_word)
        self._waiting.daemon = True
        if not self._bar.disable:
            self._waiting.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._handled:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self._waiting.cancel()
        self._bar.close()

    def advance(self, part: slice, epochs: int) -> None:
        """`epochs` more are behind the members of `part`."""
        with self._lock:
            self.done[part] += epochs
            self._bar.update(round(self.done.mean()) - self._bar.n)

    def run(self, work: Callable, parts: Sequence[slice], leave: bool = False) -> list:
        """`work` on each part, as many at a time as there are threads; the results in order.

        On the stop sign `work` should return.

        Args:
            leave: whether, `GRACE` after the stop sign, what still compiles is left alone;
                then `abandoned` is set and some results are missing.
        """
        if not self.threads:
            return [work(part) for part in parts]
        pool = ThreadPoolExecutor(self.threads)
        running = [pool.submit(work, part) for part in parts]
        patience = np.inf
        while not self.abandoned:
            try:
                # Without a timeout some systems would not hear an interrupt.
                if not wait(running, timeout=0.1).not_done:
                    break
            except KeyboardInterrupt:  # from somebody else's handler
                self.stop()
            if self.stopped:
                patience = min(patience, time.monotonic() + GRACE)
                self.abandoned = leave and time.monotonic() > patience
        pool.shutdown(wait=not self.abandoned, cancel_futures=True)
        return [one.result() for one in running if one.done() and not one.cancelled()]

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
