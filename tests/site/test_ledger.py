"""The ledger of a tiny book: its cards, its errata, its file, and the links between them."""

import json

import pytest
from bs4 import BeautifulSoup
from helpers.tiny import add, build, edit, tiny_book

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ledger")]

CLAIMS = """\

["C-lem7.9"]
where = "Lemma 7.9"
says = "$F$ is convex."
chapter = "tiny"

["F-thm2"]
where = "Theorem 2"
says = "It is flat."
chapter = "flat"
"""
CELL = """
# %%
claims.settle("C-lem7.9", holds=False, corrected=True, instead="$F$ is concave.",
              kind="mathematical", part="text", numbers={"chords": 3}, note="At 3 chords.")

# %% [markdown]
# ```{settled}
# ```
"""
LEDGER = """\
# Ledger

```{claims-filter}
```

## Networks

```{ledger} C
```

## Space

```{ledger} F
```

## Machines

```{claims-schema}
```
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tiny_book(tmp_path_factory.mktemp("ledger"))
    add(folder / "compnet_book/claims.toml", CLAIMS)
    add(folder / "book/tiny.py", CELL)
    (folder / "book/ledger.md").write_text(LEDGER)
    (folder / "book/errata.md").write_text("# Errata\n\n```{errata} C mathematical\n```\n")
    edit(folder / "_toc.yml", "{file: ledger}", "{file: ledger}, {file: errata}")
    done = build(folder)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def page(folder, name):
    text = (folder / f"_build/html/{name}.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser").select_one("article.bd-article")


def links(tag):
    return {link.get_text(): link["href"] for link in tag.select("a.reference")}


def test_the_line_of_a_claim_leads_to_its_card(book):
    line = page(book, "tiny").select_one("p#claim-c-lem7-9")
    assert "verdict-fails-as-stated" in line["class"]
    assert links(line) == {"C-lem7.9": "ledger.html#claim-c-lem7-9"}


def test_the_list_of_a_chapter_leads_to_cards_and_cells(book):
    first, second = page(book, "tiny").select("ul.book-settled > li")
    assert links(first) == {
        "C-eq1": "ledger.html#claim-c-eq1",
        "holds": "#claim-c-eq1",
    }
    assert second.get_text(" ", strip=True).endswith("Lemma 7.9. At 3 chords.")


def test_the_cards_of_the_ledger(book):
    article = page(book, "ledger")
    cards = {card["id"]: card for card in article.select("article.book-card")}
    assert list(cards) == ["claim-c-eq1", "claim-c-lem7-9", "claim-f-thm2"]
    card = cards["claim-c-lem7-9"]
    assert links(card)["fails as stated"] == "tiny.html#claim-c-lem7-9"
    assert r"\(F\) is concave." in card.select_one("details").get_text()
    fold = article.select_one("details.book-fold")
    assert fold.select("#claim-f-thm2") and not fold.has_attr("open")
    form = article.select_one("form.book-filter")
    assert form.has_attr("hidden"), "without a script there is no dead control"


def test_the_errata(book):
    (entry,) = page(book, "errata").select("article.book-erratum")
    assert links(entry) == {
        "C-lem7.9": "ledger.html#claim-c-lem7-9",
        "fails as stated": "tiny.html#claim-c-lem7-9",
    }
    terms = [term.get_text() for term in entry.select("dt")]
    assert terms == ["The claim, in our words", "True instead"]


def test_the_file_is_there_is_vouched_for_and_is_mended(book):
    path = book / "_build/html/claims.json"
    whole = path.read_bytes()
    found = {one["id"]: one for one in json.loads(whole)["claims"]}
    assert found["C-lem7.9"]["verdict"] == "fails as stated"
    assert found["C-lem7.9"]["url"] == "tiny.html#claim-c-lem7-9"
    assert found["F-thm2"]["verdict"] == "open"
    manifest = json.loads((book / "_build/.manifest.json").read_text())
    assert "html/claims.json" in manifest["files"]
    for damaged in (whole.replace(b"fails as stated", b"holds"), whole[:99], None):
        path.unlink() if damaged is None else path.write_bytes(damaged)
        assert build(book).returncode == 0
        assert path.read_bytes() == whole


def test_a_reworded_claim_changes_card_errata_and_file(book):
    edit(book / "compnet_book/claims.toml", "$F$ is convex.", "The sum is convex.")
    done = build(book)
    assert done.returncode == 0 and "Executing the chapter" not in done.stdout
    for name in ("ledger", "errata"):
        assert "The sum is convex." in page(book, name).get_text()
    assert "The sum is convex." in (book / "_build/html/claims.json").read_text()


def test_a_record_of_no_claim_is_complained_of(book):
    path = book / "compnet_book/claims.toml"
    whole = path.read_text()
    edit(path, "C-lem7.9", "C-lem7.10")
    for _ in range(2):
        done = build(book)
        assert done.returncode != 0 and "Traceback" not in done.stdout
        assert "tiny settles C-lem7.9, which is no claim of the ledger" in done.stderr
        assert "tiny has no cell that settles C-lem7.10" in done.stderr
    path.write_text(whole)
    assert build(book).returncode == 0


def test_a_place_for_nothing_is_refused(book):
    edit(book / "book/errata.md", "mathematical", "grave")
    done = build(book)
    assert done.returncode != 0 and "errata takes one of" in done.stderr
