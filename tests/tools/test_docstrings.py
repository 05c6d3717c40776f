"""Every public name has a docstring, including those of the generated code."""

import inspect
from collections.abc import Iterator
from functools import cached_property
from types import ModuleType
from typing import Any

import mistral_models
from mistral_models import Mistral, catalogue, errors, models, operations, testing, utils

MODULES = (mistral_models, catalogue, errors, models, operations, testing, utils)


def exported(module: ModuleType) -> dict[str, Any]:
    """Return the names in `__all__`, or else the public names that the module defines."""
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    names = getattr(module, "__all__", [name for name in own if not name.startswith("_")])
    return {f"{module.__name__}.{name}": getattr(module, name) for name in names}


def members(name: str, cls: type) -> Iterator[tuple[str, Any]]:
    """Yield the methods and properties of a class, including inherited ones."""
    for each in inspect.classify_class_attrs(cls):
        has_code = each.kind != "data" or isinstance(each.object, cached_property)
        if has_code and not each.name.startswith("_"):
            yield f"{name}.{each.name}", getattr(cls, each.name)


def undocumented(named: dict[str, Any]) -> list[str]:
    """Name the modules, functions, classes and class members without a docstring; other values cannot have one."""
    documentable: dict[str, Any] = {name: value for name, value in named.items() if inspect.ismodule(value)}
    documentable |= {name: value for name, value in named.items() if inspect.isroutine(value)}
    for name, cls in named.items():
        if inspect.isclass(cls):
            documentable |= {name: cls, **dict(members(name, cls))}
    return sorted(name for name, value in documentable.items() if not inspect.getdoc(value))


class Undocumented(utils.RetryConfig):
    def __str__(self):
        return ""

    def close(self): ...

    @classmethod
    def from_dict(cls): ...

    @property
    def body(self): ...

    @cached_property
    def models(self): ...


def test_a_missing_docstring_is_found():
    """This covers each kind of method and property; a class may inherit its docstring."""
    named = {"Undocumented": Undocumented, "documented": exported, "function": Undocumented.close, "version": "1.2.3"}
    assert undocumented(named) == [
        "Undocumented.body",
        "Undocumented.close",
        "Undocumented.from_dict",
        "Undocumented.models",
        "function",
    ]


def test_every_public_name_has_a_docstring():
    """This covers the library, its public modules and the methods of `mistral.models`."""
    named = {name: value for module in MODULES for name, value in exported(module).items()}
    named["mistral.models"] = type(Mistral(api_key="k").models)
    assert len(named) > 80
    assert not undocumented(named)
