"""The programs of `examples/` as the documentation shows them, from the files themselves."""

import ast
import json
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = Path(__file__).resolve().parents[2] / "examples"


class Example(NamedTuple):
    """A program, and what it says of itself."""

    name: str
    title: str
    """What it is for, in a sentence."""
    text: str
    """How to run it; the commands stand on lines of their own."""
    parts: list[tuple[str, str]]
    """Code, and Markdown between it: pairs of the language and the text."""


def found() -> list[Example]:
    """Read them all, in the order of their names."""
    readers = {".py": _program, ".ipynb": _notebook}
    return [readers[path.suffix](path) for path in sorted(FOLDER.iterdir()) if path.suffix in readers]


def rendered() -> str:
    """Render each under its name."""
    return "\n\n".join(_section(example) for example in found())


def _program(path: Path) -> Example:
    source = path.read_text(encoding="utf-8")
    module = ast.parse(source)
    title, _, text = (ast.get_docstring(module) or "").partition("\n\n")
    code = "\n".join(source.splitlines()[module.body[0].end_lineno :])
    return Example(path.name, title, text, [("python", code.strip())])


def _notebook(path: Path) -> Example:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    parts = [("python" if cell["cell_type"] == "code" else "", "".join(cell["source"])) for cell in cells]
    title, _, text = parts[0][1].partition("\n\n")
    return Example(path.name, title.removeprefix("# "), text, parts[1:])


def _section(example: Example) -> str:
    parts = [f"```{language}\n{text}\n```" if language else text for language, text in example.parts]
    lines = "  \n".join(_line(line) for line in example.text.splitlines())
    return "\n\n".join([f"## {example.name}", example.title, lines, *parts])


def _line(line: str) -> str:
    """What a line of a docstring says, with the command that it ends in as code."""
    for start in ("MODEL=", "python examples/", "uvicorn ", "pytest ", "curl ", "15 6 "):
        before, command, rest = line.partition(start)
        if command:
            return f"{before}`{command}{rest}`"
    return line
