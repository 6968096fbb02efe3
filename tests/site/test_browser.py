"""The built book in a real browser, opened as files without a network: drawn, legible on a phone,
and working.

The checks return complaints, so that the tests at the end can break a copy of the book and see
each of them complain.
"""

import os
import re
import shutil
from collections import Counter, defaultdict
from functools import cache

import pytest
from helpers.pages import HTML, PAGES, each_page, soup
from helpers.places import CHAPTERS

from compnet_book.claims import CLAIMS

try:
    from playwright.sync_api import TimeoutError as TooLate
    from playwright.sync_api import sync_playwright
except ImportError:
    sync_playwright = None

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("built"),
    pytest.mark.xdist_group("browser"),  # which is started once
]

WIDTHS = {"desktop": 1300, "phone": 390}
SMALL = 360
"""The width of any other device."""
THEMES = {
    "desktop": ("light", "dark"),
    "phone": ("dark", "light"),
}  # loaded with the first, changed to the other
FIGURES = "triangle_waves.html"

# What is to be seen on a page once it has settled.
EXAMINE = r"""async () => {
  await window.MathJax?.startup?.promise;
  await document.fonts.ready;
  const frame = () => new Promise(requestAnimationFrame);
  await frame(), await frame();  // a new theme is there
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const box = (e) => e.getBoundingClientRect();
  const shown = (e) => e.checkVisibility({visibilityProperty: true});
  const visible = (e) => shown(e) && box(e).width > 0 && box(e).height > 0;
  const call = (e) => `<${e.localName}${e.id && " id=" + e.id} `
    + `class="${e.getAttribute("class") ?? ""}"> `
    + (e.getAttribute("aria-label") || e.textContent).trim().replace(/\s+/g, " ").slice(0, 60);
  const theme = document.documentElement.dataset.theme;

  const drawn = (e) => {
    const formula = e.querySelector("mjx-container");
    // MathJax shows a command that it does not know in red
    return formula && !formula.querySelector("mjx-merror, [style*='color: red']")
      && (visible(formula) || !shown(e));
  };
  const painted = (e) => {
    const style = getComputedStyle(e);
    return (style.stroke !== "none" || style.fill !== "none") && box(e).width + box(e).height > 0;
  };
  const there = (e) => visible(e) && ({
    img: () => e.naturalWidth > 0,
    svg: () => all("path", e).some(painted),
    figure: () => all("svg, img, table", e).some(visible),
  })[e.localName]();

  const paints = (e, pattern) => ["stroke", "fill"]
    .filter((kind) => pattern.test(e.getAttribute("style")?.match(`${kind}: ([^;]*)`)?.[1]))
    .map((kind) => getComputedStyle(e)[kind]);
  const light = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0.05);
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const contrast = (e) => light(getComputedStyle(e).fill) / paper;
  const legible = (e) => Math.max(contrast(e), 1 / contrast(e)) >= 3;

  const width = document.documentElement.clientWidth;
  const scrolls = (e) => e !== document.body && e !== document.documentElement
    && (["auto", "scroll"].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  const sticks_out = (e) => visible(e) && !e.closest("mjx-assistive-mml")
    && (box(e).right > width + 1 || box(e).left < -1) && !scrolls(e.parentElement);

  return {
    theme,
    formulas: all(".math").filter((e) => !drawn(e)).map((e) => `not drawn: ${call(e)}`),
    figures: all(".bd-article :is(figure, svg[role=img], img)").filter((e) => !there(e))
      .map((e) => `not to be seen: ${call(e)}`),
    ink: all("svg.book-figure").filter((e) => !all("text, [id*=text_] use", e).every(legible))
      .map((e) => `letters too faint: ${call(e)}`),
    palette: all("svg.book-figure *").flatMap((e) => paints(e, /^var\(--c/)),
    beyond: document.documentElement.scrollWidth - width,
    overflow: all("body *").filter(sticks_out).map((e) => `sticks out of the page: ${call(e)}`),
  };
}"""


def find_chromium():
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


class Reader:
    """A browser without a network, with a tab for each kind of device;
    it notes what goes wrong behind a page."""

    def __init__(self, browser):
        self.browser = browser
        self.noted = []
        self.tab = cache(self.tab)

    def tab(self, device="desktop"):
        view = {"width": WIDTHS.get(device, SMALL), "height": 900}
        context = self.browser.new_context(viewport=view, reduced_motion="reduce", offline=True)
        context.set_default_timeout(20_000)
        tab = context.new_page()
        tab.on(
            "console",
            lambda m: self.note("console", m.text) if m.type in ("error", "warning") else None,
        )
        tab.on("pageerror", lambda error: self.note("script", error))
        tab.on(
            "request",
            lambda r: (
                None
                if r.url.startswith(("file:", "data:", "blob:"))
                else self.note("asks a network for", r.url)
            ),
        )
        tab.on("requestfailed", lambda request: self.note("not loaded", request.url))
        return tab

    def note(self, kind, what):
        self.noted.append(f"{kind}: {what}")

    def look(self, path, devices=WIDTHS):
        """What is wrong with a page: lists of complaints, by the kind of fault.
        One visit with each device answers all questions."""
        wrong = defaultdict(list)
        palettes = {}
        for device in devices:
            tab = self.tab(device)
            tab.goto("about:blank")
            self.noted.clear()
            for theme in THEMES[device]:
                tab.emulate_media(color_scheme=theme)
                if tab.url != path.as_uri():
                    tab.goto(path.as_uri())
                seen = tab.evaluate(EXAMINE)
                palettes[theme] = set(seen["palette"])
                found = {
                    "formulas": seen["formulas"],
                    "figures": seen["figures"],
                    "theme": seen["ink"]
                    + [f"the page is {seen['theme']}"] * (seen["theme"] != theme),
                    "overflow": [f"{seen['beyond']} pixels too wide"] * (seen["beyond"] > 0)
                    + seen["overflow"] * (device == "phone"),
                    "noise": self.noted,
                }
                for kind, complaints in found.items():
                    wrong[kind] += [
                        f"{path.name}, {device}, {theme}: {complaint}" for complaint in complaints
                    ]
                self.noted.clear()
            if device == "desktop" and path.name in PAGES:
                wrong["way"] += wrong_way(tab, path)
                wrong["references"] += wrong_references(tab, path)
                wrong["noise"] += self.noted
        wrong["theme"] += [
            f"{path.name}: {colour} in light and dark"
            for colour in palettes["light"] & palettes["dark"]
        ]
        return wrong


@pytest.fixture(
    scope="module"
)  # and no longer: playwright keeps an event loop running, which other tests would trip over
def reader():
    path = find_chromium()
    if not (sync_playwright and path):
        lack = (
            "playwright is missing: pip install playwright"
            if path
            else (
                "no Chromium: install it (Debian: apt-get install chromium), "
                "or name one in the variable CHROMIUM"
            )
        )
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(lack)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--disable-gpu"])
        yield Reader(browser)
        browser.close()


@pytest.fixture(scope="module")
def look(reader):
    return cache(lambda name: reader.look(HTML / name))


@pytest.mark.parametrize("name", [*PAGES, "search.html"])
class TestPage:
    def test_formulas_are_drawn(self, look, name):
        assert not look(name)["formulas"]

    def test_figures_are_there(self, look, name):
        assert not look(name)["figures"]

    def test_figures_follow_the_theme(self, look, name):
        assert not look(name)["theme"]

    def test_nothing_sticks_out(self, look, name):
        assert not look(name)["overflow"]

    def test_no_error_and_no_network(self, look, name):
        assert not look(name)["noise"]

    def test_pages_follow_each_other(self, look, name):
        assert not look(name)["way"]

    def test_references_lead_to_what_they_name(self, look, name):
        assert not look(name)["references"]


def here(url):
    return url.rpartition("/")[2]


def target(link):
    """Where a link leads, which must be there to be clicked."""
    link.click(trial=True, timeout=2000)
    return here(link.evaluate("link => link.href")).rstrip("#")


def wrong_way(tab, path):
    """The links at the foot of the page that is open must lead to its neighbours."""
    place = PAGES.index(path.name)
    neighbours = [None, *PAGES, None][place : place + 3 : 2]
    wrong = []
    for title, expected in zip(("previous page", "next page"), neighbours):
        links = tab.get_by_title(title)
        found = [here(link) for link in links.evaluate_all("links => links.map((a) => a.href)")]
        if found != [expected] * (expected is not None):
            wrong.append(f"{path.name}: the {title} is {found}, not {expected}")
    return wrong


def sidebar(tab):
    return tab.locator(".bd-sidebar-primary .bd-links a")


def wrong_sidebar(tab, path):
    tab.goto(path.as_uri())
    found = [target(link) for link in sidebar(tab).all()]
    return [f"{path.name}: the sidebar leads to {found}"] * (found != PAGES)


def referred(path):
    """The numbered things that a page refers to: where they are, and their names."""
    links = {
        link["href"]: link.get_text()
        for link in soup(path).select("article a.reference[href*='#']")
    }
    return [
        (link, name)
        for link, name in links.items()
        if re.fullmatch(r"[A-Z][a-z]+\.? \d+\.\d+", name)
    ]


def wrong_references(tab, path):
    """On the page that is open, a reference such as "Fig. 1.1" must lead to something in sight
    that has this name; on another page, to something that has it."""
    wrong = []
    for link, name in referred(path):
        page, _, anchor = link.partition("#")
        if page:
            caption = soup(path.parent / page).select_one(f'[id="{anchor}"] .caption-number')
            if caption is None or caption.get_text().strip() != name:
                wrong.append(
                    f"{path.name}: {name} leads to {caption and caption.get_text().strip()}"
                )
            continue
        tab.locator(f'article a.reference[href="{link}"]').first.click()
        caption = tab.locator(f'[id="{anchor}"] .caption-number')
        if not caption.count():
            wrong.append(f"{path.name}: {name} leads to nothing")
            continue
        for _ in range(50):  # formulas that are still being drawn move the page
            found, top = caption.first.text_content().strip(), caption.first.bounding_box()["y"]
            if found == name and -50 < top < 900:
                break
            tab.wait_for_timeout(100)
        else:
            wrong.append(f"{path.name}: {name} leads to {found}, {top:.0f} pixels down the window")
    return wrong


def result(tab, page):
    return tab.locator(f'#search-results li a[href^="{page}"]').first


ASK = """query => {
  document.getElementById("search-results").replaceChildren();
  Search.performSearch(query);
}"""


def wrong_search(tab, html, query, page):
    """Ask the search page, which needs to be loaded once."""
    address = (html / "search.html").as_uri()
    if tab.url.partition("?")[0] == address:
        tab.evaluate(ASK, query)
    else:
        tab.goto(f"{address}?q={query}")
    try:
        found = target(result(tab, page))
    except TooLate:
        instead = tab.locator("#search-results").text_content().strip()
        return [f"search.html: {query!r} does not find {page}: {instead!r}"]
    return [f"search.html: {query!r} leads to {found}, not {page}"] * (
        re.split("[?#]", found)[0] != page
    )


def test_from_the_index_to_the_second_page(reader):
    tab = reader.tab()
    tab.goto((HTML / "index.html").as_uri())
    tab.wait_for_url(f"**/{PAGES[0]}")
    tab.get_by_title("next page").click()
    assert here(tab.url) == PAGES[1]


def test_sidebar_leads_everywhere(reader):
    assert not wrong_sidebar(reader.tab(), HTML / FIGURES)


def test_menu_button_opens_the_sidebar_on_a_phone(reader):
    tab = reader.tab("phone")
    tab.goto((HTML / PAGES[0]).as_uri())
    assert not sidebar(tab).last.is_visible()
    tab.locator("button.primary-toggle").click()
    sidebar(tab).last.click()
    assert here(tab.url) == PAGES[-1]


def test_theme_switch(reader):
    tab = reader.tab()
    tab.goto((HTML / FIGURES).as_uri())
    seen = {}
    for _ in range(3):
        now = tab.evaluate(EXAMINE)
        assert not now["ink"]
        seen[now["theme"]] = set(now["palette"])
        tab.locator("button.theme-switch-button:visible").click()
    assert set(seen) == {"light", "dark"} and seen["light"] and not seen["light"] & seen["dark"]


def test_code_opens(reader):
    tab = reader.tab()
    tab.goto((HTML / FIGURES).as_uri())
    code = tab.locator("details", has_text="Show code cell source").first
    assert not code.locator(".cell_input").is_visible()
    code.get_by_text("Show code cell source").click()
    assert code.locator(".cell_input").is_visible()


def test_downloads_are_offered(reader):
    tab = reader.tab()
    tab.goto((HTML / FIGURES).as_uri())
    offered = tab.locator(".dropdown-download-buttons a:visible")
    assert not offered.count()
    tab.get_by_label("Download this page").click()
    assert {text.strip() for text in offered.all_text_contents()} == {".py", ".ipynb"}


def test_there_are_references():
    kinds = {text.split()[0] for name in PAGES for _, text in referred(HTML / name)}
    assert "Fig." in kinds and kinds & {"Theorem", "Proposition"}


def words(text):
    return re.findall(r"(?<![\w-])[a-z]{8,}(?![\w-])", text.lower())


PROSE = "article p:not(.admonition-title)"
"""Of a page, without the titles that directives make: these are not searched."""


def rare_word(page):
    """A word of the page's text that the fewest pages have."""
    text = {
        name: set(words(" ".join(p.get_text() for p in soup(HTML / name).select(PROSE))))
        for name in PAGES
    }
    anywhere = Counter(
        word[:6] for name in PAGES for word in {*words(soup(HTML / name).get_text())}
    )  # ignoring endings
    return min(text[page], key=lambda word: (anywhere[word[:6]], -len(word), word))


@each_page
def test_search_finds_titles(reader, name):
    title = soup(HTML / name).select_one("h1").get_text()
    assert not wrong_search(reader.tab(), HTML, max(re.findall("[A-Za-z]+", title), key=len), name)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_search_finds_text(reader, chapter):
    name = f"{chapter.stem}.html"
    assert not wrong_search(reader.tab(), HTML, rare_word(name), name)


def test_search_box(reader):
    tab = reader.tab()
    tab.goto((HTML / PAGES[0]).as_uri())
    box = tab.locator(".search-button__search-container input")
    assert not box.is_visible()
    tab.keyboard.press("Control+k")
    box.wait_for()
    tab.keyboard.type("notation")
    tab.keyboard.press("Enter")
    result(tab, "notation.html").wait_for()
    box = tab.locator(".bd-search-container input")  # that of the search page
    box.fill("triangle")
    box.press("Enter")
    result(tab, FIGURES).click()
    tab.wait_for_load_state()
    assert here(tab.url).startswith(FIGURES) and tab.locator("h1:visible").count()


LEDGER = "ledger.html"
LETTERS = r"""async () => {
  await window.MathJax?.startup?.promise;
  const light = (colour) => colour.map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0.05);
  const colour = (text) => text.match(/[\d.]+/g).map(Number);
  const ground = (e) => {
    const [r, g, b, a = 1] = colour(getComputedStyle(e).backgroundColor);
    return a ? [r, g, b] : ground(e.parentElement);
  };
  return [...document.querySelectorAll(".book-verdict, .book-evidence, .book-where")]
    .filter((e) => e.checkVisibility())
    .map((e) => [light(colour(getComputedStyle(e).color).slice(0, 3)), light(ground(e)), e])
    .map(([ink, paper, e]) => [Math.max(ink, paper) / Math.min(ink, paper), e.textContent])
    .filter(([contrast]) => contrast < 4.5)
    .map(([contrast, text]) => `${text.slice(0, 40)}: ${contrast.toFixed(2)}`);
}"""
WIDE = r"""async () => {
  document.querySelectorAll("details").forEach((fold) => fold.open = true);
  await window.MathJax?.startup?.promise;
  await document.fonts.ready;
  const right = document.documentElement.clientWidth;
  const wide = (e) => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > right
    || [...e.querySelectorAll("mjx-container, .book-id, select")].some((inner) =>
      inner.getBoundingClientRect().right > e.getBoundingClientRect().right + 1);
  const lines = (id) => id.getClientRects().length;
  const broken = (e) => [...e.querySelectorAll(".book-id")].some((id) => lines(id) > 1);
  const all = [...document.querySelectorAll("article.book-card")];
  return [
    ...all.filter(wide).map((card) => `too wide: ${card.id || card.ariaLabel}`),
    ...all.filter(broken).map((card) => `id in two lines: ${card.id || card.ariaLabel}`),
    ...(all.length ? [] : ["no cards"]),
  ];
}"""


def faint(tab, path):
    """The verdicts, and what stands beside them, whose letters have too little contrast."""
    wrong = []
    for theme in ("light", "dark"):
        tab.emulate_media(color_scheme=theme)
        tab.goto(path.as_uri())
        wrong += [f"{theme}: {one}" for one in tab.evaluate(LETTERS)]
    return wrong


def sideways(tab, path):
    """The cards that do not fit on a small phone, and the ids that break."""
    tab.goto(path.as_uri())
    return tab.evaluate(WIDE)


def visible_claims(tab):
    return tab.evaluate(
        """() => [...document.querySelectorAll("article.book-card")]
            .filter((card) => card.checkVisibility()).map((card) => card.dataset)"""
    )


def press_to(tab, selector, most=400):
    """Press Tab until an element has the focus."""
    for _ in range(most):
        tab.keyboard.press("Tab")
        if tab.evaluate("selector => document.activeElement.matches(selector)", selector):
            return True
    return False


def wrong_filter(tab, path):
    """The ledger's filter, by the keyboard alone."""
    tab.goto(path.as_uri())
    status = tab.locator("form.book-filter [role=status]")
    every = len(soup(path).select("article.book-card"))
    if not press_to(tab, "form.book-filter select[name=verdict]"):
        return ["the choice of a verdict cannot be reached"]
    tab.keyboard.type("fails")
    wrong = []
    for choice, key, value in (
        ("verdict", "verdict", "fails as stated"),
        ("chapter", "chapter", "second_derivatives"),
    ):
        if choice == "chapter":
            press_to(tab, "form.book-filter select[name=chapter]")
            tab.keyboard.type("Second")
        found = visible_claims(tab)
        text = status.text_content()
        if {one[key] for one in found} != {value}:
            wrong.append(f"by {choice}: {len(found)} claims with {sorted({o[key] for o in found})}")
        if text != f"{len(found)} of {every} claims shown":
            wrong.append(f"by {choice}: {len(found)} claims, and it says {text!r}")
        empty = tab.evaluate(
            """() => {
                const seen = (e) => e.checkVisibility();
                const cards = (e) => [...e.querySelectorAll("article.book-card")];
                return [...document.querySelectorAll("section:has(article.book-card)")]
                    .filter((one) => seen(one) && !cards(one).some(seen)).map((one) => one.id);
            }"""
        )
        wrong += [f"by {choice}: {one} is empty" for one in empty]
    if not press_to(tab, "form.book-filter button"):
        return [*wrong, "the button cannot be reached"]
    tab.keyboard.press("Enter")
    tab.wait_for_timeout(200)
    if not status.text_content().startswith(f"{every} of {every} "):
        wrong.append(f"after all it says {status.text_content()!r}")
    return wrong


def wrong_deep_link(tab, path):
    """A link to a card that is filtered out, and behind a fold if one is, on the page and from
    elsewhere."""
    folded = soup(path).select_one("details.book-fold article.book-card")
    claim = (folded or soup(path).select_one("article.book-card:not([data-verdict=holds])"))["id"]
    wrong = []
    for filtered in (False, True):
        tab.goto("about:blank")
        tab.goto(path.as_uri() if filtered else f"{path.as_uri()}#{claim}")
        if filtered:
            tab.locator("select[name=verdict]").select_option("holds")
            tab.evaluate("claim => location.hash = claim", claim)
        card = tab.locator(f"#{claim}")
        for _ in range(50):  # formulas that are still being drawn move the page
            box = card.bounding_box() if card.is_visible() else None
            if box and -50 < box["y"] < 900:
                break
            tab.wait_for_timeout(100)
        else:
            wrong.append(f"{claim}, filtered {filtered}: {box}")
    return wrong


def test_letters_of_verdicts_are_legible(reader):
    for name in (LEDGER, "errata.html"):
        assert not faint(reader.tab(), HTML / name)


@pytest.mark.parametrize("name", [LEDGER, "errata.html"])
def test_no_card_scrolls_sideways_on_a_small_phone(reader, name):
    assert not sideways(reader.tab("small phone"), HTML / name)


def test_the_keyboard_alone_filters_the_ledger(reader):
    assert not wrong_filter(reader.tab(), HTML / LEDGER)


def test_a_link_to_a_claim_shows_it(reader):
    assert not wrong_deep_link(reader.tab(), HTML / LEDGER)


def test_without_a_script_all_cards_are_there(reader):
    context = reader.browser.new_context(java_script_enabled=False, offline=True)
    tab = context.new_page()
    tab.goto((HTML / LEDGER).as_uri())
    cards = tab.locator("article.book-card")
    assert cards.count() == len(CLAIMS)
    for fold in tab.locator("details.book-fold > summary").all():
        fold.click()
    assert all(card.is_visible() for card in cards.all())
    assert not tab.locator("form.book-filter").is_visible()
    context.close()


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert re.search(old, text), f"{old} is not in {path.name}"
    path.write_text(re.sub(old, lambda _: new, text, count=1), encoding="utf-8")


@pytest.fixture
def copy(tmp_path):
    yield shutil.copytree(HTML, tmp_path / "html")
    shutil.rmtree(tmp_path / "html")


TOP = r'(?<=<article class="bd-article">)'


@pytest.mark.parametrize(
    ("name", "old", "new", "aspect", "complaint"),
    [
        (FIGURES, r"<script [^>]*tex-chtml\.js[^>]*>", "", "formulas", "not drawn"),
        (
            FIGURES,
            TOP,
            r'<span class="math">\(x^{2\)</span>',
            "formulas",
            r"not drawn: <span class=\"math\">",
        ),
        (
            FIGURES,
            TOP,
            r'<span class="math">\(\nonsense\)</span>',
            "formulas",
            r"not drawn: <span class=\"math\">",
        ),
        (
            FIGURES,
            r'(?s)<figure class="[^"]*" id="fig-composition">.*?</svg></div>',
            '<figure id="fig-composition">',
            "figures",
            "<figure id=fig-composition",
        ),
        (
            FIGURES,
            r"(?s)(?<=book-figure-box\">)(<svg[^>]*)>.*?</svg>",
            '<svg role="img" aria-label="bare"></svg>',
            "figures",
            "bare",
        ),
        (
            FIGURES,
            TOP,
            '<img src="_static/file.png" style="display: none">',
            "figures",
            "not to be seen: <img",
        ),
        (FIGURES, "fill: currentColor", "fill: #000000", "theme", "dark: letters too faint"),
        ("_static/palette.css", r"(?s).+", "", "theme", "in light and dark"),
        (
            FIGURES,
            TOP,
            '<div style="width: 600px">wide</div>',
            "overflow",
            'sticks out of the page: <div class=""> wide',
        ),
        (
            FIGURES,
            TOP,
            '<pre style="position: absolute; left: 300px; width: 200px">far</pre>',
            "overflow",
            "pixels too wide",
        ),
        (FIGURES, TOP, "<script>throw new Error('thrown')</script>", "noise", "script: thrown"),
        (FIGURES, TOP, "<script>console.warn('careful')</script>", "noise", "console: careful"),
        (
            FIGURES,
            TOP,
            '<img src="https://example.org/a.png">',
            "noise",
            "asks a network for: https://example.org/a.png",
        ),
        (FIGURES, TOP, '<script src="_static/lost.js"></script>', "noise", "not loaded: .*lost.js"),
    ],
    ids=[
        "no MathJax",
        "formula with an error",
        "formula with an unknown command",
        "figure gone",
        "figure empty",
        "figure hidden",
        "fixed ink",
        "no palette",
        "too wide",
        "far out",
        "error",
        "warning",
        "remote image",
        "missing file",
    ],
)
def test_broken_page_is_noticed(reader, copy, name, old, new, aspect, complaint):
    edit(copy / name, old, new)
    found = reader.look(copy / FIGURES, ["phone"])[aspect]
    assert any(re.search(f"^{FIGURES}.*{complaint}", one) for one in found), found


def way(page):
    return lambda reader, html: reader.look(html / page, ["desktop"])["way"]


def references(reader, html):
    return reader.look(html / FIGURES, ["desktop"])["references"]


@pytest.mark.parametrize(
    ("name", "old", "new", "check", "complaint"),
    [
        (
            PAGES[2],
            rf'href="{PAGES[3]}"(?=\s+title="next)',
            f'href="{PAGES[4]}"',
            way(PAGES[2]),
            f"{PAGES[2]}: the next page is ['{PAGES[4]}'], not {PAGES[3]}",
        ),
        (
            PAGES[1],
            'title="next page"',
            "",
            way(PAGES[1]),
            f"{PAGES[1]}: the next page is [], not {PAGES[2]}",
        ),
        (
            FIGURES,
            f'href="{PAGES[1]}"',
            'href="search.html"',
            lambda reader, html: wrong_sidebar(reader.tab(), html / FIGURES),
            "'search.html'",
        ),
        (FIGURES, 'id="fig-composition"', 'id="lost"', references, "leads to nothing"),
        (
            FIGURES,
            r"Fig\. 1\.1(?= )",
            "Fig. 7.7",
            references,
            "Fig. 1.1 leads to Fig. 7.7",
        ),
        (
            "searchindex.js",
            r"(?s).+",
            "",
            lambda reader, html: wrong_search(reader.tab(), html, "notation", "notation.html"),
            "does not find",
        ),
    ],
    ids=[
        "wrong next page",
        "no next page",
        "wrong link in the sidebar",
        "lost figure",
        "wrong figure",
        "no search index",
    ],
)
def test_broken_way_is_noticed(reader, copy, name, old, new, check, complaint):
    edit(copy / name, old, new)
    assert complaint in " ".join(check(reader, copy))


@pytest.mark.parametrize(
    ("name", "old", "new", "check", "complaint"),
    [
        (
            "_static/book.css",
            r"--yes: #93d2ff",
            "--yes: #335566",
            lambda reader, html: faint(reader.tab(), html / LEDGER),
            "dark: holds",
        ),
        (
            LEDGER,
            r'(?<=class="book-says">)',
            '<span style="white-space: nowrap">' + "word " * 30 + "</span>",
            lambda reader, html: sideways(reader.tab("small phone"), html / LEDGER),
            "too wide: claim-c-eq1",
        ),
        (
            LEDGER,
            r'(?<=class="book-says">)',
            '<span class="math">\\(' + "a+" * 30 + "b\\)</span>",
            lambda reader, html: sideways(reader.tab("small phone"), html / LEDGER),
            "too wide: claim-c-eq1",
        ),
        (
            "_static/ledger.js",
            "card.dataset.chapter !== chapter.value",
            "false",
            lambda reader, html: wrong_filter(reader.tab(), html / LEDGER),
            "by chapter: ",
        ),
        (
            "_static/ledger.js",
            r"section\.hidden = ",
            "",
            lambda reader, html: wrong_filter(reader.tab(), html / LEDGER),
            " is empty",
        ),
        (
            LEDGER,
            '<select name="verdict"',
            '<select tabindex="-1" name="verdict"',
            lambda reader, html: wrong_filter(reader.tab(), html / LEDGER),
            "cannot be reached",
        ),
        (
            "_static/ledger.js",
            r"if \(card\.hidden\)",
            "if (false)",
            lambda reader, html: wrong_deep_link(reader.tab(), html / LEDGER),
            "filtered True",
        ),
    ],
    ids=[
        "faint verdict",
        "wide card",
        "long formula",
        "chapters not filtered",
        "empty sections",
        "no way for the keyboard",
        "filter not reset",
    ],
)
def test_broken_ledger_is_noticed(reader, copy, name, old, new, check, complaint):
    edit(copy / name, old, new)
    assert complaint in " ".join(check(reader, copy))
