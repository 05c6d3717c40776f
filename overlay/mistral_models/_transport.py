"""httpx, and nothing else: clients opened, one attempt sent, its answer read whole within the limits."""

import functools
import ssl
import sys
import zlib
from http.cookiejar import CookieJar, DefaultCookiePolicy
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from . import _network
from ._credentials import EnvironmentVariableError
from ._response import RawResponse
from ._settings import SECRET_HEADERS

if TYPE_CHECKING:
    from ._call import Call
    from ._credentials import Secret


T = TypeVar("T")


@functools.cache
def _trusting() -> ssl.SSLContext:
    # Reading the certificates costs more than all else about a client: it is done once a process.
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise EnvironmentVariableError(
            f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names, or SSLKEYLOGFILE, cannot be used: {error}"
        ) from None


# Taking an address apart is a tenth of a call, and most calls go where the last ones went.
_parsed = functools.lru_cache(maxsize=64)(httpx.URL)


def _options(url: str) -> dict[str, Any]:
    """What own clients have in common."""
    return {
        # A client for http:// addresses needs no certificates; this context trusts none, should one be asked for.
        "verify": _trusting() if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        "limits": httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=30),
        # No state outlives a call: cookies are neither kept nor sent.
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    }


def _opened(kind: type[T], url: str) -> T:
    try:
        return kind(**_options(url))
    except httpx.InvalidURL:  # what it says may be a part of a password
        raise EnvironmentVariableError(
            "a proxy variable of the environment, or NO_PROXY, has what is no address"
        ) from None
    except ImportError as error:
        raise EnvironmentVariableError(f"a proxy variable of the environment: {error}") from None


def open_client(url: str) -> httpx.Client:
    """Open a pool of connections for this scheme."""
    client = _opened(httpx.Client, url)
    _network.install(client)
    return client


def open_async_client(url: str) -> httpx.AsyncClient:
    """Open a pool of connections for this scheme and the running event loop."""
    client = _opened(httpx.AsyncClient, url)
    _network.install_async(client)
    return client


def failures() -> tuple[type[BaseException], ...]:
    """List what an attempt that gets no answer may raise, of httpx and of httpx2 where it is loaded."""
    other = sys.modules.get("httpx2")
    # InvalidURL, too: that is what an address to be redirected to can be, followed or not. And plain code gets the
    # codec's own error for a host name that DNS cannot hold.
    others = [other.HTTPError, other.InvalidURL] if other else []
    return (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, *others)


def exchange(client: httpx.Client, call: "Call[Any]", key: "Secret | None", limit: int) -> RawResponse:
    """Send one attempt and read its answer.

    Raises:
        Exception: One of `failures()`: there is no answer, or not a whole one.
    """
    request = _built(client, call, key)
    outer = _network.watch(call.remaining)  # of a call that a signal interrupted
    try:
        return _read(client.send(request, stream=True, follow_redirects=False), call, limit)
    except BaseException as error:
        _forget(request, error)
        _raise_if_closed(client, error)
        raise
    finally:
        _network.watch(outer)


def _read(response: httpx.Response, call: "Call[Any]", limit: int) -> RawResponse:
    try:
        body = _Body(response, limit)
        # Not `iter_raw`, which gives the connection back before anybody has looked for what came after the answer.
        stream: Any = response.stream if body.awaited else ()
        for chunk in stream:
            if not body.take(chunk):
                break
            _check_time(call)
        return _answer(call, response, *body.finish())
    finally:
        if _has_more(response):
            response.extensions["network_stream"].close()
        response.close()


async def exchange_async(client: httpx.AsyncClient, call: "Call[Any]", key: "Secret | None", limit: int) -> RawResponse:
    """Send one attempt and read its answer.

    Raises:
        Exception: One of `failures()`: there is no answer, or not a whole one.
    """
    from . import _event_loop

    request = _built(client, call, key)
    _network.sent.set(not call.is_ours)  # of others' connections nothing is known
    try:
        async with _event_loop.timeout(call.remaining()):
            response = await client.send(request, stream=True, follow_redirects=False)
            try:
                body = _Body(response, limit)
                if body.awaited:
                    stream: Any = response.stream
                    async for chunk in stream:
                        if not body.take(chunk):
                            break
                        _check_time(call)  # the clock of the call need not be that of the event loop
                return _answer(call, response, *body.finish())
            finally:
                if _has_more(response):
                    await response.extensions["network_stream"].aclose()
                await response.aclose()
    except BaseException as error:
        _forget(request, error)
        _raise_if_closed(client, error)
        if isinstance(error, TimeoutError) and not _network.sent.get():
            raise httpx.ConnectTimeout("there was no connection in time") from error
        raise


def _check_time(call: "Call[Any]") -> None:
    left = call.remaining()
    if left is not None and left <= 0:
        raise TimeoutError("the answer did not come in time")


def _forget(request: httpx.Request, error: BaseException) -> None:
    """Keep secrets out of a failure: its request, and the frames of httpx, whose variables some tools print."""
    for name in SECRET_HEADERS:
        request.headers.pop(name, None)
    found: list[BaseException | None] = [error]
    seen: set[int] = set()
    for each in found:
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            each.__traceback__ = None
            found += [each.__cause__, each.__context__]


def _raise_if_closed(client: httpx.Client | httpx.AsyncClient, error: BaseException) -> None:
    if isinstance(error, RuntimeError) and client.is_closed:
        raise httpx.ConnectError("the connections were closed while the call was on its way") from error


def _built(client: httpx.Client | httpx.AsyncClient, call: "Call[Any]", key: "Secret | None") -> httpx.Request:
    limits = call.limits()
    method, url, headers, content = call.request
    try:
        if call.is_ours:  # there is nothing of the client's to merge in
            timeout = {} if limits is None else dict(zip(_PHASES, limits, strict=True))
            request = httpx.Request(
                method, _parsed(url), headers=headers, content=content, extensions={"timeout": timeout}
            )
        elif limits is None:
            request = client.build_request(method, url, headers=headers, content=content)
        else:
            request = client.build_request(method, url, headers=headers, content=content, timeout=limits)
    except Exception as error:
        # InvalidURL is no HTTPError, in httpx and in httpx2; UnicodeError is of a host such as `xn--`.
        if type(error).__name__ != "InvalidURL" and not isinstance(error, UnicodeError):
            raise
        raise ValueError(f"{call.operation.name} cannot be sent to {url[:200]}: {error}") from None
    if key is not None:
        request.headers["authorization"] = f"Bearer {key.value}"
    return request


def _has_more(response: httpx.Response) -> bool:
    """Whether more than the answer has come; the next call must not take it for its own."""
    # The connection has read it already and would not look at it before the next answer. There is no public way to ask.
    place: object = response.stream
    for name in ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state"):
        place = getattr(place, name, None)
    return bool(getattr(place, "trailing_data", (b"",))[0])


_PHASES = ("connect", "read", "write", "pool")


_SHORTEST_KEY = 16
"""What is shorter is a key of tests, or a word of the answer."""


def _answer(call: "Call[Any]", response: httpx.Response, body: bytes, problem: str) -> RawResponse:
    if not 200 <= response.status_code <= 299:  # some services repeat a key that they do not accept
        key = response.request.headers.get("authorization", "").rpartition(" ")[2].encode()
        body = body.replace(key, b"***") if len(key) >= _SHORTEST_KEY else body
    headers = response.headers
    if not isinstance(headers, httpx.Headers):  # of httpx2
        headers = httpx.Headers(headers.raw)
    return RawResponse(call.request.method, call.request.url, response.status_code, headers, body, problem)


class _Body:
    """A body as it arrives, and what comes out of its content coding, neither longer than the limit."""

    def __init__(self, response: httpx.Response, limit: int) -> None:
        self._coding = response.headers.get("content-encoding", "identity").strip().lower()
        self._limit = limit
        self._received = BytesIO()
        self.awaited = not response.is_stream_consumed
        if not self.awaited:  # an event hook of the caller's client has read it
            self._coding = "identity"
            self.take(response.content)

    def take(self, chunk: bytes) -> bool:
        """Keep a chunk; False when there are too many."""
        self._received.write(chunk)
        return self._received.tell() <= self._limit

    def finish(self) -> tuple[bytes, str]:
        """Make the body, and say what is wrong with it, if anything."""
        received = self._received.getvalue()  # not copied
        too_long = f"the body is longer than the limit of {self._limit} bytes"
        if len(received) > self._limit:
            return received[: self._limit], too_long
        if self._coding in {"identity", ""} or not received:
            return received, ""
        if self._coding not in {"gzip", "x-gzip", "deflate"}:
            return b"", f"the body has the content coding {self._coding!r}, which this client does not read"
        try:
            body, whole = _inflated(received, self._limit)
        except zlib.error as error:
            return b"", f"the body's {self._coding} is broken: {error}"
        if len(body) > self._limit:
            return body[: self._limit], too_long
        return body, "" if whole else f"the body's {self._coding} ends before its end"


def _inflated(received: bytes, limit: int) -> tuple[bytes, bool]:
    """Decompress up to one byte more than the limit; say whether the end was there."""
    try:
        decompressor = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as the header says
        body = decompressor.decompress(received, limit + 1)
    except zlib.error:
        # Some servers send bare deflate for "deflate" (RFC 9110, 8.4.1.2).
        decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
        body = decompressor.decompress(received, limit + 1)
    return body, decompressor.eof
