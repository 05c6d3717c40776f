"""Measures open descriptors and connections, and runs programs in processes of their own."""

import gc
import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.polling import poll_until


def open_descriptors() -> int:
    """Return the number of open files, sockets and pipes."""
    return len(list(Path("/dev/fd").iterdir()))


def descriptors_fall_to(limit: int) -> bool:
    """Wait until at most so many descriptors are open, those of garbage left out; return False at the timeout."""

    def is_met() -> bool:
        gc.collect()
        return open_descriptors() <= limit

    return poll_until(is_met)


@contextmanager
def no_descriptor_leak(tolerance: int = 0) -> Iterator[None]:
    """Check that the block leaves no more descriptors open than before, apart from a few that are tolerated."""
    gc.collect()
    before = open_descriptors()
    yield
    assert descriptors_fall_to(before + tolerance), f"{open_descriptors() - before} were left open"


def run_program(text: str, *arguments: str, options: tuple[str, ...] = (), timeout: float = 30):
    """Run a Python program in a process of its own; it must end before the timeout."""
    command = [sys.executable, *options, "-c", textwrap.dedent(text), *arguments]
    here = Path(__file__).parents[2]
    folders = [str(here), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, cwd=here, env=environment
    )


class Connections:
    """Counts the connections of a fake service, and the requests of each.

    The fake service has a thread for each connection. Thread ids are reused, hence the thread-local variable.
    """

    def __init__(self) -> None:
        self.requests: list[int] = []
        """The number of requests of each connection."""
        self._connection = threading.local()
        self._lock = threading.Lock()

    def count_request(self) -> None:
        """Count a request for the connection of this thread."""
        with self._lock:
            if not hasattr(self._connection, "number"):
                self._connection.number = len(self.requests)
                self.requests.append(0)
            self.requests[self._connection.number] += 1
