"""The fake service in place of the real one: under its own name, with TLS, behind a proxy.

Programs are changed by nothing but the environment variables that httpx reads. What they send to any other host goes
nowhere.
"""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import trustme
from mistral_models import _credentials, _settings
from mistral_models.testing import FakeMistral, Request

HOST = urlsplit(_settings.SERVERS["global"]).netloc


class Proxy(BaseHTTPRequestHandler):
    """A tunnel that ends right here."""

    protocol_version = "HTTP/1.1"
    fake: FakeMistral
    context: ssl.SSLContext

    def do_CONNECT(self) -> None:
        if self.path != f"{HOST}:443":
            self.send_error(403)
            return
        self.send_response(200)
        self.end_headers()
        self.request = self.context.wrap_socket(self.connection, server_side=True)
        self.setup()  # what comes next is read through TLS

    def respond(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        answer = self.fake.handle(Request(self.command, self.path, headers, body))
        self.wfile.write(answer.encode_head(time.time()) + answer.body)

    do_GET = do_POST = do_PATCH = do_DELETE = respond  # noqa: N815 the base class's names

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """One that many may call at once."""

    daemon_threads = True
    request_queue_size = 128


@contextmanager
def in_place(fake: FakeMistral, authority: trustme.CA, folder: Path) -> Iterator[dict[str, str]]:
    """Answer in place of the real service; yields the environment that leads here."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    trusted = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    handler = type("Handler", (Proxy,), {"fake": fake, "context": context})
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield {
            _credentials.API_KEY_VARIABLE: fake.api_key,
            "HTTPS_PROXY": f"http://127.0.0.1:{server.server_port}",
            "SSL_CERT_FILE": str(trusted),
        }
        server.shutdown()
        thread.join()
