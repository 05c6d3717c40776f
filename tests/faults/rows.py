"""The matrix: every fault as data. `script.py` explains the fields."""

import gzip
from http import HTTPStatus
from typing import Any

import httpx

from .bodies import (
    BODIES,
    BROTLI,
    DEFLATE,
    GOOD,
    GZIP,
    MIB,
    ONE_GIB,
    ONE_GIB_BROTLI,
    TEN_GIB,
    TEN_GIB_TWICE,
    TEN_GIB_ZLIB,
    TEN_GIB_ZSTD,
    ZLIB,
    ZSTD,
    chunked,
    head,
    response,
    response_with,
)
from .script import (
    CLOSE,
    HANG,
    READ_REQUEST,
    RECEIVE,
    RESET,
    RESULT,
    Hook,
    Reaction,
    Repeat,
    Row,
    Send,
    StartTLS,
    Step,
    Trickle,
)

CONNECTION_ERROR = "APIConnectionError"
TIMEOUT = "APITimeoutError"
INVALID = "ResponseValidationError"
SHORT = 200
"""The timeout, in milliseconds, of calls that would not end by themselves."""

BY_STATUS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "HTTPValidationError",
    429: "RateLimitError",
}
RETRIED = {408, 429, 500, 502, 503, 504}
# Not registered: nginx, Cloudflare, IIS, load balancers and proxies send some of them.
UNREGISTERED = {419, 420, 430, 440, 444, 449, 450, 460, 463, 494, 495, 496, 497, 498, 499,
                509, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530, 561, 598, 599}  # fmt: skip
STATUSES = sorted({status.value for status in HTTPStatus if status >= 400} | UNREGISTERED)


def error_name(status: int) -> str:
    """Return the name of the exception class for a status."""
    return BY_STATUS.get(status, "InternalServerError" if status >= 500 else "SDKError")


def past_tense(step: Step) -> str:
    """Return the word for the end of a connection that is used in the names of rows."""
    return "reset" if step == RESET else "closed"


ENDINGS = (CLOSE, RESET)
HEAD = head(200, "content-type: application/json", f"content-length: {len(GOOD)}")
CHUNKS = head(200, "content-type: application/json", "transfer-encoding: chunked")
HTTPS = "https://localhost:{port}"

CONNECTING = [
    Row(
        "connecting",
        "a host name that does not resolve",
        (),
        CONNECTION_ERROR,
        True,
        url="https://models.invalid",
        reaches_server=False,
        may_time_out=True,
    ),
    Row(
        "connecting",
        "a host name with a label that is too long",
        (),
        CONNECTION_ERROR,
        url=f"https://{'a' * 64}.invalid",
        reaches_server=False,
        own_only=True,  # asyncio reports such a name as one that was not found
    ),
    Row(
        "connecting",
        "a host name with an empty label",
        (),
        CONNECTION_ERROR,
        url="https://a..invalid",
        reaches_server=False,
        own_only=True,  # asyncio reports such a name as one that was not found
    ),
    Row(
        "connecting",
        "connection refused",
        (),
        CONNECTION_ERROR,
        True,
        url="http://127.0.0.1:{closed_port}",
        reaches_server=False,
    ),
    Row(
        "connecting",
        "connection refused, IPv6",
        (),
        CONNECTION_ERROR,
        True,
        url="http://[::1]:{closed_port}",
        reaches_server=False,
    ),
    Row(
        "connecting",
        "connection refused, https",
        (),
        CONNECTION_ERROR,
        True,
        url="https://localhost:{closed_port}",
        reaches_server=False,
    ),
    *(
        Row(
            "connecting",
            f"{past_tense(step)} after it was accepted",
            ((step,),),
            CONNECTION_ERROR,
            True,
            on_connect=True,
            reaches_server=False,
        )
        for step in ENDINGS
    ),
    *(
        Row(
            "connecting",
            f"{past_tense(step)} after some bytes were received",
            ((RECEIVE, step),),
            CONNECTION_ERROR,
            True,
            on_connect=True,
            reaches_server=False,
        )
        for step in ENDINGS
    ),
    Row(
        "connecting",
        "accepted, then silence",
        ((RECEIVE, HANG),),
        TIMEOUT,
        on_connect=True,
        reaches_server=False,
        timeout_ms=SHORT,
    ),
    Row(
        "connecting",
        "a response before the request",
        ((response(200, GOOD), RECEIVE, CLOSE),),
        RESULT,
        on_connect=True,
        reaches_server=False,
    ),
]

TLS = [
    *(
        Row("TLS", f"a certificate {defect}", (), CONNECTION_ERROR, certificate=defect, url=HTTPS, reaches_server=False)
        for defect in ("of another host", "of an unknown authority", "not yet valid")
    ),
    Row("TLS", "an expired certificate", (), CONNECTION_ERROR, certificate="expired", url=HTTPS, reaches_server=False),
    Row("TLS", "a self-signed certificate", (), CONNECTION_ERROR, certificate="self-signed", url=HTTPS, reaches_server=False),
    *(
        Row("TLS", f"handshake: {past_tense(step)}", ((RECEIVE, step),), CONNECTION_ERROR, True, on_connect=True, url=HTTPS, reaches_server=False)
        for step in ENDINGS
    ),
    *(
        Row("TLS", f"handshake: {past_tense(step)} within a record", ((RECEIVE, Send(b"\x16\x03\x03\x00\x7a\x02"), step),),
            CONNECTION_ERROR, True, on_connect=True, url=HTTPS, reaches_server=False)
        for step in ENDINGS
    ),
    Row("TLS", "handshake: garbage", ((RECEIVE, Send(b"\x00garbage\r\n" * 9), CLOSE),), CONNECTION_ERROR, True, on_connect=True,
        url=HTTPS, reaches_server=False),
    Row("TLS", "handshake: an alert", ((RECEIVE, Send(b"\x15\x03\x03\x00\x02\x02\x28"), CLOSE),), CONNECTION_ERROR, True,
        on_connect=True, url=HTTPS, reaches_server=False),
    Row("TLS", "handshake: silence", ((RECEIVE, HANG),), TIMEOUT, on_connect=True, url=HTTPS, reaches_server=False,
        timeout_ms=SHORT, own_only=True),  # asyncio leaves the socket of an abandoned handshake to garbage collection
    Row("TLS", "handshake: trickled", ((RECEIVE, Trickle(b"\x16\x03\x03\x40\x00" + b"x" * 999)),), TIMEOUT, on_connect=True, url=HTTPS,
        reaches_server=False, timeout_ms=SHORT),
    Row("TLS", "HTTP instead of TLS on the port", ((RECEIVE, response("400 Bad Request", b"plain"), CLOSE),), CONNECTION_ERROR, True,
        on_connect=True, url=HTTPS, reaches_server=False),
    *(
        Row("TLS", f"{past_tense(step)} {place}", ((Send(sent), step),), CONNECTION_ERROR, True, certificate="valid", url=HTTPS)
        for step in ENDINGS
        for place, sent in (("before the response", b""), ("within the headers", HEAD[:30]), ("within the body", HEAD + GOOD[:9]))
    ),
    Row("TLS", "trickled headers", ((Trickle(HEAD * 9),),), TIMEOUT, certificate="valid", url=HTTPS, timeout_ms=SHORT),
    Row("TLS", "a trickled body", ((Send(HEAD), Trickle(GOOD)),), TIMEOUT, certificate="valid", url=HTTPS, timeout_ms=SHORT),
    Row("TLS", "a good response", ((response(200, GOOD),),), RESULT, certificate="valid", url=HTTPS),
    Row("TLS", "a connection closed between calls", ((response(200, GOOD), CLOSE),), RESULT, certificate="valid", url=HTTPS),
]  # fmt: skip

PLACES = {
    "before the status line": b"",
    "within the version": b"HTT",
    "within the status": b"HTTP/1.1 20",
    "after the status line": b"HTTP/1.1 200 OK\r\n",
    "within a header's name": HEAD[:24],
    "within a header's value": HEAD[:40],
    "before the end of the headers": HEAD[:-2],
    "before the body": HEAD,
    "within the body": HEAD + GOOD[:20],
    "before the last byte of the body": HEAD + GOOD[:-1],
    "before a chunk": CHUNKS,
    "within a chunk size": CHUNKS + b"5",
    "within a chunk": CHUNKS + b"5e\r\n" + GOOD[:20],
    "before the end of a chunk": CHUNKS + b"5e\r\n" + GOOD,
    "before the last chunk": CHUNKS + b"5e\r\n" + GOOD + b"\r\n",
    "within the trailers": CHUNKS + b"5e\r\n" + GOOD + b"\r\n0\r\nx-trail",
    "within the body of a 404": head(404, "content-length: 100") + b'{"detail": "No',
    "within the body of a 503": head(503, "content-length: 100") + b'{"detail": "No',
    "after 100 Continue": head("100 Continue"),
    "within a gzip body": head(200, "content-encoding: gzip", f"content-length: {len(GZIP)}") + GZIP[:20],
}

TRUNCATED = [
    Row("truncated responses", f"{past_tense(step)} {place}", ((Send(sent), step),), CONNECTION_ERROR, True)
    for step in ENDINGS
    for place, sent in PLACES.items()
]

KEEP_ALIVE = [
    # The command line sends its second request at once: whether it notices the end of the connection is a matter of time.
    Row("reused connections", "closed after a good response", ((response(200, GOOD), CLOSE),), RESULT, calls_only=True),
    Row("reused connections", "reset after a good response", ((response(200, GOOD), RESET),), RESULT, calls_only=True),
    Row("reused connections", "closed after a 404", ((response_with(404, "a detail"), CLOSE),), "NotFoundError", calls_only=True),
    Row("reused connections", "kept open after a good response", ((response(200, GOOD),),), RESULT, reuses_connection=True),
    Row("reused connections", "kept open after a 404", ((response_with(404, "a detail"),),), "NotFoundError", reuses_connection=True),
    *(
        Row("reused connections", f"{past_tense(step)} at the next request", ((step,),), CONNECTION_ERROR, True, reuses_connection=True)
        for step in ENDINGS
    ),
    Row("reused connections", "silence after the next request", ((HANG,),), TIMEOUT, reuses_connection=True, timeout_ms=SHORT),
    Row("reused connections", "kept open despite `Connection: close`", ((response(200, GOOD, "connection: close"),),), RESULT),
    Row("reused connections", "an unsolicited 408 after the response, then closed",
        ((Send(response(200, GOOD).data + response(408).data), CLOSE),), RESULT),
    Row("reused connections", "a second response to one request",
        ((Send(response(200, GOOD).data + response_with(404, "a detail").data),),), RESULT),
    Row("reused connections", "garbage after the response", ((Send(response(200, GOOD).data + b"garbage\r\n\r\n"),),), RESULT),
    Row("reused connections", "part of a second response", ((Send(response(200, GOOD).data + HEAD),),), RESULT),
]  # fmt: skip

INVALID_HEADS = {
    "garbage": b"garbage\r\n\r\n",
    "line ends only": b"\r\n\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "binary": bytes(range(128, 256)) * 9,
    "zero bytes": bytes(100),
    "HTTP/0.9, a body only": GOOD,
    "HTTP/2": b"HTTP/2 200\r\n\r\n",
    "an HTTP/2 frame": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80\x00\x04\x00\x01",
    "no status": b"HTTP/1.1 \r\n\r\n",
    "a status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n",
    "a status that is not a number": b"HTTP/1.1 abc OK\r\n\r\n",
    "a negative status": b"HTTP/1.1 -20 OK\r\n\r\n",
    "status 000": b"HTTP/1.1 000 OK\r\n\r\n",
    "an endless status line": b"HTTP/1.1 200 " + b"x" * 200_000,
    "a header without colon": b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "a header without name": b"HTTP/1.1 200 OK\r\n: value\r\n\r\n",
    "a header with a space in its name": b"HTTP/1.1 200 OK\r\nx y: z\r\n\r\n",
    "a header with a zero byte": b"HTTP/1.1 200 OK\r\nx: a\x00b\r\n\r\n",
    "a folded line as the first header": b"HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
    "a header of 1 MiB": head(200, f"x: {'y' * MIB}"),
    "100,000 headers": head(200, *(f"x-{number}: y" for number in range(100_000))),
}

HEADS = [
    *(Row("status lines and headers", name, ((Send(sent), CLOSE),), CONNECTION_ERROR, True) for name, sent in INVALID_HEADS.items()),
    Row("status lines and headers", "endless headers", ((Send(b"HTTP/1.1 200 OK\r\n"), Repeat(b"x: y\r\n" * 10_000)),), CONNECTION_ERROR, True),
    Row("status lines and headers", "garbage, and the connection stays open", ((Send(b"garbage\r\n\r\n"), HANG),), CONNECTION_ERROR, True),
    Row("status lines and headers", "HTTP/3.7", ((Send(b"HTTP/3.7 200 OK\r\n\r\n"), CLOSE),), INVALID),
    Row("status lines and headers", "no reason phrase", ((response("200 ", GOOD),),), RESULT),
    Row("status lines and headers", "a reason phrase in Latin-1", ((response("200 d\xe9j\xe0", GOOD),),), RESULT),
    Row("status lines and headers", "bare line feeds", ((Send(HEAD.replace(b"\r\n", b"\n") + GOOD),),), RESULT),
    Row("status lines and headers", "a header in UTF-8", ((response(200, GOOD, "x: \xc3\xa9\xff"),),), RESULT),
    Row("status lines and headers", "500 headers", ((response(200, GOOD, *(f"x-{number}: y" for number in range(500))),),), RESULT),
    Row("status lines and headers", "one header 500 times", ((response(200, GOOD, *["x: y"] * 500),),), RESULT),
    Row("status lines and headers", "a request id of 10,000 characters", ((response(404, b"", f"x-request-id: {'y' * 10_000}"),),),
        "NotFoundError"),
    Row("status lines and headers", "cookies", ((response(200, GOOD, "set-cookie: a=b; Path=/", "set-cookie: c=d"),),), RESULT),
    Row("status lines and headers", "cookies with numbers of 5,000 digits",
        ((response(200, GOOD, f"set-cookie: a=b; max-age={'9' * 5000}", f"set-cookie: c=d; version={'9' * 5000}"),),), RESULT),
    Row("status lines and headers", "500 cookies", ((response(200, GOOD, *(f"set-cookie: c{n}=d" for n in range(500))),),), RESULT),
    Row("status lines and headers", "cookies in a 503", ((response(503, b"", "set-cookie: a=b; Path=/", "set-cookie: =;;="),),),
        "InternalServerError", True),
    Row("status lines and headers", "HTTP/1.0", ((Send(HEAD.replace(b"1.1", b"1.0") + GOOD), CLOSE),), RESULT),
    Row("status lines and headers", "HTTP/1.0, the body ends with the connection", ((Send(b"HTTP/1.0 200 OK\r\n\r\n" + GOOD), CLOSE),), RESULT),
    Row("status lines and headers", "HTTP/1.0, the connection stays open", ((Send(HEAD.replace(b"1.1", b"1.0") + GOOD),),), RESULT),
]  # fmt: skip

INVALID_FRAMING = {
    "a content length that is too large": (head(200, "content-length: 1000") + GOOD, CONNECTION_ERROR),
    "a negative content length": (head(200, "content-length: -5") + GOOD, CONNECTION_ERROR),
    "a content length that is not a number": (head(200, "content-length: many") + GOOD, CONNECTION_ERROR),
    "an empty content length": (head(200, "content-length: ") + GOOD, CONNECTION_ERROR),
    "a content length with a sign": (head(200, f"content-length: +{len(GOOD)}") + GOOD, CONNECTION_ERROR),
    "a hexadecimal content length": (head(200, "content-length: 0x5e") + GOOD, CONNECTION_ERROR),
    "a content length of 10,000 digits": (head(200, f"content-length: {'9' * 10_000}") + GOOD, CONNECTION_ERROR),
    "two different content lengths": (
        head(200, f"content-length: {len(GOOD)}", "content-length: 5") + GOOD,
        CONNECTION_ERROR,
    ),
    "a chunk size that is not a number": (CHUNKS + b"many\r\n" + GOOD, CONNECTION_ERROR),
    "a negative chunk size": (CHUNKS + b"-5\r\n" + GOOD, CONNECTION_ERROR),
    "a missing chunk size": (CHUNKS + b"\r\n" + GOOD, CONNECTION_ERROR),
    "a chunk size of 100 digits": (CHUNKS + b"f" * 100 + b"\r\n" + GOOD, CONNECTION_ERROR),
    "a chunk longer than its size": (CHUNKS + b"5\r\n" + GOOD + b"\r\n0\r\n\r\n", CONNECTION_ERROR),
    "an endless chunk size": (CHUNKS + b"0" * 200_000, CONNECTION_ERROR),
    "an invalid trailer": (CHUNKS + chunked(GOOD)[:-2] + b"no colon\r\n\r\n", CONNECTION_ERROR),
    "an unknown transfer coding": (head(200, "transfer-encoding: gzip, chunked") + chunked(GOOD), CONNECTION_ERROR),
    "chunked twice": (head(200, "transfer-encoding: chunked, chunked") + chunked(GOOD), CONNECTION_ERROR),
}

FRAMING = [
    *(Row("framing", name, ((Send(sent), CLOSE),), expected, True) for name, (sent, expected) in INVALID_FRAMING.items()),
    Row("framing", "a content length that is too small", ((Send(head(200, "content-length: 9") + GOOD),),), INVALID),
    Row("framing", "a content length of zero", ((Send(head(200, "content-length: 0") + GOOD),),), INVALID),
    Row("framing", "a content length that is too small, then closed", ((Send(head(200, "content-length: 9") + GOOD), CLOSE),), INVALID),
    Row("framing", "the same content length twice", ((response(200, GOOD, f"content-length: {len(GOOD)}"),),), RESULT),
    Row("framing", "no content length, the body ends with the connection", ((Send(head(200) + GOOD), CLOSE),), RESULT),
    Row("framing", "no content length, reset within the body", ((Send(head(200) + GOOD[:9]), RESET),), CONNECTION_ERROR, True),
    Row("framing", "no content length, closed within the body", ((Send(head(200) + GOOD[:9]), CLOSE),), INVALID),
    Row("framing", "chunks", ((Send(CHUNKS + chunked(GOOD[:9], GOOD[9:])),),), RESULT),
    Row("framing", "chunks of one byte", ((Send(CHUNKS + chunked(*(bytes([byte]) for byte in GOOD))),),), RESULT),
    Row("framing", "chunks with extensions", ((Send(CHUNKS + b"5e;a=b\r\n" + GOOD + b"\r\n0;c\r\n\r\n"),),), RESULT),
    Row("framing", "chunks with trailers", ((Send(CHUNKS + chunked(GOOD)[:-2] + b"x: y\r\n\r\n"),),), RESULT),
    Row("framing", "chunks and a content length", ((Send(head(200, "transfer-encoding: chunked", "content-length: 9")
        + chunked(GOOD)),),), RESULT),
    Row("framing", "a chunked body without content", ((Send(CHUNKS + chunked()),),), INVALID),
    Row("framing", "a body above the size limit", ((response(200, b" " * MIB + GOOD),),), INVALID, max_response_bytes=MIB),
    Row("framing", "chunks above the size limit", ((Send(CHUNKS + chunked(b" " * MIB, GOOD)),),), INVALID, max_response_bytes=MIB),
    Row("framing", "a 404 above the size limit", ((response(404, b" " * 2 * MIB),),), "NotFoundError", max_response_bytes=MIB),
    Row("framing", "an endless body", ((Send(head(200)), Repeat(b" " * 65536)),), INVALID, max_response_bytes=MIB),
    Row("framing", "endless chunks", ((Send(CHUNKS), Repeat(b"1000\r\n" + b" " * 4096 + b"\r\n")),), INVALID,
        max_response_bytes=MIB),
    Row("framing", "an endless 404", ((Send(head(404)), Repeat(b" " * 65536)),), "NotFoundError", max_response_bytes=MIB),
]  # fmt: skip


def encoded(coding: str, body: bytes) -> tuple[Reaction, ...]:
    """Send a success with a content coding."""
    return ((response(200, body, "content-type: application/json", f"content-encoding: {coding}"),),)


CONTENT_CODINGS = [
    Row("content codings", "gzip", encoded("gzip", GZIP), RESULT),
    Row("content codings", "x-gzip", encoded("X-GZIP", GZIP), RESULT),
    Row("content codings", "deflate", encoded("deflate", ZLIB), RESULT),
    Row("content codings", "deflate without a header", encoded("deflate", DEFLATE), RESULT),
    Row("content codings", "identity", encoded("identity", GOOD), RESULT),
    Row("content codings", "two gzip members", encoded("gzip", gzip.compress(GOOD[:20]) + gzip.compress(GOOD[20:])), RESULT),
    Row("content codings", "two gzip members, the second one truncated",
        encoded("gzip", gzip.compress(GOOD[:20]) + gzip.compress(GOOD[20:])[:-9]), INVALID),
    Row("content codings", "gzip with an empty body", encoded("gzip", b""), INVALID),
    Row("content codings", "gzip, but not compressed", encoded("gzip", GOOD), INVALID),
    Row("content codings", "truncated gzip", encoded("gzip", GZIP[:-20]), INVALID),
    Row("content codings", "gzip without the checksum", encoded("gzip", GZIP[:-8]), INVALID),
    Row("content codings", "gzip with a wrong checksum", encoded("gzip", GZIP[:-8] + b"12345678"), INVALID),
    Row("content codings", "gzip with a corrupt middle", encoded("gzip", GZIP[:15] + b"\xff" * 9 + GZIP[24:]), INVALID),
    Row("content codings", "gzip of garbage", encoded("gzip", bytes(range(256))), INVALID),
    Row("content codings", "truncated deflate", encoded("deflate", ZLIB[:-9]), INVALID),
    Row("content codings", "corrupt deflate", encoded("deflate", ZLIB[:9] + b"\xff" * 9 + ZLIB[18:]), INVALID),
    Row("content codings", "a 404 in truncated gzip", ((response(404, GZIP[:-20], "content-encoding: gzip"),),),
        "NotFoundError"),
    Row("content codings", "a 503 in corrupt gzip", ((response(503, b"\x00" * 99, "content-encoding: gzip"),),),
        "InternalServerError", True),
    Row("content codings", "br", encoded("br", BROTLI), INVALID),
    Row("content codings", "truncated br", encoded("br", BROTLI[:-9]), INVALID),
    Row("content codings", "zstd", encoded("zstd", ZSTD), INVALID),
    Row("content codings", "truncated zstd", encoded("zstd", ZSTD[:-9]), INVALID),
    Row("content codings", "corrupt zstd", encoded("zstd", ZSTD[:4] + b"\xff" * 30), INVALID),
    Row("content codings", "an unknown coding", encoded("rot13", GOOD), INVALID),
    Row("content codings", "a 404 in br", ((response(404, BROTLI, "content-encoding: br"),),), "NotFoundError"),
    Row("content codings", "gzip twice", encoded("gzip, gzip", GZIP), INVALID),
    Row("content codings", "a bomb: 1 MiB of gzip, 1 GiB of zeros", encoded("gzip", ONE_GIB), INVALID),
    Row("content codings", "a bomb: 10 MiB of gzip, 10 GiB of zeros", encoded("gzip", TEN_GIB), INVALID),
    Row("content codings", "a bomb: 10 MiB of deflate, 10 GiB of zeros", encoded("deflate", TEN_GIB_ZLIB), INVALID),
    Row("content codings", "a bomb: gzip within gzip, 10 GiB of zeros", encoded("gzip, gzip", TEN_GIB_TWICE), INVALID),
    Row("content codings", "a bomb: gzip within gzip, declared as gzip", encoded("gzip", TEN_GIB_TWICE), INVALID),
    Row("content codings", "a bomb: 1 GiB of zeros in br", encoded("br", ONE_GIB_BROTLI), INVALID),
    Row("content codings", "a bomb: 10 GiB of zeros in zstd", encoded("zstd", TEN_GIB_ZSTD), INVALID),
    Row("content codings", "a bomb in a 404", ((response(404, ONE_GIB, "content-encoding: gzip"),),), "NotFoundError"),
    Row("content codings", "a bomb in chunks", ((Send(head(200, "content-encoding: gzip", "transfer-encoding: chunked")
        + chunked(*(ONE_GIB[at : at + 65536] for at in range(0, len(ONE_GIB), 65536)))),),), INVALID),
]  # fmt: skip

SLOW = [
    Row("slow", "silence", ((HANG,),), TIMEOUT, timeout_ms=SHORT),
    Row("slow", "silence within the headers", ((Send(HEAD[:30]), HANG),), TIMEOUT, timeout_ms=SHORT),
    Row("slow", "silence within the body", ((Send(HEAD + GOOD[:9]), HANG),), TIMEOUT, timeout_ms=SHORT),
    Row("slow", "a trickled status line", ((Trickle(b"HTTP/1.1 200 " + b"x" * 999),),), TIMEOUT, timeout_ms=SHORT),
    Row("slow", "trickled headers", ((Trickle(HEAD * 9),),), TIMEOUT, timeout_ms=SHORT),
    Row("slow", "a trickled body", ((Send(HEAD), Trickle(GOOD)),), TIMEOUT, timeout_ms=SHORT),
    Row("slow", "a trickled gzip body",
        ((Send(head(200, "content-encoding: gzip", f"content-length: {len(GZIP)}")), Trickle(GZIP)),), TIMEOUT,
        timeout_ms=SHORT),
    Row("slow", "100 Continue, trickled", ((Trickle(head("100 Continue") * 99, 0.01),),), TIMEOUT, timeout_ms=SHORT),
    Row("slow", "a slow response within the deadline", ((Trickle(HEAD[:9], 0.001), Send(HEAD[9:] + GOOD)),), RESULT),
]  # fmt: skip

UNUSUAL_STATUSES = [
    *(
        Row("unusual statuses", f"{name}, then a good response", ((Send(head(name) * times + HEAD + GOOD),),), RESULT)
        for name, times in (("100 Continue", 1), ("102 Processing", 1), ("103 Early Hints", 1), ("199 Odd", 1))
    ),
    Row("unusual statuses", "100 Continue 1,000 times, then a good response",
        ((Send(head("100 Continue") * 1000 + HEAD + GOOD),),), RESULT),
    Row("unusual statuses", "103 with headers, then 404",
        ((Send(head(103, "link: </x>; rel=preload") + response_with(404, "a detail").data),),), "NotFoundError"),
    Row("unusual statuses", "endless 100 Continue", ((Repeat(head("100 Continue") * 1000),),), TIMEOUT,
        timeout_ms=SHORT),
    Row("unusual statuses", "101 Switching Protocols", ((Send(head(101, "upgrade: x")), HANG),), CONNECTION_ERROR, True),
    *(
        Row("unusual statuses", f"{status} without a body", ((Send(head(status)),),), INVALID)
        for status in ("204 No Content",)
    ),
    *(
        Row("unusual statuses", f"{status}, empty", ((response(status),),), INVALID)
        for status in ("200 OK", "201 Created", "202 Accepted", "205 Reset Content", "206 Partial Content", "299 Odd")
    ),
    Row("unusual statuses", "201 with a good body", ((response(201, GOOD),),), RESULT),
    *(
        Row("unusual statuses", f"{status} with a location", ((response(status, b"", "location: /elsewhere"),),), "SDKError")
        for status in (300, 301, 302, 303, 305, 307, 308)
    ),
    Row("unusual statuses", "302 to another host", ((response(302, b"", "location: http://models.invalid/"),),),
        "SDKError"),
    Row("unusual statuses", "307 with an invalid location", ((response(307, b"", "location: http://[broken"),),), "SDKError"),
    Row("unusual statuses", "301 without a location", ((response(301),),), "SDKError"),
    Row("unusual statuses", "304 Not Modified", ((Send(head(304)),),), "SDKError"),
    Row("unusual statuses", "399", ((response(399, GOOD),),), "SDKError"),
    Row("unusual statuses", "600", ((response(600, GOOD),),), "SDKError"),
    Row("unusual statuses", "999", ((response(999, GOOD),),), "SDKError"),
]  # fmt: skip

ERROR_STATUSES = [
    Row("error statuses", f"{status}, with each of the bodies below", tuple((response_with(status, kind),) for kind in BODIES),
        error_name(status), status in RETRIED, max_response_bytes=MIB)
    for status in STATUSES
]  # fmt: skip

UNEXPECTED_BODIES = [
    *(
        Row("bodies", f"{status} with {kind}", ((response_with(status, kind),),), error_name(status), status in RETRIED, max_response_bytes=MIB)
        for status in (404, 503)
        for kind in BODIES
    ),
    *(
        # A JSON object that is no known error message is decoded as a model of an unknown type.
        Row("bodies", f"200 with {kind}", ((response_with(200, kind),),), INVALID, max_response_bytes=MIB,
            expected_by_operation={"retrieve": RESULT, "update": RESULT} if kind == "a wrapped error" else {})
        for kind in BODIES
    ),
    Row("bodies", "200 with a byte-order mark", ((response(200, b"\xef\xbb\xbf" + GOOD),),), RESULT),
    Row("bodies", "200 with JSON declared as text", ((response(200, GOOD, "content-type: text/plain"),),), RESULT),
    Row("bodies", "200 with NaN in an unknown field", ((response(200, GOOD[:-1] + b', "x": NaN}'),),), RESULT),
    Row("bodies", "200 with two JSON documents", ((response(200, GOOD + GOOD),),), INVALID),
    Row("bodies", "200 with fields of wrong types", ((response(200, b'{"id": 7, "object": [], "data": {}, "deleted": "x"}'),),),
        INVALID, expected_by_operation={"retrieve": RESULT, "update": RESULT}),
]  # fmt: skip


def unavailable(*lines: str) -> tuple[Reaction, ...]:
    """Send a 503 with these header lines."""
    return ((response(503, b"", *lines),),)


# Sync and async calls start at 2027-01-15 08:00:00 UTC (`runner.NOW`), and their deadline is 10 s.
RETRY_AFTER_HEADERS: dict[str, tuple[tuple[str, ...], bool]] = {
    "3": (("retry-after: 3",), True),
    "0": (("retry-after: 0",), True),
    "1.5": (("retry-after: 1.5",), True),
    "0.000001": (("retry-after: 0.000001",), True),
    "120, after the deadline": (("retry-after: 120",), False),
    "1e300": (("retry-after: 1e300",), True),
    "9 repeated 400 times": ((f"retry-after: {'9' * 400}",), True),
    "9 repeated 5,000 times": ((f"retry-after: {'9' * 5000}",), True),
    "-5": (("retry-after: -5",), True),
    "nan": (("retry-after: nan",), True),
    "inf": (("retry-after: inf",), True),
    "-inf": (("retry-after: -inf",), True),
    "an empty value": (("retry-after: ",), True),
    "soon": (("retry-after: soon",), True),
    "binary": (("retry-after: \xff\xfe",), True),
    "a date in the past": (("retry-after: Fri, 31 Dec 1999 23:59:59 GMT",), True),
    "a date in RFC 850 format": (("retry-after: Friday, 31-Dec-99 23:59:59 GMT",), True),
    "a date in asctime format": (("retry-after: Fri Dec 31 23:59:59 1999",), True),
    "a date in two seconds": (("retry-after: Fri, 15 Jan 2027 08:00:02 GMT",), True),
    "a date in the far future": (("retry-after: Fri, 31 Dec 9999 23:59:59 GMT",), False),
    "an invalid date": (("retry-after: Fri, 99 Foo 2027 77:00:00 GMT",), True),
    "a date before the year 1": (("retry-after: Sat, 01 Jan 0001 00:00:00 +2359",), True),
    "a date after the year 9999": (("retry-after: Fri, 31 Dec 9999 23:59:59 -2359",), False),
    "a date in the year 99999": (("retry-after: Fri, 31 Dec 99999 23:59:59 GMT",), True),
    "two values": (("retry-after: 1", "retry-after: 2"), True),
    "milliseconds": (("retry-after-ms: 1500",), True),
    "negative milliseconds": (("retry-after-ms: -1", "retry-after: 2"), True),
    "too many milliseconds": (("retry-after-ms: 120000",), False),
    "x-should-retry: false": (("retry-after: 1", "x-should-retry: false"), False),
    "x-should-retry: true": (("x-should-retry: true",), True),
    "x-should-retry: perhaps": (("x-should-retry: perhaps",), True),
}

RETRY_AFTER = [
    *(
        Row("Retry-After", f"503, {name if name.startswith('x-should-retry') else f'Retry-After: {name}'}", unavailable(*lines),
            "InternalServerError", is_retried)
        for name, (lines, is_retried) in RETRY_AFTER_HEADERS.items()
    ),
    Row("Retry-After", "404, Retry-After: 1", ((response(404, b"", "retry-after: 1"),),), "NotFoundError"),
    Row("Retry-After", "404, x-should-retry: true", ((response(404, b"", "x-should-retry: true"),),),
        "NotFoundError", True),
    Row("Retry-After", "429, Retry-After: garbage", ((response(429, b"", "retry-after: ;;;"),),), "RateLimitError", True),
    Row("Retry-After", "200, Retry-After: 5", ((response(200, GOOD, "retry-after: 5"),),), RESULT),
]  # fmt: skip

SERVICE, SECURE = "http://service.localhost", "https://service.invalid"
PROXY = {"HTTP_PROXY": "http://127.0.0.1:{port}", "NO_PROXY": "127.0.0.1,localhost"}
TUNNEL = {"HTTPS_PROXY": "http://127.0.0.1:{port}", "NO_PROXY": "127.0.0.1,localhost"}
CLOSED_PROXY = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:{closed_port}") | {
    "NO_PROXY": "127.0.0.1,localhost"
}
UNRESOLVABLE_PROXY = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://proxy.invalid:80") | {
    "NO_PROXY": "127.0.0.1,localhost"
}
CONNECTED = Send(head("200 Connection established"))

PROXIES = [
    Row("proxies", "connection refused", (), CONNECTION_ERROR, True, url=SERVICE, environment=CLOSED_PROXY, reaches_server=False),
    Row("proxies", "a host name that does not resolve", (), CONNECTION_ERROR, True, url=SECURE, environment=UNRESOLVABLE_PROXY, reaches_server=False, may_time_out=True),
    Row("proxies", "closed", ((CLOSE,),), CONNECTION_ERROR, True, url=SERVICE, environment=PROXY),
    Row("proxies", "reset", ((RESET,),), CONNECTION_ERROR, True, url=SERVICE, environment=PROXY),
    Row("proxies", "garbage", ((Send(b"garbage\r\n\r\n"), CLOSE),), CONNECTION_ERROR, True, url=SERVICE, environment=PROXY),
    Row("proxies", "407", ((response_with(407, "an HTML page", "proxy-authenticate: Basic"),),), "SDKError", url=SERVICE, environment=PROXY),
    Row("proxies", "502", ((response_with(502, "an HTML page"),),), "InternalServerError", True, url=SERVICE, environment=PROXY),
    Row("proxies", "504", ((response_with(504, "an HTML page"),),), "InternalServerError", True, url=SERVICE, environment=PROXY),
    Row("proxies", "silence", ((HANG,),), TIMEOUT, url=SERVICE, environment=PROXY, timeout_ms=SHORT),
    Row("proxies", "trickled headers", ((Trickle(HEAD * 9),),), TIMEOUT, url=SERVICE, environment=PROXY, timeout_ms=SHORT),
    Row("proxies", "a good response", ((response(200, GOOD),),), RESULT, url=SERVICE, environment=PROXY),
    Row("proxies", "CONNECT: connection refused", (), CONNECTION_ERROR, True, url=SECURE, environment=CLOSED_PROXY, reaches_server=False),
    Row("proxies", "CONNECT: closed", ((CLOSE,),), CONNECTION_ERROR, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: reset", ((RESET,),), CONNECTION_ERROR, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: garbage", ((Send(b"garbage\r\n\r\n"), CLOSE),), CONNECTION_ERROR, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: 403", ((response_with(403, "an HTML page"),),), CONNECTION_ERROR, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: 407", ((response_with(407, "an HTML page"),),), CONNECTION_ERROR, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: 502", ((response_with(502, "an HTML page"),),), CONNECTION_ERROR, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: 302", ((response(302, b"", "location: /elsewhere"),),), CONNECTION_ERROR, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: silence", ((HANG,),), TIMEOUT, url=SECURE, environment=TUNNEL, timeout_ms=SHORT),
    Row("proxies", "CONNECT: tunnel closed", ((CONNECTED, CLOSE),), CONNECTION_ERROR, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: tunnel reset", ((CONNECTED, RECEIVE, RESET),), CONNECTION_ERROR, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: garbage in the tunnel", ((CONNECTED, RECEIVE, Send(b"garbage\r\n" * 9), CLOSE),), CONNECTION_ERROR, True,
        url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: silence in the tunnel", ((CONNECTED, RECEIVE, HANG),), TIMEOUT, url=SECURE, environment=TUNNEL,
        timeout_ms=SHORT, own_only=True),
]  # fmt: skip

ANSWER = response(200, GOOD)
RECOVERY: Reaction = (READ_REQUEST, ANSWER, CLOSE)
TLS_RECOVERY: Reaction = (StartTLS(), *RECOVERY)
TUNNEL_RECOVERY: Reaction = (CONNECTED, *TLS_RECOVERY)
ATTEMPT = 400
"""The attempt timeout, in milliseconds, of calls whose connections go silent."""


def silent(name: str, *reactions: Reaction, recovery: Reaction = (ANSWER,), **fields: Any) -> Row:
    """Return a row whose connections go silent; with retries, the call succeeds on the next one."""
    return Row("silent connections", name, reactions, TIMEOUT, True, recovery, attempt_timeout_ms=ATTEMPT, **fields)


SILENT_CONNECTIONS = [
    silent("after it was accepted", (HANG,), recovery=RECOVERY, on_connect=True, reaches_server=False),
    silent("two of them", (HANG,), (HANG,), recovery=RECOVERY, on_connect=True, reaches_server=False),
    silent("after the request", (HANG,)),
    silent("within the headers", (Send(HEAD[:30]), HANG)),
    silent("within the body", (Send(HEAD + GOOD[:20]), HANG)),
    silent("within a chunk", (Send(CHUNKS + b"5e\r\n" + GOOD[:20]), HANG)),
    silent("two of them, within the headers and within the body", (Send(HEAD[:30]), HANG), (Send(HEAD + GOOD[:20]), HANG)),
    silent("trickled headers", (Trickle(HEAD * 9),)),
    silent("a trickled body", (Send(HEAD), Trickle(GOOD))),
    silent("TLS: before the handshake", (HANG,), recovery=TLS_RECOVERY, on_connect=True, url=HTTPS, reaches_server=False),
    silent("TLS: within the handshake", (RECEIVE, Send(b"\x16\x03\x03\x00\x7a\x02"), HANG), recovery=TLS_RECOVERY,
        on_connect=True, url=HTTPS, reaches_server=False),
    silent("TLS: after the request", (HANG,), certificate="valid", url=HTTPS),
    silent("TLS: within the headers", (Send(HEAD[:30]), HANG), certificate="valid", url=HTTPS),
    silent("TLS: within the body", (Send(HEAD + GOOD[:20]), HANG), certificate="valid", url=HTTPS),
    silent("a proxy", (HANG,), recovery=(ANSWER, CLOSE), url=SERVICE, environment=PROXY),
    silent("a proxy, at CONNECT", (HANG,), recovery=TUNNEL_RECOVERY, url=SECURE, environment=TUNNEL),
    silent("a proxy, after CONNECT", (CONNECTED, HANG), recovery=TUNNEL_RECOVERY, url=SECURE, environment=TUNNEL),
    silent("a reused connection, whose server vanished while it was idle", (HANG,), reuses_connection=True),
    silent("TLS: a reused connection, whose server vanished while it was idle", (HANG,), reuses_connection=True,
        certificate="valid", url=HTTPS),
    Row("silent connections", "all of them", ((HANG,),), TIMEOUT, True, attempt_timeout_ms=ATTEMPT, timeout_ms=4 * ATTEMPT),
]  # fmt: skip

GOOD_SERVER = ((ANSWER,),)

SHORTAGES = [
    Row("shortages", "no file descriptors", GOOD_SERVER, CONNECTION_ERROR, True, shortage="file descriptors",
        reaches_server=False),
    Row("shortages", "no file descriptors, https", GOOD_SERVER, CONNECTION_ERROR, True, shortage="file descriptors",
        certificate="valid", url=HTTPS, reaches_server=False),
    Row("shortages", "no threads", GOOD_SERVER, RESULT, True, shortage="threads"),
    Row("shortages", "no threads for the name lookup", GOOD_SERVER, RESULT, True, expected_async=CONNECTION_ERROR,
        shortage="threads", url="http://localhost:{port}", reaches_server=False),
]  # fmt: skip


def raise_key_error(_: object) -> None:
    """Fail as a hook with a mistake does."""
    raise KeyError("raised by a hook")


def raise_os_error(_: object) -> None:
    """Fail as a hook that uses the network does."""
    raise ConnectionResetError("raised by a hook")


HOOKS = [
    Row("hooks that raise", "KeyError before the request", GOOD_SERVER, "KeyError", hook=Hook("request", raise_key_error),
        reaches_server=False),
    Row("hooks that raise", "KeyError after the response", GOOD_SERVER, "KeyError", hook=Hook("response", raise_key_error)),
    Row("hooks that raise", "an OSError before the request", GOOD_SERVER, CONNECTION_ERROR, True,
        hook=Hook("request", raise_os_error), reaches_server=False),
    Row("hooks that raise", "an OSError after the response", GOOD_SERVER, CONNECTION_ERROR, True,
        hook=Hook("response", raise_os_error)),
    Row("hooks that raise", "`raise_for_status` at a 404", ((response_with(404, "a detail"),),), "NotFoundError",
        hook=Hook("response", httpx.Response.raise_for_status)),
    Row("hooks that raise", "`raise_for_status` at a 503", ((response_with(503, "a detail"),),), "InternalServerError", True,
        (ANSWER,), hook=Hook("response", httpx.Response.raise_for_status)),
    Row("hooks that raise", "KeyError in `on_attempt`", GOOD_SERVER, "KeyError", hook=Hook("on_attempt", raise_key_error)),
]  # fmt: skip

ROWS: list[Row] = [
    *CONNECTING,
    *TLS,
    *TRUNCATED,
    *KEEP_ALIVE,
    *HEADS,
    *FRAMING,
    *CONTENT_CODINGS,
    *SLOW,
    *UNUSUAL_STATUSES,
    *ERROR_STATUSES,
    *UNEXPECTED_BODIES,
    *RETRY_AFTER,
    *PROXIES,
    *SILENT_CONNECTIONS,
    *SHORTAGES,
    *HOOKS,
]
