"""Every public name says what it is, also where it is written by the generator."""

import inspect
from collections.abc import Iterator
from functools import cached_property
from types import ModuleType
from typing import Any

import mistral_models
from mistral_models import Mistral, catalogue, errors, models, operations, testing, utils

MODULES = (mistral_models, catalogue, errors, models, operations, testing, utils)


def exported(module: ModuleType) -> dict[str, Any]:
    """What `__all__` names; where there is none, what is the module's own."""
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    names = getattr(module, "__all__", [name for name in own if not name.startswith("_")])
    return {f"{module.__name__}.{name}": getattr(module, name) for name in names}


def members(name: str, cls: type) -> Iterator[tuple[str, Any]]:
    """The methods and properties of a class, also those that it inherits from ours."""
    for each in inspect.classify_class_attrs(cls):
        has_code = each.kind != "data" or isinstance(each.object, cached_property)
        if has_code and not each.name.startswith("_"):
            yield f"{name}.{each.name}", getattr(cls, each.name)


def undocumented(named: dict[str, Any]) -> list[str]:
    """Of modules, classes, functions, and what is inside classes; other values cannot have a docstring."""
    said: dict[str, Any] = {name: value for name, value in named.items() if inspect.ismodule(value)}
    said |= {name: value for name, value in named.items() if inspect.isroutine(value)}
    for name, cls in named.items():
        if inspect.isclass(cls):
            said |= {name: cls, **dict(members(name, cls))}
    return sorted(name for name, value in said.items() if not inspect.getdoc(value))


class Silent(utils.RetryConfig):
    def __str__(self):
        return ""

    def close(self): ...

    @classmethod
    def from_dict(cls): ...

    @property
    def body(self): ...

    @cached_property
    def models(self): ...


def test_who_says_nothing_is_found():
    """Methods and properties of each sort; a class may say what its base says."""
    named = {"Silent": Silent, "documented": exported, "function": Silent.close, "version": "1.2.3"}
    assert undocumented(named) == ["Silent.body", "Silent.close", "Silent.from_dict", "Silent.models", "function"]


def test_every_public_name_has_a_docstring():
    """Of the library, its public modules, and the six operations where they are called."""
    named = {name: value for module in MODULES for name, value in exported(module).items()}
    named["mistral.models"] = type(Mistral(api_key="k").models)
    assert len(named) > 80
    assert not undocumented(named)
