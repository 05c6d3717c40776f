"""HTTP requests and responses of the fake service, as values. No I/O."""

import json
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from ._faults import Delivery, Fault

_JSON_HEADERS = MappingProxyType({"content-type": "application/json"})
_CHUNKS = 16
_ROUTES = {
    ("models",): {"GET": "list"},
    ("models", "{}"): {"GET": "retrieve", "DELETE": "delete"},
    ("fine_tuning", "models", "{}"): {"PATCH": "update"},
    ("fine_tuning", "models", "{}", "archive"): {"POST": "archive", "DELETE": "unarchive"},
}
OPERATIONS: Final = tuple(name for routes in _ROUTES.values() for name in routes.values())
"""The names of the six operations."""


class Request(NamedTuple):
    """A request that the fake service received."""

    method: str
    """Such as `GET`."""
    target: str
    """Path and query string, percent-encoded."""
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes = b""
    received_at: float | None = None
    """Seconds since 1970-01-01 UTC, by the clock of the fake service in process, or by the system's over a socket."""

    @property
    def path_segments(self) -> list[str]:
        """The percent-encoded segments of the path after `/v1`; empty if the path does not start with `/v1`."""
        segments = self.target.partition("?")[0].split("/")
        return segments[2:] if segments[1:2] == ["v1"] else []

    @property
    def routes(self) -> dict[str, str]:
        """The operations at this path, by HTTP method; empty for an unknown path."""
        segments = self.path_segments
        for pattern, routes in _ROUTES.items():
            if len(pattern) == len(segments) and all(
                expected in {"{}", segment} for expected, segment in zip(pattern, segments, strict=True)
            ):
                return routes
        return {}

    @property
    def operation(self) -> str | None:
        """The name of the operation, such as `retrieve`; None if the request is none of the six."""
        return self.routes.get(self.method)

    @property
    def model_id(self) -> str | None:
        """The id in the path; None for `list` and for unknown requests."""
        if self.operation in {None, "list"}:
            return None
        segments = self.path_segments
        return unquote(segments[1] if segments[0] == "models" else segments[2])

    @property
    def query(self) -> str:
        """The query string without its question mark, percent-encoded."""
        return self.target.partition("?")[2]

    def json(self) -> Any:  # noqa: ANN401 JSON can be anything
        """Parse the body; None if it is empty.

        Raises:
            ValueError: The body is not JSON.
        """
        return json.loads(self.body) if self.body else None


class Response(NamedTuple):
    """A response of the fake service, and how it is delivered."""

    status: int
    """The status code."""
    body: bytes
    headers: Mapping[str, str] = _JSON_HEADERS
    """`content-length` is added if it is missing."""
    delivery: Delivery = Delivery()
    """How the connection behaves; set by faults."""

    def with_fault(self, fault: Fault) -> "Response":
        """Return the response that is sent when this one meets a fault."""
        return Response(
            status=self.status if fault.status is None else fault.status,
            body=self.body if fault.body is None else fault.body,
            headers=self.headers if fault.headers is None else fault.headers,
            delivery=fault.delivery,
        )

    def complete_headers(self) -> dict[str, str]:
        """Return all headers with lower-case names, `content-length` included."""
        return {"content-length": str(len(self.body)), **{name.lower(): value for name, value in self.headers.items()}}

    @property
    def chunks(self) -> list[bytes]:
        """The body as it is sent: in one part, or in up to sixteen if there is an interval between them."""
        if not self.delivery.chunk_interval:
            return [self.body]
        size = max(1, -(-len(self.body) // _CHUNKS))
        return [self.body[start : start + size] for start in range(0, len(self.body), size)]

    def encode_head(self, now: float) -> bytes:
        """Return the status line and the headers as HTTP/1.1 sends them.

        Args:
            now: The time for the `date` header, in seconds since 1970-01-01 UTC.
        """
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = ""
        headers = {"date": formatdate(now, usegmt=True), **self.complete_headers()}
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")
