"""Valid, damaged and arbitrary JSON as the response to each of the six operations."""

import functools
import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mistral_models import errors

from tests.generated.strategies import JSON, SCHEMAS, fitting
from tests.overlay.calls import SyncOrAsync

from .properties import OPERATIONS, check_decoding, check_error, check_preserved, is_decodable

RESULTS = {
    "list": "ModelList",
    "retrieve": "ModelCard",
    "delete": "DeleteModelResponse",
    "update": "FineTunedModel",
    "archive": "ArchiveModelResponse",
    "unarchive": "UnarchiveModelResponse",
}
BIG = st.sampled_from([10**400, -(10**400), 1e308, float("inf"), float("nan"), "\ud800", [[[]]], {"data": {}}])


@st.composite
def damaged(draw: st.DrawFn, valid: st.SearchStrategy[Any]) -> Any:
    """Replace, omit or rename a few parts of a value, at any depth."""
    value = draw(valid)
    for _ in range(draw(st.integers(0, 3))):
        value = _damage(draw, value)
    return value


def _damage(draw: st.DrawFn, value: Any) -> Any:
    if not value or not isinstance(value, dict | list) or draw(st.integers(0, 5)) == 0:
        return draw(JSON | BIG)
    if isinstance(value, list):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], _damage(draw, value[place]), *value[place + 1 :]]
    name = draw(st.sampled_from(sorted(value)))
    others = {key: inner for key, inner in value.items() if key != name}
    match draw(st.sampled_from(["replace", "omit", "rename"])):
        case "replace":
            return {**others, name: _damage(draw, value[name])}
        case "rename":  # the number of fields stays the same
            return {**others, f"{name}_": value[name]}
        case _:
            return others


@functools.cache
def responses(name: str) -> st.SearchStrategy[Any]:
    """Return bodies for an operation: damaged valid ones, and arbitrary JSON."""
    valid = fitting(SCHEMAS[RESULTS[name]])
    return damaged(valid) | JSON | st.fixed_dictionaries({"data": st.lists(damaged(fitting(SCHEMAS["ModelCard"])))})


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=40)
@given(data=st.data())
def test_any_json_is_decoded_without_loss_or_is_a_decode_error(name, data):
    """Lists keep all entries, `to_dict()` returns the values that were sent, and no other exception is raised."""
    payload = data.draw(responses(name))
    check_decoding(OPERATIONS[name], payload)
    if name in {"retrieve", "update"}:
        assert is_decodable(OPERATIONS[name], payload) == isinstance(payload, dict), (
            "any object is at least an unknown model"
        )


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=20)
@given(data=st.data())
def test_a_call_returns_the_response_without_loss_or_raises_a_response_validation_error(name, data):
    """With every 2XX status, the client returns the values that were sent, or raises ResponseValidationError."""
    payload = data.draw(responses(name))
    body = json.dumps(payload).encode()
    status = data.draw(st.integers(200, 299))
    # Compare with what `json` reads from the body, as the client does: some values of `payload` change on the way.
    sent = json.loads(body)
    mistral = SyncOrAsync("sync").client(lambda _: httpx.Response(status, content=body))
    try:
        result = mistral.send(OPERATIONS[name]).parsed
    except errors.ResponseValidationError as error:
        check_error(error)
        assert not is_decodable(OPERATIONS[name], sent)
    else:
        check_preserved(sent, result.to_dict())
