"""Put the chapters' SVG figures into the page, where they take its ink, paper and palette.

Black becomes the colour of the text, white the page's background,
and the palette's colours become CSS variables (`palette.css`),
so that a figure follows the theme when the reader switches between light and dark.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from compnet_book.palette import DARK, LIGHT

logger = logging.getLogger(__name__)

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
ET.register_namespace("", SVG.strip("{}"))

COLOURS = {
    "#000000": "currentColor",
    "#262626": "currentColor",
    "#ffffff": "var(--pst-color-background, #ffffff)",
    **{colour.lower(): f"var(--c{i}, {colour.lower()})" for i, colour in enumerate(LIGHT)},
}


def paint(style: str) -> str:
    return re.sub(r"#[0-9a-f]{6}\b", lambda m: COLOURS.get(m[0].lower(), m[0]), style, flags=re.I)


def inline_svg(source: str, label: str, prefix: str) -> str:
    """The figure as an element of the page: named for screen readers, its ids its own,
    its colours the page's."""
    svg = ET.fromstring(source)
    for parent in [*svg.iter()]:
        for child in [*parent]:
            if child.tag in (
                SVG + "metadata",
                SVG + "style",
            ):  # a date; a rule that would apply to the whole page
                parent.remove(child)
    for element in svg.iter():
        for name, value in [*element.attrib.items()]:
            if name == "id":
                value = prefix + value
            elif name in ("href", HREF):
                del element.attrib[name]
                name, value = "href", re.sub("^#", f"#{prefix}", value)
            else:
                value = value.replace("url(#", f"url(#{prefix}")
            element.set(name, value)
        # CSS variables work in a style, not in an attribute such as fill="…"
        moved = [
            f"{name}: {element.attrib.pop(name)}"
            for name in ("fill", "stroke")
            if name in element.attrib
        ]
        style = "; ".join([*moved, element.get("style", "").strip()]).strip("; ")
        if style:
            element.set("style", paint(style))
    svg.attrib |= {
        "class": "book-figure",
        "role": "img",
        "aria-label": label,
        "style": "fill: currentColor; stroke-linejoin: round; stroke-linecap: butt",
    }  # matplotlib's defaults
    return f'<div class="book-figure-box">{ET.tostring(svg, encoding="unicode")}</div>'


class InlineFigures(SphinxPostTransform):
    default_priority = 300  # after myst-nb has chosen the images and placed the glued ones
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        drawn = [
            node
            for node in self.document.findall(nodes.image)
            if "/jupyter_execute/" in node["uri"]
        ]
        for number, node in enumerate(drawn, 1):
            if not node.get("alt"):
                logger.warning(
                    "a figure without alternative text", location=node, type="book", subtype="alt"
                )
            if node["uri"].endswith(".svg"):
                source = Path(self.app.srcdir, node["uri"].lstrip("/")).read_text(encoding="utf-8")
                prefix = f"{nodes.make_id(self.env.docname)}-{number}-"
                node.replace_self(
                    nodes.raw("", inline_svg(source, node.get("alt", ""), prefix), format="html")
                )


def variables(palette: Sequence[str]) -> str:
    return " ".join(f"--c{i}: {colour};" for i, colour in enumerate(palette))


def write_palette(app: Sphinx) -> None:
    if app.builder.format == "html":
        static = Path(app.outdir, "_static")
        static.mkdir(parents=True, exist_ok=True)
        rules = [
            f"html{theme} {{ {variables(palette)} }}\n"
            for theme, palette in (("", LIGHT), ("[data-theme=dark]", DARK))
        ]
        (static / "palette.css").write_text("".join(rules), encoding="utf-8")
        app.add_css_file("palette.css")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(InlineFigures)
    app.connect("builder-inited", write_palette)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
