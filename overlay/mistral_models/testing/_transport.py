"""The fake service as an httpx transport: no socket, and time that passes on the fake clock only."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

import httpx

from mistral_models.utils import Clock

from ._messages import Request, Response

_WITHOUT_HEADERS: Final = frozenset({"before", "in headers"})
"""Points of a response at which its headers are not complete."""


class FakeTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Passes requests to a handler and returns its responses, sync and async.

    Args:
        handle: Maps a request to a response.
        clock: Tells the time of requests, and passes that of slow responses.
    """

    def __init__(self, handle: Callable[[Request], Response], clock: Clock) -> None:
        self._handle = handle
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Handle a request, for `httpx.Client`."""
        response = self._handle(_to_request(request, request.read(), self._clock))
        if seconds := _seconds_before(response, request):
            self._clock.sleep(seconds)
        return self._to_httpx(response, request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Handle a request, for `httpx.AsyncClient`."""
        response = self._handle(_to_request(request, await request.aread(), self._clock))
        if seconds := _seconds_before(response, request):
            await self._clock.sleep_async(seconds)
        return self._to_httpx(response, request)

    def _to_httpx(self, response: Response, request: httpx.Request) -> httpx.Response:
        delivery = response.delivery
        if delivery.connection_refused:
            raise httpx.ConnectError("[Errno 111] Connection refused")
        if delivery.disconnect_at in _WITHOUT_HEADERS:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        if delivery.silent_at in _WITHOUT_HEADERS:
            raise httpx.ReadTimeout("The read operation timed out")
        body = _BodyStream(response, _read_timeout(request) if delivery.silent_at else 0, self._clock)
        return httpx.Response(response.status, headers=response.complete_headers(), stream=body)


class _BodyStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of a response, with the faults of its delivery."""

    def __init__(self, response: Response, read_timeout: float, clock: Clock) -> None:
        self._response = response
        self._read_timeout = read_timeout
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        for wait, chunk in self._steps():
            if wait:
                self._clock.sleep(wait)
            yield chunk
        self._check_end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for wait, chunk in self._steps():
            if wait:
                await self._clock.sleep_async(wait)
            yield chunk
        self._check_end()

    def _steps(self) -> Iterator[tuple[float, bytes]]:
        """Yield each chunk, and how many seconds pass before it."""
        delivery, body = self._response.delivery, self._response.body
        point = delivery.disconnect_at or delivery.silent_at
        if point is None:
            yield from ((delivery.chunk_interval, chunk) for chunk in self._response.chunks)
        elif point == "in body":
            yield 0, body[: len(body) // 2]
        if delivery.silent_at:
            yield self._read_timeout, b""

    def _check_end(self) -> None:
        if self._response.delivery.disconnect_at:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")
        if self._response.delivery.silent_at:
            raise httpx.ReadTimeout("The read operation timed out")


def _seconds_before(response: Response, request: httpx.Request) -> float:
    """Return how many seconds pass before the headers."""
    is_silent = response.delivery.silent_at in _WITHOUT_HEADERS
    return response.delivery.latency + (_read_timeout(request) if is_silent else 0)


def _read_timeout(request: httpx.Request) -> float:
    seconds: float | None = request.extensions["timeout"]["read"]
    if seconds is None:
        raise RuntimeError("the service is silent, and the call has no timeout: over a socket it would wait for ever")
    return seconds


def _to_request(request: httpx.Request, body: bytes, clock: Clock) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(request.method, request.url.raw_path.decode(), headers, body, clock.time())
