from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    as_boolean,
    as_constant,
    as_object,
    as_string,
)
from ..types import Open, left_out


@_attrs_define(kw_only=True, repr=False)
class ArchiveModelResponse(Open):
    """Says that a model was archived."""

    id: str
    object: Literal["model"] = "model"
    archived: bool = True
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 3:
            fields = {**cls._left_out, **fields}
        self = object.__new__(cls)
        try:
            v = fields["id"]
            self.id = v if v.__class__ is str else as_string(v, "id")
            v = fields["object"]
            self.object = v if v == "model" else as_constant(v, "object", "model", "model")
            v = fields["archived"]
            self.archived = v if v is False or v is True else as_boolean(v, "archived", True)
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 3 else cls._unknown(fields)
        return self


ArchiveModelResponse._left_out = left_out(ArchiveModelResponse)
