"""Whatever ends a build or damages what it left: one more build gives what a clean one gives.

Every file under `_build/html` is compared, byte for byte. The faults are random, for a seed:
`FAULTS=50 FAULTS_SEED=1000 pytest tests/book/test_faults.py` makes 50 of each kind, and others.
"""

import os
import random
import subprocess
import sys

import pytest
from helpers import faults
from helpers.tiny import call, edit

MANY = int(os.environ.get("FAULTS", 3))
SEED = int(os.environ.get("FAULTS_SEED", 0))
each_fault = pytest.mark.parametrize("seed", range(SEED, SEED + MANY))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),  # whose books are built once
]


def build(folder):
    return call(folder, *faults.COMMAND)


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """A book for each of the edits, built from nothing."""
    made = {}
    for name in faults.EDITS:
        folder = faults.book(tmp_path_factory.mktemp(name), name)
        done = build(folder)
        assert done.returncode == 0, done.stderr
        made[name] = folder
    return made


@pytest.fixture(scope="module")
def clean(books):
    """The pages that each of them has."""
    return {name: faults.pages(folder) for name, folder in books.items()}


@pytest.fixture(scope="module")
def book(books, clean):
    """One of them, which is edited and damaged: what it is like when a test begins is left to
    those before."""
    return books["nothing"]


def fresh(book, name, clean):
    """Build once more, and say which files are not as a clean build of these sources has them."""
    done = build(book)
    assert done.returncode == 0, done.stderr
    return faults.differing(faults.pages(book), clean[name])


def test_the_edits_change_pages(clean):
    for name in ("library", "text", "frame"):
        assert {"ledger.html", "index.html"} & {*faults.differing(clean["nothing"], clean[name])}


@pytest.mark.parametrize("name", ["library", "text", "frame", "nothing"])
def test_an_edit_gives_what_a_clean_build_gives(book, clean, name):
    faults.edited(book, name)
    assert fresh(book, name, clean) == []


def test_a_sentence_changes_its_page_alone(book):
    def written():
        assert build(book).returncode == 0
        html = book / "_build/html"
        return [(html / name).stat().st_mtime_ns for name in ("tiny.html", "notes.html")]

    faults.edited(book, "nothing")
    tiny, notes = written()
    edit(book / "book/notes.md", "One sentence", "Another sentence")
    again = written()
    assert again[0] == tiny and again[1] > notes


@each_fault
def test_a_build_that_is_cut_off_is_made_up_for(book, clean, seed):
    chance = random.Random(seed)
    name = chance.choice([*faults.EDITS])
    faults.edited(book, name)
    what = faults.cut_off(book, chance)
    print(f"{name}: {what}")
    assert fresh(book, name, clean) == [], what


@each_fault
def test_a_damaged_file_is_mended(book, clean, seed):
    what = faults.damage(book, random.Random(seed))
    print(what)
    name = (book / "first/edits").read_text()
    assert fresh(book, name, clean) == [], what


@pytest.mark.parametrize("seed", range(SEED, SEED + max(1, MANY // 5)))
def test_edits_while_two_build_are_noticed(book, clean, seed):
    chance = random.Random(seed)
    before, after = chance.sample([*faults.EDITS], 2)
    faults.edited(book, before)
    both = [faults.started(book), faults.started(book)]
    faults.wait(both[0], chance)
    faults.edited(book, after)
    said = [process.communicate()[0] for process in both]
    assert fresh(book, after, clean) == [], said


def refused(done):
    """Whether a build failed, and says in its last line that there is no room."""
    return done.returncode != 0 and "the disk is full" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("size", [10_000, 200_000])
def test_files_that_cannot_be_written_whole_fail_the_build(book, clean, size):
    """As on a full disk, a file ends where the limit is, and writing fails."""
    faults.edited(book, "text")
    limit = f"import resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({size}, {size})); "
    program = "import sys; from jupyter_book.cli.main import main; main(['build', 'book'])"
    assert refused(call(book, sys.executable, "-c", limit + program))
    assert fresh(book, "text", clean) == []


def mount(*words):
    return subprocess.run(["mount", *words], capture_output=True, text=True)


def test_a_full_disk_is_named_and_with_room_all_is_well(tmp_path, clean):
    done = mount("-t", "tmpfs", "-o", "size=4M", "tmpfs", str(tmp_path))
    if done.returncode:
        pytest.skip(f"a small disk cannot be made here: {done.stderr.strip()}")
    try:
        faults.book(tmp_path)
        assert refused(build(tmp_path))
        assert mount("-o", "remount,size=64M", str(tmp_path)).returncode == 0
        assert fresh(tmp_path, "nothing", clean) == []
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
