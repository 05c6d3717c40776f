from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    as_array,
    as_object,
    as_string,
)
from ..errors import DecodeError
from ..types import Open, left_out


@_attrs_define(kw_only=True, repr=False)
class HTTPValidationError(Open):
    """What is wrong with a request."""

    detail: list[ValidationError] | str | None = None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    _never_null = ("detail",)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 1:
            fields = {**cls._left_out, **fields}
        self = object.__new__(cls)
        try:
            v = fields["detail"]
            if v is None:
                self.detail = v
            else:
                if isinstance(v, list):
                    detail_type_0_items: list[ValidationError] = []
                    for v in v if v.__class__ is list else as_array(v, "detail"):
                        detail_type_0_item: ValidationError
                        try:
                            detail_type_0_item = ValidationError.from_dict(v)
                        except DecodeError as error:
                            raise error.under(f"detail[{len(detail_type_0_items)}]")
                        detail_type_0_items.append(detail_type_0_item)
                    self.detail = detail_type_0_items
                elif isinstance(v, str):
                    self.detail = v if v.__class__ is str else as_string(v, "detail")
                else:
                    raise DecodeError.expected("detail", "array or string", v)
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 1 else cls._unknown(fields)
        return self


HTTPValidationError._left_out = left_out(HTTPValidationError)

from ..models.validation_error import ValidationError
