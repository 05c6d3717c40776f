"""The Markdown pages of the repository, their code blocks, and the output that they show."""

import re
import textwrap
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "examples" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


def code_blocks(path: Path, language: str) -> list[str]:
    """Return the code blocks of a page in one language, in their order; a block in a list is indented."""
    return _code_blocks(path.read_text(encoding="utf-8"), language)


def programs_by_section(path: Path) -> dict[str, str]:
    """Return the Python programs of a page by heading; all blocks of a section are one program."""
    _, *parts = re.split(r"^## (.*)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    programs = {heading: "\n".join(_code_blocks(body, "python")) for heading, body in sections.items()}
    return {heading: program for heading, program in programs.items() if program}


def _code_blocks(text: str, language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(code) for _, code in found]


class Program(NamedTuple):
    """A Python program of a page, and the output that the page shows for it."""

    code: str
    output: str | None


def programs(path: Path) -> list[Program]:
    """Return the Python programs of a page. An output that follows tabs is that of the program in each tab."""
    found: list[Program] = []
    waiting: list[str] = []  # one program, or those of several tabs: the next output is theirs
    in_tabs = False
    blocks = re.finditer(r"^( *)```(\S+)(.*)\n((?s:.*?))^\1```$", path.read_text(encoding="utf-8"), re.MULTILINE)
    for indent, language, options, text in (block.groups() for block in blocks):
        if language == "python":
            if not (indent and in_tabs):
                found += [Program(code, None) for code in waiting]
                waiting.clear()
            in_tabs = bool(indent)
            waiting.append(textwrap.dedent(text))
        elif options.strip() == 'title="Output"':
            found += [Program(code, textwrap.dedent(text)) for code in waiting]
            waiting.clear()
    return found + [Program(code, None) for code in waiting]
