"""The API reference: errors, servers, the public names of a module, and types with their fields."""

import re

import griffe
from mistral_models import _settings, errors

from .markup import code, link
from .sources import package


def error_tree() -> str:
    """Render the tree at the top of `errors.py`."""
    _, _, rest = (errors.__doc__ or "").partition("\n\n")
    tree, _, _ = rest.partition("\n\n")
    return f"```text\n{tree}\n```"


def statuses() -> str:
    """Render which error a status is."""
    rows = [f"| {status} | {link('errors', cls.__name__)} | {why} |" for status, cls, why in by_status()]
    return "\n".join(["| status | error | what it says |", "| --- | --- | --- |", *rows])


def servers() -> str:
    """Render the names of servers."""
    rows = [f"| `{name}` | `{url}` |" for name, url in _settings.SERVERS.items()]
    return "\n".join(["| `server=` | address |", "| --- | --- |", *rows])


def members(module: str) -> str:
    """Render the public names of a module for mkdocstrings, and what else they are called."""
    return "\n\n".join([*(f"::: mistral_models.{module}.{name}" for name in _names(module)), *_other_names(module)])


def types() -> str:
    """Render the types of requests and answers: what mkdocstrings says, and a table of their fields."""
    parts = []
    for name in _names("models"):
        member = package()["models"].members[name]
        target = member.final_target if isinstance(member, griffe.Alias) else member
        parts.append(f"::: mistral_models.models.{name}\n    options:\n      members: false")
        if isinstance(target, griffe.Class):
            parts.append(_fields(target))
    return "\n\n".join([*parts, *_other_names("models")])


def _public(module: str) -> list[str]:
    found = package()[module]
    defined = [name for name, member in found.members.items() if not member.is_alias and not member.is_attribute]
    names = [str(name).strip("'\"") for name in found.exports or defined if not str(name).startswith("_")]
    order = {name: (not member.runtime, position) for position, (name, member) in enumerate(found.members.items())}
    return sorted(names, key=order.__getitem__)


def _names(module: str) -> list[str]:
    """List the public names of a module in its order; those that it only names for type checkers come last."""
    return [name for name in _public(module) if not _stands_for(module, name)]


def _other_names(module: str) -> list[str]:
    """Render the public names that stand for something that is shown under another."""
    return [
        f"## {name} {{ #mistral_models.{module}.{name} }}\n\nAnother name of {link(module, other)}, the vendor's."
        for name in _public(module)
        if (other := _stands_for(module, name))
    ]


def _fields(cls: griffe.Class) -> str:
    rows = []
    for field in cls.attributes.values():
        if field.is_private or field.is_special or field.annotation is None or "property" in field.labels:
            continue
        value = str(field.value) if field.value is not None else ""
        default = re.search(r"default=([^,)]+)", value) if value.startswith("_attrs_field") else None
        if value.startswith("_attrs_field"):
            empty = {"list": "[]", "dict": "{}"}
            made = re.search(r"factory=(\w+)", value)
            value = default[1] if default else empty.get(made[1], made[1]) if made else ""
        described = [base.members[field.name].docstring for base in (cls, *cls.mro()) if field.name in base.members]
        said = next((" ".join(docstring.value.split()) for docstring in described if docstring), "")
        rows.append(f"| `{field.name}` | {written(field.annotation)} | {code(value) if value else ''} | {said} |")
    return "\n".join(["| field | type | default | |", "| --- | --- | --- | --- |", *rows])


def _stands_for(module: str, name: str) -> str | None:
    """Say which other name a name stands for, if it does."""
    member = package()[module].members[name]
    other = str(member.value) if isinstance(member, griffe.Attribute) else ""
    return other if re.fullmatch(r"\w+", other) else None


def written(annotation: object) -> str:
    """Render a type."""
    text = str(annotation).strip("\"'")
    if text == "Retries":
        text = str(package()["retries.Retries"].value)
    parts = [part.strip() for part in text.split("|")]
    return code(" | ".join(part for part in parts if part != "Unset"))


def by_status() -> list[tuple[str, type[errors.SDKError], str]]:
    """List the errors that stand for one status, whose docstrings begin with it."""
    found = []
    for cls in errors.SDKError.__subclasses__():
        status, _, why = (cls.__doc__ or "").partition(": ")
        if re.fullmatch(r"\d(\d\d|XX)", status):
            text = why.partition("\n")[0]
            found.append((status, cls, f"{text[:1].upper()}{text[1:]}"))
    return sorted(found, key=lambda one: one[0])
