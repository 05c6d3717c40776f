"""How pydantic validates, serializes and documents the models. This is imported only when pydantic asks for it.

`from_dict` validates and `to_dict` serializes, as everywhere else. The schema of the fields, which pydantic derives
from their types, serves as JSON schema only.
"""

import functools
import operator
import re
import types
import typing
from collections.abc import Mapping
from typing import Any, Final

import attrs
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError, core_schema

from .errors import DecodeError
from .types import UNSET, Unset

_INTERNAL_FIELDS: Final = frozenset({"additional_properties", "raw", "reason"})
"""Attributes that are no fields of the JSON."""


def model_schema(cls: type[Any], handler: Any) -> core_schema.CoreSchema:
    """Return the schema of a class that has `from_dict` and `to_dict`."""

    def validate(value: Any, _: Any) -> Any:
        if isinstance(value, cls):
            return value
        try:
            decoded = cls.from_dict(value)
            _check_discriminators(cls, value)
        except DecodeError as error:
            raise _validation_error(error, cls.__name__, value) from None
        return decoded

    validate.__name__ = validate.__qualname__ = cls.__name__  # part of pydantic's messages
    options: Any = {
        "ref": f"{cls.__module__}.{cls.__qualname__}:{id(cls)}",
        "serialization": core_schema.plain_serializer_function_ser_schema(_serialize),
    }
    fields = _fields_schema(cls, handler)
    if not getattr(cls, "is_unknown", False):
        return core_schema.no_info_wrap_validator_function(validate, fields, **options)
    # In a union, pydantic prefers what is valid in strict mode: any other class that fits.
    lax = core_schema.no_info_wrap_validator_function(validate, fields)
    return core_schema.lax_or_strict_schema(lax, core_schema.is_instance_schema(cls), **options)


def _check_discriminators(cls: type[Any], value: Any) -> None:
    """Reject an object without its discriminator, which `from_dict` accepts: in a union it is of an unknown type."""
    for name in getattr(cls, "_discriminators", ()):
        if name not in value:
            raise DecodeError.expected(name, f'"{getattr(attrs.fields(cls), name).default}"', UNSET)


def _serialize(value: Any) -> Any:
    return value.to_dict() if hasattr(value, "to_dict") else value


def _fields_schema(cls: type[Any], handler: Any) -> core_schema.CoreSchema:
    json_names = {attribute: name for name, attribute in getattr(cls, "_attribute_names", {}).items()}
    hints = typing.get_type_hints(cls)
    fields: dict[str, core_schema.TypedDictField] = {}
    for field in attrs.fields(cls):
        if field.name in _INTERNAL_FIELDS:
            continue
        name = json_names.get(field.name, field.name)
        required = field.default is attrs.NOTHING or name in getattr(cls, "_discriminators", ())
        schema = handler.generate_schema(_without_unset(hints[field.name]))
        if hasattr(field.default, "factory"):
            schema = core_schema.with_default_schema(schema, default_factory=field.default.factory)
        elif not required and not isinstance(field.default, Unset):
            schema = core_schema.with_default_schema(schema, default=field.default)
        fields[name] = core_schema.typed_dict_field(schema, required=required)
    return core_schema.typed_dict_schema(fields)


def _without_unset(hint: Any) -> Any:
    """Leave `Unset` out of a union: an absent field is not a value."""
    if not isinstance(hint, types.UnionType):
        return hint
    return functools.reduce(operator.or_, (member for member in typing.get_args(hint) if member is not Unset))


def _validation_error(error: DecodeError, title: str, value: Any) -> ValidationError:
    """Convert an error, with its path as the location."""
    location = tuple(int(index) if index else name for index, name in re.findall(r"\[(\d+)\]|([^.\[\]]+)", error.path))
    for part in location:
        if not isinstance(value, Mapping | list) or (isinstance(value, Mapping) and part not in value):
            break
        value = value[part]
    problem = PydanticCustomError("decode_error", "{problem}", {"problem": error.problem})
    return ValidationError.from_exception_data(title, [InitErrorDetails(type=problem, loc=location, input=value)])
