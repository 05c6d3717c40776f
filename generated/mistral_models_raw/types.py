"""Contains some shared types for properties"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Final, Generic, Literal, NamedTuple, Self, TypeVar

if TYPE_CHECKING:
    import httpx


class Unset:
    """The type of UNSET, which stands for a field or parameter that is left out"""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()

T = TypeVar("T")


class Response(NamedTuple, Generic[T]):
    """A response from an endpoint"""

    status_code: int
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None

    @classmethod
    def of(cls, response: httpx.Response, parsed: T | None) -> Self:
        """Combine the response of httpx with its decoded body"""
        return cls(response.status_code, response.content, response.headers, parsed)


__all__ = ["UNSET", "Response", "Unset"]
