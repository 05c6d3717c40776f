"""Contains some shared types for properties"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Literal, NamedTuple, Self, TypeVar

if TYPE_CHECKING:
    import httpx


class Unset:
    """The type of UNSET"""

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
        return cls(response.status_code, response.content, response.headers, parsed)


class Shown:
    """How models show themselves"""

    __slots__: tuple[str, ...] = ()

    if TYPE_CHECKING:

        def to_dict(self) -> Any: ...

    def __repr__(self) -> str:
        """Its fields, without those that hold nothing but a placeholder"""
        shown = []
        for name in _names(self):
            value = getattr(self, name, UNSET)
            if value is not UNSET and (value or name != "additional_properties"):
                shown.append(f"{name}={value!r}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def _repr_html_(self) -> str:
        """What notebooks show: the first column, of ids or of names, in one piece"""
        from html import escape

        heading, rows = _table(self)
        head = "".join(f"<th>{escape(name)}</th>" for name in heading)
        body = "".join(
            f'<tr><td style="white-space: nowrap">{"</td><td>".join(map(escape, row))}</td></tr>' for row in rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def __rich__(self) -> Any:
        """What rich prints"""
        from rich.table import Column, Table
        from rich.text import Text

        heading, rows = _table(self)
        made = Table(*(Column(name, overflow="fold") for name in heading), box=None, header_style="dim")
        for row in rows:
            made.add_row(*map(Text, row))
        return made


class Open(Shown):
    """An object that may have fields which the document does not know: they are kept, and can be had by their names

    Each model has attributes, `additional_properties`, and straight-line code that decodes.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        additional_properties: dict[str, Any]
        """ What the service sent that the document does not know. """

    _left_out: ClassVar[Mapping[str, Any]] = {}
    """ What `left_out` says. """
    _attributes: ClassVar[Mapping[str, str]] = {}
    """ The attributes of fields for whose names Python has another use. """
    _never_null: ClassVar[Collection[str]] = ()
    """ Fields that the document does not let be null: None is one that was left out. """

    # Not by way of __getitem__, which would be asked for 0, 1, 2 ...
    __iter__: ClassVar[None] = None

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Decode; DecodeError says what is not as the document has it, and where"""
        raise NotImplementedError

    @classmethod
    def _unknown(cls, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in fields.items() if name not in cls._left_out}

    def to_dict(self) -> dict[str, Any]:
        """Back to JSON, with what was in additional_properties"""
        fields = dict(self.additional_properties)
        attributes, never_null = self._attributes, self._never_null
        for name in self._left_out:
            value = getattr(self, attributes[name] if name in attributes else name)
            if value.__class__ in _SCALARS:
                if value is not None or name not in never_null:
                    fields[name] = value
            elif not isinstance(value, Unset):
                fields[name] = _plain(value)
        return fields

    @property
    def additional_keys(self) -> list[str]:
        """The names of the fields in additional_properties"""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


def left_out(cls: Any) -> dict[str, Any]:
    """The fields that the document knows, each with what stands for one that was left out, by a model's attributes"""
    from attrs import NOTHING

    names = {attribute: name for name, attribute in cls._attributes.items()}
    known = {names.get(each.name, each.name): each.default for each in cls.__attrs_attrs__}
    del known["additional_properties"]
    return {
        name: UNSET if default is NOTHING else None if hasattr(default, "factory") else default
        for name, default in known.items()
    }


def _names(model: Any) -> list[str]:
    """Its attributes, as they are declared"""
    return [attribute.name for attribute in model.__attrs_attrs__]


_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def _plain(value: Any) -> Any:
    """JSON of an attribute; what the document leaves open is JSON already, and may be deep"""
    if isinstance(value, Shown):
        return value.to_dict()
    if value.__class__ is list or isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return [item if item.__class__ in _SCALARS else _item(item) for item in value]
    return _item(value)


def _item(value: Any) -> Any:
    if isinstance(value, Shown):
        return value.to_dict()
    return value.isoformat() if hasattr(value, "isoformat") else value


def _table(model: Any) -> tuple[tuple[str, ...], list[list[str]]]:
    """A heading and rows: the columns that x-table names, one row an item; for other models one row a field"""
    if hasattr(model, "x_table"):
        rows, *columns = model.x_table
        return tuple(columns), [[_cell(getattr(item, name, None)) for name in columns] for item in getattr(model, rows)]
    fields = {name: getattr(model, name, UNSET) for name in _names(model)}
    return ("field", "value"), [[name, _cell(value)] for name, value in fields.items() if _cell(value)]


def _cell(value: Any) -> str:
    if value is None or isinstance(value, Unset):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat(" ", "minutes"))
    if hasattr(value, "__attrs_attrs__"):
        fields: dict[str, Any] = {name: getattr(value, name, None) for name in _names(value)}
        fields |= fields.pop("additional_properties", {})
        held = {name: inside for name, inside in fields.items() if inside}
        return _printable(", ".join(held) if all(inside is True for inside in held.values()) else repr(value))
    return _printable(str(value)) if value != {} else ""


def _printable(text: str) -> str:
    """What would steer a terminal is spelt out"""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


__all__ = ["UNSET", "Response", "Unset"]
