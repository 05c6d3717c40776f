"""What must hold whatever the service sends. The property-based tests and the fuzzing targets check the same."""

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
    """JSON is decoded, and comes back out, or `DecodeError` says what is wrong with it."""
    if not decodes(operation, payload):
        return
    result = operation.decode(payload)
    back = result.to_dict()
    check_kept(payload, back)
    check_kept(back, operation.decode(back).to_dict())
    check_kept(back, json.loads(json.dumps(back)))
    assert pickle.loads(pickle.dumps(result)).to_dict().keys() == back.keys()
    if operation.name == "list":
        assert len(result.data) == len(payload["data"] or ()), "a list lost entries"


def decodes(operation: Operation[Any], payload: Any) -> bool:
    """Whether JSON is decoded; anything but `DecodeError` is an error."""
    try:
        operation.decode(payload)
    except DecodeError as error:
        assert "expected" in str(error)
        # What is an object is a model at the least, and a list is only refused for what is not in its entries.
        assert not isinstance(payload, dict) or operation.name not in {"retrieve", "update"}
        assert not error.path.startswith("data[")
        return False
    return True


def check_kept(came: Any, back: Any, place: str = "") -> None:
    """Each value that was sent is returned, perhaps with its documented type; null may have become a default."""
    if came is None:
        return
    if isinstance(came, dict):
        assert isinstance(back, dict), f"{place} was an object"
        for name, value in came.items():
            assert name in back or value is None, f"{place}.{name} was lost"
            check_kept(value, back.get(name), f"{place}.{name}")
    elif isinstance(came, list):
        assert isinstance(back, list), f"{place} was a list"
        assert len(came) == len(back), f"{place} had {len(came)} entries and has {len(back)}"
        for index, (one, other) in enumerate(zip(came, back, strict=True)):
            check_kept(one, other, f"{place}[{index}]")
    elif came != back or isinstance(came, bool) != isinstance(back, bool):
        same = _same_boolean(came, back) or _same_number(came, back) or _same_moment(came, back)
        assert same, f"{place} was {came!r} and is {back!r}"


def _same_boolean(came: Any, back: Any) -> bool:
    return isinstance(back, bool) and (came == back or came in (("true", "1") if back else ("false", "0")))


def _same_number(came: Any, back: Any) -> bool:
    if isinstance(came, bool) or isinstance(back, bool) or not isinstance(back, float | int):
        return False
    if isinstance(came, str):
        return (float(came) if isinstance(back, float) else int(came.partition(".")[0])) == back
    return (math.isnan(came) and math.isnan(back)) or float(came) == back


def _same_moment(came: Any, back: Any) -> bool:
    return isinstance(back, str) and as_datetime(came, "") == as_datetime(back, "")


def check_outcome(mistral: Mistral, operation: Operation[Any]) -> object:
    """A call ends with a result, or with an error of ours that can be shown, asked and pickled; returns which."""
    try:
        response = mistral.send(operation)
    except errors.MistralError as error:
        check_error(error)
        return error
    assert response.parsed is not None
    check_answered(response)
    return response.parsed


def check_answered(holder: Any) -> None:
    """What came around a result or an error can be asked for."""
    assert repr(holder)
    assert holder.request_id is None or isinstance(holder.request_id, str)
    assert holder.raw_response.status_code == holder.status_code
    list(holder.headers.items())  # whatever their names and values hold


def check_error(error: errors.MistralError) -> None:
    """An error tells what it has, and survives a pickle."""
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.body, again.attempts) == (str(error), error.body, error.attempts)
    assert "\n" not in error.message
    assert error.retry_after is None or 0 < error.retry_after < math.inf
    if error.status_code is not None:
        check_answered(error)
    if isinstance(error, errors.HTTPValidationError):
        assert error.data.to_dict() is not None


def refused_or(call: Callable[[], Any], *secrets: str) -> Any:
    """What the call returns; None where it says `ValueError` or `TypeError`, without the secrets."""
    try:
        return call()
    except (ValueError, TypeError) as error:
        assert not any(secret in f"{error}{error.__cause__}" for secret in secrets)
        assert str(error)
        return None
