"""Servers and ways to authenticate, described independently of the names that a document gives them."""

import json
import re
from operator import itemgetter
from typing import Final, TypeAlias

from attrs import frozen

from .documents import Node

_IDENTIFYING_FIELDS: Final = ("type", "scheme", "in", "name", "openIdConnectUrl", "flows")
PLACEHOLDER: Final = re.compile(r"\{([^}]*)\}")
"""A variable in braces, in a path or in the URL of a server."""


@frozen
class Scheme:
    """A security scheme that a request uses, with the scopes that it needs."""

    name: str
    definition: str | None
    """The scheme without its name; None if the document does not define it."""
    scopes: frozenset[str]

    def is_equivalent(self, other: "Scheme") -> bool:
        """Return whether both are the same scheme; names are compared only if a definition is missing."""
        is_defined = None not in (self.definition, other.definition)
        is_same = self.definition == other.definition if is_defined else self.name == other.name
        return is_same and self.scopes == other.scopes

    def __str__(self) -> str:
        text = self.definition or self.name
        return f"{text} ({' '.join(sorted(self.scopes))})" if self.scopes else text


SecurityRequirement: TypeAlias = tuple[Scheme, ...]
"""Schemes that are used together; empty if a call needs no authentication."""


def requirements(security: Node) -> list[SecurityRequirement]:
    """Read the security requirements, of which a call must satisfy one."""
    return [_requirement(node) for node in security.items()] or [()]


def are_equivalent(requirement: SecurityRequirement, other: SecurityRequirement) -> bool:
    """Return whether two requirements need the same schemes."""
    return len(requirement) == len(other) and all(
        any(scheme.is_equivalent(candidate) for candidate in other) for scheme in requirement
    )


def describe(requirement: SecurityRequirement) -> str:
    """Describe a requirement for a report."""
    return " and ".join(map(str, requirement)) or "nothing"


def _requirement(node: Node) -> SecurityRequirement:
    return tuple(_scheme(node, name, scopes) for name, scopes in sorted(node.members(), key=itemgetter(0)))


def _scheme(node: Node, name: str, scope_list: Node) -> Scheme:
    components = node.document.root.get("components")
    schemes = components.get("securitySchemes") if components else None
    scheme = schemes.get(name) if schemes else None
    scopes = frozenset(scope.as_string() for scope in scope_list.items())
    if scheme is None:
        return Scheme(name, None, scopes)
    members = dict(scheme.resolved().members())
    texts = ((field, _text(members[field].value)) for field in _IDENTIFYING_FIELDS if field in members)
    return Scheme(name, ", ".join(text.lower() if field == "scheme" else text for field, text in texts), scopes)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def server_url(server: Node) -> str:
    """Return the URL of a server with the defaults of its variables filled in."""
    url, variables = server.get("url"), server.get("variables")
    if url is None:
        raise server.error("a server needs `url`")
    defaults = {
        name: str(default.value) for name, variable in (variables.members() if variables else ())
        if (default := variable.get("default")) is not None
    }  # fmt: skip
    return PLACEHOLDER.sub(lambda match: defaults.get(match[1], match[0]), url.as_string()).rstrip("/") or "/"
