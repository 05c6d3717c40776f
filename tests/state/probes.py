"""What a process holds: descriptors, threads, and the ends of a program of its own."""

import gc
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def descriptors() -> int:
    """How many files, sockets and pipes are open."""
    return len(list(Path("/dev/fd").iterdir()))


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether something comes to hold; the other side of a connection goes in its own time."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        gc.collect()
        time.sleep(0.01)
    return holds()


@contextmanager
def nothing_left(slack: int = 0) -> Iterator[None]:
    """Check that the block leaves no descriptor that was not there before."""
    gc.collect()
    before = descriptors()
    yield
    assert eventually(lambda: descriptors() <= before + slack), f"{descriptors() - before} descriptors more"


def program(text: str, *arguments: str, options: tuple[str, ...] = (), timeout: float = 30):
    """Run a Python program in a process of its own; it must end by itself in that time."""
    command = [sys.executable, *options, "-c", textwrap.dedent(text), *arguments]
    here = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(here)}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, cwd=here, env=environment
    )


class Connections:
    """Counts the connections of a fake service, which has a thread for each; ids of threads come again."""

    def __init__(self) -> None:
        self.uses: list[int] = []
        """Of each connection, how many requests came there."""
        self._here = threading.local()
        self._lock = threading.Lock()

    def note(self) -> None:
        """Note that a request came here."""
        with self._lock:
            if not hasattr(self._here, "number"):
                self._here.number = len(self.uses)
                self.uses.append(0)
            self.uses[self._here.number] += 1
