from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import as_boolean, as_object
from ..model_base import ModelBase, field_defaults

_FIELD_COUNT = 5


@_attrs_define(kw_only=True, repr=False)
class FineTunedModelCapabilities(ModelBase):
    """The capabilities of a fine-tuned model."""

    completion_chat: bool = True
    completion_fim: bool = False
    function_calling: bool = False
    fine_tuning: bool = False
    classification: bool = False
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        # The head of model_base.py explains this code.
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != _FIELD_COUNT:
            fields = {**cls._field_defaults, **fields}
        self = object.__new__(cls)
        try:
            value = fields["completion_chat"]
            self.completion_chat = (
                value if value is False or value is True else as_boolean(value, "completion_chat", True)
            )
            value = fields["completion_fim"]
            self.completion_fim = (
                value if value is False or value is True else as_boolean(value, "completion_fim", False)
            )
            value = fields["function_calling"]
            self.function_calling = (
                value if value is False or value is True else as_boolean(value, "function_calling", False)
            )
            value = fields["fine_tuning"]
            self.fine_tuning = value if value is False or value is True else as_boolean(value, "fine_tuning", False)
            value = fields["classification"]
            self.classification = (
                value if value is False or value is True else as_boolean(value, "classification", False)
            )
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


FineTunedModelCapabilities._field_defaults = field_defaults(FineTunedModelCapabilities)
