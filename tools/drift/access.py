"""Where calls go and how they are authenticated, in words that do not depend on the names that a document gives."""

import json
import re
from operator import itemgetter
from typing import Final, TypeAlias

from attrs import frozen

from .documents import Node

_TELLING: Final = ("type", "scheme", "in", "name", "openIdConnectUrl", "flows")
NAME: Final = re.compile(r"\{([^}]*)\}")
"""A name in braces, as paths and URLs have them."""


@frozen
class Scheme:
    """One thing that a call shows to authenticate itself."""

    name: str
    definition: str | None
    """What it is, in words that do not depend on its name; None where the document does not say."""
    scopes: frozenset[str]

    def is_like(self, other: "Scheme") -> bool:
        """Whether both are the same; the name decides only where nothing else is known."""
        is_known = None not in (self.definition, other.definition)
        is_same = self.definition == other.definition if is_known else self.name == other.name
        return is_same and self.scopes == other.scopes

    @property
    def shown(self) -> str:
        """What it is, for people."""
        what = self.definition or self.name
        return f"{what} ({' '.join(sorted(self.scopes))})" if self.scopes else what


Way: TypeAlias = tuple[Scheme, ...]
"""Schemes that are shown together; none of them for a call that needs no authentication."""


def ways(security: Node) -> list[Way]:
    """Read the ways to authenticate, of which a call needs one."""
    return [_way(way) for way in security.items()] or [()]


def is_like(way: Way, other: Way) -> bool:
    """Whether two ways need the same schemes."""
    return len(way) == len(other) and all(any(one.is_like(another) for another in other) for one in way)


def shown(way: Way) -> str:
    """Say what a way needs, for people."""
    return " and ".join(scheme.shown for scheme in way) or "nothing"


def _way(node: Node) -> Way:
    return tuple(_scheme(node, name, scopes) for name, scopes in sorted(node.fields(), key=itemgetter(0)))


def _scheme(node: Node, name: str, scopes: Node) -> Scheme:
    components = node.document.root.get("components")
    schemes = components.get("securitySchemes") if components else None
    scheme = schemes.get(name) if schemes else None
    needed = frozenset(scope.word() for scope in scopes.items())
    if scheme is None:
        return Scheme(name, None, needed)
    words = dict(scheme.followed().fields())
    said = ((key, _text(words[key].value)) for key in _TELLING if key in words)
    return Scheme(name, ", ".join(text.lower() if key == "scheme" else text for key, text in said), needed)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def url(server: Node) -> str:
    """Read the URL of a server, its variables at their defaults."""
    url, variables = server.get("url"), server.get("variables")
    if url is None:
        raise server.fault("a server needs `url`")
    defaults = {
        name: str(default.value) for name, variable in (variables.fields() if variables else ())
        if (default := variable.get("default")) is not None
    }  # fmt: skip
    return NAME.sub(lambda found: defaults.get(found[1], found[0]), url.word()).rstrip("/") or "/"
