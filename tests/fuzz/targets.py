"""Fuzzing targets: functions of bytes that raise an exception if a property does not hold.

`run.py` fuzzes them with Atheris; the tests run them with the inputs in `corpus`.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import httpcore
import httpx
from mistral_models import Mistral, _httpx_internals, _sync_network, errors
from mistral_models._transport import open_client
from mistral_models.testing import FakeClock

from .properties import OPERATIONS, check_decoding, check_outcome

CORPUS = Path(__file__).parent / "corpus"
NOW = 1_800_000_000.0


def decoding(data: bytes) -> None:
    """Decode the name of an operation, a line break, and JSON."""
    name, _, text = data.partition(b"\n")
    operation = OPERATIONS.get(name.decode("latin-1"))
    if operation is None:
        return
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return
    check_decoding(operation, payload)


def retry_after(data: bytes) -> None:
    """Respond with the values of `Retry-After` and `retry-after-ms`, separated by a line break."""
    value, _, milliseconds = data.partition(b"\n")
    headers = [(b"retry-after", value), (b"retry-after-ms", milliseconds)]

    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers=headers)

    with httpx.Client(transport=httpx.MockTransport(respond)) as client:
        error = check_outcome(_mistral(client), OPERATIONS["list"])
    assert isinstance(error, errors.RateLimitError)


def response(data: bytes) -> None:
    """Respond to an operation with a status, headers and a body, none of which need be valid.

    The input is the name of the operation and the status, a line for each header, an empty line, and the body.
    """
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


def connection(data: bytes) -> None:
    """Receive raw bytes from the connection; the input is the name of an operation, a line break, and the bytes."""
    name, _, raw = data.partition(b"\n")
    operation = OPERATIONS.get(name.decode("latin-1"))
    if operation is None:
        return
    # The client that `Mistral` opens cannot be given a network backend in a public way.
    with open_client("http://localhost") as client:
        backend = httpcore.MockBackend([raw] if raw else [])
        connections = _sync_network.SyncConnections()
        _httpx_internals.wrap_network_backends(client, lambda _: _sync_network.SyncBackend(backend, connections))
        check_outcome(_mistral(client), operation)


def _mistral(client: httpx.Client) -> Mistral:
    return Mistral(
        "key", "eu", server_url="http://localhost", client=client, retry_config=1, clock=FakeClock(NOW), timeout_ms=9000
    )


TARGETS: Mapping[str, Callable[[bytes], None]] = MappingProxyType(
    {function.__name__: function for function in (decoding, retry_after, response, connection)}
)
