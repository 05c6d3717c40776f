"""`generated`: check that `generated/` is what `openapi.yaml` compiles to. Writes only to a temporary folder."""

import difflib
import subprocess
import tempfile
from pathlib import Path

from tools.generate import PACKAGE, ROOT, generate

from .documents import UnusableError
from .output import write, write_message


def differences(expected: Path, actual: Path) -> list[str]:
    """Compare two folders: changed, missing and additional files, as lines of a unified diff."""
    lines: list[str] = []
    for name in sorted({*_files(expected), *_files(actual)}):
        lines += difflib.unified_diff(
            _lines(expected / name),
            _lines(actual / name),
            f"generated from openapi.yaml/{name}",
            f"in the working tree/{name}",
        )
    return lines


def _files(folder: Path) -> list[str]:
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return [path.as_posix() for path in paths if "__pycache__" not in path.parts]


def _lines(path: Path) -> list[str]:
    return (
        path.read_text(encoding="utf-8", errors="backslashreplace").splitlines(keepends=True)
        if path.exists()
        else ["(no such file)\n"]
    )


def main() -> int:
    """Print the differences and how to remove them.

    Returns:
        1 if there are differences, else 0.

    Raises:
        UnusableError: The generator rejects the document.
        OutputError: The differences cannot be written.
    """
    with tempfile.TemporaryDirectory() as folder:
        expected = Path(folder) / PACKAGE.name
        try:
            generate(expected)
        except subprocess.CalledProcessError:
            raise UnusableError("openapi.yaml", "the generator rejects it; its message is above") from None
        lines = differences(expected, PACKAGE)
    if not lines:
        return 0
    write("".join(lines))
    write_message(
        f"\n{PACKAGE.relative_to(ROOT)} differs from what openapi.yaml, generator-config.yml and templates/ produce.\n"
        "Never edit it by hand: run `make generate` and commit the result."
    )
    return 1
