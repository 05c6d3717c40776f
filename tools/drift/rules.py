"""The table of rules: how severe each kind of difference is for a client built from the first document, and why."""

from enum import StrEnum
from typing import Final

from attrs import frozen


class Severity(StrEnum):
    """Severity from the client's point of view, the worst first."""

    BREAKING = "breaking"
    """A released client fails or misreads the response."""
    ADDITIVE = "additive"
    """The client could offer something that it does not."""
    TOLERATED = "tolerated"
    """Would break other clients; this one handles it by design."""
    INFO = "info"
    """Nothing fails."""

    @property
    def rank(self) -> int:
        """Position in the order of severity; 0 is the worst."""
        return list(Severity).index(self)


@frozen
class Rule:
    """A kind of difference."""

    severity: Severity
    meaning: str
    """The consequence for the client or its maintainer, in one sentence."""


_B, _A, _T, _I = Severity

_OPERATION_RULES: Final = {
    "operation-removed": (_B, "The call fails: the service no longer documents it."),
    "operation-added": (_A, "The client could offer this operation."),
    "operation-id-changed": (_I, "Requests stay the same, and methods keep their names."),
    "deprecated": (_I, "It still works, and will be removed one day."),
    "no-longer-deprecated": (_I, "It is no longer planned to be removed."),
    "security-changed": (_B, "The client's authentication is no longer documented, and may be rejected."),
    "security-added": (_A, "The client could offer another way to authenticate."),
    "server-removed": (_B, "The client calls a server that is no longer documented."),
    "servers-changed": (_I, "The client's server is still documented; `server_url` reaches the others."),
    "parameter-removed": (_B, "The parameter that the client sends is ignored or rejected."),
    "parameter-added": (_A, "The client could offer this parameter."),
    "parameter-added-required": (_B, "Every call without it is rejected."),
    "parameter-now-required": (_B, "Calls that omit it are rejected."),
    "parameter-now-optional": (_A, "The client could let its users omit it."),
    "parameter-style-changed": (_B, "The service expects another serialization than the client's."),
    "request-body-removed": (_B, "The body that the client sends is ignored or rejected."),
    "request-body-added": (_A, "The client could send a body."),
    "request-body-added-required": (_B, "Every call without a body is rejected."),
    "request-body-now-required": (_B, "Calls without a body are rejected."),
    "request-body-now-optional": (_A, "The client could let its users omit the body."),
    "success-status-removed": (_B, "The response that the client expects is no longer documented."),
    "success-status-added": (_A, "Another successful response is possible; check that the client can decode it."),
    "error-status-removed": (_I, "The client raises for every 4XX and 5XX, documented or not."),
    "error-status-added": (_I, "The client raises for every 4XX and 5XX, documented or not."),
}

_DIRECTED_RULES: Final = {
    # rule: (severity in a response, meaning in a response, severity in a request, meaning in a request)
    "media-type-removed": (_B, "The client cannot decode the response.", _B, "The service rejects the body."),
    "media-type-added": (_A, "The client could request it.", _A, "The client could send it."),
    "property-removed": (_B, "The attribute is always empty.", _B, "The value is ignored or rejected."),
    "property-added": (_A, "It is available, untyped, in additional_properties.", _A, "The client could offer it."),
    "property-added-required": (_A, "The response always has it.", _B, "Every call without it is rejected."),
    "property-now-optional": (_B, "Decoding fails when it is absent.", _A, "The client could let its users omit it."),
    "property-now-required": (_I, "The response always has it.", _B, "Calls that omit it are rejected."),
    "now-nullable": (_B, "Decoding fails on null.", _A, "The client could let its users send null."),
    "not-nullable": (_I, "It is never null.", _B, "Calls that send null are rejected."),
    "type-widened": (_B, "The client cannot decode the new kinds of values.", _A, "The client could accept more."),
    "type-narrowed": (_I, "The client can decode more than is sent.", _B, "Some values that users send are rejected."),
    "type-changed": (_B, "The client cannot decode the value.", _B, "The value that the client sends is rejected."),
    "format-changed": (_B, "The client misreads the value.", _B, "The value that the client sends is rejected."),
    "format-added": (_I, "The client can decode more than is sent.", _B, "Some values that users send are rejected."),
    "format-removed": (_B, "The client cannot decode values without the format.", _A, "The client could accept more."),
    "const-changed": (_B, "The client rejects the value.", _B, "The value that the client sends is rejected."),
    "enum-value-added": (_T, "The client keeps values that are not listed.", _A, "The client could offer it."),
    "enum-value-removed": (_I, "The value is no longer sent.", _B, "Calls that send it are rejected."),
    "enum-opened": (_T, "The client keeps values that are not listed.", _A, "The client could accept any value."),
    "enum-closed": (_I, "The possible values are listed.", _B, "Values that are not listed are rejected."),
    "variant-added": (_T, "It becomes the permissive variant of the union.", _A, "The client could offer it."),
    "variant-removed": (_I, "The variant is no longer sent.", _B, "Calls that send it are rejected."),
    "fields-opened": (_T, "Unknown fields are kept in additional_properties.", _A, "Additional fields may be sent."),
    "fields-closed": (_I, "There are no unknown fields.", _B, "Calls with additional fields are rejected."),
    "constraint-changed": (_I, "The client does not check it.", _I, "The service may reject what it accepted before."),
    "default-changed": (_I, "An absent field has another meaning.", _I, "Omitting it has another meaning."),
}  # fmt: skip

RULES: Final = {
    **{name: Rule(*row) for name, row in _OPERATION_RULES.items()},
    **{f"response-{name}": Rule(*row[:2]) for name, row in _DIRECTED_RULES.items()},
    **{f"request-{name}": Rule(*row[2:]) for name, row in _DIRECTED_RULES.items()},
}
