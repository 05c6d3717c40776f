"""The deadline of the attempt that a thread is sending.

httpx restarts its read timeout with every byte, so trickled data never triggers it. A task can be cancelled; for sync
calls, each step on the socket gets the time that remains until the deadline as its timeout.
"""

from __future__ import annotations

from contextvars import ContextVar, Token

from ._clock import Clock
from ._deferred import httpcore


class Deadline:
    """The end of an attempt.

    Args:
        clock: Source of time.
        timeout: Seconds from now; None for no deadline.
    """

    __slots__ = ("_clock", "_end")

    def __init__(self, clock: Clock, timeout: float | None) -> None:
        self._clock = clock
        self._end = None if timeout is None else clock.monotonic() + timeout

    def check(self) -> None:
        """Raise `TimeoutError` if time is up."""
        self.limit(None)

    def limit(self, timeout: float | None) -> float | None:
        """Shorten a step's timeout, in seconds, to the time that remains.

        Raises:
            TimeoutError: Time is up.
        """
        if self._end is None:
            return timeout
        remaining = self._end - self._clock.monotonic()
        if remaining <= 0:
            raise TimeoutError("the response did not arrive in time")
        return remaining if timeout is None else min(timeout, remaining)


_deadline: ContextVar[Deadline | None] = ContextVar("mistral_models_deadline", default=None)
"""The deadline of the attempt that this thread is sending."""


def set_deadline(deadline: Deadline | None) -> Token[Deadline | None]:
    """Set the deadline of what this thread sends from now on; the token goes to `reset_deadline`."""
    return _deadline.set(deadline)


def reset_deadline(token: Token[Deadline | None]) -> None:
    """Restore the previous deadline: a signal handler may call the client during another call."""
    _deadline.reset(token)


def limited(timeout: float | None) -> float | None:
    """Shorten a step's timeout, in seconds, to the time that remains until the deadline of this thread.

    Raises:
        TimeoutError: Time is up.
    """
    deadline = _deadline.get()
    return timeout if deadline is None else deadline.limit(timeout)


def limited_connect(timeout: float | None) -> float | None:
    """Do the same before a request is sent: raise `httpcore.ConnectTimeout` if time is up."""
    try:
        return limited(timeout)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error)) from None
