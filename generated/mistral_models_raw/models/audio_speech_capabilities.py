from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import as_array, as_boolean, as_object, check_strings
from ..model_base import ModelBase, field_defaults

_FIELD_COUNT = 3


@_attrs_define(kw_only=True, repr=False)
class AudioSpeechCapabilities(ModelBase):
    """The capabilities of a speech model."""

    modes: list[str] | None = None
    """ `offline`, `realtime`, or both. """
    instruction: bool = False
    response_formats: list[str] | None = None
    """ Audio formats that can be requested. """
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    _not_nullable = (
        "modes",
        "response_formats",
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
            value = fields["instruction"]
            self.instruction = value if value is False or value is True else as_boolean(value, "instruction", False)
            value = fields["response_formats"]
            if value is None:
                self.response_formats = value
            else:
                self.response_formats = value if value.__class__ is list else as_array(value, "response_formats")
                for item in self.response_formats:
                    if item.__class__ is not str:
                        check_strings(self.response_formats, "response_formats")
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


AudioSpeechCapabilities._field_defaults = field_defaults(AudioSpeechCapabilities)
