"""The Models reference, from the code and `openapi.yaml`; its examples run against the fake service on the way."""

import contextlib
import functools
import html
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest import mock

import griffe
import yaml
from mistral_models import errors, settings
from mistral_models.testing import FakeMistral, catalogue

ROOT: Final = Path(__file__).resolve().parents[2]
_TUNED: Final = {model["name"]: model["id"] for model in catalogue() if model["type"] == "fine-tuned"}
_TRIAGE: Final = _TUNED["support-triage"]

# What the examples do inside `with Mistral() as mistral:`; their names are those of the contract's operations.
EXAMPLES: Final = {
    "list": "for card in mistral.models.list().data:\n    print(card.id, card.type)",
    "retrieve": f'card = mistral.models.retrieve(model_id="{_TRIAGE}")\nprint(card)',
    "delete": f'gone = mistral.models.delete(model_id="{_TUNED["old-experiment"]}")\nprint(gone)',
    "update": f'model = mistral.models.update(\n    model_id="{_TRIAGE}",\n    name="triage-v2",\n'
    "    description=None,\n)\nprint(model)",
    "archive": f'answer = mistral.models.archive(model_id="{_TRIAGE}")\nprint(answer)',
    "unarchive": f'answer = mistral.models.unarchive(model_id="{_TUNED["old-experiment"]}")\nprint(answer)',
}
_EXAMPLE_VALUES: Final = {
    "provider": "mistralai",
    "model": "mistral-small-2506",
    "model_id": _TRIAGE,
    "name": "triage-v2",
    "description": "Routes incoming mail.",
    "retries": 5,
    "server_url": "https://api.eu.mistral.ai",
    "timeout_ms": 5000,
    "http_headers": {"x-trace": "42"},
}


class _Operation(NamedTuple):
    name: str
    method: str
    path: str
    said: dict[str, Any]


def operations() -> str:
    """Render the six operations in the order of the contract."""
    return "\n\n".join(_section(operation) for operation in _operations())


def error_tree() -> str:
    """Render the tree at the top of `errors.py`."""
    _, _, rest = (errors.__doc__ or "").partition("\n\n")
    tree, _, _ = rest.partition("\n\n")
    return f"```text\n{tree}\n```"


def statuses() -> str:
    """Render which error a status is."""
    rows = [f"| {status} | {_link('errors', cls.__name__)} | {why} |" for status, cls, why in _by_status()]
    return "\n".join(["| status | error | what it says |", "| --- | --- | --- |", *rows])


def servers() -> str:
    """Render the names of servers."""
    rows = [f"| `{name}` | `{url}` |" for name, url in settings.SERVERS.items()]
    return "\n".join(["| `server=` | address |", "| --- | --- |", *rows])


def members(module: str) -> str:
    """Render the public names of a module, in its order, for mkdocstrings."""
    found = _package()[module]
    defined = [name for name, member in found.members.items() if not member.is_alias and not member.is_attribute]
    names = [str(name).strip("'\"") for name in found.exports or defined if not str(name).startswith("_")]
    order = {name: position for position, name in enumerate(found.members)}
    shown = sorted(
        (name for name in names if not _is_other_name(found, name)), key=lambda name: order.get(name, len(order))
    )
    return "\n\n".join(f"::: mistral_models.{module}.{name}" for name in shown)


def types() -> str:
    """Render the types of requests and answers: what mkdocstrings says, and a table of their fields."""
    parts = []
    for directive in members("models").split("\n\n"):
        member = _package()["models"].members[directive.rpartition(".")[2]]
        target = member.final_target if isinstance(member, griffe.Alias) else member
        parts.append(f"{directive}\n    options:\n      members: false")
        if isinstance(target, griffe.Class):
            parts.append(_fields(target))
    return "\n\n".join(parts)


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
        said = " ".join(field.docstring.value.split()) if field.docstring else ""
        rows.append(f"| `{field.name}` | {_type(field.annotation)} | {_code(value) if value else ''} | {said} |")
    return "\n".join(["| field | type | default | |", "| --- | --- | --- | --- |", *rows])


def _is_other_name(module: griffe.Object | griffe.Alias, name: str) -> bool:
    """Whether a name stands for something that is shown under another."""
    member = module.members.get(name)
    if member is None:
        return True
    return isinstance(member, griffe.Attribute) and bool(re.fullmatch(r"\w+", str(member.value)))


@functools.cache
def _package() -> griffe.Object | griffe.Alias:
    loader = griffe.GriffeLoader(search_paths=[ROOT / "overlay", ROOT / "generated"], allow_inspection=False)
    loader.load("mistral_models_raw")
    found = loader.load("mistral_models")
    loader.resolve_aliases()
    return found


@functools.cache
def contract() -> dict[str, Any]:
    """Read `openapi.yaml`."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    return read


def forget() -> None:
    """Read code and contract anew when they are needed next."""
    _package.cache_clear()
    contract.cache_clear()


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = contract()
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return _resolved(found)


def _operations() -> list[_Operation]:
    return [
        _Operation(said["operationId"], method.upper(), path, said)
        for path, item in contract()["paths"].items()
        for method, said in item.items()
        if method != "parameters"
    ]


def _section(operation: _Operation) -> str:
    function = _package()["resource.Models"][operation.name]
    parts = [
        f"## {operation.name}",
        f"`{operation.method} {operation.path}`{{ .request }}",
        operation.said["description"],
        f"### Example {{ #{operation.name}-example }}",
        _example(operation),
        f"### Parameters {{ #{operation.name}-parameters }}",
        _parameters(function),
        f"### Response {{ #{operation.name}-response }}",
        _response(operation, function),
        f"### Errors {{ #{operation.name}-errors }}",
        _errors(operation, function),
    ]
    return "\n\n".join(parts)


def _example(operation: _Operation) -> str:
    body = EXAMPLES[operation.name]
    plain = f"from mistral_models import Mistral\n\nwith Mistral() as mistral:\n{_indented(body)}\n"
    awaited = body.replace("mistral.models.list()", "(await mistral.models.list())")
    awaited = re.sub(r"= mistral\.models", "= await mistral.models", awaited)
    awaited = re.sub(r"(mistral\.models\.\w+)\(", r"\1_async(", awaited)
    coroutine = (
        "import asyncio\n\nfrom mistral_models import Mistral\n\n\nasync def main() -> None:\n"
        f"    async with Mistral() as mistral:\n{_indented(_indented(awaited))}\n\n\nasyncio.run(main())\n"
    )
    printed = _run(plain)
    if _run(coroutine) != printed:
        raise ValueError(f"{operation.name}: the async example prints something else")
    tabs = {"Plain": ("python", plain), "Async": ("python", coroutine), "curl": ("sh", _curl(operation))}
    shown = "\n\n".join(f'=== "{name}"\n\n{_indented(_fenced(*code))}' for name, code in tabs.items())
    return f"{shown}\n\n{_output(printed)}"


def _run(program: str) -> str:
    fake = FakeMistral()
    printed = io.StringIO()
    environment = {settings.KEY_VARIABLE: fake.api_key, "NO_PROXY": "127.0.0.1"}
    with (
        fake.serve() as url,
        mock.patch.dict(settings.SERVERS, {"global": url}),
        mock.patch.dict(os.environ, environment),
        contextlib.redirect_stdout(printed),
    ):
        exec(compile(program, "example", "exec"), {"__name__": "example"})  # noqa: S102 our own, above
    return printed.getvalue()


def _output(printed: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--line-length", "76", "-"]
    done = subprocess.run(command, input=printed, capture_output=True, text=True, check=False)
    if done.returncode or done.stdout == printed:
        return f"It prints:\n\n{_fenced('text', printed)}"
    return f"It prints, with line breaks added:\n\n{_fenced('python', done.stdout)}"


def _curl(operation: _Operation) -> str:
    (model_id,) = re.findall(r'model_id="([^"]+)"', EXAMPLES[operation.name]) or [""]
    url = f"{settings.SERVERS['global']}{operation.path.replace('{model_id}', model_id)}"
    lines = ["curl" if operation.method == "GET" else f"curl --request {operation.method}"]
    lines.append('--header "Authorization: Bearer $MISTRAL_API_KEY"')
    if "requestBody" in operation.said:
        body = json.dumps({"name": "triage-v2", "description": None})
        lines += ['--header "Content-Type: application/json"', f"--data '{body}'"]
    return " \\\n  ".join([*lines, url])


def _parameters(function: griffe.Function) -> str:
    described = {
        parameter.name: " ".join(parameter.description.split())
        for section in _said(function)
        if section.kind is griffe.DocstringSectionKind.parameters
        for parameter in section.value
    }
    rows = [
        f"| `{parameter.name}` | {_type(parameter.annotation)} | {'yes' if parameter.required else 'no'} "
        f"| {described[parameter.name]} | {_code(_literal(_EXAMPLE_VALUES[parameter.name]))} |"
        for parameter in function.parameters
        if parameter.name != "self"
    ]
    head = ["| parameter | type | required | description | example |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *rows])


def _said(function: griffe.Function) -> list[griffe.DocstringSection]:
    return function.docstring.parse("google") if function.docstring else []


def _literal(value: object) -> str:
    return json.dumps(value)


def _type(annotation: object) -> str:
    text = str(annotation).strip("\"'")
    if text == "Retries":
        text = str(_package()["retries.Retries"].value)
    parts = [part.strip() for part in text.split("|")]
    return _code(" | ".join(part for part in parts if part != "Unset"))


def _response(operation: _Operation, function: griffe.Function) -> str:
    success = operation.said["responses"]["200"]
    name = str(function.annotation).strip("\"'").removeprefix("models.")
    ((example, shown),) = success["content"]["application/json"]["examples"].items()
    title = shown.get("summary", f"Such as: {example}")
    answer = json.dumps(shown["value"], indent=2)
    union = _package()["models"].members[name]
    kinds = [] if union.is_alias or not union.is_attribute else re.findall(r"\w+", str(union.value))
    kind = f": {_or([_link('models', kind) for kind in kinds])}" if kinds else ""
    return (
        f"{_link('models', name)}{kind}. {success['description']}\n\n"
        f'??? example "{title}"\n\n{_indented(_fenced("json", answer))}'
    )


def _or(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


def _errors(operation: _Operation, function: griffe.Function) -> str:
    responses = {status: _resolved(response) for status, response in operation.said["responses"].items()}
    rows = []
    for status, cls, why in _by_status():
        response = responses.get(status) or responses[f"{status[0]}XX"]
        rows.append((_link("errors", cls.__name__), status, ", ".join(response["content"]), why))
    rows.append(
        (_link("errors", "SDKError"), "4XX, 5XX", "any", "Any other refusal or failure; all of the above are this too.")
    )
    for section in _said(function):
        if section.kind is griffe.DocstringSectionKind.raises:
            for raised in section.value:
                name = str(raised.annotation)
                if name != "SDKError":
                    link = _link("errors", name) if hasattr(errors, name) else f"`{name}`"
                    rows.append((link, "", "", " ".join(raised.description.split())))
    head = ["| error type | status code | content type | when |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows)])


def _by_status() -> list[tuple[str, type[errors.SDKError], str]]:
    """List the errors that stand for one status, whose docstrings begin with it."""
    found = []
    for cls in errors.SDKError.__subclasses__():
        status, _, why = (cls.__doc__ or "").partition(": ")
        if re.fullmatch(r"\d(\d\d|XX)", status):
            text = why.partition("\n")[0]
            found.append((status, cls, f"{text[:1].upper()}{text[1:]}"))
    return sorted(found, key=lambda one: one[0])


def _link(module: str, name: str) -> str:
    return f"[`{name}`][mistral_models.{module}.{name}]"


def _code(text: str) -> str:
    return f"<code>{html.escape(text).replace('|', '&#124;')}</code>"


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())
