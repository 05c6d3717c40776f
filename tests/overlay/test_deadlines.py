"""A call ends in its time, however slowly the other side drips. Real sockets, and real time, little of it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from mistral_models import Mistral, errors
from mistral_models.testing import FakeClock

from .ways import streamed

HEAD = b"HTTP/1.1 200 OK\r\nx-padding: "


@contextmanager
def dripping(*parts: bytes, pause: float) -> Iterator[str]:
    """A server that sends the first part at once and the rest byte by byte."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(parts[0])
                for byte in b"".join(parts[1:]):
                    if stop.wait(pause):
                        return
                    try:
                        connection.sendall(bytes([byte]))
                    except OSError:
                        return
                stop.wait(pause)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        stop.set()
        thread.join()


@pytest.mark.parametrize("start", [HEAD, b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", b"HTTP/1.1 20"])
def test_headers_and_bodies_that_drip_meet_the_deadline(way, start):
    """Each byte comes in time; all of them would take half a minute."""
    with dripping(start, b"x" * 1000, pause=0.03) as url:
        mistral = Mistral("key", server_url=url, retry_config=0)
        before = time.monotonic()
        with pytest.raises(errors.APITimeoutError):
            way.closing(mistral, ("list", {"timeout_ms": 300}))
        assert time.monotonic() - before < 10


def test_a_pause_after_slow_bytes_does_not_get_the_whole_time_again(way):
    """What is left of the deadline is left, not what there was at the start: then the other side would have closed."""
    with dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", b"x", pause=0.25) as url:
        mistral = Mistral("key", server_url=url, retry_config=0)
        with pytest.raises(errors.APITimeoutError):
            way.closing(mistral, ("list", {"timeout_ms": 400}))


def test_connections_through_a_proxy_heed_it_too(way, monkeypatch):
    """Environment proxies have pools of their own."""
    with dripping(HEAD, b"x" * 1000, pause=0.03) as url:
        monkeypatch.setenv("HTTP_PROXY", url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        mistral = Mistral("key", server_url="http://service.localhost", retry_config=0)
        with pytest.raises(errors.APITimeoutError):
            way.closing(mistral, ("list", {"timeout_ms": 300}))


def test_a_given_client_without_a_limit_has_none(way):
    """However late it is, by a clock that runs; a call with a limit of its own gives up."""

    class Running(FakeClock):
        """An hour passes whenever somebody looks."""

        def monotonic(self) -> float:
            self.advance(3600)
            return super().monotonic()

    mistral = way.client(lambda _: streamed(b'{"data": []}'), clock=Running(), retry_config=0, timeout_ms=None)
    with pytest.raises(errors.APITimeoutError):
        way.call(mistral, "list", timeout_ms=60_000)
    assert way.call(mistral, "list").data == []
