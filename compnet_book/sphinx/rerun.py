"""A directive for the end of a chapter: the command that runs it with other parameters,
what they may be, and its source.

    ```{rerun} -p depth 6 -p left_peak 0.15
    ```

The example is checked, and the table made, from the chapter's own parameters cell.
"""

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

import jupytext
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from compnet_book.parameters import check, declared

COLUMNS = ("parameter", "type", "default", "meaning and limits")


def given(example: str) -> dict[str, str]:
    """The parameters in a piece of command line, `-p name value` once or several times."""
    words = shlex.split(example)
    if len(words) % 3 or any(option != "-p" for option in words[::3]):
        raise ValueError(f"an example is written -p name value, got {example!r}")
    return dict(zip(words[1::3], words[2::3]))


def table(rows: Iterable[Sequence[nodes.Node]]) -> nodes.table:
    """A table of `COLUMNS` with a row for each sequence of nodes in `rows`."""

    def row(cells: Iterable[nodes.Node]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))

    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in COLUMNS), cols=len(COLUMNS))
    group += nodes.thead("", row(nodes.Text(name) for name in COLUMNS))
    group += nodes.tbody("", *map(row, rows))
    return nodes.table("", group, classes=["colwidths-auto", "rerun-parameters"])


class Rerun(SphinxDirective):
    """The directive; its argument is the example."""

    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """The command, the table of parameters, and links to the source."""
        example = " ".join(self.arguments)
        script = Path(self.env.doc2path(self.env.docname))
        try:
            parameters = declared(jupytext.read(script, fmt="py:percent"))
            check(parameters, given(example))
        except ValueError as error:
            raise self.error(str(error)) from error
        command = f"papermill book/{script.name} out.ipynb {example}".rstrip()
        rows = [
            (
                nodes.literal("", each.name),
                nodes.Text(each.kind.__name__),
                nodes.literal("", each.default),
                nodes.Text(f"{each.meaning}, {each.limits}".removesuffix(", ")),
            )
            for each in parameters.values()
        ]
        up = "../" * self.env.docname.count("/")
        script_link, notebook_link = (
            nodes.reference(
                "", text, internal=True, refuri=f"{up}_sources/{self.env.docname}{ending}"
            )
            for text, ending in (("script", ".py"), ("notebook", ".ipynb"))
        )
        source = nodes.paragraph(
            "",
            "",
            nodes.Text("This page as a "),
            script_link,
            nodes.Text(" or as a "),
            notebook_link,
            nodes.Text("."),
        )
        return [nodes.literal_block(command, command, language="bash"), table(rows), source]


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.add_directive("rerun", Rerun)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
