from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import as_boolean, as_object
from ..model_base import ModelBase, field_defaults

_FIELD_COUNT = 14


@_attrs_define(kw_only=True, repr=False)
class ModelCapabilities(ModelBase):
    """The capabilities of a model."""

    completion_chat: bool = False
    function_calling: bool = False
    reasoning: bool = False
    completion_fim: bool = False
    fine_tuning: bool = False
    vision: bool = False
    ocr: bool = False
    classification: bool = False
    moderation: bool = False
    audio: bool = False
    audio_transcription: bool = False
    audio_transcription_realtime: bool = False
    audio_speech: bool = False
    unified_resources: bool = False
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
                value if value is False or value is True else as_boolean(value, "completion_chat", False)
            )
            value = fields["function_calling"]
            self.function_calling = (
                value if value is False or value is True else as_boolean(value, "function_calling", False)
            )
            value = fields["reasoning"]
            self.reasoning = value if value is False or value is True else as_boolean(value, "reasoning", False)
            value = fields["completion_fim"]
            self.completion_fim = (
                value if value is False or value is True else as_boolean(value, "completion_fim", False)
            )
            value = fields["fine_tuning"]
            self.fine_tuning = value if value is False or value is True else as_boolean(value, "fine_tuning", False)
            value = fields["vision"]
            self.vision = value if value is False or value is True else as_boolean(value, "vision", False)
            value = fields["ocr"]
            self.ocr = value if value is False or value is True else as_boolean(value, "ocr", False)
            value = fields["classification"]
            self.classification = (
                value if value is False or value is True else as_boolean(value, "classification", False)
            )
            value = fields["moderation"]
            self.moderation = value if value is False or value is True else as_boolean(value, "moderation", False)
            value = fields["audio"]
            self.audio = value if value is False or value is True else as_boolean(value, "audio", False)
            value = fields["audio_transcription"]
            self.audio_transcription = (
                value if value is False or value is True else as_boolean(value, "audio_transcription", False)
            )
            value = fields["audio_transcription_realtime"]
            self.audio_transcription_realtime = (
                value if value is False or value is True else as_boolean(value, "audio_transcription_realtime", False)
            )
            value = fields["audio_speech"]
            self.audio_speech = value if value is False or value is True else as_boolean(value, "audio_speech", False)
            value = fields["unified_resources"]
            self.unified_resources = (
                value if value is False or value is True else as_boolean(value, "unified_resources", False)
            )
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


ModelCapabilities._field_defaults = field_defaults(ModelCapabilities)
