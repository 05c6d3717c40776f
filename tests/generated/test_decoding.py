"""What the generated models make of the service's answers."""

import copy
import datetime
import inspect
import json
import pickle
from typing import Any, get_type_hints

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mistral_models_raw.models as raw
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


def listed(*entries: Any) -> list[Any]:
    return raw.ModelList.from_dict({"data": list(entries)}).data


def test_there_are_models_to_test():
    """The tests below run for every object of the document, and not for none."""
    objects = {name for name, schema in SCHEMAS.items() if schema.get("type") == "object"}
    assert {cls.__name__ for cls in MODELS} == objects | {"ValidationErrorCtx"}


@pytest.mark.parametrize("cls", MODELS)
def test_attributes_carry_the_names_of_the_wire(cls):
    """Users write `card.type` and `card.object`, as the service does."""
    names = set(SCHEMAS.get(cls.__name__, {}).get("properties", {}))
    assert names <= set(cls.__slots__)


@pytest.mark.parametrize("cls", RESPONSES)
def test_no_answer_has_unset_in_its_types(cls):
    """`Unset` appears in requests only, where left out and null differ."""
    hints = get_type_hints(cls, localns={name: getattr(raw, name) for name in raw.__all__})
    assert all("Unset" not in str(hint) for hint in hints.values())


def test_fields_left_out_take_the_default_of_the_document_or_none():
    """A card with the required fields only is complete."""
    card = raw.BaseModelCard.from_dict({"id": "m", "capabilities": {}})
    assert (card.object, card.owned_by, card.max_context_length, card.type) == ("model", "mistralai", 32768, "base")
    assert (card.aliases, card.internal, card.name, card.created, card.deprecation) == ([], False, None, None, None)
    assert not card.capabilities.vision
    assert raw.ArchiveModelResponse.from_dict({"id": "m"}).archived
    assert not raw.UnarchiveModelResponse.from_dict({"id": "m"}).archived
    assert raw.FineTunedModelCapabilities.from_dict({}).completion_chat


def test_defaults_are_not_shared():
    """Each card has an `aliases` of its own."""
    first, second = listed(CARD, CARD)
    first.aliases.append("mine")
    assert second.aliases == []


@pytest.mark.parametrize("name", ["object", "owned_by", "created", "max_context_length", "aliases", "internal", "type"])
def test_null_is_taken_for_a_field_left_out_where_it_may_be_left_out(name):
    """A service that writes null for what it could have left out is understood."""
    assert raw.BaseModelCard.from_dict({**CARD, name: None}) == raw.BaseModelCard.from_dict(CARD)


def test_the_constructor_has_the_same_defaults():
    """Users build objects for their tests as decoding does."""
    built = raw.BaseModelCard(id="m", capabilities=raw.ModelCapabilities())
    assert built == raw.BaseModelCard.from_dict(CARD)


@pytest.mark.parametrize(
    ("entry", "cls"),
    [(CARD, raw.BaseModelCard), (TUNED, raw.FTModelCard), ({**CARD, "type": "router"}, raw.UnknownModelCard)],
)
def test_the_tag_says_which_variant_a_card_is(entry, cls):
    """Both in lists and alone."""
    assert type(listed(entry)[0]) is cls
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
def test_the_tag_says_which_variant_a_fine_tuned_model_is(model, cls):
    """A known tag on a payload that lacks something falls back as well."""
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
        ({**CARD, "deprecation": 5}, "data[1].deprecation: expected date-time, got 5"),
        ({**CARD, "audio_speech_capabilities": []}, "data[1].audio_speech_capabilities: expected object, got []"),
        (
            {**CARD, "audio_transcription_capabilities": {"streaming_delays_ms": [{"min": 1, "max": "2"}]}},
            'data[1].audio_transcription_capabilities.streaming_delays_ms[0].max: expected integer, got "2"',
        ),
        (None, "data[1]: expected object, got null"),
        ("base", 'data[1]: expected object, got "base"'),
    ],
)
def test_an_odd_entry_never_costs_the_list(entry, reason):
    """It is kept as it came, with the reason; its neighbours are not touched."""
    before, odd, after = listed(CARD, entry, TUNED)
    assert isinstance(before, raw.BaseModelCard)
    assert isinstance(after, raw.FTModelCard)
    assert isinstance(odd, raw.UnknownModelCard)
    assert (odd.raw, odd.reason, odd.is_unknown) == (entry, reason, True)
    assert odd.to_dict() is entry


def test_an_unknown_card_shows_its_id_and_tag_where_they_are_strings():
    """Whoever lists ids need not look into the payload."""
    known, odd = listed({"id": "x", "type": "router"}, {"id": 1, "type": None})
    assert (known.id, known.type) == ("x", "router")
    assert (odd.id, odd.type) == (None, None)


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({}, "data: expected array, got nothing"),
        ({"data": None}, "data: expected array, got null"),
        ({"data": {}}, "data: expected array, got {}"),
        ([], "expected object, got []"),
        ("text", 'expected object, got "text"'),
        ({"data": "x" * 100}, 'data: expected array, got "' + "x" * 76 + "..."),
    ],
)
def test_a_list_that_is_none_is_an_error_that_says_where(payload, message):
    """Never a KeyError from our insides."""
    with pytest.raises(DecodeError) as caught:
        raw.ModelList.from_dict(payload)
    assert str(caught.value) == message


@pytest.mark.parametrize("payload", [None, [], "text", 3])
def test_an_answer_that_is_no_object_is_no_model(payload):
    """The permissive variant is for models that nobody has heard of, not for anything at all."""
    with pytest.raises(DecodeError, match="expected object"):
        retrieve.decode(payload)


def test_a_required_field_must_be_there():
    """The field is named."""
    with pytest.raises(DecodeError, match="id: expected string, got nothing"):
        raw.DeleteModelResponse.from_dict({})
    with pytest.raises(DecodeError, match='object: expected "model", got "file"'):
        raw.ArchiveModelResponse.from_dict({"id": "m", "object": "file"})


@pytest.mark.parametrize(("sent", "kept"), [(3, 3), (3.0, 3), (10**30, 10**30)])
def test_an_integral_float_is_an_integer(sent, kept):
    """JSON knows one kind of number only."""
    created = raw.BaseModelCard.from_dict({**CARD, "created": sent}).created
    assert created == kept
    assert type(created) is int


def test_an_integer_is_a_number():
    """It comes out as the float that the type promises; one that no float can hold is refused."""
    temperature = raw.BaseModelCard.from_dict({**CARD, "default_model_temperature": 1}).default_model_temperature
    assert type(temperature) is float
    with pytest.raises(DecodeError, match="default_model_temperature: expected number"):
        raw.BaseModelCard.from_dict({**CARD, "default_model_temperature": 10**400})


UTC = datetime.UTC


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-03-31T12:00:00Z", datetime.datetime(2027, 3, 31, 12, tzinfo=UTC)),
        ("2027-03-31t12:00:00z", datetime.datetime(2027, 3, 31, 12, tzinfo=UTC)),
        ("2027-03-31T12:00:00.25+00:00", datetime.datetime(2027, 3, 31, 12, 0, 0, 250000, tzinfo=UTC)),
        ("2027-03-31T14:30:00+02:30", datetime.datetime(2027, 3, 31, 12, tzinfo=UTC)),
        ("2027-03-30T24:00:00Z", datetime.datetime(2027, 3, 31, tzinfo=UTC)),
        ("2027-03-30T24:00:00", datetime.datetime(2027, 3, 31)),
        ("2027-03-31T12:00:00", datetime.datetime(2027, 3, 31, 12)),
    ],
)
def test_date_times_are_aware_where_the_text_has_an_offset(text, moment):
    """All forms of RFC 3339, section 5.6, and its lack of an offset."""
    card = raw.BaseModelCard.from_dict({**CARD, "deprecation": text})
    assert card.deprecation == moment
    assert pickle.loads(pickle.dumps(card)) == card


def test_enum_values_that_nobody_listed_are_kept():
    """As the strings they came as."""
    target = {"name": "n", "labels": [], "weight": 1, "loss_function": "focal"}
    assert raw.ClassifierTargetResult.from_dict(target).loss_function == "focal"


def test_unknown_fields_are_kept():
    """They are reachable, and come back out."""
    card = raw.BaseModelCard.from_dict({**CARD, "tier": {"level": 3}, "capabilities": {"smell": True}})
    assert card["tier"] == {"level": 3}
    assert "tier" in card
    assert card.additional_keys == ["tier"]
    assert card.capabilities.additional_properties == {"smell": True}
    assert card.to_dict()["tier"] == {"level": 3}
    card["tier"] = 4
    del card["tier"]
    assert card.additional_properties == {}


def test_the_detail_of_a_422_is_a_list_or_a_sentence():
    """The service sends both."""
    fault = {"loc": ["body", 0], "msg": "m", "type": "t"}
    detail = raw.HTTPValidationError.from_dict({"detail": [fault]}).detail
    assert isinstance(detail, list)
    assert detail[0].loc == ["body", 0]
    assert raw.HTTPValidationError.from_dict({"detail": "no"}).detail == "no"
    with pytest.raises(DecodeError, match="detail: expected array or string, got 3"):
        raw.HTTPValidationError.from_dict({"detail": 3})
    with pytest.raises(DecodeError, match=r"detail\[0\].loc\[1\]: expected string or integer, got true"):
        raw.HTTPValidationError.from_dict({"detail": [{**fault, "loc": ["body", True]}]})


def test_a_request_tells_left_out_from_null():
    """`update` clears with null and keeps what is left out."""
    assert raw.UpdateModelRequest().to_dict() == {}
    assert raw.UpdateModelRequest(name=None).to_dict() == {"name": None}
    assert raw.UpdateModelRequest(name=Unset()).to_dict() == {}
    assert raw.UpdateModelRequest.from_dict({"description": "d"}).name is UNSET


def test_a_model_is_nothing_to_iterate_over():
    """Its square brackets are for fields that the document does not know; `for` would ask them for 0."""
    attempts: tuple[Any, ...] = (list, dict, iter)
    for attempt in attempts:
        with pytest.raises(TypeError, match="'ModelList' object is not iterable"):
            attempt(raw.ModelList.from_dict({"data": []}))


def test_a_subclass_sends_what_the_document_knows():
    """What a program adds for its own use stays there."""

    @attrs.define(kw_only=True)
    class Mine(raw.BaseModelCard):
        note: str = "mine"

    decoded = Mine.from_dict({**CARD, "tier": 3})
    assert isinstance(decoded, Mine)
    for card in (decoded, Mine(id="m", capabilities=raw.ModelCapabilities())):
        assert card.to_dict() == {**raw.BaseModelCard.from_dict(CARD).to_dict(), **card.additional_properties}


@pytest.mark.parametrize("kind", [list, tuple, iter])
def test_any_iterable_stands_for_an_array(kind):
    """Of models, or of texts; an array comes out."""
    card = raw.BaseModelCard.from_dict(CARD)
    card.aliases = kind(["a", "b"])
    assert card.to_dict()["aliases"] == ["a", "b"]
    made = raw.ModelList(data=kind([raw.BaseModelCard.from_dict(CARD)])).to_dict()
    assert made["data"] == [raw.BaseModelCard.from_dict(CARD).to_dict()]


def test_a_value_that_the_document_leaves_open_may_be_deep():
    """It comes back as it came, without a step for each level."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    fault = raw.ValidationError.from_dict({"loc": [], "msg": "m", "type": "t", "input": deep})
    assert fault.to_dict()["input"][0] is deep[0]


def test_unset_is_one_object():
    """Also after a pickle or a copy, so that `is UNSET` holds in another process."""
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET
    assert copy.deepcopy(UNSET) is UNSET
    assert not UNSET
    assert repr(UNSET) == "UNSET"
    assert isinstance(UNSET, Unset)


def test_the_repr_reads_well():
    """No sentinel, no empty additional_properties; unknown fields show."""
    assert repr(raw.DeleteModelResponse.from_dict({"id": "m"})) == (
        "DeleteModelResponse(id='m', object='model', deleted=True)"
    )
    assert repr(raw.UpdateModelRequest(name="n")) == "UpdateModelRequest(name='n')"
    assert repr(raw.DeleteModelResponse.from_dict({"id": "m", "by": "me"})).endswith(
        "deleted=True, additional_properties={'by': 'me'})"
    )


def test_a_mapping_that_is_no_dict_decodes_too():
    """`from_dict` takes what its signature says."""
    from types import MappingProxyType

    assert raw.BaseModelCard.from_dict(MappingProxyType(CARD)) == raw.BaseModelCard.from_dict(CARD)


@pytest.mark.parametrize("cls", [cls for cls in MODELS if cls.__name__ in SCHEMAS])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_what_fits_the_document_survives_the_round_trip(cls, data):
    """from_dict(to_dict(x)) == x; nothing that came in is lost; the result is JSON; it pickles."""
    payload = data.draw(fitting(SCHEMAS[cls.__name__]))
    decoded = cls.from_dict(payload)
    again = decoded.to_dict()
    assert cls.from_dict(again) == decoded
    assert json.loads(json.dumps(again)) == again
    assert pickle.loads(pickle.dumps(decoded)) == decoded
    assert set(again) >= {name for name, value in payload.items() if value is not None}
    assert not any(getattr(decoded, name, None) is UNSET for name in cls.__slots__) or cls is raw.UpdateModelRequest


@settings(max_examples=100, deadline=None)
@given(st.lists(JSON | fitting(SCHEMAS["ModelCard"]), max_size=5))
def test_a_list_of_n_entries_yields_n_whatever_they_are(entries):
    """And each of them comes back out."""
    decoded = raw.ModelList.from_dict({"data": entries})
    assert len(decoded.data) == len(entries)
    assert raw.ModelList.from_dict(decoded.to_dict()) == decoded


@pytest.mark.parametrize("cls", MODELS)
@settings(max_examples=30, deadline=None)
@given(payload=JSON | st.dictionaries(st.sampled_from(["id", "data", "type", "detail", "capabilities"]), JSON))
def test_any_json_decodes_or_says_where_it_cannot(cls, payload):
    """Nothing but DecodeError comes out."""
    try:
        assert cls.from_dict(payload) is not None
    except DecodeError as error:
        assert "expected" in str(error)
