from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import as_boolean, as_object, as_string
from ..model_base import ModelBase, field_defaults

_FIELD_COUNT = 3


@_attrs_define(kw_only=True, repr=False)
class DeleteModelResponse(ModelBase):
    """Confirmation that a model was deleted."""

    id: str
    """ The id of the model that was deleted. """
    object: str = "model"
    deleted: bool = True
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        # The head of model_base.py explains this code.
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != _FIELD_COUNT:
            fields = {**cls._field_defaults, **fields}
        self = object.__new__(cls)
        try:
            value = fields["id"]
            self.id = value if value.__class__ is str else as_string(value, "id")
            value = fields["object"]
            self.object = value if value.__class__ is str else as_string(value, "object", "model")
            value = fields["deleted"]
            self.deleted = value if value is False or value is True else as_boolean(value, "deleted", True)
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


DeleteModelResponse._field_defaults = field_defaults(DeleteModelResponse)
