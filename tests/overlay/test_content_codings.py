"""Content codings of a response body, and their size limit."""

import gzip
import time
import zlib

import pytest
from mistral_models import errors

from .calls import DELETED, streamed

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
    """Several members and codings as in RFC 1952 and RFC 9110, and names that mean no coding."""
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


def test_many_gzip_members_take_linear_time(api):
    """A body of 30 MB in the smallest members is rejected at once."""
    body = compress(b"") * 1_500_000
    started = time.monotonic()
    with pytest.raises(errors.ResponseValidationError, match="gzip members"):
        api.call(api.client([streamed(body, content_encoding="gzip")]), "delete", model_id="m")
    assert time.monotonic() - started < 5
