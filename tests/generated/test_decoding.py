"""Decoding and encoding of the generated models."""

import copy
import datetime
import inspect
import json
import pickle
from typing import Any, get_type_hints

import attrs
import cattrs
import mistral_models_raw.models as raw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mistral_models_raw.api.models import retrieve, update
from mistral_models_raw.errors import DecodeError
from mistral_models_raw.types import UNSET, Unset

from .strategies import JSON, SCHEMAS, fitting

CARD: dict[str, Any] = {"id": "m", "type": "base", "capabilities": {}}
TUNED: dict[str, Any] = {**CARD, "type": "fine-tuned", "job": "j", "root": "r"}
COMPLETION: dict[str, Any] = {
    "id": "m",
    "created": 1,
    "owned_by": "me",
    "workspace_id": "w",
    "root": "r",
    "root_version": "1",
    "archived": False,
    "capabilities": {},
    "model_type": "completion",
}
MODELS = [cls for name in raw.__all__ if inspect.isclass(cls := getattr(raw, name))]
RESPONSES = [cls for cls in MODELS if cls is not raw.UpdateModelRequest]


def decode_list(*entries: Any) -> list[Any]:
    return raw.ModelList.from_dict({"data": list(entries)}).data


def test_every_object_of_the_document_is_tested():
    """The parametrized tests below run for each object schema of the document."""
    objects = {name for name, schema in SCHEMAS.items() if schema.get("type") == "object"}
    assert {cls.__name__ for cls in MODELS} == objects | {"ValidationErrorCtx"}


@pytest.mark.parametrize("cls", MODELS)
def test_attributes_have_the_names_of_the_json_fields(cls):
    """Attributes are called `type` and `object` as in JSON, not `type_` and `object_`."""
    names = set(SCHEMAS.get(cls.__name__, {}).get("properties", {}))
    assert names <= set(cls.__slots__)


@pytest.mark.parametrize("cls", RESPONSES)
def test_responses_do_not_use_unset(cls):
    """`Unset` occurs in the types of requests only, where an absent field and null differ."""
    hints = get_type_hints(cls, localns={name: getattr(raw, name) for name in raw.__all__})
    assert all("Unset" not in str(hint) for hint in hints.values())


def test_an_absent_field_has_its_documented_default_or_none():
    """An optional field that is absent from the JSON has the default of the document, or `None`."""
    card = raw.BaseModelCard.from_dict({"id": "m", "capabilities": {}})
    assert (card.object, card.owned_by, card.max_context_length, card.type) == ("model", "mistralai", 32768, "base")
    assert (card.aliases, card.internal, card.name, card.created, card.deprecation) == ([], False, None, None, None)
    assert not card.capabilities.vision
    assert raw.ArchiveModelResponse.from_dict({"id": "m"}).archived
    assert not raw.UnarchiveModelResponse.from_dict({"id": "m"}).archived
    assert raw.FineTunedModelCapabilities.from_dict({}).completion_chat


def test_defaults_are_not_shared():
    """Two models with default `aliases` do not share the list."""
    first, second = decode_list(CARD, CARD)
    first.aliases.append("mine")
    assert second.aliases == []


@pytest.mark.parametrize("name", ["object", "owned_by", "created", "max_context_length", "aliases", "internal", "type"])
def test_null_is_read_as_an_absent_field_where_the_field_is_optional(name):
    """Null for an optional field is decoded as if the field were absent."""
    assert raw.BaseModelCard.from_dict({**CARD, name: None}) == raw.BaseModelCard.from_dict(CARD)


def test_the_constructor_has_the_same_defaults():
    """A model built by its constructor equals one decoded from the same fields."""
    built = raw.BaseModelCard(id="m", capabilities=raw.ModelCapabilities())
    assert built == raw.BaseModelCard.from_dict(CARD)


@pytest.mark.parametrize(
    ("entry", "cls"),
    [(CARD, raw.BaseModelCard), (TUNED, raw.FTModelCard), ({**CARD, "type": "router"}, raw.UnknownModelCard)],
)
def test_the_discriminator_selects_the_class_of_a_card(entry, cls):
    """The field `type` selects the class of a card, in a list and alone."""
    assert type(decode_list(entry)[0]) is cls
    assert type(retrieve.decode(entry)) is cls


@pytest.mark.parametrize(
    ("model", "cls"),
    [
        (COMPLETION, raw.CompletionFineTunedModel),
        ({**COMPLETION, "model_type": "classifier", "classifier_targets": []}, raw.ClassifierFineTunedModel),
        ({**COMPLETION, "model_type": "embedding"}, raw.UnknownFineTunedModel),
        ({**COMPLETION, "model_type": "classifier"}, raw.UnknownFineTunedModel),
    ],
)
def test_the_discriminator_selects_the_class_of_a_fine_tuned_model(model, cls):
    """The field `model_type` selects the class, and JSON that does not fit it becomes an `UnknownFineTunedModel`."""
    assert type(update.decode(model)) is cls


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({**CARD, "type": "router"}, 'data[1].type: expected "base" or "fine-tuned", got "router"'),
        ({"id": "m", "capabilities": {}}, 'data[1].type: expected "base" or "fine-tuned", got nothing'),
        ({**CARD, "type": ["base"]}, 'data[1].type: expected "base" or "fine-tuned", got ["base"]'),
        ({**CARD, "capabilities": {"vision": "yes"}}, 'data[1].capabilities.vision: expected boolean, got "yes"'),
        ({"id": "m", "type": "base"}, "data[1].capabilities: expected object, got nothing"),
        ({**CARD, "id": 7}, "data[1].id: expected string, got 7"),
        ({**CARD, "aliases": ["a", 1]}, "data[1].aliases[1]: expected string, got 1"),
        ({**CARD, "aliases": "a"}, 'data[1].aliases: expected array, got "a"'),
        ({**CARD, "created": True}, "data[1].created: expected integer, got true"),
        ({**CARD, "created": 1.5}, "data[1].created: expected integer, got 1.5"),
        ({**CARD, "default_model_temperature": False}, "data[1].default_model_temperature: expected number, got false"),
        ({**CARD, "deprecation": "soon"}, 'data[1].deprecation: expected date-time, got "soon"'),
        ({**CARD, "deprecation": True}, "data[1].deprecation: expected date-time, got true"),
        ({**CARD, "audio_speech_capabilities": []}, "data[1].audio_speech_capabilities: expected object, got []"),
        (
            {**CARD, "audio_transcription_capabilities": {"streaming_delays_ms": [{"min": 1, "max": "2 s"}]}},
            'data[1].audio_transcription_capabilities.streaming_delays_ms[0].max: expected integer, got "2 s"',
        ),
        (None, "data[1]: expected object, got null"),
        ("base", 'data[1]: expected object, got "base"'),
    ],
)
def test_an_invalid_entry_does_not_affect_the_rest_of_the_list(entry, reason):
    """An entry that fits no known class keeps its JSON and the reason, and the entries around it are decoded."""
    before, odd, after = decode_list(CARD, entry, TUNED)
    assert isinstance(before, raw.BaseModelCard)
    assert isinstance(after, raw.FTModelCard)
    assert isinstance(odd, raw.UnknownModelCard)
    assert (odd.raw, odd.reason, odd.is_unknown) == (entry, reason, True)
    assert odd.to_dict() is entry


def test_an_unknown_card_has_its_id_and_type_if_they_are_strings():
    """An `UnknownModelCard` has the `id` and `type` of its JSON if they are strings."""
    known, odd = decode_list({"id": "x", "type": "router"}, {"id": 1, "type": None})
    assert (known.id, known.type) == ("x", "router")
    assert (odd.id, odd.type) == (None, None)


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({}, "data: expected array, got nothing"),
        ({"data": {}}, "data: expected array, got {}"),
        ([], "expected object, got []"),
        ("text", 'expected object, got "text"'),
        ({"data": "x" * 100}, 'data: expected array, got "' + "x" * 76 + "..."),
    ],
)
def test_a_payload_that_is_not_a_list_of_models_raises_an_error_with_the_path(payload, message):
    """The error names the field, what was expected there and what was received."""
    with pytest.raises(DecodeError) as caught:
        raw.ModelList.from_dict(payload)
    assert str(caught.value) == message


@pytest.mark.parametrize("payload", [None, [], "text", 3])
def test_a_payload_that_is_not_an_object_is_rejected(payload):
    """JSON that is not an object is an error, not an `UnknownModelCard`."""
    with pytest.raises(DecodeError, match="expected object"):
        retrieve.decode(payload)


def test_a_missing_required_field_is_an_error():
    """The error for a missing or wrong required field names the field."""
    with pytest.raises(DecodeError, match="id: expected string, got nothing"):
        raw.DeleteModelResponse.from_dict({})
    with pytest.raises(DecodeError, match='object: expected "model", got "file"'):
        raw.ArchiveModelResponse.from_dict({"id": "m", "object": "file"})


@pytest.mark.parametrize(("sent", "kept"), [(3, 3), (3.0, 3), (10**30, 10**30)])
def test_an_integral_float_is_an_integer(sent, kept):
    """A float without a fraction is decoded as an integer, because JSON has only one kind of number."""
    created = raw.BaseModelCard.from_dict({**CARD, "created": sent}).created
    assert created == kept
    assert type(created) is int


def test_an_integer_is_a_number():
    """An integer is decoded as a float where a number is expected, and rejected if no float can hold it."""
    temperature = raw.BaseModelCard.from_dict({**CARD, "default_model_temperature": 1}).default_model_temperature
    assert type(temperature) is float
    with pytest.raises(DecodeError, match="default_model_temperature: expected number"):
        raw.BaseModelCard.from_dict({**CARD, "default_model_temperature": 10**400})


MIDNIGHT = datetime.datetime(2027, 3, 31, tzinfo=datetime.UTC)
NOON = MIDNIGHT.replace(hour=12)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-03-31T12:00:00Z", NOON),
        ("2027-03-31t12:00:00z", NOON),
        ("2027-03-31T12:00:00.25+00:00", NOON.replace(microsecond=250_000)),
        ("2027-03-31T14:30:00+02:30", NOON),
        ("2027-03-30T24:00:00Z", MIDNIGHT),
        ("2027-03-30T24:00:00", MIDNIGHT.replace(tzinfo=None)),
        ("2027-03-31T12:00:00", NOON.replace(tzinfo=None)),
    ],
)
def test_datetimes_are_aware_if_the_text_has_an_offset(text, moment):
    """All forms of RFC 3339, section 5.6, are decoded, and so is text without an offset."""
    card = raw.BaseModelCard.from_dict({**CARD, "deprecation": text})
    assert card.deprecation == moment
    assert pickle.loads(pickle.dumps(card)) == card


def decode_field(name: str, value: Any) -> Any:
    """Decode a card with one field in a list, and return the field, or the card if it is unknown."""
    (card,) = decode_list({**CARD, name: value})
    return card if isinstance(card, raw.UnknownModelCard) else getattr(card, name)


@pytest.mark.parametrize(
    ("name", "sent", "decoded"),
    [
        ("max_context_length", "131072", 131072),
        ("max_context_length", "131072.0", 131072),
        ("created", "-1", -1),
        ("created", "9007199254740993.0", 9007199254740993),
        ("default_model_temperature", "0.3", 0.3),
        ("default_model_temperature", "1", 1.0),
        ("default_model_temperature", "3e-1", 0.3),
        ("internal", "true", True),
        ("internal", "false", False),
        ("internal", "1", True),
        ("internal", "0", False),
        ("internal", 1, True),
        ("internal", 0, False),
        ("internal", 1.0, True),
    ],
)
def test_numbers_and_booleans_are_decoded_from_text(name, sent, decoded):
    """A number or boolean in quotation marks, and 1 or 0 for a boolean, have the documented type in the model."""
    value = decode_field(name, sent)
    assert (value, type(value)) == (decoded, type(decoded))


@pytest.mark.parametrize("name", ["created", "default_model_temperature", "internal"])
@pytest.mark.parametrize(
    "text",
    [
        *("", " ", " 5", "5 ", "+5", "05", "5.", ".5", "5,0", "1_000", "0x5", "--5", "\uff15", "9" * 5000),
        *("NaN", "Infinity", "-inf", "1e400", "True", "yes", "on", "t", "null"),
    ],
)
def test_text_that_json_would_not_accept_as_a_value_is_not_converted(name, text):
    """The entry is an `UnknownModelCard` if the text in quotation marks is not a finite number or boolean of JSON."""
    assert isinstance(decode_field(name, text), raw.UnknownModelCard)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("created", value) for value in ("1e3", "5.5", 5.5, True)),
        *(("internal", value) for value in ("1.0", 2, -1, 0.5)),
        ("default_model_temperature", True),
    ],
)
def test_values_with_another_meaning_are_not_converted(name, value):
    """A boolean is no number, only 1 and 0 are booleans, and an integer has neither fraction nor exponent."""
    assert isinstance(decode_field(name, value), raw.UnknownModelCard)


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        (1764504000, "2025-11-30T12:00:00+00:00"),
        (1764504000.5, "2025-11-30T12:00:00.500000+00:00"),
        (1764504000000, "2025-11-30T12:00:00+00:00"),
        (1764504000000.5, "2025-11-30T12:00:00.000500+00:00"),
        (0, "1970-01-01T00:00:00+00:00"),
        (-0.25, "1969-12-31T23:59:59.750000+00:00"),
        (20_000_000_000, "2603-10-11T11:33:20+00:00"),
        (20_000_000_001, "1970-08-20T11:33:20.001000+00:00"),
        (-62135596800000, "0001-01-01T00:00:00+00:00"),
    ],
)
def test_a_time_since_1970_is_a_datetime(sent, moment):
    """It is in seconds, or in milliseconds above 2e10; a number in quotation marks means the same, and UTC applies."""
    for value in (sent, str(sent)):
        decoded = decode_field("deprecation", value)
        assert isinstance(decoded, datetime.datetime), decoded
        assert decoded.isoformat() == moment


def test_milliseconds_in_quotation_marks_are_not_taken_for_a_date():
    """`fromisoformat` reads 1712011512345 as 23:45 on 1712-01-15."""
    assert decode_field("deprecation", "1712011512345").isoformat() == "2024-04-01T22:45:12.345000+00:00"


@pytest.mark.parametrize("value", ["2026", "202611", "2026334", "20261130", "\uff12\uff10\uff12\uff16"])
def test_digits_that_may_be_a_date_or_a_time_since_1970_are_not_converted(value):
    """4 to 8 digits may be a year or a date without hyphens, so the entry is an `UnknownModelCard`."""
    assert isinstance(decode_field("deprecation", value), raw.UnknownModelCard)


@pytest.mark.parametrize(
    "value",
    [1e300, 10**400, float("nan"), float("inf"), 253402300800000, -62135596800001, "1.7e9", "99999999999999999"],
)
def test_a_time_that_no_datetime_can_hold_is_not_converted(value):
    """Times outside the years 1 to 9999, numbers that are not finite, and text with an exponent are rejected."""
    assert isinstance(decode_field("deprecation", value), raw.UnknownModelCard)


def test_null_is_an_empty_array():
    """Go writes a list that was never filled as null."""
    assert raw.ModelList.from_dict({"data": None}).data == []
    target = raw.ClassifierTargetResult.from_dict({"name": "n", "labels": None, "weight": "1", "loss_function": "x"})
    assert (target.labels, target.weight) == ([], 1.0)


def test_converted_values_are_encoded_with_their_documented_type():
    """`to_dict()` returns 131072 for "131072", a boolean for 1, and text for a time since 1970."""
    sent = {**CARD, "max_context_length": "131072", "internal": 1, "deprecation": 1764504000}
    encoded = raw.BaseModelCard.from_dict(sent).to_dict()
    assert (encoded["max_context_length"], encoded["deprecation"]) == (131072, "2025-11-30T12:00:00+00:00")
    assert encoded["internal"] is True


def test_undocumented_enum_values_are_kept():
    """An enum value that the document does not list is kept as a string."""
    target = {"name": "n", "labels": [], "weight": 1, "loss_function": "focal"}
    assert raw.ClassifierTargetResult.from_dict(target).loss_function == "focal"


def test_unknown_fields_are_kept():
    """Fields that the document does not know can be read, changed and deleted by name, and are part of `to_dict()`."""
    card = raw.BaseModelCard.from_dict({**CARD, "tier": {"level": 3}, "capabilities": {"smell": True}})
    assert card["tier"] == {"level": 3}
    assert "tier" in card
    assert card.additional_keys == ["tier"]
    assert card.capabilities.additional_properties == {"smell": True}
    assert card.to_dict()["tier"] == {"level": 3}
    card["tier"] = 4
    del card["tier"]
    assert card.additional_properties == {}


def test_the_detail_of_a_422_is_a_list_or_a_string():
    """`detail` is decoded from a list of errors and from a string, and anything else is rejected."""
    fault = {"loc": ["body", 0], "msg": "m", "type": "t"}
    detail = raw.HTTPValidationError.from_dict({"detail": [fault]}).detail
    assert isinstance(detail, list)
    assert detail[0].loc == ["body", 0]
    assert raw.HTTPValidationError.from_dict({"detail": "no"}).detail == "no"
    with pytest.raises(DecodeError, match="detail: expected array or string, got 3"):
        raw.HTTPValidationError.from_dict({"detail": 3})
    with pytest.raises(DecodeError, match=r"detail\[0\].loc\[1\]: expected string or integer, got true"):
        raw.HTTPValidationError.from_dict({"detail": [{**fault, "loc": ["body", True]}]})


def test_a_request_distinguishes_absent_from_null():
    """An update sends null for `None` and does not send what is unset."""
    assert raw.UpdateModelRequest().to_dict() == {}
    assert raw.UpdateModelRequest(name=None).to_dict() == {"name": None}
    assert raw.UpdateModelRequest(name=Unset()).to_dict() == {}
    assert raw.UpdateModelRequest.from_dict({"description": "d"}).name is UNSET


def test_models_are_not_iterable():
    """Iterating over a model is a TypeError, although it supports square brackets."""
    attempts: tuple[Any, ...] = (list, dict, iter)
    for attempt in attempts:
        with pytest.raises(TypeError, match="'ModelList' object is not iterable"):
            attempt(raw.ModelList.from_dict({"data": []}))


def test_a_subclass_serializes_only_documented_fields():
    """Attributes that a subclass adds are not part of `to_dict()`."""

    @attrs.define(kw_only=True)
    class Mine(raw.BaseModelCard):
        note: str = "mine"

    decoded = Mine.from_dict({**CARD, "tier": 3})
    assert isinstance(decoded, Mine)
    for card in (decoded, Mine(id="m", capabilities=raw.ModelCapabilities())):
        assert card.to_dict() == {**raw.BaseModelCard.from_dict(CARD).to_dict(), **card.additional_properties}


@pytest.mark.parametrize("kind", [list, tuple, iter])
def test_any_iterable_is_serialized_as_an_array(kind):
    """An iterable of models or strings is accepted in place of a list."""
    card = raw.BaseModelCard.from_dict(CARD)
    card.aliases = kind(["a", "b"])
    assert card.to_dict()["aliases"] == ["a", "b"]
    made = raw.ModelList(data=kind([raw.BaseModelCard.from_dict(CARD)])).to_dict()
    assert made["data"] == [raw.BaseModelCard.from_dict(CARD).to_dict()]


def test_deeply_nested_json_is_serialized():
    """A value of undocumented structure is returned unchanged, without recursion into it."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    fault = raw.ValidationError.from_dict({"loc": [], "msg": "m", "type": "t", "input": deep})
    assert fault.to_dict()["input"][0] is deep[0]


def test_unset_is_one_object():
    """`UNSET` is the same object after pickling and copying, so that `is UNSET` holds in another process."""
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET
    assert copy.deepcopy(UNSET) is UNSET
    assert not UNSET
    assert repr(UNSET) == "UNSET"
    assert isinstance(UNSET, Unset)


def test_the_repr_shows_only_fields_that_are_set():
    """The repr leaves out unset fields and an empty `additional_properties`."""
    assert repr(raw.DeleteModelResponse.from_dict({"id": "m"})) == (
        "DeleteModelResponse(id='m', object='model', deleted=True)"
    )
    assert repr(raw.UpdateModelRequest(name="n")) == "UpdateModelRequest(name='n')"
    assert repr(raw.DeleteModelResponse.from_dict({"id": "m", "by": "me"})).endswith(
        "deleted=True, additional_properties={'by': 'me'})"
    )


def test_any_mapping_is_decoded():
    """`from_dict` accepts a mapping that is not a dict."""
    from types import MappingProxyType

    assert raw.BaseModelCard.from_dict(MappingProxyType(CARD)) == raw.BaseModelCard.from_dict(CARD)


@pytest.mark.parametrize("cls", [cls for cls in MODELS if cls.__name__ in SCHEMAS])
@settings(max_examples=30)
@given(data=st.data())
def test_valid_json_survives_a_round_trip(cls, data):
    """Decoding and encoding valid JSON loses nothing, and the model can be pickled."""
    payload = data.draw(fitting(SCHEMAS[cls.__name__]))
    decoded = cls.from_dict(payload)
    again = decoded.to_dict()
    assert cls.from_dict(again) == decoded
    assert json.loads(json.dumps(again)) == again
    assert pickle.loads(pickle.dumps(decoded)) == decoded
    assert set(again) >= {name for name, value in payload.items() if value is not None}
    assert not any(getattr(decoded, name, None) is UNSET for name in cls.__slots__) or cls is raw.UpdateModelRequest


@settings(max_examples=100)
@given(st.lists(JSON | fitting(SCHEMAS["ModelCard"]), max_size=5))
def test_a_list_keeps_the_number_of_its_entries(entries):
    """Every entry of a list is decoded to one model, whatever it is, and can be encoded again."""
    decoded = raw.ModelList.from_dict({"data": entries})
    assert len(decoded.data) == len(entries)
    assert raw.ModelList.from_dict(decoded.to_dict()) == decoded


@pytest.mark.parametrize("cls", MODELS)
@settings(max_examples=30)
@given(payload=JSON | st.dictionaries(st.sampled_from(["id", "data", "type", "detail", "capabilities"]), JSON))
def test_decoding_raises_nothing_but_decode_error(cls, payload):
    """Any JSON either is decoded or raises `DecodeError`."""
    try:
        assert cls.from_dict(payload) is not None
    except DecodeError as error:
        assert "expected" in str(error)


@pytest.mark.parametrize("copy_model", ["attrs.evolve", "copy.replace", "cattrs"])
def test_copies_keep_unknown_fields(copy_model):
    """Fields that the document does not know survive the usual ways to copy a model, nested models included."""
    card = raw.BaseModelCard.from_dict({**CARD, "tier": "gold", "capabilities": {"telepathy": True}})
    if copy_model == "cattrs":
        capabilities = cattrs.structure(cattrs.unstructure(card.capabilities), raw.ModelCapabilities)
        assert capabilities.to_dict()["telepathy"] is True
        return
    replace: Any = attrs.evolve if copy_model == "attrs.evolve" else getattr(copy, "replace", None)
    if replace is None:
        pytest.skip("copy.replace is new in Python 3.13")
    copied = replace(card, name="new")
    assert copied.to_dict() == {**card.to_dict(), "name": "new"}
    assert copied["tier"] == "gold"
