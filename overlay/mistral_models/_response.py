"""A response as a value, and what can be read from it. Nothing here does I/O."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Final, Generic, Self, TypeVar

from . import _json
from ._deferred import datetime, decoding, email_utils, httpx
from ._json import Json
from ._redaction import contains, redact, redact_bytes, redact_excerpt
from .operations import Operation

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# Python decodes these without importing anything, and in linear time; other charsets are read as UTF-8.
_CHARSETS: Final = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "utf-16", "utf-32"})
_REQUEST_ID_HEADERS: Final = ("x-request-id", "mistral-correlation-id")
_FRAMING_HEADERS: Final = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
MAX_ERROR_BODY: Final = 1024 * 1024
"""Bytes that are kept of the body of a response that leads to an error."""
_MAX_MESSAGE_SOURCE: Final = 10_000
"""Characters of a text that `one_line` reads."""
_MAX_LISTED_ERRORS: Final = 20


class RawResponse:
    """A response of any status, its body read and decompressed, before it is decoded."""

    __slots__ = ("body", "headers", "method", "problem", "status_code", "url")

    def __init__(
        self, method: str, url: str, status_code: int, headers: httpx.Headers, body: bytes, problem: str = ""
    ) -> None:
        self.method: str = method
        """The request's method."""
        self.url: str = url
        """The request's URL."""
        self.status_code: int = status_code
        self.headers: httpx.Headers = headers
        self.body: bytes = body
        self.problem: str = problem
        """Why the body is incomplete or could not be decompressed; empty if nothing is wrong with it."""

    @classmethod
    def from_httpx(cls, response: httpx.Response, body: str | None = None) -> Self:
        """Convert a response of httpx whose body was read. It need not belong to a request.

        Args:
            response: The response.
            body: Replaces the response's own body.
        """
        request = getattr(response, "_request", None)  # the public property raises where there is none
        method, url = (request.method, str(request.url)) if request else ("GET", "http://unknown")
        content = response.content if body is None else body.encode()
        return cls(method, url, response.status_code, response.headers, content)

    @property
    def is_success(self) -> bool:
        """Whether the status is 2XX."""
        return 200 <= self.status_code <= 299

    @property
    def request_id(self) -> str | None:
        """The id that the service gave the request; quote it to the service's support."""
        return next((value for name in _REQUEST_ID_HEADERS if (value := self.headers.get(name))), None)

    @property
    def text(self) -> str:
        """The body as text; bytes that are invalid in its charset become U+FFFD."""
        return self.excerpt(len(self.body))

    def excerpt(self, length: int) -> str:
        """Return the beginning of `text` without decoding the rest.

        Args:
            length: Bytes of the body.
        """
        _, _, parameter = self.headers.get("content-type", "").lower().partition("charset=")
        charset = parameter.partition(";")[0].strip("\"' ")
        text = self.body[:length].decode(charset if charset in _CHARSETS else "utf-8", "replace")
        return text.removeprefix("\ufeff")

    def json(self) -> Json:
        """Parse the body, with or without a byte-order mark, whatever its content type.

        Raises:
            ValueError: The body is not JSON.
        """
        return _json.parse(self.body)

    def error_message(self) -> str:
        """Return the service's own message in the body of an error response; empty if there is none."""
        try:
            return error_message(self.json())
        except ValueError:
            return ""

    def redacted(self, secret: str) -> RawResponse:
        """Return the response with `***` for a secret in its headers and its body, of which the beginning is kept.

        Args:
            secret: The API key.
        """
        is_long = len(self.body) > MAX_ERROR_BODY
        problem = self.problem or (f"only the first {MAX_ERROR_BODY} bytes of the body were kept" if is_long else "")
        body = redact_bytes(self.body[:MAX_ERROR_BODY], secret, is_complete=not problem)
        headers = self.with_redacted_headers(secret).headers
        return RawResponse(self.method, self.url, self.status_code, headers, body, redact(problem, secret))

    def with_redacted_headers(self, secret: str) -> RawResponse:
        """Return the response with `***` for a secret in its headers.

        Args:
            secret: The API key.
        """
        raw = self.headers.raw
        if not contains(b"\n".join(map(b"\n".join, raw)).decode("latin-1"), secret):
            return self
        headers = httpx.Headers([(redact_bytes(name, secret), redact_bytes(value, secret)) for name, value in raw])
        return RawResponse(self.method, self.url, self.status_code, headers, self.body, self.problem)

    def to_httpx(self) -> httpx.Response:
        """Convert to a response of httpx. Its request has no headers, hence no API key."""
        # The body is decompressed and complete: headers that describe how it was transferred no longer fit it.
        kept = [(name, value) for name, value in self.headers.raw if name.lower() not in _FRAMING_HEADERS]
        request = httpx.Request(self.method, self.url)
        return httpx.Response(self.status_code, headers=kept, content=self.body, request=request)


class APIResponse(Generic[T_co]):
    """The decoded result of a successful call, with the response's metadata."""

    __slots__ = ("_response", "attempts", "elapsed", "headers", "parsed", "request_id", "status_code")

    def __init__(self, parsed: T_co, response: RawResponse, attempts: int, elapsed: float) -> None:
        self.parsed: T_co = parsed
        """The result."""
        self.status_code: int = response.status_code
        """The HTTP status."""
        self.headers: httpx.Headers = response.headers
        """The response's headers; their names are case-insensitive."""
        self.request_id: str | None = response.request_id
        """The id that the service gave the request; quote it to the service's support."""
        self.attempts: int = attempts
        """The number of attempts, the successful one included."""
        self.elapsed: float = elapsed
        """Seconds from the start of the call to the end of the response, waits between attempts included."""
        self._response: RawResponse = response

    @property
    def raw_response(self) -> httpx.Response:
        """The response as an `httpx.Response`. Its request has no headers, hence no API key."""
        return self._response.to_httpx()

    def __repr__(self) -> str:
        return (
            f"APIResponse(status_code={self.status_code}, request_id={self.request_id!r}, attempts={self.attempts}, "
            f"elapsed={self.elapsed:.3f}, parsed={self.parsed!r})"
        )


def decode(operation: Operation[T], response: RawResponse, max_values: int, check_time: Callable[[], None]) -> T:
    """Decode the body of a successful response.

    Args:
        operation: Knows the type of the result.
        response: The response.
        max_values: How many values its JSON may have.
        check_time: Called now and then while a long list is decoded; raises `TimeoutError` when time is up.

    Raises:
        TimeoutError: Time is up.
        ValueError: The body does not match the OpenAPI document. The message says where, and what was expected.
    """
    if response.problem:
        raise ValueError(response.problem)
    if _json.has_more_values(response.body, max_values):
        raise ValueError(f"the body has more than {max_values} values, the most that max_response_bytes allows")
    try:
        payload = response.json()
    except ValueError as error:
        if not response.body.strip():
            raise ValueError("the body is empty") from None
        content_type = response.headers.get("content-type", "no content type")
        raise ValueError(f"the body is not JSON ({content_type}): {error}") from None
    if isinstance(payload, dict) and not {"id", "data"} & payload.keys() and error_message(payload):
        # Without this, the permissive variant of a union would accept it as a model of an unknown kind.
        raise ValueError("the body is an error message, not a result")
    token = decoding.checkpoint.set(check_time)
    try:
        return operation.decode(payload)
    finally:
        decoding.checkpoint.reset(token)


def without_secret(problem: ValueError, secret: str) -> ValueError:
    """Return why a body cannot be decoded, without a secret that it quotes, and without the decoder's frames.

    Args:
        problem: The error of `decode`.
        secret: The API key.
    """
    text = str(problem)
    shown = redact_excerpt(text, secret)
    described = problem if shown == text else ValueError(shown)
    described.__context__ = None  # it has the entire body
    return described.with_traceback(None)


def error_message(content: Json, depth: int = 4) -> str:
    """Return the message in the JSON of an error response, in one line.

    It is found under `detail`, `message` or `error`, nested or in a list of validation errors (`loc` and `msg`).

    Args:
        content: The parsed body.
        depth: How many levels to search.
    """
    if isinstance(content, str):
        return one_line(content)
    if not depth:
        return ""
    if isinstance(content, list):
        messages = (error_message(item, depth - 1) for item in content[:_MAX_LISTED_ERRORS])
        return "; ".join(filter(None, messages))
    if not isinstance(content, dict):
        return ""
    if isinstance(message := content.get("msg"), str):
        location = content.get("loc")
        keys = location if isinstance(location, list) else []
        path = ".".join(str(key) for key in keys[:_MAX_LISTED_ERRORS] if isinstance(key, str | int))
        return one_line(f"{path}: {message}" if path else message)
    candidates = (error_message(content.get(name), depth - 1) for name in ("detail", "message", "error"))
    return next(filter(None, candidates), "")


def one_line(text: str) -> str:
    """Put untrusted text on one line, and escape control characters, which a terminal would act on."""
    line = " ".join(text[:_MAX_MESSAGE_SOURCE].split())
    return line if line.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return how many seconds the service asks the client to wait; None if it does not, or if the value is invalid.

    `retry-after-ms`, in milliseconds, takes precedence over `Retry-After`, which is a number of seconds or one of the
    three forms of an HTTP date (RFC 9110, 10.2.3 and 5.6.7).

    Args:
        headers: The response's headers.
        now: Seconds since 1970-01-01 UTC.
    """
    value = headers.get("retry-after", "")
    candidates = _number(headers.get("retry-after-ms", "")) / 1000, _number(value), _timestamp(value) - now
    return next((wait for wait in candidates if 0 < wait < math.inf), None)


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"\s*[0-9]+(\.[0-9]*)?\s*", text) else math.nan


def _timestamp(http_date: str) -> float:
    try:
        date = email_utils.parsedate_to_datetime(http_date)
        # The asctime() form has no time zone: all HTTP dates are UTC.
        return (date if date.tzinfo else date.replace(tzinfo=datetime.UTC)).timestamp()
    except (ValueError, IndexError, TypeError, OverflowError):
        return math.nan
