"""Make the pages work as files, without a network: what they need beside them, and nothing else.

Runs over all pages after every build, because Sphinx copies its static files every time;
a page that is already clean is left alone. The patterns are those of the pinned theme;
tests/site/test_book.py finds what a new version would bring.
"""

import importlib.util
import re
import shutil
import zlib
from functools import partial
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

CUT = [
    re.compile(pattern)
    for pattern in (
        r"<script [^>]*fontawesome/[^>]*></script>\n?",  # 1.5 MB; the web fonts show the same icons
        # A browser refuses the fonts for files, the scripts are below.
        r'<link rel="preload" as="(font|script)"[^>]*>\n?',
        r"<link [^>]*sphinx-thebe\.css[^>]*>\n?",
        r'(?<=<summary) aria-label="Toggle hidden content"',  # hides the words that are there
    )
]
SWAP = [
    (re.compile(pattern), new)
    for pattern, new in (
        (r'(<button class="btn search-button-field[^"]*") title="[^"]*" aria-label="[^"]*"', r"\1"),
        (
            r'<div class="bd-sidebar-primary',
            '<div role="complementary" aria-label="Book" class="bd-sidebar-primary',
        ),
        (r'role="doc-biblioentry"', 'role="listitem"'),
        (r' id="proof-content"', ""),  # sphinx-proof's, the same for every statement
        (r'class="proof admonition" id="proof"', 'class="proof plain admonition"'),
    )
]
LOADED = re.compile(
    r'(?P<place>(?:src|href)="(?:\.\./)*)(?P<path>_static/[^"?]+\.(?:js|css))(?:\?v=[^"]*)?"'
)
MATHJAX = ("tex-chtml.js", "output/chtml/fonts", "input/tex/extensions")
UNUSED = (
    "**/*.map",
    "locales",
    "vendor/fontawesome/*/js",
    "vendor/fontawesome/*/webfonts/*.ttf",
    "*webpack-macros.html",
)


def drop_thebe(app: Sphinx, config: Config) -> None:
    """Jupyter Book always loads sphinx-thebe, which puts a network address into every page."""
    for event, listeners in app.events.listeners.items():
        app.events.listeners[event] = [
            one for one in listeners if not one.handler.__module__.startswith("sphinx_thebe")
        ]


def copy_mathjax(app: Sphinx) -> None:
    """Put what the pages need of MathJax beside them."""
    found = importlib.util.find_spec("sphinx-mathjax-offline")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("sphinx-mathjax-offline is missing: it draws the formulas")
    for name in MATHJAX:
        source = Path(found.origin).parent / "static/mathjax" / name
        target = Path(app.outdir, "_static/mathjax", name)
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)


def clean(html: str) -> str:
    """A page without what it does not need, and with what readers of its text need."""
    for pattern in CUT:
        html = pattern.sub("", html)
    for pattern, new in SWAP:
        html = pattern.sub(new, html)
    return html


def version(outdir: Path, match: re.Match[str]) -> str:
    """The address of a script or style of this book with a hash of what it is: Sphinx's is of
    what it was when the page was written, if it was there."""
    path, place = outdir / match["path"], match["place"]
    if not path.is_file():
        return match[0]
    return f'{place}{match["path"]}?v={zlib.crc32(path.read_bytes()):08x}"'


def in_order(app: Sphinx, config: Config) -> None:
    """Load the book's own scripts and style sheets in one order: Jupyter Book takes them as the
    disk lists them, and disks differ."""
    for name in ("html_js_files", "html_css_files"):
        config[name] = sorted(config[name], key=str)


def finish(app: Sphinx, exception: Exception | None) -> None:
    """After a build: clean the pages, and remove files that none of them loads."""
    if exception or app.builder.format != "html":
        return
    copy_mathjax(app)
    for page in Path(app.outdir).rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        cleaned = LOADED.sub(partial(version, Path(app.outdir)), clean(html))
        if cleaned != html:
            page.write_text(cleaned, encoding="utf-8")
    for pattern in UNUSED:
        for path in [*Path(app.outdir, "_static").glob(pattern)]:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.set_html_assets_policy("always")  # the menu has formulas on pages that have none
    app.connect("config-inited", drop_thebe)
    app.connect("config-inited", in_order)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
