"""The vocabulary of the matrix: what a server does step by step, and what a row expects of the client."""

from collections.abc import Mapping
from typing import Literal, NamedTuple


class Send(NamedTuple):
    """Send these bytes at once."""

    data: bytes


class Trickle(NamedTuple):
    """Send these bytes one by one, with a pause before each, in seconds."""

    data: bytes
    pause: float = 0.03


class Repeat(NamedTuple):
    """Send these bytes again and again, until the client closes the connection or the number of times is reached."""

    data: bytes
    times: int = 1_000_000


class Do(NamedTuple):
    """Do something else to the connection.

    `receive` reads the available bytes; `close` and `reset` end the connection; `hang` sends nothing more.
    """

    action: Literal["receive", "close", "reset", "hang"]


RECEIVE, CLOSE, RESET, HANG = Do("receive"), Do("close"), Do("reset"), Do("hang")

Step = Send | Trickle | Repeat | Do
Reaction = tuple[Step, ...]
"""How the server reacts to one request. If it ends without `close`, the connection waits for the next request."""


class Script(NamedTuple):
    """The behaviour of a server: its reactions, one for each request, in a cycle."""

    reactions: tuple[Reaction, ...]
    on_connect: bool = False
    """React to a new connection, without reading a request first."""
    certificate: str | None = None
    """The name of the certificate to use, one of `Certificates`; None for no TLS."""


RESULT = "a result"
Operation = Literal["list", "retrieve", "delete", "update", "archive", "unarchive"]


class Row(NamedTuple):
    """A fault, and the outcome that is expected of it."""

    group: str
    name: str
    reactions: tuple[Reaction, ...]
    expected: str
    """`RESULT`, or the name of an exception class."""
    is_retried: bool = False
    """Whether the failed attempt is retried: with two retries there are three attempts."""
    expected_by_operation: Mapping[Operation, str] = {}
    """Overrides `expected` for some operations."""
    may_time_out: bool = False
    """Whether `APITimeoutError` is accepted too: a slow resolver is beyond the control of the client."""
    reaches_server: bool = True
    """Whether the server receives the requests."""
    on_connect: bool = False
    certificate: str | None = None
    url: str = "http://127.0.0.1:{port}"
    """The address of the failing call: `{port}` is the server's port, `{closed_port}` one on which nothing listens."""
    environment: Mapping[str, str] = {}
    """Environment variables; their values can contain the same placeholders."""
    reuses_connection: bool = False
    """Whether a successful call comes first, and leaves its connection open for the failing one."""
    max_response_bytes: int = 32 * 1024 * 1024
    timeout_ms: int = 10_000

    @property
    def script(self) -> Script:
        """The behaviour of the server."""
        return Script(self.reactions, self.on_connect, self.certificate)
