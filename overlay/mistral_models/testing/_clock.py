"""A clock that never waits: time passes only where a client would have slept, or a test says so."""


class FakeClock:
    """Time and chance under a test's control, for `Mistral(clock=…)`.

    Args:
        now: The time at the start, in seconds since 1970-01-01 UTC.
        chance: What every random number is, from 0 to 1.

    Attributes:
        waits: How long the client waited each time, in seconds.
        chance: What the next random number will be.
    """

    def __init__(self, now: float = 1_800_000_000.0, *, chance: float = 1.0) -> None:
        self._now = now
        self.chance = chance
        self.waits: list[float] = []

    def monotonic(self) -> float:
        """Read the time."""
        return self._now

    def time(self) -> float:
        """Read the time, in seconds since 1970-01-01 UTC."""
        return self._now

    def random(self) -> float:
        """Return `chance`."""
        return self.chance

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    def sleep(self, seconds: float, /) -> None:
        """Note the wait, and let that time pass at once."""
        self.waits.append(seconds)
        self.advance(seconds)

    async def sleep_async(self, seconds: float, /) -> None:
        """Note the wait, and let that time pass at once."""
        self.sleep(seconds)
