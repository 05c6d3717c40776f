"""The two ways of calling, so that one test states a behaviour for both."""

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
    """Calls that are plain, or calls that are async, each in an event loop of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.plain = name == "sync"

    def client(self, respond: Respond | Sequence[httpx.Response | Exception], **options: Any) -> Mistral:
        """A client that gets these answers, or what the function answers, without a socket or a wait."""
        transport = httpx.MockTransport(respond if callable(respond) else script(respond))
        given: dict[str, Any] = (
            {"client": httpx.Client(transport=transport)}
            if self.plain
            else {"async_client": httpx.AsyncClient(transport=transport)}
        )
        return Mistral(**{"api_key": "key", "clock": FakeClock(), "timeout_ms": 60_000, **given, **options})

    def call(self, mistral: Mistral, method: str, **arguments: Any) -> Any:
        """`mistral.models.<method>(…)`."""
        function = getattr(mistral.models, method if self.plain else f"{method}_async")
        return function(**arguments) if self.plain else asyncio.run(function(**arguments))

    def send(self, mistral: Mistral, operation: Operation[Any], **options: Any) -> APIResponse[Any]:
        """`mistral.send(operation, …)`."""
        if self.plain:
            return mistral.send(operation, **options)
        return asyncio.run(mistral.send_async(operation, **options))

    def closing(self, mistral: Mistral, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
        """The results of several calls between `with` and its end."""
        if self.plain:
            with mistral:
                return [getattr(mistral.models, method)(**arguments) for method, arguments in calls]

        async def main() -> list[Any]:
            async with mistral:
                return [await getattr(mistral.models, f"{method}_async")(**arguments) for method, arguments in calls]

        return asyncio.run(main())


def script(outcomes: Sequence[httpx.Response | Exception]) -> Respond:
    """Each request gets the next outcome."""
    left = iter(outcomes)

    def respond(_: httpx.Request) -> httpx.Response:
        outcome = next(left)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return respond


def reply(status: int = 200, body: bytes | str | Any = b"", **headers: str) -> httpx.Response:
    """An answer; header names with underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, bytes | str):
        return httpx.Response(status, headers=named, content=body)
    return httpx.Response(status, headers=named, json=body)


def streamed(body: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """An answer whose body comes in pieces, as over a socket."""

    class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield from (body[start : start + 1000] for start in range(0, len(body), 1000))

        async def __aiter__(self) -> AsyncIterator[bytes]:
            for piece in self:
                await asyncio.sleep(0)
                yield piece

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, stream=Stream())


DELETED = {"id": "m", "object": "model", "deleted": True}


@contextmanager
def wire(*answers: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives each connection the next bytes and closes; None closes before the answer.

    Yields its URL and the requests it got.
    """
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answer in answers:
                connection, _ = server.accept()
                with connection:
                    got = connection.recv(65536)
                    requests.append(got)
                    if answer:
                        connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", requests
