"""In which order chapters run."""

from threading import Barrier

import pytest

from compnet_book import runs

GROUP = "abcdefg"


@pytest.mark.parametrize(("at_once", "begun"), [(1, ["a"]), (2, ["a", "g"])])
@pytest.mark.parametrize("failing", ["", "c"])
def test_every_chapter_runs_once_from_both_ends(monkeypatch, at_once, begun, failing):
    ran, together = [], Barrier(at_once)

    def run(chapter):
        ran.append(chapter)
        if chapter in begun:
            together.wait(timeout=60)  # for the other end to have begun
        return int(chapter == failing)

    monkeypatch.setattr(runs, "run_apart", run)
    assert runs.run_all(GROUP, at_once) == bool(failing)
    assert sorted(ran) == list(GROUP) and sorted(ran[:at_once]) == begun
    if at_once == 1:
        assert ran == list(GROUP)
