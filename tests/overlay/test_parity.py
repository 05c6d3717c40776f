"""The document, generated modules, builders, methods and async versions have the same operations and parameters."""

import inspect
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import mistral_models
import mistral_models_raw.api.models as endpoints
import pytest
import yaml
from mistral_models import Mistral, models, operations
from mistral_models.operations import Operation

Models = type(Mistral.models)
DOCUMENT = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))
OPERATIONS = {
    operation["operationId"]: [*item.get("parameters", []), *operation.get("parameters", [])]
    for item in DOCUMENT["paths"].values()
    for method, operation in item.items()
    if method != "parameters"
}
PAIRS = [
    *((getattr(Models, name), getattr(Models, f"{name}_async")) for name in OPERATIONS),
    (Mistral.send, Mistral.send_async),
]
OPTIONS = ["retries", "server_url", "timeout_ms", "http_headers"]


def public_names(value: object) -> set[str]:
    return {name for name in vars(value) if not name.startswith("_")}


def test_every_operation_has_a_module_a_builder_and_methods():
    """Generated modules, builders and methods are exactly those of the six operations of the document."""
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
    assert public_names(Models) == names | {f"{name}_async" for name in names}


@pytest.mark.parametrize(("sync", "async_"), PAIRS, ids=lambda function: function.__name__)
def test_an_async_method_has_the_parameters_and_the_result_of_the_sync_one(sync, async_):
    """Defaults and annotations are the same too, and its docstring refers to the sync method."""
    assert inspect.signature(sync, eval_str=True) == inspect.signature(async_, eval_str=True)
    assert inspect.getdoc(async_) == f"Async version of `{sync.__name__}`."
    assert inspect.iscoroutinefunction(async_)
    assert not inspect.iscoroutinefunction(sync)


def test_send_all_has_an_async_version():
    """`send_all_async` has the same parameters, and returns an async generator in place of a generator."""
    sync, async_ = inspect.signature(Mistral.send_all), inspect.signature(Mistral.send_all_async)
    assert list(sync.parameters) == list(async_.parameters)
    assert sync.parameters["concurrency"] == async_.parameters["concurrency"]
    mistral = Mistral("key")
    assert isinstance(mistral.send_all([]), Generator)
    assert isinstance(mistral.send_all_async([]), AsyncGenerator)


@pytest.mark.parametrize("name", OPERATIONS)
def test_methods_take_the_parameters_of_the_document_and_the_options(name):
    """All parameters are keyword-only and in the order of the document, and only `model_id` is required."""
    parameters = list(inspect.signature(getattr(Models, name)).parameters.values())[1:]
    body = ["name", "description"] if name == "update" else []
    documented = [parameter.get("name", "model_id") for parameter in OPERATIONS[name]]
    assert [parameter.name for parameter in parameters] == [*documented, *body, *OPTIONS]
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters)
    assert [parameter.name for parameter in parameters if parameter.default is parameter.empty] == [
        parameter for parameter in documented if parameter == "model_id"
    ]
    assert isinstance(getattr(operations, name)(*(["m"] if "model_id" in documented else [])), Operation)


def test_the_types_of_the_vendors_sdk_and_the_public_modules_are_exported():
    """`models` exports the type names of the vendor's SDK, and the package exports its public modules."""
    vendor = {
        "ModelList", "BaseModelCard", "FTModelCard", "ModelCapabilities", "DeleteModelResponse", "ArchiveModelResponse",
        "UnarchiveModelResponse", "CompletionFineTunedModel", "ClassifierFineTunedModel", "FineTunedModelCapabilities",
        "ClassifierTargetResult", "UpdateModelRequest", "ValidationError", "ResponseRetrieveModelV1ModelsModelIDGet",
        "JobsAPIRoutesFineTuningUpdateFineTunedModelResponse",
    }  # fmt: skip
    assert vendor <= set(models.__all__)
    assert all(getattr(models, name) is not None for name in models.__all__)
    assert {"Mistral", "catalogue", "models", "errors", "utils", "operations"} <= set(mistral_models.__all__)
