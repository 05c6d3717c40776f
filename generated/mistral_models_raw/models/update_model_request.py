from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import as_object, as_string
from ..model_base import ModelBase, field_defaults
from ..types import UNSET, Unset

_FIELD_COUNT = 2


@_attrs_define(kw_only=True, repr=False)
class UpdateModelRequest(ModelBase):
    """The changes to a model. A field that is absent is not changed; null clears it."""

    name: str | None | Unset = UNSET
    description: str | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        # The head of model_base.py explains this code.
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != _FIELD_COUNT:
            fields = {**cls._field_defaults, **fields}
        self = object.__new__(cls)
        try:
            value = fields["name"]
            self.name = value if value.__class__ is str or value is UNSET or value is None else as_string(value, "name")
            value = fields["description"]
            self.description = (
                value if value.__class__ is str or value is UNSET or value is None else as_string(value, "description")
            )
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


UpdateModelRequest._field_defaults = field_defaults(UpdateModelRequest)
