"""Everything that reaches into httpx or httpcore by a private name, one function each.

`HttpxInternalsError` is raised where a name is gone: silently losing a deadline or a proxy would be worse.

Public ways were tried first. httpx ignores the proxies of the environment as soon as it is given a transport
(https://github.com/encode/httpx/pull/1122). Passing a network backend publicly therefore means to parse those variables
and build the pool of each kind of proxy here: more code, no fewer private names (`_pool` remains), and a second set of
NO_PROXY rules. A transport of our own, without private names, is invisible to instrumentation of `httpx.HTTPTransport`.
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
    """Replace the network backend of each connection pool of a client, those for environment proxies included.

    httpcore's pools take a `network_backend` as a public argument, but httpx creates the pools and does not pass one.
    """
    transports = [_get(client, "_transport"), *_get(client, "_mounts").values()]
    for transport in transports:
        if transport is not None:  # None marks the addresses in NO_PROXY
            pool = _get(transport, "_pool")
            pool._network_backend = wrap(_get(pool, "_network_backend"))


def proxy_for(client: httpx.Client | httpx.AsyncClient, url: str) -> str | None:
    """Return the proxy that a client uses for a URL, without credentials, such as `http://proxy:3128`.

    httpx applies HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY by its own rules, and has no public way to ask.
    """
    transport = _get(client, "_transport_for_url")(httpx.URL(url))
    proxy = getattr(_get(transport, "_pool"), "_proxy_url", None)  # only the pools of proxies have one
    if proxy is None:
        return None
    host = proxy.host.decode("ascii")
    port = "" if proxy.port is None else f":{proxy.port}"
    return f"{proxy.scheme.decode('ascii')}://{f'[{host}]' if ':' in host else host}{port}"


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
