"""Clients that the caller closed, limits of our own, and times that are nearly up."""

import asyncio
import threading

import httpx
import pytest
from mistral_models import Mistral, errors
from mistral_models.testing import FakeClock, FakeMistral

from .probes import Connections


def test_a_closed_client_of_the_callers_is_the_callers_mistake(way, fake, url):
    """Said before anything is sent or tried again; an open one in its place works."""

    def closed() -> dict[str, object]:
        if way.plain:
            client = httpx.Client()
            client.close()
            return {"client": client}
        async_client = httpx.AsyncClient()
        asyncio.run(async_client.aclose())
        return {"async_client": async_client}

    options: dict = closed()
    name = "Client" if way.plain else "AsyncClient"
    with pytest.raises(ValueError, match=f"^the {name} that was passed to Mistral is closed; open a new one"):
        way.call(Mistral(fake.api_key, server_url=url, **options), "list")
    assert fake.requests == []
    assert way.closing(Mistral(fake.api_key, server_url=url), ("list", {}))[0].data
    assert fake.count() == 1


def test_threads_need_not_wait_for_one_anothers_connections(url):
    """More at once than httpx would open by itself (100): all of them reach the service together."""
    meeting = threading.Barrier(120)

    class Meeting(FakeMistral):
        def handle(self, request):
            meeting.wait(20)
            return super().handle(request)

    fake = Meeting()
    answered: list[int] = []
    with fake.serve() as busy, Mistral(fake.api_key, server_url=busy, retry_config=0) as mistral:
        threads = [
            threading.Thread(target=lambda: answered.append(len(mistral.models.list().data)))
            for _ in range(meeting.parties)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answered == [len(fake.models)] * 120


def test_idle_connections_are_kept_for_the_next_burst(fake):
    """As many as a hundred: a burst of fifty threads, and another, need fifty connections; httpx would keep twenty."""
    meeting = threading.Barrier(50)
    connections = Connections()

    class Counting(FakeMistral):
        def handle(self, request):
            meeting.wait(20)
            connections.note()
            return super().handle(request)

    counting = Counting()
    with counting.serve() as url, Mistral(fake.api_key, server_url=url, retry_config=0) as mistral:
        for _ in range(2):
            threads = [threading.Thread(target=mistral.models.list) for _ in range(50)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert len(connections.uses) == 50


def test_a_deadline_that_passed_is_a_timeout_and_no_fault_of_the_program(way, url):
    """A socket takes no time limit of 0 or less; the attempt fails as all that come too late."""

    class Late(FakeClock):
        """The time is up between the start of the call and its first attempt."""

        def monotonic(self) -> float:
            self.advance(1)
            return super().monotonic()

    mistral = Mistral("fake-key", server_url=url, retry_config=0, timeout_ms=500, clock=Late())
    with pytest.raises(errors.APITimeoutError):
        way.closing(mistral, ("list", {}))
    with httpx.Client() as given:  # it hands the limit to the socket as it is
        mistral = Mistral("fake-key", server_url=url, retry_config=0, timeout_ms=500, clock=Late(), client=given)
        with pytest.raises(errors.APITimeoutError):
            mistral.models.list()
