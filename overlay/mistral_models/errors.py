"""The exceptions of this client: the tree, and which of them an answer is. Nothing here does I/O.

MistralError
├── APIConnectionError            no answer: refused, reset, TLS, DNS
│   └── APITimeoutError
├── ResponseValidationError       a success that is not what the document says
└── SDKError                      4XX, 5XX, and what is neither success nor error
    ├── BadRequestError 400 · AuthenticationError 401 · PermissionDeniedError 403 · NotFoundError 404
    ├── ConflictError 409 · HTTPValidationError 422 (.data.detail) · RateLimitError 429 (.retry_after)
    └── InternalServerError 5XX

All of them pickle and copy, notes included. None holds the key.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import httpx
    from mistral_models_raw.models.http_validation_error import HTTPValidationError as HTTPValidationErrorData

    from .answers import Answer, Json


class MistralError(Exception):
    """What every error of this client is.

    Attributes:
        message: What happened, in one line; the service's own words first.
        attempts: How many requests were sent.
        retry_after: How long the service asked to wait, in seconds, where it did.
    """

    def __init__(self, message: str, *, attempts: int = 1) -> None:
        super().__init__(message)
        self.message: str = message
        self.attempts: int = attempts
        self.retry_after: float | None = None


class APIConnectionError(MistralError):
    """No answer came, or not a whole one: the service may or may not have done what it was asked."""


class APITimeoutError(APIConnectionError):
    """No answer came in time."""


class _AnswerError(MistralError):
    _answer: "Answer"

    @classmethod
    def of(cls, message: str, answer: "Answer", attempts: int) -> Self:
        error = cls(message, attempts=attempts)
        error._answer = answer
        return error

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
        """The answer as httpx has it; its request holds no headers."""
        return self._answer.raw_response


class ResponseValidationError(_AnswerError):
    """The service reports success, but its answer is not what the document says."""


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
    """422: the request is not of the form that the service expects."""

    @property
    def data(self) -> "HTTPValidationErrorData":
        """The body, decoded: `data.detail` is a list of `ValidationError`, a sentence, or None if it has neither."""
        from mistral_models_raw.models.http_validation_error import HTTPValidationError as HTTPValidationErrorData

        content = _content(self._answer)
        if isinstance(content, dict):
            # The service wraps the faults in a message sometimes.
            inner = content.get("message")
            try:
                return HTTPValidationErrorData.from_dict(inner if isinstance(inner, dict) else content)
            except ValueError:
                pass
        return HTTPValidationErrorData(detail=_said(content) or None)


class RateLimitError(SDKError):
    """429: too many requests; `retry_after` says how long to wait, in seconds, if the service did."""


class InternalServerError(SDKError):
    """5XX: the service failed."""


NoResponseError = APIConnectionError
"""The name in the vendor's SDK."""

_BY_STATUS: dict[int, type[SDKError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: HTTPValidationError,
    429: RateLimitError,
}


def refusal(answer: "Answer", attempts: int) -> SDKError:
    """Make the error for an answer that is not a success."""
    status = answer.status_code
    cls = _BY_STATUS.get(status, InternalServerError if 500 <= status <= 599 else SDKError)
    said = _said(_content(answer))
    if 300 <= status <= 399 and "location" in answer.headers:
        said = f"redirected to {answer.headers['location']}, which is not followed"
    return cls.of(f"{said or _page(answer)} {_circumstances(answer, attempts)}".lstrip(), answer, attempts)


def malformed(problem: str, answer: "Answer", attempts: int) -> ResponseValidationError:
    """Make the error for a success that cannot be decoded."""
    return ResponseValidationError.of(f"{problem} {_circumstances(answer, attempts)}", answer, attempts)


def _circumstances(answer: "Answer", attempts: int) -> str:
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


def _content(answer: "Answer") -> "Json":
    """The JSON of a body, whatever its content type says; None if it is none."""
    try:
        return answer.json()
    except ValueError:
        return None


def _said(content: "Json") -> str:
    """The service's own words in a body: `detail`, `message` or `error`, whatever they are wrapped in."""
    if isinstance(content, str):
        return " ".join(content.split())
    if isinstance(content, list):
        return "; ".join(filter(None, map(_said, content)))
    if not isinstance(content, dict):
        return ""
    if isinstance(fault := content.get("msg"), str):
        place = content.get("loc")
        path = ".".join(map(str, place)) if isinstance(place, list) else ""
        return f"{path}: {fault}" if path else fault
    return next(filter(None, (_said(content.get(name)) for name in ("detail", "message", "error"))), "")


def _page(answer: "Answer") -> str:
    """The beginning of a body that is not JSON; the title of an HTML page."""
    import re

    text = answer.text
    title = re.search(r"<title[^>]*>(.*?)</title", text, re.IGNORECASE | re.DOTALL)
    line = " ".join((title[1] if title else text).split())
    return line if len(line) <= 200 else f"{line[:197]}..."


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
