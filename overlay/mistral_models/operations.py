"""The six operations as values: what to send, and how to decode the response. Nothing here does I/O.

This is the only module that uses the generated endpoint modules.
"""

# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from mistral_models_raw.deferred import Deferred
from mistral_models_raw.types import UNSET, Unset

from ._deferred import models
from ._settings import plain

if TYPE_CHECKING:
    from mistral_models_raw.api.models import archive as archive_endpoint
    from mistral_models_raw.api.models import delete as delete_endpoint
    from mistral_models_raw.api.models import list_ as list_endpoint
    from mistral_models_raw.api.models import retrieve as retrieve_endpoint
    from mistral_models_raw.api.models import unarchive as unarchive_endpoint
    from mistral_models_raw.api.models import update as update_endpoint
    from mistral_models_raw.models import update_model_request
else:
    # Deferred because of attrs, which takes longer to import than the whole overlay.
    archive_endpoint = Deferred("mistral_models_raw.api.models.archive")
    delete_endpoint = Deferred("mistral_models_raw.api.models.delete")
    list_endpoint = Deferred("mistral_models_raw.api.models.list_")
    retrieve_endpoint = Deferred("mistral_models_raw.api.models.retrieve")
    unarchive_endpoint = Deferred("mistral_models_raw.api.models.unarchive")
    update_endpoint = Deferred("mistral_models_raw.api.models.update")
    update_model_request = Deferred("mistral_models_raw.models.update_model_request")

ENDPOINTS: Final = (
    archive_endpoint,
    delete_endpoint,
    list_endpoint,
    retrieve_endpoint,
    unarchive_endpoint,
    update_endpoint,
    update_model_request,
)
"""The modules above; the client imports them at the first call."""

__all__ = ["Operation", "archive", "delete", "list", "retrieve", "unarchive", "update"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_NOT_IN_IDS: Final = r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]"


class Operation(NamedTuple, Generic[T_co]):
    """An operation that has not been sent yet: an immutable value that compares, prints and pickles.

    Created by the functions of this module; sent by `Mistral.send`, `Mistral.send_all` and their async versions.
    """

    name: str
    """The `operationId` of the OpenAPI document, such as `retrieve`."""
    method: str
    path: str
    """Percent-encoded, relative to the server's URL, such as `/v1/models/codestral-latest`."""
    decode: Callable[[Any], T_co]
    """Decode the parsed JSON of a successful response; raises `DecodeError`, a `ValueError`."""
    query: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None
    """The body as JSON."""
    model_id: str | None = None

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self._fields if name != "decode")
        return f"Operation({', '.join(shown)})"


def list(*, provider: str | Unset | None = UNSET, model: str | Unset | None = UNSET) -> Operation[models.ModelList]:
    """List the models that the API key may use.

    Args:
        provider: List only models of this provider. `None` is not sent.
        model: List only models of this name. `None` is not sent.
    """
    request = list_endpoint._get_kwargs(provider=_text("provider", provider), model=_text("model", model))
    return _operation("list", request, list_endpoint.decode)


def retrieve(model_id: str) -> Operation[models.ResponseRetrieveModelV1ModelsModelIDGet]:
    """Retrieve one model, base or fine-tuned.

    Args:
        model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.

    Raises:
        ValueError: The id is blank, `.` or `..`, or contains control characters.
    """
    model_id = _checked_id(model_id)
    request = retrieve_endpoint._get_kwargs(model_id)
    return _operation("retrieve", request, retrieve_endpoint.decode, model_id)


def delete(model_id: str) -> Operation[models.DeleteModelResponse]:
    """Delete a fine-tuned model. This cannot be undone.

    Args:
        model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.

    Raises:
        ValueError: The id is blank, `.` or `..`, or contains control characters.
    """
    model_id = _checked_id(model_id)
    request = delete_endpoint._get_kwargs(model_id)
    return _operation("delete", request, delete_endpoint.decode, model_id)


def update(
    model_id: str, *, name: str | Unset | None = UNSET, description: str | Unset | None = UNSET
) -> Operation[models.JobsAPIRoutesFineTuningUpdateFineTunedModelResponse]:
    """Change the name or the description of a fine-tuned model.

    Args:
        model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
        name: The new name. `None` clears it; if omitted, it stays as it is.
        description: The new description. `None` clears it; if omitted, it stays as it is.

    Raises:
        ValueError: The id is blank, `.` or `..`, or contains control characters.
    """
    model_id = _checked_id(model_id)
    body = update_model_request.UpdateModelRequest(
        name=_text("name", name), description=_text("description", description)
    )
    request = update_endpoint._get_kwargs(model_id, body=body)
    return _operation("update", request, update_endpoint.decode, model_id)


def archive(model_id: str) -> Operation[models.ArchiveModelResponse]:
    """Archive a fine-tuned model: it can no longer be used, until it is unarchived.

    Args:
        model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.

    Raises:
        ValueError: The id is blank, `.` or `..`, or contains control characters.
    """
    model_id = _checked_id(model_id)
    request = archive_endpoint._get_kwargs(model_id)
    return _operation("archive", request, archive_endpoint.decode, model_id)


def unarchive(model_id: str) -> Operation[models.UnarchiveModelResponse]:
    """Unarchive a fine-tuned model: it can be used again.

    Args:
        model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.

    Raises:
        ValueError: The id is blank, `.` or `..`, or contains control characters.
    """
    model_id = _checked_id(model_id)
    request = unarchive_endpoint._get_kwargs(model_id)
    return _operation("unarchive", request, unarchive_endpoint.decode, model_id)


def _operation(
    name: str, request: Mapping[str, Any], decode: Callable[[Any], T], model_id: str | None = None
) -> Operation[T]:
    return Operation(
        name,
        request["method"].upper(),
        # The endpoint modules encode ids with `quote(safe="")`. A path segment may contain colons (RFC 3986, 3.3), and
        # every fine-tuned id does: keep them readable. A "%3A" in the id itself has become "%253A" here.
        request["url"].replace("%3A", ":"),
        decode,
        tuple(request.get("params", {}).items()),
        json.dumps(request["json"]).encode() if "json" in request else None,
        model_id,
    )


def _text(name: str, value: str | Unset | None) -> str | Unset | None:
    if value is None or isinstance(value, Unset):
        return value
    if isinstance(value, str):
        return plain(value)
    raise TypeError(f"{name} must be a string, not {type(value).__module__}.{type(value).__qualname__}")


def _checked_id(model_id: str) -> str:
    if not isinstance(model_id, str):
        raise TypeError(f"model_id must be a string, not {type(model_id).__name__}")
    model_id = plain(model_id)
    # A dot segment would be removed from the path, which would then address something else (RFC 3986, 5.2.4).
    if not model_id.strip() or model_id in {".", ".."} or re.search(_NOT_IN_IDS, model_id):
        raise ValueError(f"model_id {model_id!r} is not a model id; use one that models.list() returns")
    return model_id
