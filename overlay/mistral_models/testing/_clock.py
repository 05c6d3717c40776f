"""A clock for tests: a wait takes no time, and only a wait or a test advances it."""

import time


class FakeClock:
    """Time and randomness under the control of a test, for `Mistral(clock=…)`.

    Args:
        now: The time at the start, in seconds since 1970-01-01 UTC; by default the current time, in whole seconds.
        random_value: What `random()` returns, from 0 to 1. At 1.0, waits have their full length.

    Attributes:
        waits: Every wait of the client, in seconds, in order.
        random_value: What `random()` returns; tests may change it.
    """

    def __init__(self, now: float | None = None, *, random_value: float = 1.0) -> None:
        # Code under test may compare dates of the fake service with the system's time, so that this is close to it.
        self._now = float(int(time.time())) if now is None else now
        self.random_value = random_value
        self.waits: list[float] = []

    def monotonic(self) -> float:
        """Return the current time, in seconds."""
        return self._now

    def time(self) -> float:
        """Return the current time, in seconds since 1970-01-01 UTC."""
        return self._now

    def random(self) -> float:
        """Return `random_value`."""
        return self.random_value

    def advance(self, seconds: float) -> None:
        """Let time pass.

        Args:
            seconds: How much.
        """
        self._now += seconds

    def sleep(self, seconds: float, /) -> None:
        """Record the wait and advance by it, without waiting."""
        self.waits.append(seconds)
        self.advance(seconds)

    async def sleep_async(self, seconds: float, /) -> None:
        """Record the wait and advance by it, without waiting."""
        self.sleep(seconds)
