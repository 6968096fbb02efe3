"""How what takes long is stopped, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

GO = np.zeros(1, np.bool_)
"""A stop sign that is never set, for what does not take long."""
T = TypeVar("T")


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


@contextmanager
def heard() -> Iterator[None]:
    """Around calls of compiled code: an interrupt that comes while it hands over its arrays reaches
    Python as a SystemError, which is made an interrupt again."""
    try:
        yield
    except SystemError as error:
        cause: BaseException | None = error
        while isinstance(cause, SystemError):
            cause = cause.__cause__
        if not isinstance(cause, KeyboardInterrupt):
            raise
        raise cause from None


def apart(call: Callable[[NDArray[np.bool_]], T]) -> T:
    """What `call` gives, in a thread of its own, so that an interrupt is heard at once: it sets
    the stop sign that `call` is given, which should end soon, and its result is lost."""
    sign = np.zeros(1, np.bool_)
    pool = ThreadPoolExecutor(1)
    running = pool.submit(call, sign)
    try:
        while wait([running], timeout=0.1).not_done:
            pass
    except KeyboardInterrupt:
        sign[0] = True
        raise
    finally:
        pool.shutdown(wait=False)
    return running.result()
