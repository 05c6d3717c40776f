"""Check that `generated/` is what `openapi.yaml`, `generator-config.yml` and `templates/` make; touches nothing."""

import difflib
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.generate import PACKAGE, ROOT, generate

from .documents import UnusableError


def differences(expected: Path, found: Path) -> list[str]:
    """Compare two folders both ways: changed, missing and surplus files, as lines of a unified diff."""
    lines: list[str] = []
    for name in sorted({*_files(expected), *_files(found)}):
        lines += difflib.unified_diff(
            _lines(expected / name),
            _lines(found / name),
            f"generated from openapi.yaml/{name}",
            f"in the working tree/{name}",
        )
    return lines


def _files(folder: Path) -> list[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return [path.as_posix() for path in found if "__pycache__" not in path.parts]


def _lines(path: Path) -> list[str]:
    return (
        path.read_text(encoding="utf-8", errors="backslashreplace").splitlines(keepends=True)
        if path.exists()
        else ["(no such file)\n"]
    )


def main() -> int:
    """Print what differs and the cure.

    Raises:
        UnusableError: The generator can make nothing of the document.
    """
    with tempfile.TemporaryDirectory() as folder:
        expected = Path(folder) / PACKAGE.name
        try:
            generate(expected)
        except subprocess.CalledProcessError:
            raise UnusableError("openapi.yaml", "the generator refuses it; it says why above") from None
        lines = differences(expected, PACKAGE)
    if lines:
        sys.stdout.writelines(lines)
        print(
            f"\n{PACKAGE.relative_to(ROOT)} is not what openapi.yaml, generator-config.yml and templates/ make.\n"
            "Never edit it by hand: run `make generate` and commit the result.",
            file=sys.stderr,
        )
        return 1
    return 0
