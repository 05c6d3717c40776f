"""The only wait of the tests on a clock: for a state that nothing reports, of the system or of another process."""

import time
from collections.abc import Callable


def poll_until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait until a condition holds, such as a port on which a server listens; return False at the timeout."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()
