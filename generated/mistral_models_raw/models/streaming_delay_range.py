from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    as_integer,
    as_object,
)
from ..types import Open, left_out


@_attrs_define(kw_only=True, repr=False)
class StreamingDelayRange(Open):
    """A range of delays that a stream may ask for, both ends included, in milliseconds."""

    min: int
    max: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 2:
            fields = {**cls._left_out, **fields}
        self = object.__new__(cls)
        try:
            v = fields["min"]
            self.min = v if v.__class__ is int else as_integer(v, "min")
            v = fields["max"]
            self.max = v if v.__class__ is int else as_integer(v, "max")
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 2 else cls._unknown(fields)
        return self


StreamingDelayRange._left_out = left_out(StreamingDelayRange)
