"""Fixtures for several test folders: the fake service, clients for it, and programs from npm."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import trustme
from mistral_models import Mistral
from mistral_models.testing import FakeMistral

from tests.overlay.calls import SyncOrAsync

ROOT = Path(__file__).resolve().parent.parent
VENDOR_DOCUMENTS = ROOT.parent / "shared" / "vendor"
"""The vendor's OpenAPI documents, beside the repository because they are not ours to publish."""
needs_vendor_documents = pytest.mark.skipif(
    not VENDOR_DOCUMENTS.exists(),
    reason=f"no {VENDOR_DOCUMENTS}: the repository lacks the vendor's documents",
)

# The tests of the command line drive it in a pseudo-terminal, which Windows does not have.
collect_ignore = ["cli"] if sys.platform == "win32" else []

# No test fails because the machine was busy while an example ran.
hypothesis.settings.register_profile("any duration", deadline=None)
hypothesis.settings.load_profile("any duration")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests that need another operating system; the marker gives the reason."""
    for name, has_it in (("posix", os.name == "posix"), ("linux", sys.platform == "linux")):
        marker = item.get_closest_marker(name)
        if marker is not None and not has_it:
            pytest.skip(f"needs {name}: {marker.args[0]}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests outside the folders of fast tests as slow."""
    fast = [ROOT / folder for folder in config.getini("testpaths")]
    for item in items:
        if not any(item.path.is_relative_to(folder) for folder in fast):
            item.add_marker(pytest.mark.slow)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that take `api` with the sync and the async API.

    Those with the marker `httpx2`, which pass an HTTP client to `Mistral`, run with clients of httpx2 too.
    """
    if "api" not in metafunc.fixturenames:
        return
    modes = [pytest.param(SyncOrAsync(name), id=name) for name in ("sync", "async")]
    if metafunc.definition.get_closest_marker("httpx2"):
        import httpx2

        modes += [
            pytest.param(SyncOrAsync(name, httpx2), id=f"{name}-httpx2", marks=pytest.mark.slow)
            for name in ("sync", "async")
        ]
    metafunc.parametrize("api", modes)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """The certificate authority that clients trust in all tests."""
    return trustme.CA()


@pytest.fixture(scope="session")
def trusted(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with its certificate."""
    file = tmp_path_factory.mktemp("authority") / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


@pytest.fixture(scope="module", autouse=True)
def network(request: pytest.FixtureRequest, trusted: Path) -> Iterator[None]:
    """Hide the address, proxies and certificates that this machine sets, except from tests that install packages.

    A process loads the certificates that it trusts once, hence the same authority in all tests.
    """
    if {"tools", "package"} & {*request.path.relative_to(ROOT).parts}:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MISTRAL_SERVER_URL", raising=False)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        patch.setenv("SSL_CERT_FILE", str(trusted))
        yield


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Restore the handler of SIGINT, which programs started by tests inherit; background jobs of a shell ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def fake() -> FakeMistral:
    return FakeMistral()


@pytest.fixture
def url(fake: FakeMistral) -> Iterator[str]:
    """The address where the fake service listens."""
    with fake.serve() as url:
        yield url


@pytest.fixture(scope="module")
def no_collection() -> Iterator[None]:
    """Turn garbage collection off: deeply nested JSON exhausts the stack, and finalizers would fail there."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def mistral(fake: FakeMistral) -> Iterator[Mistral]:
    with fake.client() as client:
        yield client


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder with the npm packages of `tests/package.json`, which `make test-all` installs."""
    folder = Path(sys.prefix) / "npm" / "node_modules"
    if not folder.exists():
        reason = f"no {folder}: Node.js is not installed, or the tests were not started with `make test-all`"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
