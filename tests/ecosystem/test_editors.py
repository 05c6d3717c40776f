"""Editors complete, explain and find every public name."""

import inspect
from collections.abc import Iterator

import mistral_models
import pytest
from mistral_models import catalogue, errors, models, operations, testing, utils

from .editors import Editor, Jedi, Place, pyright

pytestmark = pytest.mark.slow

BEGINNING = """\
import mistral_models
from mistral_models import Mistral, catalogue, errors, models, operations, testing, utils

mistral = Mistral()

def show(card: models.BaseModelCard, error: errors.RateLimitError, found: catalogue.Catalogue) -> None:
    """


@pytest.fixture(scope="module", params=["jedi", "pyright"])
def editor(request, tmp_path_factory) -> Iterator[Editor]:
    if request.param == "jedi":
        yield Jedi(tmp_path_factory.mktemp("cache"))
        return
    with pyright(tmp_path_factory.mktemp("workspace")) as server:
        yield server


def program(line: str) -> tuple[str, Place]:
    """Return a program that ends with a line, and the place after the last character."""
    text = BEGINNING + line
    return text, Place(text.count("\n"), len(text.rpartition("\n")[2]))


OPERATIONS = {"list", "retrieve", "delete", "update", "archive", "unarchive"}
METHODS = OPERATIONS | {f"{name}_async" for name in OPERATIONS}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("mistral_models.", {"Mistral", "APIResponse", "errors", "models", "operations"}),
        ("mistral.", {"models", "send", "send_async", "send_all", "close", "aclose"}),
        ("mistral.models.", METHODS),
        ("mistral.models.list().", {"data", "object", "to_dict"}),
        ("mistral.send(operations.list()).", {"parsed", "status_code", "headers", "request_id", "attempts"}),
        ("mistral.send(operations.list()).parsed.", {"data", "to_dict"}),
        ("operations.", OPERATIONS),
        ("card.", {"id", "capabilities", "max_context_length", "deprecation", "aliases", "to_dict"}),
        ("card.capabilities.", {"vision", "function_calling", "completion_chat"}),
        ("errors.", set(errors.__all__)),
        ("error.", {"status_code", "retry_after", "message", "request_id", "headers"}),
        ("found.find('x')[0].", {"id", "ids", "context", "capabilities", "replacement"}),
        ("testing.FakeMistral().", {"client", "serve", "transport", "inject"}),
        ("utils.", {"RetryConfig", "BackoffStrategy", "Recorder"}),
    ],
)
def test_members_are_completed(editor, line, names):
    """After a dot, an editor suggests the public members, and not those of other types."""
    completed = editor.completions(*program(line))
    assert names <= completed
    assert "no_such_name" not in completed


@pytest.mark.parametrize(
    ("line", "parameters"),
    [
        ("mistral.models.list(", {"provider", "model", "retries", "server_url", "timeout_ms", "http_headers"}),
        ("mistral.models.update_async(", {"model_id", "name", "description"}),
        ("Mistral(", {"api_key", "server", "timeout_ms", "client", "async_client", "on_attempt"}),
        ("utils.RetryConfig(", {"strategy", "backoff", "max_retries", "attempt_timeout_ms"}),
    ],
)
def test_parameters_are_shown_during_a_call(editor, line, parameters):
    """After an opening parenthesis, an editor shows the signature."""
    assert parameters <= editor.parameters(*program(line))


@pytest.mark.parametrize(
    ("line", "file"),
    [
        ("Mistral", "_client.py"),
        ("mistral.models.list", "_resource.py"),
        ("operations.retrieve", "operations.py"),
        ("errors.NotFoundError", "errors.py"),
        ("models.BaseModelCard", "base_model_card.py"),
        ("card.capabilities.vision", "model_capabilities.py"),
        ("catalogue.Catalogue", "catalogue.py"),
    ],
)
def test_definitions_are_found(editor, line, file):
    """An editor jumps to the source code."""
    text, place = program(line)
    assert editor.definition(text, place._replace(column=place.column - 1)).name == file


PUBLIC = {
    **{f"mistral_models.{name}": getattr(mistral_models, name) for name in mistral_models.__all__},
    **{
        f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
        for module in (catalogue, errors, models, testing, utils)
        for name in module.__all__
    },
    **{f"operations.{name}": getattr(operations, name) for name in [*OPERATIONS, "Operation"]},
    **{f"mistral.models.{name}": getattr(mistral_models.Mistral("key").models, name) for name in METHODS},
}
DOCUMENTED = {
    name: str(inspect.getdoc(value)).partition("\n")[0]
    for name, value in PUBLIC.items()
    if (inspect.isclass(value) or inspect.isroutine(value)) and name.endswith(f".{value.__name__}")
}
"""The first line of each docstring. Second names of a class are left out: jedi knows no docstring of some."""


def test_every_public_name_is_explained(editor):
    """An editor shows the docstrings of classes, functions and methods."""
    assert len(DOCUMENTED) > 80
    explained = {}
    for name in DOCUMENTED:
        text, place = program(name)
        explained[name] = editor.hover(text, place._replace(column=place.column - 1))
    assert {name: text for name, text in explained.items() if DOCUMENTED[name] not in text} == {}
