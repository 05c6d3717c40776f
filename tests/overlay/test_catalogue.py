"""`mistral_models.catalogue`: entries of a list merged into models, and what can be found among them."""

import datetime as dt
import json
import pickle
import subprocess
import sys
import typing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mistral_models import catalogue
from mistral_models.catalogue import Catalogue, Model
from mistral_models.models import BaseModelCard, FTModelCard, ModelCapabilities, ModelList, UnknownModelCard
from mistral_models.testing import base_model, fine_tuned_model

from tests.generated.strategies import fitting

DATA = Path(__file__).parents[1] / "data"
NOON = "T12:00:00Z"
FEW = st.sampled_from(["", "a", "b", "a-2508", "b-2508"])
"""So few texts that names, ids and aliases often are the same."""


def decoded(*entries) -> ModelList:
    return ModelList.from_dict({"data": list(entries)})


def published(date: str) -> ModelList:
    return ModelList.from_dict(json.loads((DATA / f"list-{date}.json").read_text(encoding="utf-8")))


def one(*entries) -> Model:
    """The only model of a catalogue of these entries."""
    (model,) = Catalogue(decoded(*entries))
    return model


def base(model_id: str, name: str | None, *aliases: str, **fields) -> dict:
    return base_model(model_id, name=name, aliases=list(aliases), **fields)


ENTRIES = st.one_of(
    st.builds(
        lambda model_id, name, aliases, deprecation: base(model_id, name, *aliases, deprecation=deprecation),
        FEW,
        FEW | st.none(),
        st.lists(FEW, max_size=3),
        st.sampled_from([None, f"2026-03-31{NOON}", "2026-03-31T12:00:00", "2027-01-31T12:00:00+14:00"]),
    ),
    st.builds(
        lambda model_id, name, aliases: {**fine_tuned_model("x"), "id": model_id, "name": name, "aliases": aliases},
        FEW,
        FEW | st.none(),
        st.lists(FEW, max_size=3),
    ),
    st.builds(
        lambda entry, kind, aliases: {**entry, "type": kind, "aliases": aliases},
        st.builds(base, FEW, FEW),
        st.sampled_from(["embedding", None, 7]),
        st.lists(FEW | st.none(), max_size=2) | FEW,
    ),
    st.none() | FEW | st.integers(),
)
LISTS = st.lists(ENTRIES, max_size=8).map(lambda entries: decoded(*entries)) | fitting(
    {"$ref": "#/components/schemas/ModelList"}
).map(ModelList.from_dict)


@given(LISTS)
def test_every_card_is_in_exactly_one_model(listed):
    """Nothing is lost, repeated, copied or reordered within a model, whatever the service sends."""
    models = list(Catalogue(listed))
    assert sorted(id(card) for model in models for card in model.cards) == sorted(map(id, listed.data))
    positions = {id(card): position for position, card in enumerate(listed.data)}
    by_model = [[positions[id(card)] for card in model.cards] for model in models]
    assert all(each == sorted(each) for each in by_model)
    assert by_model == sorted(by_model)


@given(LISTS)
def test_only_base_models_with_the_same_name_are_merged(listed):
    """Two cards are in the same model if and only if both are base models with the same non-empty name."""
    owners = {id(card): position for position, model in enumerate(Catalogue(listed)) for card in model.cards}
    for first in listed.data:
        for second in listed.data:
            is_same = first is second or (
                isinstance(first, BaseModelCard)
                and isinstance(second, BaseModelCard)
                and bool(first.name)
                and first.name == second.name
            )
            assert (owners[id(first)] == owners[id(second)]) is is_same


@given(LISTS)
def test_a_model_is_found_by_each_of_its_names_and_by_no_other(listed):
    """`find` and `in` know every id and alias; the models come in the order of the catalogue."""
    models = Catalogue(listed)
    ids = {name for model in models for name in model.ids}
    for name in ids | {"a", "b", ""}:
        assert models.find(name) == tuple(model for model in models if name in model.ids)
        assert (name in models) is (name in ids)
    for model in models:
        assert {card.id for card in model.cards if card.id} <= set(model.ids)
        assert len(set(model.ids)) == len(model.ids)
        assert model.id == (model.ids[0] if model.ids else "")


@given(LISTS, st.sampled_from([2025, 2026, 2027, 9999]))
def test_deprecated_lists_the_models_until_a_date_in_order(listed, year):
    """It lists each model whose date is not later, the earliest first, and no other."""
    until = dt.datetime(year, 6, 1, tzinfo=dt.UTC)
    models = Catalogue(listed)
    found = models.deprecated(until)
    dates = [model.deprecation for model in found]
    assert dates == sorted(date for model in models if (date := model.deprecation) and date <= until)
    positions = {id(model): position for position, model in enumerate(models)}  # models can be equal
    assert sorted(positions[id(model)] for model in found) == [
        position for position, model in enumerate(models) if model.deprecation and model.deprecation <= until
    ]
    assert models.deprecated(until.replace(tzinfo=None)) == found


@pytest.mark.parametrize(("date", "entries", "models"), [("2025-07-25", 62, 31), ("2026-10-08", 46, 17)])
def test_published_lists_have_fewer_models_than_entries(date, entries, models):
    """In real lists the canonical id is the model's name, and every entry's id leads to the entry's model."""
    listed = published(date)
    found = Catalogue(listed)
    assert (len(listed.data), len(found)) == (entries, models)
    assert [model.id for model in found] == [model.name for model in found]
    for card in listed.data:
        (model,) = found.find(card.id or "")
        assert card in model.cards
    assert repr(found) == f"<Catalogue: {models} models, {entries} ids>"


def test_a_model_has_the_fields_of_its_entries():
    """The merged model has all ids, with the canonical one first, and the fields that the entries share."""
    (model,) = Catalogue(published("2026-10-08")).find("mistral-code-latest")
    assert model._replace(cards=()) == Model(
        name="codestral-2508",
        ids=("codestral-2508", "codestral-latest", "mistral-code-latest", "mistral-code-fim-latest"),
        cards=(),
        type="base",
        owner="mistralai",
        context=256000,
        capabilities=("completion_chat", "function_calling", "completion_fim"),
        deprecation=None,
        replacement=None,
        archived=False,
        root=None,
    )
    assert [card.id for card in model.cards] == list(model.ids)


@pytest.mark.parametrize(
    ("entries", "ids"),
    [
        ([base("x-latest", "x-2508", "x-2508"), base("x-2508", "x-2508", "x-latest")], ("x-2508", "x-latest")),
        ([base("x-2508", "x-latest"), base("x-latest", "x-latest")], ("x-latest", "x-2508")),
        ([base("x-latest", "X"), base("x-2508", "X"), base("x-2507", "X")], ("x-2508", "x-latest", "x-2507")),
        ([base("x", "X", "x-rc5"), base("x-latest", "X")], ("x", "x-latest", "x-rc5")),
        ([base("x-latest", "x-2508", "x-2508")], ("x-2508", "x-latest")),
        ([base("x-latest", None, "x-2508")], ("x-2508", "x-latest")),
        ([{**fine_tuned_model("n"), "id": "ft:1", "name": "n-2508", "aliases": ["n-2508"]}], ("ft:1", "n-2508")),
        ([{"type": "new", "aliases": ["", "x", 7, "x"]}], ("x",)),
        ([None], ()),
    ],
)
def test_the_canonical_id_comes_first(entries, ids):
    """It is the name, if that is an id; else the first dated id; else the first. A fine-tuned model keeps its own."""
    assert one(*entries).ids == ids


def test_ids_that_repeat_lose_no_model():
    """As on 2026-03-06: both ids stood in the list twice, for two models with different capabilities."""
    listed = decoded(
        base_model("voxtral-mini-2507", "completion_chat", name="voxtral-mini-2507", aliases=["voxtral-mini-latest"]),
        base_model("voxtral-mini-latest", "completion_chat", name="voxtral-mini-2507", aliases=["voxtral-mini-2507"]),
        base_model("voxtral-mini-2507", "audio", name="voxtral-mini-transcribe", aliases=["voxtral-mini-latest"]),
        base_model("voxtral-mini-latest", "audio", name="voxtral-mini-transcribe", aliases=["voxtral-mini-2507"]),
    )
    chat, audio = Catalogue(listed).find("voxtral-mini-latest")
    assert (chat.capabilities, audio.capabilities) == (("completion_chat",), ("audio",))
    assert chat.ids == audio.ids == ("voxtral-mini-2507", "voxtral-mini-latest")
    assert chat.cards == tuple(listed.data[:2])


def test_entries_that_disagree_give_the_earliest_deprecation_and_the_canonical_rest():
    """A model is deprecated as soon as one of its entries says so, with that entry's replacement."""
    common = {"max_context_length": 1, "owned_by": "late"}
    model = one(
        base_model("x-latest", "vision", name="x", deprecation=f"2027-01-31{NOON}", **common),
        base_model("x", "audio", name="x", max_context_length=2, owned_by="canonical"),
        base_model("x-1", name="x", deprecation=f"2026-12-31{NOON}", deprecation_replacement_model="y", **common),
    )
    assert (model.capabilities, model.context, model.owner) == (("audio",), 2, "canonical")
    assert (model.deprecation, model.replacement) == (dt.datetime(2026, 12, 31, 12, tzinfo=dt.UTC), "y")


def test_a_deprecation_without_an_offset_counts_as_utc():
    """Every deprecation can be compared with every other, and keeps the moment that the service sent."""
    naive = one(base("x", "x", deprecation="2026-03-31T12:00:00"))
    offset = one(base("x", "x", deprecation="2026-03-31T14:00:00+02:00"))
    assert naive.deprecation == offset.deprecation == dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)


def test_deprecated_includes_past_dates_and_the_date_itself():
    """The last moment counts, and one second earlier does not include it."""
    listed = decoded(
        base("later", "later", deprecation=f"2026-03-31{NOON}"),
        base("current", "current"),
        base("past", "past", deprecation=f"2020-01-01{NOON}"),
        {**base("new", "new", deprecation=f"2026-03-30{NOON}"), "type": "embedding"},
    )
    until = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
    assert [model.id for model in Catalogue(listed).deprecated(until)] == ["past", "new", "later"]
    assert [model.id for model in Catalogue(listed).deprecated(until - dt.timedelta(seconds=1))] == ["past", "new"]


def test_a_fine_tuned_model_has_its_root():
    """Fine-tuned models with the same name are models of their own."""
    entries = [{**fine_tuned_model("mine", archived=archived), "id": f"ft:{archived}"} for archived in (False, True)]
    first, second = Catalogue(decoded(*entries))
    assert (first.id, first.name, first.type, first.root) == ("ft:False", "mine", "fine-tuned", "open-mistral-7b")
    assert (first.archived, second.archived) == (False, True)


def test_an_unknown_entry_has_the_fields_that_can_be_read():
    """Of an entry that fits no schema, fields with an unexpected type are missing, and the others are there."""
    entry = {**base_model("x", "vision", name="x", aliases=["y"], max_context_length="long"), "type": "embedding"}
    model = one(entry)
    assert isinstance(model.cards[0], UnknownModelCard)
    assert (model.ids, model.type, model.owner) == (("x", "y"), "embedding", "mistralai")
    assert (model.capabilities, model.context, model.deprecation) == (("vision",), None, None)
    assert one({**entry, "capabilities": ["vision"], "owned_by": 7, "deprecation": "soon"})[4:8] == (
        None,
        None,
        (),
        None,
    )


def test_capabilities_that_the_schema_does_not_list_are_included():
    """They come after the known ones; a value that is not a boolean does not count."""
    model = one({**base("x", "x"), "capabilities": {"telepathy": True, "vision": True, "mood": "good"}})
    assert model.capabilities == ("vision", "telepathy")


def test_cards_can_come_from_anywhere():
    """A catalogue takes any iterable of cards, also those that a program has made itself."""
    card = BaseModelCard(id="x", capabilities=ModelCapabilities(vision=True))
    tuned = FTModelCard(id="ft:1", capabilities=ModelCapabilities(), job="j", root="x")
    models = Catalogue(each for each in (card, tuned))
    assert [model.cards for model in models] == [(card,), (tuned,)]
    assert [model.name for model in models] == [None, None]
    assert len(Catalogue([])) == 0
    with pytest.raises(TypeError, match="model cards, not of dict"):
        Catalogue([{"id": "x"}])  # type: ignore[list-item] # a caller without a type checker


def test_models_are_values():
    """They compare, cannot be changed, and survive pickling, alone and in a catalogue."""
    listed = published("2026-10-08")
    models = Catalogue(listed)
    assert list(models) == list(Catalogue(listed.data))
    assert list(pickle.loads(pickle.dumps(models))) == list(models)
    with pytest.raises(AttributeError):
        next(iter(models)).name = "x"  # type: ignore[misc] # what the test is about


def test_the_module_is_light_and_its_annotations_can_be_read():
    """Importing it loads no code of others, and its type hints resolve at run time."""
    program = (
        "import sys\nbefore = set(sys.modules)\nimport mistral_models.catalogue\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    result = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert not {"attr", "attrs", "dateutil", "httpx", "ssl", "asyncio", "dataclasses"} & set(result.stdout.split())
    assert typing.get_type_hints(Catalogue.__init__)
    assert typing.get_type_hints(Model)["deprecation"] == dt.datetime | None
    assert catalogue.__all__ == ["Catalogue", "Model"]
