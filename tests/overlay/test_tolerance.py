"""Irregular successful responses: those that are accepted, and those that are errors."""

import gzip
import json
import zlib

import httpx
import pytest
from mistral_models import Mistral, errors, models
from mistral_models.testing import FakeClock

from .calls import raw_server, reply, streamed

CARD = {"id": "m", "type": "base", "capabilities": {}}
TEXT = json.dumps({"data": [CARD, None, {"type": "router"}, {"id": 3, "type": "base"}]}).encode()


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)  # names of tests must not change with the time


pytestmark = pytest.mark.usefixtures("no_collection")


def call_list(api, response: httpx.Response, **options) -> models.ModelList:
    return api.call(api.client([response], **options), "list")


def test_a_list_keeps_every_entry(api):
    """Invalid entries and models of unknown types are `UnknownModelCard` objects."""
    assert [type(card).__name__ for card in call_list(api, reply(200, TEXT)).data] == [
        "BaseModelCard", "UnknownModelCard", "UnknownModelCard", "UnknownModelCard",
    ]  # fmt: skip


@pytest.mark.parametrize("status", [200, 201, 203, 299])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "image/png", None])
def test_json_is_decoded_with_any_content_type_and_success_status(api, status, content_type):
    """A byte-order mark before it is ignored, as RFC 8259, 8.1 allows."""
    headers = {} if content_type is None else {"content_type": content_type}
    for mark in (b"", b"\xef\xbb\xbf"):
        assert len(call_list(api, reply(status, mark + TEXT, **headers)).data) == 4


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "list: the body is empty (200 OK"),
        (b" \n", "list: the body is empty"),
        (b"<html>", "list: the body is not JSON (no content type): Expecting value"),
        (b'{"data": [', "list: the body is not JSON"),
        (b"\xff\xfe", "list: the body is not JSON"),
        (b"[" * 100_000, "list: the body is not JSON (no content type): nested too deep"),
        (b'{"data": ' + b"9" * 5000 + b"}", "list: the body is not JSON"),
        (b"[]", "list: expected object, got []"),
        (b'"text"', 'list: expected object, got "text"'),
        (b"null", "list: expected object, got null"),
        (b"{}", "list: data: expected array, got nothing"),
        (b'{"data": 3}', "list: data: expected array, got 3"),
    ],
)
def test_a_success_that_is_not_a_list_is_a_validation_error_with_the_reason(api, body, problem):
    """The error also has the response."""
    with pytest.raises(errors.ResponseValidationError) as caught:
        call_list(api, reply(200, body))
    assert str(caught.value).startswith(problem)
    assert caught.value.status_code == 200
    assert caught.value.raw_response.content == body


def test_a_success_without_content_is_a_validation_error(api):
    """A response with the status 204 has no body to decode."""
    with pytest.raises(errors.ResponseValidationError, match="delete: the body is empty"):
        api.call(api.client([reply(204)]), "delete", model_id="m")


@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
        ("identity", bytes),
    ],
)
def test_compressed_responses_are_decompressed(api, coding, compress):
    """These are the codings that requests accept (RFC 9110, 8.4.1), and deflate without the zlib header."""
    assert len(call_list(api, streamed(compress(TEXT), content_encoding=coding)).data) == 4


@pytest.mark.parametrize(
    ("body", "coding", "problem"),
    [
        (gzipped(TEXT)[:-20], "gzip", "truncated gzip"),
        (b"no gzip at all", "gzip", "not valid gzip"),
        (TEXT, "br", "unsupported content coding 'br'"),
        (gzipped(b" " * 10_000), "gzip", "longer than the limit of 5000 bytes"),
        (b" " * 10_000, "identity", "longer than the limit of 5000 bytes"),
    ],
)
def test_a_body_that_cannot_be_read_completely_is_an_error_with_the_reason(api, body, coding, problem):
    """A part of a body is never decoded, and no more than the limit is kept in memory."""
    with pytest.raises(errors.ResponseValidationError, match=problem):
        call_list(api, streamed(body, content_encoding=coding), max_response_bytes=5000)


def test_the_default_size_limit_is_32_mebibytes(api):
    """The limit applies to the decompressed body."""
    bomb = gzip.compress(b" " * (32 * 1024 * 1024 + 1))
    with pytest.raises(errors.ResponseValidationError, match="limit of 33554432 bytes"):
        call_list(api, streamed(bomb, content_encoding="gzip"))
    padded = b" " * (32 * 1024 * 1024 - len(TEXT)) + TEXT
    assert len(call_list(api, streamed(gzip.compress(padded), content_encoding="gzip")).data) == 4


def test_a_truncated_body_is_a_connection_error(api):
    """The connection closes before the announced length has arrived."""
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n"
    with raw_server(head + b'{"data"') as (url, _):
        mistral = Mistral("key", server_url=url, clock=FakeClock(), retry_config=0)
        with pytest.raises(errors.APIConnectionError, match="RemoteProtocolError"):
            api.call_all(mistral, ("list", {}))


def test_a_response_that_an_event_hook_has_read_is_decoded(api):
    """Hooks of the caller's HTTP client may log bodies."""
    seen: list[bytes] = []

    def read(response: httpx.Response) -> None:
        seen.append(response.read())

    async def read_async(response: httpx.Response) -> None:
        seen.append(await response.aread())

    given = api.http_client(
        transport=api.transport(lambda _: streamed(gzip.compress(TEXT), content_encoding="gzip")),
        event_hooks={"response": [read if api.is_sync else read_async]},
    )
    assert len(api.call(Mistral("key", **given), "list").data) == 4
    assert seen == [TEXT]


def test_a_response_that_is_not_read_completely_is_closed(api):
    """Otherwise its connection would stay open without being usable."""
    closed = []

    class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            yield b" " * 100

        async def __aiter__(self):
            yield b" " * 100

        def close(self):
            closed.append("sync")

        async def aclose(self):
            closed.append("async")

    with pytest.raises(errors.ResponseValidationError, match="longer than the limit"):
        call_list(api, httpx.Response(200, stream=Stream()), max_response_bytes=10)
    assert closed == ["sync" if api.is_sync else "async"]
