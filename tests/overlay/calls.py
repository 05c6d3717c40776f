"""Calls the sync or the async API, so that one test states a behaviour of both, and makes responses for them."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from mistral_models import APIResponse, Mistral, errors
from mistral_models.operations import Operation
from mistral_models.testing import FakeClock

Respond = Callable[[httpx.Request], httpx.Response]


class SyncOrAsync:
    """Calls the sync API, or the async API with an event loop for each call.

    Args:
        name: `sync` or `async`.
        library: The HTTP library of the clients that are passed to `Mistral`: httpx or httpx2.
    """

    def __init__(self, name: str, library: Any = httpx) -> None:
        self.name = name
        self.is_sync = name == "sync"
        self.library = library

    def client(self, respond: Respond | Sequence[httpx.Response | Exception], **options: Any) -> Mistral:
        """Return a client that receives these responses, or those of the function, without sockets and waits."""
        given = self.http_client(transport=self.transport(respond if callable(respond) else script(respond)))
        return Mistral(**{"api_key": "key", "clock": FakeClock(), "timeout_ms": 60_000, **given, **options})

    def transport(self, respond: Respond) -> Any:
        """Return a transport of the HTTP library that responds with a function."""
        return self.library.MockTransport(translated(respond, self.library))

    def http_client(self, **settings: Any) -> dict[str, Any]:
        """Return the argument of `Mistral` with a client of the HTTP library."""
        if self.is_sync:
            return {"client": self.library.Client(**settings)}
        return {"async_client": self.library.AsyncClient(**settings)}

    def call(self, mistral: Mistral, method: str, **arguments: Any) -> Any:
        """Call `mistral.models.<method>(…)`."""
        function = getattr(mistral.models, method if self.is_sync else f"{method}_async")
        return function(**arguments) if self.is_sync else asyncio.run(function(**arguments))

    def send(self, mistral: Mistral, operation: Operation[Any], **options: Any) -> APIResponse[Any]:
        """Call `mistral.send(operation, …)`."""
        if self.is_sync:
            return mistral.send(operation, **options)
        return asyncio.run(mistral.send_async(operation, **options))

    def request(self, method: str = "list", *, call: dict[str, Any] | None = None, **options: Any) -> httpx.Request:
        """Return the only request of a call to a client with these options.

        Args:
            method: The method to call.
            call: Its arguments.
            options: Arguments of `client`.
        """
        requests: list[httpx.Request] = []

        def respond(request: httpx.Request) -> httpx.Response:
            requests.append(request)
            return reply(400)

        with pytest.raises(errors.BadRequestError):
            self.call(self.client(respond, **options), method, **(call or {}))
        (request,) = requests
        return request

    def call_all(self, mistral: Mistral, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
        """Make several calls, close the client, and return the results."""
        if self.is_sync:
            with mistral:
                return [getattr(mistral.models, method)(**arguments) for method, arguments in calls]

        async def main() -> list[Any]:
            async with mistral:
                return [await getattr(mistral.models, f"{method}_async")(**arguments) for method, arguments in calls]

        return asyncio.run(main())


class HastyClock(FakeClock):
    """A clock that advances whenever it is read.

    Args:
        seconds: How much.
    """

    def __init__(self, seconds: float = 1) -> None:
        super().__init__()
        self.seconds = seconds

    def monotonic(self) -> float:
        """Advance, and return the time."""
        self.advance(self.seconds)
        return super().monotonic()


def script(outcomes: Sequence[httpx.Response | Exception]) -> Respond:
    """Return a function that responds to each request with the next outcome, or raises it."""
    remaining = iter(outcomes)

    def respond(_: httpx.Request) -> httpx.Response:
        outcome = next(remaining)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return respond


def translated(respond: Respond, library: Any) -> Callable[[Any], Any]:
    """Return a function that responds as `respond`, with the responses and exceptions of a library with httpx's API."""
    if library is httpx:
        return respond

    class Stream(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[misc] # known at run time only
        def __init__(self, stream: Any) -> None:
            self.stream = stream

        def __iter__(self) -> Iterator[bytes]:
            return iter(self.stream)

        def __aiter__(self) -> AsyncIterator[bytes]:
            return aiter(self.stream)

        def close(self) -> None:
            self.stream.close()

        async def aclose(self) -> None:
            await self.stream.aclose()

    def respond_as_library(request: Any) -> Any:
        try:
            response = respond(request)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise getattr(library, type(error).__name__)(str(error)) from error
        if not isinstance(response, httpx.Response):
            return response
        stream = response.stream
        body = {"content": b"".join(stream)} if isinstance(stream, httpx.ByteStream) else {"stream": Stream(stream)}
        return library.Response(response.status_code, headers=response.headers.raw, **body)

    return respond_as_library


def reply(status: int = 200, body: bytes | str | Any = b"", **headers: str) -> httpx.Response:
    """Create a response; header names have underscores instead of hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, bytes | str):
        return httpx.Response(status, headers=named, content=body)
    return httpx.Response(status, headers=named, json=body)


def streamed(body: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """Create a response whose body arrives in chunks, as over a socket."""

    class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield from (body[start : start + 1000] for start in range(0, len(body), 1000))

        async def __aiter__(self) -> AsyncIterator[bytes]:
            for chunk in self:
                await asyncio.sleep(0)
                yield chunk

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, stream=Stream())


DELETED = {"id": "m", "object": "model", "deleted": True}


@contextmanager
def raw_server(*responses: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """Run a server that sends the next bytes to each connection, and closes it; None closes it without a response.

    Yields the URL, and the list of received requests.
    """
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for response in responses:
                connection, _ = server.accept()
                with connection:
                    requests.append(connection.recv(65536))
                    if response:
                        connection.sendall(response)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", requests
