"""Fixtures of the tests against other programs."""

import os
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def vendor_python() -> Path:
    """The interpreter of the environment with the vendor's SDK, which `make` creates."""
    python = Path(f"{sys.prefix}-vendor") / "bin" / "python"
    if not python.exists():
        reason = f"no {python}: the tests were not started with `make`"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return python
