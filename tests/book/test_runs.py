"""In which order chapters run."""

import time

import pytest

from compnet_book import runs

GROUP = "abcdefg"


@pytest.mark.parametrize(("at_once", "begun"), [(1, ["a"]), (2, ["a", "g"])])
@pytest.mark.parametrize("failing", ["", "c"])
def test_every_chapter_runs_once_from_both_ends(monkeypatch, at_once, begun, failing):
    ran = []

    def run(chapter):
        ran.append(chapter)
        time.sleep(0.01)
        return int(chapter == failing)

    monkeypatch.setattr(runs, "run_apart", run)
    assert runs.run_all(GROUP, at_once) == bool(failing)
    assert sorted(ran) == list(GROUP) and sorted(ran[:at_once]) == begun
    if at_once == 1:
        assert ran == list(GROUP)
