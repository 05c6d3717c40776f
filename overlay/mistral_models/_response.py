"""An answer of the service as a value, and what a success is decoded into. Nothing here does I/O."""

import re
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from . import _json
from ._json import Json

if TYPE_CHECKING:
    import httpx

    from .operations import Operation

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# Of text, and quick: Python has codecs that are neither (`punycode` takes an hour for what `utf-8` does in a second).
_CHARSETS = re.compile(r"(utf|us|ascii|iso|latin|windows|cp|koi8|mac|big5|gb|euc|shift|s?jis)[\w.:-]*")
_REQUEST_IDS = ("x-request-id", "mistral-correlation-id")


class RawResponse:
    """What came back for one attempt, the body decompressed; `problem` says why it is not whole, if it is not."""

    __slots__ = ("body", "headers", "method", "problem", "status_code", "url")

    def __init__(
        self, method: str, url: str, status_code: int, headers: "httpx.Headers", body: bytes, problem: str = ""
    ) -> None:
        self.method: str = method
        self.url: str = url
        self.status_code: int = status_code
        self.headers: httpx.Headers = headers
        self.body: bytes = body
        self.problem: str = problem

    @classmethod
    def of(cls, response: "httpx.Response", body: str | None = None) -> Self:
        """Make one of a response that was read, and need not have a request."""
        request = getattr(response, "_request", None)
        content = response.content if body is None else body.encode()
        method, url = (request.method, str(request.url)) if request else ("GET", "http://unknown")
        return cls(method, url, response.status_code, response.headers, content)

    @property
    def request_id(self) -> str | None:
        """The service's name for the request, for its support."""
        return next((value for name in _REQUEST_IDS if (value := self.headers.get(name))), None)

    @property
    def text(self) -> str:
        """The body as text; what is not in its character set shows as U+FFFD."""
        _, _, said = self.headers.get("content-type", "").lower().partition("charset=")
        charset = said.partition(";")[0].strip("\"' ")
        try:
            text = self.body.decode(charset if _CHARSETS.fullmatch(charset) else "utf-8", "replace")
        except LookupError:
            text = self.body.decode("utf-8", "replace")
        return text.removeprefix("\ufeff")

    def json(self) -> Json:
        """Parse the body, with or without a byte-order mark.

        Raises:
            ValueError: It is not JSON.
        """
        return _json.parse(self.body)

    @property
    def raw_response(self) -> "httpx.Response":
        """The answer as httpx has it. Its request holds neither the key nor any other header."""
        import httpx

        # The body is complete and decompressed already.
        framing = {b"content-encoding", b"content-length", b"transfer-encoding"}
        kept = [(name, value) for name, value in self.headers.raw if name.lower() not in framing]
        request = httpx.Request(self.method, self.url)
        return httpx.Response(self.status_code, headers=kept, content=self.body, request=request)


class APIResponse(Generic[T_co]):
    """A success of the service: the decoded result, with what came around it."""

    __slots__ = ("_answer", "attempts", "elapsed", "parsed")

    def __init__(self, parsed: T_co, answer: RawResponse, attempts: int, elapsed: float) -> None:
        self.parsed: T_co = parsed
        """The result."""
        self.attempts: int = attempts
        """How many attempts it took."""
        self.elapsed: float = elapsed
        """From the start of the call to the end of the answer, waits included, in seconds."""
        self._answer = answer

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self._answer.status_code

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

    def __repr__(self) -> str:
        return (
            f"APIResponse(status_code={self.status_code}, request_id={self.request_id!r}, attempts={self.attempts}, "
            f"elapsed={self.elapsed:.3f}, parsed={self.parsed!r})"
        )


def parse(operation: "Operation[T]", answer: RawResponse) -> T:
    """Decode the body of a success.

    Raises:
        ValueError: The body is not what the document says; the message says what is wrong, and where.
    """
    if answer.problem:
        raise ValueError(answer.problem)
    try:
        payload = answer.json()
    except ValueError as error:
        kind = answer.headers.get("content-type", "no content type")
        empty = not answer.body.strip()
        raise ValueError("the body is empty" if empty else f"the body is not JSON ({kind}): {error}") from None
    return operation.decode(payload)
