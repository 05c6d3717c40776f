"""Faults for tests to inject: an error status, a slow or broken connection, an unexpected body. No I/O."""

import json
from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

ResponsePoint = Literal["before", "in headers", "after headers", "in body"]
"""Where the response ends too early: before it begins, within its headers, after them, or within its body."""


class Delivery(NamedTuple):
    """How the connection behaves while a response is sent."""

    connection_refused: bool = False
    """In process, connecting fails; over a socket, the connection is reset before anything is sent."""
    latency: float = 0
    """Seconds before anything is sent."""
    disconnect_at: ResponsePoint | None = None
    """Where the connection is closed; None sends the whole response."""
    silent_at: ResponsePoint | None = None
    """Where the service stops sending, but keeps the connection open; None sends the whole response."""
    chunk_interval: float = 0
    """Seconds before each chunk of the body; 0 sends the body at once."""


class Fault(NamedTuple):
    """What goes wrong with a call. Create it with one of the functions, such as `status` or `latency`."""

    status: int | None = None
    """Sent in place of a response of the service, which does not process the request."""
    headers: Mapping[str, str] | None = None
    """Replace those of the response."""
    body: bytes | None = None
    """Replaces that of the response."""
    delivery: Delivery = Delivery()

    @property
    def request_is_processed(self) -> bool:
        """Whether the service processes the request, even if its response is lost."""
        return self.status is None and not self.delivery.connection_refused


def status(code: int, body: object = b"", headers: Mapping[str, str] | None = None) -> Fault:
    """Respond with an HTTP status. The service does not process the request.

    Args:
        code: The status code, such as 503.
        body: Bytes and text are sent as `text/html`; anything else is sent as JSON.
        headers: Response headers, added to `content-type` and `content-length` or replacing them.

    Raises:
        TypeError: The body cannot be written as JSON.
    """
    content_type = "text/html" if isinstance(body, bytes | str) else "application/json"
    text = body if isinstance(body, bytes | str) else json.dumps(body)
    content = text.encode() if isinstance(text, str) else text
    return Fault(code, {"content-type": content_type, **(headers or {})}, content)


def latency(seconds: float) -> Fault:
    """Delay the response.

    Args:
        seconds: How long. In process the clock of the fake service advances; over a socket the time is real.
    """
    return Fault(delivery=Delivery(latency=seconds))


def connection_refused() -> Fault:
    """Refuse the connection. The service does not process the request."""
    return Fault(delivery=Delivery(connection_refused=True))


def disconnect(point: ResponsePoint = "before") -> Fault:
    """Process the request, then close the connection before the response is complete.

    Args:
        point: Where: `before`, `in headers`, `after headers` or `in body`.

    Raises:
        ValueError: There is no such point.
    """
    return Fault(delivery=Delivery(disconnect_at=_checked_point(point)))


def silence(point: ResponsePoint = "before") -> Fault:
    """Process the request, then stop sending before the response is complete, with the connection still open.

    Args:
        point: Where: `before`, `in headers`, `after headers` or `in body`. In process the clock of the fake service
            advances by the timeout of the attempt; over a socket the time is real.

    Raises:
        ValueError: There is no such point.
    """
    return Fault(delivery=Delivery(silent_at=_checked_point(point)))


def slow_body(chunk_interval: float) -> Fault:
    """Send the body slowly, in up to sixteen chunks.

    Args:
        chunk_interval: Seconds before each chunk.
    """
    return Fault(delivery=Delivery(chunk_interval=chunk_interval))


def invalid_body(body: bytes = b'{"data": [') -> Fault:
    """Process the request, then send another body with the status and headers of the response.

    Args:
        body: The body; truncated JSON by default.
    """
    return Fault(body=body)


def oversized_body(size: int) -> Fault:
    """Process the request, then send a body of spaces.

    Args:
        size: The length of the body, in bytes.
    """
    return invalid_body(b" " * size)


def _checked_point(point: ResponsePoint) -> ResponsePoint:
    points = get_args(ResponsePoint)
    if point not in points:
        raise ValueError(f"there is no point {point!r}; there are {', '.join(points)}")
    return point
