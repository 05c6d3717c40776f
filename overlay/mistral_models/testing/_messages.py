"""Requests and answers as values, and the trouble that an answer can meet on its way."""

import json
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import unquote

Place = Literal["before", "in headers", "after headers", "in body"]
"""Where a connection is closed: nothing is sent before it but what the name says."""

_JSON = MappingProxyType({"content-type": "application/json"})
_ROUTES = {
    ("models",): {"GET": "list"},
    ("models", "{}"): {"GET": "retrieve", "DELETE": "delete"},
    ("fine_tuning", "models", "{}"): {"PATCH": "update"},
    ("fine_tuning", "models", "{}", "archive"): {"POST": "archive", "DELETE": "unarchive"},
}
OPERATIONS: Final = tuple(name for routes in _ROUTES.values() for name in routes.values())
"""The six, by their names."""


class Request(NamedTuple):
    """A request as it came over the wire."""

    method: str
    target: str
    """Path and query, percent-encoded."""
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes = b""

    @property
    def path(self) -> list[str]:
        """The segments of the path after `/v1`, percent-encoded; empty for a path that is elsewhere."""
        parts = self.target.partition("?")[0].split("/")
        return parts[2:] if parts[1:2] == ["v1"] else []

    @property
    def routes(self) -> dict[str, str]:
        """The operations of this path, by method."""
        for pattern, routes in _ROUTES.items():
            if len(pattern) == len(self.path) and all(p in {"{}", s} for p, s in zip(pattern, self.path, strict=True)):
                return routes
        return {}

    @property
    def operation(self) -> str | None:
        """Such as `retrieve`; None for what is none of the six."""
        return self.routes.get(self.method)

    @property
    def model_id(self) -> str | None:
        """The id that the path names."""
        if self.operation in {None, "list"}:
            return None
        return unquote(self.path[1] if self.path[0] == "models" else self.path[2])

    @property
    def query(self) -> str:
        """What comes after the question mark, percent-encoded."""
        return self.target.partition("?")[2]

    def json(self) -> Any:  # noqa: ANN401 JSON can be anything
        """Parse the body; None if there is none."""
        return json.loads(self.body) if self.body else None


class Delivery(NamedTuple):
    """How an answer travels."""

    refused: bool = False
    """The connection is refused (in process) or reset at once (over a socket)."""
    latency: float = 0
    """Seconds before anything is sent."""
    closed: Place | None = None
    """Where the connection is closed."""
    pause: float = 0
    """Seconds between the pieces of the body."""


class Response(NamedTuple):
    """What the service answers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = _JSON
    delivery: Delivery = Delivery()

    def fields(self) -> dict[str, str]:
        """Make the headers, those that every answer has among them."""
        return {"content-length": str(len(self.body)), **{name.lower(): value for name, value in self.headers.items()}}

    @property
    def pieces(self) -> list[bytes]:
        """The body as it is sent: at once, or in sixteen pieces with pauses between them."""
        if not self.delivery.pause:
            return [self.body]
        size = max(1, -(-len(self.body) // 16))
        return [self.body[start : start + size] for start in range(0, len(self.body), size)]

    def head(self, now: float) -> bytes:
        """Make the status line and the headers, as HTTP/1.1 has them.

        Args:
            now: The time, in seconds since 1970-01-01 UTC.
        """
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = ""
        fields = {"date": formatdate(now, usegmt=True), **self.fields()}
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{name}: {value}" for name, value in fields.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


class Fault(NamedTuple):
    """What happens to a call in place of the service's answer, or to that answer on its way.

    Made by the functions below.
    """

    answer: Response | None = None
    """In place of the service's."""
    delivery: Delivery = Delivery()
    body: bytes | None = None
    """In place of the body of the service's answer."""

    def applied(self, answer: Response) -> Response:
        """Make what is sent of what the service would have answered."""
        chosen = self.answer or answer
        body = chosen.body if self.body is None else self.body
        return chosen._replace(body=body, delivery=self.delivery)

    @property
    def reaches_service(self) -> bool:
        """Whether the service does what it is asked, though its answer may be lost."""
        return self.answer is None and not self.delivery.refused


def status(code: int, body: object = b"", headers: Mapping[str, str] | None = None) -> Fault:
    """Response with a status; the service does nothing.

    Args:
        code: The status.
        body: Bytes or text as they are; all else as JSON.
        headers: Beside `content-type` and `content-length`, or in place of them.
    """
    content = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    kind = "text/html" if isinstance(body, bytes | str) else "application/json"
    return Fault(Response(code, content, {"content-type": kind, **(headers or {})}))


def latency(seconds: float) -> Fault:
    """Response as the service does, after a while."""
    return Fault(delivery=Delivery(latency=seconds))


def connection_refused() -> Fault:
    """Refuse the connection: the service does not get the request."""
    return Fault(delivery=Delivery(refused=True))


def disconnect(place: Place = "before") -> Fault:
    """Do what is asked, and close the connection before, in, or after the headers, or in the body, of the answer."""
    return Fault(delivery=Delivery(closed=place))


def slow_body(pause: float) -> Fault:
    """Send the body in sixteen pieces.

    Args:
        pause: The seconds between two of them.
    """
    return Fault(delivery=Delivery(pause=pause))


def invalid_body(body: bytes = b'{"data": [') -> Fault:
    """Send another body in place of the service's: invalid JSON, or whatever is given."""
    return Fault(body=body)


def oversized_body(size: int) -> Fault:
    """Send a body of that many bytes, all spaces."""
    return invalid_body(b" " * size)
