"""Bodies that answers have, and their content codings: what services, proxies and accidents send."""

import gzip
import json
import zlib

import brotli
import zstandard

from .script import Send

GOOD = b'{"id": "m", "object": "model", "type": "other", "deleted": true, "archived": true, "data": []}'
"""A good answer to each of the six operations."""

MIB = 1024 * 1024

KINDS: dict[str, tuple[str, bytes]] = {
    "nothing": ("text/plain", b""),
    "a detail": ("application/json", b'{"detail": "No such model"}'),
    "faults": ("application/json", b'{"detail": [{"loc": ["path", "model_id"], "msg": "too short", "type": "short"}]}'),
    "a message": ("application/json", b'{"object": "error", "message": "No such model", "type": "x", "code": 1000}'),
    "a wrapped error": ("application/json", b'{"error": {"message": {"detail": [{"msg": "bad"}]}, "code": null}}'),
    "JSON of another kind": ("application/json", b'[1, null, {"message": 7, "detail": {}}, "x"]'),
    "JSON null": ("application/json", b"null"),
    "a page": (
        "text/html; charset=utf-8",
        b"<!DOCTYPE html><html><head><title>Oops</title></head><body>x</body></html>",
    ),
    "binary": ("application/octet-stream", bytes(range(256)) * 4),
    "JSON cut off": ("application/json", b'{"detail": "No such mo'),
    "a wrong charset": ("application/json; charset=utf-16", b'{"detail": "caf\xe9 \xff\xfe"}'),
    "an unknown charset": ("application/json; charset=x-none", b'{"detail": "caf\xc3\xa9"}'),
    "JSON in UTF-16": ("application/json", json.dumps({"detail": "café"}).encode("utf-16")),
    "a lone surrogate": ("application/json", b'{"detail": "\\ud800"}'),
    "JSON nested deeply": ("application/json", b"[" * 100_000),
    "an endless number": ("application/json", b'{"code": ' + b"9" * 10_000 + b"}"),
    "something huge": ("application/json", b'{"detail": "' + b"x" * MIB + b'"}'),
}


THEIRS = "their-cookie-0123456789"
"""The value of a cookie that every answer sets."""


def head(status: int | str, *lines: str) -> bytes:
    """A status line and header lines, with the empty line at their end."""
    every = (f"HTTP/1.1 {status}", *lines, f"set-cookie: theirs={THEIRS}; Path=/", "")
    return "".join(f"{line}\r\n" for line in every).encode("latin-1")


def answer(status: int | str, body: bytes = b"", *lines: str) -> Send:
    """A whole answer."""
    return Send(head(status, f"content-length: {len(body)}", *lines) + body)


def of_kind(status: int | str, kind: str, *lines: str) -> Send:
    """A whole answer with a body of a kind that `KINDS` lists."""
    media, body = KINDS[kind]
    return answer(status, body, f"content-type: {media}", *lines)


def chunked(*chunks: bytes) -> bytes:
    """A body in chunks, with its end."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


GZIP = gzip.compress(GOOD, mtime=0)
ZLIB = zlib.compress(GOOD)
DEFLATE = zlib.compress(GOOD, wbits=-15)
BROTLI = brotli.compress(GOOD)
ZSTD = zstandard.compress(GOOD)


def _zeros(gibibytes: int, wbits: int) -> bytes:
    """A stream that inflates to so many GiB: blocks that follow a full flush may stand any number of times."""
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
    """A frame of blocks that each say "a zero, 131,072 times" (RFC 8878, 3.1.1.2)."""
    start = b"\x28\xb5\x2f\xfd\x00\x38"  # magic number, no sizes, a window of 128 KiB
    block = (131_072 << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
    return start + block * (8192 * gibibytes - 1) + bytes([block[0] | 1]) + block[1:]


ONE_GIB_BROTLI = _brotli_zeros(1)
TEN_GIB_ZSTD = _zstd_zeros(10)
