from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import LONG_ARRAY, as_array, as_boolean, as_object, check_strings, items_of
from ..errors import DecodeError
from ..model_base import ModelBase, field_defaults

_FIELD_COUNT = 7


@_attrs_define(kw_only=True, repr=False)
class AudioTranscriptionCapabilities(ModelBase):
    """The capabilities of a transcription model."""

    modes: list[str] | None = None
    """ `offline`, `realtime`, or both. """
    diarization: bool = False
    context_bias: bool = False
    turn_detection: bool = False
    timestamp_granularities: list[str] | None = None
    """ `segment`, `word`, or both. """
    languages: list[str] | None = None
    """ ISO 639-1 codes. """
    streaming_delays_ms: list[StreamingDelayRange] | None = None
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    _not_nullable = (
        "modes",
        "timestamp_granularities",
        "languages",
        "streaming_delays_ms",
    )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        # The head of model_base.py explains this code.
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != _FIELD_COUNT:
            fields = {**cls._field_defaults, **fields}
        self = object.__new__(cls)
        try:
            value = fields["modes"]
            if value is None:
                self.modes = value
            else:
                self.modes = value if value.__class__ is list else as_array(value, "modes")
                for item in self.modes:
                    if item.__class__ is not str:
                        check_strings(self.modes, "modes")
            value = fields["diarization"]
            self.diarization = value if value is False or value is True else as_boolean(value, "diarization", False)
            value = fields["context_bias"]
            self.context_bias = value if value is False or value is True else as_boolean(value, "context_bias", False)
            value = fields["turn_detection"]
            self.turn_detection = (
                value if value is False or value is True else as_boolean(value, "turn_detection", False)
            )
            value = fields["timestamp_granularities"]
            if value is None:
                self.timestamp_granularities = value
            else:
                self.timestamp_granularities = (
                    value if value.__class__ is list else as_array(value, "timestamp_granularities")
                )
                for item in self.timestamp_granularities:
                    if item.__class__ is not str:
                        check_strings(self.timestamp_granularities, "timestamp_granularities")
            value = fields["languages"]
            if value is None:
                self.languages = value
            else:
                self.languages = value if value.__class__ is list else as_array(value, "languages")
                for item in self.languages:
                    if item.__class__ is not str:
                        check_strings(self.languages, "languages")
            value = fields["streaming_delays_ms"]
            if value is None:
                self.streaming_delays_ms = value
            else:
                streaming_delays_ms_items: list[StreamingDelayRange] = []
                for item in (
                    value
                    if value.__class__ is list and len(value) < LONG_ARRAY
                    else items_of(value, "streaming_delays_ms")
                ):
                    try:
                        streaming_delays_ms_item = StreamingDelayRange.from_dict(item)
                    except DecodeError as error:
                        raise error.with_prefix(f"streaming_delays_ms[{len(streaming_delays_ms_items)}]")
                    streaming_delays_ms_items.append(streaming_delays_ms_item)
                self.streaming_delays_ms = streaming_delays_ms_items
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


AudioTranscriptionCapabilities._field_defaults = field_defaults(AudioTranscriptionCapabilities)

# Imported last, when the class exists: schemas can refer to each other in a circle.
from ..models.streaming_delay_range import StreamingDelayRange
