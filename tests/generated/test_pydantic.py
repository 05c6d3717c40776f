"""Models in pydantic and FastAPI: validation, serialization, JSON schemas and OpenAPI documents."""

import inspect
import json
import subprocess
import sys
from typing import Annotated, Any

import mistral_models_raw.models as raw
import pytest
from hypothesis import given, settings
from mistral_models import models
from mistral_models.testing import base_model, fine_tuned_model

from tests.conftest import ROOT

from .strategies import SCHEMAS, fitting

pytest.importorskip("fastapi")  # with pydantic
import fastapi
import pydantic

pytestmark = [
    pytest.mark.slow,  # only `make test-all` and `make test-lowest` install these packages
    pytest.mark.filterwarnings("ignore:The 'app' shortcut:DeprecationWarning"),  # of the oldest Starlette
]
CLASSES = [cls for name in models.__all__ if inspect.isclass(cls := getattr(models, name))]
BASE = {**base_model("m", "vision", deprecation="2027-03-31T12:00:00Z"), "created": 1, "tier": {"level": 3}}
TUNED = fine_tuned_model("triage")
ENTRIES: list[Any] = [BASE, TUNED, {"id": "x", "type": "new"}, {**BASE, "id": 7}, {"id": "x", "capabilities": {}}, None]
UNION = list[models.ModelListData]
REVERSED_UNION = list[models.UnknownModelCard | models.FTModelCard | models.BaseModelCard]


class Report(pydantic.BaseModel):
    """A model of pydantic with fields of this package's types."""

    card: models.BaseModelCard
    others: list[models.ModelListData]
    complete: models.ModelList | None = None


_ADAPTERS: dict[str, Any] = {}


def adapter(kind: Any) -> Any:
    """A validator; it takes long to build, so that it is kept."""
    key = repr(kind)  # unions are equal in any order
    if key not in _ADAPTERS:
        _ADAPTERS[key] = pydantic.TypeAdapter(kind)
    return _ADAPTERS[key]


def errors_of(kind: Any, value: Any) -> list[Any]:
    """The errors that pydantic reports for a value."""
    with pytest.raises(pydantic.ValidationError) as caught:
        adapter(kind).validate_python(value)
    return caught.value.errors()


@pytest.mark.parametrize("cls", CLASSES)
@settings(max_examples=20)
@given(payload=fitting({"$ref": "#/components/schemas/ModelList"}))
def test_validation_is_that_of_from_dict(cls, payload):
    """A dictionary and JSON are validated alike; what does not fit is an error, and instances stay themselves."""
    for value in [payload, *payload["data"]]:
        try:
            expected = cls.from_dict(value)
        except ValueError as error:
            assert errors_of(cls, value)[0]["msg"] in str(error)
        else:
            assert adapter(cls).validate_python(value) == adapter(cls).validate_json(json.dumps(value)) == expected
            assert adapter(cls).validate_python(expected) is expected


@pytest.mark.parametrize("kind", [models.ModelList, UNION, REVERSED_UNION, Report])
def test_json_makes_the_round_trip(kind):
    """Serialized values are those of `to_dict()`, unknown fields included, and are read again as the same values."""
    listed = models.ModelList.from_dict({"data": ENTRIES})
    value = {
        models.ModelList: listed,
        Report: Report.model_validate({"card": BASE, "others": ENTRIES, "complete": listed}),
    }.get(kind, listed.data)
    expected = {
        models.ModelList: listed.to_dict(),
        Report: {"card": listed.data[0].to_dict(), "others": listed.to_dict()["data"], "complete": listed.to_dict()},
    }.get(kind, listed.to_dict()["data"])
    text = adapter(kind).dump_json(value)
    assert json.loads(text) == adapter(kind).dump_python(value) == expected
    assert adapter(kind).validate_json(text) == adapter(kind).validate_python(expected) == value


@pytest.mark.parametrize("kind", [UNION, REVERSED_UNION])
def test_the_variant_of_a_union_is_the_one_that_fits(kind):
    """The discriminator decides, in any order of the union; what fits no known class is an `UnknownModelCard`."""
    expected = models.ModelList.from_dict({"data": ENTRIES}).data
    assert adapter(kind).validate_python(ENTRIES) == expected
    assert [type(card).__name__ for card in expected] == ["BaseModelCard", "FTModelCard", *["UnknownModelCard"] * 4]
    updated = adapter(list[models.JobsAPIRoutesFineTuningUpdateFineTunedModelResponse])
    tuned, unknown = updated.validate_python([TUNED, {**TUNED, "model_type": "new"}])
    assert isinstance(tuned, models.CompletionFineTunedModel)
    assert isinstance(unknown, models.UnknownFineTunedModel)


@pytest.mark.parametrize(
    ("kind", "value", "location", "message"),
    [
        (models.BaseModelCard, 7, (), "expected object, got 7"),
        (models.BaseModelCard, {**BASE, "id": 7}, ("id",), "expected string, got 7"),
        (models.BaseModelCard, {"id": "m", "type": "base"}, ("capabilities",), "expected object, got nothing"),
        (models.BaseModelCard, {"id": "m", "capabilities": {}}, ("type",), 'expected "base", got nothing'),
        (models.ModelList, {"data": 7}, ("data",), "expected array, got 7"),
        (
            Report,
            {"others": [], "card": {**BASE, "aliases": ["a", 3]}},
            ("card", "aliases", 1),
            "expected string, got 3",
        ),
        (
            Report,
            {"others": [], "card": {**BASE, "capabilities": {"vision": "{yes}"}}},
            ("card", "capabilities", "vision"),
            'expected boolean, got "{yes}"',
        ),
    ],
)
def test_an_error_has_the_location_of_the_value(kind, value, location, message):
    """Malformed input is pydantic's own error, with the path to the value and the value itself."""
    (error,) = errors_of(kind, value)
    assert (error["loc"], error["msg"]) == (location, message)
    found = value
    for part in location:
        found = found[part] if part in found or isinstance(part, int) else found
    assert error["input"] == found


@pytest.mark.parametrize("cls", CLASSES)
def test_the_json_schema_has_the_fields_of_the_document(cls):
    """Names, types and nullable fields are those of `openapi.yaml`; unknown fields are allowed."""
    schema = adapter(cls).json_schema()
    documented = SCHEMAS[cls.__name__]["properties"]
    assert (schema["title"], schema["type"], schema["additionalProperties"]) == (cls.__name__, "object", True)
    assert schema["description"] == " ".join(cls.__doc__.split())
    assert schema["properties"].keys() == documented.keys()
    for name, field in documented.items():
        if isinstance(kind := field.get("type"), str) and kind != "array":
            shown = schema["properties"][name]
            types = {each.get("type") for each in shown.get("anyOf", [shown])} - {"null"}
            assert types <= {kind, None}, name
    is_unknown = cls.__name__.startswith("Unknown")
    assert schema.get("required", []) == ([] if is_unknown else SCHEMAS[cls.__name__].get("required", []))


def test_nested_models_are_referenced():
    """The schema of a list has one definition for each class, and dates have their format."""
    schema = adapter(models.ModelList).json_schema()
    variants = [{"$ref": f"#/$defs/{name}"} for name in ("BaseModelCard", "FTModelCard", "UnknownModelCard")]
    assert schema["properties"]["data"]["items"] == {"anyOf": variants}
    assert schema["required"] == ["data"]
    card = schema["$defs"]["BaseModelCard"]
    assert {"type": "string", "format": "date-time"} in card["properties"]["deprecation"]["anyOf"]
    assert card["properties"]["capabilities"] == {"$ref": "#/$defs/ModelCapabilities"}


@pytest.fixture
def client():
    """A service with models of this package in all places that FastAPI knows."""
    from fastapi.testclient import TestClient

    app = fastapi.FastAPI()
    listed = models.ModelList.from_dict({"data": ENTRIES})

    @app.get("/list")
    def get_list() -> models.ModelList:
        return listed

    @app.get("/cards", response_model=list[models.ModelListData])
    def get_cards() -> Any:
        return listed.data

    @app.get("/card")
    def get_card() -> models.ResponseRetrieveModelV1ModelsModelIDGet:
        return listed.data[1]

    @app.get("/report")
    def get_report() -> Report:
        return Report.model_validate({"card": BASE, "others": [], "complete": listed})

    @app.post("/context")
    def post_card(card: Annotated[models.BaseModelCard, fastapi.Body()]) -> int:
        return card.max_context_length

    return TestClient(app)


def test_fastapi_sends_models(client):
    """Return annotations and `response_model` accept models, lists and unions of them, and models of pydantic."""
    expected = models.ModelList.from_dict({"data": ENTRIES}).to_dict()
    assert client.get("/list").json() == expected
    assert client.get("/cards").json() == expected["data"]
    assert client.get("/card").json() == expected["data"][1]
    assert client.get("/report").json() == {"card": expected["data"][0], "others": [], "complete": expected}


def test_fastapi_receives_models(client):
    """A body is validated; the response to an invalid one has the location."""
    assert client.post("/context", json=BASE).json() == 131072
    response = client.post("/context", json={**BASE, "capabilities": {"vision": "yes"}})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "capabilities", "vision"]


def test_the_openapi_document_of_an_application_is_valid(client):
    """It refers to one schema for each class."""
    document = client.get("/openapi.json").json()
    paths, schemas = document["paths"], document["components"]["schemas"]
    sent = {
        path: operation["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for path, operation in paths.items()
        if "get" in operation
    }
    assert sent["/list"] == {"$ref": "#/components/schemas/ModelList"}
    assert len(sent["/card"]["anyOf"]) == 3
    assert {"ModelList", "FTModelCard", "UnknownModelCard", "ModelCapabilities", "Report"} <= schemas.keys()
    pytest.importorskip("openapi_spec_validator").validate(document)


def test_pydantic_is_imported_only_if_it_asks():
    """Decoding and encoding need no pydantic."""
    program = (
        "import sys; sys.modules['pydantic'] = sys.modules['pydantic_core'] = None\n"
        "from mistral_models.models import ModelList\n"
        f"assert ModelList.from_dict({{'data': {[BASE]!r}}}).to_dict()['data'][0]['id'] == 'm'"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_request_can_leave_fields_out():
    """An absent field of an `UpdateModelRequest` is not sent, and null is."""
    request = adapter(models.UpdateModelRequest).validate_python({"name": None})
    assert request == raw.UpdateModelRequest(name=None)
    assert adapter(models.UpdateModelRequest).dump_python(request) == {"name": None}
    schema = adapter(models.UpdateModelRequest).json_schema()
    assert schema["properties"]["name"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
