"""The client: configuration, life cycle, and the two loops that send an operation until its call is done."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable, Mapping
from contextlib import nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from mistral_models_raw.types import UNSET, Unset

from . import _credentials, _settings
from ._clock import Clock, SystemClock
from ._pools import Pools

if TYPE_CHECKING:
    cached_property = property  # to type checkers the other is none, and does not fit a protocol that asks for one

    import httpx

    from ._call import Call, DebugLogger, ResponseHook
    from ._resource import Models
    from ._response import APIResponse
    from ._retries import Retries
    from .errors import MistralError
    from .operations import Operation
else:
    from functools import cached_property

T = TypeVar("T")


class Mistral:
    """A client of the service. Threads may share it; a forked child gets connections of its own; it pickles.

    Use it as a context manager, plain or async, or close it with `close` or `aclose`.

    Args:
        api_key: The key, or a function that returns it, called for every attempt, so that keys can rotate. An empty
            one falls back to the environment: `MISTRAL_SA_TOKEN_PATH`, the path of a file with the token of a service
            account, then `MISTRAL_API_KEY`. Both are read for every attempt, too.
        server: The name of a server: `global` (the default), `eu` or `us`.
        url_params: Values for `{names}` in `server_url`.
        server_url: Where the service is, with or without a path and a slash at the end.
        client: An `httpx.Client` to send with, as it is; it is not closed. One of `httpx2` will do.
        async_client: An `httpx.AsyncClient` for the methods that end in `_async` (of asyncio or trio), likewise.
        retry_config: What is tried again: a `RetryConfig`, a number of retries, a function (`utils.RetryHook`), or None
            for nothing. By default 2 retries after 0.5 s and 1 s at most.
        timeout_ms: How long a whole call may take, in milliseconds, retries included; 60,000 by default.
        debug_logger: Gets every request and answer, without secrets, where its level is DEBUG; the logger
            `mistral_models` by default.
        max_response_bytes: How long an answer may be, after decompression; 32 MiB by default.
        on_response: Called with the operation and the answer for every answer that comes; `utils.Recorder` is one.
        clock: Time and chance, for tests.

    Raises:
        ValueError: `server`, `server_url`, `timeout_ms`, `api_key` or `max_response_bytes` is not what it should be.
        TypeError: `client` or `async_client` is not what it should be.
    """

    def __init__(
        self,
        api_key: str | Callable[[], str | None] | None = None,
        server: str | None = None,
        url_params: Mapping[str, str] | None = None,
        server_url: str | None = None,
        client: _settings.HttpClient | None = None,
        async_client: _settings.AsyncHttpClient | None = None,
        retry_config: "Retries" = UNSET,
        timeout_ms: float | None = None,
        debug_logger: "DebugLogger | None" = None,
        *,
        max_response_bytes: int = _settings.MAX_RESPONSE_BYTES,
        on_response: "ResponseHook | None" = None,
        clock: Clock | None = None,
    ) -> None:
        self._key = api_key if callable(api_key) else _credentials.Secret(api_key)
        del api_key  # no traceback of ours shows it
        self._server_url = _settings.server_url(server_url, server, url_params)
        self._timeout = _settings.seconds(timeout_ms)
        self._retries = _settings.retries(retry_config)
        self._logger = debug_logger
        self._limit = _settings.response_limit(max_response_bytes)
        self._on_response = on_response
        self._clock = clock or SystemClock()
        self._pools: Pools = Pools(repr(self))
        self._client: httpx.Client | None = _settings.http_client(client, "Client", "client")
        self._async_client: httpx.AsyncClient | None = _settings.http_client(
            async_client, "AsyncClient", "async_client"
        )
        if isinstance(self._key, _credentials.Secret) and self._key.value:
            _credentials.api_key(self._key)

    @cached_property
    def models(self) -> "Models":
        """The six operations."""
        from ._resource import Models

        return Models(self)

    def send(
        self,
        operation: "Operation[T]",
        *,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "APIResponse[T]":
        """Send an operation.

        Args:
            operation: What `operations.*` made.
            retries: In place of `retry_config`.
            server_url: In place of that of the client.
            timeout_ms: In place of that of the client, in milliseconds.
            http_headers: In place of ours, whatever their case, or beside them.

        Returns:
            The result, with what came around it.

        Raises:
            SDKError: The service answered with something else than success.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An option, the key or the caller's client cannot be used; nothing was sent.
        """
        from . import _transport
        from ._response import APIResponse

        call = self._call(operation, retries, server_url, timeout_ms, http_headers, self._client)
        while True:
            key = self._authorization(call)
            client = self._client or self._pools.sync(call.request.url)
            try:
                answer = _transport.exchange(client, call, key, self._limit)
            except _transport.failures() as error:
                done: APIResponse[T] | float = call.failed(error)
            else:
                done = call.answered(answer)
            if isinstance(done, APIResponse):
                return done
            self._clock.sleep(done)

    async def send_async(
        self,
        operation: "Operation[T]",
        *,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "APIResponse[T]":
        """Send an operation.

        Args:
            operation: What `operations.*` made.
            retries: In place of `retry_config`.
            server_url: In place of that of the client.
            timeout_ms: In place of that of the client, in milliseconds.
            http_headers: In place of ours, whatever their case, or beside them.

        Returns:
            The result, with what came around it.

        Raises:
            SDKError: The service answered with something else than success.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An option, the key or the caller's client cannot be used; nothing was sent.
        """
        from . import _transport
        from ._response import APIResponse

        call = self._call(operation, retries, server_url, timeout_ms, http_headers, self._async_client)
        given = self._async_client
        while True:
            key = self._authorization(call)
            with nullcontext(given) if given else self._pools.running(call.request.url) as client:
                try:
                    answer = await _transport.exchange_async(client, call, key, self._limit)
                except _transport.failures() as error:
                    done: APIResponse[T] | float = call.failed(error)
                else:
                    done = call.answered(answer)
            if isinstance(done, APIResponse):
                return done
            await self._clock.sleep_async(done)

    def send_all(
        self, operations: "Iterable[Operation[T]]", concurrency: int = 8
    ) -> "Generator[tuple[Operation[T], APIResponse[T] | MistralError]]":
        """Send many operations, several at a time, in threads.

        Args:
            operations: Any number, taken from when there is room for another.
            concurrency: How many are under way at once, at most.

        Yields:
            Each operation with its `APIResponse` or its error, as they complete. Abandoned, it starts no more, and
            waits for those under way, their retries included.

        Raises:
            Exception: What the iterable raises, after what was under way by then; or a mistake that all would share,
                such as a missing key, at once.
        """
        from ._bulk import send_all

        return send_all(self.send, operations, concurrency)

    def send_all_async(
        self, operations: "Iterable[Operation[T]] | AsyncIterable[Operation[T]]", concurrency: int = 8
    ) -> "AsyncGenerator[tuple[Operation[T], APIResponse[T] | MistralError]]":
        """Send many operations, several at a time, in tasks.

        Args:
            operations: Any number, taken from when there is room for another.
            concurrency: How many are under way at once, at most.

        Yields:
            Each operation with its `APIResponse` or its error, as they complete. Abandoned (and closed), it starts no
            more, and cancels those under way.

        Raises:
            Exception: What the iterable raises, after what was under way by then; or a mistake that all would share,
                such as a missing key, at once.
        """
        from ._bulk import send_all_async

        return send_all_async(self.send_async, operations, concurrency)

    def _call(
        self,
        operation: "Operation[T]",
        retries: "Retries",
        server_url: str | None,
        timeout_ms: float | None,
        http_headers: Mapping[str, str] | None,
        given: "httpx.Client | httpx.AsyncClient | None",
    ) -> "Call[T]":
        from ._call import Call
        from .operations import Operation

        if not isinstance(operation, Operation):
            raise TypeError(f"what is sent must be one of operations.*, not {type(operation).__name__}")
        _settings.check_open(given)
        url = _settings.server_url(server_url) if server_url else self._server_url
        _settings.warn_of_plain_http(url)
        return Call(
            operation,
            server_url=url,
            http_headers=http_headers,
            timeouts=_settings.timeouts(timeout_ms, self._timeout, given=given is not None),
            is_ours=given is None,
            retries=self._retries if isinstance(retries, Unset) else _settings.retries(retries),
            clock=self._clock,
            debug_logger=self._logger,
            on_response=self._on_response,
        )

    def _authorization(self, call: "Call[Any]") -> _credentials.Secret | None:
        """Find the key for an attempt, unless the caller brings credentials."""
        return None if "authorization" in call.request.headers else _credentials.api_key(self._key)

    def close(self) -> None:
        """Close the connections of the calls that are not async. The client may be used again."""
        self._pools.close()

    async def aclose(self) -> None:
        """Close the connections of the running event loop, and those of the calls that are not async."""
        await self._pools.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"Mistral(server_url={self._server_url!r})"

    def __getstate__(self) -> dict[str, Any]:
        if self._client or self._async_client:
            raise TypeError("a Mistral with a client of the caller's does not pickle; make one without")
        return {name: value for name, value in self.__dict__.items() if name not in {"_pools", "models"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _pools=Pools(f"Mistral(server_url={state['_server_url']!r})"))
