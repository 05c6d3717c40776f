"""The sources of the generated pages, the code and `openapi.yaml`, each read once for each build."""

import functools
from pathlib import Path
from typing import Any, Final, NamedTuple

import griffe
import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
_METHODS: Final = {"get", "put", "post", "delete", "patch"}


@functools.cache
def package() -> griffe.Object | griffe.Alias:
    """Read the package statically, without importing it."""
    loader = griffe.GriffeLoader(search_paths=[ROOT / "overlay", ROOT / "generated"], allow_inspection=False)
    loader.load("mistral_models_raw")
    loaded = loader.load("mistral_models")
    loader.resolve_aliases()
    return loaded


@functools.cache
def contract() -> dict[str, Any]:
    """Read `openapi.yaml`."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    return document


def clear_cache() -> None:
    """Read code and contract again when they are needed next."""
    package.cache_clear()
    contract.cache_clear()


class Operation(NamedTuple):
    """An operation of the contract."""

    name: str
    method: str
    path: str
    definition: dict[str, Any]


def operations() -> list[Operation]:
    """Return the operations of the contract in its order."""
    return [
        Operation(definition["operationId"], method.upper(), path, definition)
        for path, item in contract()["paths"].items()
        for method, definition in item.items()
        if method in _METHODS
    ]
