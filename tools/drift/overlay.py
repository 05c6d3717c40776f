"""`overlay`: find what only `openapi.yaml` has or only the handwritten client has.

Only the sync methods are compared: `tests/overlay/test_parity.py` checks that the async ones are like them.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import frozen

from tools.generate import ROOT

from .documents import Document, Node, Pointer, read
from .normalize import Shapes
from .operations import Operation, read_operations
from .output import write, write_message
from .security import PLACEHOLDER
from .variants import Schema
from .vendor import CLIENT_DOCUMENT, relative

OPTIONS: Final = ("retries", "server_url", "timeout_ms", "http_headers")
"""The parameters of every method in addition to those of its operation."""
_ERROR_TYPES: Final = frozenset({"ErrorBody", "HTTPValidationError"})
_FOLDER: Final = "overlay/mistral_models"
_BUILDERS: Final = f"{_FOLDER}/operations.py"
_METHODS: Final = f"{_FOLDER}/_resource.py"
_TYPES: Final = f"{_FOLDER}/models.py"


@frozen
class Gap:
    """Something that the client lacks or should not have."""

    problem: str
    solution: str
    """The file to change, and how."""


@frozen
class Surface:
    """The client's public surface, as far as it depends on the operations."""

    builders: Mapping[str, Callable[..., object]]
    methods: Mapping[str, Callable[..., object]]
    types: frozenset[str]
    readme: str
    is_served: Callable[[str, str], bool]
    """Whether the fake service knows a method and a path."""


def find_gaps(document: Document, surface: Surface) -> list[Gap]:
    """Compare the client with the document, both ways."""
    operations = {operation.name: operation for operation in read_operations(document).values()}
    gaps = [gap for operation in operations.values() for gap in _operation(operation, surface)]
    gaps += _surplus(operations, surface)
    gaps += (
        Gap(f"the type {name} is not public", f"{_TYPES}: import it and add it to __all__")
        for name in sorted(_type_names(operations) - surface.types)
    )
    return gaps


def _operation(operation: Operation, surface: Surface) -> Iterator[Gap]:
    name, place = operation.name, operation.place
    expected = _parameters(operation)
    if name in surface.builders:
        yield from _signature(f"operations.{name}", surface.builders[name], expected, _BUILDERS)
        yield from _result_type(name, surface)
    else:
        yield Gap(f"{place} has no builder", f"{_BUILDERS}: add the function `{name}`")
    if name in surface.methods:
        options = dict.fromkeys(OPTIONS, False)
        yield from _signature(f"Models.{name}", surface.methods[name], {**expected, **options}, _METHODS)
    else:
        yield Gap(f"{place} has no method", f"{_METHODS}: add `{name}` and `{name}_async` to the class Models")
    if not any(f"models.{name}(" in line and f"{place}`" in line for line in surface.readme.splitlines()):
        yield Gap(f"{place} is not documented", f"README.md: add a row with `mistral.models.{name}()` and `{place}`")
    if not surface.is_served(operation.method.upper(), PLACEHOLDER.sub("x", operation.path)):
        solution = f"{_FOLDER}/testing: add a route to _messages.py and a handler to _service.py"
        yield Gap(f"the fake service does not know {place}", solution)


def _parameters(operation: Operation) -> dict[str, bool]:
    """Return the names of parameters and of the body's properties, and whether each is required."""
    names = {parameter.name: parameter.is_required for parameter in operation.parameters().values()}
    body, shapes = operation.request_body(), Shapes()
    for schema in body.media.values() if body else ():
        for variant in shapes(schema).of_kind("object"):
            names |= {name: name in variant.required for name in variant.properties}
    return names


def _signature(name: str, function: Callable[..., object], expected: dict[str, bool], file: str) -> Iterator[Gap]:
    parameters = inspect.signature(function).parameters.values()
    actual = {each.name: each.default is inspect.Parameter.empty for each in parameters if each.name != "self"}
    if missing := [parameter for parameter in expected if parameter not in actual]:
        yield Gap(f"{name} lacks {', '.join(missing)}", f"{file}: add the parameter")
    if surplus := [parameter for parameter in actual if parameter not in expected]:
        yield Gap(f"{name} takes {', '.join(surplus)}, which openapi.yaml lacks", f"{file}: remove the parameter")
    for necessity, is_required in (("required", True), ("optional", False)):
        if wrong := [
            parameter
            for parameter in actual
            if expected.get(parameter) is is_required and actual[parameter] is not is_required
        ]:
            problem = f"{name}: {', '.join(wrong)} must be {necessity}, as in openapi.yaml"
            yield Gap(problem, f"{file}: {'remove the default' if is_required else 'add a default'}")


def _result_type(name: str, surface: Surface) -> Iterator[Gap]:
    annotation = str(inspect.signature(surface.builders[name]).return_annotation)
    for type_name in re.findall(r"\bmodels\.(\w+)", annotation):
        if type_name not in surface.types:
            yield Gap(f"operations.{name} returns {type_name}, which is not public", f"{_TYPES}: add it to __all__")


def _surplus(operations: Mapping[str, Operation], surface: Surface) -> Iterator[Gap]:
    for name in sorted(surface.builders.keys() - operations.keys()):
        yield Gap(f"operations.{name} is not an operation of openapi.yaml", f"{_BUILDERS}: remove it")
    for name in surface.methods:
        if name not in operations:
            yield Gap(f"Models.{name} is not an operation of openapi.yaml", f"{_METHODS}: remove it and `{name}_async`")


def _type_names(operations: Mapping[str, Operation]) -> set[str]:
    """Return the named schemas that requests and successful responses use, except unions.

    The generated code has no class for a union.
    """
    found: dict[Pointer, Node] = {}
    for schema in _schemas(operations):
        for node in schema:
            _collect_references(node, found)
    named = {
        pointer[2]: node
        for pointer, node in found.items()
        if len(pointer) == 3 and pointer[:2] == ("components", "schemas")
    }
    return {name for name, node in named.items() if not {"anyOf", "oneOf"} & node.mapping().keys()} - _ERROR_TYPES


def _schemas(operations: Mapping[str, Operation]) -> Iterator[Schema]:
    for operation in operations.values():
        successes = (body for status, body in operation.responses().items() if status.startswith("2"))
        for body in (operation.request_body(), *successes):
            if body:
                yield from body.media.values()


def _collect_references(node: Node, found: dict[Pointer, Node]) -> None:
    if (target := node.reference()) is not None and target.pointer not in found:
        found[target.pointer] = target
        _collect_references(target, found)
    if isinstance(node.value, dict):
        for name, child in node.members():
            if name not in {"default", "enum", "example", "examples"}:
                _collect_references(child, found)
    elif isinstance(node.value, list):
        for child in node.items():
            _collect_references(child, found)


def current_surface() -> Surface:
    """Inspect the client as it is."""
    from mistral_models import _resource, models, operations
    from mistral_models.testing import FakeMistral, Request

    def is_served(method: str, path: str) -> bool:
        # Without a key, the fake responds with 401 to every path that it knows.
        return FakeMistral().handle(Request(method, path, {})).status not in {404, 405}

    functions = inspect.getmembers(operations, inspect.isfunction)
    methods = inspect.getmembers(_resource.Models, inspect.isfunction)
    return Surface(
        {name: function for name, function in functions if _is_builder(name, function)},
        {name: method for name, method in methods if not name.startswith("_") and not name.endswith("_async")},
        frozenset(models.__all__),
        (ROOT / "README.md").read_text(encoding="utf-8"),
        is_served,
    )


def _is_builder(name: str, function: Callable[..., object]) -> bool:
    return not name.startswith("_") and "Operation[" in str(inspect.signature(function).return_annotation)


def main() -> int:
    """Print what is missing and where to add it.

    Returns:
        1 if something is missing, else 0.

    Raises:
        OutputError: The result cannot be written.
    """
    gaps = find_gaps(read(relative(CLIENT_DOCUMENT)), current_surface())
    if not gaps:
        return 0
    write("".join(f"{gap.problem}\n    {gap.solution}\n" for gap in gaps))
    write_message(f"\n{len(gaps)} gaps between openapi.yaml and the overlay.")
    return 1
