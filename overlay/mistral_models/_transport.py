"""Send one attempt with httpx and read its response, within the limits that the attempt sets.

Knows nothing of calls, retries, or the exceptions of this package.
"""

from __future__ import annotations

import errno
import functools
import os
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final, TypeVar

from . import _async_network, _content_codings, _deadline, _event_loop, _httpx_internals, _sync_network
from ._attempt import Attempt
from ._clock import Clock
from ._deferred import ASYNC_BACKEND, httpx, ssl
from ._network import ClientClosedError
from ._proxies import Proxy
from ._redaction import redact
from ._response import MAX_ERROR_BODY, RawResponse
from ._settings import SECRET_HEADERS, EnvironmentVariableError

T = TypeVar("T")

KEEPALIVE_EXPIRY: Final = 30
"""Seconds after which an idle connection is not used again."""
_TIMEOUT_PHASES: Final = ("connect", "read", "write", "pool")


def open_client(
    url: str, proxy: Proxy | None = None, connections: _sync_network.SyncConnections | None = None
) -> httpx.Client:
    """Open a client of httpx for the scheme of a URL and a proxy. One thread at a time may use it.

    Args:
        url: A URL with the scheme.
        proxy: The proxy.
        connections: Where its connections are registered.

    Raises:
        EnvironmentVariableError: The environment names a proxy or certificates that cannot be used.
    """
    client = _open(httpx.Client, url, proxy)
    registry = _sync_network.SyncConnections() if connections is None else connections
    _httpx_internals.wrap_network_backends(client, lambda backend: _sync_network.SyncBackend(backend, registry))
    _httpx_internals.disable_pool_locks(client)
    return client


def open_async_client(
    url: str, proxy: Proxy | None = None, connections: _async_network.AsyncConnections | None = None
) -> httpx.AsyncClient:
    """Async version of `open_client`, for the running event loop."""
    client = _open(httpx.AsyncClient, url, proxy)
    registry = _async_network.AsyncConnections() if connections is None else connections
    _httpx_internals.wrap_network_backends(client, lambda backend: _async_network.AsyncBackend(backend, registry))
    return client


def load_async(url: str) -> None:
    """Import what async calls to a URL need besides httpx, and load the certificates."""
    ASYNC_BACKEND.import_now()
    if url.startswith("https:"):
        _ssl_context()


def _open(client_class: type[T], url: str, proxy: Proxy | None) -> T:
    options: dict[str, Any] = {
        # No CA loaded for http://: an unexpected TLS connection fails.
        "verify": _ssl_context() if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        "limits": httpx.Limits(keepalive_expiry=KEEPALIVE_EXPIRY),
        "cookies": _NoCookies(),
        "proxy": proxy and httpx.Proxy(proxy.url),
        "trust_env": False,  # `_proxies` has read the environment
    }
    return client_class(**options)


class _NoCookies:
    """A cookie jar that neither parses, stores nor sends cookies: calls share no state."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Ignore the cookies of a response."""

    def add_cookie_header(self, request: object) -> None:
        """Add no cookies to a request."""

    def __iter__(self) -> Iterator[Any]:
        return iter(())


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    # Once per process: loading the CA certificates takes longer than everything else about a client.
    source = _certificates_source()
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        if error.errno in {errno.EMFILE, errno.ENFILE}:
            raise httpx.ConnectError(str(error)) from None
        keylog = ", or the file that SSLKEYLOGFILE names," if os.environ.get("SSLKEYLOGFILE") else ""
        raise EnvironmentVariableError(f"the certificates of {source}{keylog} cannot be used: {error}") from None


@functools.cache
def _certificates_source() -> str:
    """Return where the trusted certificates come from, such as `SSL_CERT_FILE ('/etc/ca.pem')`.

    Raises:
        EnvironmentVariableError: They do not exist. Some versions of httpx would use others then.
    """
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if path := os.environ.get(name):
            if not os.path.exists(path):  # noqa: PTH110 pathlib would be imported for this line alone
                hint = "; the shell did not expand ~ or remove the quotation marks" if path[0] in "~\"'" else ""
                raise EnvironmentVariableError(f"{name}: {path!r} does not exist{hint}")
            return f"{name} ({path!r})"
    return "the package certifi"


def send_attempt(client: httpx.Client, attempt: Attempt, clock: Clock, *, owns_client: bool) -> RawResponse:
    """Send an attempt and read its response.

    Args:
        client: The connection pool.
        attempt: What to send, and the limits.
        clock: Source of time.
        owns_client: False if the caller configured the client: then its own defaults apply too.

    Raises:
        ValueError: The request cannot be built; nothing was sent.
        Exception: There is no response, or not all of it: an error of httpx or of the operating system.
    """
    request = _build_request(client, attempt, owns_client=owns_client)
    handled = sys.exception()
    deadline = _deadline.Deadline(clock, attempt.timeout)
    token = _deadline.set_deadline(deadline)
    try:
        response = client.send(request, stream=True, follow_redirects=False)
        return _read(response, attempt, deadline)
    except BaseException as error:
        _scrub_secrets(request, attempt.secret.text, error, handled)
        if owns_client:
            _note_certificates(error, handled)
        _raise_if_closed(client, error)
        if reported := _response_of(error, request):
            return _raw_response(reported, attempt, _Body(reported, attempt.max_response_bytes))
        raise
    finally:
        _deadline.reset_deadline(token)


def _read(response: httpx.Response, attempt: Attempt, deadline: _deadline.Deadline) -> RawResponse:
    try:
        body = _Body(response, attempt.max_response_bytes)
        if body.needs_reading:
            # Not `iter_raw`: it releases the connection before anything could check for trailing data.
            stream: Any = response.stream
            for chunk in stream:
                if not body.append(chunk):
                    break
                deadline.check()
        return _raw_response(response, attempt, body)
    finally:
        try:
            if _httpx_internals.has_trailing_data(response):
                response.extensions["network_stream"].close()
        finally:
            response.close()


async def send_attempt_async(
    client: httpx.AsyncClient, attempt: Attempt, clock: Clock, *, owns_client: bool
) -> RawResponse:
    """Async version of `send_attempt`."""
    request = _build_request(client, attempt, owns_client=owns_client)
    handled = sys.exception()
    deadline = _deadline.Deadline(clock, attempt.timeout)
    _async_network.has_sent.set(not owns_client)  # only our own connections report it
    try:
        async with _event_loop.timeout(attempt.timeout):
            response = await client.send(request, stream=True, follow_redirects=False)
            return await _read_async(response, attempt, deadline)
    except BaseException as error:
        _scrub_secrets(request, attempt.secret.text, error, handled)
        if owns_client:
            _note_certificates(error, handled)
        _raise_if_closed(client, error)
        if reported := _response_of(error, request):
            return _raw_response(reported, attempt, _Body(reported, attempt.max_response_bytes))
        if isinstance(error, TimeoutError) and not _async_network.has_sent.get():
            raise httpx.ConnectTimeout("no connection was established in time") from error
        raise


async def _read_async(response: httpx.Response, attempt: Attempt, deadline: _deadline.Deadline) -> RawResponse:
    try:
        body = _Body(response, attempt.max_response_bytes)
        if body.needs_reading:
            stream: Any = response.stream
            async for chunk in stream:
                if not body.append(chunk):
                    break
                deadline.check()  # the clock need not be that of the event loop
        return _raw_response(response, attempt, body)
    finally:
        try:
            if _httpx_internals.has_trailing_data(response):
                await response.extensions["network_stream"].aclose()
        finally:
            await response.aclose()


# Parsing a URL takes a tenth of a call, and most calls go to the same few URLs.
@functools.lru_cache(maxsize=64)
def _parse_url(url: str) -> httpx.URL:
    return httpx.URL(url)


def _build_request(client: httpx.Client | httpx.AsyncClient, attempt: Attempt, *, owns_client: bool) -> httpx.Request:
    timeouts = (attempt.connect_timeout, attempt.timeout, attempt.timeout, attempt.timeout)
    try:
        if owns_client:  # such a client has no defaults to merge
            request = httpx.Request(
                attempt.method,
                _parse_url(attempt.url),
                headers=attempt.headers.by_name,
                content=attempt.content,
                extensions={"timeout": dict(zip(_TIMEOUT_PHASES, timeouts, strict=True))},
            )
        else:
            options: dict[str, Any] = {} if attempt.timeout is None else {"timeout": timeouts}
            request = client.build_request(
                attempt.method, attempt.url, headers=attempt.headers.by_name, content=attempt.content, **options
            )
    except Exception as error:
        # InvalidURL, of httpx or httpx2; UnicodeError for a host such as `xn--`.
        if type(error).__name__ != "InvalidURL" and not isinstance(error, UnicodeError):
            raise
        raise ValueError(f"cannot send {attempt.method} to {attempt.url[:200]}: {error}") from None
    if attempt.api_key is not None:
        request.headers["authorization"] = f"Bearer {attempt.api_key.value}"
    return request


def _scrub_secrets(request: httpx.Request, secret: str, error: BaseException, handled: BaseException | None) -> None:
    """Remove secrets from a failed request and from the exceptions that it caused.

    They are in its headers, in messages that quote what the server sent, and in httpx's frames, whose variables some
    tools show.

    Args:
        request: The request.
        secret: The API key.
        error: The failure.
        handled: The exception that the caller was handling already. It keeps its traceback.
    """
    for name in SECRET_HEADERS:
        request.headers.pop(name, None)
    for linked in _chain(error, handled):
        linked.__traceback__ = None
        linked.args = tuple(redact(arg, secret) if isinstance(arg, str) else arg for arg in linked.args)


def _note_certificates(error: BaseException, handled: BaseException | None) -> None:
    """Add a note that says which certificates are trusted, if that of the server is not."""
    if any(isinstance(linked, ssl.SSLCertVerificationError) for linked in _chain(error, handled)):
        error.add_note(f"the trusted certificates are those of {_certificates_source()}")


def _chain(error: BaseException, handled: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception with its causes and contexts, without the one that was being handled before it."""
    pending: list[BaseException | None] = [error]
    seen = {id(handled)}
    for linked in pending:
        if linked is not None and id(linked) not in seen:
            seen.add(id(linked))
            pending += [linked.__cause__, linked.__context__]
            yield linked


def _response_of(error: BaseException, request: httpx.Request) -> httpx.Response | None:
    """Return the response to this request if an event hook of the caller's client raised an error for its status."""
    response: httpx.Response | None = getattr(error, "response", None)
    if type(error).__name__ == "HTTPStatusError" and getattr(response, "request", None) is request:
        return response
    return None


def _raise_if_closed(client: httpx.Client | httpx.AsyncClient, error: BaseException) -> None:
    # httpx raises a plain RuntimeError if another thread or task closes the caller's client during a call.
    if isinstance(error, RuntimeError) and client.is_closed:
        raise ClientClosedError from error


def _raw_response(response: httpx.Response, attempt: Attempt, received: _Body) -> RawResponse:
    body, problem = received.decompressed()
    headers = response.headers
    if not isinstance(headers, httpx.Headers):  # those of httpx2
        headers = httpx.Headers(headers.raw)
    result = RawResponse(attempt.method, attempt.url, response.status_code, headers, body, problem)
    # `Call.conclude` redacts the body of a success if it cannot be decoded.
    secret = attempt.secret.text
    return result.with_redacted_headers(secret) if result.is_success else result.redacted(secret)


class _Body:
    """A body while it is received. Its size is limited before and after decompression.

    Args:
        response: The response.
        limit: Bytes.
    """

    def __init__(self, response: httpx.Response, limit: int) -> None:
        self._content_encoding = response.headers.get("content-encoding", "")
        self._limit = limit if 200 <= response.status_code <= 299 else min(limit, MAX_ERROR_BODY)
        self._received = BytesIO()
        self._was_closed = response.is_closed and not response.is_stream_consumed
        self.needs_reading = not response.is_stream_consumed and not response.is_closed
        if response.is_stream_consumed:  # an event hook of the caller's client has read and decompressed it
            self._content_encoding = ""
            self.append(response.content)

    def append(self, chunk: bytes) -> bool:
        """Append a chunk; return False when the limit is exceeded."""
        self._received.write(chunk)
        return self._received.tell() <= self._limit

    def decompressed(self) -> tuple[bytes, str]:
        """Return the body, and what is wrong with it; empty if nothing is."""
        received = self._received.getvalue()  # does not copy
        if self._was_closed:
            return b"", "an event hook of the HTTP client raised an error before the body was read"
        if len(received) > self._limit:
            readable = b"" if self._content_encoding else received[: self._limit]
            body, problem = readable, _content_codings.too_long(self._limit)
        elif not self._content_encoding:
            body, problem = received, ""
        else:
            body, problem = _content_codings.undo(self._content_encoding, received, self._limit)
        return body[:MAX_ERROR_BODY] if problem else body, problem
