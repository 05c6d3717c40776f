"""`openapi.yaml` is valid, agrees with the vendor's document, and its examples match its schemas."""

import os
import subprocess
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.conftest import ROOT, VENDOR_DOCUMENTS, needs_vendor_documents

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
OPERATIONS = {
    "list": ("get", "/v1/models"),
    "retrieve": ("get", "/v1/models/{model_id}"),
    "delete": ("delete", "/v1/models/{model_id}"),
    "update": ("patch", "/v1/fine_tuning/models/{model_id}"),
    "archive": ("post", "/v1/fine_tuning/models/{model_id}/archive"),
    "unarchive": ("delete", "/v1/fine_tuning/models/{model_id}/archive"),
}


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    # References in the schema point into the components of the document.
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def media_types() -> list[Any]:
    """Return the media types of all requests and responses."""
    found = []
    shared = DOCUMENT["components"]["responses"]
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                parts = {**operation["responses"], "body": operation.get("requestBody", {"content": {}})}
                for name, part in parts.items():
                    content = shared[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
                    found += [pytest.param(m, id=f"{method} {path} {name}") for m in content["content"].values()]
    return found


def test_the_document_is_openapi():
    """The validator that most Python tools use accepts it."""
    validate(DOCUMENT)


def test_redocly_reports_no_problems(node_modules):
    """The most common linter for OpenAPI has neither errors nor warnings."""
    result = subprocess.run(
        [node_modules / ".bin" / "redocly", "lint", "--format=json", str(ROOT / "openapi.yaml")],
        capture_output=True, text=True, check=False,
        env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
    )  # fmt: skip
    assert '"errors": 0' in result.stdout, result.stdout + result.stderr
    assert '"warnings": 0' in result.stdout, result.stdout


def test_the_six_operations_have_the_names_of_the_client_methods():
    """Their HTTP methods, paths and server are those of the service."""
    operations = {
        operation["operationId"]: (method, path)
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }
    assert operations == OPERATIONS
    assert DOCUMENT["security"] == [{"ApiKey": []}]
    (server,) = DOCUMENT["servers"]
    assert (server["x-name"], server["url"]) == ("global", "https://api.mistral.ai")


@pytest.mark.parametrize("content", media_types())
def test_examples_match_their_schemas(content):
    """Each request and response has at least one example."""
    assert content["examples"]
    for example in content["examples"].values():
        validator(content["schema"]).validate(example["value"])


def test_a_malformed_card_of_a_known_type_is_invalid():
    """The permissive variant accepts only unknown types."""
    cards = validator({"$ref": "#/components/schemas/ModelCard"})
    assert cards.is_valid({"id": "m", "type": "base", "capabilities": {}})
    assert cards.is_valid({"type": "router"})
    assert not cards.is_valid({"id": "m", "type": "base"})
    assert not cards.is_valid({"id": "m", "capabilities": {}})


@pytest.mark.parametrize(
    ("union", "tag", "fallback"),
    [("ModelCard", "type", "UnknownModelCard"), ("FineTunedModel", "model_type", "UnknownFineTunedModel")],
)
def test_the_parts_of_a_union_agree(union, tag, fallback):
    """The mapping, the constants of the variants and the exclusions of the permissive variant have the same tags."""
    schemas = DOCUMENT["components"]["schemas"]
    known, last = schemas[union]["anyOf"]
    mapping = {value: target.rpartition("/")[2] for value, target in known["discriminator"]["mapping"].items()}
    assert known["discriminator"]["propertyName"] == tag == schemas[fallback]["x-fallback-discriminator"]
    assert last["$ref"].endswith(f"/{fallback}")
    assert [variant["$ref"].rpartition("/")[2] for variant in known["oneOf"]] == [*mapping.values()]
    assert {value: schemas[name]["properties"][tag]["const"] for value, name in mapping.items()} == {
        v: v for v in mapping
    }
    assert schemas[fallback]["properties"][tag]["not"]["enum"] == [*mapping]


def facts(schema: dict[str, Any]) -> Any:
    """Return types, defaults, nullability and tags of a property in one normal form."""
    variants = schema.get("anyOf") or schema.get("oneOf") or [schema]
    kinds, rest = set(), {}
    for variant in variants:
        kind = variant.get("type", variant.get("$ref", "any"))
        kinds |= {kind} if isinstance(kind, str) else set(kind)
        rest.update({key: variant[key] for key in ("const", "format", "enum", "default") if key in variant})
    if "items" in schema:
        rest["items"] = facts(schema["items"])["kinds"]
    return {"kinds": kinds, **rest, **({"default": schema["default"]} if "default" in schema else {})}


@needs_vendor_documents
def test_every_difference_from_the_vendors_schemas_is_explained():
    """Properties, types, formats, defaults, constants and nullability agree, or `x-deviation` gives the reason."""
    ours = DOCUMENT["components"]["schemas"]
    vendor = yaml.safe_load((VENDOR_DOCUMENTS / "vendor-2026-07-24.yaml").read_text(encoding="utf-8"))
    for name, theirs in vendor["components"]["schemas"].items():
        schema = ours[name]
        for field, described in theirs.get("properties", {}).items():
            property_ = schema["properties"][field]
            if field in {"data", "detail"}:  # unions with a permissive variant, or with a text
                assert "x-deviation" in str(schema), f"{name}.{field}"
                continue
            assert facts(property_) == facts(described), f"{name}.{field}"
        for field in set(schema.get("properties", {})) - set(theirs.get("properties", {})):
            assert "x-deviation" in schema["properties"][field], f"{name}.{field} is not the vendor's"
        if set(schema.get("required", [])) != set(theirs.get("required", [])):
            assert "x-deviation" in schema, f"{name} requires something else"
