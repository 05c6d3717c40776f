"""The exceptions of this package. Nothing here does I/O.

Each is a subclass of the one that it is drawn below::

    MistralError
    ├── APIConnectionError           no response: refused, reset, TLS, DNS
    │   └── APITimeoutError
    ├── ResponseValidationError      2XX, but not as in the OpenAPI document
    └── SDKError                     any status but 2XX
        ├── BadRequestError          400
        ├── AuthenticationError      401
        ├── PermissionDeniedError    403
        ├── NotFoundError            404
        ├── ConflictError            409
        ├── HTTPValidationError      422 (.data.detail)
        ├── RateLimitError           429 (.retry_after)
        └── InternalServerError      5XX

All of them pickle and copy, notes included. None contains the API key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ._deferred import http_validation_error, httpx
from ._response import RawResponse, error_message

if TYPE_CHECKING:
    from mistral_models_raw.models.http_validation_error import HTTPValidationError as HTTPValidationErrorData


class MistralError(Exception):
    """Base class of all errors of this package."""

    def __init__(
        self, message: str, *, retry_after: float | None = None, attempt_durations: Sequence[float] = (0.0,)
    ) -> None:
        super().__init__(message)
        self.message: str = message
        """What happened, in one line; the service's own message first."""
        self.attempt_durations: tuple[float, ...] = tuple(attempt_durations)
        """Seconds that each attempt took."""
        self.attempts: int = len(attempt_durations)
        """The number of attempts, those without a connection included."""
        self.retry_after: float | None = retry_after
        """How many seconds the service asked to wait, if it did."""
        self.status_code: int | None = None
        """The HTTP status; None without a response."""
        self.headers: httpx.Headers = httpx.Headers()
        """The response's headers, their names case-insensitive; empty without a response."""
        self.request_id: str | None = None
        """The id that the service gave the request; quote it to the service's support."""

    @property
    def body(self) -> str:
        """The response's body as text, decoded on access, because it can be large; empty without a response."""
        return ""

    @property
    def raw_response(self) -> httpx.Response | None:
        """The response as an `httpx.Response`, its request without headers; None without a response."""
        return None

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)


def _restore(cls: type[MistralError], args: tuple[object, ...], state: dict[str, object]) -> MistralError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    error.__cause__ = getattr(error, "cause", None)
    return error


class APIConnectionError(MistralError):
    """No response was received, or not all of it: the service may or may not have carried out the operation."""

    def __init__(
        self,
        message: str = "No response received",
        *,
        is_permanent: bool = False,
        attempt_durations: Sequence[float] = (0.0,),
    ) -> None:
        super().__init__(message, attempt_durations=attempt_durations)
        self.is_permanent: bool = is_permanent
        """Whether every further attempt would fail in the same way, as with an untrusted certificate. Not retried."""


class APITimeoutError(APIConnectionError):
    """No response was received in time."""


class _ResponseError(MistralError):
    """An error with a response.

    Args:
        message: What happened.
        raw_response: The response; in tests, `httpx.Response(503)` will do.
        body: Replaces the response's own body.
        retry_after: How many seconds the service asked to wait, if it did.
        attempt_durations: Seconds that each attempt took.
    """

    def __init__(
        self,
        message: str,
        raw_response: httpx.Response | RawResponse,
        body: str | None = None,
        *,
        retry_after: float | None = None,
        attempt_durations: Sequence[float] = (0.0,),
    ) -> None:
        super().__init__(message, retry_after=retry_after, attempt_durations=attempt_durations)
        response = _raw(raw_response, body)
        self.status_code: int = response.status_code  # pyright: ignore[reportIncompatibleVariableOverride] # narrower
        self.headers: httpx.Headers = response.headers
        self.request_id: str | None = response.request_id
        self._response: RawResponse = response

    @property
    def body(self) -> str:
        """The response's body as text, decoded on access, because it can be large."""
        return self._response.text

    @property
    def raw_response(self) -> httpx.Response:
        """The response as an `httpx.Response`, its request without headers."""
        return self._response.to_httpx()


class ResponseValidationError(_ResponseError):
    """The service reports success, but the response does not match the OpenAPI document.

    Constructed like `SDKError`, but with a `cause` before `body`, as in the vendor's SDK; it is added to the message.
    """

    def __init__(
        self,
        message: str,
        raw_response: httpx.Response | RawResponse,
        cause: Exception | None = None,
        body: str | None = None,
        *,
        attempt_durations: Sequence[float] = (0.0,),
    ) -> None:
        text = message if cause is None else f"{message}: {cause}"
        super().__init__(text, raw_response, body, attempt_durations=attempt_durations)
        self.cause: Exception | None = cause
        """The error of decoding; also `__cause__`."""
        self.__cause__: BaseException | None = cause


class SDKError(_ResponseError):
    """The service responded with an error status."""


class BadRequestError(SDKError):
    """400: the service does not understand the request."""


class AuthenticationError(SDKError):
    """401: the API key is missing, wrong or revoked."""


class PermissionDeniedError(SDKError):
    """403: the API key lacks the permission."""


class NotFoundError(SDKError):
    """404: the model does not exist, or the API key has no access to it."""


class ConflictError(SDKError):
    """409: the model's state does not allow the operation."""


class HTTPValidationError(SDKError):
    """422: the request is invalid; `data.detail` lists the errors.

    Constructed like `SDKError`, or with `data` in place of the message, as in the vendor's SDK.
    """

    def __init__(
        self,
        message: str | http_validation_error.HTTPValidationError,
        raw_response: httpx.Response | RawResponse,
        body: str | None = None,
        *,
        retry_after: float | None = None,
        attempt_durations: Sequence[float] = (0.0,),
    ) -> None:
        response = _raw(raw_response, body)
        text = message if isinstance(message, str) else response.text
        super().__init__(text, response, retry_after=retry_after, attempt_durations=attempt_durations)
        self.data: http_validation_error.HTTPValidationError = (
            _validation_errors(response) if isinstance(message, str) else message
        )
        """The decoded body: `data.detail` is a list of `ValidationError`, a sentence, or None if there is neither."""


class RateLimitError(SDKError):
    """429: too many requests. `retry_after` is the number of seconds to wait, if the service gave one."""


class InternalServerError(SDKError):
    """5XX: the service failed."""


NoResponseError = APIConnectionError
"""The name of `APIConnectionError` in the vendor's SDK."""


def _raw(response: httpx.Response | RawResponse, body: str | None) -> RawResponse:
    if isinstance(response, RawResponse):
        return response if body is None else RawResponse.from_httpx(response.to_httpx(), body)
    return RawResponse.from_httpx(response, body)


def _validation_errors(response: RawResponse) -> http_validation_error.HTTPValidationError:
    try:
        content = response.json()
    except ValueError:
        content = None
    if isinstance(content, dict):
        nested = content.get("message")  # the service sometimes wraps the errors in a message
        try:
            return http_validation_error.HTTPValidationError.from_dict(nested if isinstance(nested, dict) else content)
        except ValueError:
            pass
    return http_validation_error.HTTPValidationError(detail=error_message(content) or None)


if not TYPE_CHECKING:  # type checkers know the names of this module, and no others

    def __getattr__(name: str) -> object:
        # The vendor's SDK has this name here. It is resolved on first use, because its module needs attrs.
        if name == "HTTPValidationErrorData":
            return http_validation_error.HTTPValidationError
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "APIConnectionError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ConflictError",
    "HTTPValidationError",
    "HTTPValidationErrorData",
    "InternalServerError",
    "MistralError",
    "NoResponseError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "ResponseValidationError",
    "SDKError",
]
