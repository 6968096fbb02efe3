"""Builds that are cut off and files that are damaged, at random but for a seed."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from .tiny import add, edit, tiny_book

MORE = """
# %% [markdown]
# ## A figure
#
# See {ref}`the notes <notes>` and {eq}`square`.

# %% mystnb={"image": {"alt": "a dot"}}
from IPython.display import SVG
SVG('<svg xmlns="http://www.w3.org/2000/svg"><path id="p" style="stroke: #000000" d="M0 0"/></svg>')
"""
NOTES = """\
(notes)=
# Notes

One sentence.

```{math}
:label: square
x^2
```
"""
EDITS = {
    "nothing": [],
    "library": [
        ("compnet_lib/tiny.py", "41", "43"),
        ("compnet_lib/tiny.py", "What is asked for", "What was asked for"),
    ],
    "text": [
        ("book/notes.md", "# Notes", "# Notes and more"),
        ("book/notes.md", "One sentence", "Another sentence"),
        ("compnet_book/claims.toml", "section 1", "section 2"),
    ],
    "frame": [
        ("book/_static/book.css", "{", "{\n"),
        ("compnet_book/palette.py", "#002bc1", "#002bc2"),
        ("_toc.yml", "{file: notes}, {file: ledger}", "{file: ledger}, {file: notes}"),
    ],
}
"""What is edited in the book, and so what could go stale: outputs, texts, or every page."""
FILES = sorted({path for edits in EDITS.values() for path, *_ in edits})
PLACES = ("html", "html/_static", "html/_sources", "", ".doctrees", "executed", "jupyter_execute")
COMMAND = (Path(sys.executable).with_name("jupyter-book"), "build", "book")


def book(folder, edits="nothing"):
    """A tiny book with a figure, a formula and links between pages."""
    tiny_book(folder)
    add(folder / "book/tiny.py", MORE)
    (folder / "book/notes.md").write_text(NOTES)
    edit(folder / "_toc.yml", "{file: ledger}", "{file: notes}, {file: ledger}")
    edit(folder / "_toc.yml", "parts: [{", "parts: [{numbered: true, ")
    for path in FILES:
        (folder / "first" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / path, folder / "first" / path)
    edited(folder, edits)
    return folder


def edited(folder, name):
    """Have the sources edited as `EDITS` says, and as at first in everything else."""
    for path in FILES:
        shutil.copy(folder / "first" / path, folder / path)
    for path, old, new in EDITS[name]:
        edit(folder / path, old, new)
    (folder / "first/edits").write_text(name)


def pages(folder):
    """A digest for each file of the built book."""
    html = folder / "_build/html"
    return {
        path.relative_to(html).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in html.rglob("*")
        if path.is_file()
    }


def differing(one, other):
    """The files that are not the same."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def started(folder):
    """A build that has begun, apart from the group of processes that the tests are."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        COMMAND,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # ignored where the tests run in the background
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def wait(process, random, lines=45, seconds=4.0):
    """Wait for a random moment of a build: for some line that it prints, or for some time.
    The line, or the time."""
    if random.random() < 0.5:
        delay = random.uniform(0, seconds)
        time.sleep(delay)
        return f"after {delay:.2f} s"
    line = ""
    for _ in range(random.randrange(1, lines)):
        line = process.stdout.readline() or line
    time.sleep(random.uniform(0, 0.15))
    return f"after {line.strip()[:60]!r}"


def cut_off(folder, random):
    """Begin a build, and kill or interrupt it at a random moment. What was done, in words."""
    by = random.choice((signal.SIGKILL, signal.SIGINT))
    end = random.choice((os.kill, os.killpg))  # the build, or its kernel as well
    with started(folder) as process:
        when = wait(process, random)
        if process.poll() is None:
            end(process.pid, by)
        else:
            when = "after its end"
        process.stdout.read()
    return f"{end.__name__} {by.name} {when}"


def damage(folder, random):
    """Damage one file under `_build`, in a random place. What was done, in words."""
    build = folder / "_build"
    place = random.choice(PLACES)
    found = (build / place).rglob("*") if "_static" in place else (build / place).iterdir()
    path = random.choice(sorted(path for path in found if path.is_file()))
    whole, written = path.read_bytes(), path.stat()
    half = len(whole) // 2
    kind, content = random.choice(
        [
            ("truncated", whole[: random.randrange(len(whole) + 1)]),
            ("emptied", b""),
            ("garbage", random.randbytes(len(whole))),
            ("garbage in the middle", whole[:half] + random.randbytes(20) + whole[half + 20 :]),
            ("a letter changed", whole[:half] + b"e" + whole[half + 1 :]),
            ("deleted", None),
        ]
    )
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
        if random.random() < 0.5:  # as a disk does that forgets
            os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))
    return f"{path.relative_to(build)}: {kind}"
