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
class ModelCapabilities(Open):
    """What a model can do."""

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
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 14:
            fields = {**cls._left_out, **fields}
        self = object.__new__(cls)
        try:
            v = fields["completion_chat"]
            self.completion_chat = v if v is False or v is True else as_boolean(v, "completion_chat", False)
            v = fields["function_calling"]
            self.function_calling = v if v is False or v is True else as_boolean(v, "function_calling", False)
            v = fields["reasoning"]
            self.reasoning = v if v is False or v is True else as_boolean(v, "reasoning", False)
            v = fields["completion_fim"]
            self.completion_fim = v if v is False or v is True else as_boolean(v, "completion_fim", False)
            v = fields["fine_tuning"]
            self.fine_tuning = v if v is False or v is True else as_boolean(v, "fine_tuning", False)
            v = fields["vision"]
            self.vision = v if v is False or v is True else as_boolean(v, "vision", False)
            v = fields["ocr"]
            self.ocr = v if v is False or v is True else as_boolean(v, "ocr", False)
            v = fields["classification"]
            self.classification = v if v is False or v is True else as_boolean(v, "classification", False)
            v = fields["moderation"]
            self.moderation = v if v is False or v is True else as_boolean(v, "moderation", False)
            v = fields["audio"]
            self.audio = v if v is False or v is True else as_boolean(v, "audio", False)
            v = fields["audio_transcription"]
            self.audio_transcription = v if v is False or v is True else as_boolean(v, "audio_transcription", False)
            v = fields["audio_transcription_realtime"]
            self.audio_transcription_realtime = (
                v if v is False or v is True else as_boolean(v, "audio_transcription_realtime", False)
            )
            v = fields["audio_speech"]
            self.audio_speech = v if v is False or v is True else as_boolean(v, "audio_speech", False)
            v = fields["unified_resources"]
            self.unified_resources = v if v is False or v is True else as_boolean(v, "unified_resources", False)
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 14 else cls._unknown(fields)
        return self


ModelCapabilities._left_out = left_out(ModelCapabilities)
