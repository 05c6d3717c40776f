"""Parts of the API reference: errors, servers, the public names of a module, and the fields of types."""

import re

import griffe
from mistral_models import _server_urls, errors

from .markup import code, link
from .sources import package


def error_tree() -> str:
    """Render the class tree from the docstring of `errors.py`."""
    _, _, rest = (errors.__doc__ or "").partition("\n\n")
    tree, _, _ = rest.partition("\n\n")
    return f"```text\n{tree}\n```"


def statuses() -> str:
    """Render the table of status codes and errors."""
    rows = [f"| {status} | {link('errors', cls.__name__)} | {meaning} |" for status, cls, meaning in errors_by_status()]
    return "\n".join(["| status | error | meaning |", "| --- | --- | --- |", *rows])


def servers() -> str:
    """Render the table of servers."""
    rows = [f"| `{name}` | `{url}` |" for name, url in _server_urls.SERVERS.items()]
    return "\n".join(["| `server=` | URL |", "| --- | --- |", *rows])


def members(module: str) -> str:
    """Render the public names of a module for mkdocstrings, and the aliases of some of them."""
    return "\n\n".join([*(f"::: mistral_models.{module}.{name}" for name in _names(module)), *_aliases(module)])


def types() -> str:
    """Render the types of requests and responses for mkdocstrings, each with a table of its fields."""
    parts = []
    for name in _names("models"):
        member = package()["models"].members[name]
        target = member.final_target if isinstance(member, griffe.Alias) else member
        parts.append(f"::: mistral_models.models.{name}\n    options:\n      members: false")
        if isinstance(target, griffe.Class):
            parts.append(_fields(target))
    return "\n\n".join([*parts, *_aliases("models")])


def _public_names(module: str) -> list[str]:
    loaded = package()[module]
    defined = [name for name, member in loaded.members.items() if not member.is_alias and not member.is_attribute]
    names = [str(name).strip("'\"") for name in loaded.exports or defined if not str(name).startswith("_")]
    order = {name: (not member.runtime, position) for position, (name, member) in enumerate(loaded.members.items())}
    return sorted(names, key=order.__getitem__)


def _names(module: str) -> list[str]:
    """Return the public names of a module in its order, without aliases; names for type checkers only come last."""
    return [name for name in _public_names(module) if not _alias_target(module, name)]


def _aliases(module: str) -> list[str]:
    """Render the public names that are aliases of others."""
    return [
        f"## {name} {{ #mistral_models.{module}.{name} }}\n\nAn alias of {link(module, target)}: the vendor's name."
        for name in _public_names(module)
        if (target := _alias_target(module, name))
    ]


def _alias_target(module: str, name: str) -> str | None:
    """Return the name that an alias stands for; None if it is no alias."""
    member = package()[module].members[name]
    value = str(member.value) if isinstance(member, griffe.Attribute) else ""
    return value if re.fullmatch(r"\w+", value) else None


def _fields(cls: griffe.Class) -> str:
    rows = [
        f"| `{field.name}` | {_declaration(field)} | {_description(field, cls)} |"
        for field in cls.attributes.values()
        if _is_field(field)
    ]
    return "\n".join(["| field | type and default | meaning |", "| --- | --- | --- |", *rows])


def _is_field(field: griffe.Attribute) -> bool:
    is_extension = field.name.startswith("x_")  # of the OpenAPI document: tells notebooks which columns to show
    is_internal = field.is_private or field.is_special or is_extension
    return not is_internal and field.annotation is not None and "property" not in field.labels


def _declaration(field: griffe.Attribute) -> str:
    return code(" = ".join(filter(None, [_type(field.annotation), _default(field)])))


def _default(field: griffe.Attribute) -> str:
    value = str(field.value) if field.value is not None else ""
    if value.startswith("_attrs_field"):
        default, factory = re.search(r"default=([^,)]+)", value), re.search(r"factory=(\w+)", value)
        empty = {"list": "[]", "dict": "{}"}
        value = default[1] if default else empty.get(factory[1], factory[1]) if factory else ""
    return value


def _description(field: griffe.Attribute, cls: griffe.Class) -> str:
    """Return the docstring of a field, which a base class may have."""
    docstrings = (base.members[field.name].docstring for base in (cls, *cls.mro()) if field.name in base.members)
    return next((" ".join(docstring.value.split()) for docstring in docstrings if docstring), "")


def type_text(annotation: object) -> str:
    """Render a type."""
    return code(_type(annotation))


def _type(annotation: object) -> str:
    text = str(annotation).strip("\"'")
    if text == "Retries":
        text = str(package()["_retries.Retries"].value)
    parts = [part.strip() for part in text.split("|")]
    return " | ".join(part for part in parts if part != "Unset")


def errors_by_status() -> list[tuple[str, type[errors.SDKError], str]]:
    """Return the errors for a single status, whose docstrings start with it, sorted by status."""
    found = []
    for cls in errors.SDKError.__subclasses__():
        status, _, rest = (cls.__doc__ or "").partition(": ")
        if re.fullmatch(r"\d(\d\d|XX)", status):
            meaning = rest.partition("\n")[0]
            found.append((status, cls, f"{meaning[:1].upper()}{meaning[1:]}"))
    return sorted(found, key=lambda row: row[0])
