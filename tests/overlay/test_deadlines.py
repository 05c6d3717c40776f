"""A call ends in its time, however slowly the other side drips. Real sockets, and real time, little of it."""

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from mistral_models import Mistral, _network, errors
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


class Network:
    """What is below the deadlines: it notes how long each step may take, and lets a second pass in each."""

    def __init__(self) -> None:
        self.left = 10.0
        self.steps: list[tuple[str, float]] = []

    def sleep(self, seconds: float) -> None:
        self.left -= seconds

    def step(self, name: str, timeout: float) -> None:
        self.steps.append((name, timeout))
        self.left -= 1

    def connect_tcp(self, host, port, timeout, local_address, socket_options):
        self.step(f"connect {host}", timeout)
        if host != "10.0.0.3":
            raise httpx.ConnectTimeout("nobody there")
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
    below = Network()
    before = _network.watch(lambda: below.left)
    yield below
    _network.watch(before)


def backend(below: Network, resolve: Callable[..., Any]) -> Any:
    """As the pool of a client has it."""
    client = httpx.Client()
    transport: Any = client._transport
    pool = transport._pool
    pool._network_backend = below
    _network.install(client, resolve)
    return pool._network_backend


def found(*addresses: str) -> Callable[..., Any]:
    return lambda *_, **__: [(2, 1, 6, "", (address, 80)) for address in addresses]


def test_every_step_has_what_is_left_and_no_more(network):
    """Each address of a host, TLS inside TLS, and each part of a long body; a step's own limit may be shorter."""
    above = backend(network, found("10.0.0.1", "10.0.0.2", "10.0.0.3"))
    stream = above.connect_tcp("host", 80, 9.5)
    stream.start_tls(None, "host", None).start_tls(None, "host", 60).write(b"x" * 150_000, 60)
    assert stream.read(1, 0.5) == b"x"
    assert network.steps == [
        ("connect 10.0.0.1", 9.5), ("connect 10.0.0.2", 9), ("connect 10.0.0.3", 8), ("TLS", 7), ("TLS", 6),
        ("write 65536", 5), ("write 65536", 4), ("write 18928", 3), ("read", 0.5),
    ]  # fmt: skip
    for late in (lambda: stream.read(1), lambda: stream.write(b"x"), lambda: stream.start_tls(None)):
        network.left = 0
        with pytest.raises(TimeoutError):
            late()
    with pytest.raises(httpx.ConnectTimeout):
        above.connect_tcp("10.0.0.3", 80)


def test_a_host_that_is_not_found_in_time_is_a_timeout(network):
    """The resolver of the system knows no limit."""
    ended = threading.Event()
    network.left = 0.05
    try:
        with pytest.raises(httpx.ConnectTimeout, match="the address of host was not found in time"):
            backend(network, lambda *_, **__: ended.wait(30)).connect_tcp("host", 80, 60)
    finally:
        ended.set()


@pytest.mark.parametrize(
    ("raised", "seen"), [(OSError("no such host"), httpx.ConnectError), (UnicodeError("x"), UnicodeError)]
)
def test_a_host_that_there_is_not_is_no_connection(network, raised, seen):
    """As httpx would have it."""

    def resolve(*_: object, **__: object) -> None:
        raise raised

    with pytest.raises(seen, match=str(raised)):
        backend(network, resolve).connect_tcp("host", 80)


def test_a_call_within_a_call_leaves_the_outer_deadline(fake, url, network):
    """As a handler of a signal may make one."""
    with Mistral(fake.api_key, server_url=url) as mistral:
        mistral.models.list()
    before = _network.watch(None)
    assert before
    assert before() == network.left
    _network.watch(before)


@pytest.mark.skipif(sys.platform != "linux", reason="others let a queue of connections grow")
def test_what_was_never_connected_was_never_carried_out(way):
    """The error has no note that the service may have deleted something."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as waiting:
        for _ in range(2):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        mistral = Mistral("key", server_url=f"http://127.0.0.1:{full.getsockname()[1]}", retry_config=0)
        with pytest.raises(errors.APITimeoutError) as caught:
            way.closing(mistral, ("delete", {"model_id": "ft:m", "timeout_ms": 300}))
    assert not hasattr(caught.value, "__notes__")


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
