"""What is measured, in the process of one contender: `worker.py CONTENDER CASE NUMBER URL ROUNDS` prints seconds.

Runs in the environment of each contender, so it imports nothing of this project but what it measures. What is to be
decoded comes over the same URL.
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
ONE = f"/v1/models/{MODEL}"
HEADERS = {"authorization": "Bearer key", "accept": "application/json"}
REQUESTS = 500
"""How many are sent for the case "in flight", which names how many are sent at once."""
AT_ONCE = 8
"""How many are sent at once in bulk cases, which name how many there are."""
WARM = 100
"""How many are sent before the clock starts, in cases of many."""


def timed(call: Callable[[], object], rounds: int) -> list[float]:
    """Time some calls, after one that is not counted."""
    call()
    return [once(call) for _ in range(rounds)]


def once(call: Callable[[], object]) -> float:
    """Time one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def timed_many(call: Callable[[int], object], count: int, rounds: int) -> list[float]:
    """Time calls that do many things, after one that does a few."""
    call(WARM)
    return [once(lambda: call(count)) for _ in range(rounds)]


async def timed_tasks(call: Callable[[int], Awaitable[object]], count: int, rounds: int) -> list[float]:
    """The same in tasks."""
    await call(WARM)
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        await call(count)
        found.append(time.perf_counter() - start)
    return found


async def gathered(one: Callable[[int], Awaitable[object]], count: int, at_once: int) -> None:
    """Await many, so many at once, as one would by hand."""
    room = asyncio.Semaphore(at_once)

    async def within(number: int) -> None:
        async with room:
            await one(number)

    await asyncio.gather(*(within(number) for number in range(count)))


def listing(count: int) -> str:
    """Say where the server keeps a list of that many."""
    return f"/v1/models?model={count}"


def by_hand(what: str, count: int, url: str, rounds: int) -> list[float]:
    """Httpx and `json.loads`, as a careful user would write it."""
    import httpx

    def get(client: httpx.Client, target: str) -> Any:
        return json.loads(client.get(url + target, headers=HEADERS).raise_for_status().content)

    async def tasks() -> list[float]:
        async with httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=100)) as client:

            async def one(number: int) -> Any:
                return json.loads(
                    (await client.get(f"{url}{ONE}-{number}", headers=HEADERS)).raise_for_status().content
                )

            if what == "in flight":
                return await timed_tasks(lambda many: gathered(one, many, count), REQUESTS, rounds)
            return await timed_tasks(lambda many: gathered(one, many, AT_ONCE), count, rounds)

    if what in {"in flight", "in tasks"}:
        return asyncio.run(tasks())
    if what == "again over TLS":
        return timed(httpx.Client, rounds)  # the target is a part of what constructing a client costs
    if what == "decode":
        text = urlopen(url + listing(count)).read()
        return timed(lambda: json.loads(text), rounds)
    with httpx.Client() as client:
        if what == "in threads":

            def bulk(many: int) -> None:
                with ThreadPoolExecutor(AT_ONCE) as threads:
                    for _ in threads.map(lambda number: get(client, f"{ONE}-{number}"), range(many)):
                        pass

            return timed_many(bulk, count, rounds)
        return timed(lambda: get(client, ONE if what == "retrieve" else listing(count)), rounds)


def ours(what: str, count: int, url: str, rounds: int) -> list[float]:
    """This project."""
    from mistral_models import Mistral, operations
    from mistral_models._json import parse

    def again() -> None:
        with Mistral("key", server_url=url) as other:
            other.models.retrieve(model_id=MODEL)

    async def tasks() -> list[float]:
        async with Mistral("key", server_url=url) as mistral:

            async def one(number: int) -> Any:
                return await mistral.models.retrieve_async(model_id=f"{MODEL}-{number}")

            async def bulk(many: int) -> None:
                async for _, outcome in mistral.send_all_async(
                    operations.retrieve(f"{MODEL}-{number}") for number in range(many)
                ):
                    assert outcome.status_code == 200

            if what == "in flight":
                return await timed_tasks(lambda many: gathered(one, many, count), REQUESTS, rounds)
            return await timed_tasks(bulk, count, rounds)

    if what in {"in flight", "in tasks"}:
        return asyncio.run(tasks())
    if what == "again over TLS":
        return timed(again, rounds)
    if what == "decode":
        text = urlopen(url + listing(count)).read()
        decode = operations.list().decode
        return timed(lambda: decode(parse(text)), rounds)
    # The longest list is longer than an answer may be by default.
    with Mistral("key", server_url=url, max_response_bytes=2**27) as mistral:
        if what == "in threads":

            def bulk(many: int) -> None:
                for _, outcome in mistral.send_all(operations.retrieve(f"{MODEL}-{number}") for number in range(many)):
                    assert outcome.status_code == 200

            return timed_many(bulk, count, rounds)
        if what == "retrieve":
            return timed(lambda: mistral.models.retrieve(model_id=MODEL), rounds)
        return timed(lambda: mistral.models.list(model=str(count)), rounds)


def vendor(what: str, count: int, url: str, rounds: int) -> list[float]:
    """The vendor's SDK."""
    from mistralai.client import Mistral, models
    from mistralai.client.utils.serializers import unmarshal_json

    def again() -> None:
        with Mistral(api_key="key", server_url=url) as other:
            other.models.retrieve(model_id=MODEL)

    async def tasks() -> list[float]:
        async with Mistral(api_key="key", server_url=url) as mistral:

            async def one(number: int) -> Any:
                return await mistral.models.retrieve_async(model_id=f"{MODEL}-{number}")

            return await timed_tasks(lambda many: gathered(one, many, count), REQUESTS, rounds)

    if what == "in flight":
        return asyncio.run(tasks())
    if what == "again over TLS":
        return timed(again, rounds)
    if what == "decode":
        text = urlopen(url + listing(count)).read()
        return timed(lambda: unmarshal_json(text, models.ModelList), rounds)
    with Mistral(api_key="key", server_url=url) as mistral:
        if what == "retrieve":
            return timed(lambda: mistral.models.retrieve(model_id=MODEL), rounds)
        return timed(lambda: mistral.models.list(model=str(count)), rounds)


CONTENDERS = {"httpx": by_hand, "ours": ours, "vendor": vendor, "speed": ours}

if __name__ == "__main__":
    contender, case, number, address, repeated = sys.argv[1:]
    print(json.dumps(CONTENDERS[contender](case, int(number), address, int(repeated))))
