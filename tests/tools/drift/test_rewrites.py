"""Equivalent documents: another notation of the same contract is not a difference."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.drift.documents import (
    CLIENT,
    Mutation,
    Tree,
    differences,
    minimal,
    mutated,
    operation,
    properties,
    response_media,
    schema,
)


def renamed(tree: Tree) -> Tree:
    """Rename every component schema."""
    names = tree["components"]["schemas"]

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(item) for item in value]
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        name = value.removeprefix("#/components/schemas/") if isinstance(value, str) else None
        return f"#/components/schemas/Other{name}" if name != value and name in names else value

    rewritten: Tree = walk(tree)
    schemas = rewritten["components"]["schemas"]
    rewritten["components"]["schemas"] = {f"Other{name}": value for name, value in schemas.items()}
    return rewritten


def inlined(tree: Tree) -> Tree:
    """Replace every reference by its target; the mapping of a discriminator, which consists of references, is lost."""
    schemas = tree["components"]["schemas"]

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(item) for item in value]
        if not isinstance(value, dict):
            return value
        if str(value.get("$ref")).startswith("#/components/schemas/"):
            return walk(schemas[value["$ref"].rpartition("/")[2]])
        return {key: walk(item) for key, item in value.items() if key != "discriminator"}

    rewritten: Tree = walk(tree)
    rewritten["components"]["schemas"] = {}
    return rewritten


def in_3_0(value: Any) -> Any:
    """Convert to the notation of OpenAPI 3.0."""
    if isinstance(value, list):
        return [in_3_0(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: in_3_0(item) for key, item in value.items()}
    if isinstance(result.get("type"), list) and "null" in result["type"]:
        result["type"] = result["type"][0]
        result["nullable"] = True
    if isinstance(result.get("type"), list):
        result["anyOf"] = [{"type": kind} for kind in result.pop("type")]
    if "const" in result and isinstance(result["const"], str) and "type" in result:
        result["enum"] = [result.pop("const")]
    if result.get("oneOf") and {"type": "null"} in result["oneOf"]:
        result = {"allOf": [result["oneOf"][0]], "nullable": True}
    return result


def reordered(value: Any) -> Any:
    """Reverse the order of keys, required names, variants and enum values."""
    if isinstance(value, list):
        return [reordered(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: reordered(value[key]) for key in reversed(list(value))}
    for key in ("required", "oneOf", "anyOf", "enum", "type", "parameters"):
        if isinstance(result.get(key), list):
            result[key].reverse()
    return result


def without_annotations(value: Any) -> Any:
    """Remove what is only documentation."""
    if isinstance(value, list):
        return [without_annotations(item) for item in value]
    if not isinstance(value, dict):
        return value
    annotations = {"summary", "description", "example", "examples", "title", "externalDocs", "x-deviation"}
    return {
        key: {name: without_annotations(item) for name, item in child.items()}
        if key == "properties"
        else without_annotations(child)
        for key, child in value.items()
        if key not in annotations
    }


DOCUMENT_REWRITES = {
    "renamed": renamed, "inlined": inlined, "in 3.0": in_3_0, "reordered": reordered, "without annotations": without_annotations,
}  # fmt: skip


@pytest.mark.parametrize("rewrite", DOCUMENT_REWRITES.values(), ids=DOCUMENT_REWRITES)
def test_an_equivalent_document_has_no_differences(rewrite):
    """A document that is rewritten as a whole equals the original, whichever of both is the base."""
    other = rewrite(copy.deepcopy(CLIENT))
    assert other != CLIENT
    assert differences(CLIENT, other) == []
    assert differences(other, CLIENT) == []


def test_combined_rewrites_have_no_differences():
    """A document that is renamed, in 3.0, reordered and without annotations equals the original."""
    rewritten = without_annotations(reordered(in_3_0(renamed(copy.deepcopy(CLIENT)))))
    assert differences(CLIENT, rewritten) == []


def extract(tree: Tree) -> None:
    tree["components"]["schemas"]["Aliases"] = properties(tree, "BaseModelCard")["aliases"]
    properties(tree, "BaseModelCard")["aliases"] = {"$ref": "#/components/schemas/Aliases"}


def split(tree: Tree) -> None:
    card = schema(tree, "BaseModelCard")
    named = {"type": "object", "properties": {"name": card["properties"].pop("name")}}
    tree["components"]["schemas"]["BaseModelCard"] = {"allOf": [named, card]}


def chain(tree: Tree) -> None:
    schemas = tree["components"]["schemas"]
    schemas["Second"] = schemas["ModelList"]
    schemas["First"] = {"$ref": "#/components/schemas/Second"}
    schemas["ModelList"] = {"$ref": "#/components/schemas/First"}


def rename_path_parameter(tree: Tree) -> None:
    item = tree["paths"].pop("/v1/models/{model_id}")
    tree["paths"]["/v1/models/{name}"] = item
    item["parameters"] = [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}]


def move_parameters(tree: Tree) -> None:
    item = tree["paths"]["/v1/fine_tuning/models/{model_id}"]
    item["patch"]["parameters"] = item.pop("parameters")


def rename_scheme(tree: Tree) -> None:
    tree["components"]["securitySchemes"] = {
        "Token": {**tree["components"]["securitySchemes"]["ApiKey"], "bearerFormat": "x"}
    }
    tree["security"] = [{"Token": []}]


def set_property(name: str, field: str, **definition: Any) -> Mutation:
    return lambda tree: properties(tree, name).update({field: definition})


REWRITES: dict[str, Mutation] = {
    "const as enum": set_property("ArchiveModelResponse", "object", type="string", enum=["model"], default="model"),
    "const without type": set_property("ArchiveModelResponse", "object", const="model", default="model"),
    "const as two enums": set_property("ArchiveModelResponse", "object", allOf=[{"enum": ["model", "x"]}, {"enum": ["model", "y"]}], default="model"),
    "nullable by anyOf": set_property("BaseModelCard", "name", anyOf=[{"type": "string"}, {"type": "null"}]),
    "nullable by oneOf": set_property("BaseModelCard", "name", oneOf=[{"type": "null"}, {"type": "string"}]),
    "nullable by keyword": set_property("BaseModelCard", "name", type="string", nullable=True),
    "nullable by enum": set_property("BaseModelCard", "name", anyOf=[{"type": "string"}, {"enum": [None]}]),
    "null by const": set_property("BaseModelCard", "name", anyOf=[{"type": "string"}, {"const": None}]),
    "a null default": set_property("BaseModelCard", "name", type=["string", "null"], default=None),
    "allOf of one": set_property("BaseModelCard", "capabilities", allOf=[{"$ref": "#/components/schemas/ModelCapabilities"}]),
    "anyOf of one": set_property("BaseModelCard", "capabilities", anyOf=[{"$ref": "#/components/schemas/ModelCapabilities"}]),
    "described reference": set_property("BaseModelCard", "capabilities", **{"$ref": "#/components/schemas/ModelCapabilities", "description": "x"}),
    "same variant twice": set_property("BaseModelCard", "capabilities", anyOf=[{"$ref": "#/components/schemas/ModelCapabilities"}] * 2),
    "union of types": set_property("BaseModelCard", "created", anyOf=[{"type": "integer"}, {"type": "integer", "minimum": 5}]),
    "object without type": lambda tree: schema(tree, "ModelCapabilities").pop("type"),
    "open object": lambda tree: schema(tree, "ModelCapabilities").update(additionalProperties=True),
    "enum as anyOf": lambda tree: tree["components"]["schemas"].update(FTClassifierLossFunction={"anyOf": [{"const": "multi_class"}, {"const": "single_class"}]}),
    "extracted": extract,
    "split by allOf": split,
    "chain of references": chain,
    "array without limits": lambda tree: properties(tree, "ModelList")["data"].update(minItems=0, uniqueItems=False),
    "path parameter renamed": rename_path_parameter,
    "parameters of the path item": move_parameters,
    "security scheme renamed": rename_scheme,
    "security per operation": lambda tree: [operation(tree, name).update(security=tree["security"]) for name in ("list", "update")],
    "explicit style": lambda tree: operation(tree, "list")["parameters"][0].update(style="form", explode=True),
    "ignored header": lambda tree: operation(tree, "list")["parameters"].append({"name": "Accept", "in": "header", "schema": {}}),
    "charset": lambda tree: operation(tree, "list")["responses"]["200"].update(content={"application/json; charset=utf-8": response_media(tree, "list")}),
    "server with a slash": lambda tree: tree["servers"][0].update(url="https://api.mistral.ai/"),
    "server with a variable": lambda tree: tree.update(servers=[{"url": "https://{host}", "variables": {"host": {"default": "api.mistral.ai"}}}]),
    "bound at its default": lambda tree: properties(tree, "BaseModelCard")["id"].update(minLength=0),
    "both booleans": set_property("BaseModelCard", "internal", enum=[True, False], default=False),
    "no permissive variant": lambda tree: tree["components"]["schemas"].update(ModelCard=schema(tree, "ModelCard")["anyOf"][0]),
    "no discriminator": lambda tree: schema(tree, "ModelCard")["anyOf"][0].pop("discriminator"),
    "operations of another area": lambda tree: tree["paths"].update({"/v1/chat": {"post": {"responses": {}}}}),
}  # fmt: skip


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES)
def test_an_equivalent_notation_is_not_a_difference(rewrite):
    """A part that is rewritten equals the original, whichever of both is the base."""
    other = mutated(rewrite)
    assert differences(CLIENT, other) == []
    assert differences(other, CLIENT) == []


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, {"type": "number", "exclusiveMinimum": 1}),
        ({"type": "integer", "maximum": 9.0, "exclusiveMaximum": False}, {"type": "integer", "maximum": 9}),
        ({"type": "string", "enum": ["a"], "nullable": True}, {"type": ["string", "null"], "enum": ["a", None]}),
    ],
)
def test_bounds_and_null_in_the_notation_of_3_0_equal_those_of_3_1(older, newer):
    """OpenAPI 3.0 marks exclusive bounds and null with booleans, 3.1 with numbers and types."""
    assert differences(minimal(older), minimal(newer)) == []


def test_variants_without_a_discriminator_are_matched_by_their_content():
    """Variants that differ only in nested schemas are matched in any order, and a change is reported in its variant."""

    def variant(kind: str) -> Tree:
        inner = {"type": "object", "properties": {"value": {"type": kind}}}
        return {"type": "object", "properties": {"items": {"type": "array", "items": inner}}}

    variants = [variant(kind) for kind in ("string", "integer", "boolean")]
    assert differences(minimal({"anyOf": variants}), minimal({"anyOf": variants[::-1]})) == []
    changed = [variant("number"), variants[2], variants[0]]
    (found,) = differences(minimal({"anyOf": variants}), minimal({"anyOf": changed}))
    assert (found.rule, found.place) == ("response-type-widened", "POST /x 200 <2>.items[].value")


def test_recursive_schemas_are_compared_in_full():
    """Expanding a recursive schema by one level is not a difference; a change below that level is reported once."""
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}, "id": {"type": "string"}}}
    unrolled: Tree = {"type": "object", "properties": {"next": copy.deepcopy(node), "id": {"type": "string"}}}
    reference = {"$ref": "#/components/schemas/Node"}
    base = minimal(reference, components={"schemas": {"Node": node}})
    other = minimal(reference, components={"schemas": {"Node": unrolled}})
    assert differences(base, other) == []
    unrolled["properties"]["next"]["properties"]["id"]["type"] = "integer"
    (found,) = differences(base, minimal(reference, components={"schemas": {"Node": unrolled}}))
    assert (found.rule, found.place) == ("response-type-changed", "POST /x 200 next.id")


def test_a_union_that_contains_itself_equals_its_other_members():
    """A reference of a union to itself, with no property in between, allows nothing more."""
    looped = {"anyOf": [{"$ref": "#/components/schemas/Loop"}, {"type": "string"}]}
    reference = {"$ref": "#/components/schemas/Loop"}
    other = minimal(reference, components={"schemas": {"Loop": looped}})
    assert differences(minimal({"type": "string"}), other) == []


# Random schemas, and for each of them an equivalent one in another notation.
NAMES = st.sampled_from(["id", "name", "kind", "data"])
SCALARS = st.one_of(
    st.sampled_from(["string", "integer", "number", "boolean"]).map(lambda kind: {"type": kind}),
    st.sampled_from(["uuid", "date-time"]).map(lambda name: {"type": "string", "format": name}),
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True).map(lambda v: {"type": "string", "enum": v}),
    st.integers(1, 9).map(lambda minimum: {"type": "integer", "minimum": minimum}),
)


def objects(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(NAMES, children, min_size=1).flatmap(
        lambda fields: st.lists(st.sampled_from(sorted(fields)), unique=True).map(
            lambda required: {"type": "object", "properties": fields, "required": required}
        )
    )


def tagged(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def variant(tag: str, value: Any) -> Tree:
        return {"type": "object", "properties": {"tag": {"const": tag}, "value": value}, "required": ["tag"]}

    return st.lists(children, min_size=2, max_size=3).map(
        lambda values: {"oneOf": [variant(f"t{index}", value) for index, value in enumerate(values)]}
    )


SCHEMAS = st.recursive(
    SCALARS,
    lambda children: st.one_of(
        objects(children),
        tagged(children),
        children.map(lambda items: {"type": "array", "items": items}),
        children.map(lambda child: {"anyOf": [child, {"type": "null"}]}),
        st.lists(objects(children), min_size=2, max_size=3).map(lambda members: {"anyOf": members}),
    ),
    max_leaves=12,
)


@st.composite
def rewritten(draw: st.DrawFn, value: Any, components: Tree) -> Any:
    """An equivalent schema in another notation; extracted schemas are added to `components`."""
    result = {key: draw(rewritten(child, components)) if key == "items" else child for key, child in value.items()}
    if "properties" in result:
        names = draw(st.permutations(sorted(result["properties"])))
        result["properties"] = {name: draw(rewritten(result["properties"][name], components)) for name in names}
        result["required"] = draw(st.permutations(result.get("required", [])))
    for keyword in {"anyOf", "oneOf"} & result.keys():
        result[keyword] = draw(st.permutations([draw(rewritten(child, components)) for child in result[keyword]]))
    if "enum" in result:
        result["enum"] = draw(st.permutations(result["enum"]))
    if draw(st.booleans()):
        result |= {"description": draw(st.text(max_size=3)), "title": "t", "examples": [1], "x-note": {"type": "null"}}
    match draw(st.integers(0, 4)):
        case 0:
            return {"allOf": [result]}
        case 1:
            name = f"S{len(components)}"
            components[name] = result
            return {"$ref": f"#/components/schemas/{name}"}
        case 2 if "anyOf" in result and {"type": "null"} in result["anyOf"] and len(result["anyOf"]) == 2:
            others = [member for member in result["anyOf"] if member != {"type": "null"}]
            return {"oneOf": [{"type": "null"}, *others]}
        case 3 if list(result) == ["type"]:
            return {"type": [result["type"]]}
    return result


@st.composite
def equivalent_documents(draw: st.DrawFn) -> tuple[Tree, Tree]:
    value = draw(SCHEMAS)
    components: Tree = {}
    other = draw(rewritten(value, components))
    return minimal(value, value), minimal(other, other, components={"schemas": components})


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(equivalent_documents())
def test_random_equivalent_schemas_have_no_differences(documents):
    """Equivalent schemas are equal in requests and in responses, whichever document is the base."""
    base, other = documents
    assert differences(base, other) == []
    assert differences(other, base) == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(SCHEMAS, SCHEMAS)
def test_two_random_schemas_differ_in_both_directions_or_in_neither(first, second):
    """Swapping two schemas never hides a difference, and a schema equals itself."""
    base, other = minimal(first, first), minimal(second, second)
    assert differences(base, base) == []
    assert bool(differences(base, other)) == bool(differences(other, base))
