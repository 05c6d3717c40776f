"""One client that many threads share."""

import multiprocessing
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

from mistral_models import Mistral
from mistral_models.testing import FakeMistral, base_model

from .probes import Connections, no_descriptor_leak

THREADS = 64
CALLS = 10_000
KEEP_ALIVE = 30
"""Seconds after which an idle connection is closed."""
NAMES = [f"model-{number}" for number in range(200)]


class Counting(FakeMistral):
    """A fake service that counts connections."""

    def __init__(self) -> None:
        super().__init__([base_model(name, aliases=[]) for name in NAMES])
        self.connections = Connections()

    def handle(self, request):
        self.connections.count_request()
        return super().handle(request)


def serve(pipe: Connection) -> None:
    fake = Counting()
    with fake.serve() as url:
        pipe.send(url)
        pipe.recv()
    pipe.send(len(fake.connections.requests))


def test_ten_thousand_calls_of_64_threads_get_the_responses_to_their_requests():
    """Each result has the id that was requested, one connection per thread suffices, and none is left open."""
    connection, server_connection = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(server_connection,))
    server.start()
    url = connection.recv()
    threads = threading.active_count()
    started = time.monotonic()
    with warnings.catch_warnings(), no_descriptor_leak():
        warnings.simplefilter("error")
        with Mistral("fake-key", server_url=url) as mistral, ThreadPoolExecutor(THREADS) as pool:

            def calls(first: int) -> list[tuple[str, str | None]]:
                requested = [NAMES[number % len(NAMES)] for number in range(first, CALLS, THREADS)]
                return [(name, mistral.models.retrieve(model_id=name).id) for name in requested]

            results = [pair for pairs in pool.map(calls, range(THREADS)) for pair in pairs]
    assert threading.active_count() == threads
    assert len(results) == CALLS
    assert all(requested == received for requested, received in results)
    connection.send("stop")
    # On a slow machine, connections that are idle for too long are closed and replaced.
    assert connection.recv() <= THREADS * (1 + (time.monotonic() - started) // KEEP_ALIVE)
    server.join(10)
    assert server.exitcode == 0
