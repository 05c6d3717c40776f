"""The Models reference: example, parameters, response and errors of each operation, from code and contract."""

import json
import re
from typing import Final

import griffe
from mistral_models import errors

from .api_reference import errors_by_status, type_text
from .markup import code, fenced, indented, link, one_of
from .operation_examples import EXAMPLE_VALUES, render_example
from .sources import Operation, operations, package, resolved

# Docstrings name one of them for mistakes of the caller, but either can be raised: for a value, or for its type.
_CALLER_ERRORS: Final = "`ValueError`, `TypeError`"


def render() -> str:
    """Render the operations in the order of the contract."""
    return "\n\n".join(_section(operation) for operation in operations())


def _section(operation: Operation) -> str:
    function = package()["_resource.Models"][operation.name]
    parts = [
        f"## {operation.name}",
        f"`{operation.method} {operation.path}`{{ .request }}",
        operation.definition["description"],
        f"### Example {{ #{operation.name}-example }}",
        render_example(operation),
        f"### Parameters {{ #{operation.name}-parameters }}",
        _parameters(function),
        f"### Response {{ #{operation.name}-response }}",
        _response(operation, function),
        f"### Errors {{ #{operation.name}-errors }}",
        _errors(operation, function),
    ]
    return "\n\n".join(parts)


def _parameters(function: griffe.Function) -> str:
    descriptions = {
        parameter.name: " ".join(parameter.description.split())
        for section in _docstring_sections(function)
        if section.kind is griffe.DocstringSectionKind.parameters
        for parameter in section.value
    }
    rows = [
        f"| `{parameter.name}` | {type_text(parameter.annotation)} | {'yes' if parameter.required else 'no'} "
        f"| {descriptions[parameter.name]} | {code(json.dumps(EXAMPLE_VALUES[parameter.name]))} |"
        for parameter in function.parameters
        if parameter.name != "self"
    ]
    head = ["| parameter | type | required | description | example |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *rows])


def _docstring_sections(function: griffe.Object | griffe.Alias | None) -> list[griffe.DocstringSection]:
    return function.docstring.parse("google") if function and function.docstring else []


def _response(operation: Operation, function: griffe.Function) -> str:
    success = operation.definition["responses"]["200"]
    name = str(function.annotation).strip("\"'").removeprefix("models.")
    ((example_name, example),) = success["content"]["application/json"]["examples"].items()
    title = example.get("summary", f"For example: {example_name}")
    body = json.dumps(example["value"], indent=2)
    union = package()["models"].members[name]
    variants = [] if union.is_alias or not union.is_attribute else re.findall(r"\w+", str(union.value))
    listed = f": {one_of([link('models', variant) for variant in variants])}" if variants else ""
    return (
        f"{link('models', name)}{listed}. {success['description']}\n\n"
        f'??? example "{title}"\n\n{indented(fenced("json", body))}'
    )


def _errors(operation: Operation, function: griffe.Function) -> str:
    by_status = {status: (cls.__name__, meaning) for status, cls, meaning in errors_by_status()}
    # The anchor is a heading of docs/errors.md.
    other = (
        "SDKError",
        "The service rejects the request; [which error a status is](errors.md#which-error-a-status-is).",
    )
    rows = []
    for status, response in operation.definition["responses"].items():
        if not status.startswith("2"):
            name, meaning = by_status.get(status, other)
            rows.append((link("errors", name), status, ", ".join(resolved(response)["content"]), meaning))
    for section in _docstring_sections(function.parent):  # all methods raise the same
        if section.kind is griffe.DocstringSectionKind.raises:
            for raised in section.value:
                name = str(raised.annotation)
                if name != "SDKError":
                    error_type = link("errors", name) if hasattr(errors, name) else _CALLER_ERRORS
                    rows.append((error_type, "", "", " ".join(raised.description.split())))
    head = ["| error type | status code | content type | when |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows)])
