"""Writing files so that an interruption leaves them whole."""

import contextlib
import os
import tempfile
from pathlib import Path


def replace_content(file: Path, content: bytes, expected: bytes) -> bool:
    """Replace the content of a file, unless it has changed since it was read.

    Returns:
        Whether it was written.

    Raises:
        OSError: It cannot be read or written.
    """
    if file.read_bytes() != expected:
        return False
    write_atomically(file, content)
    return True


def write_atomically(file: Path, content: bytes) -> None:
    """Write a file so that it has its old or its new content at every moment; its mode stays.

    Raises:
        OSError: It cannot be written.
    """
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{file.name[:100]}.", dir=file.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from None  # it names the temporary file
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(_mode(file))
        Path(temporary).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _mode(file: Path) -> int:
    try:
        return file.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
