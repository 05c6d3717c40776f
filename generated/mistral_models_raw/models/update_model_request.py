from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    as_object,
    as_string,
)
from ..types import UNSET, Open, Unset, left_out


@_attrs_define(kw_only=True, repr=False)
class UpdateModelRequest(Open):
    """The changes. A field that is left out stays as it is; a null clears it."""

    name: str | None | Unset = UNSET
    description: str | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 2:
            fields = {**cls._left_out, **fields}
        self = object.__new__(cls)
        try:
            v = fields["name"]
            self.name = v if v.__class__ is str or v is UNSET or v is None else as_string(v, "name")
            v = fields["description"]
            self.description = v if v.__class__ is str or v is UNSET or v is None else as_string(v, "description")
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 2 else cls._unknown(fields)
        return self


UpdateModelRequest._left_out = left_out(UpdateModelRequest)
