"""Single changes of `openapi.yaml`: each is reported under its rule, with its severity for the client."""

import re
from typing import Any

import pytest

from tests.tools.drift.documents import (
    CLIENT,
    Mutation,
    differences,
    mutated,
    operation,
    properties,
    schema,
)

BODY = "PATCH /v1/fine_tuning/models/{model_id} body"
TUNED = "PATCH /v1/fine_tuning/models/{model_id} 200"
LIST = "GET /v1/models"


def cards(path: str) -> list[str]:
    """The places of a part of a card, in both operations that respond with cards."""
    return [f"GET /v1/models 200 data[].{path}", f"GET /v1/models/{{model_id}} 200 {path}"]


def replace(tree: Any, **members: Any) -> None:
    tree.clear()
    tree.update(members)


def without_labels(place: str) -> str:
    """A place without the labels of variants, which may be what has changed."""
    return re.sub("<.*?>", "<>", place)


def parameter(tree: Any) -> Any:
    return operation(tree, "list")["parameters"][0]


def body(tree: Any) -> Any:
    return operation(tree, "update")["requestBody"]


def add_operation(tree: Any) -> Any:
    tree["paths"]["/v1/models/{id}/clone"] = {"post": {"operationId": "clone", "responses": {}}}


def add_variant(tree: Any) -> None:
    """Add a third variant of a card."""
    tree["components"]["schemas"]["HybridCard"] = {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"type": "string", "const": "hybrid"}, "parts": {"type": "integer"}},
    }
    schema(tree, "ModelCard")["anyOf"][0]["oneOf"].append({"$ref": "#/components/schemas/HybridCard"})
    schema(tree, "ModelCard")["anyOf"][0]["discriminator"]["mapping"]["hybrid"] = "#/components/schemas/HybridCard"


def set_enum(values: list[str]) -> Mutation:
    return lambda tree: schema(tree, "FTClassifierLossFunction").update(enum=values)


def set_name(**members: Any) -> Mutation:
    return lambda tree: replace(properties(tree, "UpdateModelRequest")["name"], **members)


LOSS = [f"{TUNED} <classifier>.classifier_targets[].loss_function"]
VISION = [*cards("<base>.capabilities.vision"), *cards("<fine-tuned>.capabilities.vision")]
ROWS: list[tuple[str, str, list[str], Mutation]] = [
    ("breaking", "operation-removed", ["DELETE /v1/models/{model_id}"], lambda t: t["paths"]["/v1/models/{model_id}"].pop("delete")),
    ("breaking", "operation-removed", [LIST], lambda t: t["paths"].pop("/v1/models")),
    ("breaking", "parameter-removed", [f"{LIST} query provider"], lambda t: operation(t, "list")["parameters"].pop(0)),
    ("breaking", "parameter-added-required", [f"{LIST} query page"], lambda t: operation(t, "list")["parameters"].append({"name": "page", "in": "query", "required": True, "schema": {"type": "integer"}})),
    ("breaking", "parameter-now-required", [f"{LIST} query provider"], lambda t: parameter(t).update(required=True)),
    ("breaking", "parameter-style-changed", [f"{LIST} query provider"], lambda t: parameter(t).update(explode=False)),
    ("breaking", "request-not-nullable", [f"{LIST} query provider"], lambda t: parameter(t)["schema"].update(type="string")),
    ("breaking", "request-type-changed", [f"{LIST} query provider"], lambda t: parameter(t)["schema"].update(type=["integer", "null"])),
    ("breaking", "request-enum-closed", [f"{LIST} query provider"], lambda t: parameter(t)["schema"].update(enum=["mistralai", None])),
    ("breaking", "request-format-added", [f"{LIST} query provider"], lambda t: parameter(t)["schema"].update(format="uuid")),
    ("breaking", "request-body-removed", [BODY], lambda t: operation(t, "update").pop("requestBody")),
    ("breaking", "request-body-added-required", ["POST /v1/fine_tuning/models/{model_id}/archive body"], lambda t: operation(t, "archive").update(requestBody={"required": True, "content": {"application/json": {"schema": {}}}})),
    ("breaking", "request-property-removed", [f"{BODY} name"], lambda t: properties(t, "UpdateModelRequest").pop("name")),
    ("breaking", "request-property-now-required", [f"{BODY} name"], lambda t: schema(t, "UpdateModelRequest").update(required=["name"])),
    ("breaking", "request-property-added-required", [f"{BODY} reason"], lambda t: (schema(t, "UpdateModelRequest").update(required=["reason"]), properties(t, "UpdateModelRequest").update(reason={"type": "string"}))),
    ("breaking", "request-not-nullable", [f"{BODY} name"], set_name(type="string")),
    ("breaking", "request-type-changed", [f"{BODY} name"], set_name(type=["integer", "null"])),
    ("breaking", "request-fields-closed", [BODY], lambda t: schema(t, "UpdateModelRequest").update(additionalProperties=False)),
    ("breaking", "request-property-removed", [f"{BODY} name"], lambda t: properties(t, "UpdateModelRequest")["name"].update(readOnly=True)),
    ("breaking", "success-status-removed", [f"{LIST} 200"], lambda t: operation(t, "list")["responses"].pop("200")),
    ("breaking", "response-media-type-removed", [f"{LIST} 200"], lambda t: operation(t, "list")["responses"]["200"].pop("content")),
    ("breaking", "response-property-removed", VISION, lambda t: properties(t, "ModelCapabilities").pop("vision")),
    ("breaking", "response-property-removed", [f"{LIST} 200 data"], lambda t: (properties(t, "ModelList").pop("data"), schema(t, "ModelList").pop("required"))),
    ("breaking", "response-property-now-optional", cards("<fine-tuned>.job"), lambda t: schema(t, "FTModelCard")["required"].remove("job")),
    ("breaking", "response-now-nullable", cards("<base>.id"), lambda t: properties(t, "BaseModelCard").update(id={"type": ["string", "null"]})),
    ("breaking", "response-now-nullable", [f"{LIST} 200 data"], lambda t: properties(t, "ModelList")["data"].update(nullable=True)),
    ("breaking", "response-type-changed", cards("<base>.created"), lambda t: properties(t, "BaseModelCard")["created"].update(type="string")),
    ("breaking", "response-type-widened", cards("<base>.created"), lambda t: properties(t, "BaseModelCard")["created"].update(type="number")),
    ("breaking", "response-type-widened", [f"{TUNED} <classifier>.classifier_targets[].labels[]"], lambda t: properties(t, "ClassifierTargetResult")["labels"].update(items={})),
    ("breaking", "response-type-changed", cards("<base>.aliases"), lambda t: replace(properties(t, "BaseModelCard")["aliases"], type="string", default=[])),
    ("breaking", "response-const-changed", ["POST /v1/fine_tuning/models/{model_id}/archive 200 object"], lambda t: properties(t, "ArchiveModelResponse")["object"].update(const="fine-tuned-model")),
    ("breaking", "response-const-changed", ["POST /v1/fine_tuning/models/{model_id}/archive 200 object"], lambda t: properties(t, "ArchiveModelResponse")["object"].pop("const")),
    ("breaking", "response-const-changed", cards("<base>.type"), lambda t: properties(t, "BaseModelCard")["type"].update(const="foundation")),
    ("breaking", "response-format-changed", cards("<base>.deprecation"), lambda t: properties(t, "BaseModelCard")["deprecation"].update(format="date")),
    ("breaking", "response-format-removed", [f"{TUNED} <completion>.job"], lambda t: properties(t, "CompletionFineTunedModel")["job"].pop("format")),
    ("breaking", "security-changed", [f"{LIST} security"], lambda t: operation(t, "list").update(security=[])),
    ("breaking", "server-removed", [f"{LIST} servers"], lambda t: operation(t, "list").update(servers=[{"url": "https://api.mistral.eu"}])),
    ("additive", "operation-added", ["POST /v1/models/{id}/clone"], add_operation),
    ("additive", "operation-added", ["PUT /v1/models"], lambda t: t["paths"]["/v1/models"].update(put={"responses": {}})),
    ("additive", "parameter-added", [f"{LIST} query page"], lambda t: operation(t, "list")["parameters"].append({"name": "page", "in": "query", "schema": {"type": "integer"}})),
    ("additive", "parameter-added", ["POST /v1/fine_tuning/models/{model_id}/archive header x-reason"], lambda t: operation(t, "archive").update(parameters=[{"name": "x-reason", "in": "header", "schema": {}}])),
    ("additive", "response-property-added", [*cards("<base>.capabilities.dreaming"), *cards("<fine-tuned>.capabilities.dreaming")], lambda t: properties(t, "ModelCapabilities").update(dreaming={"type": "boolean"})),
    ("additive", "response-property-added", [f"{LIST} 200 has_more"], lambda t: (properties(t, "ModelList").update(has_more={"type": "boolean"}), schema(t, "ModelList")["required"].append("has_more"))),
    ("additive", "request-property-added", [f"{BODY} tags"], lambda t: properties(t, "UpdateModelRequest").update(tags={"type": "array"})),
    ("additive", "request-type-widened", [f"{BODY} name"], set_name(type=["string", "integer", "null"])),
    ("additive", "request-body-now-optional", [BODY], lambda t: body(t).pop("required")),
    ("additive", "request-media-type-added", [f"{BODY} application/xml"], lambda t: body(t)["content"].update({"application/xml": {}})),
    ("additive", "response-media-type-added", [f"{LIST} 200 text/csv"], lambda t: operation(t, "list")["responses"]["200"]["content"].update({"text/csv": {}})),
    ("additive", "success-status-added", [f"{LIST} 206"], lambda t: operation(t, "list")["responses"].update({"206": {"description": ""}})),
    ("additive", "security-added", [f"{LIST} security"], lambda t: operation(t, "list").update(security=[{"ApiKey": []}, {}])),
    ("tolerated", "response-variant-added", cards("<hybrid>"), add_variant),
    ("tolerated", "response-enum-value-added", LOSS, set_enum(["single_class", "multi_class", "regression"])),
    ("tolerated", "response-enum-opened", LOSS, lambda t: schema(t, "FTClassifierLossFunction").pop("enum")),
    ("info", "deprecated", [LIST], lambda t: operation(t, "list").update(deprecated=True)),
    ("info", "deprecated", [f"{LIST} query provider"], lambda t: parameter(t).update(deprecated=True)),
    ("info", "deprecated", cards("<base>.internal"), lambda t: properties(t, "BaseModelCard")["internal"].update(deprecated=True)),
    ("info", "operation-id-changed", [LIST], lambda t: operation(t, "list").update(operationId="list_models")),
    ("info", "response-default-changed", cards("<base>.max_context_length"), lambda t: properties(t, "BaseModelCard")["max_context_length"].update(default=131072)),
    ("info", "response-default-changed", cards("<base>.aliases"), lambda t: properties(t, "BaseModelCard")["aliases"].pop("default")),
    ("info", "response-constraint-changed", cards("<base>.created"), lambda t: properties(t, "BaseModelCard")["created"].update(minimum=0)),
    ("info", "request-constraint-changed", [f"{BODY} name"], set_name(type=["string", "null"], maxLength=64)),
    ("info", "response-enum-value-removed", LOSS, set_enum(["single_class"])),
    ("info", "response-variant-removed", cards("<fine-tuned>"), lambda t: (schema(t, "ModelCard")["anyOf"][0]["oneOf"].pop(), schema(t, "ModelCard")["anyOf"][0]["discriminator"]["mapping"].pop("fine-tuned"))),
    ("info", "response-property-now-required", cards("<base>.name"), lambda t: schema(t, "BaseModelCard")["required"].append("name")),
    ("info", "response-not-nullable", cards("<base>.name"), lambda t: properties(t, "BaseModelCard")["name"].update(type="string")),
    ("info", "response-type-narrowed", cards("<base>.default_model_temperature"), lambda t: properties(t, "BaseModelCard")["default_model_temperature"].update(type=["integer", "null"])),
    ("info", "response-format-added", cards("<base>.id"), lambda t: properties(t, "BaseModelCard")["id"].update(format="uuid")),
    ("info", "response-fields-closed", [f"{LIST} 200"], lambda t: schema(t, "ModelList").update(additionalProperties=False)),
    ("info", "error-status-removed", [f"{LIST} 5XX"], lambda t: operation(t, "list")["responses"].pop("5XX")),
    ("info", "error-status-added", [f"{LIST} default"], lambda t: operation(t, "list").update(responses={**{status: response for status, response in operation(t, "list")["responses"].items() if status != "200"}, "default": operation(t, "list")["responses"]["200"]})),
    ("info", "error-status-added", ["POST /v1/fine_tuning/models/{model_id}/archive 300"], lambda t: operation(t, "archive")["responses"].update({"300": {"description": ""}})),
    ("info", "servers-changed", [f"{LIST} servers"], lambda t: operation(t, "list").update(servers=[*t["servers"], {"url": "https://us.api.mistral.ai"}])),
]  # fmt: skip


@pytest.mark.parametrize(
    ("severity", "rule", "places", "mutation"), ROWS, ids=[f"{row[1]} {row[2][0]}" for row in ROWS]
)
def test_a_single_change_is_reported_under_one_rule(severity, rule, places, mutation):
    """A change is reported at every place that it affects, and nothing else is reported."""
    found = differences(CLIENT, mutated(mutation))
    assert {(difference.definition.severity, difference.rule) for difference in found} == {(severity, rule)}
    assert sorted(difference.place for difference in found) == sorted(places)


@pytest.mark.parametrize(
    ("severity", "rule", "places", "mutation"), ROWS, ids=[f"{row[1]} {row[2][0]}" for row in ROWS]
)
def test_a_change_is_also_reported_when_the_documents_are_swapped(severity, rule, places, mutation):
    """Swapping the two documents changes the rules, not the places."""
    found = differences(mutated(mutation), CLIENT)
    assert {without_labels(difference.place) for difference in found} >= {*map(without_labels, places)}


def test_the_table_covers_every_severity():
    """The table specifies what the severities mean, so it has rows for each of them."""
    assert len(ROWS) >= 40
    assert {row[0] for row in ROWS} == {"breaking", "additive", "tolerated", "info"}
