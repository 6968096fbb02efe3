"""Replays: what the page holds is what the network is, and small; the script plays it."""

import json
import os
import re
import shutil

import numpy as np
import pytest
from helpers.places import ROOT

import compnet_lib as cn
from compnet_book import interactive
from compnet_book.interactive import MOST, replay

try:
    from playwright.sync_api import sync_playwright
except ImportError:
    sync_playwright = None

X = np.linspace(-2, 2, 41)
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
LABEL = 'A "replay" of <five> layers.'


@pytest.fixture(scope="module")
def snapshots():
    return {50 * k: cn.default_init(1, 5, 8, seed=k) for k in range(4)}


@pytest.fixture(scope="module")
def shown(snapshots):
    return replay(snapshots, X, np.sin(X), label=LABEL)


def test_the_frames_are_the_networks(snapshots, shown):
    assert shown.data["epochs"] == list(snapshots)
    for frame, net in zip(shown.data["frames"], snapshots.values()):
        found = cn.to_breakpoints(net)[0]
        inside = abs(found.breakpoints) <= 2
        assert np.allclose(frame["breakpoints"], found.breakpoints[inside], atol=0.006)
        assert frame["layers"] == found.layer[inside].tolist()
        line = np.interp(X, frame["x"], frame["y"])
        steepest = abs(found.function.slopes).max()
        assert abs(line - net(X)[0]).max() < 0.01 * (1 + steepest)


def test_the_page_holds_the_data_and_the_last_picture(shown):
    page = shown._repr_mimebundle_()["text/html"]
    inside = re.search('<script type="application/json">(.*)</script>', page)[1]
    assert json.loads(inside) == shown.data
    assert "<five>" not in page and "&lt;five&gt;" in page
    ticks = re.search('<g class="replay-ticks">(.*)</g>', page)[1].count("<path")
    assert ticks == len(shown.data["frames"][-1]["layers"])
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert shown._repr_mimebundle_()["text/plain"] == LABEL


def test_the_script_asks_no_network():
    script = (ROOT / "book" / "_static" / "replay.js").read_text(encoding="utf-8")
    assert script.replace("http://www.w3.org/2000/svg", "").count("http") == 0
    assert not re.search(r"\b(fetch|import|XMLHttpRequest)\b", script)


def test_what_is_too_large_is_refused(snapshots, monkeypatch):
    assert len(json.dumps(replay(snapshots, X, X, label="a").data)) < MOST
    monkeypatch.setattr(interactive, "MOST", 1000)
    with pytest.raises(ValueError, match="snapshots must be fewer"):
        replay(snapshots, X, X, label="a")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"snapshots": []}, "snapshots must be a mapping"),
        ({"snapshots": {}}, "snapshots must be a mapping"),
        ({"snapshots": {0: cn.default_init(2)}}, "stacks of one network"),
        ({"snapshots": {0: cn.default_init(1, 6)}}, "five hidden layers"),
        ({"y": X[1:]}, "y must"),
    ],
)
def test_bad_input_is_named(snapshots, given, message):
    with pytest.raises((TypeError, ValueError), match=message):
        replay(**{"snapshots": snapshots, "x": X, "y": X, "label": "a"} | given)


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
@pytest.mark.skipif(not (sync_playwright and CHROMIUM), reason="no Chromium")
def test_the_script_plays_and_answers_the_keyboard(shown, tmp_path):
    script = (ROOT / "book" / "_static" / "replay.js").read_text(encoding="utf-8")
    body = shown._repr_mimebundle_()["text/html"]
    path = tmp_path / "page.html"
    path.write_text(f"<meta charset=utf-8><script>{script}</script>{body}", encoding="utf-8")
    with sync_playwright() as plays, plays.chromium.launch(executable_path=CHROMIUM) as browser:
        page = browser.new_page()
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri())
        slider, button = page.locator("input[type=range]"), page.locator("button")
        assert slider.input_value() == "3" and button.inner_text() == "Play"
        slider.press("Home")
        counted = len(shown.data["frames"][0]["breakpoints"])
        assert page.locator(".replay-ticks path").count() == counted
        assert slider.get_attribute("aria-valuetext").startswith("epoch 0,")
        button.press("Enter")
        assert button.inner_text() == "Pause"
        page.wait_for_function("document.querySelector('input').value === '3'")
        page.wait_for_function("document.querySelector('button').textContent === 'Play'")
        line = page.locator(".replay-net").get_attribute("points")
        assert len(line.split()) == len(shown.data["frames"][-1]["x"])
        assert not complaints
