from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import as_boolean, as_constant, as_object, as_string
from ..model_base import ModelBase, field_defaults

_FIELD_COUNT = 3


@_attrs_define(kw_only=True, repr=False)
class UnarchiveModelResponse(ModelBase):
    """Confirmation that a model is in service again."""

    id: str
    object: Literal["model"] = "model"
    archived: bool = False
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        # The head of model_base.py explains this code.
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != _FIELD_COUNT:
            fields = {**cls._field_defaults, **fields}
        self = object.__new__(cls)
        try:
            value = fields["id"]
            self.id = value if value.__class__ is str else as_string(value, "id")
            value = fields["object"]
            self.object = value if value == "model" else as_constant(value, "object", "model", "model")
            value = fields["archived"]
            self.archived = value if value is False or value is True else as_boolean(value, "archived", False)
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


UnarchiveModelResponse._field_defaults = field_defaults(UnarchiveModelResponse)
