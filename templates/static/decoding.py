"""Conversion and validation of single JSON values, for `from_dict` and `decode`.

`path` is the place of the value in the response, such as `data[3].created`. A `default` that is given stands in for
null. Every function raises `DecodeError` for a value that it cannot convert.
"""

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from .deferred import Deferred
from .errors import DecodeError
from .types import UNSET

if TYPE_CHECKING:
    from dateutil import parser as dateutil_parser
else:
    dateutil_parser = Deferred("dateutil.parser")

DEFERRED: Final = (dateutil_parser,)
"""What `deferred.load` may import in advance."""


def as_object(value: Any) -> Mapping[str, Any]:
    """Return a mapping as it is."""
    if isinstance(value, Mapping):
        return value
    raise DecodeError.expected("", "object", value)


def as_array(value: Any, path: str) -> list[Any]:
    """Return a list as it is."""
    if isinstance(value, list):
        return value
    raise DecodeError.expected(path, "array", value)


def as_string(value: Any, path: str, default: Any = UNSET) -> Any:
    """Return a string as it is."""
    if value is None and default is not UNSET:
        return default
    if isinstance(value, str):
        return value
    raise DecodeError.expected(path, "string", value)


def check_strings(values: list[Any], path: str) -> None:
    """Check that all items of a list are strings."""
    for index, value in enumerate(values):
        as_string(value, f"{path}[{index}]")


def as_integer(value: Any, path: str, default: Any = UNSET) -> Any:
    """Return 3 for 3 and for 3.0, which are integers; true is not one (JSON Schema 2020-12, 6.1.1)."""
    if value is None and default is not UNSET:
        return default
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise DecodeError.expected(path, "integer", value)


def as_number(value: Any, path: str, default: Any = UNSET) -> Any:
    """Return a float for any number that a float can hold."""
    if value is None and default is not UNSET:
        return default
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            pass
    raise DecodeError.expected(path, "number", value)


def as_boolean(value: Any, path: str, default: Any = UNSET) -> Any:
    """Return a boolean as it is."""
    if value is None and default is not UNSET:
        return default
    if isinstance(value, bool):
        return value
    raise DecodeError.expected(path, "boolean", value)


def as_constant(value: Any, path: str, constant: Any, default: Any = UNSET) -> Any:
    """Return the default for null; `from_dict` has compared all other values with the constant already."""
    if value is None and default is not UNSET:
        return default
    raise DecodeError.expected(path, f'"{constant}"' if isinstance(constant, str) else str(constant), value)


def as_datetime(value: Any, path: str) -> datetime.datetime:
    """Return the datetime that RFC 3339 text stands for; it is aware if the text has an offset."""
    if isinstance(value, str):
        try:
            return datetime.datetime.fromisoformat(value)
        except ValueError:
            pass
        try:
            moment = dateutil_parser.isoparse(value)
        except (ValueError, OverflowError):
            pass
        else:
            offset = moment.utcoffset()
            return moment if offset is None else moment.replace(tzinfo=datetime.timezone(offset))
    raise DecodeError.expected(path, "date-time", value)
