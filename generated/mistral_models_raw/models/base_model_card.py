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
    check_strings,
)
from ..errors import DecodeError
from ..model_base import ModelBase, field_defaults

_FIELD_COUNT = 17


@_attrs_define(kw_only=True, repr=False)
class BaseModelCard(ModelBase):
    """A base model of the vendor, under one of its names."""

    id: str
    """ The model's id: the `model_id` of `retrieve` and the other operations. """
    object: str = "model"
    created: int | None = None
    """ The time of the request, in seconds since 1970-01-01 UTC: it says nothing about the model. """
    owned_by: str = "mistralai"
    capabilities: ModelCapabilities
    """ The capabilities of a model. """
    name: str | None = None
    description: str | None = None
    max_context_length: int = 32768
    """ The longest context, in tokens. """
    aliases: list[str] = _attrs_field(factory=list)
    """ Other ids of the model. """
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
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    _discriminators = ("type",)
    _not_nullable = ("created",)

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
            value = fields["created"]
            self.created = value if value.__class__ is int or value is None else as_integer(value, "created")
            value = fields["owned_by"]
            self.owned_by = value if value.__class__ is str else as_string(value, "owned_by", "mistralai")
            value = fields["capabilities"]
            try:
                self.capabilities = ModelCapabilities.from_dict(value)
            except DecodeError as error:
                raise error.with_prefix("capabilities")
            value = fields["name"]
            self.name = value if value.__class__ is str or value is None else as_string(value, "name")
            value = fields["description"]
            self.description = value if value.__class__ is str or value is None else as_string(value, "description")
            value = fields["max_context_length"]
            self.max_context_length = (
                value if value.__class__ is int else as_integer(value, "max_context_length", 32768)
            )
            value = fields["aliases"]
            if value is None:
                self.aliases = []
            else:
                self.aliases = value if value.__class__ is list else as_array(value, "aliases")
                for item in self.aliases:
                    if item.__class__ is not str:
                        check_strings(self.aliases, "aliases")
            value = fields["deprecation"]
            self.deprecation = value if value is None else as_datetime(value, "deprecation")
            value = fields["deprecation_replacement_model"]
            self.deprecation_replacement_model = (
                value if value.__class__ is str or value is None else as_string(value, "deprecation_replacement_model")
            )
            value = fields["default_model_temperature"]
            self.default_model_temperature = (
                value if value.__class__ is float or value is None else as_number(value, "default_model_temperature")
            )
            value = fields["internal"]
            self.internal = value if value is False or value is True else as_boolean(value, "internal", False)
            value = fields["billing_model_name"]
            self.billing_model_name = (
                value if value.__class__ is str or value is None else as_string(value, "billing_model_name")
            )
            value = fields["type"]
            self.type = value if value == "base" else as_constant(value, "type", "base", "base")
            value = fields["audio_transcription_capabilities"]
            if value is None:
                self.audio_transcription_capabilities = value
            else:
                try:
                    self.audio_transcription_capabilities = AudioTranscriptionCapabilities.from_dict(value)
                except DecodeError as error:
                    raise error.with_prefix("audio_transcription_capabilities")
            value = fields["audio_speech_capabilities"]
            if value is None:
                self.audio_speech_capabilities = value
            else:
                try:
                    self.audio_speech_capabilities = AudioSpeechCapabilities.from_dict(value)
                except DecodeError as error:
                    raise error.with_prefix("audio_speech_capabilities")
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


BaseModelCard._field_defaults = field_defaults(BaseModelCard)

# Imported last, when the class exists: schemas can refer to each other in a circle.
from ..models.audio_speech_capabilities import AudioSpeechCapabilities
from ..models.audio_transcription_capabilities import AudioTranscriptionCapabilities
from ..models.model_capabilities import ModelCapabilities
