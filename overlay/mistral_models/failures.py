"""What the failure to get an answer means. Nothing here does I/O."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .errors import APIConnectionError, APITimeoutError
from .refusals import one_line

if TYPE_CHECKING:
    from .call import Request

# Of httpx and httpx2 alike: nothing of the request had left when these are raised.
_BEFORE_SENDING = {
    "ConnectError", "ConnectTimeout", "LocalProtocolError", "PoolTimeout", "ProxyError", "UnicodeError",
    "UnsupportedProtocol",
}  # fmt: skip


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
