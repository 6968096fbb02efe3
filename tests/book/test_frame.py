"""The files at the top level agree with each other, and every chapter has the form that the
tools rely on."""

import re
import tomllib
from pathlib import Path

import pytest
from helpers.places import CHAPTERS, ROOT, parsed, read_yaml

from compnet_book.sphinx import offline


def test_environment_lists_the_lock():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    lock = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lock)
    pip = next(
        entry["pip"]
        for entry in read_yaml("environment.yml")["dependencies"]
        if isinstance(entry, dict)
    )
    assert pip == [*lock, "-e ."]


def test_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = read_yaml("CITATION.cff")
    assert (citation["title"], str(citation["version"])) == (project["name"], project["version"])


def test_toc_is_linked_into_the_book():
    link = ROOT / "book" / "_toc.yml"
    assert link.is_symlink() and link.readlink() == Path("../_toc.yml")
    assert link.samefile(ROOT / "_toc.yml")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_form(chapter):
    notebook = parsed(chapter)
    assert notebook.metadata.kernelspec.name == "python3", (
        "papermill needs the kernelspec in the header"
    )
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1, 'exactly one cell with tags=["parameters"]'
    for line in tagged[0].source.splitlines():
        assert re.fullmatch(r"\w+: \w+(\[.*\])? = .+?\s+# .+", line), (
            f"a parameter is typed and commented: {line}"
        )


def test_readme_points_to_what_is_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]+)\)", text)
    headings = {f"#{line.lower()}" for line in re.findall(r"^## (\w+)$", text, re.MULTILINE)}
    assert {link for link in links if link.startswith("#")} <= headings
    linked = [link for link in links if not link.startswith(("http", "#"))]
    named = re.findall(r"(?:book|benchmarks)/\w+\.py", text)
    assert linked and named and all((ROOT / path).exists() for path in [*linked, *named])
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"make (\w+)", text)) <= set(targets)


@pytest.mark.slow
def test_readme_example_runs(capsys):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    quick = example.replace("epochs=1000", "epochs=2").replace("rounds=4", "rounds=1")
    exec(compile(quick, "README.md", "exec"), {})
    assert capsys.readouterr().out


@pytest.mark.parametrize("listed", [["a.js", "b.js"], ["b.js", "a.js"]])
def test_scripts_are_loaded_in_one_order_whatever_the_disk_lists_first(listed):
    config = {"html_js_files": listed, "html_css_files": [("z.css", {}), "book.css"]}
    offline.in_order(None, config)
    assert config["html_js_files"] == ["a.js", "b.js"]
    assert len(config["html_css_files"]) == 2
