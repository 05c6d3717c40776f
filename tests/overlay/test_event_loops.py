"""The connections of async calls: shared within an event loop, and closed in it alone."""

import asyncio
import gc
import threading

import httpx
from mistral_models import Mistral
from mistral_models.testing import FakeMistral


class Peers(FakeMistral):
    """A fake service that notes the connection of each request, by its thread; connections stay open meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.connections: list[int] = []

    def handle(self, request):
        self.connections.append(threading.get_ident())
        return super().handle(request)


def test_closing_in_one_event_loop_leaves_the_connections_of_another_open():
    """The other event loop continues with its connection; the one that closed opens a new one."""
    fake = Peers()
    with fake.serve() as url, asyncio.Runner() as first, asyncio.Runner() as second:
        mistral = Mistral(fake.api_key, server_url=url)
        first.run(mistral.models.list_async())
        second.run(mistral.models.list_async())
        first.run(mistral.aclose())
        second.run(mistral.models.list_async())
        first.run(mistral.models.list_async())
        first.run(mistral.aclose())
        second.run(mistral.aclose())
    of_first, of_second, again, _ = fake.connections
    assert of_first != of_second
    assert again == of_second


def open_http_clients() -> int:
    return sum(isinstance(thing, httpx.AsyncClient) and not thing.is_closed for thing in gc.get_objects())


def test_calls_in_flight_have_http_clients_of_their_own_and_leave_at_most_a_hundred(fake, url):
    """Calls that follow each other share a client and its connection."""
    gc.collect()
    before = open_http_clients()

    async def main() -> dict[int, int]:
        async with Mistral(fake.api_key, server_url=url) as mistral:
            counts = {}
            for calls in (1, 12, 300):
                for _ in range(3):
                    call = mistral.models.retrieve_async
                    await asyncio.gather(*(call(model_id="codestral-2508") for _ in range(calls)))
                counts[calls] = open_http_clients() - before
            return counts

    counts = asyncio.run(main())
    assert counts[1] == 1
    assert 1 < counts[12] <= 12
    assert 12 < counts[300] <= 100
    assert open_http_clients() <= before
