"""CONTRIBUTING.md names files, folders and tests that exist."""

import re

from tests.conftest import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_every_path_in_a_table_exists():
    """Paths are relative to the repository, or to a folder of the library or of tests."""
    named = [
        word
        for row in re.findall(r"^\|.*", PAGE, re.MULTILINE)
        for code in re.findall(r"`([^`]+)`", row)
        for word in code.split()
    ]
    paths = [word for word in named if "/" in word or word.endswith((".py", ".yaml", ".yml"))]
    assert len(paths) > 40
    folders = [ROOT, ROOT / "overlay" / "mistral_models", ROOT / "tests" / "overlay", ROOT / "tests"]
    folders += [ROOT / "overlay" / "mistral_models" / "cli" / "audit"]
    assert [path for path in paths if not any((folder / path).exists() for folder in folders)] == []
