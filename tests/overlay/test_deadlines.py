"""Deadlines hold however slowly a server sends. Some tests use real sockets and take a few hundred milliseconds."""

import contextlib
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from mistral_models import Mistral, errors
from mistral_models.testing import FakeClock

from .calls import HastyClock, reply, streamed

HEAD = b"HTTP/1.1 200 OK\r\nx-padding: "

Behaviour = Callable[[socket.socket], object]
"""What a server does with its connection, until the client closes it."""


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    """Run a server for one connection. Yields its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                behaviour(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def is_closed_within(seconds: float, connection: socket.socket) -> bool:
    """Return whether a connection becomes readable in this time; after a request, that can only be its end."""
    return bool(select.select([connection], [], [], seconds)[0])


def trickle(*parts: bytes, pause: float) -> Behaviour:
    """Receive a request; send the first part at once, and the rest byte by byte."""

    def behaviour(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(parts[0])
        for byte in b"".join(parts[1:]):
            if is_closed_within(pause, connection):
                return
            connection.sendall(bytes([byte]))
        is_closed_within(pause, connection)

    return behaviour


def trickling_server(*parts: bytes, pause: float) -> AbstractContextManager[str]:
    return serving(trickle(*parts, pause=pause))


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


@pytest.mark.slow
def test_a_request_that_is_read_slowly_ends_at_the_deadline():
    """No part of it is late by itself: each that the server reads takes a second."""
    clock = FakeClock()
    received = 0

    def read_slowly(connection: socket.socket) -> None:
        nonlocal received
        while part := connection.recv(65536):
            received += len(part)
            clock.advance(1)

    headers = {f"x-{number}": "x" * 1_000_000 for number in range(24)}
    with serving(read_slowly) as url:
        mistral = Mistral("key", server_url=url, retry_config=0, clock=clock)
        with mistral, pytest.raises(errors.APITimeoutError):
            mistral.models.list(http_headers=headers)
    assert received < 20_000_000  # what the operating system had accepted by then


@pytest.fixture
def addresses(monkeypatch) -> list[str]:
    """The addresses of the host `service.localhost`."""
    found: list[str] = []
    look_up = socket.getaddrinfo

    def look_up_all(host: Any, *args: Any, **options: Any) -> list[Any]:
        hosts = found if host in {"service.localhost", b"service.localhost"} else [host]
        return [result for each in hosts for result in look_up(each, *args, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up_all)
    return found


@contextmanager
def unreachable_port() -> Iterator[int]:
    """Reserve a port, on all addresses of this machine, that neither accepts nor refuses connections."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("", 0), backlog=0))
        for _ in range(2):
            queued = stack.enter_context(socket.socket())
            queued.setblocking(False)
            queued.connect_ex(("127.0.0.1", server.getsockname()[1]))
        yield server.getsockname()[1]


@pytest.mark.linux("other systems accept more connections than the backlog allows")
def test_the_addresses_of_a_host_share_the_deadline(api, addresses):
    """None of them accepts, and each would otherwise get all the time."""
    addresses.extend(f"127.0.0.{number}" for number in range(1, 11))
    with unreachable_port() as port:
        mistral = Mistral("key", server_url=f"http://service.localhost:{port}", retry_config=0)
        before = time.monotonic()
        with pytest.raises(errors.APITimeoutError):
            api.call_all(mistral, ("list", {"timeout_ms": 400}))
        assert time.monotonic() - before < 3


def test_the_next_address_is_tried_if_one_refuses_the_connection(fake, url, addresses):
    """The first address that accepts gets the request."""
    addresses.extend(["127.0.0.2", "127.0.0.1"])
    with Mistral(fake.api_key, server_url=url.replace("127.0.0.1", "service.localhost"), retry_config=0) as mistral:
        assert mistral.models.list().data


def test_a_deadline_that_passes_during_the_name_lookup_prevents_the_connection(fake, url, monkeypatch):
    """The address was found too late: nothing is sent, so that the error has no note that it may have been."""
    clock = FakeClock()
    look_up = socket.getaddrinfo

    def look_up_slowly(*args: Any, **options: Any) -> Any:
        clock.advance(61)
        return look_up("127.0.0.1", *args[1:], **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_slowly)
    by_name = url.replace("127.0.0.1", "service.localhost")
    mistral = Mistral(fake.api_key, server_url=by_name, clock=clock)
    with mistral, pytest.raises(errors.APITimeoutError) as caught:
        mistral.models.delete(model_id="ft:m")
    assert not hasattr(caught.value, "__notes__")
    assert fake.requests == []


def test_a_deadline_that_passes_while_a_proxy_connects_prevents_the_tls_handshake(monkeypatch):
    """The connection is closed, and nothing is sent through it."""
    clock = FakeClock()
    received: list[bytes] = []

    def connect_slowly(connection: socket.socket) -> None:
        received.append(connection.recv(65536))
        is_closed_within(0.1, connection)  # meanwhile the client begins to wait for the response
        clock.advance(61)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        received.append(connection.recv(65536))

    with serving(connect_slowly) as url:
        monkeypatch.setenv("HTTPS_PROXY", url)
        mistral = Mistral("key", server_url="https://service.localhost", clock=clock)
        with mistral, pytest.raises(errors.APITimeoutError):
            mistral.models.list()
    assert received[0].startswith(b"CONNECT service.localhost:443 ")
    assert not any(received[1:])


def test_a_name_lookup_that_takes_too_long_is_a_timeout(monkeypatch):
    """`getaddrinfo` has no timeout, so the client stops waiting for it at the deadline."""
    waiting, test = socket.socketpair()

    def look_up(*_: object, **__: object) -> None:
        with waiting:
            is_closed_within(10, waiting)
        raise OSError("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    message = r"the address of service\.localhost was not found in time"
    mistral = Mistral("key", server_url="http://service.localhost", retry_config=0, timeout_ms=50)
    with test, mistral, pytest.raises(errors.APITimeoutError, match=message):
        mistral.models.list()


@pytest.mark.httpx2
@pytest.mark.parametrize("raised", [OSError("no such host"), UnicodeError("cannot be encoded")])
def test_a_failed_name_lookup_is_the_same_error_as_with_a_client_of_httpx(api, monkeypatch, raised):
    """Looking up the host in a thread changes neither its type nor its message."""

    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    outcomes = []
    no_client: dict[str, Any] = {}
    for options in (no_client, api.http_client()):
        mistral = Mistral("key", server_url="http://service.localhost", retry_config=0, **options)
        with pytest.raises(errors.APIConnectionError, match=str(raised)) as caught:
            api.call_all(mistral, ("list", {}))
        outcomes.append((type(caught.value), type(caught.value.__cause__).__name__, caught.value.is_permanent))
    assert outcomes[0] == outcomes[1]


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


@pytest.mark.posix("sends itself SIGALRM")
def test_a_call_during_another_call_does_not_change_the_outer_deadline(fake, url):
    """A signal handler may make a call during a call; the outer one ends at its own deadline."""
    results = []
    main_thread = threading.get_ident()
    trickle_slowly = trickle(HEAD, b"x" * 1000, pause=0.03)

    def interrupt_and_trickle(connection: socket.socket) -> None:
        signal.pthread_kill(main_thread, signal.SIGALRM)
        trickle_slowly(connection)

    with serving(interrupt_and_trickle) as slow_url, Mistral(fake.api_key, retry_config=0) as mistral:
        previous = signal.signal(signal.SIGALRM, lambda *_: results.append(mistral.models.list(server_url=url)))
        before = time.monotonic()
        with pytest.raises(errors.APITimeoutError):
            mistral.models.list(server_url=slow_url, timeout_ms=500)
        took = time.monotonic() - before
        signal.signal(signal.SIGALRM, previous)
    assert results[0].data
    assert took < 10


@pytest.mark.linux("other systems accept more connections than the backlog allows")
def test_a_deletion_that_was_never_sent_is_not_reported_as_ambiguous(api):
    """If no connection was established, the error has no note that the model may have been deleted."""
    with unreachable_port() as port:
        mistral = Mistral("key", server_url=f"http://127.0.0.1:{port}", retry_config=0)
        with pytest.raises(errors.APITimeoutError) as caught:
            api.call_all(mistral, ("delete", {"model_id": "ft:m", "timeout_ms": 300}))
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.httpx2
def test_a_call_with_a_custom_http_client_has_no_deadline_by_default(api):
    """The call succeeds however much time passes; with `timeout_ms`, it is an APITimeoutError."""
    mistral = api.client(lambda _: streamed(b'{"data": []}'), clock=HastyClock(3600), retry_config=0, timeout_ms=None)
    with pytest.raises(errors.APITimeoutError):
        api.call(mistral, "list", timeout_ms=60_000)
    assert api.call(mistral, "list").data == []


def test_a_long_list_is_decoded_while_there_is_time(api):
    """Until the deadline has passed, not until little time is left."""
    entries = [{"id": f"model-{number}", "type": "new"} for number in range(20_000)]
    mistral = api.client([reply(200, {"object": "list", "data": entries})], timeout_ms=500)
    assert len(api.call(mistral, "list").data) == 20_000
