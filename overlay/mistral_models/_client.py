"""The client: configuration, life cycle, and the two loops that send an operation until its call is concluded."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable, Mapping
from contextlib import nullcontext, suppress
from types import TracebackType
from typing import Any, Self, TypeVar

from mistral_models_raw.types import UNSET, Unset

from . import (
    _bulk,
    _credentials,
    _deferred,
    _event_loop,
    _pools,
    _retries,
    _server_urls,
    _settings,
    _transport,
    operations,
)
from ._call import AttemptHook, Call, DebugLogger, Done
from ._clock import Clock, SystemClock
from ._deferred import httpx
from ._resource import Models
from ._response import APIResponse
from ._retries import Retries
from .errors import MistralError
from .operations import Operation

T = TypeVar("T")


class Mistral:
    """A client of the Mistral API's model-management operations.

    Threads and event loops may share a client. A forked child process opens connections of its own. A client can be
    pickled, with its API key, unless it was given an HTTP client. Use it as a context manager (`with`, `async with`),
    or close it with `close` or `aclose`.

    Args:
        api_key: The API key, or a function that returns it, which is called for every attempt, so that keys can rotate.
            If it is empty, the environment is used, also for every attempt: `MISTRAL_SA_TOKEN_PATH`, the path of a file
            with a service account's token, then `MISTRAL_API_KEY`.
        server: The name of a server: `global` (the default), `eu` or `us`.
        url_params: Values for `{names}` in `server_url`.
        server_url: The base URL of the service, with or without a path and a trailing slash. If neither it nor `server`
            is passed, the environment variable `MISTRAL_SERVER_URL` is used.
        client: An `httpx.Client` to send with as it is configured, or one of httpx2. It is never closed.
        async_client: The same for async calls: an `httpx.AsyncClient`, for asyncio or trio.
        retry_config: The retry policy: a `RetryConfig`, a number of retries, a function (`utils.RetryHook`), or None
            for no retries. By default 2 retries, after at most 0.5 s and 1 s.
        timeout_ms: The deadline of a whole call, in milliseconds, retries included; 60,000 by default, or with a given
            HTTP client its own timeouts.
        debug_logger: Receives every request and response at level DEBUG, without secrets; the logger `mistral_models`
            by default.
        http_headers: Extra headers for every call; they override default ones, case-insensitively.
        max_response_bytes: Size limit of a decompressed response body; 32 MiB by default.
        on_attempt: Called at the end of every attempt with a `utils.AttemptResult`; `utils.Recorder` is one.
        clock: Source of time, sleep and randomness; tests replace it.

    Raises:
        ValueError: `server`, `server_url`, `retry_config`, `timeout_ms`, `api_key`, `http_headers` or
            `max_response_bytes` is invalid.
        TypeError: `client` or `async_client` is not an HTTP client of the right kind; or a function is an `async def`.
    """

    models: Models = Models.__new__(Models)
    """The six operations. Every client replaces the class's own value, which `create_autospec(Mistral)` needs."""
    _server_url: str = ""
    """The default lets `repr` work if the constructor failed: some tracebacks show local variables."""

    def __init__(
        self,
        api_key: str | Callable[[], str | None] | None = None,
        server: str | None = None,
        url_params: Mapping[str, str] | None = None,
        server_url: str | None = None,
        client: _settings.HttpClient | None = None,
        async_client: _settings.AsyncHttpClient | None = None,
        retry_config: Retries = UNSET,
        timeout_ms: float | None = None,
        debug_logger: DebugLogger | None = None,
        *,
        http_headers: Mapping[str, str] | None = None,
        max_response_bytes: int = _settings.MAX_RESPONSE_BYTES,
        on_attempt: AttemptHook | None = None,
        clock: Clock | None = None,
    ) -> None:
        _settings.sync_function(api_key, "api_key")
        self._api_key = api_key if callable(api_key) else _credentials.Secret(api_key)
        del api_key  # so that no traceback of this frame shows it
        self._server_url = _server_urls.find_server_url(
            server_url, server, url_params, os.environ.get(_server_urls.SERVER_URL_VARIABLE)
        )
        self._timeout = _settings.timeout_seconds(timeout_ms)
        self._retries = _retries.checked(retry_config, "retry_config")
        if debug_logger is not None and not callable(getattr(debug_logger, "debug", None)):
            raise TypeError(f"debug_logger must have a method `debug`; {type(debug_logger).__name__} has none")
        self._debug_logger = debug_logger
        self._http_headers = _settings.Headers(_settings.checked_headers(http_headers))
        self._max_response_bytes = _settings.response_limit(max_response_bytes)
        if on_attempt is not None and not callable(on_attempt):
            raise TypeError(f"on_attempt must be a function or a utils.Recorder, not {type(on_attempt).__name__}")
        self._on_attempt = _settings.sync_function(on_attempt, "on_attempt")
        self._clock = SystemClock() if clock is None else clock
        self._client: httpx.Client | None = _settings.http_client(client, "Client", "client")
        self._async_client: httpx.AsyncClient | None = _settings.http_client(
            async_client, "AsyncClient", "async_client"
        )
        if isinstance(self._api_key, _credentials.Secret) and self._api_key.value:
            _credentials.find_api_key(self._api_key)
        self._create_resources()

    def _create_resources(self) -> None:
        self._pools = _pools.Pools(Mistral.__repr__(self), self._clock)  # a subclass may have its own
        self.models = Models(self)

    def send(
        self,
        operation: Operation[T],
        *,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> APIResponse[T]:
        """Send an operation.

        Args:
            operation: An operation made by `operations.*`.
            retries: The retry policy; replaces the client's `retry_config`.
            server_url: The base URL of the service; replaces the client's.
            timeout_ms: The deadline of the call, in milliseconds; replaces the client's.
            http_headers: Extra headers; they override default ones, case-insensitively.

        Returns:
            The decoded result (`parsed`), with the response's metadata.

        Raises:
            SDKError: The service responded with an error status.
            APIConnectionError: No response was received, or not all of it.
            ResponseValidationError: The response does not match the OpenAPI document.
            ValueError: An option, the API key or the given HTTP client cannot be used.
        """
        caller_client = self._client
        owns_client = caller_client is None
        call = self._start_call(operation, retries, server_url, timeout_ms, http_headers, caller_client)
        while True:
            attempt = call.start_attempt(self._find_api_key(call, caller_client))
            try:
                pooled = nullcontext(caller_client) if caller_client else self._pools.sync_client(call.url, call.proxy)
                with pooled as client:
                    result = _transport.send_attempt(client, attempt, self._clock, owns_client=owns_client)
            except Exception as failure:  # noqa: BLE001 `conclude` re-raises what is not a transport failure
                outcome = call.conclude(attempt, failure)
            else:
                outcome = call.conclude(attempt, result)
            if isinstance(outcome, Done):
                return outcome.response
            self._clock.sleep(outcome.after)

    async def send_async(
        self,
        operation: Operation[T],
        *,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> APIResponse[T]:
        """Async version of `send`."""
        caller_client = self._async_client
        owns_client = caller_client is None
        call = self._start_call(operation, retries, server_url, timeout_ms, http_headers, caller_client)
        while True:
            attempt = call.start_attempt(self._find_api_key(call, caller_client))
            try:
                pooled = nullcontext(caller_client) if caller_client else self._pools.async_client(call.url, call.proxy)
                async with pooled as client:
                    result = await _transport.send_attempt_async(client, attempt, self._clock, owns_client=owns_client)
            except Exception as failure:  # noqa: BLE001 `conclude` re-raises what is not a transport failure
                outcome = call.conclude(attempt, failure)
            else:
                outcome = call.conclude(attempt, result)
            if isinstance(outcome, Done):
                return outcome.response
            await self._clock.sleep_async(outcome.after)

    def send_all(
        self, operations: Iterable[Operation[T]], concurrency: int = 8
    ) -> Generator[tuple[Operation[T], APIResponse[T] | MistralError]]:
        """Send many operations, several at a time, in threads.

        Args:
            operations: Any number of operations; each is taken when there is capacity for it.
            concurrency: The maximum number of operations in flight.

        Yields:
            Each operation with its `APIResponse` or its error, in the order of completion. If the generator is closed
            early, it starts no more operations, and waits for those in flight, retries included.

        Raises:
            Exception: The iterable's own exception, after the results in flight were yielded; or a mistake that
                affects all operations, such as a missing API key.
        """
        return _bulk.send_all(self.send, operations, concurrency)

    def send_all_async(
        self, operations: Iterable[Operation[T]] | AsyncIterable[Operation[T]], concurrency: int = 8
    ) -> AsyncGenerator[tuple[Operation[T], APIResponse[T] | MistralError]]:
        """Async version of `send_all`, in tasks of asyncio. Closed early, it cancels the operations in flight."""
        return _bulk.send_all_async(self.send_async, operations, concurrency)

    def close(self) -> None:
        """Close the connections of sync calls, and end the calls in flight. The client can be used again."""
        self._pools.close()

    async def aclose(self) -> None:
        """Close the connections of the running event loop and those of sync calls, and end the calls in flight."""
        await self._pools.aclose()

    def _start_call(
        self,
        operation: Operation[T],
        retries: Retries,
        server_url: str | None,
        timeout_ms: float | None,
        http_headers: Mapping[str, str] | None,
        caller_client: httpx.Client | httpx.AsyncClient | None,
    ) -> Call[T]:
        if not isinstance(operation, Operation):
            raise TypeError(f"expected an operation made by operations.*, not {type(operation).__name__}")
        _settings.check_client_is_open(caller_client)
        url = _server_urls.server_url(server_url) if server_url else self._server_url
        proxy = None if caller_client else self._pools.proxy_for(url)
        _server_urls.warn_if_unencrypted(url, proxy.address if proxy else None)
        _deferred.load(*operations.ENDPOINTS)
        return Call(
            operation,
            server_url=url,
            http_headers=_settings.merged_headers(caller_client, self._http_headers, http_headers),
            client_authorization=caller_client.headers.get("authorization", "") if caller_client else "",
            timeout=_settings.call_timeout(timeout_ms, self._timeout, owns_client=caller_client is None),
            retries=self._retries if isinstance(retries, Unset) else _retries.checked(retries, "retries"),
            max_response_bytes=self._max_response_bytes,
            clock=self._clock,
            debug_logger=self._debug_logger,
            on_attempt=self._on_attempt,
            proxy=proxy,
        )

    def _find_api_key(
        self, call: Call[Any], caller_client: httpx.Client | httpx.AsyncClient | None
    ) -> _credentials.Secret | None:
        is_passed = not isinstance(self._api_key, _credentials.Secret) or bool(self._api_key.value)
        if not call.needs_api_key or (not is_passed and _settings.has_credentials(caller_client)):
            return None
        return _credentials.find_api_key(self._api_key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        # The first call would otherwise block the event loop for as long as the imports take.
        await _event_loop.run_in_thread(self._load)
        return self

    def _load(self) -> None:
        with suppress(Exception):  # the first call reports it
            _deferred.load(*operations.ENDPOINTS)
            if not self._async_client:
                _transport.load_async(self._server_url)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"Mistral(server_url={self._server_url!r})"

    def __getstate__(self) -> dict[str, Any]:
        if self._client or self._async_client:
            raise TypeError("a Mistral that was given an HTTP client cannot be pickled or copied")
        return {name: value for name, value in self.__dict__.items() if name not in {"_pools", "models"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._create_resources()
