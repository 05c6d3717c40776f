"""The fake service in place of the real one: with its host name and TLS, behind a proxy.

Programs need no change for it, only the environment variables that httpx reads. Requests to any other host are refused.
"""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme
from mistral_models.testing import FakeMistral, Request

HOST = "api.mistral.ai"


class Proxy(BaseHTTPRequestHandler):
    """Handles CONNECT like an HTTP proxy, but terminates TLS and serves the requests itself."""

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
        self.setup()  # from here on, read and write through TLS

    def respond(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        response = self.fake.handle(Request(self.command, self.path, headers, body, time.time()))
        self.wfile.write(response.encode_head(time.time()) + response.body)

    do_GET = do_POST = do_PATCH = do_DELETE = respond  # noqa: N815 names of the base class

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 name of the base class
        """Log nothing."""


class Server(ThreadingHTTPServer):
    """Accepts many connections at once."""

    daemon_threads = True
    request_queue_size = 128


@contextmanager
def replace_service(fake: FakeMistral, authority: trustme.CA, folder: Path) -> Iterator[dict[str, str]]:
    """Serve the fake as the real service; yield the environment variables that lead programs to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    certificate = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(certificate))
    handler = type("Handler", (Proxy,), {"fake": fake, "context": context})
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield {
            "MISTRAL_API_KEY": fake.api_key,
            "HTTPS_PROXY": f"http://127.0.0.1:{server.server_port}",
            "SSL_CERT_FILE": str(certificate),
        }
        server.shutdown()
        thread.join()
