"""The Markdown pages of the repository and their code blocks."""

import re
import textwrap
from pathlib import Path

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
