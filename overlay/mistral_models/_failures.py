"""Which error it is, that an answer is no success or that there is none. Nothing here does I/O."""

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

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

if TYPE_CHECKING:
    from ._call import Request
    from ._json import Json
    from ._response import RawResponse

_BY_STATUS: dict[int, type[SDKError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: HTTPValidationError,
    429: RateLimitError,
}


def refusal(answer: "RawResponse", attempts: int) -> SDKError:
    """Make the error for an answer that is not a success."""
    status = answer.status_code
    cls = _BY_STATUS.get(status, InternalServerError if 500 <= status <= 599 else SDKError)
    said = _shortened(said_in(content_of(answer)))
    if 300 <= status <= 399 and "location" in answer.headers:
        said = f"redirected to {_shortened(answer.headers['location'], 200)}, which is not followed"
    said = said or _page(answer) or answer.problem
    return cls(one_line(f"{said} {_circumstances(answer, attempts)}"), answer, attempts=attempts)


def malformed(problem: str, answer: "RawResponse", attempts: int) -> ResponseValidationError:
    """Make the error for a success that cannot be decoded."""
    return ResponseValidationError(one_line(f"{problem} {_circumstances(answer, attempts)}"), answer, attempts=attempts)


def connection_error(cause: BaseException, request: "Request", attempts: int) -> tuple[APIConnectionError, bool]:
    """Make the error for a failure of the transport.

    Returns:
        The error, and whether the service may have got the request.
    """
    names = {cls.__name__ for cls in type(cause).__mro__}
    timed_out = bool(names & {"TimeoutException", "TimeoutError"})
    parts = urlsplit(request.url)
    reason = one_line(str(cause)) or ("time is up" if timed_out else type(cause).__name__)
    number = f", {attempts} attempts" if attempts > 1 else ""
    where = f"{parts.scheme}://{parts.netloc}"
    message = f"no answer from {where}: {reason} ({type(cause).__name__}, {request.method} {parts.path}{number})"
    cls = APITimeoutError if timed_out else APIConnectionError
    return cls(message, attempts=attempts), not names & _BEFORE_SENDING


# Of httpx and httpx2 alike: nothing of the request had left when these are raised.
_BEFORE_SENDING = {
    "ConnectError", "ConnectTimeout", "LocalProtocolError", "PoolTimeout", "ProxyError", "UnicodeError",
    "UnsupportedProtocol",
}  # fmt: skip


def one_line(text: str) -> str:
    """Make one line of what somebody else has written; what would steer a terminal is spelt out."""
    line = " ".join(text[:_LONGEST_HEAD].split())
    return line if line.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


def _circumstances(answer: "RawResponse", attempts: int) -> str:
    try:
        status = f"{answer.status_code} {HTTPStatus(answer.status_code).phrase}"
    except ValueError:  # 499, 520, 529, 561
        status = str(answer.status_code)
    parts = [status, f"{answer.method} {answer.url}"]
    if answer.request_id:
        parts.append(f"request {answer.request_id}")
    if attempts > 1:
        parts.append(f"{attempts} attempts")
    return f"({', '.join(parts)})"


def content_of(answer: "RawResponse") -> "Json":
    """The JSON of a body, whatever its content type says; None if it is none."""
    try:
        return answer.json()
    except ValueError:
        return None


def said_in(content: "Json", depth: int = 4) -> str:
    """The service's own words in a body: `detail`, `message` or `error`, whatever they are wrapped in."""
    if isinstance(content, str):
        return one_line(content)
    if not depth:
        return ""
    if isinstance(content, list):
        return "; ".join(filter(None, (said_in(fault, depth - 1) for fault in content[:_MOST_FAULTS])))
    if not isinstance(content, dict):
        return ""
    if isinstance(fault := content.get("msg"), str):
        place = content.get("loc")
        path = ".".join(str(each) for each in place if isinstance(each, str | int)) if isinstance(place, list) else ""
        return f"{path}: {fault}" if path else fault
    return next(filter(None, (said_in(content.get(name), depth - 1) for name in ("detail", "message", "error"))), "")


_MOST_FAULTS = 20
_LONGEST_LINE = 1000
_LONGEST_HEAD = 10_000


def _page(answer: "RawResponse") -> str:
    """The beginning of a body that is not JSON; the title of an HTML page."""
    import re

    head = answer.text[:_LONGEST_HEAD]
    title = re.search(r"<title[^<>]*>([^<]*)", head, re.IGNORECASE)
    return _shortened(one_line(title[1] if title else head), 200)


def _shortened(line: str, most: int = _LONGEST_LINE) -> str:
    return line if len(line) <= most else f"{line[: most - 3]}..."
