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
from ..types import Open, left_out


@_attrs_define(kw_only=True, repr=False)
class AudioSpeechCapabilities(Open):
    """What a speech model offers."""

    modes: list[str] | None = None
    """ `offline`, `realtime`, or both. """
    instruction: bool = False
    response_formats: list[str] | None = None
    """ Audio formats that can be asked for. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    _never_null = (
        "modes",
        "response_formats",
    )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 3:
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
            v = fields["instruction"]
            self.instruction = v if v is False or v is True else as_boolean(v, "instruction", False)
            v = fields["response_formats"]
            if v is None:
                self.response_formats = v
            else:
                self.response_formats = v if v.__class__ is list else as_array(v, "response_formats")
                for v in self.response_formats:
                    if v.__class__ is not str:
                        as_strings(self.response_formats, "response_formats")
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 3 else cls._unknown(fields)
        return self


AudioSpeechCapabilities._left_out = left_out(AudioSpeechCapabilities)
