"""Contains shared errors types that can be raised from API functions"""

import json
from typing import Any, Self

from .types import UNSET


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
    """Return the beginning of the value's JSON"""
    if value is UNSET:
        return "nothing"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = object.__repr__(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


__all__ = ["DecodeError", "UnexpectedStatus"]
