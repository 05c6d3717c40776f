"""Which models are meant. Nothing here does I/O."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .cards import Facts


class Filter(NamedTuple):
    """What a model must be, all of it; empty or None asks for nothing."""

    types: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    archived: bool | None = None
    deprecated: bool = False
    match: str | None = None

    def accepts(self, model: "Facts") -> bool:
        """Decide about one model."""
        return (
            (not self.types or model.type in self.types)
            and (not self.owners or model.owner in self.owners)
            and all(model.capabilities.get(name) for name in self.capabilities)
            and self.archived in {None, model.archived}
            and (not self.deprecated or model.deprecation is not None)
            and (self.match is None or _matches(self.match, (model.id, model.name, *model.aliases)))
        )


def misnamed(wanted: Filter, models: "Sequence[Facts]") -> str | None:
    """Say which type or capability is wanted that neither the document nor any of all models has, if one is."""
    from .cards import CAPABILITIES, TYPES

    types = {*TYPES, *(model.type for model in models if model.type)}
    capabilities = {*CAPABILITIES, *(name for model in models for name in model.capabilities)}
    for what, names, known in (("type", wanted.types, types), ("capability", wanted.capabilities, capabilities)):
        for name in names:
            if name not in known:
                return f"no model has the {what} {name!r}; there are {', '.join(sorted(known))}"
    return None


def _matches(pattern: str, names: Iterable[str]) -> bool:
    from fnmatch import fnmatchcase

    return any(fnmatchcase(name, pattern) for name in names if name)
