"""A list of models as people think of it: each model once, with all its names. Nothing here does I/O.

The service lists a model once for each of its names: 46 entries can stand for 17 models.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Literal, NamedTuple, Self, TypeAlias, TypeVar, get_args

from mistral_models_raw import decoding
from mistral_models_raw.errors import DecodeError

from ._deferred import models

__all__ = ["Catalogue", "Change", "ChangeKind", "Model", "changes"]

T = TypeVar("T")

_ENDS_IN_DATE: Final = re.compile(r"-\d{4}$")
"""Such as `codestral-2508`, of August 2025."""
_CONTEXT: Final = "max_context_length"


class Model(NamedTuple):
    """A model with all its names, merged from the entries that the service sent for it.

    The entries of a model should differ in their ids only. Where they do not, `deprecation` is the earliest one, with
    its `replacement`, and everything else is that of the canonical id's entry. A field that no entry has is None.
    """

    name: str | None
    """What the service calls the model: one of its ids, or free text if the model is fine-tuned."""
    ids: tuple[str, ...]
    """All names that the operations accept: the canonical id, the ids of the other entries, then other aliases.

    The canonical id is `name` if that is an id; otherwise the first id that ends in a date, as in `codestral-2508`;
    otherwise the first. That of a fine-tuned model is always its own id. Empty if the entry has no id or alias.
    """
    cards: tuple[models.ModelListData, ...]
    """The entries, exactly as they were decoded, in the order of the list."""
    type: str | None
    """Such as `base` or `fine-tuned`."""
    owner: str | None
    context: int | None
    """The longest context, in tokens."""
    capabilities: tuple[str, ...]
    """The names of the capabilities that the model has, such as `vision`, in the order of `ModelCapabilities`."""
    deprecation: dt.datetime | None
    """When the model is retired. It is aware: a date without a UTC offset counts as UTC."""
    replacement: str | None
    """The id of the model to use instead."""
    archived: bool
    """Whether the model is fine-tuned and archived."""
    root: str | None
    """The id of the base model that was fine-tuned."""

    @property
    def id(self) -> str:
        """The canonical id, `ids[0]`; empty if there is none."""
        return self.ids[0] if self.ids else ""


class Catalogue:
    """The models of a list, in the order in which they first appear in it.

    Base models whose entries have the same `name` are one model. A fine-tuned model, an entry of an unknown type, and
    an entry without a name are models of their own. Every entry belongs to exactly one model.

    `len` counts models, iteration yields each `Model`, and `in` tells whether a name is an id or alias of any model.

    Args:
        cards: What `Mistral.models.list` returns, or model cards from anywhere else.

    Raises:
        TypeError: One of the cards is not a model card.
    """

    def __init__(self, cards: models.ModelList | Iterable[models.ModelListData]) -> None:
        groups: dict[object, list[models.ModelListData]] = {}
        for position, card in enumerate(cards.data if isinstance(cards, models.ModelList) else cards):
            groups.setdefault(_group_key(card, position), []).append(card)
        self._models: Final = tuple(map(_merge, groups.values()))
        self._by_name: Final[dict[str, list[Model]]] = {}
        for model in self._models:
            for name in model.ids:
                self._by_name.setdefault(name, []).append(model)
        self._fields: frozenset[str] | None = None
        """Names of fields and capabilities in the JSON that this was built from."""

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Build a catalogue from parsed JSON: a response body, or an array of entries as `list --json` prints it.

        Raises:
            ValueError: The value is not a list of models.
        """
        entries = _entries(value)
        catalogue = cls(models.ModelList.from_dict({"data": entries}))
        catalogue._fields = frozenset(name for entry in entries for name in _fields_of(entry))
        return catalogue

    def mentions(self, field: str) -> bool:
        """Tell whether any entry has this field or capability, with whatever value.

        A list that was saved long ago lacks the fields that the service has added since then. Decoded model cards have
        all fields, so that this is always true for a catalogue that was not built by `from_json`.
        """
        return self._fields is None or field in self._fields

    def __len__(self) -> int:
        return len(self._models)

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __repr__(self) -> str:
        return f"<Catalogue: {len(self)} models, {len(self._by_name)} ids>"

    def find(self, name: str) -> tuple[Model, ...]:
        """Return all models with this id or alias.

        Several models can share a name: the service listed `voxtral-mini-latest` twice in March 2026, for two models.
        """
        return tuple(self._by_name.get(name, ()))

    def deprecated(self, until: dt.datetime) -> list[Model]:
        """List the models that are retired by a date, the earliest first. Those retired already are included.

        Args:
            until: The last moment that counts. It is UTC if it has no UTC offset.
        """
        last = _aware(until)
        dated = [(model.deprecation, model) for model in self._models if model.deprecation]
        return [model for date, model in sorted(dated, key=lambda pair: pair[0]) if date <= last]


ChangeKind: TypeAlias = Literal["gone", "moved", "renamed", "lost", "deprecation", "new", "gained"]
"""The kinds of changes, in the order in which `changes` sorts them."""
_KINDS: Final[tuple[ChangeKind, ...]] = get_args(ChangeKind)


class Change(NamedTuple):
    """What changed about a name between two lists.

    If several models share the name, `before` and `after` are what differs between them, combined in one `Model`: all
    ids and capabilities, the longest context, and the earliest deprecation.
    """

    name: str
    kind: ChangeKind
    """The first of these that is true:

    - `gone`: the newer list lacks the name.
    - `moved`: it stands for another model, in whose `ids` the canonical id of the previous one does not occur.
    - `renamed`: it stands for the same model, which has another canonical id and `name`.
    - `lost`: the model lost a capability or has a shorter context, or was archived.
    - `deprecation`: a retirement was announced, postponed or called off, or the replacement is another one.
    - `new`: the older list lacks the name.
    - `gained`: the model has a new capability or a longer context, or was unarchived.
    """
    before: Model | None
    """What the name stood for; None if it is new."""
    after: Model | None
    """What the name stands for; None if it is gone."""
    lost: tuple[str, ...] = ()
    """Capabilities of `before` that `after` lacks; empty if one of them is None."""
    gained: tuple[str, ...] = ()
    """Capabilities of `after` that `before` lacks; empty if one of them is None."""
    context: tuple[int, int] | None = None
    """The context before and after, in tokens, if it is not the same."""


def changes(
    before: Catalogue | models.ModelList | Iterable[models.ModelListData],
    after: Catalogue | models.ModelList | Iterable[models.ModelListData],
) -> list[Change]:
    """Compare two lists, and return what changed about each name; losses come first.

    It compares the model that a name stands for, its capabilities, context, deprecation and replacement, and whether it
    is archived. The order of a list, `created`, descriptions, and fields that the older list does not mention at all
    are not compared.

    Args:
        before: The older list.
        after: The newer list.

    Raises:
        TypeError: One of the cards is not a model card.
    """
    lists = [each if isinstance(each, Catalogue) else Catalogue(each) for each in (before, after)]
    old, new = (Catalogue(_in_fixed_order(each)) for each in lists)
    names = dict.fromkeys(name for catalogue in lists for model in catalogue for name in model.ids)
    found = (_change(name, old.find(name), new.find(name), *lists) for name in names)
    return sorted(filter(None, found), key=_sort_key)


def _in_fixed_order(catalogue: Catalogue) -> list[models.ModelListData]:
    """Sort the entries of a catalogue, because their order matters if those of one model disagree."""

    def key(card: models.ModelListData) -> str:
        model = _merge([card])
        return repr((model.ids, *_compared(model)))

    return sorted((card for model in catalogue for card in model.cards), key=key)


def _change(
    name: str, before_models: Sequence[Model], after_models: Sequence[Model], old: Catalogue, new: Catalogue
) -> Change | None:
    was, now = _without_common(before_models, after_models)
    before, after = _combine(was, now), _combine(now, was)
    if before is None or after is None:
        return Change(name, "gone" if before else "new", before, after) if before or after else None
    lost = _difference(before.capabilities, after.capabilities)
    gained = tuple(filter(old.mentions, _difference(after.capabilities, before.capabilities)))
    context = _changed_context(before, after) if old.mentions(_CONTEXT) and new.mentions(_CONTEXT) else None
    shrank = context is not None and context[1] < context[0]
    if before.id not in after.ids:
        kind: ChangeKind = "moved"
    elif all(before.id != model.id and (before.name is None or before.name != model.name) for model in now):
        kind = "renamed"
    elif lost or shrank or after.archived > before.archived:
        kind = "lost"
    elif (before.deprecation, before.replacement) != (after.deprecation, after.replacement):
        kind = "deprecation"
    elif gained or context or after.archived < before.archived:
        kind = "gained"
    else:
        return None
    return Change(name, kind, before, after, lost, gained, context)


def _without_common(before: Sequence[Model], after: Sequence[Model]) -> tuple[Collection[Model], Collection[Model]]:
    """Leave out models that are the same in both lists, but compare with all if nothing else remains of one list."""
    old, new = ({_compared(model): model for model in each} for each in (before, after))
    if old.keys() == new.keys():
        return (), ()
    if old.keys() <= new.keys() or new.keys() <= old.keys():
        return old.values(), new.values()
    return [old[key] for key in old.keys() - new.keys()], [new[key] for key in new.keys() - old.keys()]


def _compared(model: Model) -> tuple[object, ...]:
    return model.id, model.capabilities, model.context, model.deprecation, model.replacement, model.archived


def _combine(found: Collection[Model], others: Collection[Model]) -> Model | None:
    """Merge models that share a name. The first id is one that none of the others has, if possible."""
    taken = {name for model in others for name in model.ids}
    ordered = sorted(found, key=lambda model: (model.id in taken, model.id, model.capabilities, model.context or 0))
    if len(ordered) < 2:
        return ordered[0] if ordered else None
    dated = [(model.deprecation, model) for model in ordered if model.deprecation]
    _, earliest = min(dated, key=lambda pair: pair[0], default=(None, ordered[0]))
    return ordered[0]._replace(
        ids=tuple(dict.fromkeys(name for model in ordered for name in model.ids)),
        cards=tuple(card for model in ordered for card in model.cards),
        context=max((model.context for model in ordered if model.context is not None), default=None),
        capabilities=tuple(dict.fromkeys(name for model in ordered for name in model.capabilities)),
        deprecation=earliest.deprecation,
        replacement=earliest.replacement,
        archived=all(model.archived for model in ordered),
    )


def _difference(names: Sequence[str], others: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in others)


def _changed_context(before: Model, after: Model) -> tuple[int, int] | None:
    if before.context is None or after.context is None or before.context == after.context:
        return None
    return before.context, after.context


def _sort_key(change: Change) -> tuple[object, ...]:
    """Sort by kind, then by model, with its canonical id first."""
    model = change.before or change.after
    model_id = model.id if model else ""
    return _KINDS.index(change.kind), model_id, change.name != model_id, change.name


def _fields_of(entry: object) -> Iterator[str]:
    """Yield the names of the fields of an entry, and those of its capabilities."""
    fields = _mapping(entry)
    yield from fields
    yield from _mapping(fields.get("capabilities"))


def _group_key(card: models.ModelListData, position: int) -> object:
    """Return what the cards of one model have in common."""
    if not isinstance(card, models.BaseModelCard | models.FTModelCard | models.UnknownModelCard):
        raise TypeError(f"expected model cards, not {type(card).__name__}")
    return card.name if isinstance(card, models.BaseModelCard) and card.name else position


def _merge(cards: Sequence[models.ModelListData]) -> Model:
    name = _string(_field(cards[0], "name"))
    ids = _ids(cards, name)
    main = next((card for card in cards if card.id in ids[:1]), cards[0])
    dated = [(date, card) for card in cards if (date := _deprecation(card))]
    deprecation, retiring = min(dated, key=lambda pair: pair[0], default=(None, main))
    return Model(
        name=name,
        ids=ids,
        cards=tuple(cards),
        type=_string(main.type),
        owner=_string(_field(main, "owned_by")),
        context=_decoded(decoding.as_integer, _field(main, _CONTEXT)),
        capabilities=_capabilities(main),
        deprecation=deprecation,
        replacement=_string(_field(retiring, "deprecation_replacement_model")),
        archived=_field(main, "archived") is True,
        root=_string(_field(main, "root")),
    )


def _ids(cards: Sequence[models.ModelListData], name: str | None) -> tuple[str, ...]:
    """Return the ids of a model without duplicates, the canonical one first."""
    aliases = [alias for card in cards for alias in _decoded(decoding.as_array, _field(card, "aliases")) or []]
    ids = list(dict.fromkeys(filter(None, map(_string, [*(card.id for card in cards), *aliases]))))
    if isinstance(cards[0], models.BaseModelCard) and ids:
        canonical = name if name in ids else next(filter(_ENDS_IN_DATE.search, ids), ids[0])
        ids.sort(key=lambda each: each != canonical)
    return tuple(ids)


def _capabilities(card: models.ModelListData) -> tuple[str, ...]:
    value = _field(card, "capabilities")
    if isinstance(value, models.ModelCapabilities):
        # Those of the schema come first, in its order.
        known = sorted(value.to_dict().items(), key=lambda item: item[0] in value.additional_properties)
        return tuple(name for name, flag in known if flag is True)
    return tuple(name for name, flag in _mapping(value).items() if flag is True)


def _deprecation(card: models.ModelListData) -> dt.datetime | None:
    value = _field(card, "deprecation")
    date = value if isinstance(value, dt.datetime) else _decoded(decoding.as_datetime, value)
    return None if date is None else _aware(date)


def _field(card: models.ModelListData, name: str) -> Any:  # noqa: ANN401 an unknown card can hold any JSON
    """Return a field by its name in JSON; None if there is none."""
    if not isinstance(card, models.UnknownModelCard):
        return getattr(card, name, None)
    return _mapping(card.raw).get(name)


def _entries(content: Any) -> list[Any]:  # noqa: ANN401 it can be any JSON
    entries: Any = _mapping(content).get("data", content)
    with suppress(DecodeError):
        if entries is not None:
            return decoding.as_array(entries, "")
    raise ValueError("expected an array of models, or an object with such an array in `data`")


def _mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 an unknown card can hold any JSON
    """Return a JSON object; an empty one for any other value."""
    try:
        return decoding.as_object(value)
    except DecodeError:
        return {}


def _decoded(decode: Callable[[Any, str], T], value: Any) -> T | None:  # noqa: ANN401 an unknown card can hold any JSON
    """Decode a value of an unknown card; None if there is none, or if it cannot be decoded."""
    try:
        return None if value is None else decode(value, "")
    except DecodeError:
        return None


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _aware(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC) if moment.utcoffset() is None else moment
