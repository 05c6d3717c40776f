"""Nothing is forgotten: the document, the raw modules, the builders, the methods, and their async twins."""

import inspect
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import mistral_models
import mistral_models_raw.api.models as endpoints
import pytest
import yaml
from mistral_models import Mistral, models, operations
from mistral_models._client import Mistral as Client
from mistral_models._resource import Models
from mistral_models.operations import Operation

DOCUMENT = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))
OPERATIONS = {
    operation["operationId"]: [*item.get("parameters", []), *operation.get("parameters", [])]
    for item in DOCUMENT["paths"].values()
    for method, operation in item.items()
    if method != "parameters"
}
PAIRS = [
    *((getattr(Models, name), getattr(Models, f"{name}_async")) for name in OPERATIONS),
    (Client.send, Client.send_async),
]
OPTIONS = ["retries", "server_url", "timeout_ms", "http_headers"]


def public(thing: object) -> set[str]:
    return {name for name in vars(thing) if not name.startswith("_")}


def test_every_operation_is_everywhere():
    """Raw modules, builders and methods are those of the document, no more and no fewer."""
    names = set(OPERATIONS)
    assert len(names) == 6
    modules = {path.stem.rstrip("_") for path in Path(endpoints.__path__[0]).glob("*.py")} - {""}
    builders = {
        name
        for name, function in vars(operations).items()
        if inspect.isfunction(function) and not name.startswith("_") and function.__module__ == operations.__name__
    }
    assert modules - {"__init"} == names
    assert builders == names
    assert public(Models) == names | {f"{name}_async" for name in names}


@pytest.mark.parametrize(("plain", "twin"), PAIRS, ids=lambda function: function.__name__)
def test_async_twins_are_twins(plain, twin):
    """The same parameters, defaults, annotations and docstring."""
    assert inspect.signature(plain) == inspect.signature(twin)
    assert inspect.getdoc(plain) == inspect.getdoc(twin)
    assert inspect.iscoroutinefunction(twin)
    assert not inspect.iscoroutinefunction(plain)


def test_send_all_has_a_twin_too():
    """It takes asynchronous iterables besides, and ends its tasks in another way."""
    plain, twin = inspect.signature(Client.send_all), inspect.signature(Client.send_all_async)
    assert list(plain.parameters) == list(twin.parameters)
    assert plain.parameters["concurrency"] == twin.parameters["concurrency"]
    mistral = Mistral("key")
    assert isinstance(mistral.send_all([]), Generator)
    assert isinstance(mistral.send_all_async([]), AsyncGenerator)


@pytest.mark.parametrize("name", OPERATIONS)
def test_methods_take_what_the_document_has_and_the_options(name):
    """Keyword-only, in the order of the document; ids are required, all else is not."""
    parameters = list(inspect.signature(getattr(Models, name)).parameters.values())[1:]
    body = ["name", "description"] if name == "update" else []
    wanted = [parameter.get("name", "model_id") for parameter in OPERATIONS[name]]
    assert [parameter.name for parameter in parameters] == [*wanted, *body, *OPTIONS]
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters)
    assert [parameter.name for parameter in parameters if parameter.default is parameter.empty] == [
        parameter for parameter in wanted if parameter == "model_id"
    ]
    assert isinstance(getattr(operations, name)(*(["m"] if "model_id" in wanted else [])), Operation)


def test_public_names_are_those_that_users_know():
    """Of the vendor's SDK, and ours."""
    vendor = {
        "ModelList", "BaseModelCard", "FTModelCard", "ModelCapabilities", "DeleteModelResponse", "ArchiveModelResponse",
        "UnarchiveModelResponse", "CompletionFineTunedModel", "ClassifierFineTunedModel", "FineTunedModelCapabilities",
        "ClassifierTargetResult", "UpdateModelRequest", "ValidationError", "ResponseRetrieveModelV1ModelsModelIDGet",
        "JobsAPIRoutesFineTuningUpdateFineTunedModelResponse",
    }  # fmt: skip
    assert vendor <= set(models.__all__)
    assert all(getattr(models, name) is not None for name in models.__all__)
    assert {"Mistral", "catalogue", "models", "errors", "utils", "operations"} <= set(mistral_models.__all__)
