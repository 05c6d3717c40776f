"""The words of the matrix: what a server does step by step, and what a row says of it."""

from collections.abc import Mapping
from typing import Literal, NamedTuple


class Send(NamedTuple):
    """Send these bytes at once."""

    data: bytes


class Drip(NamedTuple):
    """Send these bytes one by one, with a pause before each, in seconds."""

    data: bytes
    pause: float = 0.03


class Repeat(NamedTuple):
    """Send these bytes so many times, or until the client goes."""

    data: bytes
    times: int = 1_000_000


class Do(NamedTuple):
    """Do something else to the connection.

    `receive` reads what has come; `close` and `reset` end it; `hang` says nothing more.
    """

    deed: Literal["receive", "close", "reset", "hang"]


RECEIVE, CLOSE, RESET, HANG = Do("receive"), Do("close"), Do("reset"), Do("hang")

Step = Send | Drip | Repeat | Do
Turn = tuple[Step, ...]
"""What the server does about one request. If it ends without `close`, the connection waits for the next request."""


class Script(NamedTuple):
    """What a server does: its turns, one for each request, over and over."""

    turns: tuple[Turn, ...]
    early: bool = False
    """Act when a connection comes, and do not read a request first."""
    certificate: str | None = None
    """Which one of `Certificates` it shows; None for no TLS."""


RESULT = "a result"
Operation = Literal["list", "retrieve", "delete", "update", "archive", "unarchive"]


class Row(NamedTuple):
    """A fault, and what is to come of it."""

    group: str
    name: str
    turns: tuple[Turn, ...]
    comes: str
    """`RESULT`, or the name of the class of the error."""
    again: bool = False
    """Whether an attempt like this is repeated: with two retries there are three."""
    differs: Mapping[Operation, str] = {}
    """What comes for some operations in place of `comes`."""
    or_late: bool = False
    """Whether `APITimeoutError` will do as well: how long a resolver takes is not ours to say."""
    reaches: bool = True
    """Whether the server gets to see the requests."""
    early: bool = False
    certificate: str | None = None
    url: str = "http://127.0.0.1:{port}"
    """Where the faulty call goes. `{port}` is that of the server, `{nobody}` one where nobody listens."""
    environment: Mapping[str, str] = {}
    """Variables, with the same names in braces."""
    kept: bool = False
    """Whether a good call goes before, and leaves its connection open for the faulty one."""
    limit: int = 32 * 1024 * 1024
    """For the length of an answer, in bytes."""
    timeout_ms: int = 10_000

    @property
    def script(self) -> Script:
        """What the server does."""
        return Script(self.turns, self.early, self.certificate)
