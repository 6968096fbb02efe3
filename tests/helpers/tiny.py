"""A book of one small chapter, made from this one's frame, that takes seconds to build."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .places import ROOT
from .reruns import HEADER

CHAPTER = """
# %% [markdown]
# # Tiny

# %%
import compnet_lib as cn
from compnet_book import claims
from compnet_lib.tiny import ANSWER
f"the answer is {ANSWER}"

# %%
claims.settle("C-eq1", holds=True)
"""
CLAIMS = """\
["C-eq1"]
where = "section 1"
says = "the answer is prime"
chapter = "tiny"
"""


def tiny_book(folder: Path) -> Path:
    """The tiny book, made in this folder."""
    for name in ("book/_static", "compnet_book", "compnet_lib"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("_config.yml", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    toc = "format: jb-book\nroot: index\nparts: [{chapters: [{file: tiny}, {file: ledger}]}]\n"
    (folder / "_toc.yml").write_text(toc)
    (folder / "book/_toc.yml").symlink_to("../_toc.yml")
    (folder / "book/references.bib").touch()
    (folder / "book/index.md").write_text(
        "# Index\n\n```{eval-rst}\n.. autodata:: compnet_lib.tiny.ANSWER\n```\n"
    )
    (folder / "book/ledger.md").write_text("# Ledger\n\n```{ledger}\n```\n")
    (folder / "book/tiny.py").write_text(HEADER + CHAPTER)
    (folder / "compnet_lib/tiny.py").write_text('ANSWER = 41\n"""What is asked for."""\n')
    (folder / "compnet_book/claims.toml").write_text(CLAIMS)
    return folder


def call(folder: Path, *command: str | Path) -> subprocess.CompletedProcess:
    """Run a command on the packages of that folder."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def build(folder: Path) -> subprocess.CompletedProcess:
    program = Path(sys.executable).with_name("jupyter-book")
    return call(folder, program, "build", "book", "-W", "--keep-going")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
