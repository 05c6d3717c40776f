"""One client, many threads: every answer is that of its call, and nothing is left."""

import multiprocessing
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

from mistral_models import Mistral
from mistral_models.testing import FakeMistral, base_model

from .probes import Connections, nothing_left

THREADS = 64
CALLS = 10_000
KEPT = 30
"""Seconds for which an idle connection is kept."""
NAMES = [f"model-{number}" for number in range(200)]


class Silent(FakeMistral):
    """It keeps no record, which would grow with every call, and counts connections."""

    def __init__(self) -> None:
        super().__init__([base_model(name, aliases=[]) for name in NAMES])
        self.connections = Connections()

    def handle(self, request):
        self.connections.note()
        return super().handle(request)


def serve(pipe: Connection) -> None:
    fake = Silent()
    with fake.serve() as url:
        pipe.send(url)
        pipe.recv()
    pipe.send(len(fake.connections.uses))


def test_ten_thousand_calls_of_64_threads_get_their_own_answers():
    """Each belongs to the id that was asked for; a connection for each thread is enough, and none is left."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,))
    server.start()
    url = ours.recv()
    threads = threading.active_count()
    began = time.monotonic()
    with warnings.catch_warnings(), nothing_left():
        warnings.simplefilter("error")
        with Mistral("fake-key", server_url=url) as mistral, ThreadPoolExecutor(THREADS) as pool:

            def calls(first: int) -> list[tuple[str, str | None]]:
                asked = [NAMES[number % len(NAMES)] for number in range(first, CALLS, THREADS)]
                return [(name, mistral.models.retrieve(model_id=name).id) for name in asked]

            got = [pair for pairs in pool.map(calls, range(THREADS)) for pair in pairs]
    assert threading.active_count() == threads
    assert len(got) == CALLS
    assert all(asked == answered for asked, answered in got)
    ours.send("enough")
    # On a slow machine some are idle for so long that they are given up, and others take their place.
    assert ours.recv() <= THREADS * (1 + (time.monotonic() - began) // KEPT)
    server.join(10)
    assert server.exitcode == 0
