"""Deadlines hold however slowly a server sends. Some tests use real sockets and take a few hundred milliseconds."""

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpcore
import pytest
from mistral_models import Mistral, _deadline, _sync_network, errors
from mistral_models.testing import FakeClock

from .calls import streamed

HEAD = b"HTTP/1.1 200 OK\r\nx-padding: "


@contextmanager
def trickling_server(*parts: bytes, pause: float) -> Iterator[str]:
    """Serve one connection: send the first part at once, and the rest byte by byte. Yields the URL."""
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
def test_trickled_headers_and_bodies_end_at_the_deadline(api, start):
    """No byte is late by itself, but all of them would take half a minute."""
    with trickling_server(start, b"x" * 1000, pause=0.03) as url:
        mistral = Mistral("key", server_url=url, retry_config=0)
        before = time.monotonic()
        with pytest.raises(errors.APITimeoutError):
            api.call_all(mistral, ("list", {"timeout_ms": 300}))
        assert time.monotonic() - before < 10


def test_a_pause_after_a_slow_start_gets_only_the_remaining_time(api):
    """A read that got the total time again would last until the server closes the connection."""
    with trickling_server(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", b"x", pause=0.25) as url:
        mistral = Mistral("key", server_url=url, retry_config=0)
        with pytest.raises(errors.APITimeoutError):
            api.call_all(mistral, ("list", {"timeout_ms": 400}))


def test_the_deadline_holds_for_connections_through_a_proxy(api, monkeypatch):
    """Proxies from the environment have their own connection pools, which apply the deadline too."""
    with trickling_server(HEAD, b"x" * 1000, pause=0.03) as url:
        monkeypatch.setenv("HTTP_PROXY", url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        mistral = Mistral("key", server_url="http://service.localhost", retry_config=0)
        with pytest.raises(errors.APITimeoutError):
            api.call_all(mistral, ("list", {"timeout_ms": 300}))


class Network:
    """Network backend of httpcore that records the timeout of each step; each step takes one second."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.steps: list[tuple[str, float]] = []

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    def step(self, name: str, timeout: float) -> None:
        self.steps.append((name, timeout))
        self.clock.advance(1)

    def connect_tcp(self, host, port, timeout, local_address, socket_options):
        self.step(f"connect {host}", timeout)
        if host != "10.0.0.3":
            raise httpcore.ConnectTimeout("no response")
        return self

    def start_tls(self, context, name, timeout):
        self.step("TLS", timeout)
        return self

    def write(self, buffer, timeout):
        self.step(f"write {len(buffer)}", timeout)

    def read(self, size, timeout):
        self.step("read", timeout)
        return b"x"

    def close(self):
        pass

    def get_extra_info(self, name):
        pass


@pytest.fixture
def network() -> Iterator[Network]:
    """Yield a network whose clock the deadline of this thread uses; the deadline is in ten seconds."""
    network = Network()
    token = _deadline.set_deadline(_deadline.Deadline(network.clock, 10))
    yield network
    _deadline.reset_deadline(token)


def backend(network: Network) -> Any:
    return _sync_network.SyncBackend(cast("httpcore.NetworkBackend", network), _sync_network.SyncConnections())


def test_every_step_gets_the_time_that_remains(network, monkeypatch):
    """Each address of a host, TLS within TLS and each chunk of a long body gets it, or the step's shorter timeout."""
    addresses = ("10.0.0.1", "10.0.0.2", "10.0.0.3")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (a, 80)) for a in addresses])
    stream = backend(network).connect_tcp("host", 80, 9.5)
    stream.start_tls(None, "host", None).start_tls(None, "host", 60).write(b"x" * 150_000, 60)
    assert stream.read(1, 0.5) == b"x"
    assert network.steps == [
        ("connect 10.0.0.1", 9.5), ("connect 10.0.0.2", 9), ("connect 10.0.0.3", 8), ("TLS", 7), ("TLS", 6),
        ("write 65536", 5), ("write 65536", 4), ("write 18928", 3), ("read", 0.5),
    ]  # fmt: skip
    network.clock.advance(1)
    for late_step in (lambda: stream.read(1), lambda: stream.write(b"x")):
        with pytest.raises(TimeoutError):
            late_step()
    for late_step in (lambda: backend(network).connect_tcp("10.0.0.3", 80), lambda: stream.start_tls(None)):
        with pytest.raises(httpcore.ConnectTimeout):
            late_step()


def test_a_name_lookup_that_takes_too_long_is_a_timeout(network, monkeypatch):
    """`getaddrinfo` has no timeout, so the backend stops waiting for it at the deadline."""
    test_ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: test_ended.wait(30))
    network.clock.advance(9.95)
    try:
        with pytest.raises(httpcore.ConnectTimeout, match="the address of host was not found in time"):
            backend(network).connect_tcp("host", 80, 60)
    finally:
        test_ended.set()


@pytest.mark.parametrize(
    ("raised", "expected"), [(OSError("no such host"), httpcore.ConnectError), (UnicodeError("x"), UnicodeError)]
)
def test_a_failed_name_lookup_is_the_same_error_as_with_the_default_backend(network, monkeypatch, raised, expected):
    """An OSError becomes a ConnectError, and a host name that cannot be encoded stays a UnicodeError."""

    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(expected, match=str(raised)):
        backend(network).connect_tcp("host", 80)


def test_a_patched_name_lookup_does_not_affect_calls_after_the_patch(fake, monkeypatch):
    """The client uses the current `socket.getaddrinfo` for each connection, not the one at import."""
    with fake.serve() as url:
        by_name = url.replace("127.0.0.1", "localhost")
        with monkeypatch.context() as patch, Mistral(fake.api_key, server_url=by_name, retry_config=0) as mistral:
            patch.setattr(socket, "getaddrinfo", lambda *_, **__: (_ for _ in ()).throw(OSError("blocked by a test")))
            with pytest.raises(errors.APIConnectionError, match="blocked by a test"):
                mistral.models.list()
        with Mistral(fake.api_key, server_url=by_name) as mistral:
            assert mistral.models.list().data


def test_a_call_during_another_call_does_not_change_the_outer_deadline(fake, url, network):
    """A signal handler may make a call during a call; the deadline of the outer one is restored."""
    with Mistral(fake.api_key, server_url=url) as mistral:
        mistral.models.list()
    stream = backend(network).connect_tcp("10.0.0.3", 80)
    stream.read(1)
    assert network.steps == [("connect 10.0.0.3", 10), ("read", 9)]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems accept more connections than the backlog allows")
def test_a_deletion_that_was_never_sent_is_not_reported_as_ambiguous(api):
    """If no connection was established, the error has no note that the model may have been deleted."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, contextlib.ExitStack() as stack:
        for _ in range(2):
            queued = stack.enter_context(socket.socket())
            queued.setblocking(False)
            queued.connect_ex(server.getsockname())
        mistral = Mistral("key", server_url=f"http://127.0.0.1:{server.getsockname()[1]}", retry_config=0)
        with pytest.raises(errors.APITimeoutError) as caught:
            api.call_all(mistral, ("delete", {"model_id": "ft:m", "timeout_ms": 300}))
    assert not hasattr(caught.value, "__notes__")


def test_a_call_with_a_custom_http_client_has_no_deadline_by_default(api):
    """The call succeeds however much time passes; with `timeout_ms`, it is an APITimeoutError."""

    class RunningClock(FakeClock):
        """Clock that advances by an hour whenever it is read."""

        def monotonic(self) -> float:
            self.advance(3600)
            return super().monotonic()

    mistral = api.client(lambda _: streamed(b'{"data": []}'), clock=RunningClock(), retry_config=0, timeout_ms=None)
    with pytest.raises(errors.APITimeoutError):
        api.call(mistral, "list", timeout_ms=60_000)
    assert api.call(mistral, "list").data == []
