from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import (
    as_boolean,
    as_object,
    represent,
)


@_attrs_define(kw_only=True)
class FineTunedModelCapabilities:
    """What a fine-tuned model can do."""

    completion_chat: bool = True
    completion_fim: bool = False
    function_calling: bool = False
    fine_tuning: bool = False
    classification: bool = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    """ What the service sent that the document does not know. """

    __repr__ = represent

    def to_dict(self) -> dict[str, Any]:
        """Back to JSON, with what was in additional_properties"""
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["completion_chat"] = self.completion_chat
        field_dict["completion_fim"] = self.completion_fim
        field_dict["function_calling"] = self.function_calling
        field_dict["fine_tuning"] = self.fine_tuning
        field_dict["classification"] = self.classification
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Decode; DecodeError says what is not as the document has it, and where"""
        if src_dict.__class__ is not dict:
            src_dict = as_object(src_dict)
        # Not through __init__: it costs as much as all the checks together.
        self = cls.__new__(cls)
        get = src_dict.get
        v = get("completion_chat", True)
        self.completion_chat = v if v is False or v is True else as_boolean(v, "completion_chat", True)
        v = get("completion_fim", False)
        self.completion_fim = v if v is False or v is True else as_boolean(v, "completion_fim", False)
        v = get("function_calling", False)
        self.function_calling = v if v is False or v is True else as_boolean(v, "function_calling", False)
        v = get("fine_tuning", False)
        self.fine_tuning = v if v is False or v is True else as_boolean(v, "fine_tuning", False)
        v = get("classification", False)
        self.classification = v if v is False or v is True else as_boolean(v, "classification", False)
        self.additional_properties = (
            {} if src_dict.keys() <= _FIELDS else {k: v for k, v in src_dict.items() if k not in _FIELDS}
        )
        return self

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


_FIELDS = frozenset(
    {
        "completion_chat",
        "completion_fim",
        "function_calling",
        "fine_tuning",
        "classification",
    }
)
