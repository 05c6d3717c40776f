"""`python -m tools.drift overlay`: report what `openapi.yaml` and the client do not share, and how to fix it."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from tests.tools.drift.documents import CLIENT, Mutation, document, mutated, operation, properties, schema
from tools.drift.overlay import Surface, current_surface, find_gaps

PARAMETERS = {
    "list": "provider=None, model=None",
    "retrieve": "model_id",
    "delete": "model_id",
    "update": "model_id, name=None, description=None",
    "archive": "model_id",
    "unarchive": "model_id",
}
CLONE = "POST /v1/models/{model_id}/clone"
OPTIONS = "retries=None, server_url=None, timeout_ms=None, http_headers=None"


def function(parameters: str, result: str = "None") -> Callable[..., object]:
    namespace: dict[str, Any] = {}
    exec(f"def f({parameters}) -> {result}: ...", namespace)
    created: Callable[..., object] = namespace["f"]
    return created


@pytest.fixture(scope="module")
def complete() -> Surface:
    """A client without gaps, with the types, README and fake service of this project."""
    methods = {name: function(f"self, *, {own}, {OPTIONS}") for name, own in PARAMETERS.items()}
    builders = {name: function(own, "'Operation[models.ModelList]'") for name, own in PARAMETERS.items()}
    return evolve(current_surface(), builders=builders, methods=methods)


def gaps(surface: Surface, mutation: Mutation = lambda tree: None) -> list[str]:
    return [f"{gap.problem} | {gap.solution}" for gap in find_gaps(document(mutated(mutation)), surface)]


def test_a_complete_client_has_no_gaps(complete):
    """A client that implements every operation of the document has no gaps."""
    assert gaps(complete) == []


def test_a_new_operation_is_reported_with_every_file_to_change(complete):
    """A new operation needs a builder, methods, documentation and a handler of the fake service."""

    def mutation(tree: Any) -> None:
        tree["paths"]["/v1/models/{model_id}/clone"] = {"post": {"operationId": "clone", "responses": {}}}

    folder = "overlay/mistral_models"
    handler = f"{folder}/testing: add a route to _messages.py and a handler to _service.py"
    assert gaps(complete, mutation) == [
        f"{CLONE} has no builder | {folder}/operations.py: add the function `clone`",
        f"{CLONE} has no method | {folder}/_resource.py: add `clone` and `clone_async` to the class Models",
        f"{CLONE} is not documented | README.md: add a row with `mistral.models.clone()` and `{CLONE}`",
        f"the fake service does not know {CLONE} | {handler}",
    ]


def without(mapping: Any, name: str) -> Any:
    return {key: value for key, value in mapping.items() if key != name}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: evolve(s, methods=without(s.methods, "list")), "GET /v1/models has no method | "),
        (lambda s: evolve(s, builders=without(s.builders, "update")), "PATCH /v1/fine_tuning/models/{model_id} has no builder"),
        (lambda s: evolve(s, types=s.types - {"FTModelCard"}), "the type FTModelCard is not public | overlay/mistral_models/models.py"),
        (lambda s: evolve(s, types=s.types - {"UpdateModelRequest"}), "the type UpdateModelRequest is not public"),
        (lambda s: evolve(s, builders={**s.builders, "list": function(PARAMETERS["list"], "'Operation[models.Cards]'")}), "operations.list returns Cards, which is not public"),
        (lambda s: evolve(s, readme=s.readme.replace("models.delete(", "models.remove(")), "DELETE /v1/models/{model_id} is not documented"),
        (lambda s: evolve(s, is_served=lambda method, path: method != "PATCH"), "the fake service does not know PATCH"),
        (lambda s: evolve(s, methods={**s.methods, "clone": function("self")}), "Models.clone is not an operation of openapi.yaml"),
        (lambda s: evolve(s, builders={**s.builders, "clone": function("")}), "operations.clone is not an operation of openapi.yaml"),
        (lambda s: evolve(s, methods={**s.methods, "list": function(f"self, *, provider=None, {OPTIONS}")}), "Models.list lacks model | "),
        (lambda s: evolve(s, methods={**s.methods, "list": function(f"self, *, provider, model=None, {OPTIONS}")}), "Models.list: provider must be optional"),
        (lambda s: evolve(s, builders={**s.builders, "retrieve": function("model_id=None")}), "operations.retrieve: model_id must be required"),
        (lambda s: evolve(s, builders={**s.builders, "retrieve": function("model_id, page=1")}), "operations.retrieve takes page, which openapi.yaml lacks"),
        (lambda s: evolve(s, methods={**s.methods, "archive": function("self, *, model_id, retries=None")}), "Models.archive lacks server_url, timeout_ms, http_headers"),
    ],
)  # fmt: skip
def test_a_gap_of_the_client_is_reported_once(complete, change, message):
    """A missing or additional part of the client is one gap, and nothing else is reported."""
    (gap,) = gaps(change(complete))
    assert message in gap


@pytest.mark.parametrize(
    ("mutation", "messages"),
    [
        (lambda tree: operation(tree, "list")["parameters"].append({"name": "page", "in": "query", "schema": {}}), ["operations.list lacks page", "Models.list lacks page"]),
        (lambda tree: schema(tree, "UpdateModelRequest").update(required=["name"]), ["operations.update: name must be required", "Models.update: name must be required"]),
        (lambda tree: properties(tree, "ModelList").update(next={"$ref": "#/components/schemas/Page"}) or tree["components"]["schemas"].update(Page={"type": "object"}), ["the type Page is not public"]),
        (lambda tree: tree["paths"].pop("/v1/models"), ["operations.list is not an operation", "Models.list is not an operation"]),
    ],
)  # fmt: skip
def test_a_change_of_the_document_is_reported_for_every_part_that_must_follow(complete, mutation, messages):
    """A change of the document is a gap in the builder, in the method, or in the public types."""
    found = gaps(complete, mutation)
    assert len(found) == len(messages)
    assert all(gap.startswith(message) for gap, message in zip(found, messages, strict=True))


def test_the_table_of_parameters_lists_the_documents_operations():
    """The table above has exactly the operations of `openapi.yaml`."""
    assert {operation(CLIENT, name)["operationId"] for name in PARAMETERS} == {*PARAMETERS}
    assert sum(len(item) - ("parameters" in item) for item in CLIENT["paths"].values()) == len(PARAMETERS)
