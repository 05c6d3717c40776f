"""Everything that reaches into httpx, httpcore, anyio or trio by a private name, one function each.

`HttpxInternalsError` is raised where a name is gone: silently losing a deadline would be worse.

A transport of our own, around pools with our network backends, would need no private names. But instrumentation of
`httpx.HTTPTransport` would not see it, and httpx ignores `proxy` as soon as it is given a transport
(https://github.com/encode/httpx/pull/1122).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, Final

from ._deferred import httpx

_RECEIVED: Final = {
    "anyio._backends._asyncio.SocketStream": ("_protocol", "read_queue"),
    "anyio.streams.tls.TLSStream": ("_read_bio", "pending"),
    "trio.SSLStream": ("_incoming", "pending"),
    "httpcore._backends.sync.TLSinTLSStream": ("_incoming", "pending"),
}
"""Where these classes keep what they have received: a queue, or a number of bytes."""


class HttpxInternalsError(RuntimeError):
    """The installed httpx, or a package below it, lacks a name that this package uses."""

    def __init__(self, owner: object, name: str) -> None:
        super().__init__(
            f"mistral-models cannot use this version of httpx ({httpx.__version__}): {type(owner).__module__}."
            f"{type(owner).__qualname__} has no {name!r}; install an older httpx, or upgrade mistral-models"
        )


def wrap_network_backends(client: httpx.Client | httpx.AsyncClient, wrap: Callable[[Any], object]) -> None:
    """Replace the network backend of the connection pool of a client that was opened with `trust_env=False`.

    httpcore's pools take a `network_backend` as a public argument, but httpx creates the pools and does not pass one.
    """
    for pool in _pools(client):
        pool._network_backend = wrap(_get(pool, "_network_backend"))


def disable_pool_locks(client: httpx.Client) -> None:
    """Let a client that one thread at a time uses do without the lock of its connection pool.

    If a signal handler raises an exception such as `KeyboardInterrupt` right after httpcore acquired the lock, it stays
    locked, and httpcore's own clean-up waits for it forever. The same happens if garbage collection closes a response
    while the same thread holds the lock (https://github.com/encode/httpcore/discussions/990).
    """
    for pool in _pools(client):
        _get(pool, "_optional_thread_lock")
        pool._optional_thread_lock = nullcontext()


def _pools(client: httpx.Client | httpx.AsyncClient) -> Iterator[Any]:
    for transport in (_get(client, "_transport"), *_get(client, "_mounts").values()):  # a proxy's transport is mounted
        yield _get(transport, "_pool")


def has_received_data(stream: Any) -> bool:
    """Return whether a connection of httpcore has received data that was not read from it.

    httpcore's `is_readable` looks at the socket, and does not see what is in the memory of the process already: in the
    queue that anyio fills from asyncio, or in OpenSSL, encrypted or not.
    """
    pending = getattr(stream.get_extra_info("ssl_object"), "pending", None)  # None without TLS, and in httpcore's mocks
    if pending is not None and pending():
        return True
    layer = getattr(stream, "_stream", stream)  # sync connections of httpcore have no stream below
    while layer is not None:
        if path := _RECEIVED.get(f"{type(layer).__module__}.{type(layer).__qualname__}"):
            owner, received = path
            if _get(_get(layer, owner), received):
                return True
        layer = getattr(layer, "transport_stream", None)
    return False


def has_trailing_data(response: httpx.Response) -> bool:
    """Return whether more data than the response has been received on its connection.

    httpcore keeps such a connection, and h11 reads the surplus as the beginning of the next response: a server could
    thus answer a request before it is made. There is no public way to ask
    (https://github.com/encode/httpcore/issues/872).
    """
    stream: Any = response.stream
    try:
        return bool(stream._stream._httpcore_stream._stream._connection._h11_state.trailing_data[0])
    except AttributeError:
        _check_h11_path(stream)
        return False


def _check_h11_path(stream: Any) -> None:
    """Raise `HttpxInternalsError` if one of httpx's own objects lacks the next name on the way to h11's data.

    HTTP/2, the transports of callers, and mocks have other objects, which need no check.
    """
    owner = stream
    for name, module in (
        ("_stream", "httpx._client"),
        ("_httpcore_stream", "httpx._transports.default"),
        ("_stream", "httpcore._sync.connection_pool"),
        ("_connection", "httpcore._sync.http11"),
        ("_h11_state", "httpcore._sync.http11"),
        ("trailing_data", "h11._connection"),
    ):
        if not hasattr(owner, name):
            if type(owner).__module__.replace("._async.", "._sync.") == module:
                raise HttpxInternalsError(owner, name)
            return
        owner = getattr(owner, name)


def _get(owner: object, name: str) -> Any:
    try:
        return getattr(owner, name)
    except AttributeError:
        raise HttpxInternalsError(owner, name) from None
