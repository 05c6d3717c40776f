"""The fake service as a transport of httpx: no socket, and time that passes only where the clock says so."""

from collections.abc import AsyncIterator, Callable, Iterator

import httpx

from mistral_models._clock import Clock

from ._messages import Request, Response


class FakeTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Brings requests to `handle`, and its answers back, with the trouble they meet; plain and async.

    Args:
        handle: From a request to an answer.
        clock: Passes the time of latencies and pauses.
    """

    def __init__(self, handle: Callable[[Request], Response], clock: Clock) -> None:
        self._handle = handle
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Response a request."""
        answer = self._handle(_received(request, request.read()))
        if answer.delivery.latency:
            self._clock.sleep(answer.delivery.latency)
        return self._response(answer)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Response a request."""
        answer = self._handle(_received(request, await request.aread()))
        if answer.delivery.latency:
            await self._clock.sleep_async(answer.delivery.latency)
        return self._response(answer)

    def _response(self, answer: Response) -> httpx.Response:
        if answer.delivery.refused:
            raise httpx.ConnectError("[Errno 111] Connection refused")
        if answer.delivery.closed in {"before", "in headers"}:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return httpx.Response(answer.status, headers=answer.fields(), stream=_Stream(answer, self._clock))


class _Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body on its way."""

    def __init__(self, answer: Response, clock: Clock) -> None:
        self._answer = answer
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._sent():
            if self._answer.delivery.pause:
                self._clock.sleep(self._answer.delivery.pause)
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._sent():
            if self._answer.delivery.pause:
                await self._clock.sleep_async(self._answer.delivery.pause)
            yield piece

    def _sent(self) -> Iterator[bytes]:
        closed = self._answer.delivery.closed
        if closed is None:
            yield from self._answer.pieces
            return
        if closed == "in body":
            yield self._answer.body[: len(self._answer.body) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def _received(request: httpx.Request, body: bytes) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(request.method, request.url.raw_path.decode(), headers, body)
