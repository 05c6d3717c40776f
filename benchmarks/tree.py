"""A tree of files for `audit` to read: 10,000 files and 100 MB of text, in which one file in ten names models."""

import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

_TEXT = """the response model of this class returns None when config is empty import def self value key list for in
if not name path data test request result type str int error timeout server client assert yield raise object"""
_LINE_WORDS = 11


def write_tree(root: Path, names: Sequence[str], files: int, size: int) -> None:
    """Write a git repository, the same in each run.

    Args:
        root: A new folder.
        names: Names of models.
        files: How many files.
        size: Bytes in each file, approximately.
    """
    words = _TEXT.split()
    generator = random.Random(80)  # noqa: S311 no secret
    for number in range(files):
        folder = root / f"package{number // 100}"
        folder.mkdir(parents=True, exist_ok=True)
        lines = []
        length = 0
        while length < size:
            line = " ".join(generator.choices(words, k=_LINE_WORDS))
            lines.append(line)
            length += len(line) + 1
        if number % 10 == 0:
            lines[len(lines) // 2] = f'model = "{generator.choice(names)}"'
        (folder / f"module{number}.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "add", "."], check=True)
