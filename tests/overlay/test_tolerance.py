"""What may be odd about a success without costing the caller anything, and what may not."""

import gzip
import json
import zlib

import httpx
import pytest
from mistral_models import errors, models

from .ways import reply, streamed, wire

CARD = {"id": "m", "type": "base", "capabilities": {}}
TEXT = json.dumps({"data": [CARD, None, {"type": "router"}, {"id": 3, "type": "base"}]}).encode()


def zipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)  # names of tests must not change with the time


pytestmark = pytest.mark.usefixtures("no_collection")


def listed(way, answer: httpx.Response, **options) -> models.ModelList:
    return way.call(way.client([answer], **options), "list")


def test_a_list_of_n_entries_yields_n(way):
    """Whatever one of them looks like."""
    assert [type(card).__name__ for card in listed(way, reply(200, TEXT)).data] == [
        "BaseModelCard", "UnknownModelCard", "UnknownModelCard", "UnknownModelCard",
    ]  # fmt: skip


@pytest.mark.parametrize("status", [200, 201, 203, 299])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "image/png", None])
def test_json_is_json_whatever_its_content_type_or_status(way, status, content_type):
    """Also with a byte-order mark (RFC 8259, 8.1, lets parsers ignore it)."""
    headers = {} if content_type is None else {"content_type": content_type}
    for mark in (b"", b"\xef\xbb\xbf"):
        assert len(listed(way, reply(status, mark + TEXT, **headers)).data) == 4


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
def test_a_success_that_is_no_list_says_what_it_is(way, body, problem):
    """Never a KeyError; the answer is at hand."""
    with pytest.raises(errors.ResponseValidationError) as caught:
        listed(way, reply(200, body))
    assert str(caught.value).startswith(problem)
    assert caught.value.status_code == 200
    assert caught.value.raw_response.content == body


def test_a_success_without_content_is_no_result(way):
    """204 says that there is none."""
    with pytest.raises(errors.ResponseValidationError, match="delete: the body is empty"):
        way.call(way.client([reply(204)]), "delete", model_id="m")


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
def test_compressed_answers_are_read(way, coding, compress):
    """The codings that we ask for (RFC 9110, 8.4.1), bare deflate included."""
    assert len(listed(way, streamed(compress(TEXT), content_encoding=coding)).data) == 4


@pytest.mark.parametrize(
    ("body", "coding", "problem"),
    [
        (zipped(TEXT)[:-20], "gzip", "truncated gzip"),
        (b"no gzip at all", "gzip", "not valid gzip"),
        (TEXT, "br", "unsupported content coding 'br'"),
        (zipped(b" " * 10_000), "gzip", "longer than the limit of 5000 bytes"),
        (b" " * 10_000, "identity", "longer than the limit of 5000 bytes"),
    ],
)
def test_what_cannot_be_read_whole_says_why(way, body, coding, problem):
    """Nothing is decoded from a part, and nothing longer than the limit is held."""
    with pytest.raises(errors.ResponseValidationError, match=problem):
        listed(way, streamed(body, content_encoding=coding), max_response_bytes=5000)


def test_by_default_an_answer_may_have_32_mebibytes(way):
    """Enough for a hundred thousand models, and no more."""
    bomb = gzip.compress(b" " * (32 * 1024 * 1024 + 1))
    with pytest.raises(errors.ResponseValidationError, match="limit of 33554432 bytes"):
        listed(way, streamed(bomb, content_encoding="gzip"))
    padded = b" " * (32 * 1024 * 1024 - len(TEXT)) + TEXT
    assert len(listed(way, streamed(gzip.compress(padded), content_encoding="gzip")).data) == 4


def test_a_body_cut_short_is_a_connection_error(way):
    """It is retried like one."""
    from mistral_models import Mistral
    from mistral_models.testing import FakeClock

    head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n"
    with wire(head + b'{"data"') as (url, _):
        mistral = Mistral("key", server_url=url, clock=FakeClock(), retry_config=0)
        with pytest.raises(errors.APIConnectionError, match="RemoteProtocolError"):
            way.closing(mistral, ("list", {}))


def test_an_answer_that_a_hook_of_the_given_client_has_read_is_read(way):
    """The caller's client may log bodies."""
    from mistral_models import Mistral

    seen: list[bytes] = []

    def read(response: httpx.Response) -> None:
        seen.append(response.read())

    async def read_async(response: httpx.Response) -> None:
        seen.append(await response.aread())

    transport = httpx.MockTransport(lambda _: streamed(gzip.compress(TEXT), content_encoding="gzip"))
    if way.plain:
        mistral = Mistral("key", client=httpx.Client(transport=transport, event_hooks={"response": [read]}))
    else:
        client = httpx.AsyncClient(transport=transport, event_hooks={"response": [read_async]})
        mistral = Mistral("key", async_client=client)
    assert len(way.call(mistral, "list").data) == 4
    assert seen == [TEXT]


def test_an_answer_that_is_not_read_to_its_end_is_closed(way):
    """Its connection would stay open, and be of no use to anybody."""
    closed = []

    class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            yield b" " * 100

        async def __aiter__(self):
            yield b" " * 100

        def close(self):
            closed.append("plain")

        async def aclose(self):
            closed.append("async")

    with pytest.raises(errors.ResponseValidationError, match="longer than the limit"):
        listed(way, httpx.Response(200, stream=Stream()), max_response_bytes=10)
    assert closed == ["plain" if way.plain else "async"]
