"""Contains some shared types for properties"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, NamedTuple, TypeVar

if TYPE_CHECKING:
    import datetime


class Unset:
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


def represent(model: Any) -> str:
    """The repr of a model: its fields, without those that hold nothing but a placeholder"""
    shown = []
    for name in model.__slots__:
        value = getattr(model, name, UNSET)
        if name != "__weakref__" and value is not UNSET and (value or name != "additional_properties"):
            shown.append(f"{name}={value!r}")
    return f"{type(model).__name__}({', '.join(shown)})"


def as_object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise _expected("", "object", value)


def as_array(value: Any, path: str) -> list[Any]:
    if isinstance(value, list):
        return value
    raise _expected(path, "array", value)


def as_string(value: Any, path: str, default: Any = UNSET) -> Any:
    if value is None and default is not UNSET:
        return default
    if isinstance(value, str):
        return value
    raise _expected(path, "string", value)


def as_strings(values: list[Any], path: str) -> None:
    """Say which of the values is no string"""
    for index, value in enumerate(values):
        as_string(value, f"{path}[{index}]")


def as_integer(value: Any, path: str, default: Any = UNSET) -> Any:
    """3 and 3.0 are integers, true is not (JSON Schema 2020-12, 6.1.1)"""
    if value is None and default is not UNSET:
        return default
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise _expected(path, "integer", value)


def as_number(value: Any, path: str, default: Any = UNSET) -> Any:
    if value is None and default is not UNSET:
        return default
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            pass
    raise _expected(path, "number", value)


def as_boolean(value: Any, path: str, default: Any = UNSET) -> Any:
    if value is None and default is not UNSET:
        return default
    if isinstance(value, bool):
        return value
    raise _expected(path, "boolean", value)


def as_constant(value: Any, path: str, constant: Any, default: Any = UNSET) -> Any:
    if value is None and default is not UNSET:
        return default
    raise _expected(path, f'"{constant}"' if isinstance(constant, str) else str(constant), value)


def as_datetime(value: Any, path: str) -> datetime.datetime:
    """The moment that RFC 3339 text names; aware where the text has an offset"""
    import datetime  # noqa: PLC0415

    if isinstance(value, str):
        try:
            return datetime.datetime.fromisoformat(value)
        except ValueError:
            pass
        from dateutil.parser import isoparse  # noqa: PLC0415

        try:
            moment = isoparse(value)
        except (ValueError, OverflowError):
            pass
        else:
            offset = moment.utcoffset()
            return moment if offset is None else moment.replace(tzinfo=datetime.timezone(offset))
    raise _expected(path, "date-time", value)


def _expected(path: str, what: str, value: Any) -> Exception:
    from .errors import DecodeError  # noqa: PLC0415

    return DecodeError.expected(path, what, value)


__all__ = ["UNSET", "Response", "Unset"]
