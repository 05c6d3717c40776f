"""What git knows about files: which belong to a repository, and which it could restore."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import click


def listed_files(folder: Path) -> list[str] | None:
    """Return the tracked and the new files below a folder that a repository does not ignore; None outside of one.

    Raises:
        ClickException: The repository belongs to another user, so that git refuses to read it. Auditing all files
            instead would give another result than elsewhere.
    """
    output = _run(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return None if output is None else sorted({os.fsdecode(name) for name in output.split(b"\0") if name})


class Uncommitted(NamedTuple):
    """Files that git could not restore."""

    changed: frozenset[Path] = frozenset()
    """Files with changes that are not committed, new and ignored ones among them."""
    outside: frozenset[Path] = frozenset()
    """Files outside of any repository."""


def uncommitted(files: Iterable[Path], *, staged_is_safe: bool) -> Uncommitted:
    """Ask git about files, once for each repository.

    Args:
        files: The files.
        staged_is_safe: Whether a file counts as committed if all its changes are staged, as in a pre-commit hook.
    """
    changed: set[Path] = set()
    outside: set[Path] = set()
    dirty_by_root: dict[Path, set[Path]] = {}
    for file in files:
        full = file.parent.resolve() / file.name
        root = next((each for each in dirty_by_root if full.is_relative_to(each)), None) or _repository(full.parent)
        if root is None:
            outside.add(file)
            continue
        if root not in dirty_by_root:
            dirty_by_root[root] = _dirty(root, staged_is_safe=staged_is_safe)
        if not dirty_by_root[root].isdisjoint({full, *full.parents}):  # git can name a folder, not the files in it
            changed.add(file)
    return Uncommitted(frozenset(changed), frozenset(outside))


def _dirty(root: Path, *, staged_is_safe: bool) -> set[Path]:
    """Return the files and folders of a repository that differ from what it has; the root if git fails."""
    output = _run(root, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--ignored", "--no-renames")
    if output is None:
        return {root}
    entries = [os.fsdecode(entry) for entry in output.split(b"\0") if entry]
    # An entry is two letters, for the index and for the working tree, a space, and the path.
    return {root / entry[3:] for entry in entries if not (staged_is_safe and entry[1] == " ")}


def _repository(folder: Path) -> Path | None:
    output = _run(folder, "rev-parse", "--show-toplevel")
    return None if output is None else Path(os.fsdecode(output.removesuffix(b"\n")))


def _run(folder: Path, *arguments: str) -> bytes | None:
    """Run git in a folder and return its output; None if it fails or is not installed.

    Raises:
        ClickException: The repository belongs to another user.
    """
    try:
        result = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)  # noqa: S603, S607 no shell, and git is looked up on purpose
    except OSError:
        return None
    if b"safe.directory" in result.stderr:
        raise click.ClickException(
            f"git refuses to read {folder.resolve()}, because it belongs to another user; allow it with"
            f" `git config --global --add safe.directory {folder.resolve()}`"
        )
    return result.stdout if result.returncode == 0 else None
