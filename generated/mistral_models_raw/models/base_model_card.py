from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    as_array,
    as_boolean,
    as_constant,
    as_datetime,
    as_integer,
    as_number,
    as_object,
    as_string,
    as_strings,
)
from ..errors import DecodeError
from ..types import Open, left_out


@_attrs_define(kw_only=True, repr=False)
class BaseModelCard(Open):
    """A model that the vendor offers."""

    id: str
    """ What `retrieve` and the other operations take as `model_id`. """
    object: str = "model"
    created: int | None = None
    """ When the model was made, in seconds since 1970-01-01 UTC. """
    owned_by: str = "mistralai"
    capabilities: ModelCapabilities
    """ What a model can do. """
    name: str | None = None
    description: str | None = None
    max_context_length: int = 32768
    """ The longest context, in tokens. """
    aliases: list[str] = _attrs_field(factory=list)
    """ Other ids under which the model is known. """
    deprecation: datetime.datetime | None = None
    """ When the model is retired. """
    deprecation_replacement_model: str | None = None
    """ The id of the model to use instead. """
    default_model_temperature: float | None = None
    internal: bool = False
    billing_model_name: str | None = None
    type: Literal["base"] = "base"
    audio_transcription_capabilities: AudioTranscriptionCapabilities | None = None
    audio_speech_capabilities: AudioSpeechCapabilities | None = None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    _never_null = ("created",)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 17:
            fields = {**cls._left_out, **fields}
        self = object.__new__(cls)
        try:
            v = fields["id"]
            self.id = v if v.__class__ is str else as_string(v, "id")
            v = fields["object"]
            self.object = v if v.__class__ is str else as_string(v, "object", "model")
            v = fields["created"]
            self.created = v if v.__class__ is int or v is None else as_integer(v, "created")
            v = fields["owned_by"]
            self.owned_by = v if v.__class__ is str else as_string(v, "owned_by", "mistralai")
            v = fields["capabilities"]
            try:
                self.capabilities = ModelCapabilities.from_dict(v)
            except DecodeError as error:
                raise error.under("capabilities")
            v = fields["name"]
            self.name = v if v.__class__ is str or v is None else as_string(v, "name")
            v = fields["description"]
            self.description = v if v.__class__ is str or v is None else as_string(v, "description")
            v = fields["max_context_length"]
            self.max_context_length = v if v.__class__ is int else as_integer(v, "max_context_length", 32768)
            v = fields["aliases"]
            if v is None:
                self.aliases = []
            else:
                self.aliases = v if v.__class__ is list else as_array(v, "aliases")
                for v in self.aliases:
                    if v.__class__ is not str:
                        as_strings(self.aliases, "aliases")
            v = fields["deprecation"]
            self.deprecation = v if v is None else as_datetime(v, "deprecation")
            v = fields["deprecation_replacement_model"]
            self.deprecation_replacement_model = (
                v if v.__class__ is str or v is None else as_string(v, "deprecation_replacement_model")
            )
            v = fields["default_model_temperature"]
            self.default_model_temperature = (
                v if v.__class__ is float or v is None else as_number(v, "default_model_temperature")
            )
            v = fields["internal"]
            self.internal = v if v is False or v is True else as_boolean(v, "internal", False)
            v = fields["billing_model_name"]
            self.billing_model_name = v if v.__class__ is str or v is None else as_string(v, "billing_model_name")
            v = fields["type"]
            self.type = v if v == "base" else as_constant(v, "type", "base", "base")
            v = fields["audio_transcription_capabilities"]
            if v is None:
                self.audio_transcription_capabilities = v
            else:
                try:
                    self.audio_transcription_capabilities = AudioTranscriptionCapabilities.from_dict(v)
                except DecodeError as error:
                    raise error.under("audio_transcription_capabilities")
            v = fields["audio_speech_capabilities"]
            if v is None:
                self.audio_speech_capabilities = v
            else:
                try:
                    self.audio_speech_capabilities = AudioSpeechCapabilities.from_dict(v)
                except DecodeError as error:
                    raise error.under("audio_speech_capabilities")
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 17 else cls._unknown(fields)
        return self


BaseModelCard._left_out = left_out(BaseModelCard)

from ..models.audio_speech_capabilities import AudioSpeechCapabilities
from ..models.audio_transcription_capabilities import AudioTranscriptionCapabilities
from ..models.model_capabilities import ModelCapabilities
