"""Source of time, sleep and randomness; tests replace it."""

import sys
import time
from functools import partial
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

    # freezegun replaces `time.monotonic` and every reference to it in a module. With a clock that stands still no
    # deadline would ever be reached. The other function gives the same time, and Windows does not have it.
    _monotonic = partial(time.clock_gettime, time.CLOCK_MONOTONIC) if sys.platform != "win32" else time.monotonic

    def monotonic(self) -> float:
        """Return the time of a clock that never goes backwards."""
        return SystemClock._monotonic()

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
