from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    as_boolean,
    as_object,
)
from ..types import Open, left_out


@_attrs_define(kw_only=True, repr=False)
class FineTunedModelCapabilities(Open):
    """What a fine-tuned model can do."""

    completion_chat: bool = True
    completion_fim: bool = False
    function_calling: bool = False
    fine_tuning: bool = False
    classification: bool = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 5:
            fields = {**cls._left_out, **fields}
        self = object.__new__(cls)
        try:
            v = fields["completion_chat"]
            self.completion_chat = v if v is False or v is True else as_boolean(v, "completion_chat", True)
            v = fields["completion_fim"]
            self.completion_fim = v if v is False or v is True else as_boolean(v, "completion_fim", False)
            v = fields["function_calling"]
            self.function_calling = v if v is False or v is True else as_boolean(v, "function_calling", False)
            v = fields["fine_tuning"]
            self.fine_tuning = v if v is False or v is True else as_boolean(v, "fine_tuning", False)
            v = fields["classification"]
            self.classification = v if v is False or v is True else as_boolean(v, "classification", False)
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 5 else cls._unknown(fields)
        return self


FineTunedModelCapabilities._left_out = left_out(FineTunedModelCapabilities)
