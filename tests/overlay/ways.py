"""Sync and async calls behind one interface, so that one test covers both, and scripted HTTP responses."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from mistral_models import APIResponse, Mistral
from mistral_models.operations import Operation
from mistral_models.testing import FakeClock

Respond = Callable[[httpx.Request], httpx.Response]


class Way:
    """Sync calls (`plain` is true), or async calls, each in its own event loop."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.plain = name == "sync"

    def client(self, respond: Respond | Sequence[httpx.Response | Exception], **options: Any) -> Mistral:
        """Return a client that gets these outcomes, or those that the function returns, without a socket or a wait."""
        transport = httpx.MockTransport(respond if callable(respond) else script(respond))
        given: dict[str, Any] = (
            {"client": httpx.Client(transport=transport)}
            if self.plain
            else {"async_client": httpx.AsyncClient(transport=transport)}
        )
        return Mistral(**{"api_key": "key", "clock": FakeClock(), "timeout_ms": 60_000, **given, **options})

    def call(self, mistral: Mistral, method: str, **arguments: Any) -> Any:
        """Return the result of `mistral.models.<method>(…)`, or of its async version."""
        function = getattr(mistral.models, method if self.plain else f"{method}_async")
        return function(**arguments) if self.plain else asyncio.run(function(**arguments))

    def send(self, mistral: Mistral, operation: Operation[Any], **options: Any) -> APIResponse[Any]:
        """Return the result of `mistral.send(operation, …)`, or of its async version."""
        if self.plain:
            return mistral.send(operation, **options)
        return asyncio.run(mistral.send_async(operation, **options))

    def closing(self, mistral: Mistral, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
        """Return the results of several calls in one `with` block, which closes the client."""
        if self.plain:
            with mistral:
                return [getattr(mistral.models, method)(**arguments) for method, arguments in calls]

        async def main() -> list[Any]:
            async with mistral:
                return [await getattr(mistral.models, f"{method}_async")(**arguments) for method, arguments in calls]

        return asyncio.run(main())


def script(outcomes: Sequence[httpx.Response | Exception]) -> Respond:
    """Return a handler that returns or raises the next outcome for each request."""
    remaining = iter(outcomes)

    def respond(_: httpx.Request) -> httpx.Response:
        outcome = next(remaining)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return respond


def reply(status: int = 200, body: bytes | str | Any = b"", **headers: str) -> httpx.Response:
    """Return a response; underscores in the names of headers stand for hyphens."""
    header_fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, bytes | str):
        return httpx.Response(status, headers=header_fields, content=body)
    return httpx.Response(status, headers=header_fields, json=body)


def streamed(body: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """Return a response whose body arrives in chunks, as over a socket."""

    class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield from (body[start : start + 1000] for start in range(0, len(body), 1000))

        async def __aiter__(self) -> AsyncIterator[bytes]:
            for chunk in self:
                await asyncio.sleep(0)
                yield chunk

    header_fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=header_fields, stream=Stream())


DELETED = {"id": "m", "object": "model", "deleted": True}


@contextmanager
def wire(*responses: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """Serve each connection the next response and close it; None closes it without a response.

    Yields the URL of the server and the requests that it received.
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
