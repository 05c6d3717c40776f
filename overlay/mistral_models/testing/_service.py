"""The state and the rules of the fake service: from a request to a response, without I/O, locks or faults."""

import copy
import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol, TypeGuard, runtime_checkable
from urllib.parse import parse_qs

from mistral_models.models import ModelList

from ._catalogue import Model
from ._messages import Request, Response

_UPDATE_ONLY: Final = frozenset({"model_type", "workspace_id", "root_version", "classifier_targets"})
"""Fields that the response to `update` has and the model cards of `list` and `retrieve` do not."""
_UPDATE_FIELDS: Final = (
    "id", "object", "created", "owned_by", "workspace_id", "root", "root_version", "archived", "name", "description",
    "max_context_length", "aliases", "job", "model_type", "classifier_targets", "capabilities",
)  # fmt: skip
_UPDATE_CAPABILITIES: Final = (
    "completion_chat", "completion_fim", "function_calling", "fine_tuning", "classification",
)  # fmt: skip


@runtime_checkable
class ModelCard(Protocol):
    """A decoded model, such as `BaseModelCard`, `FTModelCard` or `UnknownModelCard`."""

    def to_dict(self) -> Any:  # noqa: ANN401 UnknownModelCard holds any JSON
        """Return the JSON object."""
        ...


AnyModels = ModelList | Iterable[Mapping[str, Any] | ModelCard]
"""What `FakeMistral` accepts as its models."""


class ModelService:
    """The models of the service, and what the six operations do with them. Not thread-safe.

    Args:
        models: JSON objects or model cards; see `FakeMistral`.

    Raises:
        ValueError: A model has no id, or cannot be written as JSON.
    """

    def __init__(self, models: AnyModels) -> None:
        entries = models.data if isinstance(models, ModelList) else models
        self._models = [_load(entry, index) for index, entry in enumerate(entries)]

    @property
    def models(self) -> list[Model]:
        """A copy of the current models."""
        return copy.deepcopy(self._models)

    def respond(self, request: Request, api_key: str, now: float) -> Response:
        """Process a request.

        Args:
            request: The request.
            api_key: The only accepted key.
            now: The current time, in seconds since 1970-01-01 UTC.
        """
        if not request.routes:
            return _error(HTTPStatus.NOT_FOUND, "Not Found")
        if request.operation is None:
            return _error(HTTPStatus.METHOD_NOT_ALLOWED, "Method Not Allowed", allow=", ".join(request.routes))
        if request.headers.get("authorization") != f"Bearer {api_key}":
            return _error(HTTPStatus.UNAUTHORIZED, "Unauthorized")
        model_id = request.model_id or ""
        match request.operation:
            case "list":
                return self._list(request.query, int(now))
            case "retrieve":
                return self._retrieve(model_id, int(now))
            case "delete":
                return self._delete(model_id)
            case "update":
                return self._update(model_id, request.body)
            case operation:
                return self._archive(model_id, archived=operation == "archive")

    def _list(self, query: str, created: int) -> Response:
        filters = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        provider, name = filters.get("provider"), filters.get("model")
        cards = [
            _card(model, created)
            for model in self._models
            if provider in (None, model.get("owned_by"))
            and name in (None, model["id"], model.get("name"), *_aliases(model))
        ]
        return _success({"object": "list", "data": cards})

    def _retrieve(self, model_id: str, created: int) -> Response:
        matches = self._find(model_id)
        return _success(_card(matches[0], created)) if matches else _not_found(model_id)

    def _delete(self, model_id: str) -> Response:
        model = self._find_fine_tuned(model_id)
        if model is not None:
            self._models.remove(model)
            return _success({"id": model["id"], "object": "model", "deleted": True})
        if self._find(model_id):
            return _error(HTTPStatus.FORBIDDEN, "Only fine-tuned models can be deleted.")
        return _not_found(model_id)

    def _update(self, model_id: str, body: bytes) -> Response:
        try:
            changes: Any = json.loads(body)
        except (ValueError, RecursionError):
            return _validation_error(["body"], "JSON decode error", "json_invalid", None)
        if not isinstance(changes, dict):
            message = "Input should be a valid dictionary or object to extract fields from"
            return _validation_error(["body"], message, "model_attributes_type", changes)
        fields: dict[str, Any] = {name: changes[name] for name in ("name", "description") if name in changes}
        for name, value in fields.items():
            if value is not None and not isinstance(value, str):
                return _validation_error(["body", name], "Input should be a valid string", "string_type", value)
        model = self._find_fine_tuned(model_id)
        if model is None:
            return _not_found(model_id)
        model.update(fields)
        return _success(_updated_model(model))

    def _archive(self, model_id: str, *, archived: bool) -> Response:
        model = self._find_fine_tuned(model_id)
        if model is None:
            return _not_found(model_id)
        model["archived"] = archived
        return _success({"id": model["id"], "object": "model", "archived": archived})

    def _find(self, model_id: str) -> list[Model]:
        """Return the models with this id, of which there may be several, or else those with this alias."""
        by_id = [model for model in self._models if model["id"] == model_id]
        return by_id or [model for model in self._models if model_id in _aliases(model)]

    def _find_fine_tuned(self, model_id: str) -> Model | None:
        return next((model for model in self._find(model_id) if model.get("type") == "fine-tuned"), None)


def _load(entry: Mapping[str, Any] | ModelCard, index: int) -> Model:
    """Copy a model as plain JSON."""
    fields = entry.to_dict() if isinstance(entry, ModelCard) else entry
    if not _has_id(fields):
        raise ValueError(
            f'models[{index}] is not a JSON object with an "id": add the id or leave the entry out; base_model, '
            "fine_tuned_model and classifier return complete models"
        )
    try:
        model: Model = json.loads(json.dumps(dict(fields)))
    except (TypeError, ValueError) as error:
        raise ValueError(f"models[{index}] cannot be written as JSON: {error}") from None
    return model


def _has_id(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping) and "id" in value


def _aliases(model: Model) -> list[Any]:
    return model["aliases"] if isinstance(model.get("aliases"), list) else []


def _card(model: Model, created: int) -> Model:
    """Select what `list` and `retrieve` return; base models are as new as the response, as those of the service are."""
    fields = {name: value for name, value in model.items() if name not in _UPDATE_ONLY}
    if model.get("type") == "base":
        fields.setdefault("created", created)
    return fields


def _updated_model(model: Model) -> Model:
    """Select what `update` returns."""
    fields: Model = {name: model[name] for name in _UPDATE_FIELDS if name in model}
    if isinstance(fields.get("capabilities"), dict):
        capabilities: Model = fields["capabilities"]
        fields["capabilities"] = {name: capabilities.get(name, False) for name in _UPDATE_CAPABILITIES}
    return fields


def _success(body: Model) -> Response:
    return Response(HTTPStatus.OK, json.dumps(body).encode())


def _error(status: HTTPStatus, detail: object, **headers: str) -> Response:
    return Response(status, json.dumps({"detail": detail}).encode(), {"content-type": "application/json", **headers})


def _not_found(model_id: str) -> Response:
    message = f"Model {model_id} not found"
    body = {"object": "error", "message": message, "type": "invalid_model", "param": None, "code": "1500"}
    return Response(HTTPStatus.NOT_FOUND, json.dumps(body).encode())


def _validation_error(location: list[str], message: str, error_type: str, value: object) -> Response:
    error = {"type": error_type, "loc": location, "msg": message, "input": value}
    return _error(HTTPStatus.UNPROCESSABLE_ENTITY, [error])
