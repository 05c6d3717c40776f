"""What several tests need: the fake service, and programs that nobody here wrote."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mistral_models import Mistral
from mistral_models.testing import FakeMistral

from tests.overlay.ways import Way

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module", autouse=True)
def network(request: pytest.FixtureRequest) -> Iterator[None]:
    """No proxies or certificates of the machine's; but what installs packages needs them."""
    if "tools" in request.path.parts:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Programs that tests interrupt inherit whether anybody may; a shell's jobs in the background may not be."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def fake() -> FakeMistral:
    return FakeMistral()


@pytest.fixture
def url(fake: FakeMistral) -> Iterator[str]:
    """Where the fake service listens."""
    with fake.serve() as url:
        yield url


@pytest.fixture(scope="module")
def no_collection() -> Iterator[None]:
    """Deeply nested JSON takes the stack to its end, where finalizers of other tests' garbage could not run."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def mistral(fake: FakeMistral) -> Iterator[Mistral]:
    with fake.client() as client:
        yield client


@pytest.fixture(scope="session")
def judges() -> Path:
    """The folder with the programs of `tests/package.json`, which `make test` installs."""
    folder = Path(sys.prefix) / "npm" / "node_modules"
    if not folder.exists():
        reason = f"no {folder}: Node.js is not installed, or the tests were not started with `make test`"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(params=["sync", "async"])
def way(request: pytest.FixtureRequest) -> Way:
    """Plain calls, and async ones."""
    return Way(request.param)
