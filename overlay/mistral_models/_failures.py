"""Map an unsuccessful response or a transport failure to an exception. Nothing here does I/O."""

import re
from collections.abc import Sequence
from typing import Final

from ._attempt import Attempt
from ._deferred import http, urllib_parse
from ._proxies import Proxy
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
"""Characters of a `Location` header, a request id, or of a body that is not JSON."""
_MAX_SEARCHED: Final = 10_000
"""Bytes of a body that is not JSON that are searched for the title of an HTML page."""
_MAX_DURATIONS: Final = 10
"""How many attempts a message lists with their durations."""
_MAX_CHAIN: Final = 20
"""Exceptions; a chain of causes can be endless."""
_DOUBLED_VERSION: Final = "/v1/v1/"

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

_PERMANENT: Final = frozenset(
    {"ClientClosedError", "InvalidURL", "LocalProtocolError", "UnicodeError", "UnsupportedProtocol"}
)


def status_error(
    response: RawResponse, attempt: Attempt, durations: Sequence[float], *, now: float, remaining: float | None
) -> SDKError:
    """Create the error for a response whose status is not 2XX.

    Args:
        response: The response.
        attempt: The attempt that it responds to.
        durations: Seconds that each attempt took.
        now: Seconds since 1970-01-01 UTC, to interpret `Retry-After`.
        remaining: Seconds to the deadline of the call; None if it has none.
    """
    status = response.status_code
    cls = _BY_STATUS.get(status, InternalServerError if 500 <= status <= 599 else SDKError)
    message = _truncate(response.error_message(), _MAX_MESSAGE)
    if 300 <= status <= 399 and "location" in response.headers:
        message = f"redirected to {_truncate(response.headers['location'], _MAX_EXCERPT)}, which is not followed"
    message = message or _excerpt(response) or response.problem
    wait = retry_after(response.headers, now)
    details: list[str] = []
    if _DOUBLED_VERSION in urllib_parse.urlsplit(response.url).path:
        details.append("the base URL must not end in /v1, because every path begins with it")
    if status == 407 and attempt.proxy:
        details.append(_via(attempt.proxy))
    if wait is not None:
        is_too_long = remaining is not None and wait >= remaining
        limit = f", more than the {max(remaining or 0, 0):.3g} s that are left" if is_too_long else ""
        details.append(f"retry after {wait:.10g} s{limit}")
    summary = _request_summary(response, durations, *details)
    return cls(one_line(f"{message} {summary}"), response, retry_after=wait, attempt_durations=durations)


def invalid_response_error(
    problem: Exception, response: RawResponse, durations: Sequence[float], operation: str
) -> ResponseValidationError:
    """Create the error for a successful response that does not match the OpenAPI document."""
    # Some gateways report errors with the status 200, in an object.
    is_object = response.body.lstrip().startswith(b"{")
    reported = _truncate(response.error_message(), _MAX_MESSAGE) if is_object else ""
    text = f"{reported} ({operation}: {problem})" if reported else f"{operation}: {problem}"
    message = one_line(f"{text} {_request_summary(response, durations)}")
    error = ResponseValidationError(message, response, attempt_durations=durations)
    error.cause = error.__cause__ = problem
    return error


def connection_error(failure: Exception, attempt: Attempt, durations: Sequence[float]) -> APIConnectionError:
    """Create the error for an attempt without a response."""
    timed_out = bool(_class_names(failure) & {"TimeoutException", "TimeoutError"})
    url = urllib_parse.urlsplit(attempt.url)
    reason = one_line(str(failure)) or ("timed out" if timed_out else type(failure).__name__)
    reason = "; ".join([reason, *getattr(failure, "__notes__", ())])
    via = [_via(attempt.proxy)] if attempt.proxy else []
    parts = [type(failure).__name__, f"{attempt.method} {url.path}", *via, *_attempts_summary(durations)]
    message = f"no response from {url.scheme}://{url.netloc}: {reason} ({', '.join(parts)})"
    cls = APITimeoutError if timed_out else APIConnectionError
    error = cls(message, is_permanent=_is_permanent(failure), attempt_durations=durations)
    error.__cause__ = failure
    return error


def deadline_error(url: str, durations: Sequence[float]) -> APITimeoutError:
    """Create the error for an attempt that is not sent because the time of the call is up."""
    summary = "".join(f" ({attempts})" for attempts in _attempts_summary(durations))
    return APITimeoutError(f"no time left to send a request to {url}{summary}", attempt_durations=durations)


def decoding_timeout_error(response: RawResponse, durations: Sequence[float]) -> APITimeoutError:
    """Create the error for a response that was received, but not decoded before the time of the call was up."""
    text = f"no time left to decode a response of {len(response.body)} bytes"
    return APITimeoutError(f"{text} {_request_summary(response, durations)}", attempt_durations=durations)


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


def _is_permanent(failure: Exception) -> bool:
    """Return whether every further attempt would fail in the same way."""
    chain: list[BaseException | None] = [failure]
    for error in chain:
        if error is not None and len(chain) < _MAX_CHAIN:
            chain += [error.__cause__, error.__context__]
    if any(type(error).__name__ == "SSLCertVerificationError" for error in chain):
        return True
    names = _class_names(failure)
    # The message is the proxy's response to CONNECT, such as "407 Proxy Authentication Required".
    return bool(names & _PERMANENT) or ("ProxyError" in names and str(failure).startswith("407"))


def _via(proxy: Proxy) -> str:
    return f"via the proxy {proxy.address} of {proxy.variable}"


def _class_names(error: Exception) -> set[str]:
    return {cls.__name__ for cls in type(error).__mro__}


def _request_summary(response: RawResponse, durations: Sequence[float], *details: str) -> str:
    """Summarize the request behind an error, such as `(404 Not Found, GET https://…, request r-1, 3 attempts)`."""
    try:
        status = f"{response.status_code} {http.HTTPStatus(response.status_code).phrase}"
    except ValueError:  # 499, 520, 529, 561: in use, but not registered
        status = str(response.status_code)
    parts = [status, f"{response.method} {response.url}", *details]
    if response.request_id:
        parts.append(f"request {_truncate(response.request_id, _MAX_EXCERPT)}")
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
