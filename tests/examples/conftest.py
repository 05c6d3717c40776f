"""Fixtures that run the examples and the programs in the documentation."""

import os
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
    """Runs a program in `examples/` as a user does, with few environment variables."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def __call__(self, *command: object, status: int = 0, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run it, and check the exit code; warnings are errors."""
        done = subprocess.run(
            [sys.executable, "-W", "error", *map(str, command)], cwd=ROOT, env=self.environment,
            capture_output=True, text=True, check=False, timeout=120, **options,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        return done


@pytest.fixture
def serve(authority: trustme.CA, tmp_path: Path) -> Iterator[Any]:
    """Serve a fake in place of the real service, and return a `Program` that runs against it."""
    with ExitStack() as stack:

        def served(fake: FakeMistral) -> Program:
            # If faketime sets the clock of the tests, it sets that of the programs, too.
            clock = {name: value for name, value in os.environ.items() if name.startswith(("LD_PRELOAD", "FAKETIME"))}
            home = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", **clock}
            return Program(home | stack.enter_context(in_place(fake, authority, tmp_path)))

        yield served


@pytest.fixture
def program(serve, fake: FakeMistral) -> Program:
    """Runs programs against `fake`."""
    return serve(fake)


@pytest.fixture
def here(program: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Requests of this process reach the fake service instead of the real one."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in program.environment.items():
        monkeypatch.setenv(name, value)
    # The trusted certificates are read once per process.
    _transport._ssl_context.cache_clear()
    yield
    _transport._ssl_context.cache_clear()
