from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    as_array,
    as_boolean,
    as_object,
    as_strings,
)
from ..errors import DecodeError
from ..types import Open, left_out


@_attrs_define(kw_only=True, repr=False)
class AudioTranscriptionCapabilities(Open):
    """What a transcription model offers."""

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
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    _never_null = (
        "modes",
        "timestamp_granularities",
        "languages",
        "streaming_delays_ms",
    )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 7:
            fields = {**cls._left_out, **fields}
        self = object.__new__(cls)
        try:
            v = fields["modes"]
            if v is None:
                self.modes = v
            else:
                self.modes = v if v.__class__ is list else as_array(v, "modes")
                for v in self.modes:
                    if v.__class__ is not str:
                        as_strings(self.modes, "modes")
            v = fields["diarization"]
            self.diarization = v if v is False or v is True else as_boolean(v, "diarization", False)
            v = fields["context_bias"]
            self.context_bias = v if v is False or v is True else as_boolean(v, "context_bias", False)
            v = fields["turn_detection"]
            self.turn_detection = v if v is False or v is True else as_boolean(v, "turn_detection", False)
            v = fields["timestamp_granularities"]
            if v is None:
                self.timestamp_granularities = v
            else:
                self.timestamp_granularities = v if v.__class__ is list else as_array(v, "timestamp_granularities")
                for v in self.timestamp_granularities:
                    if v.__class__ is not str:
                        as_strings(self.timestamp_granularities, "timestamp_granularities")
            v = fields["languages"]
            if v is None:
                self.languages = v
            else:
                self.languages = v if v.__class__ is list else as_array(v, "languages")
                for v in self.languages:
                    if v.__class__ is not str:
                        as_strings(self.languages, "languages")
            v = fields["streaming_delays_ms"]
            if v is None:
                self.streaming_delays_ms = v
            else:
                streaming_delays_ms_items: list[StreamingDelayRange] = []
                for v in v if v.__class__ is list else as_array(v, "streaming_delays_ms"):
                    streaming_delays_ms_item: StreamingDelayRange
                    try:
                        streaming_delays_ms_item = StreamingDelayRange.from_dict(v)
                    except DecodeError as error:
                        raise error.under(f"streaming_delays_ms[{len(streaming_delays_ms_items)}]")
                    streaming_delays_ms_items.append(streaming_delays_ms_item)
                self.streaming_delays_ms = streaming_delays_ms_items
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 7 else cls._unknown(fields)
        return self


AudioTranscriptionCapabilities._left_out = left_out(AudioTranscriptionCapabilities)

from ..models.streaming_delay_range import StreamingDelayRange
