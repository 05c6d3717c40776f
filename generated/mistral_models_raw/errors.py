"""Contains shared errors types that can be raised from API functions"""

import json
from typing import Any, Self

from .types import UNSET


class UnexpectedStatus(Exception):
    """Raised by api functions when the response status an undocumented status and Client.raise_on_unexpected_status is True"""

    def __init__(self, status_code: int, content: bytes):
        self.status_code = status_code
        self.content = content

        super().__init__(
            f"Unexpected status code: {status_code}\n\nResponse content:\n{content.decode(errors='ignore')}"
        )


class DecodeError(ValueError):
    """Raised by from_dict when a value is not what the document says

    Attributes:
        path (str): Where the value is, such as `data[3].capabilities.vision`; empty for the whole.
        problem (str): What is wrong with it, such as `expected boolean, got "yes"`.
    """

    def __init__(self, path: str, problem: str):
        self.path = path
        self.problem = problem
        super().__init__(path, problem)

    @classmethod
    def expected(cls, path: str, what: str, value: Any) -> Self:
        """Report that something else than `what` is at `path`"""
        return cls(path, f"expected {what}, got {_shown(value)}")

    def under(self, parent: str) -> Self:
        """The same error, seen from the object that has the erroneous one at `parent`"""
        joint = "." if self.path and not self.path.startswith("[") else ""
        return type(self)(f"{parent}{joint}{self.path}", self.problem)

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem


def _shown(value: Any) -> str:
    if value is UNSET:
        return "nothing"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = object.__repr__(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


__all__ = ["DecodeError", "UnexpectedStatus"]
