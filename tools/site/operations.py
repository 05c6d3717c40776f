"""The Models reference, from code and contract: each operation with example, parameters, response and errors."""

import json
import re
from typing import Final

import griffe
from mistral_models import errors

from .interface import by_status, written
from .markup import code, fenced, indented, link, one_of
from .runs import VALUES, example
from .sources import Operation, described, package, resolved

# What the caller does wrong is one or the other: a value, or its type.
_MISTAKES: Final = "`ValueError`, `TypeError`"


def operations() -> str:
    """Render the six operations in the order of the contract."""
    return "\n\n".join(_section(operation) for operation in described())


def _section(operation: Operation) -> str:
    function = package()["resource.Models"][operation.name]
    parts = [
        f"## {operation.name}",
        f"`{operation.method} {operation.path}`{{ .request }}",
        operation.said["description"],
        f"### Example {{ #{operation.name}-example }}",
        example(operation),
        f"### Parameters {{ #{operation.name}-parameters }}",
        _parameters(function),
        f"### Response {{ #{operation.name}-response }}",
        _response(operation, function),
        f"### Errors {{ #{operation.name}-errors }}",
        _errors(operation, function),
    ]
    return "\n\n".join(parts)


def _parameters(function: griffe.Function) -> str:
    texts = {
        parameter.name: " ".join(parameter.description.split())
        for section in _said(function)
        if section.kind is griffe.DocstringSectionKind.parameters
        for parameter in section.value
    }
    rows = [
        f"| `{parameter.name}` | {written(parameter.annotation)} | {'yes' if parameter.required else 'no'} "
        f"| {texts[parameter.name]} | {code(json.dumps(VALUES[parameter.name]))} |"
        for parameter in function.parameters
        if parameter.name != "self"
    ]
    head = ["| parameter | type | required | description | example |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *rows])


def _said(function: griffe.Function) -> list[griffe.DocstringSection]:
    return function.docstring.parse("google") if function.docstring else []


def _response(operation: Operation, function: griffe.Function) -> str:
    success = operation.said["responses"]["200"]
    name = str(function.annotation).strip("\"'").removeprefix("models.")
    ((example, shown),) = success["content"]["application/json"]["examples"].items()
    title = shown.get("summary", f"Such as: {example}")
    answer = json.dumps(shown["value"], indent=2)
    union = package()["models"].members[name]
    kinds = [] if union.is_alias or not union.is_attribute else re.findall(r"\w+", str(union.value))
    kind = f": {one_of([link('models', kind) for kind in kinds])}" if kinds else ""
    return (
        f"{link('models', name)}{kind}. {success['description']}\n\n"
        f'??? example "{title}"\n\n{indented(fenced("json", answer))}'
    )


def _errors(operation: Operation, function: griffe.Function) -> str:
    named = {status: (cls.__name__, why) for status, cls, why in by_status()}
    refused = ("SDKError", "The service refuses; [which error a status is](errors.md#which-error-a-status-is).")
    rows = []
    for status, response in operation.said["responses"].items():
        if not status.startswith("2"):
            name, why = named.get(status, refused)
            rows.append((link("errors", name), status, ", ".join(resolved(response)["content"]), why))
    for section in _said(function):
        if section.kind is griffe.DocstringSectionKind.raises:
            for raised in section.value:
                name = str(raised.annotation)
                if name != "SDKError":
                    shown = link("errors", name) if hasattr(errors, name) else _MISTAKES
                    rows.append((shown, "", "", " ".join(raised.description.split())))
    head = ["| error type | status code | content type | when |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows)])
