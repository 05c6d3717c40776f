"""The built documentation, a server for it on loopback, and a browser."""

import fcntl
import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.conftest import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def site(node_modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the built pages, shared by parallel test processes."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "documentation"
    with (shared / "documentation.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "index.html").exists():
            command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
            built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert built.returncode == 0, built.stdout + built.stderr
    return folder


PREFIX = "/mistral-models/"
"""The path of the site on its host, to which links of the page for unknown URLs lead."""


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files below a prefix, without logging requests."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(PREFIX.rstrip("/")))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
        """Log nothing."""


@pytest.fixture(scope="session")
def base_url(site: Path) -> Iterator[str]:
    """The URL of the served pages, with a slash at the end."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=site)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The chromium of the system; closed after each module, because playwright keeps an event loop running."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"none of {', '.join(BROWSERS)} is installed")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        # chromium has no sandbox for root; host names are not resolved, so that nothing reaches the network.
        arguments = [
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ]
        launched = playwright.chromium.launch(executable_path=path, args=arguments)
        yield launched
        launched.close()


class Window:
    """A browser window that records errors, warnings, and requests to other hosts."""

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        self.base_url = base_url
        self.problems: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.record(message.type, message.text))
        self.page.on("pageerror", lambda error: self.record("error", str(error)))
        self.page.on("request", lambda request: self.check_request(request.url))

    def record(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.problems.append(f"{self.page.url}: {kind}: {text}")

    def check_request(self, url: str) -> None:
        if urlsplit(url).scheme in {"http", "https", "ws", "wss"} and not url.startswith(self.base_url):
            self.problems.append(f"{self.page.url}: a request to {url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.base_url + path, wait_until="load")
        return self.page


@pytest.fixture
def window(browser: Browser, base_url: str, request: pytest.FixtureRequest) -> Iterator[Window]:
    """A window; its indirect parameters are the options of `new_context`."""
    with browser.new_context(**getattr(request, "param", {})) as context:
        yield Window(context, base_url)
