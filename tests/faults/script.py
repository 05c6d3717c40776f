"""The vocabulary of the matrix: what a server does step by step, and what a row expects of the client."""

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, cycle, repeat
from typing import Any, Literal, NamedTuple


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

    `receive` reads the available bytes, `read request` a whole request. `close` and `reset` end the connection, and
    `hang` sends nothing more.
    """

    action: Literal["receive", "read request", "close", "reset", "hang"]


class StartTLS(NamedTuple):
    """Do the TLS handshake, on a connection that began without it."""

    certificate: str = "valid"


RECEIVE, READ_REQUEST = Do("receive"), Do("read request")
CLOSE, RESET, HANG = Do("close"), Do("reset"), Do("hang")

Step = Send | Trickle | Repeat | Do | StartTLS
Reaction = tuple[Step, ...]
"""How the server reacts to one request. If it ends without `close`, the connection waits for the next request."""


class Script(NamedTuple):
    """The behaviour of a server."""

    reactions: Iterator[Reaction]
    """One for each request, or for each connection."""
    on_connect: bool = False
    """React to a new connection, without reading a request first."""
    certificate: str | None = None
    """The name of the certificate to use, one of `Certificates`; None for no TLS."""


RESULT = "a result"


def longest(seconds: float) -> float:
    """Return how many seconds a call with this deadline may take: 10 % more, and 2 s for a busy machine."""
    return seconds * 1.1 + 2


RETRIES = (0, 2)
"""The numbers of retries that every fault is tried with."""
Operation = Literal["list", "retrieve", "delete", "update", "archive", "unarchive"]
GIVEN_CLIENTS = {
    "connecting",
    "TLS",
    "truncated responses",
    "framing",
    "slow",
    "reused connections",
    "proxies",
    "hooks that raise",
}
"""The groups that are tried with HTTP clients that `Mistral` is given, too: those about connections and hooks."""
Shortage = Literal["file descriptors", "threads"]


class Hook(NamedTuple):
    """A hook of the caller: an event hook of an HTTP client that is passed to `Mistral`, or `on_attempt`."""

    event: Literal["request", "response", "on_attempt"]
    function: Callable[[Any], object]
    """Called with the request or the response."""


class Outcome(NamedTuple):
    """What a call must lead to."""

    name: str
    """`RESULT`, or the name of an exception class."""
    attempts: int

    @property
    def failures(self) -> int:
        """The number of attempts that fail."""
        return self.attempts - (self.name == RESULT)


class Row(NamedTuple):
    """A fault, and the outcome that is expected of it."""

    group: str
    name: str
    reactions: tuple[Reaction, ...]
    """How the server reacts to the requests, in a cycle unless there is a `recovery`."""
    expected: str
    """`RESULT`, or the name of an exception class."""
    is_retried: bool = False
    """Whether the failed attempt is retried: with two retries there are three attempts, unless one succeeds."""
    recovery: Reaction = ()
    """How the server reacts after all `reactions`: an attempt then succeeds. Empty if none does."""
    shortage: Shortage | None = None
    """What the process lacks until the call ends, or until its first retry."""
    hook: Hook | None = None
    """A hook that fails until the call ends, or until its first retry."""
    expected_async: str | None = None
    """Overrides `expected` for async calls."""
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
    own_only: bool = False
    """Whether the outcome is another one with an HTTP client that `Mistral` is given."""
    calls_only: bool = False
    """Whether commands are left out: one that sends several requests may not notice in time what happens in between."""
    attempt_timeout_ms: int | None = None
    """With retries, an attempt is abandoned after this time. Without retries it is the deadline."""

    @property
    def script(self) -> Script:
        """The behaviour of the server, from its first reaction on."""
        reactions = chain(self.reactions, repeat(self.recovery)) if self.recovery else cycle(self.reactions)
        return Script(reactions, self.on_connect, self.certificate)

    @property
    def is_for_given_clients(self) -> bool:
        """Whether the row is tried with an HTTP client that `Mistral` is given, too.

        Not with trickled data: such a client has a timeout for each step, and no deadline.
        """
        is_trickled = any(isinstance(step, Trickle) for step in chain(*self.reactions, self.recovery))
        return self.group in GIVEN_CLIENTS and not self.own_only and not is_trickled

    @property
    def has_commands(self) -> bool:
        """Whether the row is tried with commands, which have no hooks."""
        return self.hook is None and not self.calls_only

    def outcome(self, operation: str, retries: int, *, is_async: bool) -> Outcome:
        """Return what a call with this number of retries must lead to."""
        expected = self.expected_by_operation.get(operation, self.expected)  # type: ignore[call-overload] # any string
        expected = (self.expected_async or expected) if is_async else expected
        if expected == RESULT or not self.is_retried:
            return Outcome(expected, 1)
        if self.failures <= retries:
            return Outcome(RESULT, int(self.failures) + 1)
        return Outcome(expected, 1 + retries)

    @property
    def failures(self) -> float:
        """The number of attempts that fail before one succeeds."""
        if self.recovery:
            return len(self.reactions)
        return 1 if self.shortage or self.hook else math.inf
