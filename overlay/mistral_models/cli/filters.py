"""Which models are meant. Nothing here does I/O."""

from collections.abc import Iterable
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


def misnamed(wanted: Filter, models: "Iterable[Facts]") -> tuple[list[str], list[str]]:
    """Find the capabilities that neither the document nor any model has, and those that there are."""
    from .cards import CAPABILITIES

    known = {*CAPABILITIES, *(name for model in models for name in model.capabilities)}
    return [name for name in wanted.capabilities if name not in known], sorted(known)


def _matches(pattern: str, names: Iterable[str]) -> bool:
    from fnmatch import fnmatchcase

    return any(fnmatchcase(name, pattern) for name in names if name)
