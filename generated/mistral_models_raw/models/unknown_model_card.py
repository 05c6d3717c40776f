from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..model_base import ReprMixin


@_attrs_define(kw_only=True, repr=False)
class UnknownModelCard(ReprMixin):
    """A model of an unknown `type`, or one that does not fit its schema; its JSON is kept unchanged."""

    id: str | None = None
    type: str | None = None
    raw: Any
    """ The JSON as it was received. """
    reason: str = _attrs_field(default="", eq=False)
    """ Why no known variant fits: what is wrong, and where. """
    is_unknown: ClassVar[Literal[True]] = True

    def to_dict(self) -> Any:
        """Return the JSON as it was received"""
        return self.raw

    @classmethod
    def from_dict(cls, src_dict: Any, reason: str = "") -> Self:
        """Keep any JSON, with the reason why no known variant fits"""
        fields = src_dict if isinstance(src_dict, Mapping) else {}
        return cls(
            id=value if isinstance(value := fields.get("id"), str) else None,
            type=value if isinstance(value := fields.get("type"), str) else None,
            raw=src_dict,
            reason=reason,
        )
