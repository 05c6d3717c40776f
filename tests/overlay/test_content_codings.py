"""Content codings of a response body, and their size limit."""

import gzip
import time
import tracemalloc
import zlib

import httpx
import pytest
from mistral_models import errors, operations

from .calls import DELETED, streamed

pytestmark = pytest.mark.httpx2

BODY = b'{"id": "m", "object": "model", "deleted": true}'


def compress(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)  # names of tests must not change with the time


GZIP = compress(BODY)
TOO_LONG = "longer than the limit of 1000000 bytes"
DEFLATE = zlib.compress(BODY, wbits=-15)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", compress(BODY[:20]) + compress(BODY[20:])),
        ("gzip", b"".join(compress(BODY[start : start + 1]) for start in range(len(BODY)))),
        ("gzip", GZIP + bytes(100)),
        ("UTF-8", BODY),
        ("none", BODY),
        ("binary", BODY),
        ("gzip, identity", GZIP),
        ("identity,,gzip", GZIP),
        ("gzip, gzip", compress(GZIP)),
        ("deflate, gzip", compress(DEFLATE)),
        ("GZIP , Deflate", zlib.compress(GZIP)),
        ("deflate", DEFLATE),
        ("deflate", GZIP),
        ("gzip", zlib.compress(BODY)),
    ],
)
def test_a_body_is_decoded(api, coding, body):
    """It may have several gzip members (RFC 1952) and codings (RFC 9110), and names that mean no coding."""
    result = api.call(api.client([streamed(body, content_encoding=coding)]), "delete", model_id="m")
    assert result.to_dict() == DELETED


@pytest.mark.parametrize(
    ("coding", "body", "problem"),
    [
        ("br", BODY, "unsupported content coding 'br'"),
        ("gzip, br", BODY, "unsupported content coding 'br'"),
        ("gzip, gzip, gzip, gzip", GZIP, "4 content codings; at most 3"),
        ("gzip", GZIP[:-3], "the body is truncated gzip"),
        ("gzip", GZIP + GZIP[:-3], "the body is truncated gzip"),
        ("deflate, gzip", GZIP, "the body is not valid deflate"),
        ("gzip", compress(b"") * 11_000, "more than 10000 gzip members"),
        ("gzip", compress(bytes(1_000_001)), TOO_LONG),
        ("gzip", compress(bytes(600_000)) * 2, TOO_LONG),
        ("gzip, gzip", compress(compress(bytes(1_000_001))), TOO_LONG),
        ("deflate, gzip", compress(zlib.compress(bytes(1_000_001), level=0)), TOO_LONG),
    ],
)
def test_what_cannot_be_decoded_is_reported(api, coding, body, problem):
    """The error says what is wrong; the size limit holds for every layer."""
    mistral = api.client([streamed(body, content_encoding=coding)], max_response_bytes=1_000_000)
    with pytest.raises(errors.ResponseValidationError, match=problem):
        api.call(mistral, "delete", model_id="m")


def test_a_body_that_is_still_compressed_is_not_shown(api):
    """If one of several codings cannot be undone, the error has no body."""
    mistral = api.client([streamed(compress(zlib.compress(b"{}"))[:-3], content_encoding="deflate, gzip")])
    with pytest.raises(errors.ResponseValidationError, match="the body is truncated gzip") as caught:
        api.call(mistral, "delete", model_id="m")
    assert caught.value.body == ""


@pytest.mark.parametrize("coding", ["gzip", "deflate", "bare deflate"])
def test_a_decompression_bomb_uses_little_memory(api, coding):
    """128 MiB of zeros are not decompressed beyond the limit of 1 MiB, with and without the header of zlib."""
    compressor = zlib.compressobj(9, wbits={"gzip": 31, "deflate": 15, "bare deflate": -15}[coding])
    bomb = b"".join([*(compressor.compress(bytes(1 << 20)) for _ in range(128)), compressor.flush()])
    mistral = api.client([streamed(bomb, content_encoding=coding.split()[-1])] * 2, max_response_bytes=1 << 20)
    tracemalloc.start()
    with pytest.raises(errors.ResponseValidationError, match="longer than the limit of 1048576 bytes"):
        api.call(mistral, "delete", model_id="m")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 << 20


@pytest.mark.parametrize("name", ["Content-Encoding", "CONTENT-ENCODING", "content-encoding"])
def test_the_raw_response_has_the_decompressed_body(api, name):
    """Headers that describe how the body was transferred are left out, whatever their case."""
    response = httpx.Response(200, headers=[(name, "gzip"), ("X-Kept", "1")], stream=httpx.ByteStream(GZIP))
    raw = api.send(api.client([response]), operations.delete("m")).raw_response
    assert raw.content == BODY
    assert raw.headers["x-kept"] == "1"
    assert "content-encoding" not in raw.headers


def test_many_gzip_members_take_linear_time(api):
    """A body of 30 MB in the smallest members is rejected at once."""
    body = compress(b"") * 1_500_000
    started = time.monotonic()
    with pytest.raises(errors.ResponseValidationError, match="gzip members"):
        api.call(api.client([streamed(body, content_encoding="gzip")]), "delete", model_id="m")
    assert time.monotonic() - started < 5
