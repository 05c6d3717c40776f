from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import as_integer, as_object
from ..model_base import ModelBase, field_defaults

_FIELD_COUNT = 2


@_attrs_define(kw_only=True, repr=False)
class StreamingDelayRange(ModelBase):
    """A range of delays that a stream may request, both ends included, in milliseconds."""

    min: int
    max: int
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        # The head of model_base.py explains this code.
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != _FIELD_COUNT:
            fields = {**cls._field_defaults, **fields}
        self = object.__new__(cls)
        try:
            value = fields["min"]
            self.min = value if value.__class__ is int else as_integer(value, "min")
            value = fields["max"]
            self.max = value if value.__class__ is int else as_integer(value, "max")
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


StreamingDelayRange._field_defaults = field_defaults(StreamingDelayRange)
