"""Examples of the operations. They are run against the fake service, and their output is shown."""

import contextlib
import io
import json
import os
import re
from typing import Final
from unittest import mock

from mistral_models import _credentials, _server_urls
from mistral_models.testing import FakeMistral, catalogue

from .markup import COLUMNS, fenced, fitted, indented
from .sources import Operation

_FINE_TUNED: Final = {model["name"]: model["id"] for model in catalogue() if model["type"] == "fine-tuned"}
_TRIAGE: Final = _FINE_TUNED["support-triage"]

# The code inside `with Mistral() as mistral:`, by the names of the contract's operations.
EXAMPLES: Final = {
    "list": "for card in mistral.models.list().data[:5]:\n    print(card.id, card.type)",
    "retrieve": f'card = mistral.models.retrieve(model_id="{_TRIAGE}")\nprint(card.name, card.root, card.archived)',
    "delete": f'deleted = mistral.models.delete(model_id="{_FINE_TUNED["old-experiment"]}")\nprint(deleted)',
    "update": f'model = mistral.models.update(\n    model_id="{_TRIAGE}",\n    name="triage-v2",\n'
    '    description="Routes incoming mail.",\n)\nprint(model.name, "-", model.description)',
    "archive": f'response = mistral.models.archive(model_id="{_TRIAGE}")\nprint(response)',
    "unarchive": f'response = mistral.models.unarchive(model_id="{_FINE_TUNED["old-experiment"]}")\nprint(response)',
}
EXAMPLE_VALUES: Final = {
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
"""An example value for each parameter."""


def render_example(operation: Operation) -> str:
    """Render an example in sync Python, in async Python and with curl, and its output."""
    body = EXAMPLES[operation.name]
    sync_program = f"from mistral_models import Mistral\n\nwith Mistral() as mistral:\n{indented(body)}\n"
    awaited = body.replace("mistral.models.list()", "(await mistral.models.list())")
    awaited = re.sub(r"= mistral\.models", "= await mistral.models", awaited)
    awaited = re.sub(r"(mistral\.models\.\w+)\(", r"\1_async(", awaited)
    async_program = (
        "import asyncio\n\nfrom mistral_models import Mistral\n\n\nasync def main() -> None:\n"
        f"    async with Mistral() as mistral:\n{indented(indented(awaited))}\n\n\nasyncio.run(main())\n"
    )
    output = _run(sync_program)
    if _run(async_program) != output:
        raise ValueError(f"{operation.name}: the async example prints something else")
    programs = {"Sync": sync_program, "Async": async_program}
    tabs = {name: ("python", fitted(text, COLUMNS) or text) for name, text in programs.items()}
    tabs["curl"] = ("sh", _curl(operation))
    rendered = "\n\n".join(f'=== "{name}"\n\n{indented(fenced(*code))}' for name, code in tabs.items())
    return f"{rendered}\n\n{_render_output(output)}"


def _run(program: str) -> str:
    fake = FakeMistral()
    output = io.StringIO()
    environment = {_credentials.API_KEY_VARIABLE: fake.api_key, "NO_PROXY": "127.0.0.1"}
    with (
        fake.serve() as url,
        mock.patch.dict(_server_urls.SERVERS, {"global": url}),
        mock.patch.dict(os.environ, environment),
        contextlib.redirect_stdout(output),
    ):
        exec(compile(program, "example", "exec"), {"__name__": "example"})  # noqa: S102 our own code, above
    return output.getvalue()


def _render_output(output: str) -> str:
    reformatted = fitted(output, COLUMNS)
    if reformatted is None or reformatted == output:
        return fenced('text title="Output"', output)
    return fenced('text title="Output, with line breaks added"', reformatted)


def _curl(operation: Operation) -> str:
    (model_id,) = re.findall(r'model_id="([^"]+)"', EXAMPLES[operation.name]) or [""]
    url = f"{_server_urls.SERVERS['global']}{operation.path.replace('{model_id}', '$MODEL_ID')}"
    lines = ["curl" if operation.method == "GET" else f"curl --request {operation.method}"]
    lines.append('--header "Authorization: Bearer $MISTRAL_API_KEY"')
    if "requestBody" in operation.definition:
        body = json.dumps({name: EXAMPLE_VALUES[name] for name in ("name", "description")})
        lines += ['--header "Content-Type: application/json"', f"--data '{body}'"]
    command = " \\\n  ".join([*lines, f'"{url}"' if model_id else url])
    return f"MODEL_ID={model_id}\n{command}" if model_id else command
