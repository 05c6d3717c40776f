from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import as_object
from ..model_base import ModelBase, field_defaults


@_attrs_define(kw_only=True, repr=False)
class ValidationErrorCtx(ModelBase):
    """Further details of the error."""

    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        # The head of model_base.py explains this code.
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        self = object.__new__(cls)
        self.additional_properties = dict(fields)
        return self


ValidationErrorCtx._field_defaults = field_defaults(ValidationErrorCtx)
