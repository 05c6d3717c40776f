"""Programs for the tests of the command line."""

from collections.abc import Iterator

import pytest

from .running import Program, serving


@pytest.fixture
def alone(tmp_path) -> Program:
    """The program without a key and without a service."""
    return Program(tmp_path)


@pytest.fixture
def served(tmp_path) -> Iterator[Program]:
    """The program with the embedded service's catalogue on a socket."""
    with serving(tmp_path) as program:
        yield program
