"""The page of example programs, rendered from the files in `examples/`."""

import ast
import json
import re
from pathlib import Path
from typing import Final, NamedTuple

from .markup import WIDE, fenced, fitted

FOLDER: Final = Path(__file__).resolve().parents[2] / "examples"


class Example(NamedTuple):
    """A program and its description."""

    name: str
    title: str
    """What it is for, in a sentence."""
    text: str
    """More about it, and how to run it, in Markdown."""
    parts: list[tuple[str, str]]
    """The program: pairs of a language and a text; without a language, the text is Markdown."""


def read_all() -> list[Example]:
    """Read the programs in the order of the table in `README.md`; a test compares the table with the folder."""
    names = re.findall(r"^\| \[`([^`]+)`\]", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    return [read(FOLDER / name) for name in names]


def read(path: Path) -> Example:
    """Read a program or a notebook."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        (_, description), *parts = [
            ("python" if cell["cell_type"] == "code" else "", "".join(cell["source"]))
            for cell in json.loads(source)["cells"]
        ]
    else:
        module = ast.parse(source)
        description = ast.get_docstring(module) or ""
        parts = [("python", "\n".join(source.splitlines()[module.body[0].end_lineno :]).strip())]
    title, _, text = description.removeprefix("# ").partition("\n\n")
    return Example(path.name, title, text, parts)


def render() -> str:
    """Render the table, and a section for each program."""
    table = (FOLDER / "README.md").read_text(encoding="utf-8").partition("\n")[2].strip()
    linked = re.sub(r"\]\((\w+)\.\w+\)", r"](#\1)", table)
    return "\n\n".join([linked, *(_section(example) for example in read_all())])


def _section(example: Example) -> str:
    heading = f"## {example.name} {{ #{example.name.partition('.')[0]} }}"
    parts = [fenced(language, fitted(text, WIDE) or text) if language else text for language, text in example.parts]
    return "\n\n".join([heading, example.title, example.text, *parts])
