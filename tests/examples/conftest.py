"""What runs the examples and the pages."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import trustme
from mistral_models import _transport
from mistral_models.testing import FakeMistral

from tests.conftest import ROOT

from .in_place import in_place


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


class Program:
    """Runs what is in `examples/` as a user does, with an environment of a handful of variables."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def __call__(self, *command: object, status: int = 0, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run it, and check the exit status; warnings are errors, and would be seen."""
        done = subprocess.run(
            [sys.executable, "-W", "error", *map(str, command)], cwd=ROOT, env=self.environment,
            capture_output=True, text=True, check=False, timeout=120, **options,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        return done


@pytest.fixture
def serve(authority: trustme.CA, tmp_path: Path) -> Iterator[Any]:
    """A function that serves a fake in place of the real service, and returns what runs programs against it."""
    with ExitStack() as stack:

        def served(fake: FakeMistral) -> Program:
            home = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
            return Program(home | stack.enter_context(in_place(fake, authority, tmp_path)))

        yield served


@pytest.fixture
def program(serve, fake: FakeMistral) -> Program:
    """Runs programs against the catalogue of the fake service, which is `fake`."""
    return serve(fake)


@pytest.fixture
def here(program: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process, too, takes the fake service for the real one."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in program.environment.items():
        monkeypatch.setenv(name, value)
    # What a process trusts is read once.
    _transport._ssl_context.cache_clear()
    yield
    _transport._ssl_context.cache_clear()
