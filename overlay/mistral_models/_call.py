"""One call, from its first attempt to its outcome: what to send, and what each outcome means. Nothing here does I/O.

The loops in `client.py` send the request and report what came of it; `answered` and `failed` return the result, or the
seconds to wait before the next attempt, or raise.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar
from urllib.parse import quote, urlencode

from . import _response, _settings
from ._response import APIResponse, RawResponse
from .operations import Operation

if TYPE_CHECKING:
    from ._clock import Clock
    from ._retries import Retries
    from .errors import MistralError

T = TypeVar("T")

logger: logging.Logger = logging.getLogger("mistral_models")


class Request(NamedTuple):
    """What is sent for one attempt."""

    method: str
    url: str
    headers: dict[str, str]
    """Without the key."""
    content: bytes | None


class DebugLogger(Protocol):
    """What gets requests and answers: a `logging.Logger`, or anything with its `debug`."""

    def debug(self, msg: str, /, *args: object) -> None:
        """Take a message, and what to put into it."""
        ...


ResponseHook = Callable[[Operation[Any], RawResponse], None]
"""Called with every answer that came, whatever its status, and the operation it answers."""


class Call(Generic[T]):
    """The state of one call; none of it outlives the call.

    Args:
        operation: What to do.
        server_url: Where, without a slash at the end.
        http_headers: In place of or beside ours.
        timeouts: How long it may take.
        retries: What `_retries.decide` takes.
        is_ours: Whether a client of our own sends, and not the caller's.
        clock: Whose time and chance count.
        debug_logger: Gets every request and answer, if it wants them.
        on_response: Called with every answer, before anything is made of it.
    """

    __slots__ = (
        "_clock",
        "_deadline",
        "_debug_logger",
        "_on_response",
        "_retries",
        "_started",
        "_timeouts",
        "_unanswered",
        "attempts",
        "is_ours",
        "operation",
        "request",
    )

    def __init__(
        self,
        operation: Operation[T],
        *,
        server_url: str,
        http_headers: Mapping[str, str] | None,
        timeouts: _settings.Timeouts,
        retries: "Retries",
        is_ours: bool,
        clock: "Clock",
        debug_logger: DebugLogger | None,
        on_response: ResponseHook | None,
    ) -> None:
        query = f"?{urlencode(operation.query, quote_via=quote)}" if operation.query else ""
        self.operation: Operation[T] = operation
        self.request: Request = Request(
            operation.method,
            f"{server_url}{operation.path}{query}",
            _settings.headers(http_headers, content=operation.content is not None),
            operation.content,
        )
        self.attempts: int = 0
        self.is_ours: bool = is_ours
        self._clock = clock
        self._debug_logger: DebugLogger = debug_logger or logger
        self._on_response = on_response
        self._retries = retries
        self._timeouts = timeouts
        self._started = clock.monotonic()
        self._deadline = None if timeouts.whole is None else self._started + timeouts.whole
        self._unanswered = False

    def remaining(self) -> float | None:
        """Compute the seconds to the deadline, if there is one."""
        return None if self._deadline is None else self._deadline - self._clock.monotonic()

    def limits(self) -> tuple[float | None, float | None, float | None, float | None] | None:
        """Start an attempt: how long connecting, reading, writing and waiting for a connection may take, in seconds.

        None leaves them to the client that sends.
        """
        self.attempts += 1
        left = self.remaining()
        self._debug(
            "request %d: %s %s %s", self.attempts, self.request.method, self.request.url, headers=self.request.headers
        )
        if left is None:
            return None
        left = max(left, 0.001)
        connect = left if self._timeouts.connect is None else min(self._timeouts.connect, left)
        return connect, left, left, left

    def answered(self, answer: RawResponse) -> APIResponse[T] | float:
        """Take an answer: the result, or the seconds to wait before the next attempt.

        Raises:
            SDKError: The service refused, and there is no other attempt.
            ResponseValidationError: The service reports success, but its answer is not what the document says.
        """
        self._debug("answer %d: %s %s", self.attempts, answer.status_code, headers=answer.headers)
        if self._on_response:
            self._on_response(self.operation, answer)
        if not 200 <= answer.status_code <= 299:
            return self._refused(answer)
        try:
            parsed = _response.parse(self.operation, answer)
        except ValueError as problem:
            from ._failures import malformed

            error = malformed(f"{self.operation.name}: {problem}", answer, self.attempts)
            raise error from problem.with_traceback(None)  # whose frames help nobody
        return APIResponse(parsed, answer, self.attempts, self._clock.monotonic() - self._started)

    def _refused(self, answer: RawResponse) -> float:
        from . import _failures, _retries

        error = _failures.refusal(answer, self.attempts)
        error.retry_after = _retries.retry_after(answer.headers, self._clock.time())
        if self._unanswered and self.operation.name == "delete" and answer.status_code == 404:
            error.add_note("An earlier attempt of this call got no answer; the model may have been deleted by it.")
        else:
            self._note(error)
        wait = self._wait(error)
        if wait is None:
            raise error
        return wait

    def failed(self, cause: BaseException) -> float:
        """Take the failure to get an answer: the seconds to wait before the next attempt.

        Args:
            cause: What the transport raised.

        Raises:
            APIConnectionError: There is no other attempt.
        """
        from ._failures import connection_error

        error, may_have_arrived = connection_error(cause, self.request, self.attempts)
        self._unanswered |= may_have_arrived
        self._note(error)
        wait = self._wait(error)
        if wait is None:
            raise error from cause
        return wait

    def _note(self, error: "MistralError") -> None:
        if self._unanswered and self.request.method != "GET":
            error.add_note(f"The service may have carried out this {self.operation.name} all the same.")

    def _wait(self, error: "MistralError") -> float | None:
        from . import _retries

        now = self._clock.monotonic()
        spent = _retries.Spent(self.operation.name, self.attempts - 1, now - self._started, self.remaining())
        wait = _retries.decide(self._retries, error, spent, self._clock.random())
        if wait is not None:
            logger.info("retrying %s %s in %.3f s: %s", self.request.method, self.operation.path, wait, error.message)
        return wait

    def _debug(self, message: str, *arguments: object, headers: Mapping[str, str]) -> None:
        wanted = self._debug_logger
        if not isinstance(wanted, logging.Logger) or wanted.isEnabledFor(logging.DEBUG):
            wanted.debug(message, *arguments, _settings.Headers(headers))
