"""Targets for a fuzzer: functions of bytes that raise when something does not hold.

`run.py` fuzzes them with Atheris; the tests run them over the corpus that is kept here.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import httpcore
import httpx
from mistral_models import Mistral, _httpx_internals, _network
from mistral_models._response import retry_after
from mistral_models._transport import open_client
from mistral_models.testing import FakeClock

from .properties import OPERATIONS, check_decoding, check_outcome

CORPUS = Path(__file__).parent / "corpus"
NOW = 1_800_000_000.0


def decoding(data: bytes) -> None:
    """The name of an operation, a line break, and JSON."""
    name, _, text = data.partition(b"\n")
    operation = OPERATIONS.get(name.decode("latin-1"))
    if operation is None:
        return
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return
    check_decoding(operation, payload)


def retry(data: bytes) -> None:
    """`Retry-After`, a line break, and `retry-after-ms`."""
    value, _, milliseconds = data.decode("latin-1").partition("\n")
    wait = retry_after({"retry-after": value, "retry-after-ms": milliseconds}, NOW)
    assert wait is None or 0 < wait < float("inf")


def answer(data: bytes) -> None:
    """The name of an operation, a status, headers, an empty line, and a body; none of it need make sense."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    name, _, status = first.decode("latin-1").partition(" ")
    if name not in OPERATIONS or not (
        status.isascii() and status.isdigit() and len(status) == 3 and int(status) >= 200
    ):
        return
    headers = [(key.strip(), value.strip()) for key, colon, value in (line.partition(b":") for line in lines) if colon]

    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(int(status), headers=headers, stream=httpx.ByteStream(body))

    with httpx.Client(transport=httpx.MockTransport(respond)) as client:
        check_outcome(_mistral(client), OPERATIONS[name])


def wire(data: bytes) -> None:
    """The name of an operation, a line break, and the bytes that the connection brings."""
    name, _, raw = data.partition(b"\n")
    operation = OPERATIONS.get(name.decode("latin-1"))
    if operation is None:
        return
    with open_client("http://localhost") as client:  # our own client in all but its sockets
        backend = httpcore.MockBackend([raw] if raw else [])
        _httpx_internals.wrap_network_backends(client, lambda _: _network.DeadlineBackend(backend))
        check_outcome(_mistral(client), operation)


def _mistral(client: httpx.Client) -> Mistral:
    return Mistral(
        "key", "eu", server_url="http://localhost", client=client, retry_config=1, clock=FakeClock(NOW), timeout_ms=9000
    )


TARGETS: Mapping[str, Callable[[bytes], None]] = MappingProxyType(
    {function.__name__: function for function in (decoding, retry, answer, wire)}
)
