"""The socket server of the fake service speaks HTTP/1.1 and survives malformed requests."""

import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from mistral_models import Mistral, errors
from mistral_models.testing import FakeMistral, Request, Response

HEAD = b"PATCH /v1/fine_tuning/models/m HTTP/1.1\r\nHost: fake\r\n"


def exchange(url: str, data: bytes) -> bytes:
    """Send bytes, close the sending side, and return all bytes that the server sends."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as stream:
            return stream.read()


def test_connections_are_kept_alive_and_served_concurrently(fake):
    """The server speaks HTTP/1.1, sends no body after HEAD, and stops when the block ends."""
    with fake.serve() as url, httpx.Client(base_url=url, headers={"authorization": f"Bearer {fake.api_key}"}) as client:
        assert client.get("/v1/models").http_version == "HTTP/1.1"
        assert client.head("/v1/models").status_code == 405
        with ThreadPoolExecutor(8) as pool:
            bodies = list(pool.map(lambda _: client.get("/v1/models").json(), range(40)))
    assert {tuple(card["id"] for card in body["data"]) for body in bodies} == {tuple(m["id"] for m in fake.models)}
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (b"Content-Length: many\r\n", b"", 400),
        (b"Content-Length: -5\r\n", b"", 400),
        (b"Content-Length: +2\r\n", b"{}", 400),
        (b"Content-Length: \xb2\r\n", b"{}", 400),
        (b"Content-Length:\r\n", b"", 400),
        (b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{} ", 400),
        (b"Content-Length: 10\r\n", b"{}", 400),
        (b"Content-Length: " + b"9" * 20 + b"\r\n", b"", 413),
        (b"Content-Length: " + b"9" * 5000 + b"\r\n", b"", 413),
        (b"Transfer-Encoding: chunked\r\n", b"2\r\n{}\r\n0\r\n\r\n", 411),
    ],
    ids=[
        "no number", "negative", "signed", "not ASCII", "empty", "contradictory", "truncated body", "too large",
        "too many digits", "chunked",
    ],
)  # fmt: skip
def test_a_body_of_unknown_length_is_rejected(fake, capfd, headers, body, status):
    """The server responds once, closes the connection, records no request and prints nothing."""
    with fake.serve() as url:
        data = exchange(url, HEAD + headers + b"\r\n" + body)
        head, _, content = data.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 %d " % status)
        assert b"connection: close" in head
        assert isinstance(json.loads(content)["detail"], str)
        assert fake.requests == []
        with Mistral(fake.api_key, server_url=url) as mistral:
            assert mistral.models.list().data
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "data",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/x\r\n\r\n"],
    ids=["TLS", "no target", "no version"],
)
def test_a_malformed_request_line_is_rejected(fake, capfd, data):
    """The server responds with 400 and prints nothing."""
    with fake.serve() as url:
        assert b"400" in exchange(url, data)
    assert capfd.readouterr() == ("", "")


def test_equal_content_lengths_are_accepted(fake):
    """A repeated header with the same value is unambiguous (RFC 9110, 8.6)."""
    with fake.serve() as url:
        data = exchange(url, HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}")
    assert data.startswith(b"HTTP/1.1 401 ")
    assert fake.requests[0].body == b"{}"


def test_an_error_of_a_subclass_is_printed(capfd):
    """A traceback on stderr explains the lost connection, which is all that the client sees."""

    class Broken(FakeMistral):
        def handle(self, request: Request) -> Response:
            raise LookupError(request.target)

    with (
        Broken().serve() as url,
        Mistral("fake-key", server_url=url, retry_config=0) as mistral,
        pytest.raises(errors.APIConnectionError),
    ):
        mistral.models.list()
    assert "LookupError: /v1/models" in capfd.readouterr().err


def test_a_client_that_disconnects_is_not_reported(fake, capfd):
    """A reset connection is no error of the service."""
    with fake.serve() as url:
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            connection.sendall(HEAD)
        with Mistral(fake.api_key, server_url=url) as mistral:
            assert mistral.models.list().data
    assert capfd.readouterr() == ("", "")


def test_serving_looks_up_no_host_name():
    """The server starts without a DNS query, which could take seconds on a machine without a name server."""
    program = (
        "import sys\n"
        "from mistral_models.testing import FakeMistral\n"
        "sys.addaudithook(lambda event, args: event.startswith('socket.get') and print(event, args))\n"
        "with FakeMistral().serve() as url: print('serving')\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == ("serving\n", "")
