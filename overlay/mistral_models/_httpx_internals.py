"""Everything that reaches into httpx or httpcore by a private name, one function each.

`HttpxInternalsError` is raised where a name is gone: silently losing a deadline would be worse.

A transport of our own, around pools with our network backends, would need no private names. But instrumentation of
`httpx.HTTPTransport` would not see it, and httpx ignores `proxy` as soon as it is given a transport
(https://github.com/encode/httpx/pull/1122).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._deferred import httpx


class HttpxInternalsError(RuntimeError):
    """The installed httpx or httpcore lacks a name that this package uses."""

    def __init__(self, owner: object, name: str) -> None:
        super().__init__(
            f"mistral-models cannot use this version of httpx ({httpx.__version__}): {type(owner).__module__}."
            f"{type(owner).__qualname__} has no {name!r}; install an older httpx, or upgrade mistral-models"
        )


def wrap_network_backends(client: httpx.Client | httpx.AsyncClient, wrap: Callable[[Any], object]) -> None:
    """Replace the network backend of the connection pool of a client that was opened with `trust_env=False`.

    httpcore's pools take a `network_backend` as a public argument, but httpx creates the pools and does not pass one.
    """
    transports = [_get(client, "_transport"), *_get(client, "_mounts").values()]  # a proxy's transport is mounted
    for transport in transports:
        pool = _get(transport, "_pool")
        pool._network_backend = wrap(_get(pool, "_network_backend"))


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
