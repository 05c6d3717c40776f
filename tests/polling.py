"""Wait for a state that no event reports, such as that of another process. No other test code waits on a clock."""

import time
from collections.abc import Callable


def poll_until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait until a condition holds, such as a port on which a server listens; return False at the timeout."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()
