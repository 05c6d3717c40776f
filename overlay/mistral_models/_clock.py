"""Source of time, sleep and randomness; tests replace it."""

import time
from typing import Protocol

from . import _event_loop
from ._deferred import random


class Clock(Protocol):
    """What the client needs to know of time and randomness. All times are in seconds."""

    def monotonic(self) -> float:
        """Return the time of a clock that never goes backwards."""
        ...

    def time(self) -> float:
        """Return the time since 1970-01-01 UTC."""
        ...

    def random(self) -> float:
        """Return a random number from 0 to 1."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Sleep."""
        ...

    async def sleep_async(self, seconds: float, /) -> None:
        """Sleep without blocking other tasks."""
        ...


class SystemClock:
    """The system's time and randomness."""

    def monotonic(self) -> float:
        """Return the time of a clock that never goes backwards."""
        return time.monotonic()

    def time(self) -> float:
        """Return the time since 1970-01-01 UTC."""
        return time.time()

    def random(self) -> float:
        """Return a random number from 0 to 1."""
        return random.random()

    def sleep(self, seconds: float, /) -> None:
        """Sleep."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float, /) -> None:
        """Sleep without blocking other tasks."""
        await _event_loop.sleep(seconds)
