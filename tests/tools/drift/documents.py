"""Documents derived from `openapi.yaml`, for the tests of `tools.drift`."""

import copy
import json
from collections.abc import Callable
from typing import Any, TypeAlias

import yaml

from tests.conftest import ROOT
from tools.drift.compare import Difference, compare
from tools.drift.documents import Document, parse

Tree: TypeAlias = dict[str, Any]
Mutation: TypeAlias = Callable[[Tree], object]

CLIENT: Tree = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))


def document(tree: Tree, name: str = "document.json") -> Document:
    return parse(name, json.dumps(tree))


def mutated(mutation: Mutation, tree: Tree = CLIENT) -> Tree:
    copied = copy.deepcopy(tree)
    mutation(copied)
    return copied


def differences(base: Tree, other: Tree) -> list[Difference]:
    return compare(document(base), document(other), client=document(CLIENT))


def schema(tree: Tree, name: str) -> Tree:
    return tree["components"]["schemas"][name]


def properties(tree: Tree, name: str) -> Tree:
    return schema(tree, name)["properties"]


def operation(tree: Tree, name: str) -> Tree:
    return next(
        member
        for item in tree["paths"].values()
        for method, member in item.items()
        if method != "parameters" and member["operationId"] == name
    )


def response_media(tree: Tree, name: str) -> Tree:
    return operation(tree, name)["responses"]["200"]["content"]["application/json"]


def minimal(response: Any, request: Any = None, **members: Any) -> Tree:
    """A document with one operation whose response and request body have the given schemas."""
    call: Tree = {"responses": {"200": {"description": "", "content": {"application/json": {"schema": response}}}}}
    if request is not None:
        call["requestBody"] = {"content": {"application/json": {"schema": request}}}
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/x": {"post": call}}, **members}
