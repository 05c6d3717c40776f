from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import LONG_ARRAY, as_object, as_string, items_of
from ..errors import DecodeError
from ..model_base import ModelBase, field_defaults
from ..types import UNSET

_FIELD_COUNT = 2


@_attrs_define(kw_only=True, repr=False)
class ModelList(ModelBase):
    """A list of models."""

    object: str = "list"
    data: list[BaseModelCard | FTModelCard | UnknownModelCard]
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    x_table: ClassVar[tuple[str, ...]] = (
        "data",
        "id",
        "type",
        "capabilities",
        "max_context_length",
        "aliases",
        "deprecation",
    )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        # The head of model_base.py explains this code.
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != _FIELD_COUNT:
            fields = {**cls._field_defaults, **fields}
        self = object.__new__(cls)
        try:
            value = fields["object"]
            self.object = value if value.__class__ is str else as_string(value, "object", "list")
            value = fields["data"]
            data_items: list[BaseModelCard | FTModelCard | UnknownModelCard] = []
            for item in value if value.__class__ is list and len(value) < LONG_ARRAY else items_of(value, "data"):
                data_item: BaseModelCard | FTModelCard | UnknownModelCard
                try:
                    discriminator = (item if item.__class__ is dict else as_object(item)).get("type", UNSET)
                    if discriminator == "base":
                        data_item = BaseModelCard.from_dict(item)
                    elif discriminator == "fine-tuned":
                        data_item = FTModelCard.from_dict(item)
                    else:
                        raise DecodeError.expected("type", '"base" or "fine-tuned"', discriminator)
                except DecodeError as error:
                    data_item = UnknownModelCard.from_dict(item, str(error.with_prefix(f"data[{len(data_items)}]")))
                data_items.append(data_item)
            self.data = data_items
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


ModelList._field_defaults = field_defaults(ModelList)

# Imported last, when the class exists: schemas can refer to each other in a circle.
from ..models.base_model_card import BaseModelCard
from ..models.ft_model_card import FTModelCard
from ..models.unknown_model_card import UnknownModelCard
