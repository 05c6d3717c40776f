from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    as_array,
    as_object,
    as_string,
)
from ..errors import DecodeError
from ..types import UNSET, Open, left_out


@_attrs_define(kw_only=True, repr=False)
class ModelList(Open):
    """What `list` returns."""

    object: str = "list"
    data: list[BaseModelCard | FTModelCard | UnknownModelCard]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

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
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 2:
            fields = {**cls._left_out, **fields}
        self = object.__new__(cls)
        try:
            v = fields["object"]
            self.object = v if v.__class__ is str else as_string(v, "object", "list")
            v = fields["data"]
            data_items: list[BaseModelCard | FTModelCard | UnknownModelCard] = []
            for v in v if v.__class__ is list else as_array(v, "data"):
                data_item: BaseModelCard | FTModelCard | UnknownModelCard
                try:
                    tag = (v if v.__class__ is dict else as_object(v)).get("type", UNSET)
                    if tag == "base":
                        data_item = BaseModelCard.from_dict(v)
                    elif tag == "fine-tuned":
                        data_item = FTModelCard.from_dict(v)
                    else:
                        raise DecodeError.expected("type", '"base" or "fine-tuned"', tag)
                except DecodeError as error:
                    data_item = UnknownModelCard.from_dict(v, str(error.under(f"data[{len(data_items)}]")))
                data_items.append(data_item)
            self.data = data_items
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 2 else cls._unknown(fields)
        return self


ModelList._left_out = left_out(ModelList)

from ..models.base_model_card import BaseModelCard
from ..models.ft_model_card import FTModelCard
from ..models.unknown_model_card import UnknownModelCard
