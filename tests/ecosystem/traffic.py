"""Calls of every kind, some of which fail, for tools that observe them. The service is a fake on loopback."""

import asyncio
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from mistral_models import Mistral, errors, operations
from mistral_models.testing import FakeMistral, connection_refused, disconnect, invalid_body, status

KEY: Final = "sk-0123456789abcdef"
AUTHORIZATION: Final = f"Bearer {KEY}"
ATTEMPTS: Final = {
    "sync": [503, None, 200],
    "async": [503, None, 200],
    "send_all": [200, 200, 200, 503],
    "send_all_async": [200, 200, 200, 503],
}
"""The statuses of the attempts under each of the caller's spans; None for no response."""

# The lines above must stay away from the calls: Sentry shows five lines of source code around each frame.


def send_all_kinds(span: Callable[[str], AbstractContextManager[Any]], report: Callable[[Exception], None]) -> None:
    """Send calls that succeed after retries under a span each, then calls that fail.

    Args:
        span: Opens a span of the caller with this name.
        report: Reports an exception while it is handled.
    """
    fake = FakeMistral(api_key=KEY)
    os.environ["MISTRAL_API_KEY"] = KEY
    with fake.serve() as url:
        _succeed(fake, url, span)
        _fail(fake, url, report)


def _succeed(fake: FakeMistral, url: str, span: Callable[[str], AbstractContextManager[Any]]) -> None:
    listing = [operations.retrieve("mistral-small-latest")] * 3
    at_once = {"retry-after-ms": "1"}
    mistral = Mistral(server_url=url)

    async def main() -> None:
        async with mistral:
            with span("async"):
                await mistral.models.list_async()
            fake.inject(status(503, headers=at_once))
            with span("send_all_async"):
                assert len([result async for result in mistral.send_all_async(listing)]) == 3

    with mistral:
        for fault in (status(503, headers=at_once), disconnect("before")):
            fake.inject(fault)
        with span("sync"):
            mistral.models.list()
        fake.inject(status(503, headers=at_once))
        with span("send_all"):
            assert len(list(mistral.send_all(listing))) == 3
        for fault in (status(503, headers=at_once), disconnect("before")):
            fake.inject(fault)
        asyncio.run(main())


def _fail(fake: FakeMistral, url: str, report: Callable[[Exception], None]) -> None:
    faults = [
        status(401, {"detail": f"{KEY} is not a key"}),
        status(500),
        connection_refused(),
        disconnect("in body"),
        invalid_body(),
    ]
    clients = [
        Mistral(server_url=url, retry_config=0),
        Mistral(api_key=KEY, server_url=url, retry_config=0),
        Mistral(server_url=url, retry_config=0, http_headers={"Authorization": AUTHORIZATION}),
    ]
    for mistral in clients:
        for fault in faults:
            fake.inject(fault, times=2)
            _fail_both_ways(mistral, report)
        mistral.close()


def _fail_both_ways(mistral: Mistral, report: Callable[[Exception], None]) -> None:
    async def call() -> None:
        async with mistral:
            await mistral.models.list_async()

    for function in (mistral.models.list, lambda: asyncio.run(call())):
        try:
            function()
        except errors.MistralError as error:
            report(error)
