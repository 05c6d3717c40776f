"""The examples of the operations: they run against the fake service, and show what they print."""

import contextlib
import io
import json
import os
import re
from typing import Final
from unittest import mock

from mistral_models import _credentials, _settings
from mistral_models.testing import FakeMistral, catalogue

from .markup import COLUMNS, fenced, fitted, indented
from .sources import Operation

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
VALUES: Final = {
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
"""An example of a value for each parameter."""


def example(operation: Operation) -> str:
    """Render an example in plain Python, in async Python, and with curl, and what it prints."""
    body = EXAMPLES[operation.name]
    plain = f"from mistral_models import Mistral\n\nwith Mistral() as mistral:\n{indented(body)}\n"
    awaited = body.replace("mistral.models.list()", "(await mistral.models.list())")
    awaited = re.sub(r"= mistral\.models", "= await mistral.models", awaited)
    awaited = re.sub(r"(mistral\.models\.\w+)\(", r"\1_async(", awaited)
    coroutine = (
        "import asyncio\n\nfrom mistral_models import Mistral\n\n\nasync def main() -> None:\n"
        f"    async with Mistral() as mistral:\n{indented(indented(awaited))}\n\n\nasyncio.run(main())\n"
    )
    printed = _run(plain)
    if _run(coroutine) != printed:
        raise ValueError(f"{operation.name}: the async example prints something else")
    programs = {"Plain": plain, "Async": coroutine}
    tabs = {name: ("python", fitted(text, COLUMNS) or text) for name, text in programs.items()}
    tabs["curl"] = ("sh", _curl(operation))
    shown = "\n\n".join(f'=== "{name}"\n\n{indented(fenced(*code))}' for name, code in tabs.items())
    return f"{shown}\n\n{_output(printed)}"


def _run(program: str) -> str:
    fake = FakeMistral()
    printed = io.StringIO()
    environment = {_credentials.KEY_VARIABLE: fake.api_key, "NO_PROXY": "127.0.0.1"}
    with (
        fake.serve() as url,
        mock.patch.dict(_settings.SERVERS, {"global": url}),
        mock.patch.dict(os.environ, environment),
        contextlib.redirect_stdout(printed),
    ):
        exec(compile(program, "example", "exec"), {"__name__": "example"})  # noqa: S102 our own, above
    return printed.getvalue()


def _output(printed: str) -> str:
    broken = fitted(printed, COLUMNS)
    if broken is None or broken == printed:
        return f"It prints:\n\n{fenced('text', printed)}"
    return f"It prints, with line breaks added:\n\n{fenced('python', broken)}"


def _curl(operation: Operation) -> str:
    (model_id,) = re.findall(r'model_id="([^"]+)"', EXAMPLES[operation.name]) or [""]
    url = f"{_settings.SERVERS['global']}{operation.path.replace('{model_id}', model_id)}"
    lines = ["curl" if operation.method == "GET" else f"curl --request {operation.method}"]
    lines.append('--header "Authorization: Bearer $MISTRAL_API_KEY"')
    if "requestBody" in operation.said:
        body = json.dumps({"name": "triage-v2", "description": None})
        lines += ['--header "Content-Type: application/json"', f"--data '{body}'"]
    return " \\\n  ".join([*lines, url])
