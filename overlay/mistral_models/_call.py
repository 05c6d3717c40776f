"""One call from its first attempt to its result or error: which request to send, what each outcome means.

The loops in `_client.py` drive it: they send each attempt, and pass the response or the failure to `conclude`. Nothing
here does network I/O.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from . import _failures, _retries, _settings
from ._attempt import Attempt
from ._clock import Clock
from ._credentials import Secret
from ._deferred import logging, urllib_parse
from ._proxies import Proxy
from ._response import APIResponse, RawResponse, decode, without_secret
from .errors import MistralError
from .operations import Operation

T = TypeVar("T")


_MIN_VALUES: Final = 500_000
"""JSON values that every response may have; a list of 15,000 models has about as many."""
_BYTES_PER_VALUE: Final = 64
"""Larger size limits allow one value per this many bytes: `[{},{},…]` takes twenty times its size in memory."""
_AMBIGUOUS_STATUSES: Final = frozenset({502, 504})
"""A gateway sends these when it gets no response from the service."""


class DebugLogger(Protocol):
    """Receives requests and responses: a `logging.Logger`, or any object with a method `debug`.

    A `logging.Logger` gets the message and its arguments; any other object gets the formatted message.
    """

    def debug(self, msg: str, /) -> object:
        """Log a message."""
        ...


class AttemptResult(NamedTuple):
    """How an attempt ended, with or without a response."""

    operation: Operation[Any]
    number: int
    """From 1."""
    elapsed: float
    """Seconds that the attempt took, without the wait before it."""
    response: RawResponse | None
    """None if there was none, or not all of it was received."""
    error: MistralError | None
    """Why the attempt failed; None if the call has succeeded."""
    retry_wait: float | None
    """Seconds until the next attempt; None if there is none."""


AttemptHook = Callable[[AttemptResult], None]
"""Called at the end of every attempt, unless the call is cancelled or interrupted meanwhile."""


class Done(NamedTuple, Generic[T]):
    """The call has succeeded."""

    response: APIResponse[T]


class Retry(NamedTuple):
    """Another attempt follows."""

    after: float
    """Seconds to wait."""


class Call(Generic[T]):
    """The state of one call.

    Args:
        operation: What to do.
        server_url: The base URL, without a trailing slash.
        http_headers: The caller's headers; they replace default ones.
        client_authorization: The `Authorization` header of the caller's HTTP client; empty if there is none.
        timeout: Seconds for the whole call; None leaves all timeouts to the HTTP client that sends.
        retries: The retry policy.
        max_response_bytes: Size limit of a response body.
        clock: Source of time and randomness.
        debug_logger: Receives every request and response; the logger `mistral_models` by default.
        on_attempt: Called at the end of every attempt.
        proxy: The proxy of the environment that its requests go through.
    """

    def __init__(
        self,
        operation: Operation[T],
        *,
        server_url: str,
        http_headers: _settings.Headers,
        client_authorization: str,
        timeout: float | None,
        retries: _retries.Retries,
        max_response_bytes: int,
        clock: Clock,
        debug_logger: DebugLogger | None,
        on_attempt: AttemptHook | None,
        proxy: Proxy | None,
    ) -> None:
        query = f"?{urllib_parse.urlencode(operation.query, quote_via=urllib_parse.quote)}" if operation.query else ""
        self.proxy = proxy
        self.url: str = f"{server_url}{operation.path}{query}"
        self._operation = operation
        self._headers = _settings.request_headers(http_headers, has_content=operation.content is not None)
        self._token = Secret(_settings.token(self._headers.by_name.get("authorization", client_authorization)))
        self.needs_api_key: bool = "authorization" not in self._headers.by_name
        self._retries = retries
        self._max_response_bytes = max_response_bytes
        self._max_values = max(_MIN_VALUES, max_response_bytes // _BYTES_PER_VALUE)
        self._clock = clock
        self._logger: logging.Logger = logging.getLogger("mistral_models")
        self._debug_logger: DebugLogger = self._logger if debug_logger is None else debug_logger
        self._on_attempt = on_attempt
        self._started = clock.monotonic()
        self._deadline = None if timeout is None else self._started + timeout
        self._attempts = 0
        self._attempt_started = self._started
        self._durations: list[float] = []
        """Seconds that each concluded attempt took."""
        self._may_have_been_sent = False
        """Whether the service may have carried out an attempt to which it did not respond."""

    def start_attempt(self, api_key: Secret | None) -> Attempt:
        """Count and log the next attempt, and return it.

        Raises:
            APITimeoutError: There is no time left for it: the function that returns the API key took too long.
        """
        self._attempts += 1
        spent = self._spent()
        if spent.remaining is not None and spent.remaining <= 0:
            error = _failures.deadline_error(self.url, self._durations)
            self._note_ambiguity(error)
            raise error
        timeout = _retries.attempt_timeout(self._retries, spent) or spent.remaining
        self._attempt_started = self._clock.monotonic()
        attempt = Attempt(
            number=self._attempts,
            method=self._operation.method,
            url=self.url,
            headers=self._headers,
            api_key=api_key,
            secret=self._token if api_key is None else api_key,
            content=self._operation.content,
            connect_timeout=None if timeout is None else min(_settings.CONNECT_TIMEOUT, timeout),
            timeout=timeout,
            max_response_bytes=self._max_response_bytes,
            proxy=self.proxy,
        )
        self._debug("request %d: %s %s %s", attempt.number, attempt.method, attempt.url, headers=attempt.headers)
        return attempt

    def conclude(self, attempt: Attempt, result: RawResponse | Exception) -> Done[T] | Retry:
        """Decide what an attempt's response, or its failure, means for the call.

        Raises:
            SDKError: The status is not 2XX, and there is no further attempt.
            APIConnectionError: There was no response, and there is no further attempt.
            ResponseValidationError: The status is 2XX, but the body does not match the OpenAPI document.
            Exception: The failure itself, if it does not come from the transport.
        """
        elapsed = self._clock.monotonic() - self._attempt_started
        self._durations.append(elapsed)
        outcome, response = self._evaluate(attempt, result)
        error = None if isinstance(outcome, Done) else outcome
        wait = None
        if error is not None:
            wait = _retries.next_wait(self._retries, error, self._spent(), self._clock.random())
        if self._on_attempt is not None:
            self._on_attempt(AttemptResult(self._operation, attempt.number, elapsed, response, error, wait))
        if isinstance(outcome, Done):
            return outcome
        if wait is not None:
            method, path = self._operation.method, self._operation.path
            self._logger.info("retrying %s %s in %.3f s: %s", method, path, wait, outcome.message)
            return Retry(wait)
        try:
            raise outcome
        finally:
            del outcome, error  # the traceback refers to this frame: such a cycle would keep the body in memory

    def _evaluate(
        self, attempt: Attempt, result: RawResponse | Exception
    ) -> tuple[Done[T] | MistralError, RawResponse | None]:
        """Return what a result means, and the response, if there is one, without the API key."""
        if isinstance(result, Exception):
            return self._connection_error(attempt, result), None
        self._debug("response %d: %s %s", attempt.number, result.status_code, headers=_settings.Headers(result.headers))
        if not result.is_success:
            return self._status_error(attempt, result), result
        try:
            parsed = decode(self._operation, result, self._max_values, self._check_time)
        except TimeoutError:
            return _failures.decoding_timeout_error(result, self._durations), result.redacted(attempt.secret.text)
        except ValueError as problem:
            response, cause = result.redacted(attempt.secret.text), without_secret(problem, attempt.secret.text)
            error = _failures.invalid_response_error(cause, response, self._durations, self._operation.name)
            return error, response
        return Done(APIResponse(parsed, result, attempt.number, self._spent().elapsed)), result

    def _status_error(self, attempt: Attempt, response: RawResponse) -> MistralError:
        error = _failures.status_error(
            response, attempt, self._durations, now=self._clock.time(), remaining=self._spent().remaining
        )
        if self._may_have_been_sent and self._operation.name == "delete" and response.status_code == 404:
            error.add_note("An earlier attempt of this call got no response; it may have deleted the model.")
            return error
        self._may_have_been_sent |= response.status_code in _AMBIGUOUS_STATUSES
        self._note_ambiguity(error)
        return error

    def _connection_error(self, attempt: Attempt, failure: Exception) -> MistralError:
        if not _failures.is_transport_failure(failure):
            raise failure
        self._may_have_been_sent |= _failures.may_have_been_sent(failure)
        error = _failures.connection_error(failure, attempt, self._durations)
        self._note_ambiguity(error)
        return error

    def _note_ambiguity(self, error: MistralError) -> None:
        if self._may_have_been_sent and self._operation.method != "GET":
            error.add_note(f"The service may nevertheless have carried out this {self._operation.name}.")

    def _check_time(self) -> None:
        remaining = self._spent().remaining
        if remaining is not None and remaining <= 0:
            raise TimeoutError

    def _spent(self) -> _retries.Spent:
        now = self._clock.monotonic()
        remaining = None if self._deadline is None else self._deadline - now
        return _retries.Spent(self._operation.name, self._attempts - 1, now - self._started, remaining)

    def _debug(self, message: str, *args: object, headers: _settings.Headers) -> None:
        receiver = self._debug_logger
        if not isinstance(receiver, logging.Logger):  # loguru and structlog format messages differently
            receiver.debug(message % (*args, headers))
        elif receiver.isEnabledFor(logging.DEBUG):
            receiver.debug(message, *args, headers)
