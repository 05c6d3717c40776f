"""`overlay`: what `openapi.yaml` has and the handwritten client lacks, or the other way round."""

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import frozen

from tools.generate import ROOT

from .access import NAME
from .documents import Document, Node, Pointer, read
from .interface import Operation, operations
from .normal import Shapes
from .vendor import CLIENT, shown

OPTIONS: Final = ("retries", "server_url", "timeout_ms", "http_headers")
"""What every method takes besides the parameters of its operation."""
_ERRORS: Final = frozenset({"ErrorBody", "HTTPValidationError"})
_FOLDER: Final = "overlay/mistral_models"


@frozen
class Gap:
    """Something that is missing or too much, and where to mend it."""

    what: str
    where: str


@frozen
class Surface:
    """All that the client shows of its operations."""

    builders: Mapping[str, Callable[..., object]]
    methods: Mapping[str, Callable[..., object]]
    types: frozenset[str]
    readme: str
    is_served: Callable[[str, str], bool]
    """Whether the fake service knows a method and a path."""


def gaps(document: Document, surface: Surface) -> list[Gap]:
    """Hold the client against the document, both ways."""
    known = {operation.name: operation for operation in operations(document).values()}
    found = [gap for operation in known.values() for gap in _operation(operation, surface)]
    found += _surplus(known, surface)
    found += (
        Gap(f"the type {name} is not public", f"{_FOLDER}/models.py: import it and add it to __all__")
        for name in sorted(_types(known) - surface.types)
    )
    return found


def _operation(operation: Operation, surface: Surface) -> Iterator[Gap]:
    name, call = operation.name, operation.place
    expected = _parameters(operation)
    if name in surface.builders:
        yield from _signature(f"operations.{name}", surface.builders[name], expected, f"{_FOLDER}/operations.py")
        yield from _result(name, surface)
    else:
        yield Gap(f"{call} has no builder", f"{_FOLDER}/operations.py: add the function `{name}`")
    for method in (name, f"{name}_async"):
        if method in surface.methods:
            options = dict.fromkeys(OPTIONS, False)
            yield from _signature(
                f"Models.{method}", surface.methods[method], {**expected, **options}, f"{_FOLDER}/_resource.py"
            )
        else:
            yield Gap(f"{call} has no method `{method}`", f"{_FOLDER}/_resource.py: add it to the class Models")
    if not any(f"models.{name}(" in line and f"{call}`" in line for line in surface.readme.splitlines()):
        yield Gap(f"{call} is not documented", f"README.md: add a row with `mistral.models.{name}()` and `{call}`")
    if not surface.is_served(operation.method.upper(), NAME.sub("x", operation.path)):
        yield Gap(f"the fake service does not know {call}", f"{_FOLDER}/testing/_service.py: add it to `respond`")


def _parameters(operation: Operation) -> dict[str, bool]:
    """Names of parameters and of the body's properties, with whether they are required."""
    found = {parameter.name: parameter.is_required for parameter in operation.parameters().values()}
    body, shapes = operation.body(), Shapes()
    for schema in body.media.values() if body else ():
        for variant in shapes(schema).of("object"):
            found |= {name: name in variant.required for name in variant.properties}
    return found


def _signature(name: str, function: Callable[..., object], expected: dict[str, bool], where: str) -> Iterator[Gap]:
    parameters = {
        name: parameter.default is inspect.Parameter.empty
        for name, parameter in inspect.signature(function).parameters.items() if name != "self"
    }  # fmt: skip
    if missing := [one for one in expected if one not in parameters]:
        yield Gap(f"{name} lacks {', '.join(missing)}", f"{where}: add them to its parameters")
    if surplus := [one for one in parameters if one not in expected]:
        yield Gap(f"{name} takes {', '.join(surplus)}, which openapi.yaml lacks", f"{where}: take them out")
    for word, needed in (("required", True), ("optional", False)):
        if wrong := [one for one, is_needed in parameters.items() if expected.get(one) is needed is not is_needed]:
            yield Gap(f"{name}: {', '.join(wrong)} must be {word}, as in openapi.yaml", f"{where}: mend the default")


def _result(name: str, surface: Surface) -> Iterator[Gap]:
    annotation = str(inspect.signature(surface.builders[name]).return_annotation)
    for type_ in re.findall(r"\bmodels\.(\w+)", annotation):
        if type_ not in surface.types:
            what = f"operations.{name} returns {type_}, which is not public"
            yield Gap(what, f"{_FOLDER}/models.py: add it to __all__")


def _surplus(known: Mapping[str, Operation], surface: Surface) -> Iterator[Gap]:
    for name in sorted(surface.builders.keys() - known.keys()):
        yield Gap(f"operations.{name} is no operation of openapi.yaml", f"{_FOLDER}/operations.py: take it out")
    for name in surface.methods:
        if name.removesuffix("_async") not in known:
            yield Gap(f"Models.{name} is no operation of openapi.yaml", f"{_FOLDER}/_resource.py: take it out")


def _types(known: Mapping[str, Operation]) -> set[str]:
    """Schemas with a name that successes and requests lead to; unions have none of their own in the generated code."""
    found: dict[Pointer, Node] = {}
    for operation in known.values():
        bodies = [operation.body(), *(body for status, body in operation.answers().items() if status.startswith("2"))]
        for body in bodies:
            for schema in body.media.values() if body else ():
                for node in schema:
                    _reach(node, found)
    named = {at[2]: node for at, node in found.items() if len(at) == 3 and at[:2] == ("components", "schemas")}
    return {name for name, node in named.items() if not {"anyOf", "oneOf"} & node.mapping().keys()} - _ERRORS


def _reach(node: Node, found: dict[Pointer, Node]) -> None:
    if (target := node.reference()) is not None and target.pointer not in found:
        found[target.pointer] = target
        _reach(target, found)
    if isinstance(node.value, dict):
        for name, child in node.fields():
            if name not in {"default", "enum", "example", "examples"}:
                _reach(child, found)
    elif isinstance(node.value, list):
        for child in node.items():
            _reach(child, found)


def surface() -> Surface:
    """Look at the client as it is."""
    from mistral_models import _resource, models, operations
    from mistral_models.testing import FakeMistral, Request

    def is_served(method: str, path: str) -> bool:
        # Without a key: a path that the fake knows is answered by 401.
        return FakeMistral().handle(Request(method, path, {})).status not in {404, 405}

    builders = inspect.getmembers(operations, inspect.isfunction)
    return Surface(
        {name: function for name, function in builders if _is_builder(name, function)},
        {name: method for name, method in inspect.getmembers(_resource.Models, inspect.isfunction) if name[0] != "_"},
        frozenset(models.__all__),
        (ROOT / "README.md").read_text(encoding="utf-8"),
        is_served,
    )


def _is_builder(name: str, function: Callable[..., object]) -> bool:
    return name[0] != "_" and "Operation[" in str(inspect.signature(function).return_annotation)


def main() -> int:
    """Print what is missing and where to add it."""
    found = gaps(read(shown(CLIENT)), surface())
    for gap in found:
        print(f"{gap.what}\n    {gap.where}")
    if found:
        print(f"\n{len(found)} gaps between openapi.yaml and the overlay.", file=sys.stderr)
    return int(bool(found))
