"""Fixtures for the tests of the command line."""

from collections.abc import Iterator

import pytest

from .runner import Cli, serving


@pytest.fixture
def cli(tmp_path) -> Cli:
    """The command line without an API key and without a service."""
    return Cli(tmp_path)


@pytest.fixture
def connected_cli(tmp_path) -> Iterator[Cli]:
    """The command line, connected to the fake service with its catalogue."""
    with serving(tmp_path) as cli:
        yield cli
