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


def test_concurrent_async_calls_are_spread_over_a_few_pools(fake, url):
    """One pool would be slow with many calls in flight; a pool for each call would share no connections."""
    before = open_http_clients()

    async def main() -> list[int]:
        async with Mistral(fake.api_key, server_url=url) as mistral:
            counts = []
            for calls in (1, 2, 12, 300):
                await asyncio.gather(*(mistral.models.retrieve_async(model_id="codestral-2508") for _ in range(calls)))
                counts.append(open_http_clients() - before)
            return counts

    assert asyncio.run(main()) == [1, 1, 6, 32]
    assert open_http_clients() == before
