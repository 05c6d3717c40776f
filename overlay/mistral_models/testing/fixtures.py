"""A fixture for pytest. In `conftest.py`: `pytest_plugins = ["mistral_models.testing.fixtures"]`."""

import pytest

from ._fake import FakeMistral


@pytest.fixture
def fake_mistral() -> FakeMistral:
    """The service in memory, new for each test; `client()` reaches it in process, `serve()` over a socket."""
    return FakeMistral()
