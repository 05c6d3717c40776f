"""The fake service as an httpx transport: no socket, and time that passes on the fake clock only."""

from collections.abc import AsyncIterator, Callable, Iterator

import httpx

from mistral_models.utils import Clock

from ._messages import Request, Response


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
        if response.delivery.latency:
            self._clock.sleep(response.delivery.latency)
        return self._to_httpx(response)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Handle a request, for `httpx.AsyncClient`."""
        response = self._handle(_to_request(request, await request.aread(), self._clock))
        if response.delivery.latency:
            await self._clock.sleep_async(response.delivery.latency)
        return self._to_httpx(response)

    def _to_httpx(self, response: Response) -> httpx.Response:
        if response.delivery.connection_refused:
            raise httpx.ConnectError("[Errno 111] Connection refused")
        if response.delivery.disconnect_at in {"before", "in headers"}:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return httpx.Response(
            response.status, headers=response.complete_headers(), stream=_BodyStream(response, self._clock)
        )


class _BodyStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of a response, with the faults of its delivery."""

    def __init__(self, response: Response, clock: Clock) -> None:
        self._response = response
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks():
            if self._response.delivery.chunk_interval:
                self._clock.sleep(self._response.delivery.chunk_interval)
            yield chunk

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks():
            if self._response.delivery.chunk_interval:
                await self._clock.sleep_async(self._response.delivery.chunk_interval)
            yield chunk

    def _chunks(self) -> Iterator[bytes]:
        disconnect_at, body = self._response.delivery.disconnect_at, self._response.body
        if disconnect_at is None:
            yield from self._response.chunks
            return
        if disconnect_at == "in body":
            yield body[: len(body) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def _to_request(request: httpx.Request, body: bytes, clock: Clock) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(request.method, request.url.raw_path.decode(), headers, body, clock.time())
