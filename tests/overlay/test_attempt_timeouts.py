"""An attempt that hangs is abandoned while another one can follow. Real sockets, and fractions of a second."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx
import pytest
from mistral_models import Mistral, errors, operations, utils
from mistral_models.testing import FakeClock

from .calls import reply

NOW = 1_800_000_000.0
BODY = b'{"object": "list", "data": []}'
GOOD = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY)
SILENT = b""
HALF_HEADERS = GOOD[:20]
HALF_BODY = GOOD[:-9]


@contextmanager
def server(*starts: bytes) -> Iterator[tuple[str, list[int]]]:
    """A server that sends each connection the next bytes; unless they are a whole response, it then goes silent.

    Yields its URL and the number of requests on each connection so far.
    """
    stopped = threading.Event()
    requests: list[int] = []
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket, start: bytes, number: int) -> None:
        with connection:
            while data := connection.recv(65536):
                requests[number] += data.count(b"\r\n\r\n")
                connection.sendall(start)
                if start != GOOD:
                    stopped.wait(30)
                    return

    def accept() -> None:
        for number, start in enumerate(starts):
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            requests.append(0)
            threads.append(threading.Thread(target=serve, args=(connection, start, number), daemon=True))
            threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", requests
        finally:
            stopped.set()


def policy(attempt_timeout_ms: float | None = 1000, max_retries: int | None = 2) -> utils.RetryConfig:
    backoff = utils.BackoffStrategy(10, 10, 1, None)
    return utils.RetryConfig(
        "backoff",
        backoff,
        retry_connection_errors=True,
        max_retries=max_retries,
        attempt_timeout_ms=attempt_timeout_ms,
    )


@pytest.mark.parametrize("starts", [[SILENT], [HALF_HEADERS], [HALF_BODY], [SILENT, HALF_BODY]], ids=len)
def test_a_connection_that_goes_silent_is_abandoned_and_the_next_one_is_used(api, starts):
    """It may go silent at any point; the good connection is used again, and the silent ones never are."""
    with server(*starts, GOOD) as (url, requests):
        mistral = Mistral("key", server_url=url, retry_config=policy(), timeout_ms=20_000)
        before = time.monotonic()
        results = api.call_all(mistral, ("list", {}), ("list", {}))
        took = time.monotonic() - before
    assert [result.data for result in results] == [[], []]
    assert took < 10
    assert requests == [*[1] * len(starts), 2]


def test_bulk_calls_abandon_silent_connections_too():
    """This holds for `send_all` and for `send_all_async`."""
    with server(SILENT, GOOD, GOOD, GOOD) as (url, _), Mistral("key", server_url=url, retry_config=policy()) as mistral:
        results = list(mistral.send_all([operations.list()] * 3, concurrency=1))
    assert all(not isinstance(outcome, errors.MistralError) for _, outcome in results)

    async def main() -> list[object]:
        async with Mistral("key", server_url=url, retry_config=policy()) as mistral:
            return [outcome async for _, outcome in mistral.send_all_async([operations.list()] * 3, concurrency=1)]

    with server(SILENT, GOOD, GOOD, GOOD) as (url, _):
        assert not any(isinstance(outcome, errors.MistralError) for outcome in asyncio.run(main()))


def test_the_last_attempt_has_all_the_time_that_is_left(api):
    """Earlier attempts are abandoned sooner, and the error says how long each of them took."""
    with server(SILENT, SILENT, SILENT) as (url, requests):
        mistral = Mistral("key", server_url=url, retry_config=policy(100, 2), timeout_ms=1000)
        with pytest.raises(errors.APITimeoutError) as caught:
            api.call_all(mistral, ("delete", {"model_id": "ft:m"}))
    error = caught.value
    assert error.attempts == 3
    first, second, last = error.attempt_durations
    assert 0.05 < first < 0.6
    assert 0.05 < second < 0.6
    assert last > first
    assert "3 attempts: " in str(error)
    assert error.__notes__ == ["The service may nevertheless have carried out this delete."]
    assert requests == [1, 1, 1]


def test_the_durations_of_many_attempts_are_shortened(api):
    """A message lists ten of them."""
    for attempts, ending in ((10, "0.0 s)"), (11, "0.0 s, …)")):
        mistral = api.client([reply(503)] * attempts, retry_config=attempts - 1)
        with pytest.raises(errors.InternalServerError) as caught:
            api.call(mistral, "list")
        assert str(caught.value).endswith(f"{attempts} attempts: {'0.0 s, ' * 9}{ending}")


def config(seconds: float = 15, retries: int | None = 2, window: int | None = None, *, connections: bool = True):
    backoff = utils.BackoffStrategy(1000, 1000, 1, window)
    return utils.RetryConfig("backoff", backoff, connections, max_retries=retries, attempt_timeout_ms=seconds * 1000)


@pytest.mark.parametrize(
    ("retries", "timeout_ms", "expected"),
    [
        (utils.UNSET, 60_000, [15, 15, 58.5]),  # the waits are 0.5 s and 1 s, and the last attempt has what is left
        (0, 60_000, [60]),
        (None, 60_000, [60]),
        (1, 15_500, [15.5, 15]),  # no other attempt could follow the first one and the wait of up to 0.5 s
        (1, 15_625, [15, 15.125]),
        (config(3), 60_000, [3, 3, 58]),
        (config(3, None), 10_000, [3, 3, 3, 3, 3, 3, 4, 3, 2, 1]),
        (config(3, None, 4000), 60_000, [3, 59, 58, 57, 56]),  # `max_elapsed_time` ends before another attempt
        (lambda state: 1.0 if not state.retries else None, 60_000, [60, 59]),  # a function decides later
        (config(connections=False), 60_000, [60, 59, 58]),
        (utils.RetryConfig("none", utils.BackoffStrategy(1, 1, 1, None), retry_connection_errors=True), 60_000, [60]),
    ],
)
def test_an_attempt_is_abandoned_only_if_another_one_can_follow(api, retries, timeout_ms, expected):
    """Otherwise a call would fail that could still succeed."""
    timeouts: list[float] = []

    def respond(request: httpx.Request) -> httpx.Response:
        timeouts.append(request.extensions["timeout"]["read"])
        return reply(503)

    mistral = api.client(respond, timeout_ms=timeout_ms, retry_config=retries, clock=FakeClock(NOW))
    with pytest.raises(errors.InternalServerError):
        api.call(mistral, "list")
    assert timeouts == expected


@pytest.mark.httpx2
def test_a_given_client_without_a_deadline_keeps_its_own_timeouts(api):
    """Without `timeout_ms`, an attempt has the timeout of the HTTP client, and no attempt timeout."""
    seen: list[object] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"]["read"])
        return reply(200, {"data": []})

    mistral = api.client(respond, timeout_ms=None, clock=FakeClock())
    api.call(mistral, "list")
    assert seen == [5]


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), "5"])
def test_an_attempt_timeout_is_a_positive_number_or_none(value: object) -> None:
    """None means that no attempt is abandoned."""
    arguments: Sequence[object] = ["backoff", utils.BackoffStrategy(1, 1, 1, None), True]
    with pytest.raises(ValueError, match="attempt_timeout_ms must be"):
        utils.RetryConfig(*arguments, attempt_timeout_ms=value)  # type: ignore[arg-type] # what is wrong with it
    assert utils.RetryConfig(*arguments, attempt_timeout_ms=None).attempt_timeout_ms is None  # type: ignore[arg-type] # as above
