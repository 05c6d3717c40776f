"""Answers near the document and far from it, for all six operations."""

import functools
import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mistral_models import errors

from tests.generated.strategies import JSON, SCHEMAS, fitting
from tests.overlay.ways import Way

from .properties import OPERATIONS, check_decoding, check_error, check_kept, decodes

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
def damaged(draw: st.DrawFn, sound: st.SearchStrategy[Any]) -> Any:
    """A value with a few of its parts replaced, left out or renamed, at any depth."""
    value = draw(sound)
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
    match draw(st.sampled_from(["replace", "leave out", "rename"])):
        case "replace":
            return {**others, name: _damage(draw, value[name])}
        case "rename":  # as many fields as the document knows, but not those
            return {**others, f"{name}_": value[name]}
        case _:
            return others


@functools.cache
def answers(name: str) -> st.SearchStrategy[Any]:
    """What the service may send for an operation, or somebody in its place."""
    sound = fitting(SCHEMAS[RESULTS[name]])
    return damaged(sound) | JSON | st.fixed_dictionaries({"data": st.lists(damaged(fitting(SCHEMAS["ModelCard"])))})


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_json_is_decoded_without_loss_or_refused(name, data):
    """Nothing but DecodeError comes out; lists keep their entries; `to_dict()` gives back what came."""
    payload = data.draw(answers(name))
    check_decoding(OPERATIONS[name], payload)
    if name in {"retrieve", "update"}:
        assert decodes(OPERATIONS[name], payload) == isinstance(payload, dict), "any object is a model at the least"


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_call_gives_what_came_or_says_that_it_is_not_what_the_document_says(name, data):
    """Through the client too, for success in any of its statuses: a result, or ResponseValidationError."""
    payload = data.draw(answers(name))
    body = json.dumps(payload).encode()
    status = data.draw(st.integers(200, 299))
    # With msgspec a number may come out as json.loads reads it, so what is sent is what is compared.
    sent = json.loads(body)
    mistral = Way("sync").client(lambda _: httpx.Response(status, content=body))
    try:
        result = mistral.send(OPERATIONS[name]).parsed
    except errors.ResponseValidationError as error:
        check_error(error)
        assert not decodes(OPERATIONS[name], sent)
    else:
        check_kept(sent, result.to_dict())
