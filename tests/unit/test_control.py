"""How a long run is stopped: at once, and as often as somebody asks."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from compnet_lib._core.control import Control
from compnet_lib._core.stops import Interrupted, apart, heard


@pytest.fixture(autouse=True)
def usual_handler():
    """The handler of a Python that nobody has changed; what pytest has comes back."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupts(*moments):
    """Interrupts after so many seconds, as a terminal sends them."""
    for moment in moments:
        threading.Timer(moment, signal.raise_signal, [signal.SIGINT]).start()


def until(happened):
    for _ in range(2000):
        if happened():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen in 20 seconds")


def test_an_interrupt_after_the_work_lets_the_result_be_made():
    interrupts(0.1)
    with Control(1, 1, 0, workers=1) as control:
        found = control.run(lambda part: "done", [slice(0, 1)])
        until(lambda: control.stopped)
    assert found == ["done"]


def test_a_second_interrupt_changes_nothing():
    ended = []

    def work(part):
        until(lambda: control.stopped)
        time.sleep(0.5)
        ended.append(part)

    parts = [slice(0, 1), slice(1, 2)]
    interrupts(0.1, 0.3)
    with Control(1, 2, 0, workers=2) as control:
        control.run(work, parts)
    assert control.stopped and sorted(ended, key=str) == parts and not control.abandoned
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_somebody_elses_handler_is_kept_and_heard():
    def handler(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, handler)
    interrupts(0.1)
    with Control(1, 1, 0, workers=1) as control:
        assert signal.getsignal(signal.SIGINT) is handler
        control.run(
            lambda part: [time.sleep(0.01) for _ in iter(lambda: control.stopped, True)], [0]
        )
    assert control.stopped


def test_what_does_not_hear_the_sign_is_left_alone():
    """As compiling does not."""
    done = threading.Event()
    interrupts(0.1)
    with Control(1, 2, 0, workers=1) as control:
        found = control.run(lambda part: done.wait(20), [slice(0, 1), slice(1, 2)], leave=True)
    done.set()
    assert control.abandoned and found == []


def test_a_call_apart_gives_its_result_and_its_errors():
    assert apart(lambda sign: sign.tolist()) == [False]
    with pytest.raises(ZeroDivisionError):
        apart(lambda sign: 1 / 0)


def test_an_interrupt_of_a_call_apart_sets_its_sign():
    seen = threading.Event()

    def call(sign):
        until(lambda: sign[0])
        seen.set()

    interrupts(0.1)
    with pytest.raises(KeyboardInterrupt):
        apart(call)
    assert seen.wait(20)


def test_the_message_says_how_far_it_came():
    done = np.array([3, 2000])
    assert "interrupted after between 3 and 2,000 rounds" in str(Interrupted(None, done, "rounds"))


HANDING_OVER = """
import os, signal, threading
import compnet_lib as cn
many = cn.default_init(3000)
cn.piecewise_linear(many[:1])
for k in range(20):
    threading.Timer(0.005, os.kill, [os.getpid(), signal.SIGINT]).start()
    try:
        while True:
            cn.piecewise_linear(many)
    except KeyboardInterrupt:
        print("heard")
"""


@pytest.mark.slow
def test_an_interrupt_is_heard_while_a_kernel_hands_over_its_arrays():
    done = subprocess.run(
        [sys.executable, "-c", HANDING_OVER], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0 and done.stdout.split() == ["heard"] * 20, done.stderr


def test_another_system_error_stays_one():
    with pytest.raises(SystemError, match="not an interrupt"), heard():
        raise SystemError("not an interrupt") from ValueError()


COUNTING = """
import os, signal, threading, time
import numpy as np, compnet_lib as cn
net = cn.compositional(np.full((1, 20), 0.4), 1)
cn.linear_regions(net[0]), cn.insides(cn.default_init(1))
many = net[[0] * 500]
for count in (cn.linear_regions, cn.insides):
    threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT]).start()
    began = time.perf_counter()
    try:
        count(many)
    except KeyboardInterrupt:
        print(time.perf_counter() - began)
"""


@pytest.mark.slow
def test_counting_is_interrupted():
    done = subprocess.run(
        [sys.executable, "-c", COUNTING], capture_output=True, text=True, timeout=120
    )
    seconds = [float(line) for line in done.stdout.split()]
    assert done.returncode == 0 and len(seconds) == 2, done.stderr
    assert max(seconds) < 5, "within a second of the interrupt on a quiet machine"


TRAINING = """
import os, signal, threading, time
import numpy as np, compnet_lib as cn
import compnet_lib.engines.cpu.engine
x = np.linspace(0, 1, 50)
threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT]).start()
began = time.perf_counter()
try:
    cn.train(cn.default_init(4), cn.TARGETS["sin"], x, epochs=10**9, lr=1e-3)
except cn.Interrupted as stop:
    print(time.perf_counter() - began, stop.result.diverged.any(), flush=True)
os._exit(0)  # not waiting for the compiler
"""


@pytest.mark.slow
def test_an_interrupt_is_heard_while_a_kernel_is_compiled(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", TRAINING], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    seconds, diverged = done.stdout.split()
    assert float(seconds) < 6 and diverged == "False"
