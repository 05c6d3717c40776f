"""A list of models as people think of it: each model once, with all its names. Nothing here does I/O.

The service lists a model once for each of its names: 46 entries can stand for 17 models.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from mistral_models_raw import decoding
from mistral_models_raw.errors import DecodeError

from ._deferred import models

__all__ = ["Catalogue", "Model"]

T = TypeVar("T")

_ENDS_IN_DATE: Final = re.compile(r"-\d{4}$")
"""Such as `codestral-2508`, of August 2025."""


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


def _group_key(card: models.ModelListData, position: int) -> object:
    """Return what the cards of one model have in common."""
    if not isinstance(card, models.BaseModelCard | models.FTModelCard | models.UnknownModelCard):
        raise TypeError(f"a catalogue is made of model cards, not of {type(card).__name__}")
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
        context=_decoded(decoding.as_integer, _field(main, "max_context_length")),
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
