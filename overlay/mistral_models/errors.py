"""The exceptions of this client. Nothing here does I/O.

MistralError
├── APIConnectionError           no answer: refused, reset, TLS, DNS
│   └── APITimeoutError
├── ResponseValidationError      not what the document says
└── SDKError                     an answer that is not a success
    ├── BadRequestError          400
    ├── AuthenticationError      401
    ├── PermissionDeniedError    403
    ├── NotFoundError            404
    ├── ConflictError            409
    ├── HTTPValidationError      422 (.data.detail)
    ├── RateLimitError           429 (.retry_after)
    └── InternalServerError      5XX

All of them pickle and copy, notes included. None holds the key.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx
    from mistral_models_raw.models.http_validation_error import HTTPValidationError as HTTPValidationErrorData

    from ._response import RawResponse


class MistralError(Exception):
    """What every error of this client is."""

    def __init__(self, message: str, *, attempts: int = 1) -> None:
        super().__init__(message)
        self.message: str = message
        """What happened, in one line; the service's own words first."""
        self.attempts: int = attempts
        """How many attempts were made, those that found no connection among them."""
        self.retry_after: float | None = None
        """How long the service asked to wait, in seconds, where it did."""

    @property
    def status_code(self) -> int | None:
        """The HTTP status; None where no answer came."""
        return None

    @property
    def body(self) -> str:
        """The body as text; empty where no answer came."""
        return ""

    @property
    def headers(self) -> "httpx.Headers":
        """The headers, whose names have no case; none where no answer came."""
        import httpx

        return httpx.Headers()

    @property
    def request_id(self) -> str | None:
        """The service's name for the request, for its support."""
        return None

    @property
    def raw_response(self) -> "httpx.Response | None":
        """The answer as httpx has it, its request without headers; None where no answer came."""
        return None

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__)


def _restored(cls: type[MistralError], arguments: tuple[object, ...], state: dict[str, object]) -> MistralError:
    error = cls.__new__(cls, *arguments)
    error.__dict__.update(state)
    return error


class APIConnectionError(MistralError):
    """No answer came, or not a whole one: the service may or may not have done what it was asked."""

    def __init__(self, message: str = "No response received", *, attempts: int = 1) -> None:
        super().__init__(message, attempts=attempts)


class APITimeoutError(APIConnectionError):
    """No answer came in time."""


class _AnswerError(MistralError):
    """An error that an answer brought.

    Args:
        message: What happened.
        raw_response: The answer; for tests, `httpx.Response(503)` will do.
        body: Its body, in place of the response's own.
        attempts: How many attempts were made.
    """

    def __init__(
        self, message: str, raw_response: "httpx.Response | RawResponse", body: str | None = None, *, attempts: int = 1
    ) -> None:
        from ._response import RawResponse

        super().__init__(message, attempts=attempts)
        self._answer: RawResponse = (
            raw_response if isinstance(raw_response, RawResponse) else RawResponse.of(raw_response, body)
        )

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self._answer.status_code

    @property
    def body(self) -> str:
        """The body as text."""
        return self._answer.text

    @property
    def headers(self) -> "httpx.Headers":
        """The headers, whose names have no case."""
        return self._answer.headers

    @property
    def request_id(self) -> str | None:
        """The service's name for the request, for its support."""
        return self._answer.request_id

    @property
    def raw_response(self) -> "httpx.Response":
        """The answer as httpx has it, its request without headers."""
        return self._answer.raw_response


class ResponseValidationError(_AnswerError):
    """The service reports success, but its answer is not what the document says.

    Made like `SDKError`, but with a `cause` before `body`, as in the vendor's SDK; it ends the message.
    """

    def __init__(
        self,
        message: str,
        raw_response: "httpx.Response | RawResponse",
        cause: Exception | None = None,
        body: str | None = None,
        *,
        attempts: int = 1,
    ) -> None:
        said = message if cause is None else f"{message}: {cause}"
        super().__init__(said, raw_response, body, attempts=attempts)
        self.__cause__: BaseException | None = cause

    @property
    def cause(self) -> BaseException | None:
        """What the error was raised from, if anything."""
        return self.__cause__


class SDKError(_AnswerError):
    """The service answered, but not with success."""


class BadRequestError(SDKError):
    """400: the service does not understand the request."""


class AuthenticationError(SDKError):
    """401: the key is missing, wrong, or revoked."""


class PermissionDeniedError(SDKError):
    """403: the key may not do this."""


class NotFoundError(SDKError):
    """404: there is no such model, or the key may not see it."""


class ConflictError(SDKError):
    """409: the model is in a state that forbids this."""


class HTTPValidationError(SDKError):
    """422: the request is not of the form that the service expects.

    Made like `SDKError`, or with `data` in place of the message, as in the vendor's SDK.
    """

    def __init__(
        self,
        message: "str | HTTPValidationErrorData",
        raw_response: "httpx.Response | RawResponse",
        body: str | None = None,
        *,
        attempts: int = 1,
    ) -> None:
        self._data: HTTPValidationErrorData | None = None if isinstance(message, str) else message
        said = message if isinstance(message, str) else body or raw_response.text
        super().__init__(said, raw_response, body, attempts=attempts)

    @property
    def data(self) -> "HTTPValidationErrorData":
        """The body, decoded: `data.detail` is a list of `ValidationError`, a sentence, or None if it has neither."""
        from mistral_models_raw.models.http_validation_error import HTTPValidationError as HTTPValidationErrorData

        if self._data is not None:
            return self._data
        from ._failures import content_of, said_in

        content = content_of(self._answer)
        if isinstance(content, dict):
            # The service wraps the faults in a message sometimes.
            inner = content.get("message")
            try:
                return HTTPValidationErrorData.from_dict(inner if isinstance(inner, dict) else content)
            except ValueError:
                pass
        return HTTPValidationErrorData(detail=said_in(content) or None)


class RateLimitError(SDKError):
    """429: too many requests; `retry_after` says how long to wait, in seconds, if the service did."""


class InternalServerError(SDKError):
    """5XX: the service failed."""


NoResponseError = APIConnectionError
"""The name in the vendor's SDK."""


if not TYPE_CHECKING:  # type checkers know the names of this module, and no others

    def __getattr__(name: str) -> object:
        # The vendor's SDK has this type here; it is loaded by whoever names it.
        if name == "HTTPValidationErrorData":
            from mistral_models_raw.models.http_validation_error import HTTPValidationError as HTTPValidationErrorData

            return HTTPValidationErrorData
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
