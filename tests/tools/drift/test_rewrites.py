"""Spelling a document otherwise is no difference."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.drift.documents import (
    CLIENT,
    Mutation,
    Tree,
    answer,
    differences,
    mutated,
    operation,
    properties,
    schema,
    tiny,
)


def renamed(tree: Tree) -> Tree:
    """Every component schema under another name."""
    names = tree["components"]["schemas"]

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(item) for item in value]
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        name = value.removeprefix("#/components/schemas/") if isinstance(value, str) else None
        return f"#/components/schemas/Other{name}" if name != value and name in names else value

    found: Tree = walk(tree)
    found["components"]["schemas"] = {f"Other{name}": value for name, value in found["components"]["schemas"].items()}
    return found


def inlined(tree: Tree) -> Tree:
    """Every reference to a schema replaced by what it leads to; the mapping of tags cannot be kept then."""
    schemas = tree["components"]["schemas"]

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(item) for item in value]
        if not isinstance(value, dict):
            return value
        if str(value.get("$ref")).startswith("#/components/schemas/"):
            return walk(schemas[value["$ref"].rpartition("/")[2]])
        return {key: walk(item) for key, item in value.items() if key != "discriminator"}

    found: Tree = walk(tree)
    found["components"]["schemas"] = {}
    return found


def in_3_0(value: Any) -> Any:
    """In the notation of OpenAPI 3.0."""
    if isinstance(value, list):
        return [in_3_0(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: in_3_0(item) for key, item in value.items()}
    if isinstance(found.get("type"), list) and "null" in found["type"]:
        found["type"] = found["type"][0]
        found["nullable"] = True
    if isinstance(found.get("type"), list):
        found["anyOf"] = [{"type": kind} for kind in found.pop("type")]
    if "const" in found and isinstance(found["const"], str) and "type" in found:
        found["enum"] = [found.pop("const")]
    if found.get("oneOf") and {"type": "null"} in found["oneOf"]:
        found = {"allOf": [found["oneOf"][0]], "nullable": True}
    return found


def shuffled(value: Any) -> Any:
    """Keys, required names, variants and enum values in the opposite order."""
    if isinstance(value, list):
        return [shuffled(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: shuffled(value[key]) for key in reversed(list(value))}
    for key in ("required", "oneOf", "anyOf", "enum", "type", "parameters"):
        if isinstance(found.get(key), list):
            found[key].reverse()
    return found


def bare(value: Any) -> Any:
    """Without what is meant for people."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    if not isinstance(value, dict):
        return value
    silent = {"summary", "description", "example", "examples", "title", "externalDocs", "x-deviation"}
    return {
        key: {name: bare(item) for name, item in child.items()} if key == "properties" else bare(child)
        for key, child in value.items()
        if key not in silent
    }


WHOLE = {"renamed": renamed, "inlined": inlined, "in 3.0": in_3_0, "shuffled": shuffled, "bare": bare}


@pytest.mark.parametrize("rewrite", WHOLE.values(), ids=WHOLE)
def test_a_document_written_otherwise_is_the_same(rewrite):
    """As a whole, from both sides."""
    other = rewrite(copy.deepcopy(CLIENT))
    assert other != CLIENT
    assert differences(CLIENT, other) == []
    assert differences(other, CLIENT) == []


def test_rewrites_may_be_combined():
    """Renamed, in 3.0, shuffled and bare at once."""
    assert differences(CLIENT, bare(shuffled(in_3_0(renamed(copy.deepcopy(CLIENT)))))) == []


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


def put(name: str, field: str, **words: Any) -> Mutation:
    return lambda tree: properties(tree, name).update({field: words})


REWRITES: dict[str, Mutation] = {
    "const as enum": put("ArchiveModelResponse", "object", type="string", enum=["model"], default="model"),
    "const without type": put("ArchiveModelResponse", "object", const="model", default="model"),
    "const as two enums": put("ArchiveModelResponse", "object", allOf=[{"enum": ["model", "x"]}, {"enum": ["model", "y"]}], default="model"),
    "nullable by anyOf": put("BaseModelCard", "name", anyOf=[{"type": "string"}, {"type": "null"}]),
    "nullable by oneOf": put("BaseModelCard", "name", oneOf=[{"type": "null"}, {"type": "string"}]),
    "nullable by word": put("BaseModelCard", "name", type="string", nullable=True),
    "nullable by enum": put("BaseModelCard", "name", anyOf=[{"type": "string"}, {"enum": [None]}]),
    "null by const": put("BaseModelCard", "name", anyOf=[{"type": "string"}, {"const": None}]),
    "a null default": put("BaseModelCard", "name", type=["string", "null"], default=None),
    "allOf of one": put("BaseModelCard", "capabilities", allOf=[{"$ref": "#/components/schemas/ModelCapabilities"}]),
    "anyOf of one": put("BaseModelCard", "capabilities", anyOf=[{"$ref": "#/components/schemas/ModelCapabilities"}]),
    "described reference": put("BaseModelCard", "capabilities", **{"$ref": "#/components/schemas/ModelCapabilities", "description": "x"}),
    "same variant twice": put("BaseModelCard", "capabilities", anyOf=[{"$ref": "#/components/schemas/ModelCapabilities"}] * 2),
    "union of types": put("BaseModelCard", "created", anyOf=[{"type": "integer"}, {"type": "integer", "minimum": 5}]),
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
    "style said": lambda tree: operation(tree, "list")["parameters"][0].update(style="form", explode=True),
    "ignored header": lambda tree: operation(tree, "list")["parameters"].append({"name": "Accept", "in": "header", "schema": {}}),
    "charset": lambda tree: operation(tree, "list")["responses"]["200"].update(content={"application/json; charset=utf-8": answer(tree, "list")}),
    "server with a slash": lambda tree: tree["servers"][0].update(url="https://api.mistral.ai/"),
    "server with a variable": lambda tree: tree.update(servers=[{"url": "https://{host}", "variables": {"host": {"default": "api.mistral.ai"}}}]),
    "bound at its default": lambda tree: properties(tree, "BaseModelCard")["id"].update(minLength=0),
    "both booleans": put("BaseModelCard", "internal", enum=[True, False], default=False),
    "no permissive variant": lambda tree: tree["components"]["schemas"].update(ModelCard=schema(tree, "ModelCard")["anyOf"][0]),
    "no discriminator": lambda tree: schema(tree, "ModelCard")["anyOf"][0].pop("discriminator"),
    "others' operations": lambda tree: tree["paths"].update({"/v1/chat": {"post": {"responses": {}}}}),
}  # fmt: skip


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES)
def test_one_thing_written_otherwise_is_no_difference(rewrite):
    """From both sides."""
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
def test_bounds_and_null_of_3_0_are_those_of_3_1(older, newer):
    """Each version has its own notation."""
    assert differences(tiny(older), tiny(newer)) == []


def test_variants_without_a_tag_are_paired_by_what_they_are():
    """Also when they differ only deep inside, and come in another order."""

    def variant(kind: str) -> Tree:
        inner = {"type": "object", "properties": {"value": {"type": kind}}}
        return {"type": "object", "properties": {"items": {"type": "array", "items": inner}}}

    variants = [variant(kind) for kind in ("string", "integer", "boolean")]
    assert differences(tiny({"anyOf": variants}), tiny({"anyOf": variants[::-1]})) == []
    changed = [variant("number"), variants[2], variants[0]]
    (found,) = differences(tiny({"anyOf": variants}), tiny({"anyOf": changed}))
    assert (found.rule, found.place) == ("response-type-widened", "POST /x 200 <2>.items[].value")


def test_recursive_schemas_are_compared_to_their_end():
    """Unrolling one round is no difference; a change deep inside is found, once."""
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}, "id": {"type": "string"}}}
    unrolled: Tree = {"type": "object", "properties": {"next": copy.deepcopy(node), "id": {"type": "string"}}}
    reference = {"$ref": "#/components/schemas/Node"}
    base = tiny(reference, components={"schemas": {"Node": node}})
    other = tiny(reference, components={"schemas": {"Node": unrolled}})
    assert differences(base, other) == []
    unrolled["properties"]["next"]["properties"]["id"]["type"] = "integer"
    (found,) = differences(base, tiny(reference, components={"schemas": {"Node": unrolled}}))
    assert (found.rule, found.place) == ("response-type-changed", "POST /x 200 next.id")


def test_a_union_with_itself_allows_nothing_more():
    """However often a schema refers to itself without a property between."""
    looped = {"anyOf": [{"$ref": "#/components/schemas/Loop"}, {"type": "string"}]}
    reference = {"$ref": "#/components/schemas/Loop"}
    other = tiny(reference, components={"schemas": {"Loop": looped}})
    assert differences(tiny({"type": "string"}), other) == []


# Schemas of every sort, and for each one the same written otherwise.
NAMES = st.sampled_from(["id", "name", "kind", "data"])
SCALARS = st.one_of(
    st.sampled_from(["string", "integer", "number", "boolean"]).map(lambda kind: {"type": kind}),
    st.sampled_from(["uuid", "date-time"]).map(lambda name: {"type": "string", "format": name}),
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True).map(lambda v: {"type": "string", "enum": v}),
    st.integers(1, 9).map(lambda least: {"type": "integer", "minimum": least}),
)


def objects(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(NAMES, children, min_size=1).flatmap(
        lambda fields: st.lists(st.sampled_from(sorted(fields)), unique=True).map(
            lambda needed: {"type": "object", "properties": fields, "required": needed}
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
        children.map(lambda one: {"anyOf": [one, {"type": "null"}]}),
        st.lists(objects(children), min_size=2, max_size=3).map(lambda several: {"anyOf": several}),
    ),
    max_leaves=12,
)


@st.composite
def rewritten(draw: st.DrawFn, value: Any, shared: Tree) -> Any:
    """The same schema, otherwise written; `shared` takes what is extracted."""
    found = {key: draw(rewritten(child, shared)) if key == "items" else child for key, child in value.items()}
    if "properties" in found:
        names = draw(st.permutations(sorted(found["properties"])))
        found["properties"] = {name: draw(rewritten(found["properties"][name], shared)) for name in names}
        found["required"] = draw(st.permutations(found.get("required", [])))
    for word in {"anyOf", "oneOf"} & found.keys():
        found[word] = draw(st.permutations([draw(rewritten(child, shared)) for child in found[word]]))
    if "enum" in found:
        found["enum"] = draw(st.permutations(found["enum"]))
    if draw(st.booleans()):
        found |= {"description": draw(st.text(max_size=3)), "title": "t", "examples": [1], "x-note": {"type": "null"}}
    match draw(st.integers(0, 4)):
        case 0:
            return {"allOf": [found]}
        case 1:
            name = f"S{len(shared)}"
            shared[name] = found
            return {"$ref": f"#/components/schemas/{name}"}
        case 2 if "anyOf" in found and {"type": "null"} in found["anyOf"] and len(found["anyOf"]) == 2:
            rest = [one for one in found["anyOf"] if one != {"type": "null"}]
            return {"oneOf": [{"type": "null"}, *rest]}
        case 3 if list(found) == ["type"]:
            return {"type": [found["type"]]}
    return found


@st.composite
def written_twice(draw: st.DrawFn) -> tuple[Tree, Tree]:
    value = draw(SCHEMAS)
    shared: Tree = {}
    other = draw(rewritten(value, shared))
    return tiny(value, value), tiny(other, other, components={"schemas": shared})


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(written_twice())
def test_any_schema_written_otherwise_is_no_difference(both):
    """In a request and in an answer, from both sides."""
    base, other = both
    assert differences(base, other) == []
    assert differences(other, base) == []


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(SCHEMAS, SCHEMAS)
def test_swapping_any_two_schemas_never_hides_a_difference(one, another):
    """Nor is anything different from itself."""
    base, other = tiny(one, one), tiny(another, another)
    assert differences(base, base) == []
    assert bool(differences(base, other)) == bool(differences(other, base))
