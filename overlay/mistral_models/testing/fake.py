"""A stateful fake of the service: what it answers is decided here, from a request to an answer, without I/O."""

import copy
import json
import threading
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qs, unquote

from .catalogue import Model, catalogue

if TYPE_CHECKING:
    import httpx

    from mistral_models import Mistral

_TUNED_ONLY: Final = frozenset({"model_type", "workspace_id", "root_version", "classifier_targets"})
_TUNED_FIELDS: Final = (
    "id", "object", "created", "owned_by", "workspace_id", "root", "root_version", "archived", "name", "description",
    "max_context_length", "aliases", "job", "model_type", "classifier_targets",
)  # fmt: skip
_TUNED_CAPABILITIES: Final = (
    "completion_chat", "completion_fim", "function_calling", "fine_tuning", "classification",
)  # fmt: skip


class Request(NamedTuple):
    """A request as it came over the wire."""

    method: str
    target: str
    """Path and query, percent-encoded."""
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes = b""


class Answer(NamedTuple):
    """What the service answers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = MappingProxyType({"content-type": "application/json"})


class FakeMistral:
    """The service in memory. Updates, archiving and deletions change it; it may be shared among threads.

    Args:
        models: What it knows, made by `base_model`, `fine_tuned_model` and `classifier`; a small catalogue otherwise.
        api_key: The only key it accepts.
    """

    def __init__(self, models: Iterable[Model] | None = None, *, api_key: str = "fake-key") -> None:
        self.api_key = api_key
        self._models = {model["id"]: copy.deepcopy(model) for model in (catalogue() if models is None else models)}
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Answer:
        """Answer a request, as the service would."""
        with self._lock:
            return self._answer(request)

    def transport(self) -> "httpx.MockTransport":
        """Make a transport for httpx clients, sync or async, that reaches this service without a socket."""
        import httpx

        def respond(request: httpx.Request) -> httpx.Response:
            headers = {name.lower(): value for name, value in request.headers.items()}
            answer = self.handle(Request(request.method, request.url.raw_path.decode(), headers, request.content))
            return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)

        return httpx.MockTransport(respond)

    @contextmanager
    def client(self) -> "Generator[Mistral]":
        """Make a client that reaches this service without a socket."""
        import httpx

        from mistral_models import Mistral

        with httpx.Client(transport=self.transport()) as client, Mistral(self.api_key, client=client) as mistral:
            yield mistral

    @contextmanager
    def serve(self, port: int = 0) -> Generator[str]:
        """Serve on the loopback interface until the block ends.

        Args:
            port: The port; 0 takes a free one.

        Yields:
            The URL, to be given to clients as `server_url`.
        """
        from .server import serving

        with serving(self.handle, port) as url:
            yield url

    def _answer(self, request: Request) -> Answer:
        path, _, query = request.target.partition("?")
        match path.split("/")[1:]:
            case ["v1", "models"]:
                calls = {"GET": lambda: self._list(query)}
            case ["v1", "models", model_id]:
                calls = {"GET": lambda: self._retrieve(model_id), "DELETE": lambda: self._delete(model_id)}
            case ["v1", "fine_tuning", "models", model_id]:
                calls = {"PATCH": lambda: self._update(model_id, request.body)}
            case ["v1", "fine_tuning", "models", model_id, "archive"]:
                calls = {
                    "POST": lambda: self._archive(model_id, archived=True),
                    "DELETE": lambda: self._archive(model_id, archived=False),
                }
            case _:
                return _problem(HTTPStatus.NOT_FOUND, "Not Found")
        if request.method not in calls:
            return _problem(HTTPStatus.METHOD_NOT_ALLOWED, "Method Not Allowed", allow=", ".join(calls))
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            return _problem(HTTPStatus.UNAUTHORIZED, "Unauthorized")
        return calls[request.method]()

    def _find(self, segment: str) -> Model | None:
        name = unquote(segment)
        by_alias = (model for model in self._models.values() if name in model["aliases"])
        return self._models.get(name) or next(by_alias, None)

    def _list(self, query: str) -> Answer:
        asked = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        shown = [
            _card(model)
            for model in self._models.values()
            if asked.get("provider") in {None, model["owned_by"]}
            and asked.get("model") in {None, model["id"], model["name"], *model["aliases"]}
        ]
        return _success({"object": "list", "data": shown})

    def _retrieve(self, segment: str) -> Answer:
        model = self._find(segment)
        return _unknown(segment) if model is None else _success(_card(model))

    def _delete(self, segment: str) -> Answer:
        model = self._find(segment)
        if model is None:
            return _unknown(segment)
        if model["type"] != "fine-tuned":
            return _problem(HTTPStatus.FORBIDDEN, "Only fine-tuned models can be deleted.")
        del self._models[model["id"]]
        return _success({"id": model["id"], "object": "model", "deleted": True})

    def _update(self, segment: str, body: bytes) -> Answer:
        try:
            changes: Any = json.loads(body)
        except ValueError:
            return _invalid(["body"], "JSON decode error", "json_invalid", None)
        if not isinstance(changes, dict):
            text = "Input should be a valid dictionary or object to extract fields from"
            return _invalid(["body"], text, "model_attributes_type", changes)
        wanted: dict[str, Any] = {name: changes[name] for name in ("name", "description") if name in changes}
        for name, value in wanted.items():
            if value is not None and not isinstance(value, str):
                return _invalid(["body", name], "Input should be a valid string", "string_type", value)
        model = self._find_tuned(segment)
        if model is None:
            return _unknown(segment)
        model.update(wanted)
        return _success(_tuned(model))

    def _archive(self, segment: str, *, archived: bool) -> Answer:
        model = self._find_tuned(segment)
        if model is None:
            return _unknown(segment)
        model["archived"] = archived
        return _success({"id": model["id"], "object": "model", "archived": archived})

    def _find_tuned(self, segment: str) -> Model | None:
        model = self._find(segment)
        return model if model is not None and model["type"] == "fine-tuned" else None


def _card(model: Model) -> Model:
    return {name: value for name, value in model.items() if name not in _TUNED_ONLY}


def _tuned(model: Model) -> Model:
    shown: Model = {name: model[name] for name in _TUNED_FIELDS if name in model}
    return {**shown, "capabilities": {name: model["capabilities"][name] for name in _TUNED_CAPABILITIES}}


def _success(body: Model) -> Answer:
    return Answer(HTTPStatus.OK, json.dumps(body).encode())


def _problem(status: HTTPStatus, detail: object, **headers: str) -> Answer:
    return Answer(status, json.dumps({"detail": detail}).encode(), {"content-type": "application/json", **headers})


def _unknown(segment: str) -> Answer:
    message = f"Model {unquote(segment)} not found"
    body = {"object": "error", "message": message, "type": "invalid_model", "param": None, "code": "1500"}
    return Answer(HTTPStatus.NOT_FOUND, json.dumps(body).encode())


def _invalid(place: list[str], message: str, kind: str, value: object) -> Answer:
    fault = {"type": kind, "loc": place, "msg": message, "input": value}
    return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, [fault])
