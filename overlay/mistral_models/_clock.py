"""Time and chance, as the client sees them; tests pass a clock of their own and never wait."""

from time import monotonic, sleep, time
from typing import Protocol


class Clock(Protocol):
    """What the client asks about time and chance. All times are in seconds."""

    def monotonic(self) -> float:
        """Read a clock that never goes back."""
        ...

    def time(self) -> float:
        """Read the time since 1970-01-01 UTC."""
        ...

    def random(self) -> float:
        """Draw a number from 0 to 1."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Wait."""
        ...

    async def sleep_async(self, seconds: float, /) -> None:
        """Wait, and let other tasks run."""
        ...


class SystemClock:
    """The real time, and real chance."""

    def monotonic(self) -> float:
        """Read a clock that never goes back."""
        return monotonic()

    def time(self) -> float:
        """Read the time since 1970-01-01 UTC."""
        return time()

    def sleep(self, seconds: float, /) -> None:
        """Wait."""
        sleep(seconds)

    def random(self) -> float:
        """Draw a number from 0 to 1."""
        import random

        return random.random()  # noqa: S311 not for secrets

    async def sleep_async(self, seconds: float, /) -> None:
        """Wait, and let other tasks run."""
        from . import _event_loop

        await _event_loop.sleep(seconds)
