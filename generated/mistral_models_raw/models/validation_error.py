from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import LONG_ARRAY, as_integer, as_object, as_string, items_of
from ..errors import DecodeError
from ..model_base import ModelBase, field_defaults

_FIELD_COUNT = 5


@_attrs_define(kw_only=True, repr=False)
class ValidationError(ModelBase):
    """One error in a request."""

    loc: list[str | int]
    """ The path to the invalid value, outermost part first. """
    msg: str
    type: str
    input: Any = None
    """ The invalid value. """
    ctx: ValidationErrorCtx | None = None
    """ Further details of the error. """
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    _not_nullable = (
        "input",
        "ctx",
    )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        # The head of model_base.py explains this code.
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != _FIELD_COUNT:
            fields = {**cls._field_defaults, **fields}
        self = object.__new__(cls)
        try:
            value = fields["loc"]
            loc_items: list[str | int] = []
            for item in value if value.__class__ is list and len(value) < LONG_ARRAY else items_of(value, "loc"):
                loc_item: str | int
                if isinstance(item, str):
                    loc_item = item if item.__class__ is str else as_string(item, f"loc[{len(loc_items)}]")
                elif isinstance(item, (int, float)) and not isinstance(item, bool):
                    loc_item = item if item.__class__ is int else as_integer(item, f"loc[{len(loc_items)}]")
                else:
                    raise DecodeError.expected(f"loc[{len(loc_items)}]", "string or integer", item)
                loc_items.append(loc_item)
            self.loc = loc_items
            value = fields["msg"]
            self.msg = value if value.__class__ is str else as_string(value, "msg")
            value = fields["type"]
            self.type = value if value.__class__ is str else as_string(value, "type")
            value = fields["input"]
            self.input = value
            value = fields["ctx"]
            if value is None:
                self.ctx = value
            else:
                try:
                    self.ctx = ValidationErrorCtx.from_dict(value)
                except DecodeError as error:
                    raise error.with_prefix("ctx")
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


ValidationError._field_defaults = field_defaults(ValidationError)

# Imported last, when the class exists: schemas can refer to each other in a circle.
from ..models.validation_error_ctx import ValidationErrorCtx
