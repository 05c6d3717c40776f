"""pytest fixtures. To enable them, write `pytest_plugins = ["mistral_models.testing.fixtures"]` in `conftest.py`."""

import os
from collections.abc import Generator

import pytest

from ._fake import FakeMistral


@pytest.fixture
def fake_mistral() -> FakeMistral:
    """A new fake service for each test; `client()` reaches it in process, `serve()` over a socket."""
    return FakeMistral()


@pytest.fixture
def fake_mistral_server(fake_mistral: FakeMistral, monkeypatch: pytest.MonkeyPatch) -> Generator[FakeMistral]:
    """The fake service `fake_mistral` on a socket: `Mistral()` connects to it, in this process and in those it starts.

    It sets the environment variables `MISTRAL_SERVER_URL`, `MISTRAL_API_KEY` and `NO_PROXY` for the test.
    """
    with fake_mistral.serve() as url:
        monkeypatch.setenv("MISTRAL_SERVER_URL", url)
        monkeypatch.setenv("MISTRAL_API_KEY", fake_mistral.api_key)
        monkeypatch.delenv("MISTRAL_SA_TOKEN_PATH", raising=False)  # it would take precedence over the key
        exempt = f"127.0.0.1,{os.environ.get('no_proxy') or os.environ.get('NO_PROXY', '')}".rstrip(",")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.setenv(name, exempt)
        yield fake_mistral
