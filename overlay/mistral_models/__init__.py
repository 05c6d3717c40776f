"""A client for the six model-management operations of the Mistral API."""

from typing import TYPE_CHECKING

from ._version import __version__

if TYPE_CHECKING:
    from . import catalogue, errors, models, operations, utils
    from ._client import Mistral
    from ._response import APIResponse

__all__ = ["APIResponse", "Mistral", "__version__", "catalogue", "errors", "models", "operations", "utils"]

_SOURCES = {"APIResponse": "_response", "Mistral": "_client"}


if not TYPE_CHECKING:  # type checkers know the names above, and no others

    def __getattr__(name: str) -> object:
        # Names are resolved on first use, so that importing the package loads nothing heavy (PEP 562).
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        module = import_module(f".{_SOURCES.get(name, name)}", __name__)
        value = globals()[name] = getattr(module, name) if name in _SOURCES else module
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
