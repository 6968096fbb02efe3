"""The built book as a reader gets it: complete, whole, quiet, and independent of a network."""

import json
import re
import shlex
from collections import Counter
from functools import cache
from urllib.parse import unquote, urlsplit

import jsonschema
import jupytext
import pytest
from bs4 import BeautifulSoup
from helpers.pages import HTML, each_file, each_page, soup
from helpers.places import CHAPTERS, ROOT

from compnet_book.claims import CLAIMS, VERDICTS, kind_of
from compnet_book.parameters import check, declared
from compnet_book.sphinx.machines import SCHEMA


@cache
def anchors(path):
    return {tag["id"] for tag in soup(path).select("[id]")}


def broken_links(page):
    """The internal links of a page that lead to no file, or to no anchor in it."""
    broken = []
    for tag in soup(page).select("[href], [src]"):
        url = urlsplit(tag.get("href") or tag.get("src") or "")
        if url.scheme:
            continue
        target = (page.parent / unquote(url.path)).resolve() if url.path else page
        lost = (
            url.fragment
            and target.suffix == ".html"
            and unquote(url.fragment) not in anchors(target)
        )
        if not target.is_file() or lost:
            broken.append(f"{page.name}: {url.geturl()}")
    return broken


def test_a_dead_link_is_noticed(tmp_path):
    (tmp_path / "there.html").write_text('<p id="here">text</p>', encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text(
        '<a href="there.html#here"></a><a href="there.html#gone"></a>'
        '<a href="gone.html"></a><a href="#nowhere"></a>',
        encoding="utf-8",
    )
    assert broken_links(page) == [
        "page.html: there.html#gone",
        "page.html: gone.html",
        "page.html: #nowhere",
    ]


@pytest.mark.usefixtures("built")
class TestPage:
    @each_file
    def test_links_and_anchors_resolve(self, name):
        assert not broken_links(HTML / name)

    @each_page
    def test_ids_are_unique(self, name):
        counts = Counter(tag["id"] for tag in soup(HTML / name).select("[id]"))
        assert not [identifier for identifier, count in counts.items() if count > 1]

    @each_file
    def test_needs_no_network(self, name):
        page = soup(HTML / name)
        loaded = [
            tag.get("src") or tag.get("href") or tag.get("data") or ""
            for tag in page.select(
                "script, link, img, iframe, source, object, embed, video, audio, image, use"
            )
        ]
        assert not [url for url in loaded if re.match(r"(https?:)?//", url)]
        inline = [tag.get_text() for tag in page.select("script, style")] + [
            tag["style"] for tag in page.select("[style]")
        ]
        assert not [text for text in inline if re.search(r"https?://|@import", text)]

    @each_page
    def test_figures_are_described(self, name):
        article = soup(HTML / name).select_one("article")
        pictures = article.select("img, svg[role=img]")
        for figure in article.select("figure"):
            assert figure.select("img, svg[role=img], table"), (
                f"nothing in figure {figure.get('id')}"
            )
        for picture in pictures:
            text = picture.get("alt") or picture.get("aria-label") or ""
            assert len(text.split()) > 2 and not re.search(r"_images|\.(svg|png)$", text), (
                f"alternative text: {text!r}"
            )

    @each_page
    def test_figures_follow_the_theme(self, name):
        for svg in soup(HTML / name).select("svg.book-figure"):
            styles = " ".join(tag["style"] for tag in svg.select("[style]"))
            fixed = re.findall(r"(?<!, )#(?:000000|262626|ffffff)", styles)
            assert not fixed and not svg.select("metadata, style")

    @each_page
    def test_says_nothing_it_should_not(self, name):
        html = (HTML / name).read_text(encoding="utf-8")
        places = ["/home/", "/root/", "/tmp/", "site-packages", f"{ROOT}/"]
        assert not [place for place in places if place in html], (
            "a path of the machine that built the page"
        )
        outputs = "\n".join(tag.get_text() for tag in soup(HTML / name).select(".cell_output"))
        assert not re.findall(r"Traceback \(most recent|\w*Warning:.*|\w+Error:.*", outputs)
        assert not re.findall(r"<?[\w.]+ .*\bat 0x[0-9a-f]+|<matplotlib.*|Text\(.*\)", outputs), (
            "what a cell happened to return"
        )

    @each_page
    def test_references_are_resolved(self, name):
        article = BeautifulSoup(str(soup(HTML / name).select_one("article")), "html.parser")
        for tag in article.select("pre, code, script, svg"):
            tag.decompose()
        assert not re.findall(r".*(?:\?\?|\{[\w:]+\}`|\\(?:eq)?ref\{).*", article.get_text())


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_downloads(chapter):
    linked = {
        tag["href"] for tag in soup(HTML / f"{chapter.stem}.html").select("a[href^=_sources]")
    }
    assert linked == {f"_sources/{chapter.name}", f"_sources/{chapter.stem}.ipynb"}
    assert (HTML / "_sources" / chapter.name).read_bytes() == chapter.read_bytes()
    cells = json.loads((HTML / "_sources" / f"{chapter.stem}.ipynb").read_bytes())["cells"]
    assert [cell["id"] for cell in cells] == [f"cell-{number}" for number, _ in enumerate(cells, 1)]


@pytest.mark.usefixtures("built")
def test_styles_need_no_network():
    remote = re.compile(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//[^)]*")
    found = {
        path.name: remote.findall(path.read_text(encoding="utf-8")) for path in HTML.rglob("*.css")
    }
    assert found and not any(found.values()), found


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_page_shows_command_and_parameters(chapter):
    section = soup(HTML / f"{chapter.stem}.html").select_one("#rerun-this-page")
    program, script, _, *example = shlex.split(section.select_one(".highlight-bash pre").get_text())
    assert (program, script) == ("papermill", f"book/{chapter.name}")
    parameters = declared(jupytext.read(chapter, fmt="py:percent"))
    assert check(parameters, dict(zip(example[1::3], example[2::3])))
    straight = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
    shown = [
        [cell.get_text().strip().translate(straight) for cell in row.select("td")]
        for row in section.select("table tbody tr")
    ]
    assert shown == [
        [
            each.name,
            each.kind.__name__,
            each.default,
            f"{each.meaning}, {each.limits}".removesuffix(", "),
        ]
        for each in parameters.values()
    ]
    assert {link.get_text(): link["href"] for link in section.select("p a")} == {
        "script": f"_sources/{chapter.name}",
        "notebook": f"_sources/{chapter.stem}.ipynb",
    }


def cards():
    """The cards of the ledger, by claim."""
    found = soup(HTML / "ledger.html").select("article.book-card")
    return {card.select_one(".book-id").get_text(): card for card in found}


@pytest.mark.usefixtures("built")
def test_the_ledger_shows_every_claim():
    found = cards()
    assert sorted(found) == sorted(CLAIMS)
    toc = {path.stem for path in (HTML / "_sources").iterdir()}
    for name, card in found.items():
        verdict = card.select_one(".book-card-head .book-verdict")
        kind = card["data-verdict"]
        assert kind in (*VERDICTS, "open") and kind_of(verdict.get_text()) == kind
        assert (kind == "open") == (CLAIMS[name].chapter not in toc)
        assert (verdict.name == "a") == (kind != "open")
        assert CLAIMS[name].where.split("$")[0] in card.get_text()


@pytest.mark.usefixtures("built")
def test_cards_cells_and_lists_lead_to_each_other():
    for name, card in cards().items():
        if card["data-verdict"] == "open":
            continue
        place = f"#{card['id']}"
        page = f"{CLAIMS[name].chapter}.html"
        assert card.select_one(".book-card-head a.book-verdict")["href"] == page + place
        cell = soup(HTML / page).select_one(place)
        assert cell.select_one("a.book-id")["href"] == "ledger.html" + place
        listed = soup(HTML / page).select(f'ul.book-settled a.book-id[href="ledger.html{place}"]')
        assert len(listed) == 1 and listed[0].get_text() == name
        assert listed[0].parent.select_one("a.book-verdict")["href"] == place


@pytest.mark.usefixtures("built")
def test_headings_count_what_stands_below_them():
    for tally in soup(HTML / "ledger.html").select("section ul.book-tally"):
        below = Counter(
            card["data-verdict"] for card in tally.find_parent("section").select("[data-verdict]")
        )
        said = {
            item.select_one(".book-verdict").get_text(): int(item.get_text().split()[-1])
            for item in tally.select("li")
        }
        assert said == below


@pytest.mark.usefixtures("built")
def test_the_file_for_machines_says_what_the_pages_say():
    told = json.loads((HTML / "claims.json").read_bytes())
    jsonschema.validate(told, SCHEMA)
    assert [claim["id"] for claim in told["claims"]] == [*CLAIMS]
    for claim in told["claims"]:
        card = cards()[claim["id"]]
        assert claim["class"] == card["data-verdict"]
        assert claim["card"] == f"ledger.html#{card['id']}"
        if claim["url"]:
            page, _, anchor = claim["url"].partition("#")
            assert anchor in anchors(HTML / page)


@pytest.mark.usefixtures("built")
def test_every_erratum_stands_on_its_page_once():
    told = json.loads((HTML / "claims.json").read_bytes())["claims"]
    expected = Counter(
        (claim["id"], erratum["kind"]) for claim in told for erratum in claim["errata"]
    )
    expected += Counter(
        (claim["id"], "")
        for claim in told
        if claim["class"] == "fails as stated" and not claim["correction"]
    )
    entries = soup(HTML / "errata.html").select("article.book-erratum")
    shown = Counter((e.select_one(".book-id").get_text(), e["data-kind"]) for e in entries)
    assert expected and shown == expected
    digest = soup(HTML / "errata.html").select("#in-the-digest .book-id")
    assert {link.get_text() for link in digest} == {name for name, _ in shown if name[0] == "D"}
