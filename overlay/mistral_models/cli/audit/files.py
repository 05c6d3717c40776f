"""Which files are audited, and reading them as text."""

import codecs
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from .git import listed_files

MAX_SIZE: Final = 1024 * 1024
"""Bytes. Larger files are data."""
_BINARY_PROBE: Final = 8192
"""Bytes at the beginning of a file in which binary files have a NUL byte, as in git."""
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
"""UTF-32 comes first, because its mark in little-endian order begins with that of UTF-16."""


class File(NamedTuple):
    """A file to audit."""

    path: Path
    name: str
    """What reports call it: relative to the working directory if it is inside, with `/` between the parts."""
    relative: str
    """Its path relative to the working directory if it is inside, or else to the folder that was given."""


class Skipped(NamedTuple):
    """A file that was not read, and why."""

    name: str
    reason: str
    is_failure: bool = False
    """Whether the file should have been read."""


class Encoding(NamedTuple):
    """How the bytes of a file become text."""

    mark: bytes
    """The byte-order mark."""
    name: str

    def decode(self, content: bytes) -> str:
        """Decode the content of a file, without its byte-order mark; bytes that are invalid in UTF-8 are kept."""
        return content[len(self.mark) :].decode(self.name, self._errors)

    def encode(self, text: str) -> bytes:
        """Encode text to the content of a file."""
        return self.mark + text.encode(self.name, self._errors)

    @property
    def _errors(self) -> str:
        return "surrogateescape" if self.name == "utf-8" else "surrogatepass"


def find_files(paths: Sequence[Path], excluded: Sequence[str], current: Path) -> Iterator[File]:
    """Yield the files below folders, and files that are given themselves, each once.

    Args:
        paths: Files and folders.
        excluded: Globs; see `is_excluded`.
        current: The working directory.
    """
    seen: set[str] = set()
    for root in paths:
        is_folder = root.is_dir()
        for path in _below(root) if is_folder else [root]:
            full = os.path.abspath(path)  # noqa: PTH100 resolve() would follow symbolic links
            if full in seen:
                continue
            seen.add(full)
            file = _named(path, full, root if is_folder else root.parent, current)
            if not is_excluded(file.name, excluded):
                yield file


def _named(path: Path, full: str, root: Path, current: Path) -> File:
    try:
        name = relative = PurePath(full).relative_to(current).as_posix()
    except ValueError:
        name = path.as_posix()
        relative = PurePath(full).relative_to(os.path.abspath(root)).as_posix()  # noqa: PTH100 as above
    return File(path, name, relative)


def is_excluded(name: str, globs: Iterable[str]) -> bool:
    """Tell whether a file matches a glob: with its whole name, or that of a folder in which it is.

    A glob without `/` matches the last part of the name, or that of a folder. `*` matches `/` too.
    """
    parts = name.split("/")
    prefixes = ["/".join(parts[:number]) for number in range(1, len(parts) + 1)]
    for glob in globs:
        pattern = glob.removeprefix("./").rstrip("/")
        candidates = prefixes if "/" in pattern else parts
        if any(fnmatchcase(each, pattern) for each in candidates):
            return True
    return False


def _below(root: Path) -> Iterator[Path]:
    listed = listed_files(root)
    if listed is None:
        yield from _walk(root)
    else:
        yield from (root / name for name in listed)


def _walk(root: Path) -> Iterator[Path]:
    """Yield all files except those in hidden folders, `node_modules` and virtual environments."""
    try:
        with os.scandir(root) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        yield root  # reading it fails, which is reported
        return
    if any(entry.name == "pyvenv.cfg" for entry in found):
        return
    for entry in found:
        if not entry.is_dir(follow_symlinks=False):
            yield Path(entry.path)
        elif not entry.name.startswith(".") and entry.name != "node_modules":
            yield from _walk(Path(entry.path))


def read(file: File) -> bytes | Skipped | None:
    """Read a file.

    Returns:
        Its content; why it was skipped; None if it is tracked, but was removed.
    """
    try:
        status = file.path.lstat()
        if not stat.S_ISREG(status.st_mode):
            if stat.S_ISDIR(status.st_mode) and os.access(file.path, os.R_OK | os.X_OK):
                return Skipped(file.name, "a git repository of its own")
            if stat.S_ISDIR(status.st_mode):
                return Skipped(file.name, "the folder cannot be read", is_failure=True)
            return Skipped(file.name, "a symbolic link" if stat.S_ISLNK(status.st_mode) else "not a regular file")
        if status.st_size > MAX_SIZE:
            return Skipped(file.name, "a file of more than 1 MiB")
        with file.path.open("rb", buffering=0) as stream:
            content = stream.read(MAX_SIZE + 1) or b""
    except FileNotFoundError:
        return None
    except OSError as error:
        return Skipped(file.name, error.strerror or str(error), is_failure=True)
    return content


def encoding_of(content: bytes) -> Encoding | None:
    """Return the encoding of a text file; None for a binary file."""
    for mark, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return Encoding(mark, name)
    return None if b"\0" in content[:_BINARY_PROBE] else Encoding(b"", "utf-8")
