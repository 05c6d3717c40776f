"""Closed HTTP clients, the number of connections, and deadlines that have nearly passed."""

import asyncio
import threading

import httpx
import pytest
from mistral_models import Mistral, errors
from mistral_models.testing import FakeMistral

from tests.overlay.calls import HastyClock

from .probes import Connections


def test_a_closed_http_client_is_a_value_error(api, fake, url):
    """The call raises before anything is sent or retried; with an open client it works."""

    def closed_client() -> dict[str, object]:
        if api.is_sync:
            client = httpx.Client()
            client.close()
            return {"client": client}
        async_client = httpx.AsyncClient()
        asyncio.run(async_client.aclose())
        return {"async_client": async_client}

    options: dict = closed_client()
    name = "Client" if api.is_sync else "AsyncClient"
    with pytest.raises(ValueError, match=f"^the {name} that was passed to Mistral is closed; open a new one"):
        api.call(Mistral(fake.api_key, server_url=url, **options), "list")
    assert fake.requests == []
    assert api.call_all(Mistral(fake.api_key, server_url=url), ("list", {}))[0].data
    assert fake.count() == 1


def test_the_number_of_concurrent_connections_is_not_limited():
    """120 threads reach the service at the same time, although httpx opens 100 connections at most by default."""
    barrier = threading.Barrier(120)

    class Blocking(FakeMistral):
        def handle(self, request):
            barrier.wait(20)
            return super().handle(request)

    fake = Blocking()
    lengths: list[int] = []
    with fake.serve() as url, Mistral(fake.api_key, server_url=url, retry_config=0) as mistral:
        threads = [
            threading.Thread(target=lambda: lengths.append(len(mistral.models.list().data)))
            for _ in range(barrier.parties)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert lengths == [len(fake.models)] * 120


def test_idle_connections_are_reused_by_the_next_burst():
    """Two bursts of 50 threads use the same 50 connections, although httpx keeps 20 idle ones by default."""
    barrier = threading.Barrier(50)
    connections = Connections()

    class Counting(FakeMistral):
        def handle(self, request):
            barrier.wait(20)
            connections.count_request()
            return super().handle(request)

    fake = Counting()
    with fake.serve() as url, Mistral(fake.api_key, server_url=url, retry_config=0) as mistral:
        for _ in range(2):
            threads = [threading.Thread(target=mistral.models.list) for _ in range(50)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert len(connections.requests) == 50


def test_a_deadline_that_passes_before_the_first_attempt_is_a_timeout(api, url):
    """The call raises APITimeoutError, not a ValueError because of a socket timeout that is not positive."""
    mistral = Mistral("fake-key", server_url=url, retry_config=0, timeout_ms=500, clock=HastyClock())
    with pytest.raises(errors.APITimeoutError):
        api.call_all(mistral, ("list", {}))
    with httpx.Client() as given:  # it passes the timeout to the socket unchanged
        mistral = Mistral("fake-key", server_url=url, retry_config=0, timeout_ms=500, clock=HastyClock(), client=given)
        with pytest.raises(errors.APITimeoutError):
            mistral.models.list()
