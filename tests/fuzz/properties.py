"""Properties that hold for every response. The property-based tests and the fuzzing targets share them."""

import json
import math
import pickle
from collections.abc import Callable
from typing import Any

from mistral_models import Mistral, errors, operations
from mistral_models.operations import Operation
from mistral_models_raw.decoding import as_datetime
from mistral_models_raw.errors import DecodeError

OPERATIONS: dict[str, Operation[Any]] = {
    "list": operations.list(),
    "retrieve": operations.retrieve("m"),
    "delete": operations.delete("m"),
    "update": operations.update("m", name="n"),
    "archive": operations.archive("m"),
    "unarchive": operations.unarchive("m"),
}


def check_decoding(operation: Operation[Any], payload: Any) -> None:
    """Check that JSON is decoded without loss, or that `DecodeError` explains why it is invalid."""
    if not is_decodable(operation, payload):
        return
    result = operation.decode(payload)
    encoded = result.to_dict()
    check_preserved(payload, encoded)
    check_preserved(encoded, operation.decode(encoded).to_dict())
    check_preserved(encoded, json.loads(json.dumps(encoded)))
    assert pickle.loads(pickle.dumps(result)).to_dict().keys() == encoded.keys()
    if operation.name == "list":
        assert len(result.data) == len(payload["data"] or ()), "a list lost entries"


def is_decodable(operation: Operation[Any], payload: Any) -> bool:
    """Return whether JSON can be decoded; any exception but `DecodeError` is an error."""
    try:
        operation.decode(payload)
    except DecodeError as error:
        assert "expected" in str(error)
        # Every object is at least an unknown model, and an invalid entry never makes the list invalid.
        assert not isinstance(payload, dict) or operation.name not in {"retrieve", "update"}
        assert not error.path.startswith("data[")
        return False
    return True


def check_preserved(sent: Any, encoded: Any, place: str = "") -> None:
    """Check that no value is lost. Values may be converted to the documented type, and null to a default value."""
    if sent is None:
        return
    if isinstance(sent, dict):
        assert isinstance(encoded, dict), f"{place} was an object"
        for name, value in sent.items():
            assert name in encoded or value is None, f"{place}.{name} was lost"
            check_preserved(value, encoded.get(name), f"{place}.{name}")
    elif isinstance(sent, list):
        assert isinstance(encoded, list), f"{place} was a list"
        assert len(sent) == len(encoded), f"{place} had {len(sent)} entries and has {len(encoded)}"
        for index, (before, after) in enumerate(zip(sent, encoded, strict=True)):
            check_preserved(before, after, f"{place}[{index}]")
    elif sent != encoded or isinstance(sent, bool) != isinstance(encoded, bool):
        is_equivalent = (
            _is_same_boolean(sent, encoded) or _is_same_number(sent, encoded) or _is_same_time(sent, encoded)
        )
        assert is_equivalent, f"{place} was {sent!r} and is {encoded!r}"


def _is_same_boolean(sent: Any, encoded: Any) -> bool:
    return isinstance(encoded, bool) and (sent == encoded or sent in (("true", "1") if encoded else ("false", "0")))


def _is_same_number(sent: Any, encoded: Any) -> bool:
    if isinstance(sent, bool) or isinstance(encoded, bool) or not isinstance(encoded, float | int):
        return False
    if isinstance(sent, str):
        return (float(sent) if isinstance(encoded, float) else int(sent.partition(".")[0])) == encoded
    return (math.isnan(sent) and math.isnan(encoded)) or float(sent) == encoded


def _is_same_time(sent: Any, encoded: Any) -> bool:
    return isinstance(encoded, str) and as_datetime(sent, "") == as_datetime(encoded, "")


def check_outcome(mistral: Mistral, operation: Operation[Any]) -> object:
    """Check that a call ends with a result or a `MistralError`, whose attributes are usable, and return it."""
    try:
        response = mistral.send(operation)
    except errors.MistralError as error:
        check_error(error)
        return error
    assert response.parsed is not None
    check_response_attributes(response)
    return response.parsed


def check_response_attributes(holder: Any) -> None:
    """Check that the metadata of a response can be read from its `APIResponse` or error."""
    assert repr(holder)
    assert holder.request_id is None or isinstance(holder.request_id, str)
    assert holder.raw_response.status_code == holder.status_code
    list(holder.headers.items())  # must not fail for any names and values


def check_error(error: errors.MistralError) -> None:
    """Check the attributes of an error, and that it can be pickled."""
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.body, copy.attempts) == (str(error), error.body, error.attempts)
    assert "\n" not in error.message
    assert error.retry_after is None or 0 < error.retry_after < math.inf
    if error.status_code is not None:
        check_response_attributes(error)
    if isinstance(error, errors.HTTPValidationError):
        assert error.data.to_dict() is not None


def result_or_none(call: Callable[[], Any], *secrets: str) -> Any:
    """Return the result of a call, or None if it raises a `ValueError` or `TypeError`, whose message has no secrets."""
    try:
        return call()
    except (ValueError, TypeError) as error:
        assert not any(secret in f"{error}{error.__cause__}" for secret in secrets)
        assert str(error)
        return None
