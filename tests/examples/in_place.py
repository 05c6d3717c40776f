"""The fake service in place of the real one: under its host name, with TLS, behind a proxy.

Programs run unchanged: only the environment variables that httpx reads are set. Requests to any other host fail.
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
    """A proxy whose tunnels end in the fake service."""

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
        self.setup()  # from here on, everything is read through TLS

    def respond(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        response = self.fake.handle(Request(self.command, self.path, headers, body, time.time()))
        self.wfile.write(response.encode_head(time.time()) + response.body)

    do_GET = do_POST = do_PATCH = do_DELETE = respond  # noqa: N815 the base class's names

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
        """Log nothing."""


class Server(ThreadingHTTPServer):
    """A server with one thread per connection."""

    daemon_threads = True
    request_queue_size = 128


@contextmanager
def in_place(fake: FakeMistral, authority: trustme.CA, folder: Path) -> Iterator[dict[str, str]]:
    """Serve in place of the real service; yields the environment variables that make programs use it."""
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
