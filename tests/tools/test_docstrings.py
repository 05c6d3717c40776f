"""Every public name has a docstring, including those of the generated code, and documentation tools can read it."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from types import ModuleType
from typing import Any

import griffe
import mistral_models
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.utils import new_document
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


def attribute_docstrings(module: ModuleType) -> dict[str, str]:
    """Return the strings below the assignments and annotations of a module and its classes."""
    found = {}
    for owner in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(owner, ast.Module | ast.ClassDef):
            for node, following in pairwise(owner.body):
                match node, following:
                    case ast.AnnAssign() | ast.Assign(), ast.Expr(value=ast.Constant(value=str(text))):
                        found[f"{module.__name__}:{node.lineno}"] = inspect.cleandoc(text)
    return found


def is_own(value: Any) -> bool:
    """Return whether this project wrote the docstring: `testing.Model`, for one, has that of `dict`."""
    return str(getattr(value, "__module__", "mistral_models")).startswith("mistral_models")


def markup_errors(docstring: str) -> list[str]:
    """Return what docutils reports about the sections of a docstring in reStructuredText."""
    messages: list[str] = []
    for section in griffe.Docstring(docstring).parse("google", warnings=False):
        items = section.value if isinstance(section.value, list) else [section]
        for item in items:
            document = new_document("docstring", get_default_settings(Parser))
            document.reporter.report_level = 5  # print nothing
            document.reporter.attach_observer(lambda message: messages.append(message.astext()))
            Parser().parse(getattr(item, "description", None) or str(getattr(item, "value", "")), document)
    return messages


def test_sphinx_can_render_every_docstring():
    """They are valid reStructuredText, with Google's sections; those of attributes have no colon in code."""
    named = {name: value for module in MODULES for name, value in exported(module).items()}
    for name, value in [*named.items()]:
        if inspect.isclass(value):
            named |= dict(members(name, value))
    docstrings = {name: inspect.getdoc(value) or "" for name, value in named.items() if is_own(value)}
    docstrings |= {module.__name__: inspect.getdoc(module) or "" for module in MODULES}
    defining = {sys.modules[value.__module__] for value in named.values() if inspect.isclass(value) and is_own(value)}
    attributes = {name: text for module in defining for name, text in attribute_docstrings(module).items()}
    assert len(docstrings) > 200
    assert len(attributes) > 50
    wrong = {name: found for name, text in (docstrings | attributes).items() if (found := markup_errors(text))}
    assert not wrong
    code = {name: re.findall("`([^`]*)`", text.partition("\n")[0]) for name, text in attributes.items()}
    assert not [name for name, parts in code.items() if any(":" in part for part in parts)]
