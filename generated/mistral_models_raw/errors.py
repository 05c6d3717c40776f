"""Contains shared errors types that can be raised from API functions"""

import json
from collections.abc import Iterator
from typing import Any, Final, Self

from .types import UNSET

_MAX_EXCERPT: Final = 80
_encode: Final = json.JSONEncoder(ensure_ascii=False).encode


class UnexpectedStatus(Exception):
    """Raised for a response whose status is not documented, if Client.raise_on_unexpected_status is True"""

    def __init__(self, status_code: int, content: bytes):
        self.status_code = status_code
        self.content = content

        super().__init__(
            f"Unexpected status code: {status_code}\n\nResponse content:\n{content.decode(errors='ignore')}"
        )


class DecodeError(ValueError):
    """Raised by from_dict when a value does not fit the document

    Attributes:
        path (str): The place of the value, such as `data[3].capabilities.vision`; empty for the entire payload.
        problem (str): What is wrong with it, such as `expected boolean, got "yes"`.
    """

    def __init__(self, path: str, problem: str):
        self.path = path
        self.problem = problem
        super().__init__(path, problem)

    @classmethod
    def expected(cls, path: str, expected: str, value: Any) -> Self:
        """Return the error for a value that is not what is expected at `path`"""
        return cls(path, f"expected {expected}, got {_excerpt(value)}")

    def with_prefix(self, prefix: str) -> Self:
        """Return this error with its path extended by the path of the object that contains the value"""
        separator = "." if self.path and not self.path.startswith("[") else ""
        return type(self)(f"{prefix}{separator}{self.path}", self.problem)

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem


def _excerpt(value: Any) -> str:
    """Return the beginning of the value's JSON; the rest, which can be large, is not encoded"""
    if value is UNSET:
        return "nothing"
    text = ""
    for part in _json_parts(value) if isinstance(value, (dict, list)) else (_encode_scalar(value),):
        text += part
        if len(text) > _MAX_EXCERPT:
            return f"{text[: _MAX_EXCERPT - 3]}..."
    return text


def _json_parts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield "{"
        for index, (name, item) in enumerate(value.items()):
            yield f"{', ' if index else ''}{_encode_scalar(name)}: "
            yield from _json_parts(item)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for index, item in enumerate(value):
            yield ", " if index else ""
            yield from _json_parts(item)
        yield "]"
    else:
        yield _encode_scalar(value)


def _encode_scalar(value: Any) -> str:
    try:
        return _encode(value[:_MAX_EXCERPT] if isinstance(value, str) else value)
    except (TypeError, ValueError, RecursionError):
        return object.__repr__(value)


__all__ = ["DecodeError", "UnexpectedStatus"]
