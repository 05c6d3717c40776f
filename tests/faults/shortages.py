"""Takes file descriptors or threads away from this process, as a program with a leak does."""

import os
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress

from .script import Shortage

TOO_MUCH = 1 << 47
"""Bytes; more than the address space of a process has."""


@contextmanager
def no_file_descriptors() -> Iterator[None]:
    """Let every attempt to open a file or a socket fail with EMFILE."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as stack:
        highest = max(int(name) for name in os.listdir("/dev/fd"))  # noqa: PTH208 pathlib would open more of them
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, limits[1]))
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        with suppress(OSError):
            while True:
                stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        yield


@contextmanager
def no_threads() -> Iterator[None]:
    """Let every attempt to start a thread fail with `RuntimeError: can't start new thread`."""
    size = threading.stack_size(TOO_MUCH)
    try:
        yield
    finally:
        threading.stack_size(size)


SHORTAGES: dict[Shortage, Callable[[], AbstractContextManager[None]]] = {
    "file descriptors": no_file_descriptors,
    "threads": no_threads,
}
