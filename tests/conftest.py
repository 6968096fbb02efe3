"""One thread, so that the tests share a machine; the same examples on every run;
and runs in a process of their own, with an empty cache of compiled code."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.pages import HTML
from hypothesis import settings

gc.set_threshold(100_000, 50, 50)  # thousands of tests are collected once, and looked at again

settings.register_profile("same", derandomize=True, deadline=None, max_examples=40)
settings.register_profile("quick", settings.get_profile("same"), max_examples=10)
settings.load_profile("same")

SHOW = "\nprint(b''.join(a.tobytes() for a in (*net.weights, *net.biases) if a is not None).hex())"


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    import torch  # here: the process that only hands out tests does without

    torch.set_num_threads(1)


@pytest.fixture
def twice(tmp_path):
    """Whether code that makes a `net` makes the same one, bit for bit,
    when it has to compile and when it finds the compiled code on disk."""

    def same(code):
        command = [sys.executable, "-c", "import numpy as np, compnet_lib as cn\n" + code + SHOW]
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
        first, second = (
            subprocess.run(
                command,
                env=environment,
                cwd=Path(__file__).parents[1],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for _ in range(2)
        )
        assert any(tmp_path.rglob("*.nbc")) and len(first) > 100
        return first == second

    return same


@pytest.fixture(scope="module")
def built():
    if not (HTML / "index.html").exists():
        assert "BOOK_REQUIRED" not in os.environ, f"{HTML} is missing"
        pytest.skip("the book is not built: run `make book` first")
