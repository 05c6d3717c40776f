"""Measure one contender: `worker.py CONTENDER KIND SIZE URL REPETITIONS` prints a list of seconds.

Runs in the environment of the contender, so it imports nothing from this project but the package that it measures.
The JSON to decode is downloaded from the same URL.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import urlopen

MODEL = "ft:open-mistral-7b:587a6b29:20240514:7e773925"
MODEL_PATH = f"/v1/models/{MODEL}"
HEADERS = {"authorization": "Bearer key", "accept": "application/json"}
REQUESTS = 500
"""The number of requests for the kind "in flight", whose size is the concurrency."""
CONCURRENCY = 8
"""The concurrency for the kinds "in threads" and "in tasks", whose size is the number of operations."""
WARM_UP = 100
"""The number of operations before a measurement of many operations."""


def time_calls(call: Callable[[], object], repetitions: int) -> list[float]:
    """Time repeated calls, after one that is not counted."""
    call()
    return [time_once(call) for _ in range(repetitions)]


def time_once(call: Callable[[], object]) -> float:
    """Time one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def time_bulk(call: Callable[[int], object], count: int, repetitions: int) -> list[float]:
    """Time calls that send many operations, after one that sends a few."""
    call(WARM_UP)
    return [time_once(lambda: call(count)) for _ in range(repetitions)]


async def time_bulk_async(call: Callable[[int], Awaitable[object]], count: int, repetitions: int) -> list[float]:
    """Time async calls that send many operations, after one that sends a few."""
    await call(WARM_UP)
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        await call(count)
        seconds.append(time.perf_counter() - start)
    return seconds


async def time_longest_block(call: Callable[[], Awaitable[object]]) -> list[float]:
    """Time how long an async call keeps another task from running at most."""
    gaps = []

    async def run_always() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    other_task = asyncio.create_task(run_always())
    await asyncio.sleep(0)
    await call()
    other_task.cancel()
    return [max(gaps)]


async def gather_limited(send: Callable[[int], Awaitable[object]], count: int, concurrency: int) -> None:
    """Send many requests with limited concurrency, as a careful user would write it."""
    semaphore = asyncio.Semaphore(concurrency)

    async def send_limited(number: int) -> None:
        async with semaphore:
            await send(number)

    await asyncio.gather(*(send_limited(number) for number in range(count)))


def list_path(count: int) -> str:
    """Return the path of a list of that many models."""
    return f"/v1/models?model={count}"


def baseline(kind: str, size: int, url: str, repetitions: int) -> list[float]:
    """Httpx and `json.loads`, as a careful user would write it."""
    import httpx

    def get(client: httpx.Client, target: str) -> Any:
        return json.loads(client.get(url + target, headers=HEADERS).raise_for_status().content)

    async def tasks() -> list[float]:
        async with httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=100)) as client:

            async def send(number: int) -> Any:
                return json.loads(
                    (await client.get(f"{url}{MODEL_PATH}-{number}", headers=HEADERS)).raise_for_status().content
                )

            if kind == "in flight":
                return await time_bulk_async(lambda count: gather_limited(send, count, size), REQUESTS, repetitions)
            return await time_bulk_async(lambda count: gather_limited(send, count, CONCURRENCY), size, repetitions)

    if kind in {"in flight", "in tasks"}:
        return asyncio.run(tasks())
    if kind == "second client over TLS":
        return time_calls(httpx.Client, repetitions)  # the target is relative to constructing an httpx client
    if kind == "decode":
        text = urlopen(url + list_path(size)).read()
        return time_calls(lambda: json.loads(text), repetitions)
    with httpx.Client() as client:
        if kind == "in threads":

            def bulk(count: int) -> None:
                with ThreadPoolExecutor(CONCURRENCY) as threads:
                    for _ in threads.map(lambda number: get(client, f"{MODEL_PATH}-{number}"), range(count)):
                        pass

            return time_bulk(bulk, size, repetitions)
        return time_calls(lambda: get(client, MODEL_PATH if kind == "retrieve" else list_path(size)), repetitions)


def ours(kind: str, size: int, url: str, repetitions: int) -> list[float]:
    """This package."""
    from mistral_models import Mistral, operations
    from mistral_models._json import parse

    def second_client() -> None:
        with Mistral("key", server_url=url) as other:
            other.models.retrieve(model_id=MODEL)

    async def tasks() -> list[float]:
        async with Mistral("key", server_url=url) as mistral:

            async def send(number: int) -> Any:
                return await mistral.models.retrieve_async(model_id=f"{MODEL}-{number}")

            async def bulk(count: int) -> None:
                async for _, outcome in mistral.send_all_async(
                    operations.retrieve(f"{MODEL}-{number}") for number in range(count)
                ):
                    assert outcome.status_code == 200

            if kind == "blocking":
                return await time_longest_block(lambda: mistral.models.list_async(model=str(size)))
            if kind == "in flight":
                return await time_bulk_async(lambda count: gather_limited(send, count, size), REQUESTS, repetitions)
            return await time_bulk_async(bulk, size, repetitions)

    if kind in {"blocking", "in flight", "in tasks"}:
        return asyncio.run(tasks())
    if kind == "second client over TLS":
        return time_calls(second_client, repetitions)
    if kind == "decode":
        text = urlopen(url + list_path(size)).read()
        decode = operations.list().decode
        return time_calls(lambda: decode(parse(text)), repetitions)
    # The longest list exceeds the default size limit of responses.
    with Mistral("key", server_url=url, max_response_bytes=2**29) as mistral:
        if kind == "in threads":

            def bulk(count: int) -> None:
                for _, outcome in mistral.send_all(operations.retrieve(f"{MODEL}-{number}") for number in range(count)):
                    assert outcome.status_code == 200

            return time_bulk(bulk, size, repetitions)
        if kind == "retrieve":
            return time_calls(lambda: mistral.models.retrieve(model_id=MODEL), repetitions)
        return time_calls(lambda: mistral.models.list(model=str(size)), repetitions)


def vendor(kind: str, size: int, url: str, repetitions: int) -> list[float]:
    """The vendor's SDK."""
    from mistralai.client import Mistral, models
    from mistralai.client.utils.serializers import unmarshal_json

    def second_client() -> None:
        with Mistral(api_key="key", server_url=url) as other:
            other.models.retrieve(model_id=MODEL)

    async def tasks() -> list[float]:
        async with Mistral(api_key="key", server_url=url) as mistral:

            async def send(number: int) -> Any:
                return await mistral.models.retrieve_async(model_id=f"{MODEL}-{number}")

            if kind == "blocking":
                return await time_longest_block(lambda: mistral.models.list_async(model=str(size)))
            return await time_bulk_async(lambda count: gather_limited(send, count, size), REQUESTS, repetitions)

    if kind in {"blocking", "in flight"}:
        return asyncio.run(tasks())
    if kind == "second client over TLS":
        return time_calls(second_client, repetitions)
    if kind == "decode":
        text = urlopen(url + list_path(size)).read()
        return time_calls(lambda: unmarshal_json(text, models.ModelList), repetitions)
    with Mistral(api_key="key", server_url=url) as mistral:
        if kind == "retrieve":
            return time_calls(lambda: mistral.models.retrieve(model_id=MODEL), repetitions)
        return time_calls(lambda: mistral.models.list(model=str(size)), repetitions)


CONTENDERS = {"baseline": baseline, "ours": ours, "vendor": vendor, "speed": ours}

if __name__ == "__main__":
    contender, kind, size, url, repetitions = sys.argv[1:]
    print(json.dumps(CONTENDERS[contender](kind, int(size), url, int(repetitions))))
