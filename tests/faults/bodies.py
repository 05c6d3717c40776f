"""Response bodies and content codings, as services, proxies and defects produce them."""

import gzip
import json
import zlib

import brotli
import zstandard

from .script import Send

GOOD = b'{"id": "m", "object": "model", "type": "other", "deleted": true, "archived": true, "data": []}'
"""A valid response body for each of the six operations."""

MIB = 1024 * 1024

BODIES: dict[str, tuple[str, bytes]] = {
    "an empty body": ("text/plain", b""),
    "a detail": ("application/json", b'{"detail": "No such model"}'),
    "validation errors": (
        "application/json",
        b'{"detail": [{"loc": ["path", "model_id"], "msg": "too short", "type": "short"}]}',
    ),
    "a message": ("application/json", b'{"object": "error", "message": "No such model", "type": "x", "code": 1000}'),
    "a wrapped error": ("application/json", b'{"error": {"message": {"detail": [{"msg": "bad"}]}, "code": null}}'),
    "JSON of another structure": ("application/json", b'[1, null, {"message": 7, "detail": {}}, "x"]'),
    "JSON null": ("application/json", b"null"),
    "an HTML page": (
        "text/html; charset=utf-8",
        b"<!DOCTYPE html><html><head><title>Oops</title></head><body>x</body></html>",
    ),
    "binary": ("application/octet-stream", bytes(range(256)) * 4),
    "truncated JSON": ("application/json", b'{"detail": "No such mo'),
    "a wrong charset": ("application/json; charset=utf-16", b'{"detail": "caf\xe9 \xff\xfe"}'),
    "an unknown charset": ("application/json; charset=x-none", b'{"detail": "caf\xc3\xa9"}'),
    "JSON in UTF-16": ("application/json", json.dumps({"detail": "café"}).encode("utf-16")),
    "a lone surrogate": ("application/json", b'{"detail": "\\ud800"}'),
    "deeply nested JSON": ("application/json", b"[" * 100_000),
    "a number of 10,000 digits": ("application/json", b'{"code": ' + b"9" * 10_000 + b"}"),
    "a body above the size limit": ("application/json", b'{"detail": "' + b"x" * MIB + b'"}'),
}


SERVICE_COOKIE = "service-cookie-0123456789"
"""The value of a cookie that every response sets."""


def head(status: int | str, *lines: str) -> bytes:
    """Return a status line and header lines, with the empty line that ends them."""
    cookie = f"set-cookie: session={SERVICE_COOKIE}; Path=/"
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *lines, cookie, "")).encode("latin-1")


def response(status: int | str, body: bytes = b"", *lines: str) -> Send:
    """Send a complete response."""
    return Send(head(status, f"content-length: {len(body)}", *lines) + body)


def response_with(status: int | str, kind: str, *lines: str) -> Send:
    """Send a complete response with one of the bodies in `BODIES`."""
    content_type, body = BODIES[kind]
    return response(status, body, f"content-type: {content_type}", *lines)


def chunked(*chunks: bytes) -> bytes:
    """Return a chunked body, with the last chunk."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


GZIP = gzip.compress(GOOD, mtime=0)
ZLIB = zlib.compress(GOOD)
DEFLATE = zlib.compress(GOOD, wbits=-15)
BROTLI = brotli.compress(GOOD)
ZSTD = zstandard.compress(GOOD)


def _zeros(gibibytes: int, wbits: int) -> bytes:
    """Return a stream that decompresses to this many GiB. A block between two full flushes can be repeated."""
    packer = zlib.compressobj(9, wbits=wbits)
    start = packer.compress(bytes(16 * MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(16 * MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * (64 * gibibytes - 1) + packer.flush()


ONE_GIB = _zeros(1, 31)
TEN_GIB = _zeros(10, 31)
TEN_GIB_ZLIB = _zeros(10, 15)
TEN_GIB_TWICE = gzip.compress(TEN_GIB, mtime=0)


def _brotli_zeros(gibibytes: int) -> bytes:
    packer = brotli.Compressor(quality=1)
    return b"".join(packer.process(bytes(16 * MIB)) for _ in range(64 * gibibytes)) + packer.finish()


def _zstd_zeros(gibibytes: int) -> bytes:
    """Return a frame of blocks that each decompress to 131,072 zeros (RFC 8878, section 3.1.1.2)."""
    start = b"\x28\xb5\x2f\xfd\x00\x38"  # magic number, no sizes, a window of 128 KiB
    block = (131_072 << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
    return start + block * (8192 * gibibytes - 1) + bytes([block[0] | 1]) + block[1:]


ONE_GIB_BROTLI = _brotli_zeros(1)
TEN_GIB_ZSTD = _zstd_zeros(10)
