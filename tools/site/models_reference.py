"""The Models reference: an example, parameters, response and errors of each operation, from code and `openapi.yaml`."""

import json
import re
from typing import Final

import griffe
from mistral_models import errors

from .api_reference import errors_by_status, type_text
from .markup import code, fenced, indented, link, one_of
from .operation_examples import EXAMPLE_VALUES, render_example
from .sources import Operation, operations, package

# Docstrings name one of them for mistakes of the caller, but either can be raised: for a value, or for its type.
_CALLER_ERRORS: Final = "`ValueError`, `TypeError`"
OPTIONS_HEADING: Final = "## Options of every method { #options }"
ERRORS_HEADING: Final = "## Errors of every method { #errors }"


def render() -> str:
    """Render the operations in the order of the document, then the options and errors that all of them have."""
    sections = [_section(operation) for operation in operations()]
    return "\n\n".join([*sections, OPTIONS_HEADING, _parameters_table(_options()), ERRORS_HEADING, _common_errors()])


def _section(operation: Operation) -> str:
    parts = [
        f"## {operation.name}",
        f"`{operation.method} {operation.path}`{{ .request }}",
        operation.definition["description"],
        f"<span id='{operation.name}-example'></span>",
        render_example(operation),
        _parameters(operation),
        _response(operation),
        _errors(operation),
    ]
    return "\n\n".join(parts)


def _method(operation: Operation) -> griffe.Function:
    function: griffe.Function = package()["_resource.Models"][operation.name]
    return function


def _options() -> list[griffe.Parameter]:
    """Return the parameters that all methods have."""
    first, *others = (_method(operation) for operation in operations())
    shared = set.intersection(*({parameter.name for parameter in method.parameters} for method in others))
    return [parameter for parameter in first.parameters if parameter.name in shared - {"self"}]


def _parameters(operation: Operation) -> str:
    others = {"self", *(option.name for option in _options())}
    own = [parameter for parameter in _method(operation).parameters if parameter.name not in others]
    heading = f"**Parameters**{{ #{operation.name}-parameters }}, besides the [options of every method](#options):"
    return f"{heading}\n\n{_parameters_table(own)}"


def _parameters_table(parameters: list[griffe.Parameter]) -> str:
    descriptions = {
        described.name: " ".join(described.description.split())
        for operation in operations()
        for section in _docstring_sections(_method(operation))
        if section.kind is griffe.DocstringSectionKind.parameters
        for described in section.value
    }
    rows = [
        f"| `{parameter.name}` | {type_text(parameter.annotation)}{', required' if parameter.required else ''} "
        f"| {descriptions[parameter.name]} For example: {code(json.dumps(EXAMPLE_VALUES[parameter.name]))} |"
        for parameter in parameters
    ]
    return "\n".join(["| parameter | type | meaning |", "| --- | --- | --- |", *rows])


def _docstring_sections(function: griffe.Object | griffe.Alias | None) -> list[griffe.DocstringSection]:
    return function.docstring.parse("google") if function and function.docstring else []


def _response(operation: Operation) -> str:
    success = operation.definition["responses"]["200"]
    name = str(_method(operation).annotation).strip("\"'").removeprefix("models.")
    ((example_name, example),) = success["content"]["application/json"]["examples"].items()
    title = example.get("summary", f"For example: {example_name}")
    body = json.dumps(example["value"], indent=2)
    union = package()["models"].members[name]
    variants = [] if union.is_alias or not union.is_attribute else re.findall(r"\w+", str(union.value))
    listed = f": {one_of([link('models', variant) for variant in variants])}" if variants else ""
    return (
        f"**Response**{{ #{operation.name}-response }}: {link('models', name)}{listed}. {success['description']}\n\n"
        f'??? example "{title}"\n\n{indented(fenced("json", body))}'
    )


def _statuses(operation: Operation) -> list[str]:
    return [status for status in operation.definition["responses"] if not status.startswith("2")]


def _common_statuses() -> list[str]:
    first, *others = (_statuses(operation) for operation in operations())
    return [status for status in first if all(status in statuses for statuses in others)]


def _errors(operation: Operation) -> str:
    by_status = {status: link("errors", cls.__name__) for status, cls, _ in errors_by_status()}
    own = [f"{by_status[status]} ({status})" for status in _statuses(operation) if status not in _common_statuses()]
    listed = f"{one_of(own)}, and the" if own else "The"
    return f"**Errors**{{ #{operation.name}-errors }}: {listed} [errors of every method](#errors)."


def _common_errors() -> str:
    by_status = {status: (cls.__name__, meaning) for status, cls, meaning in errors_by_status()}
    other = ("SDKError", "The service rejects the request: see [status codes](errors.md#which-error-a-status-is).")
    rows = [
        f"| {link('errors', name)} | {status} | {meaning} |"
        for status in _common_statuses()
        for name, meaning in [by_status.get(status, other)]
    ]
    for section in _docstring_sections(package()["_resource.Models"]):
        if section.kind is griffe.DocstringSectionKind.raises:
            for raised in section.value:
                name = str(raised.annotation)
                if name != "SDKError":
                    error_type = link("errors", name) if hasattr(errors, name) else _CALLER_ERRORS
                    rows.append(f"| {error_type} |  | {' '.join(raised.description.split())} |")
    return "\n".join(["| error | status code | when |", "| --- | --- | --- |", *rows])
