"""What is measured, in the process of one contender: `worker.py CONTENDER CASE URL ROUNDS` prints seconds as JSON.

Runs in the environment of each contender, so it imports nothing of this project but what it measures.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

MODEL = "ft:open-mistral-7b:587a6b29:20240514:7e773925"
HEADERS = {"authorization": "Bearer key", "accept": "application/json"}
MANY = 2000


def timed(call: Callable[[], object], rounds: int) -> list[float]:
    """Time some calls, after one that is not counted."""
    call()
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return found


def by_hand(case: str, url: str, rounds: int) -> list[float]:
    """Httpx and `json.loads`, as a careful user would write it."""
    import httpx

    def get(client: httpx.Client, target: str) -> Any:
        return json.loads(client.get(url + target, headers=HEADERS).raise_for_status().content)

    if case == "construct":
        return timed(httpx.Client, rounds)
    if case == "again over TLS":
        return timed(httpx.Client, rounds)  # the target is a part of what constructing a client costs
    with httpx.Client() as client:
        if case == "bulk in threads":

            def bulk() -> None:
                with ThreadPoolExecutor(8) as threads:
                    for _ in threads.map(lambda _: get(client, f"/v1/models/{MODEL}"), range(MANY)):
                        pass

            return timed(bulk, rounds)
        if case in ASYNC:
            return asyncio.run(by_hand_async(case, url, rounds))
        return timed(lambda: get(client, TARGETS[case]), rounds)


async def by_hand_async(case: str, url: str, rounds: int) -> list[float]:
    """The same in tasks."""
    import httpx

    async with httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=100)) as client:

        async def one(_: int) -> Any:
            response = await client.get(f"{url}/v1/models/{MODEL}", headers=HEADERS)
            return json.loads(response.raise_for_status().content)

        return await rounds_of(case, one, rounds)


async def rounds_of(case: str, one: Callable[[int], Any], rounds: int) -> list[float]:
    """Time rounds of 500 requests with 50 in flight, or of many with 8."""
    count, most = (500, 50) if case == "50 in flight" else (MANY, 8)
    found = []
    for _ in range(rounds + 1):
        room = asyncio.Semaphore(most)

        async def within(number: int, room: asyncio.Semaphore = room) -> None:
            async with room:
                await one(number)

        start = time.perf_counter()
        await asyncio.gather(*(within(number) for number in range(count)))
        found.append(time.perf_counter() - start)
    return found[1:]


def ours(case: str, url: str, rounds: int) -> list[float]:
    """This project."""
    from mistral_models import Mistral, operations

    if case == "construct":
        return timed(lambda: Mistral("key"), rounds)
    if case == "again over TLS":

        def again() -> None:
            with Mistral("key", server_url=url) as other:
                other.models.retrieve(model_id=MODEL)

        return timed(again, rounds)
    with Mistral("key", server_url=url) as mistral:
        if case == "bulk in threads":
            return timed(lambda: drained(mistral.send_all(many(operations))), rounds)
        if case in ASYNC:
            return asyncio.run(ours_async(case, url, rounds))
        if case == "retrieve":
            return timed(lambda: mistral.models.retrieve(model_id=MODEL), rounds)
        size = TARGETS[case].rpartition("=")[2] if "=" in TARGETS[case] else None
        return timed(lambda: mistral.models.list(model=size), rounds)


def many(operations: Any) -> Iterator[Any]:
    """Make the operations of a bulk case."""
    return (operations.retrieve(MODEL) for _ in range(MANY))


def drained(outcomes: Any) -> None:
    """Take all, and make sure of them."""
    assert sum(outcome.status_code == 200 for _, outcome in outcomes) == MANY


async def ours_async(case: str, url: str, rounds: int) -> list[float]:
    """This project, in tasks."""
    from mistral_models import Mistral, operations

    async with Mistral("key", server_url=url) as mistral:
        if case == "50 in flight":
            return await rounds_of(case, lambda _: mistral.models.retrieve_async(model_id=MODEL), rounds)
        found = []
        for _ in range(rounds + 1):
            start = time.perf_counter()
            async for _operation, outcome in mistral.send_all_async(many(operations)):
                assert outcome.status_code == 200
            found.append(time.perf_counter() - start)
        return found[1:]


def vendor(case: str, url: str, rounds: int) -> list[float]:
    """The vendor's SDK."""
    from mistralai.client import Mistral

    if case == "construct":
        return timed(lambda: Mistral(api_key="key"), rounds)
    if case == "again over TLS":

        def again() -> None:
            with Mistral(api_key="key", server_url=url) as other:
                other.models.retrieve(model_id=MODEL)

        return timed(again, rounds)
    if case in ASYNC:

        async def main() -> list[float]:
            async with Mistral(api_key="key", server_url=url) as mistral:
                return await rounds_of(case, lambda _: mistral.models.retrieve_async(model_id=MODEL), rounds)

        return asyncio.run(main())
    with Mistral(api_key="key", server_url=url) as mistral:
        if case == "retrieve":
            return timed(lambda: mistral.models.retrieve(model_id=MODEL), rounds)
        size = TARGETS[case].rpartition("=")[2] if "=" in TARGETS[case] else None
        return timed(lambda: mistral.models.list(model=size), rounds)


ASYNC = {"50 in flight", "bulk in tasks"}
TARGETS = {
    "retrieve": f"/v1/models/{MODEL}",
    "list of 80": "/v1/models",
    **{f"list of {size}": f"/v1/models?model={size}" for size in (10, 100, 1000, 10_000, 100_000)},
}
CONTENDERS = {"httpx": by_hand, "ours": ours, "vendor": vendor}

if __name__ == "__main__":
    contender, chosen, address, count = sys.argv[1:]
    print(json.dumps(CONTENDERS[contender](chosen, address, int(count))))
