"""The matrix: every fault, as data. What the words mean is in `script.py`."""

from http import HTTPStatus

from .bodies import (
    BROTLI,
    DEFLATE,
    GOOD,
    GZIP,
    KINDS,
    MIB,
    ONE_GIB,
    ONE_GIB_BROTLI,
    TEN_GIB,
    TEN_GIB_TWICE,
    TEN_GIB_ZLIB,
    TEN_GIB_ZSTD,
    ZLIB,
    ZSTD,
    answer,
    chunked,
    head,
    of_kind,
)
from .script import CLOSE, HANG, RECEIVE, RESET, RESULT, Drip, Repeat, Row, Send, Step

LOST = "APIConnectionError"
LATE = "APITimeoutError"
MALFORMED = "ResponseValidationError"
SHORT = 200
"""Milliseconds for a call that is not going to end by itself."""

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
# Of nobody's standard: nginx, Cloudflare, IIS, load balancers and proxies send them, or nobody does.
UNREGISTERED = {419, 420, 430, 440, 444, 449, 450, 460, 463, 494, 495, 496, 497, 498, 499,
                509, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530, 561, 598, 599}  # fmt: skip
STATUSES = sorted({status.value for status in HTTPStatus if status >= 400} | UNREGISTERED)


def refusal(status: int) -> str:
    """The class of the error for a status."""
    return BY_STATUS.get(status, "InternalServerError" if status >= 500 else "SDKError")


def end(step: Step) -> str:
    """What the end of a connection is called in names."""
    return "reset" if step == RESET else "closed"


WAYS_TO_END = (CLOSE, RESET)
HEAD = head(200, "content-type: application/json", f"content-length: {len(GOOD)}")
CHUNKS = head(200, "content-type: application/json", "transfer-encoding: chunked")
HTTPS = "https://localhost:{port}"

CONNECTING = [
    Row(
        "connecting",
        "a name that does not resolve",
        (),
        LOST,
        True,
        url="https://models.invalid",
        reaches=False,
        or_late=True,
    ),
    Row("connecting", "a name with a label too long", (), LOST, True, url=f"https://{'a' * 64}.invalid", reaches=False),
    Row("connecting", "a name with an empty label", (), LOST, True, url="https://a..invalid", reaches=False),
    Row("connecting", "refused", (), LOST, True, url="http://127.0.0.1:{nobody}", reaches=False),
    Row("connecting", "refused, IPv6", (), LOST, True, url="http://[::1]:{nobody}", reaches=False),
    Row("connecting", "refused, https", (), LOST, True, url="https://localhost:{nobody}", reaches=False),
    *(
        Row("connecting", f"{end(step)} when it comes", ((step,),), LOST, True, early=True, reaches=False)
        for step in WAYS_TO_END
    ),
    *(
        Row("connecting", f"{end(step)} after some bytes", ((RECEIVE, step),), LOST, True, early=True, reaches=False)
        for step in WAYS_TO_END
    ),
    Row("connecting", "accepted, and silence", ((RECEIVE, HANG),), LATE, early=True, reaches=False, timeout_ms=SHORT),
    Row(
        "connecting",
        "an answer before the request",
        ((answer(200, GOOD), RECEIVE, CLOSE),),
        RESULT,
        early=True,
        reaches=False,
    ),
]

TLS = [
    *(
        Row("TLS", f"a certificate {matter}", (), LOST, True, certificate=matter, url=HTTPS, reaches=False)
        for matter in ("of another host", "of an unknown authority", "not yet valid")
    ),
    Row("TLS", "a certificate that has expired", (), LOST, True, certificate="expired", url=HTTPS, reaches=False),
    Row("TLS", "a self-signed certificate", (), LOST, True, certificate="self-signed", url=HTTPS, reaches=False),
    *(
        Row("TLS", f"handshake {end(step)}", ((RECEIVE, step),), LOST, True, early=True, url=HTTPS, reaches=False)
        for step in WAYS_TO_END
    ),
    *(
        Row("TLS", f"handshake {end(step)} within a record", ((RECEIVE, Send(b"\x16\x03\x03\x00\x7a\x02"), step),),
            LOST, True, early=True, url=HTTPS, reaches=False)
        for step in WAYS_TO_END
    ),
    Row("TLS", "handshake with garbage", ((RECEIVE, Send(b"\x00garbage\r\n" * 9), CLOSE),), LOST, True, early=True,
        url=HTTPS, reaches=False),
    Row("TLS", "handshake with an alert", ((RECEIVE, Send(b"\x15\x03\x03\x00\x02\x02\x28"), CLOSE),), LOST, True,
        early=True, url=HTTPS, reaches=False),
    Row("TLS", "handshake with silence", ((RECEIVE, HANG),), LATE, early=True, url=HTTPS, reaches=False,
        timeout_ms=SHORT),
    Row("TLS", "handshake that drips", ((RECEIVE, Drip(b"\x16\x03\x03\x40\x00" + b"x" * 999)),), LATE, early=True, url=HTTPS,
        reaches=False, timeout_ms=SHORT),
    Row("TLS", "plain HTTP on the port", ((RECEIVE, answer("400 Bad Request", b"plain"), CLOSE),), LOST, True,
        early=True, url=HTTPS, reaches=False),
    *(
        Row("TLS", f"{end(step)} {place}", ((Send(sent), step),), LOST, True, certificate="good", url=HTTPS)
        for step in WAYS_TO_END
        for place, sent in (("before the answer", b""), ("within the headers", HEAD[:30]), ("within the body", HEAD + GOOD[:9]))
    ),
    Row("TLS", "headers that drip", ((Drip(HEAD * 9),),), LATE, certificate="good", url=HTTPS, timeout_ms=SHORT),
    Row("TLS", "a body that drips", ((Send(HEAD), Drip(GOOD)),), LATE, certificate="good", url=HTTPS, timeout_ms=SHORT),
    Row("TLS", "a good answer", ((answer(200, GOOD),),), RESULT, certificate="good", url=HTTPS),
    Row("TLS", "a connection closed between calls", ((answer(200, GOOD), CLOSE),), RESULT, certificate="good", url=HTTPS),
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
    "within a chunk's size": CHUNKS + b"5",
    "within a chunk": CHUNKS + b"5e\r\n" + GOOD[:20],
    "before the end of a chunk": CHUNKS + b"5e\r\n" + GOOD,
    "before the last chunk": CHUNKS + b"5e\r\n" + GOOD + b"\r\n",
    "within the trailers": CHUNKS + b"5e\r\n" + GOOD + b"\r\n0\r\nx-trail",
    "within a refusal's body": head(404, "content-length: 100") + b'{"detail": "No',
    "within a server error's body": head(503, "content-length: 100") + b'{"detail": "No',
    "after 100 Continue": head("100 Continue"),
    "within a body in gzip": head(200, "content-encoding: gzip", f"content-length: {len(GZIP)}") + GZIP[:20],
}

CUT = [
    Row("cut off", f"{end(step)} {place}", ((Send(sent), step),), LOST, True)
    for step in WAYS_TO_END
    for place, sent in PLACES.items()
]

KEPT = [
    Row("kept connections", "closed after a good answer", ((answer(200, GOOD), CLOSE),), RESULT),
    Row("kept connections", "reset after a good answer", ((answer(200, GOOD), RESET),), RESULT),
    Row("kept connections", "closed after a refusal", ((of_kind(404, "a detail"), CLOSE),), "NotFoundError"),
    Row("kept connections", "kept after a good answer", ((answer(200, GOOD),),), RESULT, kept=True),
    Row("kept connections", "kept after a refusal", ((of_kind(404, "a detail"),),), "NotFoundError", kept=True),
    *(
        Row("kept connections", f"{end(step)} by the next request", ((step,),), LOST, True, kept=True)
        for step in WAYS_TO_END
    ),
    Row("kept connections", "silence after the next request", ((HANG,),), LATE, kept=True, timeout_ms=SHORT),
    Row("kept connections", "said to close, and kept", ((answer(200, GOOD, "connection: close"),),), RESULT),
    Row("kept connections", "408 to nobody's request, then closed",
        ((Send(answer(200, GOOD).data + answer(408).data), CLOSE),), RESULT),
    Row("kept connections", "a second answer to one request",
        ((Send(answer(200, GOOD).data + of_kind(404, "a detail").data),),), RESULT),
    Row("kept connections", "garbage after the answer", ((Send(answer(200, GOOD).data + b"garbage\r\n\r\n"),),), RESULT),
    Row("kept connections", "part of an answer after the answer", ((Send(answer(200, GOOD).data + HEAD),),), RESULT),
]  # fmt: skip

LINES = {
    "no HTTP": b"garbage\r\n\r\n",
    "nothing but line ends": b"\r\n\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "binary": bytes(range(128, 256)) * 9,
    "zero bytes": bytes(100),
    "HTTP/0.9": GOOD,
    "HTTP/2": b"HTTP/2 200\r\n\r\n",
    "a preface of HTTP/2": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80\x00\x04\x00\x01",
    "no status": b"HTTP/1.1 \r\n\r\n",
    "a status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n",
    "a status that is no number": b"HTTP/1.1 abc OK\r\n\r\n",
    "a negative status": b"HTTP/1.1 -20 OK\r\n\r\n",
    "status 000": b"HTTP/1.1 000 OK\r\n\r\n",
    "a status line without end": b"HTTP/1.1 200 " + b"x" * 200_000,
    "a header without colon": b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "a header without name": b"HTTP/1.1 200 OK\r\n: value\r\n\r\n",
    "a header with a space in its name": b"HTTP/1.1 200 OK\r\nx y: z\r\n\r\n",
    "a header with a zero byte": b"HTTP/1.1 200 OK\r\nx: a\x00b\r\n\r\n",
    "a header folded at once": b"HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
    "a header of 1 MiB": head(200, f"x: {'y' * MIB}"),
    "100,000 headers": head(200, *(f"x-{number}: y" for number in range(100_000))),
}

HEADS = [
    *(Row("heads", name, ((Send(sent), CLOSE),), LOST, True) for name, sent in LINES.items()),
    Row("heads", "headers without end", ((Send(b"HTTP/1.1 200 OK\r\n"), Repeat(b"x: y\r\n" * 10_000)),), LOST, True),
    Row("heads", "garbage, and the connection kept", ((Send(b"garbage\r\n\r\n"), HANG),), LOST, True),
    Row("heads", "HTTP/3.7", ((Send(b"HTTP/3.7 200 OK\r\n\r\n"), CLOSE),), MALFORMED),
    Row("heads", "no reason", ((answer("200 ", GOOD),),), RESULT),
    Row("heads", "a reason in Latin-1", ((answer("200 d\xe9j\xe0", GOOD),),), RESULT),
    Row("heads", "bare line feeds", ((Send(HEAD.replace(b"\r\n", b"\n") + GOOD),),), RESULT),
    Row("heads", "a header in UTF-8", ((answer(200, GOOD, "x: \xc3\xa9\xff"),),), RESULT),
    Row("heads", "500 headers", ((answer(200, GOOD, *(f"x-{number}: y" for number in range(500))),),), RESULT),
    Row("heads", "one header 500 times", ((answer(200, GOOD, *["x: y"] * 500),),), RESULT),
    Row("heads", "request id of 10,000 characters", ((answer(404, b"", f"x-request-id: {'y' * 10_000}"),),),
        "NotFoundError"),
    Row("heads", "cookies", ((answer(200, GOOD, "set-cookie: a=b; Path=/", "set-cookie: c=d"),),), RESULT),
    Row("heads", "cookies with a refusal", ((answer(503, b"", "set-cookie: a=b; Path=/", "set-cookie: =;;="),),),
        "InternalServerError", True),
    Row("heads", "HTTP/1.0", ((Send(HEAD.replace(b"1.1", b"1.0") + GOOD), CLOSE),), RESULT),
    Row("heads", "HTTP/1.0 to the end of the connection", ((Send(b"HTTP/1.0 200 OK\r\n\r\n" + GOOD), CLOSE),), RESULT),
    Row("heads", "HTTP/1.0, kept", ((Send(HEAD.replace(b"1.1", b"1.0") + GOOD),),), RESULT),
]  # fmt: skip

FRAMES = {
    "a length too long": (head(200, "content-length: 1000") + GOOD, LOST),
    "a negative length": (head(200, "content-length: -5") + GOOD, LOST),
    "a length that is no number": (head(200, "content-length: many") + GOOD, LOST),
    "an empty length": (head(200, "content-length: ") + GOOD, LOST),
    "a length with a sign": (head(200, f"content-length: +{len(GOOD)}") + GOOD, LOST),
    "a length in hexadecimal": (head(200, "content-length: 0x5e") + GOOD, LOST),
    "a length of 10,000 digits": (head(200, f"content-length: {'9' * 10_000}") + GOOD, LOST),
    "two different lengths": (head(200, f"content-length: {len(GOOD)}", "content-length: 5") + GOOD, LOST),
    "a chunk's size that is no number": (CHUNKS + b"many\r\n" + GOOD, LOST),
    "a chunk's size that is negative": (CHUNKS + b"-5\r\n" + GOOD, LOST),
    "a chunk's size that is missing": (CHUNKS + b"\r\n" + GOOD, LOST),
    "a chunk's size of 100 digits": (CHUNKS + b"f" * 100 + b"\r\n" + GOOD, LOST),
    "a chunk longer than its size": (CHUNKS + b"5\r\n" + GOOD + b"\r\n0\r\n\r\n", LOST),
    "a chunk's size without end": (CHUNKS + b"0" * 200_000, LOST),
    "a trailer that is no header": (CHUNKS + chunked(GOOD)[:-2] + b"no colon\r\n\r\n", LOST),
    "an unknown transfer coding": (head(200, "transfer-encoding: gzip, chunked") + chunked(GOOD), LOST),
    "chunked twice": (head(200, "transfer-encoding: chunked, chunked") + chunked(GOOD), LOST),
}

FRAMING = [
    *(Row("framing", name, ((Send(sent), CLOSE),), comes, True) for name, (sent, comes) in FRAMES.items()),
    Row("framing", "a length too short", ((Send(head(200, "content-length: 9") + GOOD),),), MALFORMED),
    Row("framing", "a length of zero", ((Send(head(200, "content-length: 0") + GOOD),),), MALFORMED),
    Row("framing", "a length too short, closed", ((Send(head(200, "content-length: 9") + GOOD), CLOSE),), MALFORMED),
    Row("framing", "the same length twice", ((answer(200, GOOD, f"content-length: {len(GOOD)}"),),), RESULT),
    Row("framing", "no length, to the end of the connection", ((Send(head(200) + GOOD), CLOSE),), RESULT),
    Row("framing", "no length, reset at the end", ((Send(head(200) + GOOD[:9]), RESET),), LOST, True),
    Row("framing", "no length, cut off", ((Send(head(200) + GOOD[:9]), CLOSE),), MALFORMED),
    Row("framing", "chunks", ((Send(CHUNKS + chunked(GOOD[:9], GOOD[9:])),),), RESULT),
    Row("framing", "chunks of one byte", ((Send(CHUNKS + chunked(*(bytes([byte]) for byte in GOOD))),),), RESULT),
    Row("framing", "chunks with extensions", ((Send(CHUNKS + b"5e;a=b\r\n" + GOOD + b"\r\n0;c\r\n\r\n"),),), RESULT),
    Row("framing", "chunks with trailers", ((Send(CHUNKS + chunked(GOOD)[:-2] + b"x: y\r\n\r\n"),),), RESULT),
    Row("framing", "chunks and a length", ((Send(head(200, "transfer-encoding: chunked", "content-length: 9")
        + chunked(GOOD)),),), RESULT),
    Row("framing", "no chunks", ((Send(CHUNKS + chunked()),),), MALFORMED),
    Row("framing", "a body longer than the limit", ((answer(200, b" " * MIB + GOOD),),), MALFORMED, limit=MIB),
    Row("framing", "chunks longer than the limit", ((Send(CHUNKS + chunked(b" " * MIB, GOOD)),),), MALFORMED, limit=MIB),
    Row("framing", "a refusal longer than the limit", ((answer(404, b" " * 2 * MIB),),), "NotFoundError", limit=MIB),
    Row("framing", "a body without end", ((Send(head(200)), Repeat(b" " * 65536)),), MALFORMED, limit=MIB),
    Row("framing", "chunks without end", ((Send(CHUNKS), Repeat(b"1000\r\n" + b" " * 4096 + b"\r\n")),), MALFORMED,
        limit=MIB),
    Row("framing", "a refusal without end", ((Send(head(404)), Repeat(b" " * 65536)),), "NotFoundError", limit=MIB),
]  # fmt: skip


def coded(coding: str, body: bytes) -> tuple[tuple[Step, ...], ...]:
    """A success with a content coding."""
    return ((answer(200, body, "content-type: application/json", f"content-encoding: {coding}"),),)


CODINGS = [
    Row("content codings", "gzip", coded("gzip", GZIP), RESULT),
    Row("content codings", "x-gzip", coded("X-GZIP", GZIP), RESULT),
    Row("content codings", "deflate", coded("deflate", ZLIB), RESULT),
    Row("content codings", "deflate without a header", coded("deflate", DEFLATE), RESULT),
    Row("content codings", "identity", coded("identity", GOOD), RESULT),
    Row("content codings", "gzip with an empty body", coded("gzip", b""), MALFORMED),
    Row("content codings", "gzip, not compressed", coded("gzip", GOOD), MALFORMED),
    Row("content codings", "gzip cut off", coded("gzip", GZIP[:-20]), MALFORMED),
    Row("content codings", "gzip without its checksum", coded("gzip", GZIP[:-8]), MALFORMED),
    Row("content codings", "gzip with a wrong checksum", coded("gzip", GZIP[:-8] + b"12345678"), MALFORMED),
    Row("content codings", "gzip with a corrupt middle", coded("gzip", GZIP[:15] + b"\xff" * 9 + GZIP[24:]), MALFORMED),
    Row("content codings", "gzip of garbage", coded("gzip", bytes(range(256))), MALFORMED),
    Row("content codings", "deflate cut off", coded("deflate", ZLIB[:-9]), MALFORMED),
    Row("content codings", "deflate corrupt", coded("deflate", ZLIB[:9] + b"\xff" * 9 + ZLIB[18:]), MALFORMED),
    Row("content codings", "a refusal in gzip cut off", ((answer(404, GZIP[:-20], "content-encoding: gzip"),),),
        "NotFoundError"),
    Row("content codings", "a server error in broken gzip", ((answer(503, b"\x00" * 99, "content-encoding: gzip"),),),
        "InternalServerError", True),
    Row("content codings", "br", coded("br", BROTLI), MALFORMED),
    Row("content codings", "br cut off", coded("br", BROTLI[:-9]), MALFORMED),
    Row("content codings", "zstd", coded("zstd", ZSTD), MALFORMED),
    Row("content codings", "zstd cut off", coded("zstd", ZSTD[:-9]), MALFORMED),
    Row("content codings", "zstd corrupt", coded("zstd", ZSTD[:4] + b"\xff" * 30), MALFORMED),
    Row("content codings", "a coding that nobody knows", coded("rot13", GOOD), MALFORMED),
    Row("content codings", "a refusal in br", ((answer(404, BROTLI, "content-encoding: br"),),), "NotFoundError"),
    Row("content codings", "gzip twice", coded("gzip, gzip", GZIP), MALFORMED),
    Row("content codings", "a bomb: 1 MiB of gzip, 1 GiB of zeros", coded("gzip", ONE_GIB), MALFORMED),
    Row("content codings", "a bomb: 10 MiB of gzip, 10 GiB of zeros", coded("gzip", TEN_GIB), MALFORMED),
    Row("content codings", "a bomb: 10 MiB of deflate, 10 GiB of zeros", coded("deflate", TEN_GIB_ZLIB), MALFORMED),
    Row("content codings", "a bomb: gzip within gzip, 10 GiB of zeros", coded("gzip, gzip", TEN_GIB_TWICE), MALFORMED),
    Row("content codings", "a bomb: gzip within gzip, said to be gzip", coded("gzip", TEN_GIB_TWICE), MALFORMED),
    Row("content codings", "a bomb: 1 GiB of zeros in br", coded("br", ONE_GIB_BROTLI), MALFORMED),
    Row("content codings", "a bomb: 10 GiB of zeros in zstd", coded("zstd", TEN_GIB_ZSTD), MALFORMED),
    Row("content codings", "a bomb with a refusal", ((answer(404, ONE_GIB, "content-encoding: gzip"),),), "NotFoundError"),
    Row("content codings", "a bomb in chunks", ((Send(head(200, "content-encoding: gzip", "transfer-encoding: chunked")
        + chunked(*(ONE_GIB[at : at + 65536] for at in range(0, len(ONE_GIB), 65536)))),),), MALFORMED),
]  # fmt: skip

SLOW = [
    Row("slow", "silence", ((HANG,),), LATE, timeout_ms=SHORT),
    Row("slow", "silence within the headers", ((Send(HEAD[:30]), HANG),), LATE, timeout_ms=SHORT),
    Row("slow", "silence within the body", ((Send(HEAD + GOOD[:9]), HANG),), LATE, timeout_ms=SHORT),
    Row("slow", "a status line that drips", ((Drip(b"HTTP/1.1 200 " + b"x" * 999),),), LATE, timeout_ms=SHORT),
    Row("slow", "headers that drip", ((Drip(HEAD * 9),),), LATE, timeout_ms=SHORT),
    Row("slow", "a body that drips", ((Send(HEAD), Drip(GOOD)),), LATE, timeout_ms=SHORT),
    Row("slow", "gzip that drips",
        ((Send(head(200, "content-encoding: gzip", f"content-length: {len(GZIP)}")), Drip(GZIP)),), LATE,
        timeout_ms=SHORT),
    Row("slow", "100 Continue again and again", ((Drip(head("100 Continue") * 99, 0.01),),), LATE, timeout_ms=SHORT),
    Row("slow", "a good answer within its time", ((Drip(HEAD[:9], 0.001), Send(HEAD[9:] + GOOD)),), RESULT),
]  # fmt: skip

ODD = [
    *(
        Row("neither success nor error", f"{name}, then a good answer", ((Send(head(name) * times + HEAD + GOOD),),), RESULT)
        for name, times in (("100 Continue", 1), ("102 Processing", 1), ("103 Early Hints", 1), ("199 Odd", 1))
    ),
    Row("neither success nor error", "100 Continue 1,000 times, then a good answer",
        ((Send(head("100 Continue") * 1000 + HEAD + GOOD),),), RESULT),
    Row("neither success nor error", "103 with headers, then 404",
        ((Send(head(103, "link: </x>; rel=preload") + of_kind(404, "a detail").data),),), "NotFoundError"),
    Row("neither success nor error", "100 Continue without end", ((Repeat(head("100 Continue") * 1000),),), LATE,
        timeout_ms=SHORT),
    Row("neither success nor error", "101 Switching Protocols", ((Send(head(101, "upgrade: x")), HANG),), LOST, True),
    *(
        Row("neither success nor error", f"{status} without a body", ((Send(head(status)),),), MALFORMED)
        for status in ("204 No Content",)
    ),
    *(
        Row("neither success nor error", f"{status}, empty", ((answer(status),),), MALFORMED)
        for status in ("200 OK", "201 Created", "202 Accepted", "205 Reset Content", "206 Partial Content", "299 Odd")
    ),
    Row("neither success nor error", "201 with a good body", ((answer(201, GOOD),),), RESULT),
    *(
        Row("neither success nor error", f"{status} to a place", ((answer(status, b"", "location: /elsewhere"),),), "SDKError")
        for status in (300, 301, 302, 303, 305, 307, 308)
    ),
    Row("neither success nor error", "302 to another host", ((answer(302, b"", "location: http://models.invalid/"),),),
        "SDKError"),
    Row("neither success nor error", "307 to no address", ((answer(307, b"", "location: http://[broken"),),), "SDKError"),
    Row("neither success nor error", "301 to nowhere", ((answer(301),),), "SDKError"),
    Row("neither success nor error", "304 Not Modified", ((Send(head(304)),),), "SDKError"),
    Row("neither success nor error", "399", ((answer(399, GOOD),),), "SDKError"),
    Row("neither success nor error", "600", ((answer(600, GOOD),),), "SDKError"),
    Row("neither success nor error", "999", ((answer(999, GOOD),),), "SDKError"),
]  # fmt: skip

ERRORS = [
    Row("refusals", f"{status} with each kind of body", tuple((of_kind(status, kind),) for kind in KINDS),
        refusal(status), status in RETRIED, limit=MIB)
    for status in STATUSES
]  # fmt: skip

OBJECTS = {
    "a detail",
    "faults",
    "a message",
    "a wrapped error",
    "an unknown charset",
    "JSON in UTF-16",
    "a lone surrogate",
}

BODIES = [
    *(
        Row("bodies", f"{status} with {kind}", ((of_kind(status, kind),),), refusal(status), status in RETRIED, limit=MIB)
        for status in (404, 503)
        for kind in KINDS
    ),
    *(
        # An object of an unknown kind may be a model of an unknown kind.
        Row("bodies", f"200 with {kind}", ((of_kind(200, kind),),), MALFORMED, limit=MIB,
            differs={"retrieve": RESULT, "update": RESULT} if kind in OBJECTS else {})
        for kind in KINDS
    ),
    Row("bodies", "200 with a byte-order mark", ((answer(200, b"\xef\xbb\xbf" + GOOD),),), RESULT),
    Row("bodies", "200 with JSON that says to be text", ((answer(200, GOOD, "content-type: text/plain"),),), RESULT),
    Row("bodies", "200 with NaN in a field that nobody knows", ((answer(200, GOOD[:-1] + b', "x": NaN}'),),), RESULT),
    Row("bodies", "200 with two JSON texts", ((answer(200, GOOD + GOOD),),), MALFORMED),
    Row("bodies", "200 with fields of wrong types", ((answer(200, b'{"id": 7, "object": [], "data": {}, "deleted": "x"}'),),),
        MALFORMED, differs={"retrieve": RESULT, "update": RESULT}),
]  # fmt: skip


def told(*lines: str) -> tuple[tuple[Step, ...], ...]:
    """A refusal that says when to come again."""
    return ((answer(503, b"", *lines),),)


# The clock of the tests says 2027-01-15 08:00:00 UTC, and each call has 10 s.
WAITS: dict[str, tuple[tuple[str, ...], bool]] = {
    "3": (("retry-after: 3",), True),
    "0": (("retry-after: 0",), True),
    "1.5": (("retry-after: 1.5",), True),
    "0.000001": (("retry-after: 0.000001",), True),
    "120, more than there is": (("retry-after: 120",), False),
    "1e300": (("retry-after: 1e300",), False),
    "9 repeated 400 times": ((f"retry-after: {'9' * 400}",), True),
    "9 repeated 5,000 times": ((f"retry-after: {'9' * 5000}",), True),
    "-5": (("retry-after: -5",), True),
    "nan": (("retry-after: nan",), True),
    "inf": (("retry-after: inf",), True),
    "-inf": (("retry-after: -inf",), True),
    "nothing": (("retry-after: ",), True),
    "soon": (("retry-after: soon",), True),
    "binary": (("retry-after: \xff\xfe",), True),
    "a date in the past": (("retry-after: Fri, 31 Dec 1999 23:59:59 GMT",), True),
    "a date in the form of RFC 850": (("retry-after: Friday, 31-Dec-99 23:59:59 GMT",), True),
    "a date in the form of asctime": (("retry-after: Fri Dec 31 23:59:59 1999",), True),
    "a date in two seconds": (("retry-after: Fri, 15 Jan 2027 08:00:02 GMT",), True),
    "a date in the far future": (("retry-after: Fri, 31 Dec 9999 23:59:59 GMT",), False),
    "a date that is none": (("retry-after: Fri, 99 Foo 2027 77:00:00 GMT",), True),
    "a date before all dates": (("retry-after: Sat, 01 Jan 0001 00:00:00 +2359",), True),
    "a date after all dates": (("retry-after: Fri, 31 Dec 9999 23:59:59 -2359",), False),
    "a date of year 99999": (("retry-after: Fri, 31 Dec 99999 23:59:59 GMT",), True),
    "two values": (("retry-after: 1", "retry-after: 2"), True),
    "milliseconds": (("retry-after-ms: 1500",), True),
    "negative milliseconds": (("retry-after-ms: -1", "retry-after: 2"), True),
    "too many milliseconds": (("retry-after-ms: 120000",), False),
    "no, says x-should-retry": (("retry-after: 1", "x-should-retry: false"), False),
    "yes, says x-should-retry": (("x-should-retry: true",), True),
    "perhaps, says x-should-retry": (("x-should-retry: perhaps",), True),
}

AGAIN = [
    *(
        Row("when to come again", f"503, Retry-After {name}" if "says" not in name else f"503: {name}", told(*lines),
            "InternalServerError", again)
        for name, (lines, again) in WAITS.items()
    ),
    Row("when to come again", "404 with Retry-After", ((answer(404, b"", "retry-after: 1"),),), "NotFoundError"),
    Row("when to come again", "404: yes, says x-should-retry", ((answer(404, b"", "x-should-retry: true"),),),
        "NotFoundError", True),
    Row("when to come again", "429, Retry-After garbage", ((answer(429, b"", "retry-after: ;;;"),),), "RateLimitError", True),
    Row("when to come again", "200 with Retry-After", ((answer(200, GOOD, "retry-after: 5"),),), RESULT),
]  # fmt: skip

SERVICE, SECURE = "http://service.localhost", "https://service.invalid"
PROXY = {"HTTP_PROXY": "http://127.0.0.1:{port}", "NO_PROXY": "127.0.0.1,localhost"}
TUNNEL = {"HTTPS_PROXY": "http://127.0.0.1:{port}", "NO_PROXY": "127.0.0.1,localhost"}
NO_PROXY = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:{nobody}") | {
    "NO_PROXY": "127.0.0.1,localhost"
}
NAMELESS = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://proxy.invalid:80") | {"NO_PROXY": "127.0.0.1,localhost"}
CONNECTED = Send(head("200 Connection established"))

PROXIES = [
    Row("proxies", "refused", (), LOST, True, url=SERVICE, environment=NO_PROXY, reaches=False),
    Row("proxies", "does not resolve", (), LOST, True, url=SERVICE, environment=NAMELESS, reaches=False, or_late=True),
    Row("proxies", "closes", ((CLOSE,),), LOST, True, url=SERVICE, environment=PROXY),
    Row("proxies", "resets", ((RESET,),), LOST, True, url=SERVICE, environment=PROXY),
    Row("proxies", "garbage", ((Send(b"garbage\r\n\r\n"), CLOSE),), LOST, True, url=SERVICE, environment=PROXY),
    Row("proxies", "407", ((of_kind(407, "a page", "proxy-authenticate: Basic"),),), "SDKError", url=SERVICE, environment=PROXY),
    Row("proxies", "502", ((of_kind(502, "a page"),),), "InternalServerError", True, url=SERVICE, environment=PROXY),
    Row("proxies", "504", ((of_kind(504, "a page"),),), "InternalServerError", True, url=SERVICE, environment=PROXY),
    Row("proxies", "silence", ((HANG,),), LATE, url=SERVICE, environment=PROXY, timeout_ms=SHORT),
    Row("proxies", "drips", ((Drip(HEAD * 9),),), LATE, url=SERVICE, environment=PROXY, timeout_ms=SHORT),
    Row("proxies", "a good answer", ((answer(200, GOOD),),), RESULT, url=SERVICE, environment=PROXY),
    Row("proxies", "CONNECT: refused", (), LOST, True, url=SECURE, environment=NO_PROXY, reaches=False),
    Row("proxies", "CONNECT: closes", ((CLOSE,),), LOST, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: resets", ((RESET,),), LOST, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: garbage", ((Send(b"garbage\r\n\r\n"), CLOSE),), LOST, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: 403", ((of_kind(403, "a page"),),), LOST, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: 407", ((of_kind(407, "a page"),),), LOST, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: 502", ((of_kind(502, "a page"),),), LOST, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: 302", ((answer(302, b"", "location: /elsewhere"),),), LOST, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: silence", ((HANG,),), LATE, url=SECURE, environment=TUNNEL, timeout_ms=SHORT),
    Row("proxies", "CONNECT: closes the tunnel", ((CONNECTED, CLOSE),), LOST, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: resets the tunnel", ((CONNECTED, RECEIVE, RESET),), LOST, True, url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: garbage in the tunnel", ((CONNECTED, RECEIVE, Send(b"garbage\r\n" * 9), CLOSE),), LOST, True,
        url=SECURE, environment=TUNNEL),
    Row("proxies", "CONNECT: silence in the tunnel", ((CONNECTED, RECEIVE, HANG),), LATE, url=SECURE, environment=TUNNEL,
        timeout_ms=SHORT),
]  # fmt: skip

ROWS: list[Row] = [
    *CONNECTING,
    *TLS,
    *CUT,
    *KEPT,
    *HEADS,
    *FRAMING,
    *CODINGS,
    *SLOW,
    *ODD,
    *ERRORS,
    *BODIES,
    *AGAIN,
    *PROXIES,
]
