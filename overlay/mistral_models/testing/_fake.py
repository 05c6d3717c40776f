"""A stateful fake of the service: what it answers is decided here, from a request to an answer, without I/O."""

import copy
import json
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from ._catalogue import Model, catalogue
from ._clock import FakeClock
from ._messages import OPERATIONS, Fault, Request, Response

if TYPE_CHECKING:
    from mistral_models import Mistral

    from ._transport import FakeTransport

_TUNED_ONLY: Final = frozenset({"model_type", "workspace_id", "root_version", "classifier_targets"})
_TUNED_FIELDS: Final = (
    "id", "object", "created", "owned_by", "workspace_id", "root", "root_version", "archived", "name", "description",
    "max_context_length", "aliases", "job", "model_type", "classifier_targets",
)  # fmt: skip
_TUNED_CAPABILITIES: Final = (
    "completion_chat", "completion_fim", "function_calling", "fine_tuning", "classification",
)  # fmt: skip


class _Planned:
    """Fault to come: after how many calls, and for how many."""

    def __init__(self, trouble: Fault, operation: str | None, ahead: int, left: float) -> None:
        self.trouble = trouble
        self.left = left
        self._operation = operation
        self._ahead = ahead

    def meets(self, operation: str | None) -> bool:
        """Note a call, and say whether it is one of those that are meant."""
        if self._operation not in {None, operation}:
            return False
        self._ahead -= 1
        return self._ahead < 0


class FakeMistral:
    """The service in memory. Updates, archiving and deletions change it; threads may share it.

    Args:
        models: What it knows, made by `base_model`, `fine_tuned_model` and `classifier`; a small catalogue otherwise.
        api_key: The only key it accepts.

    Raises:
        ValueError: A model has no id.
    """

    def __init__(self, models: Iterable[Model] | None = None, *, api_key: str = "fake-key") -> None:
        self.api_key: str = api_key
        self.requests: list[Request] = []
        """All requests that came, in their order."""
        self.clock: FakeClock = FakeClock()
        """The time of calls in process; it passes only where a client would have waited, or a test says so."""
        known = list(catalogue() if models is None else models)
        if not all("id" in model for model in known):
            raise ValueError("a model needs an id: base_model, fine_tuned_model and classifier make some that have all")
        self._models = {model["id"]: copy.deepcopy(model) for model in known}
        self._planned: list[_Planned] = []
        self._lock = threading.Lock()

    @property
    def models(self) -> list[Model]:
        """What the service knows now; a copy."""
        with self._lock:
            return copy.deepcopy(list(self._models.values()))

    def inject(self, trouble: Fault, *, operation: str | None = None, nth: int = 1, times: int | None = 1) -> None:
        """Plan trouble, for the next call if nothing else is said.

        Of several that are planned for the same call, the first one comes, and the others with the calls after it.

        Args:
            trouble: What happens, such as `testing.status(503)`.
            operation: Only to calls of this one, such as `delete`.
            nth: From which of the coming calls on (of that operation); 1 is the next.
            times: How many calls; None for all from there on.

        Raises:
            ValueError: There is no such operation or call.
        """
        _check(operation)
        if nth < 1 or (times is not None and times < 1):
            raise ValueError(f"nth and times count from 1, not {nth} and {times}")
        with self._lock:
            self._planned.append(_Planned(trouble, operation, nth - 1, float("inf") if times is None else times))

    def handle(self, request: Request) -> Response:
        """Response a request, as the service would, or with the trouble that is planned for it."""
        with self._lock:
            self.requests.append(request)
            trouble = self._trouble_for(request.operation)
            if trouble is None:
                return self._answer(request)
            nothing = Response(HTTPStatus.SERVICE_UNAVAILABLE, b"")
            return trouble.applied(self._answer(request) if trouble.reaches_service else nothing)

    def count(self, operation: str | None = None, *, model_id: str | None = None) -> int:
        """Count the requests that came.

        Args:
            operation: Only of this one.
            model_id: Only for this model.

        Raises:
            ValueError: There is no such operation.
        """
        _check(operation)
        with self._lock:
            return sum(
                operation in {None, request.operation} and model_id in {None, request.model_id}
                for request in self.requests
            )

    def assert_sent(self, operation: str, *, model_id: str | None = None, times: int | None = None) -> None:
        """Check that an operation was sent: at least once, or exactly so many times.

        Raises:
            AssertionError: It was not; the message lists what was.
        """
        found = self.count(operation, model_id=model_id)
        if found != times if times is not None else not found:
            expected = "at least once" if times is None else f"{times} times"
            what = operation if model_id is None else f"{operation} of {model_id}"
            sent = "".join(f"\n  {request.method} {request.target}" for request in self.requests) or " nothing"
            raise AssertionError(f"{what} was to be sent {expected}, and was sent {found} times; sent was:{sent}")

    def transport(self) -> "FakeTransport":
        """Make a transport for httpx clients, plain or async, that reaches this service without a socket."""
        from ._transport import FakeTransport

        return FakeTransport(self.handle, self.clock)

    @contextmanager
    def client(self, **options: Any) -> "Generator[Mistral]":  # noqa: ANN401 as the constructor has them
        """Make a client that reaches this service without a socket, plain and async; its waits pass at once.

        Args:
            options: Further arguments of `Mistral`, such as `retry_config`.
        """
        import httpx

        from mistral_models import Mistral

        transport = self.transport()
        with httpx.Client(transport=transport, trust_env=False, timeout=60) as client:
            # It holds nothing that must be closed, and there may be no event loop to close it in.
            async_client = httpx.AsyncClient(transport=transport, trust_env=False, timeout=60)
            defaults: dict[str, Any] = {"api_key": self.api_key, "timeout_ms": 60_000, "clock": self.clock}
            arguments: dict[str, Any] = {**defaults, "client": client, "async_client": async_client, **options}
            yield Mistral(**arguments)

    @contextmanager
    def serve(self, port: int = 0) -> Generator[str]:
        """Serve on the loopback interface until the block ends.

        Args:
            port: The port; 0 takes a free one.

        Yields:
            The URL, to be given to clients as `server_url`.
        """
        from ._server import serving

        with serving(self.handle, port) as url:
            yield url

    def _trouble_for(self, operation: str | None) -> Fault | None:
        """Find what is planned for a call, and use it up."""
        meant = [planned for planned in self._planned if planned.meets(operation)]
        if not meant:
            return None
        meant[0].left -= 1
        self._planned = [planned for planned in self._planned if planned.left > 0]
        return meant[0].trouble

    def _answer(self, request: Request) -> Response:
        if not request.routes:
            return _problem(HTTPStatus.NOT_FOUND, "Not Found")
        if request.operation is None:
            return _problem(HTTPStatus.METHOD_NOT_ALLOWED, "Method Not Allowed", allow=", ".join(request.routes))
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            return _problem(HTTPStatus.UNAUTHORIZED, "Unauthorized")
        name = request.model_id or ""
        match request.operation:
            case "list":
                return self._list(request.query)
            case "retrieve":
                return self._retrieve(name)
            case "delete":
                return self._delete(name)
            case "update":
                return self._update(name, request.body)
            case operation:
                return self._archive(name, archived=operation == "archive")

    def _find(self, name: str) -> Model | None:
        by_alias = (model for model in self._models.values() if name in (model.get("aliases") or ()))
        return self._models.get(name) or next(by_alias, None)

    def _list(self, query: str) -> Response:
        asked = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        shown = [
            _card(model)
            for model in self._models.values()
            if asked.get("provider") in {None, model["owned_by"]}
            and asked.get("model") in {None, model["id"], model["name"], *(model.get("aliases") or ())}
        ]
        return _success({"object": "list", "data": shown})

    def _retrieve(self, name: str) -> Response:
        model = self._find(name)
        return _unknown(name) if model is None else _success(_card(model))

    def _delete(self, name: str) -> Response:
        model = self._find(name)
        if model is None:
            return _unknown(name)
        if model["type"] != "fine-tuned":
            return _problem(HTTPStatus.FORBIDDEN, "Only fine-tuned models can be deleted.")
        del self._models[model["id"]]
        return _success({"id": model["id"], "object": "model", "deleted": True})

    def _update(self, name: str, body: bytes) -> Response:
        try:
            changes: Any = json.loads(body)
        except ValueError:
            return _invalid(["body"], "JSON decode error", "json_invalid", None)
        if not isinstance(changes, dict):
            text = "Input should be a valid dictionary or object to extract fields from"
            return _invalid(["body"], text, "model_attributes_type", changes)
        wanted: dict[str, Any] = {field: changes[field] for field in ("name", "description") if field in changes}
        for field, value in wanted.items():
            if value is not None and not isinstance(value, str):
                return _invalid(["body", field], "Input should be a valid string", "string_type", value)
        model = self._find_tuned(name)
        if model is None:
            return _unknown(name)
        model.update(wanted)
        return _success(_tuned(model))

    def _archive(self, name: str, *, archived: bool) -> Response:
        model = self._find_tuned(name)
        if model is None:
            return _unknown(name)
        model["archived"] = archived
        return _success({"id": model["id"], "object": "model", "archived": archived})

    def _find_tuned(self, name: str) -> Model | None:
        model = self._find(name)
        return model if model is not None and model["type"] == "fine-tuned" else None


def _check(operation: str | None) -> None:
    if operation is not None and operation not in OPERATIONS:
        raise ValueError(f"there is no operation {operation!r}; there are {', '.join(OPERATIONS)}")


def _card(model: Model) -> Model:
    return {name: value for name, value in model.items() if name not in _TUNED_ONLY}


def _tuned(model: Model) -> Model:
    shown: Model = {name: model[name] for name in _TUNED_FIELDS if name in model}
    able = model["capabilities"]
    return {**shown, "capabilities": {name: able.get(name, False) for name in _TUNED_CAPABILITIES}}


def _success(body: Model) -> Response:
    return Response(HTTPStatus.OK, json.dumps(body).encode())


def _problem(status: HTTPStatus, detail: object, **headers: str) -> Response:
    return Response(status, json.dumps({"detail": detail}).encode(), {"content-type": "application/json", **headers})


def _unknown(name: str) -> Response:
    message = f"Model {name} not found"
    body = {"object": "error", "message": message, "type": "invalid_model", "param": None, "code": "1500"}
    return Response(HTTPStatus.NOT_FOUND, json.dumps(body).encode())


def _invalid(place: list[str], message: str, kind: str, value: object) -> Response:
    fault = {"type": kind, "loc": place, "msg": message, "input": value}
    return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, [fault])
