"""`openapi.yaml` is valid, says what the facts say, and its examples are examples."""

import os
import subprocess
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from mistral_models import _settings
from openapi_spec_validator import validate

from tests.conftest import ROOT

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
TABLE = {
    "list": ("get", "/v1/models"),
    "retrieve": ("get", "/v1/models/{model_id}"),
    "delete": ("delete", "/v1/models/{model_id}"),
    "update": ("patch", "/v1/fine_tuning/models/{model_id}"),
    "archive": ("post", "/v1/fine_tuning/models/{model_id}/archive"),
    "unarchive": ("delete", "/v1/fine_tuning/models/{model_id}/archive"),
}


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    # References in the document point into its components.
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def media() -> list[Any]:
    """Every media type of every request and answer, with its place."""
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
    """By the validator that most Python tools use."""
    validate(DOCUMENT)


def test_redocly_finds_nothing(judges):
    """By the linter that most authors use; its warnings count."""
    result = subprocess.run(
        [judges / ".bin" / "redocly", "lint", "--format=json", str(ROOT / "openapi.yaml")],
        capture_output=True, text=True, check=False,
        env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
    )  # fmt: skip
    assert '"errors": 0' in result.stdout, result.stdout + result.stderr
    assert '"warnings": 0' in result.stdout, result.stdout


def test_the_six_operations_have_the_names_of_the_methods():
    """And the service's methods and paths."""
    operations = {
        operation["operationId"]: (method, path)
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }
    assert operations == TABLE
    assert DOCUMENT["security"] == [{"ApiKey": []}]
    (server,) = DOCUMENT["servers"]
    assert _settings.SERVERS[server["x-name"]] == server["url"] == "https://api.mistral.ai"


@pytest.mark.parametrize("content", media())
def test_examples_fit_their_schemas(content):
    """Each operation shows one."""
    assert content["examples"]
    for example in content["examples"].values():
        validator(content["schema"]).validate(example["value"])


def test_a_malformed_card_does_not_pass_for_an_unknown_one():
    """The permissive variant is for kinds that nobody has heard of."""
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
    """The mapping, the constants of the variants, and what the permissive one excludes are the same tags."""
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


def vendor_document() -> dict[str, Any]:
    path = ROOT.parent / "shared" / "vendor" / "vendor-2026-07-24.yaml"
    if not path.exists():
        pytest.skip("the vendor's document is not here")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def facts(schema: dict[str, Any]) -> Any:
    """Types, defaults, nullability and tags of a property, however they are written."""
    variants = schema.get("anyOf") or schema.get("oneOf") or [schema]
    kinds, rest = set(), {}
    for variant in variants:
        kind = variant.get("type", variant.get("$ref", "any"))
        kinds |= {kind} if isinstance(kind, str) else set(kind)
        rest.update({key: variant[key] for key in ("const", "format", "enum", "default") if key in variant})
    if "items" in schema:
        rest["items"] = facts(schema["items"])["kinds"]
    return {"kinds": kinds, **rest, **({"default": schema["default"]} if "default" in schema else {})}


def test_every_fact_of_the_vendor_is_here_or_its_absence_is_explained():
    """Properties, types, formats, defaults, constants and nullability of each of the vendor's schemas."""
    ours = DOCUMENT["components"]["schemas"]
    for name, theirs in vendor_document()["components"]["schemas"].items():
        schema = ours[name]
        for field, described in theirs.get("properties", {}).items():
            property_ = schema["properties"][field]
            if field in {"data", "detail"}:  # unions with a permissive variant, or with a sentence
                assert "x-deviation" in str(schema), f"{name}.{field}"
                continue
            assert facts(property_) == facts(described), f"{name}.{field}"
        for field in set(schema.get("properties", {})) - set(theirs.get("properties", {})):
            assert "x-deviation" in schema["properties"][field], f"{name}.{field} is not the vendor's"
        if set(schema.get("required", [])) != set(theirs.get("required", [])):
            assert "x-deviation" in schema, f"{name} requires something else"
