"""The fake service as tests use it: injects faults, records requests, and is reached in process or over a socket."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import httpx

from mistral_models import Mistral

from ._catalogue import Model, catalogue
from ._clock import FakeClock
from ._faults import Fault
from ._messages import OPERATIONS, Request, Response
from ._service import AnyModels, ModelService
from ._transport import FakeTransport

_NOT_PROCESSED: Final = Response(HTTPStatus.SERVICE_UNAVAILABLE, b"")
_CLIENT_TIMEOUT: Final = 60
"""Seconds; httpx's own default is shorter than calls of this package may take."""


@dataclass
class _InjectedFault:
    """A fault that waits for its calls."""

    fault: Fault
    operation: str | None
    skip: int
    """How many calls come before it."""
    remaining: float
    """How many calls it will affect; infinity for all."""

    def count_call(self, operation: str | None) -> bool:
        """Count a call, and return whether the fault is due."""
        if self.operation not in {None, operation}:
            return False
        self.skip -= 1
        return self.skip < 0


class FakeMistral:
    """A fake of the service that keeps its state in memory. It is thread-safe.

    Updates, archiving and deletions change its models as they would change those of the service.

    Args:
        models: The models: JSON objects with an `id`, the results of `base_model`, `fine_tuned_model` and `classifier`,
            model cards, or a `ModelList`. They are copied. A field that is missing is not sent, except that `created`
            of an entry of the type `base` is the time of the request, as it is in the service. A model without a `type`
            counts as a base model. The ids may repeat, as they do in the service's list: `retrieve` returns the first
            model with the id; `delete`, `update`, `archive` and `unarchive` act on the first fine-tuned one. The result
            of `catalogue()` by default.
        api_key: The only accepted key.
        clock: The clock of in-process calls; by default one that starts at the current time.

    Raises:
        ValueError: A model has no id, or cannot be written as JSON.
    """

    def __init__(
        self, models: AnyModels | None = None, *, api_key: str = "fake-key", clock: FakeClock | None = None
    ) -> None:
        self.api_key: str = api_key
        """The only accepted key."""
        self.requests: list[Request] = []
        """All requests so far, in order."""
        self.clock: FakeClock = FakeClock() if clock is None else clock
        """The clock of in-process calls. It advances when a client would wait, and when a test calls `advance`."""
        if models is None:
            models = catalogue(datetime.fromtimestamp(self.clock.time(), UTC))
        self._service = ModelService(models)
        self._faults: list[_InjectedFault] = []
        self._lock = threading.Lock()

    @property
    def models(self) -> list[Model]:
        """A copy of the current models, as JSON objects."""
        with self._lock:
            return self._service.models

    def inject(self, fault: Fault, *, operation: str | None = None, nth: int = 1, times: int | None = 1) -> None:
        """Inject a fault into future calls: the next one by default.

        If several faults are due for the same call, the one injected first affects it, and the others affect the calls
        after it.

        Args:
            fault: The fault, such as `testing.status(503)`.
            operation: Affect only calls of this operation, such as `delete`.
            nth: The first affected call, counted from 1 (the next call, or the next call of `operation`).
            times: The number of affected calls; None for every call from the `nth` on.

        Raises:
            ValueError: There is no such operation, or `nth` or `times` is less than 1.
        """
        _check_operation(operation)
        if nth < 1 or (times is not None and times < 1):
            raise ValueError(f"nth and times count from 1, not {nth} and {times}")
        with self._lock:
            self._faults.append(_InjectedFault(fault, operation, nth - 1, float("inf") if times is None else times))

    def handle(self, request: Request) -> Response:
        """Record a request, and return the response of the service or the fault that is due.

        Subclasses may override it to observe requests or to send other responses.
        """
        with self._lock:
            self.requests.append(request)
            fault = self._next_fault(request.operation)
            if fault is not None and not fault.request_is_processed:
                return _NOT_PROCESSED.with_fault(fault)
            now = self.clock.time() if request.received_at is None else request.received_at
            response = self._service.respond(request, self.api_key, now)
            return response if fault is None else response.with_fault(fault)

    def count(self, operation: str | None = None, *, model_id: str | None = None) -> int:
        """Count the recorded requests.

        Args:
            operation: Count only requests of this operation.
            model_id: Count only requests with this id in their path.

        Raises:
            ValueError: There is no such operation.
        """
        _check_operation(operation)
        with self._lock:
            return sum(
                operation in {None, request.operation} and model_id in {None, request.model_id}
                for request in self.requests
            )

    def assert_sent(self, operation: str, *, model_id: str | None = None, times: int | None = None) -> None:
        """Assert that an operation was sent.

        Args:
            operation: Its name, such as `archive`.
            model_id: Consider only requests with this id in their path.
            times: The exact number of requests, retries included; None for at least one.

        Raises:
            AssertionError: It was not; the message lists all recorded requests.
            ValueError: There is no such operation.
        """
        found = self.count(operation, model_id=model_id)
        if found != times if times is not None else not found:
            expected = "at least once" if times is None else f"{times} times"
            subject = operation if model_id is None else f"{operation} of {model_id}"
            requests = "".join(f"\n  {request.method} {request.target}" for request in self.requests) or " none"
            raise AssertionError(
                f"expected {subject} to be sent {expected}, but it was sent {found} times; all requests:{requests}"
            )

    def transport(self) -> FakeTransport:
        """Return a transport for `httpx.Client` and `httpx.AsyncClient` that reaches this service without a socket."""
        return FakeTransport(self.handle, self.clock)

    def client(self, **options: Any) -> Mistral:  # noqa: ANN401 as the constructor of Mistral has them
        """Return a client of this service, sync and async, without a socket; its waits take no time.

        It holds no connections, so that closing it is optional; `with` and `async with` work as for any client.

        Args:
            options: Further arguments of `Mistral`, such as `retry_config`.
        """
        arguments: dict[str, Any] = {"transport": self.transport(), "trust_env": False, "timeout": _CLIENT_TIMEOUT}
        defaults: dict[str, Any] = {
            "api_key": self.api_key,
            "server": "global",  # whatever address the environment has
            "timeout_ms": 60_000,
            "clock": self.clock,
            "client": httpx.Client(**arguments),
            "async_client": httpx.AsyncClient(**arguments),
        }
        return Mistral(**(defaults | options))

    @contextmanager
    def serve(self, port: int = 0) -> Generator[str]:
        """Serve on the loopback interface until the block ends. Delays take real time, and `fake.clock` is not used.

        Args:
            port: The port on 127.0.0.1; 0 for a free one.

        Yields:
            The URL; pass it to clients as `server_url`.

        Raises:
            OSError: The port is not available.
        """
        from ._server import serving  # http.server is not needed in process

        with serving(self.handle, port) as url:
            yield url

    def _next_fault(self, operation: str | None) -> Fault | None:
        """Count a call in all injected faults, and use up one that is due."""
        due = [injected for injected in self._faults if injected.count_call(operation)]
        if not due:
            return None
        due[0].remaining -= 1
        self._faults = [injected for injected in self._faults if injected.remaining > 0]
        return due[0].fault


def _check_operation(operation: str | None) -> None:
    if operation is not None and operation not in OPERATIONS:
        raise ValueError(f"there is no operation {operation!r}; there are {', '.join(OPERATIONS)}")
