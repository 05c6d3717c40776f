"""Configuration, life cycle, and the loop that sends an operation."""

import os
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from .resource import Models

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from .operations import Operation

T = TypeVar("T")

SERVERS = {"eu": "https://api.mistral.ai"}


class APIResponse(Generic[T]):
    """An answer of the service, decoded, with what came around it."""

    __slots__ = ("headers", "parsed", "status_code")

    def __init__(self, parsed: T, status_code: int, headers: "httpx.Headers") -> None:
        self.parsed = parsed
        self.status_code = status_code
        self.headers = headers


class Mistral:
    """A client of the service, to be used as a context manager or closed.

    Args:
        api_key: The key, or a function that returns it. Without one, `MISTRAL_API_KEY` is read.
        server_url: Where the service is, if not at `https://api.mistral.ai`.
        client: An `httpx.Client` to use in place of an own one. It is not closed.
    """

    def __init__(
        self,
        api_key: "str | Callable[[], str] | None" = None,
        *,
        server_url: str | None = None,
        client: "httpx.Client | None" = None,
    ) -> None:
        self._api_key = api_key or os.environ.get("MISTRAL_API_KEY", "")
        if not self._api_key:
            raise ValueError("no API key: pass api_key, or set the environment variable MISTRAL_API_KEY")
        self._server_url = (server_url or SERVERS["eu"]).rstrip("/")
        self._given = client
        self._own: httpx.Client | None = None

    @property
    def models(self) -> Models:
        """The six operations."""
        return Models(self)

    def send(self, operation: "Operation[T]") -> APIResponse[T]:
        """Send an operation.

        Raises:
            SDKError: The service answered with something else than success.
            ResponseValidationError: The answer is not what the document says.
        """
        from . import answers

        key = self._api_key() if callable(self._api_key) else self._api_key
        response = self._client().request(
            operation.method,
            self._server_url + operation.path,
            params=operation.query or None,
            content=operation.content,
            headers=answers.headers(key, operation.content),
        )
        return APIResponse(answers.read(operation, response), response.status_code, response.headers)

    def _client(self) -> "httpx.Client":
        if self._given is not None:
            return self._given
        if self._own is None:
            import httpx

            self._own = httpx.Client()
        return self._own

    def close(self) -> None:
        """Close the connections. The client opens new ones if it is used again."""
        if self._own is not None:
            self._own.close()
            self._own = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
