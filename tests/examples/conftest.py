"""Fixtures that run programs against the fake service in place of the real one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import trustme
from mistral_models.testing import FakeMistral

from tests.conftest import ROOT

from .proxy import replace_service

HIDDEN = ("MISTRAL_", "PYTEST_", "PYTHON")
"""Prefixes of the environment variables of this process that programs do not get."""


class Program:
    """Runs Python programs as users do."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def __call__(self, *command: object, exit_code: int = 0, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a program with warnings as errors, and check its exit code."""
        result = subprocess.run(
            [sys.executable, "-W", "error", *map(str, command)], cwd=ROOT, env=self.environment,
            capture_output=True, encoding="utf-8", check=False, timeout=120, **options,
        )  # fmt: skip
        assert result.returncode == exit_code, result.stdout + result.stderr
        return result


@pytest.fixture
def serve(authority: trustme.CA, tmp_path: Path) -> Iterator[Any]:
    """A function that serves a fake in place of the real service, and returns a `Program` that runs against it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(HIDDEN)}
    with ExitStack() as stack:

        def serve(fake: FakeMistral) -> Program:
            service = stack.enter_context(replace_service(fake, authority, tmp_path))
            return Program(inherited | {"HOME": str(tmp_path), "PYTHONUTF8": "1"} | service)

        yield serve


@pytest.fixture
def program(serve, fake: FakeMistral) -> Program:
    """Runs programs against the fake service `fake`."""
    return serve(fake)
