"""The fake service accepts models in every form that its users have."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType

import pytest
from mistral_models import Mistral, errors
from mistral_models.models import (
    BaseModelCard,
    FTModelCard,
    ModelList,
    UnknownFineTunedModel,
    UnknownModelCard,
)
from mistral_models.testing import FakeMistral, base_model, classifier, fine_tuned_model

Connect = Callable[[FakeMistral], AbstractContextManager[Mistral]]


@contextmanager
def over_socket(fake: FakeMistral) -> Iterator[Mistral]:
    with fake.serve() as url, Mistral(fake.api_key, server_url=url, retry_config=0) as mistral:
        yield mistral


@pytest.fixture(params=[FakeMistral.client, over_socket], ids=["in process", "over a socket"])
def connect(request) -> Connect:
    """Open a client of a fake service."""
    return request.param


def test_an_id_is_enough(connect):
    """A model without a type counts as a base model: it is listed and retrieved as it is, and cannot be changed."""
    with connect(FakeMistral([{"id": "m"}])) as mistral:
        (card,) = mistral.models.list().data
        assert isinstance(card, UnknownModelCard)
        assert card.raw == {"id": "m"}
        assert mistral.models.retrieve(model_id="m").to_dict() == {"id": "m"}
        with pytest.raises(errors.PermissionDeniedError):
            mistral.models.delete(model_id="m")
        for change in (mistral.models.update, mistral.models.archive, mistral.models.unarchive):
            with pytest.raises(errors.NotFoundError):
                change(model_id="m")


def test_a_fine_tuned_model_needs_an_id_and_a_type(connect):
    """All operations work, and a response contains only the fields that the model has."""
    fake = FakeMistral([{"id": "m", "type": "fine-tuned"}])
    with connect(fake) as mistral:
        updated = mistral.models.update(model_id="m", name="n")
        assert isinstance(updated, UnknownFineTunedModel)
        assert updated.raw == {"id": "m", "name": "n"}
        assert mistral.models.archive(model_id="m").archived
        assert not mistral.models.unarchive(model_id="m").archived
        assert fake.models == [{"id": "m", "type": "fine-tuned", "name": "n", "archived": False}]
        assert mistral.models.delete(model_id="m").deleted
        assert mistral.models.list().data == []


@pytest.mark.parametrize("aliases", [None, 3, "m", {}, [["m"]]], ids=str)
def test_filters_accept_missing_and_unusual_fields(connect, aliases):
    """A model without owner, name or usable aliases matches its own id, and no other filter."""
    with connect(FakeMistral([{"id": "model", "owned_by": ["x"], "aliases": aliases}, {"id": "other"}])) as mistral:
        assert len(mistral.models.list().data) == 2
        assert [card.id for card in mistral.models.list(model="model").data] == ["model"]
        assert mistral.models.list(model="m").data == []
        assert mistral.models.list(provider="mistralai").data == []
        with pytest.raises(errors.NotFoundError):
            mistral.models.retrieve(model_id="m")


@pytest.mark.parametrize(
    "make", [fine_tuned_model, partial(classifier, labels=["a", "b"])], ids=["other", "classifier"]
)
@pytest.mark.parametrize("name", ["id", "capabilities", "model_type", "classifier_targets", "type", "tier"])
@pytest.mark.parametrize("value", [None, "given"])
def test_a_given_field_replaces_the_default(make, name, value):
    """This holds for every field, also for those in which a classifier differs from other models."""
    assert make("m", **{name: value}) == {**make("m"), name: value}


@pytest.mark.parametrize("capabilities", [None, [], "all"], ids=str)
def test_unusual_capabilities_are_sent_unchanged(connect, capabilities):
    """`update` responds with capabilities of another type as they are."""
    with connect(FakeMistral([fine_tuned_model("m", id="m", capabilities=capabilities)])) as mistral:
        updated = mistral.models.update(model_id="m", name="n")
        assert updated.to_dict()["capabilities"] == capabilities


def test_partial_capabilities_are_completed_in_updates(connect):
    """`update` responds with all capabilities of a fine-tuned model; those that the model lacks are false."""
    with connect(FakeMistral([fine_tuned_model("m", id="m", capabilities={"completion_chat": True})])) as mistral:
        updated = mistral.models.update(model_id="m", name="n")
    assert not isinstance(updated, UnknownFineTunedModel)
    assert (updated.capabilities.completion_chat, updated.capabilities.completion_fim) == (True, False)


def test_a_listed_catalogue_can_be_served_again(connect):
    """A fake service that is given the `ModelList` of another, or its cards, lists the same models."""
    entries = [base_model("b", deprecation="2027-03-31T12:00:00Z"), fine_tuned_model("f"), {"id": "u", "type": "new"}]
    with FakeMistral(entries).client() as mistral:
        listed = mistral.models.list()
    assert [type(card) for card in listed.data] == [BaseModelCard, FTModelCard, UnknownModelCard]
    for models in (listed, listed.data, iter(listed.data)):
        with connect(FakeMistral(models)) as mistral:
            assert mistral.models.list() == listed
            assert mistral.models.archive(model_id=listed.data[1].id or "").archived


def test_any_mapping_is_accepted(connect):
    """A read-only mapping is copied like a dictionary."""
    with connect(FakeMistral([MappingProxyType(base_model("m"))])) as mistral:
        assert mistral.models.retrieve(model_id="m").name == "m"


def test_models_are_copied():
    """Operations do not change the objects that were passed in."""
    model = fine_tuned_model("m", id="m")
    with FakeMistral([model]).client() as mistral:
        mistral.models.archive(model_id="m")
    assert model["archived"] is False


@pytest.mark.parametrize(
    "entry",
    [{}, {"ids": 1}, "m", 3, None, UnknownModelCard.from_dict({"type": "new"}), UnknownModelCard.from_dict(3)],
    ids=["empty", "misspelled", "string", "number", "null", "card without an id", "card that is no object"],
)
def test_a_model_without_an_id_is_rejected(entry):
    """The error names the position of the model and says what to do."""
    with pytest.raises(ValueError, match=r'models\[1\] is not a JSON object with an "id": add the id or leave'):
        FakeMistral([base_model("m"), entry])


@pytest.mark.parametrize("value", [datetime.now(UTC), b"bytes", {1, 2}], ids=["datetime", "bytes", "set"])
def test_a_model_that_is_not_json_is_rejected(value):
    """The error comes from the constructor, and not from the first request."""
    with pytest.raises(ValueError, match=r"models\[0\] cannot be written as JSON: Object of type \w+ is not"):
        FakeMistral([base_model("m", deprecation=value)])


def test_an_unknown_capability_is_rejected():
    """A typing error in a capability is an error, and not a capability that the model lacks."""
    with pytest.raises(ValueError, match="there is no capability 'vison'; there are completion_chat, function_calling"):
        base_model("x", "vision", "vison")


def test_repeated_ids_are_listed_and_the_first_is_retrieved(connect):
    """Two entries with one id, as the real service lists them, both appear in the list."""
    entries = [
        base_model("voxtral-mini-latest", "audio", name="voxtral-mini-2507"),
        base_model("voxtral-mini-latest", "audio_transcription", name="voxtral-mini-transcribe-2507"),
    ]
    with connect(FakeMistral(entries)) as mistral:
        assert [card.name for card in mistral.models.list().data] == [entry["name"] for entry in entries]
        assert mistral.models.retrieve(model_id="voxtral-mini-latest").name == "voxtral-mini-2507"
        with pytest.raises(errors.PermissionDeniedError):
            mistral.models.delete(model_id="voxtral-mini-latest")


def test_changes_affect_the_first_fine_tuned_model_of_an_id(connect):
    """`update`, `archive` and `delete` skip base models with the id and leave later fine-tuned ones unchanged."""
    fake = FakeMistral([
        base_model("m", name="base"),
        fine_tuned_model("first", id="m"),
        fine_tuned_model("second", id="m"),
    ])  # fmt: skip
    with connect(fake) as mistral:
        mistral.models.update(model_id="m", description="changed")
        mistral.models.archive(model_id="m")
        assert [(model["description"], model.get("archived")) for model in fake.models] == [
            (None, None),
            ("changed", True),
            (None, False),
        ]
        mistral.models.delete(model_id="m")
        assert [model["name"] for model in fake.models] == ["base", "second"]
        mistral.models.delete(model_id="m")
        with pytest.raises(errors.PermissionDeniedError):
            mistral.models.delete(model_id="m")
    assert [model["name"] for model in fake.models] == ["base"]


def test_a_decoded_list_of_the_service_is_accepted(connect):
    """The body of a recorded response, decoded into a `ModelList`, becomes the models of the fake service."""
    body = json.dumps({"object": "list", "data": [{"id": "a"}, {"id": "a", "type": "fine-tuned"}]})
    fake = FakeMistral(ModelList.from_dict(json.loads(body)))
    with connect(fake) as mistral:
        assert [card.id for card in mistral.models.list().data] == ["a", "a"]
    assert fake.models == json.loads(body)["data"]
