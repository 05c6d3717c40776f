"""The programs of `examples/` as the documentation shows them, from the files themselves."""

import ast
import json
import re
from pathlib import Path
from typing import Final, NamedTuple

from .markup import WIDE, fenced, fitted

FOLDER: Final = Path(__file__).resolve().parents[2] / "examples"


class Example(NamedTuple):
    """A program, and what it says of itself."""

    name: str
    title: str
    """What it is for, in a sentence."""
    text: str
    """More about it, and how to run it: Markdown."""
    parts: list[tuple[str, str]]
    """The program: pairs of a language, or nothing for Markdown, and the text."""


def found() -> list[Example]:
    """Read those that the table in `README.md` lists, in its order; a test holds it against the folder."""
    names = re.findall(r"^\| \[`([^`]+)`\]", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    return [read(FOLDER / name) for name in names]


def read(path: Path) -> Example:
    """Take a program or a notebook apart."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        (_, about), *parts = [
            ("python" if cell["cell_type"] == "code" else "", "".join(cell["source"]))
            for cell in json.loads(source)["cells"]
        ]
    else:
        module = ast.parse(source)
        about = ast.get_docstring(module) or ""
        parts = [("python", "\n".join(source.splitlines()[module.body[0].end_lineno :]).strip())]
    title, _, text = about.removeprefix("# ").partition("\n\n")
    return Example(path.name, title, text, parts)


def rendered() -> str:
    """Render the table, and each program under its name."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8").partition("\n")[2].strip()
    linked = re.sub(r"\]\((\w+)\.\w+\)", r"](#\1)", text)
    return "\n\n".join([linked, *(_section(example) for example in found())])


def _section(example: Example) -> str:
    heading = f"## {example.name} {{ #{example.name.partition('.')[0]} }}"
    parts = [fenced(language, fitted(text, WIDE) or text) if language else text for language, text in example.parts]
    return "\n\n".join([heading, example.title, example.text, *parts])
