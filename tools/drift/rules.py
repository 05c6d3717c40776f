"""What a difference between two documents means to a client that was built from the first one: one table."""

from enum import StrEnum
from typing import Final

from attrs import frozen


class Severity(StrEnum):
    """From the client's side, the worst first."""

    BREAKING = "breaking"
    """A released client fails or misreads."""
    ADDITIVE = "additive"
    """Something that the client could offer and does not."""
    TOLERATED = "tolerated"
    """Would break others; this client absorbs it by design."""
    INFO = "info"
    """Good to know."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@frozen
class Rule:
    """A kind of difference."""

    severity: Severity
    meaning: str
    """What follows for the client or its maintainer, in one sentence."""


_B, _A, _T, _I = Severity

_PLAIN: Final = {
    "operation-removed": (_B, "The call fails: the service no longer documents it."),
    "operation-added": (_A, "The client could offer a call more."),
    "operation-id-changed": (_I, "Nothing on the wire; methods keep their names."),
    "deprecated": (_I, "Still works; will go one day."),
    "no-longer-deprecated": (_I, "It stays."),
    "security-changed": (_B, "The client's way to authenticate is no longer documented; it may be refused."),
    "security-added": (_A, "The client could authenticate in another way too."),
    "server-removed": (_B, "The client calls a server that is no longer documented."),
    "servers-changed": (_I, "The client's server is still there; `server_url` reaches the others."),
    "parameter-removed": (_B, "What the client sends has no effect any more, or is refused."),
    "parameter-added": (_A, "The client could offer a parameter more."),
    "parameter-added-required": (_B, "Every call without it is refused."),
    "parameter-now-required": (_B, "Calls that leave it out are refused."),
    "parameter-now-optional": (_A, "The client could let its users leave it out."),
    "parameter-style-changed": (_B, "The service reads another notation than the client writes."),
    "request-body-removed": (_B, "What the client sends has no effect any more, or is refused."),
    "request-body-added": (_A, "The client could send a body."),
    "request-body-added-required": (_B, "Every call without a body is refused."),
    "request-body-now-required": (_B, "Calls without a body are refused."),
    "request-body-now-optional": (_A, "The client could let its users leave the body out."),
    "success-status-removed": (_B, "The answer that the client waits for does not come."),
    "success-status-added": (_A, "Another answer of success may come; see that the client can read it."),
    "error-status-removed": (_I, "The client raises for every 4XX and 5XX, documented or not."),
    "error-status-added": (_I, "The client raises for every 4XX and 5XX, documented or not."),
}

_DIRECTED: Final = {
    # rule: (in a response, what it means there, in a request, what it means there)
    "media-type-removed": (_B, "The client cannot read the answer.", _B, "The service refuses the body."),
    "media-type-added": (_A, "The client could ask for it.", _A, "The client could send it."),
    "property-removed": (_B, "The attribute is empty from now on.", _B, "It has no effect any more, or is refused."),
    "property-added": (_A, "Reaches users untyped, in additional_properties.", _A, "The client could offer it."),
    "property-added-required": (_A, "Always there.", _B, "Every call without it is refused."),
    "property-now-optional": (_B, "Reading it fails when it is left out.", _A, "The client could let users omit it."),
    "property-now-required": (_I, "Always there from now on.", _B, "Calls that leave it out are refused."),
    "now-nullable": (_B, "Reading it fails on null.", _A, "The client could let users send null."),
    "not-nullable": (_I, "Never null from now on.", _B, "Calls that send null are refused."),
    "type-widened": (_B, "Values may come that the client cannot read.", _A, "The client could accept more."),
    "type-narrowed": (_I, "Fewer kinds of values than the client can read.", _B, "Values that users send are refused."),
    "type-changed": (_B, "The client cannot read the value.", _B, "What the client sends is refused."),
    "format-changed": (_B, "The client misreads the value.", _B, "What the client sends is refused."),
    "format-added": (_I, "Fewer values than the client can read.", _B, "Values that users send may be refused."),
    "format-removed": (_B, "Values may come that the client cannot read.", _A, "The client could accept more."),
    "const-changed": (_B, "The client refuses the value.", _B, "What the client sends is refused."),
    "enum-value-added": (_T, "The client keeps values that nobody listed.", _A, "The client could offer it."),
    "enum-value-removed": (_I, "One value less.", _B, "Calls that send it are refused."),
    "enum-opened": (_T, "The client keeps values that nobody listed.", _A, "The client could accept any value."),
    "enum-closed": (_I, "The values are listed now.", _B, "Values that are not listed are refused."),
    "variant-added": (_T, "Becomes the permissive variant of the union.", _A, "The client could offer it."),
    "variant-removed": (_I, "One kind of object less.", _B, "Calls that send it are refused."),
    "fields-opened": (_T, "Unknown fields are kept in additional_properties.", _A, "More fields may be sent."),
    "fields-closed": (_I, "No unknown fields from now on.", _B, "Calls with further fields are refused."),
    "constraint-changed": (_I, "The client does not check it.", _I, "The service may refuse what it took before."),
    "default-changed": (_I, "What an absent field stands for.", _I, "What leaving it out stands for."),
}  # fmt: skip

RULES: Final = {
    **{name: Rule(*row) for name, row in _PLAIN.items()},
    **{f"response-{name}": Rule(*row[:2]) for name, row in _DIRECTED.items()},
    **{f"request-{name}": Rule(*row[2:]) for name, row in _DIRECTED.items()},
}
