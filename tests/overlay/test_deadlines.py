"""A call ends in its time, however slowly the other side drips. Real sockets, and real time, little of it."""

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
from mistral_models import Mistral, _network, errors
from mistral_models.testing import FakeClock

from .calls import streamed

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
def test_headers_and_bodies_that_drip_meet_the_deadline(api, start):
    """Each byte comes in time; all of them would take half a minute."""
    with dripping(start, b"x" * 1000, pause=0.03) as url:
        mistral = Mistral("key", server_url=url, retry_config=0)
        before = time.monotonic()
        with pytest.raises(errors.APITimeoutError):
            api.call_all(mistral, ("list", {"timeout_ms": 300}))
        assert time.monotonic() - before < 10


def test_a_pause_after_slow_bytes_does_not_get_the_whole_time_again(api):
    """What is left of the deadline is left, not what there was at the start: then the other side would have closed."""
    with dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", b"x", pause=0.25) as url:
        mistral = Mistral("key", server_url=url, retry_config=0)
        with pytest.raises(errors.APITimeoutError):
            api.call_all(mistral, ("list", {"timeout_ms": 400}))


def test_connections_through_a_proxy_heed_it_too(api, monkeypatch):
    """Environment proxies have pools of their own."""
    with dripping(HEAD, b"x" * 1000, pause=0.03) as url:
        monkeypatch.setenv("HTTP_PROXY", url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        mistral = Mistral("key", server_url="http://service.localhost", retry_config=0)
        with pytest.raises(errors.APITimeoutError):
            api.call_all(mistral, ("list", {"timeout_ms": 300}))


class Network:
    """A network backend that records the timeout of each step, and lets one second pass in each."""

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
    """A network, and ten seconds for what this thread does with it."""
    network = Network()
    token = _network.set_deadline(_network.Deadline(network.clock, 10))
    yield network
    _network.reset_deadline(token)


def backend(network: Network) -> Any:
    return _network.DeadlineBackend(cast("httpcore.NetworkBackend", network))


def test_every_step_gets_the_time_that_remains(network, monkeypatch):
    """Each address of a host, TLS inside TLS, and each chunk of a long body; a step's own timeout may be shorter."""
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
    for late in (lambda: stream.read(1), lambda: stream.write(b"x")):
        with pytest.raises(TimeoutError):
            late()
    for late in (lambda: backend(network).connect_tcp("10.0.0.3", 80), lambda: stream.start_tls(None)):
        with pytest.raises(httpcore.ConnectTimeout):
            late()


def test_a_name_lookup_that_takes_too_long_is_a_timeout(network, monkeypatch):
    """`getaddrinfo` has no timeout of its own."""
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ended.wait(30))
    network.clock.advance(9.95)
    try:
        with pytest.raises(httpcore.ConnectTimeout, match="the address of host was not found in time"):
            backend(network).connect_tcp("host", 80, 60)
    finally:
        ended.set()


@pytest.mark.parametrize(
    ("raised", "expected"), [(OSError("no such host"), httpcore.ConnectError), (UnicodeError("x"), UnicodeError)]
)
def test_a_host_that_does_not_exist_is_a_connection_error(network, monkeypatch, raised, expected):
    """As without this backend."""

    def look_up(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(expected, match=str(raised)):
        backend(network).connect_tcp("host", 80)


def test_a_test_that_patches_name_lookup_once_affects_no_later_call(fake, monkeypatch):
    """`getaddrinfo` is looked up for each connection, not captured at import."""
    with fake.serve() as url:
        by_name = url.replace("127.0.0.1", "localhost")
        with monkeypatch.context() as patch, Mistral(fake.api_key, server_url=by_name, retry_config=0) as mistral:
            patch.setattr(socket, "getaddrinfo", lambda *_, **__: (_ for _ in ()).throw(OSError("blocked by a test")))
            with pytest.raises(errors.APIConnectionError, match="blocked by a test"):
                mistral.models.list()
        with Mistral(fake.api_key, server_url=by_name) as mistral:
            assert mistral.models.list().data


def test_a_call_during_another_call_leaves_the_outer_deadline(fake, url, network):
    """A signal handler may make one."""
    with Mistral(fake.api_key, server_url=url) as mistral:
        mistral.models.list()
    stream = backend(network).connect_tcp("10.0.0.3", 80)
    stream.read(1)
    assert network.steps == [("connect 10.0.0.3", 10), ("read", 9)]


@pytest.mark.skipif(sys.platform != "linux", reason="others let a queue of connections grow")
def test_what_was_never_connected_was_never_carried_out(api):
    """The error has no note that the service may have deleted something."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as waiting:
        for _ in range(2):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        mistral = Mistral("key", server_url=f"http://127.0.0.1:{full.getsockname()[1]}", retry_config=0)
        with pytest.raises(errors.APITimeoutError) as caught:
            api.call_all(mistral, ("delete", {"model_id": "ft:m", "timeout_ms": 300}))
    assert not hasattr(caught.value, "__notes__")


def test_a_given_client_without_a_limit_has_none(api):
    """However late it is, by a clock that runs; a call with a limit of its own gives up."""

    class Running(FakeClock):
        """An hour passes whenever somebody looks."""

        def monotonic(self) -> float:
            self.advance(3600)
            return super().monotonic()

    mistral = api.client(lambda _: streamed(b'{"data": []}'), clock=Running(), retry_config=0, timeout_ms=None)
    with pytest.raises(errors.APITimeoutError):
        api.call(mistral, "list", timeout_ms=60_000)
    assert api.call(mistral, "list").data == []
