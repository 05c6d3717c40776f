from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    as_array,
    as_integer,
    as_object,
    as_string,
)
from ..errors import DecodeError
from ..types import Open, left_out


@_attrs_define(kw_only=True, repr=False)
class ValidationError(Open):
    """One fault of a request."""

    loc: list[str | int]
    """ Where the fault is, from the outside in. """
    msg: str
    type: str
    input: Any = None
    """ The value that was refused. """
    ctx: ValidationErrorCtx | None = None
    """ Further facts about the fault. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    _never_null = (
        "input",
        "ctx",
    )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 5:
            fields = {**cls._left_out, **fields}
        self = object.__new__(cls)
        try:
            v = fields["loc"]
            loc_items: list[str | int] = []
            for v in v if v.__class__ is list else as_array(v, "loc"):
                loc_item: str | int
                if isinstance(v, str):
                    loc_item = v if v.__class__ is str else as_string(v, f"loc[{len(loc_items)}]")
                elif isinstance(v, (int, float)) and not isinstance(v, bool):
                    loc_item = v if v.__class__ is int else as_integer(v, f"loc[{len(loc_items)}]")
                else:
                    raise DecodeError.expected(f"loc[{len(loc_items)}]", "string or integer", v)
                loc_items.append(loc_item)
            self.loc = loc_items
            v = fields["msg"]
            self.msg = v if v.__class__ is str else as_string(v, "msg")
            v = fields["type"]
            self.type = v if v.__class__ is str else as_string(v, "type")
            v = fields["input"]
            self.input = v
            v = fields["ctx"]
            if v is None:
                self.ctx = v
            else:
                try:
                    self.ctx = ValidationErrorCtx.from_dict(v)
                except DecodeError as error:
                    raise error.under("ctx")
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 5 else cls._unknown(fields)
        return self


ValidationError._left_out = left_out(ValidationError)

from ..models.validation_error_ctx import ValidationErrorCtx
