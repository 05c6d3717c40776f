"""The pytest fixture. To enable it, write `pytest_plugins = ["mistral_models.testing.fixtures"]` in `conftest.py`."""

import pytest

from ._fake import FakeMistral


@pytest.fixture
def fake_mistral() -> FakeMistral:
    """A new fake service for each test; `client()` reaches it in process, `serve()` over a socket."""
    return FakeMistral()
