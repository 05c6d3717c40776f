from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import Shown


@_attrs_define(kw_only=True, repr=False)
class UnknownModelCard(Shown):
    """A model of a kind that this document does not know: its payload is kept as it came. The client also puts a card
    of a known kind here that does not have the form above."""

    id: str | None = None
    type: str | None = None
    raw: Any
    """ The payload as it came. """
    reason: str = _attrs_field(default="", eq=False)
    """ Why it is not one of the known variants, and where. """
    is_unknown: ClassVar[Literal[True]] = True

    def to_dict(self) -> Any:
        """The payload as it came"""
        return self.raw

    @classmethod
    def from_dict(cls, src_dict: Any, reason: str = "") -> Self:
        """Keep any payload, with the reason why it is here"""
        known = src_dict if isinstance(src_dict, Mapping) else {}
        return cls(
            id=v if isinstance(v := known.get("id"), str) else None,
            type=v if isinstance(v := known.get("type"), str) else None,
            raw=src_dict,
            reason=reason,
        )
