"""Conversion and validation of single JSON values, for `from_dict` and `decode`.

A value of the wrong type is converted if it can mean only one thing, and then to the same value as in the vendor's SDK:
a number or boolean in quotation marks, 1 or 0 in place of a boolean, a time since 1970 in place of date-time text, and
null in place of an empty array. Anything else is an error, because a guess could be wrong: `true`, `"+5"` and `"1_000"`
are not integers, and `"yes"` is not a boolean.

`path` is the place of the value in the response, such as `data[3].created`. A `default` that is given stands in for
null. Every function raises `DecodeError` for a value that it cannot convert.
"""

import datetime
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from .deferred import Deferred
from .errors import DecodeError
from .types import UNSET

if TYPE_CHECKING:
    from dateutil import parser as dateutil_parser
else:
    dateutil_parser = Deferred("dateutil.parser")

LONG_ARRAY: Final = 1000
"""Items."""
checkpoint: Final[ContextVar[Callable[[], object]]] = ContextVar("checkpoint", default=bool)
"""Called now and then while a long array is decoded, which can take seconds. If it raises, decoding ends."""
DEFERRED: Final = (dateutil_parser,)
"""What `deferred.load` may import in advance."""

_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.0+)?")
"""An integer as JSON writes it (RFC 8259, section 6), without an exponent."""
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
"""A number as JSON writes it (RFC 8259, section 6)."""
_UNIX_TIME: Final = re.compile(r"(?![0-9]{4,8}$)-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]+)?")
"""A time since 1970. Neither 4 to 8 digits, which may be a year or a date, nor more than 16, which are after 9999."""
_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}
_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MAX_SECONDS: Final = 2e10
"""Longer times since 1970 are in milliseconds (pydantic's rule)."""


def as_object(value: Any) -> Mapping[str, Any]:
    """Return a mapping as it is."""
    if isinstance(value, Mapping):
        return value
    raise DecodeError.expected("", "object", value)


def as_array(value: Any, path: str) -> list[Any]:
    """Return a list as it is, and an empty one for null, which is how Go writes a list that was never filled."""
    if isinstance(value, list):
        return value
    if value is None:
        return []
    raise DecodeError.expected(path, "array", value)


def items_of(value: Any, path: str) -> Iterator[Any]:
    """Iterate over the items of an array; call `checkpoint` before every thousand."""
    return chain.from_iterable(_slices(as_array(value, path)))


def _slices(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), LONG_ARRAY):
        checkpoint.get()()
        yield values[start : start + LONG_ARRAY]


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
    """Return 3 for 3, 3.0 (JSON Schema 2020-12, 6.1.1), "3" and "3.0"."""
    if value is None and default is not UNSET:
        return default
    if _is_integer(value):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        try:
            return int(value.partition(".")[0])
        except ValueError:  # more digits than `sys.get_int_max_str_digits` allows
            pass
    raise DecodeError.expected(path, "integer", value)


def as_number(value: Any, path: str, default: Any = UNSET) -> Any:
    """Return a float for any number that a float can hold, in quotation marks or not."""
    if value is None and default is not UNSET:
        return default
    if isinstance(value, float):
        return float(value)
    if _is_integer(value) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        try:
            number = float(value)
        except OverflowError:
            pass
        else:
            if math.isfinite(number):
                return number
    raise DecodeError.expected(path, "number", value)


def as_boolean(value: Any, path: str, default: Any = UNSET) -> Any:
    """Return a boolean for a boolean, 1, 0, "true", "false", "1" and "0"."""
    if value is None and default is not UNSET:
        return default
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value in _BOOLEANS:
        return _BOOLEANS[value]
    raise DecodeError.expected(path, "boolean", value)


def as_constant(value: Any, path: str, constant: Any, default: Any = UNSET) -> Any:
    """Return the default for null; `from_dict` has compared all other values with the constant already."""
    if value is None and default is not UNSET:
        return default
    raise DecodeError.expected(path, f'"{constant}"' if isinstance(constant, str) else str(constant), value)


def as_datetime(value: Any, path: str) -> datetime.datetime:
    """Return the datetime that RFC 3339 text or a time since 1970 stands for.

    It is aware, unless the value is text without an offset. A time since 1970 is in seconds, or in milliseconds if it
    is further away than 20,000,000,000 seconds.
    """
    moment = None
    if isinstance(value, str):
        # RFC 3339 text has a hyphen here. Digits alone are never text, although `fromisoformat` reads some as a date.
        if value[4:5] != "-" and _UNIX_TIME.fullmatch(value):
            moment = _from_unix_time(float(value) if "." in value else int(value))
        elif not value.isdecimal():
            moment = _from_text(value)
    elif _is_integer(value) or isinstance(value, float):
        moment = _from_unix_time(value)
    if moment is None:
        raise DecodeError.expected(path, "date-time", value)
    return moment


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _from_text(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        moment = dateutil_parser.isoparse(text)
    except (ValueError, OverflowError):
        return None
    offset = moment.utcoffset()
    return moment if offset is None else moment.replace(tzinfo=datetime.timezone(offset))


def _from_unix_time(number: float) -> datetime.datetime | None:
    unit, microseconds_per_unit = ("milliseconds", 1000) if abs(number) > _MAX_SECONDS else ("seconds", 1_000_000)
    try:
        whole = math.floor(number)
        microseconds = (number - whole) * microseconds_per_unit
        return _EPOCH + datetime.timedelta(**{unit: whole}, microseconds=math.floor(microseconds + 0.5))
    except (ValueError, OverflowError):  # not a finite number, or outside the years 1 to 9999
        return None
