"""What the documentation is made of: the code, and the contract. Both are read once a build."""

import functools
from pathlib import Path
from typing import Any, Final, NamedTuple

import griffe
import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
_METHODS: Final = {"get", "put", "post", "delete", "patch"}


@functools.cache
def package() -> griffe.Object | griffe.Alias:
    """Read the code, without running it."""
    loader = griffe.GriffeLoader(search_paths=[ROOT / "overlay", ROOT / "generated"], allow_inspection=False)
    loader.load("mistral_models_raw")
    found = loader.load("mistral_models")
    loader.resolve_aliases()
    return found


@functools.cache
def contract() -> dict[str, Any]:
    """Read `openapi.yaml`."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    return read


def forget() -> None:
    """Read code and contract anew when they are needed next."""
    package.cache_clear()
    contract.cache_clear()


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Follow the references of the contract."""
    if "$ref" not in node:
        return node
    found: Any = contract()
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return resolved(found)


class Operation(NamedTuple):
    """An operation, and what the contract says of it."""

    name: str
    method: str
    path: str
    said: dict[str, Any]


def described() -> list[Operation]:
    """Find the operations of the contract, in its order."""
    return [
        Operation(said["operationId"], method.upper(), path, said)
        for path, item in contract()["paths"].items()
        for method, said in item.items()
        if method in _METHODS
    ]
