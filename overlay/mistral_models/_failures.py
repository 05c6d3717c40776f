"""Map an unsuccessful response or a transport failure to an exception. Nothing here does I/O."""

import re
from collections.abc import Sequence
from typing import Final

from ._attempt import Attempt
from ._deferred import http, urllib_parse
from ._response import RawResponse, one_line, retry_after
from .errors import (
    APIConnectionError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    HTTPValidationError,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ResponseValidationError,
    SDKError,
)

_BY_STATUS: Final[dict[int, type[SDKError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: HTTPValidationError,
    429: RateLimitError,
}
_MAX_MESSAGE: Final = 1000
"""Characters."""
_MAX_EXCERPT: Final = 200
"""Characters of a `Location` header, or of a body that is not JSON."""
_MAX_SEARCHED: Final = 10_000
"""Bytes of a body that is not JSON in which the title of an HTML page is looked for."""
_MAX_DURATIONS: Final = 10
"""Attempts whose durations are listed."""

# Names, because httpx2 has its own classes of these names; UnicodeError is Python's.
_NOT_SENT: Final = frozenset(
    {
        "ConnectError",
        "ConnectTimeout",
        "LocalProtocolError",
        "PoolTimeout",
        "ProxyError",
        "UnicodeError",
        "UnsupportedProtocol",
    }
)


def status_error(response: RawResponse, durations: Sequence[float], now: float) -> SDKError:
    """Create the error for a response whose status is not 2XX.

    Args:
        response: The response.
        durations: Seconds that each attempt took.
        now: Seconds since 1970-01-01 UTC, to interpret `Retry-After`.
    """
    status = response.status_code
    cls = _BY_STATUS.get(status, InternalServerError if 500 <= status <= 599 else SDKError)
    message = _truncate(response.error_message(), _MAX_MESSAGE)
    if 300 <= status <= 399 and "location" in response.headers:
        message = f"redirected to {_truncate(response.headers['location'], _MAX_EXCERPT)}, which is not followed"
    message = message or _excerpt(response) or response.problem
    summary = _request_summary(response, durations)
    wait = retry_after(response.headers, now)
    return cls(one_line(f"{message} {summary}"), response, retry_after=wait, attempt_durations=durations)


def invalid_response_error(
    problem: Exception, response: RawResponse, durations: Sequence[float], operation: str
) -> ResponseValidationError:
    """Create the error for a successful response that does not match the OpenAPI document."""
    message = one_line(f"{operation}: {problem} {_request_summary(response, durations)}")
    error = ResponseValidationError(message, response, attempt_durations=durations)
    error.cause = problem
    return error


def connection_error(failure: Exception, attempt: Attempt, durations: Sequence[float]) -> APIConnectionError:
    """Create the error for an attempt without a response."""
    timed_out = bool(_class_names(failure) & {"TimeoutException", "TimeoutError"})
    url = urllib_parse.urlsplit(attempt.url)
    reason = one_line(str(failure)) or ("timed out" if timed_out else type(failure).__name__)
    summary = ", ".join([type(failure).__name__, f"{attempt.method} {url.path}", *_attempts_summary(durations)])
    message = f"no response from {url.scheme}://{url.netloc}: {reason} ({summary})"
    return (APITimeoutError if timed_out else APIConnectionError)(message, attempt_durations=durations)


def deadline_error(url: str, durations: Sequence[float]) -> APITimeoutError:
    """Create the error for an attempt that is not sent because the time of the call is up."""
    summary = "".join(f" ({attempts})" for attempts in _attempts_summary(durations))
    return APITimeoutError(f"no time left to send a request to {url}{summary}", attempt_durations=durations)


def is_transport_failure(error: Exception) -> bool:
    """Return whether an exception means that an attempt has no complete response.

    True for the errors of httpx and httpx2 (their InvalidURL is not an HTTPError), for those of the operating system,
    and for a host name that DNS cannot represent (UnicodeError).
    """
    return isinstance(error, OSError | UnicodeError) or any(
        cls.__name__ in {"HTTPError", "InvalidURL"} and cls.__module__.partition(".")[0] in {"httpx", "httpx2"}
        for cls in type(error).__mro__
    )


def may_have_been_sent(failure: Exception) -> bool:
    """Return whether the service may have received the request before the attempt failed."""
    return not _class_names(failure) & _NOT_SENT


def _class_names(error: Exception) -> set[str]:
    return {cls.__name__ for cls in type(error).__mro__}


def _request_summary(response: RawResponse, durations: Sequence[float]) -> str:
    """Summarize the request behind an error, such as `(404 Not Found, GET https://…, request r-1, 3 attempts)`."""
    try:
        status = f"{response.status_code} {http.HTTPStatus(response.status_code).phrase}"
    except ValueError:  # 499, 520, 529, 561: in use, but not registered
        status = str(response.status_code)
    parts = [status, f"{response.method} {response.url}"]
    if response.request_id:
        parts.append(f"request {response.request_id}")
    return f"({', '.join([*parts, *_attempts_summary(durations)])})"


def _attempts_summary(durations: Sequence[float]) -> list[str]:
    """Say how many attempts there were and how long each took; nothing if there was only one."""
    if len(durations) < 2:
        return []
    seconds = ", ".join(f"{duration:.1f} s" for duration in durations[:_MAX_DURATIONS])
    more = ", …" if len(durations) > _MAX_DURATIONS else ""
    return [f"{len(durations)} attempts: {seconds}{more}"]


def _excerpt(response: RawResponse) -> str:
    """Return the title of an HTML page, or the beginning of any other body."""
    head = response.excerpt(_MAX_SEARCHED)
    title = re.search(r"<title[^<>]*>([^<]*)", head, re.IGNORECASE)
    return _truncate(one_line(title[1] if title else head), _MAX_EXCERPT)


def _truncate(line: str, length: int) -> str:
    return line if len(line) <= length else f"{line[: length - 3]}..."
