"""`python -m tools.drift overlay`: whatever `openapi.yaml` and the client do not share is named, with the cure."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from tests.tools.drift.documents import CLIENT, Mutation, document, mutated, operation, properties, schema
from tools.drift.overlay import Surface, gaps, surface

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
    found: Callable[..., object] = namespace["f"]
    return found


@pytest.fixture(scope="module")
def complete() -> Surface:
    """A client that has all of it."""
    methods = {
        f"{name}{suffix}": function(f"self, *, {own}, {OPTIONS}")
        for name, own in PARAMETERS.items()
        for suffix in ("", "_async")
    }
    builders = {name: function(own, "'Operation[models.ModelList]'") for name, own in PARAMETERS.items()}
    return evolve(surface(), builders=builders, methods=methods)


def named(found: Surface, mutation: Mutation = lambda tree: None) -> list[str]:
    return [f"{gap.what} | {gap.where}" for gap in gaps(document(mutated(mutation)), found)]


def test_a_complete_client_has_no_gaps(complete):
    """With the types, the documentation and the fake service of this project as they are."""
    assert named(complete) == []


def test_a_new_operation_has_all_gaps_at_once(complete):
    """Builder, both methods, documentation and fake: each with the file to change."""

    def mutation(tree: Any) -> None:
        tree["paths"]["/v1/models/{model_id}/clone"] = {"post": {"operationId": "clone", "responses": {}}}

    assert named(complete, mutation) == [
        f"{CLONE} has no builder | overlay/mistral_models/operations.py: add the function `clone`",
        *(
            f"{CLONE} has no method `{name}` | overlay/mistral_models/resource.py: add it to the class Models"
            for name in ("clone", "clone_async")
        ),
        f"{CLONE} is not documented | README.md: add a row with `mistral.models.clone()` and `{CLONE}`",
        f"the fake service does not know {CLONE} | overlay/mistral_models/testing/_service.py: add it to `respond`",
    ]


def without(whole: Any, name: str) -> Any:
    return {key: value for key, value in whole.items() if key != name}


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda s: evolve(s, methods=without(s.methods, "list")), "GET /v1/models has no method `list` | "),
        (lambda s: evolve(s, methods=without(s.methods, "archive_async")), "has no method `archive_async` | "),
        (lambda s: evolve(s, builders=without(s.builders, "update")), "PATCH /v1/fine_tuning/models/{model_id} has no builder"),
        (lambda s: evolve(s, types=s.types - {"FTModelCard"}), "the type FTModelCard is not public | overlay/mistral_models/models.py"),
        (lambda s: evolve(s, types=s.types - {"UpdateModelRequest"}), "the type UpdateModelRequest is not public"),
        (lambda s: evolve(s, builders={**s.builders, "list": function(PARAMETERS["list"], "'Operation[models.Cards]'")}), "operations.list returns Cards, which is not public"),
        (lambda s: evolve(s, readme=s.readme.replace("models.delete(", "models.remove(")), "DELETE /v1/models/{model_id} is not documented"),
        (lambda s: evolve(s, is_served=lambda method, path: method != "PATCH"), "the fake service does not know PATCH"),
        (lambda s: evolve(s, methods={**s.methods, "clone": function("self")}), "Models.clone is no operation of openapi.yaml"),
        (lambda s: evolve(s, builders={**s.builders, "clone": function("")}), "operations.clone is no operation of openapi.yaml"),
        (lambda s: evolve(s, methods={**s.methods, "list": function(f"self, *, provider=None, {OPTIONS}")}), "Models.list lacks model | "),
        (lambda s: evolve(s, methods={**s.methods, "list": function(f"self, *, provider, model=None, {OPTIONS}")}), "Models.list: provider must be optional"),
        (lambda s: evolve(s, builders={**s.builders, "retrieve": function("model_id=None")}), "operations.retrieve: model_id must be required"),
        (lambda s: evolve(s, builders={**s.builders, "retrieve": function("model_id, page=1")}), "operations.retrieve takes page, which openapi.yaml lacks"),
        (lambda s: evolve(s, methods={**s.methods, "archive": function("self, *, model_id, retries=None")}), "Models.archive lacks server_url, timeout_ms, http_headers"),
    ],
)  # fmt: skip
def test_a_gap_of_the_client_is_the_only_one(complete, harm, message):
    """What is missing or too much is said once, with the place to mend it."""
    (found,) = named(harm(complete))
    assert message in found


@pytest.mark.parametrize(
    ("mutation", "messages"),
    [
        (lambda tree: operation(tree, "list")["parameters"].append({"name": "page", "in": "query", "schema": {}}), ["operations.list lacks page", "Models.list lacks page", "Models.list_async lacks page"]),
        (lambda tree: schema(tree, "UpdateModelRequest").update(required=["name"]), ["operations.update: name must be required", "Models.update: name must be required", "Models.update_async: name must be required"]),
        (lambda tree: properties(tree, "ModelList").update(next={"$ref": "#/components/schemas/Page"}) or tree["components"]["schemas"].update(Page={"type": "object"}), ["the type Page is not public"]),
        (lambda tree: tree["paths"].pop("/v1/models"), ["operations.list is no operation", "Models.list is no operation", "Models.list_async is no operation"]),
    ],
)  # fmt: skip
def test_a_change_of_the_document_names_all_that_must_follow(complete, mutation, messages):
    """Builder, both methods and types."""
    found = named(complete, mutation)
    assert len(found) == len(messages)
    assert all(one.startswith(message) for one, message in zip(found, messages, strict=True))


def test_the_documents_operations_are_those_of_the_table():
    """So that the table above cannot be outdated."""
    assert {operation(CLIENT, name)["operationId"] for name in PARAMETERS} == {*PARAMETERS}
    assert sum(len(item) - ("parameters" in item) for item in CLIENT["paths"].values()) == len(PARAMETERS)
