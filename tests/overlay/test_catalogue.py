"""`mistral_models.catalogue`: entries of a list merged into models, and what can be found among them."""

import datetime as dt
import json
import pickle
import subprocess
import sys
import typing
from collections import Counter
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mistral_models import catalogue
from mistral_models.catalogue import Catalogue, ChangeKind, Model, changes
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


def as_sent(date: str) -> Catalogue:
    """The catalogue of a published list, as it was sent: it knows which fields did not exist yet."""
    return Catalogue.from_json(json.loads((DATA / f"list-{date}.json").read_text(encoding="utf-8")))


def kinds(before, after) -> dict[str, str]:
    """The kind of change of each name that differs."""
    return {change.name: change.kind for change in changes(before, after)}


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
    model = one({**entry, "capabilities": ["vision"], "owned_by": 7, "deprecation": "soon"})
    assert (model.owner, model.capabilities, model.deprecation) == (None, (), None)


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
    with pytest.raises(TypeError, match="model cards, not dict"):
        Catalogue([{"id": "x"}])  # type: ignore[list-item] # a caller without a type checker


def test_models_are_values():
    """They compare, cannot be changed, and survive pickling, alone and in a catalogue."""
    listed = published("2026-10-08")
    models = Catalogue(listed)
    assert list(models) == list(Catalogue(listed.data))
    assert list(pickle.loads(pickle.dumps(models))) == list(models)
    with pytest.raises(AttributeError):
        next(iter(models)).name = "x"  # type: ignore[misc] # what the test is about


@given(LISTS, st.randoms())
def test_a_list_does_not_differ_from_itself(listed, random):
    """Whatever the service sends, the same list has no changes, in another order and with other times neither."""
    cards = [attrs.evolve(card, created=7) if isinstance(card, BaseModelCard) else card for card in listed.data]
    random.shuffle(cards)
    assert changes(listed, listed) == changes(listed, cards) == []


@settings(max_examples=50)
@given(LISTS, LISTS)
def test_every_name_that_differs_is_named_once(before, after):
    """Names of one list only are gone or new, and all others have both models; kinds come in their order."""
    old, new = Catalogue(before), Catalogue(after)
    found = changes(old, new)
    by_name = {change.name: change for change in found}
    names = [{name for model in each for name in model.ids} for each in (old, new)]
    assert len(by_name) == len(found)
    assert {name for name in by_name if by_name[name].kind == "gone"} == names[0] - names[1]
    assert {name for name in by_name if by_name[name].kind == "new"} == names[1] - names[0]
    assert by_name.keys() <= names[0] | names[1]
    for change in found:
        assert (change.before is None) is (change.kind == "new")
        assert (change.after is None) is (change.kind == "gone")
    order = [typing.get_args(ChangeKind).index(change.kind) for change in found]
    assert order == sorted(order)


def test_the_names_of_a_model_stay_together_with_its_id_first():
    """Within a kind, changes are sorted by the id of the model, not by the name that changed."""
    before = decoded(base("m", "m", "a-latest"), base("a-latest", "m", "m"), base("c", "c"))
    assert [change.name for change in changes(before, decoded())] == ["c", "m", "a-latest"]


@settings(max_examples=50)
@given(LISTS, LISTS)
def test_the_opposite_comparison_is_the_mirror_image(before, after):
    """What one comparison lost, the opposite one gained; only `moved` and `renamed` may hold in one direction alone."""
    forth, back = ({change.name: change for change in changes(*pair)} for pair in ((before, after), (after, before)))
    mirrored = {"gone": "new", "new": "gone", "deprecation": "deprecation", "lost": "gained", "gained": "lost"}
    for name in forth.keys() | back.keys():
        there, again = forth.get(name), back.get(name)
        if there is None or again is None:
            only = there or again
            assert only is not None
            assert only.kind in {"moved", "renamed"}
            continue
        assert (there.before, there.after, there.lost, there.gained) == (
            again.after,
            again.before,
            again.gained,
            again.lost,
        )
        assert there.context == (again.context and again.context[::-1])
        if not {there.kind, again.kind} & {"moved", "renamed"}:
            assert again.kind in {mirrored[there.kind], "lost", "deprecation"}


def test_the_published_lists_are_compared():
    """Between July 2025 and October 2026, 47 names were retired, 31 are new, and 10 of the other 15 moved."""
    found = changes(as_sent("2025-07-25"), as_sent("2026-10-08"))
    assert Counter(change.kind for change in found) == {"gone": 47, "moved": 10, "renamed": 1, "lost": 2, "new": 31}
    by_name = {change.name: change for change in found}
    voxtral, embed = by_name["voxtral-mini-latest"], by_name["codestral-embed"]
    assert (voxtral.kind, voxtral.lost) == ("moved", ("completion_chat", "function_calling"))
    assert by_name["mistral-embed"].kind == "renamed"
    assert (embed.kind, embed.context) == ("lost", (32768, 8192))


def test_capabilities_that_did_not_exist_before_are_no_gain():
    """No entry of 2025 mentions `audio`, so that a model with it gained nothing; decoded cards say it was false."""
    before, after = as_sent("2025-07-25"), as_sent("2026-10-08")
    assert (before.mentions("audio"), after.mentions("audio"), before.mentions("no_such_field")) == (False, True, False)
    assert Catalogue([]).mentions("audio")
    assert "voxtral-small-latest" not in kinds(before, after)
    assert kinds(published("2025-07-25"), published("2026-10-08"))["voxtral-small-latest"] == "gained"


def test_a_context_that_one_of_the_lists_does_not_mention_is_no_difference():
    """Without the field, the context is the default of the document, which says nothing about the model."""
    without = {"id": "x", "type": "base", "capabilities": {}}
    lists = [Catalogue.from_json([entry]) for entry in ({**without, "max_context_length": 8}, without)]
    assert changes(*lists) == changes(*reversed(lists)) == []


BASE = base("x", "x", max_context_length=8)
TUNED = {**fine_tuned_model("x"), "id": "x", "name": "mine"}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ([BASE], [], "gone"),
        ([], [BASE], "new"),
        ([base("x", "x-1", "x-1")], [base("x", "x-2", "x-2")], "moved"),
        ([base("x", "x-1", "x-1")], [base("x", "x-2", "x-2", "x-1")], "renamed"),
        ([base("x", "x", "x-1")], [base("x", "x-1", "x-1")], "renamed"),
        ([base("x", "X", "x-1")], [base("x", "X", "x-2508")], None),
        ([base("x", None)], [base("y", None, "x")], "renamed"),
        ([base_model("x", "vision")], [base_model("x")], "lost"),
        ([base_model("x")], [base_model("x", "vision")], "gained"),
        ([base_model("x", "vision")], [base_model("x", "audio")], "lost"),
        ([BASE], [{**BASE, "max_context_length": 7}], "lost"),
        ([BASE], [{**BASE, "max_context_length": 9}], "gained"),
        ([TUNED], [{**TUNED, "archived": True}], "lost"),
        ([{**TUNED, "archived": True}], [TUNED], "gained"),
        ([BASE], [{**BASE, "deprecation": f"2027-01-31{NOON}"}], "deprecation"),
        ([{**BASE, "deprecation": f"2027-01-31{NOON}"}], [{**BASE, "deprecation": f"2027-02-28{NOON}"}], "deprecation"),
        ([{**BASE, "deprecation": f"2027-01-31{NOON}"}], [BASE], "deprecation"),
        ([BASE], [{**BASE, "deprecation_replacement_model": "y"}], "deprecation"),
        ([{**BASE, "type": "new"}], [], "gone"),
        ([base_model("x", name=None)], [base_model("x", name=None, max_context_length=1)], "lost"),
    ],
)
def test_a_change_has_the_first_kind_that_applies(before, after, kind):
    """Each kind of change is recognized, for base models, fine-tuned models, unknown cards and cards without a name."""
    assert kinds(decoded(*before), decoded(*after)).get("x") == kind


@pytest.mark.parametrize(
    "fields",
    [
        {"created": 9},
        {"description": "new"},
        {"owned_by": "new"},
        {"default_model_temperature": 0.5},
        {"billing_model_name": "new"},
        {"tier": "a field that did not exist before"},
        {"capabilities": {**BASE["capabilities"], "telepathy": False}},
    ],
)
def test_what_programs_do_not_depend_on_is_no_difference(fields):
    """Times, texts and fields that did not exist before are not compared, and neither is the name of a fine-tune."""
    assert changes(*(Catalogue.from_json([entry]) for entry in (BASE, {**BASE, **fields}))) == []
    assert changes(decoded(TUNED), decoded({**TUNED, "name": "renamed", "description": "new"})) == []


def test_the_same_date_with_another_offset_is_no_difference():
    """Deprecations are compared as moments."""
    lists = [decoded({**BASE, "deprecation": text}) for text in ("2026-03-31T12:00:00Z", "2026-03-31T14:00:00+02:00")]
    assert changes(*lists) == []


def test_entries_that_disagree_can_be_in_any_order():
    """The same entries of one model are no difference, although the first of them decides about its capabilities."""
    entries = [base_model("x", "vision", name="n"), base_model("x", "audio", name="n"), base_model("y", name="n")]
    assert changes(decoded(*entries), decoded(*reversed(entries))) == []


CHAT = [base_model(each, "completion_chat", name="a") for each in ("x", "x-latest")]
AUDIO = [base_model(each, "audio", name="b") for each in ("x", "x-latest")]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (CHAT + AUDIO, AUDIO + CHAT, {}),
        (CHAT + AUDIO, AUDIO, {"x": ("lost", ("completion_chat",)), "x-latest": ("lost", ("completion_chat",))}),
        (AUDIO, CHAT + AUDIO, {"x": ("gained", ()), "x-latest": ("gained", ())}),
        (CHAT + AUDIO, [], {"x": ("gone", ()), "x-latest": ("gone", ())}),
        (
            CHAT + AUDIO,
            [*CHAT, *({**each, "max_context_length": 1} for each in AUDIO)],
            {"x": ("lost", ()), "x-latest": ("lost", ())},
        ),
        (
            [base("a", "a", "n"), base("b", "b", "n")],
            [base("a", "a", "n")],
            {"b": ("gone", ()), "n": ("moved", ())},
        ),
    ],
)
def test_names_that_several_models_share_lose_nothing_silently(before, after, expected):
    """If ids repeat, only the models that differ are compared, and a model that is no longer there is reported."""
    found = changes(decoded(*before), decoded(*after))
    assert {change.name: (change.kind, change.lost) for change in found} == expected


@pytest.mark.parametrize("value", [None, "x", 7, {}, {"data": None}, {"message": "Unauthorized"}])
def test_other_json_is_not_a_list_of_models(value):
    """The message says what a list of models is."""
    with pytest.raises(ValueError, match="expected an array of models"):
        Catalogue.from_json(value)


def test_a_catalogue_from_json_is_the_one_of_its_cards():
    """A response and an array of its entries give the same models, entries that are not objects included."""
    for entries in ([BASE, TUNED, None, "x", 7, {"type": "new"}], []):
        expected = list(Catalogue(decoded(*entries)))
        assert list(Catalogue.from_json(entries)) == list(Catalogue.from_json({"data": entries})) == expected


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
    assert catalogue.__all__ == ["Catalogue", "Change", "ChangeKind", "Model", "changes"]
