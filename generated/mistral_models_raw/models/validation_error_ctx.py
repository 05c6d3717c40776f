from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    as_object,
)
from ..types import Open, left_out


@_attrs_define(kw_only=True, repr=False)
class ValidationErrorCtx(Open):
    """Further facts about the fault."""

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        self = object.__new__(cls)
        self.additional_properties = dict(fields)
        return self


ValidationErrorCtx._left_out = left_out(ValidationErrorCtx)
