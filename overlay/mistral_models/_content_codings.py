"""Undo the content codings of a body (RFC 9110, 8.4) within a size limit. Pure."""

import zlib
from io import BytesIO
from typing import Final

_GZIP: Final = frozenset({"gzip", "x-gzip"})
# Not content codings, but some servers send them; they mean that the body is not encoded.
_IDENTITY: Final = frozenset({"", "identity", "none", "binary", "7bit", "8bit", "utf-8", "utf8", "ascii", "us-ascii"})
_MAX_CODINGS: Final = 3
_MAX_GZIP_MEMBERS: Final = 10_000
_GZIP_MAGIC: Final = b"\x1f\x8b"
_FIRST_READ: Final = 4096
_MAX_READ: Final = 1024 * 1024


def undo(content_encoding: str, body: bytes, limit: int) -> tuple[bytes, str]:
    """Undo all content codings of a body.

    Args:
        content_encoding: The value of the header: the codings, in the order in which they were applied.
        body: The body as received, not longer than the limit.
        limit: Size limit in bytes, also for what is between two codings.

    Returns:
        The body, and what is wrong with it; empty if nothing is. If it is too long or truncated, its beginning.
    """
    if not body:
        return body, ""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name for name in names if name not in _IDENTITY]
    for name in codings:
        if name not in _GZIP and name != "deflate":
            return b"", f"the body has the unsupported content coding {name!r}"
    if len(codings) > _MAX_CODINGS:
        return b"", f"the body has {len(codings)} content codings; at most {_MAX_CODINGS} are supported"
    problem = ""
    while codings and not problem:
        coding = codings.pop()
        try:
            body, problem = _gunzip(body, limit) if coding in _GZIP else _inflate(body, limit)
        except zlib.error as error:
            return b"", f"the body is not valid {coding}: {error}"
        problem = problem.format(coding=coding)
    return b"" if codings else body, problem


def too_long(limit: int) -> str:
    """Return the message about a body that is longer than the limit."""
    return f"the body is longer than the limit of {limit} bytes"


def _inflate(body: bytes, limit: int) -> tuple[bytes, str]:
    try:
        decompressor = zlib.decompressobj()
        result = decompressor.decompress(body, limit + 1)
    except zlib.error:
        if body.startswith(_GZIP_MAGIC):
            return _gunzip(body, limit)  # sent under the wrong name
        # Some servers send raw deflate for "deflate" (RFC 9110, 8.4.1.2).
        decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
        result = decompressor.decompress(body, limit + 1)
    if len(result) > limit:
        return result[:limit], too_long(limit)
    return result, "" if decompressor.eof else "the body is truncated {coding}"


def _gunzip(body: bytes, limit: int) -> tuple[bytes, str]:
    """Decompress all members of a gzip file (RFC 1952, 2.2). What follows them is ignored."""
    if not body.startswith(_GZIP_MAGIC):
        return _inflate(body, limit)  # sent under the wrong name
    result = BytesIO()
    position = 0
    for _ in range(_MAX_GZIP_MEMBERS):
        decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
        size = _FIRST_READ  # small at first, because zlib copies what follows the end of the member
        while position < len(body) and not decompressor.eof:
            chunk = body[position : position + size]
            result.write(decompressor.decompress(chunk, limit + 1 - result.tell()))
            if result.tell() > limit:
                return result.getvalue()[:limit], too_long(limit)
            position += len(chunk) - len(decompressor.unused_data)
            size = min(size * 2, _MAX_READ)
        if not decompressor.eof:
            return result.getvalue(), "the body is truncated {coding}"
        if not body.startswith(_GZIP_MAGIC, position):
            return result.getvalue(), ""
    return b"", f"the body has more than {_MAX_GZIP_MEMBERS} gzip members"
