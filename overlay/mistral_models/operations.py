"""The six operations as values: what to send, and how to read the answer. Nothing here does I/O.

This is the only module that imports the generated endpoint modules, each with the first operation that needs it: a
program that lists does not load what updating takes.
"""

# pyright: reportPrivateUsage=false

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from attrs import field, frozen
from mistral_models_raw.types import UNSET, Unset

if TYPE_CHECKING:
    from . import models

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@frozen
class Operation(Generic[T_co]):
    """One call of the service, not yet sent. Compares, prints and pickles."""

    name: str
    """The `operationId`, such as `retrieve`."""
    method: str
    path: str
    """Percent-encoded, relative to the server's URL, such as `/v1/models/ft:open-mistral-7b:1:2:3`."""
    query: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None
    """The body as JSON."""
    model_id: str | None = None
    decode: Callable[[Any], T_co] = field(repr=False, kw_only=True)
    """Make the result of the parsed JSON of a success; raises `DecodeError`."""


def list(*, provider: str | Unset | None = UNSET, model: str | Unset | None = UNSET) -> "Operation[models.ModelList]":
    """List the models that the key may use.

    Args:
        provider: Only the models of this provider. `None` is not sent.
        model: Only the models of this name. `None` is not sent.
    """
    from mistral_models_raw.api.models import list_ as endpoint

    request = endpoint._get_kwargs(provider=_text("provider", provider), model=_text("model", model))
    return _operation("list", request, endpoint.decode)


def retrieve(model_id: str) -> "Operation[models.ResponseRetrieveModelV1ModelsModelIDGet]":
    """Retrieve one model.

    Args:
        model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.

    Raises:
        ValueError: The id is blank, `.` or `..`, or has control characters.
    """
    from mistral_models_raw.api.models import retrieve as endpoint

    return _operation("retrieve", endpoint._get_kwargs(_checked(model_id)), endpoint.decode, model_id)


def delete(model_id: str) -> "Operation[models.DeleteModelResponse]":
    """Delete a fine-tuned model for good.

    Args:
        model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.

    Raises:
        ValueError: The id is blank, `.` or `..`, or has control characters.
    """
    from mistral_models_raw.api.models import delete as endpoint

    return _operation("delete", endpoint._get_kwargs(_checked(model_id)), endpoint.decode, model_id)


def update(
    model_id: str, *, name: str | Unset | None = UNSET, description: str | Unset | None = UNSET
) -> "Operation[models.JobsAPIRoutesFineTuningUpdateFineTunedModelResponse]":
    """Change the name or the description of a fine-tuned model.

    Args:
        model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
        name: The new name; `None` clears it; left out, it stays.
        description: The new description; `None` clears it; left out, it stays.

    Raises:
        ValueError: The id is blank, `.` or `..`, or has control characters.
    """
    from mistral_models_raw.api.models import update as endpoint
    from mistral_models_raw.models.update_model_request import UpdateModelRequest

    body = UpdateModelRequest(name=_text("name", name), description=_text("description", description))
    return _operation("update", endpoint._get_kwargs(_checked(model_id), body=body), endpoint.decode, model_id)


def archive(model_id: str) -> "Operation[models.ArchiveModelResponse]":
    """Take a fine-tuned model out of service.

    Args:
        model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.

    Raises:
        ValueError: The id is blank, `.` or `..`, or has control characters.
    """
    from mistral_models_raw.api.models import archive as endpoint

    return _operation("archive", endpoint._get_kwargs(_checked(model_id)), endpoint.decode, model_id)


def unarchive(model_id: str) -> "Operation[models.UnarchiveModelResponse]":
    """Bring an archived fine-tuned model back into service.

    Args:
        model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.

    Raises:
        ValueError: The id is blank, `.` or `..`, or has control characters.
    """
    from mistral_models_raw.api.models import unarchive as endpoint

    return _operation("unarchive", endpoint._get_kwargs(_checked(model_id)), endpoint.decode, model_id)


def _operation(
    name: str, request: Mapping[str, Any], decode: Callable[[Any], T], model_id: str | None = None
) -> Operation[T]:
    return Operation(
        name,
        request["method"].upper(),
        # The raw modules encode ids with `quote(safe="")`. A colon may stand in a path segment (RFC 3986, 3.3), and
        # every fine-tuned id has some: they stay readable. An encoded "%3A" of the id itself reads "%253A" here.
        request["url"].replace("%3A", ":"),
        tuple(request.get("params", {}).items()),
        json.dumps(request["json"]).encode() if "json" in request else None,
        model_id,
        decode=decode,
    )


def _text(name: str, value: str | Unset | None) -> str | Unset | None:
    if value is None or isinstance(value, str | Unset):
        return value
    raise TypeError(f"{name} must be a string, not {type(value).__module__}.{type(value).__qualname__}")


_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def _checked(model_id: str) -> str:
    if not isinstance(model_id, str):
        raise TypeError(f"model_id must be a string, not {type(model_id).__name__}")
    # A dot segment would be taken out of the path and address something else (RFC 3986, 5.2.4).
    if not model_id.strip() or model_id in {".", ".."} or _CONTROL.search(model_id):
        raise ValueError(f"model_id {model_id!r} is not the id of a model; use one that models.list() shows")
    return model_id
