"""CONTRIBUTING.md names files, folders and tests that exist."""

import re

from tests.conftest import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_every_path_in_a_table_exists():
    """Paths are relative to the repository; a name without a folder is beside the path before it."""
    named = [
        word
        for row in re.findall(r"^\|.*", PAGE, re.MULTILINE)
        for code in re.findall(r"`([^`]+)`", row)
        for word in code.split()
    ]
    paths = [word for word in named if "/" in word or word.endswith((".py", ".yaml", ".yml"))]
    assert len(paths) > 40
    folder, missing = ROOT, []
    for path in paths:
        found = ROOT / path if (ROOT / path).exists() else folder / path
        folder = found if found.is_dir() else found.parent
        missing += [] if found.exists() else [path]
    assert missing == []
