"""Elements of HTML that docutils has no node for."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx


class Tag(nodes.General, nodes.Element):
    """An element of HTML, of which other writers show the contents."""


def tag(name: str, /, *inside: nodes.Node | str, **attributes: Any) -> Tag:
    """An element: `classes` and `ids` are docutils', `data_verdict` is
    data-verdict."""
    own = {key: attributes.pop(key) for key in ("classes", "ids") if key in attributes}
    plain = {key.strip("_").replace("_", "-"): value for key, value in attributes.items()}
    contents = (nodes.Text(node) if isinstance(node, str) else node for node in inside)
    return Tag("", *contents, tag=name, attributes=plain, **own)


def begin(writer: Any, node: Tag) -> None:
    """Write the element's start."""
    writer.body.append(writer.starttag(node, node["tag"], "", **node["attributes"]))


def finish(writer: Any, node: Tag) -> None:
    """Write the element's end."""
    writer.body.append(f"</{node['tag']}>")


def pass_by(writer: Any, node: Tag) -> None:
    """Write nothing: the contents alone are shown."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    other = (pass_by, pass_by)
    app.add_node(Tag, html=(begin, finish), text=other, latex=other, man=other, texinfo=other)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
