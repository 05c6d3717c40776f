"""Base classes of the models, and how the generated `from_dict` methods decode.

A list of 80 models holds some 2,400 values. Checking each of them in a function call would take longer than parsing
the JSON, so `from_dict` is straight-line code that calls a function only for a value of an unusual class:

- `value.__class__ is str` is the fastest type check, and true for every string that `json.loads` returns. Other values
  go to a function of `decoding`, which also accepts subclasses, converts, or raises `DecodeError`.
- `fields["name"]` is faster than `fields.get("name", default)`. An object of `_FIELD_COUNT` fields usually has exactly
  those that the document knows, and is read as it is. If the count differs, the defaults are merged in first. If it is
  equal although a field is missing, because there is an unknown one, the `KeyError` leads to the same.
- `object.__new__(cls)` and assignments bypass `__init__`, whose keyword arguments would cost as much as all checks.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import attrs

from .types import UNSET, Unset

_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


class ReprMixin:
    """Representation of a model: `repr`, a table in notebooks, a table that rich prints, a schema for pydantic."""

    __slots__: tuple[str, ...] = ()

    if TYPE_CHECKING:
        __attrs_attrs__: ClassVar[Any]

        def to_dict(self) -> Any:
            """Return the model as JSON."""

    def __repr__(self) -> str:
        """Show all fields but those that are unset, and `additional_properties` only if there are some."""
        arguments = []
        for name in (attribute.name for attribute in attrs.fields(type(self))):
            value = getattr(self, name, UNSET)
            if value is not UNSET and (value or name != "additional_properties"):
                arguments.append(f"{name}={value!r}")
        return f"{type(self).__name__}({', '.join(arguments)})"

    # The module is imported here because only notebooks and rich need it.
    def _repr_html_(self) -> str:
        """Return the table that notebooks show."""
        from .display import html_table

        return html_table(self)

    def __rich_console__(self, console: Any, options: Any) -> Any:
        """Yield the table that rich prints."""
        from .display import rich_table

        yield rich_table(self, options.max_width)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Return how pydantic validates and serializes the model."""
        from .pydantic_schema import model_schema

        return model_schema(cls, handler)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        """Return the JSON schema that pydantic and FastAPI publish."""
        json_schema = handler(schema)
        handler.resolve_ref_schema(json_schema).update(
            title=cls.__name__, description=(cls.__doc__ or "").strip(), additionalProperties=True
        )
        return json_schema


class ModelBase(ReprMixin):
    """Base class of the models that are decoded field by field.

    Fields that the document does not know are kept in `additional_properties` and can be read by name: `card["tier"]`.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        additional_properties: dict[str, Any]
        """Fields that the service sent and the document does not know."""

    _field_defaults: ClassVar[Mapping[str, Any]] = {}
    """Result of `field_defaults`. Its keys are the known fields."""
    _attribute_names: ClassVar[Mapping[str, str]] = {}
    """Attributes of the fields whose own names cannot be used in Python."""
    _not_nullable: ClassVar[Collection[str]] = ()
    """Optional fields that the document does not allow to be null: `None` stands for a field that is absent."""
    _discriminators: ClassVar[Collection[str]] = ()
    """Required fields with a constant value, by which the variants of a union differ."""

    # Without this, Python would iterate by calling `__getitem__` with 0, 1, 2 and so on.
    __iter__: ClassVar[None] = None

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Decode a JSON object; the head of this module explains how.

        Raises:
            DecodeError: A value does not fit the document; the error says which one.
        """
        raise NotImplementedError

    @classmethod
    def _unknown_fields(cls, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in fields.items() if name not in cls._field_defaults}

    def to_dict(self) -> dict[str, Any]:
        """Return the model as JSON, `additional_properties` included.

        A value that was converted when it was decoded has its documented type here: "131072" comes back as 131072, and
        a time since 1970 as text.
        """
        fields = dict(self.additional_properties)
        attribute_names, not_nullable = self._attribute_names, self._not_nullable
        for name in self._field_defaults:
            value = getattr(self, attribute_names.get(name, name))
            if value.__class__ in _SCALARS:
                if value is not None or name not in not_nullable:
                    fields[name] = value
            elif not isinstance(value, Unset):
                fields[name] = _to_json(value)
        return fields

    @property
    def additional_keys(self) -> list[str]:
        """The names of the fields in `additional_properties`."""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


def field_defaults(cls: type[ModelBase]) -> dict[str, Any]:
    """Return what `from_dict` reads for a field that is absent, for each known field by its name in JSON.

    That is its default, `None` if the default is a new list, or `UNSET` for a field that is required.
    """
    json_names = {attribute: name for name, attribute in cls._attribute_names.items()}
    defaults = {json_names.get(field.name, field.name): field.default for field in attrs.fields(cls)}
    del defaults["additional_properties"]
    return {
        name: UNSET if default is attrs.NOTHING else None if hasattr(default, "factory") else default
        for name, default in defaults.items()
    }


def _to_json(value: Any) -> Any:
    # Only models and datetimes are converted, in lists too. All else is JSON already, and can be nested deeply.
    if isinstance(value, ReprMixin):
        return value.to_dict()
    if value.__class__ is list or (isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)):
        return [item if item.__class__ in _SCALARS else _item_to_json(item) for item in value]
    return _item_to_json(value)


def _item_to_json(value: Any) -> Any:
    if isinstance(value, ReprMixin):
        return value.to_dict()
    return value.isoformat() if hasattr(value, "isoformat") else value
