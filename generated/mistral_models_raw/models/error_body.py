from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import LONG_ARRAY, as_object, as_string, items_of
from ..errors import DecodeError
from ..model_base import ModelBase, field_defaults

_FIELD_COUNT = 6


@_attrs_define(kw_only=True, repr=False)
class ErrorBody(ModelBase):
    """The body of an error, in one of the forms that the service uses."""

    detail: list[ValidationError] | str | None = None
    message: str | None = None
    """ The error message. """
    object: str | None = None
    type: str | None = None
    param: str | None = None
    code: str | None = None
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    _not_nullable = (
        "detail",
        "message",
        "object",
        "type",
    )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        # The head of model_base.py explains this code.
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != _FIELD_COUNT:
            fields = {**cls._field_defaults, **fields}
        self = object.__new__(cls)
        try:
            value = fields["detail"]
            if value is None:
                self.detail = value
            else:
                if isinstance(value, list):
                    detail_items: list[ValidationError] = []
                    for item in (
                        value if value.__class__ is list and len(value) < LONG_ARRAY else items_of(value, "detail")
                    ):
                        try:
                            detail_item = ValidationError.from_dict(item)
                        except DecodeError as error:
                            raise error.with_prefix(f"detail[{len(detail_items)}]")
                        detail_items.append(detail_item)
                    self.detail = detail_items
                elif isinstance(value, str):
                    self.detail = value if value.__class__ is str else as_string(value, "detail")
                else:
                    raise DecodeError.expected("detail", "array or string", value)
            value = fields["message"]
            self.message = value if value.__class__ is str or value is None else as_string(value, "message")
            value = fields["object"]
            self.object = value if value.__class__ is str or value is None else as_string(value, "object")
            value = fields["type"]
            self.type = value if value.__class__ is str or value is None else as_string(value, "type")
            value = fields["param"]
            self.param = value if value.__class__ is str or value is None else as_string(value, "param")
            value = fields["code"]
            self.code = value if value.__class__ is str or value is None else as_string(value, "code")
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


ErrorBody._field_defaults = field_defaults(ErrorBody)

# Imported last, when the class exists: schemas can refer to each other in a circle.
from ..models.validation_error import ValidationError
