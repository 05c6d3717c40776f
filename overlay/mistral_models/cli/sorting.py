"""The order of models. Nothing here does I/O."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from .cards import Facts

_KEYS: Final[dict[str, Callable[[Facts], Any]]] = {
    "id": lambda model: model.id,
    "type": lambda model: (model.type, model.id) if model.type else None,
    "owner": lambda model: model.owner,
    "name": lambda model: model.name,
    "context": lambda model: model.context,
    "created": lambda model: model.created,
    "deprecation": lambda model: model.deprecation,
}


def ordered(models: Sequence[Facts], by: str) -> list[Facts]:
    """Sort by a key, downwards after a minus sign; what does not have it comes last either way.

    Raises:
        ValueError: There is no such key.
    """
    name = by.removeprefix("-")
    if name not in _KEYS:
        raise ValueError(f"there is no order {by!r}; there are {', '.join(_KEYS)}, each with or without a minus sign")
    key = _KEYS[name]
    lacking = [model for model in models if key(model) in {None, ""}]
    having = [model for model in models if key(model) not in {None, ""}]
    return [*sorted(having, key=key, reverse=by.startswith("-")), *lacking]
