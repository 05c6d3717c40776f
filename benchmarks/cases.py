"""What is measured, and what is promised of it."""

from typing import NamedTuple


class Case(NamedTuple):
    """Something to measure.

    Attributes:
        name: Its name in the results.
        what: What a contender does, as `run.measure` and `worker.py` call it.
        number: How many models are listed, requests sent at once, or operations sent.
        times: How often in one round; the median of them counts.
        most: How many times httpx by hand it may take; None promises nothing.
        least: How many times the vendor's SDK takes (or is as large), at least.
        contenders: Who can do it; "speed" is this project with the extra of that name.
        rounds: How many rounds.
    """

    name: str
    what: str
    number: int = 0
    times: int = 1
    most: float | None = None
    least: float | None = None
    contenders: tuple[str, ...] = ("ours", "httpx", "vendor")
    rounds: int = 15


ALL = ("ours", "httpx", "vendor", "speed")
BOTH = ("ours", "httpx")  # the vendor's SDK has nothing for many operations
LONG = ("in flight", "in threads", "in tasks")

PROMISED = (
    Case("start to first list", "start", 80, 1, 1.25, 3),
    Case("import and construct", "import", 0, 1, 0.5, 10),
    Case("again over TLS", "again over TLS", 0, 10, 0.3, 10),
    Case("list of 80", "list", 80, 200, 1.35, 2.5, ALL),
    Case("list of 1,000", "list", 1000, 15, 1.6, 2.5, ALL),
    Case("retrieve", "retrieve", 0, 200, 1.15, 2),
    Case("50 in flight", "in flight", 50, 1, 1 / 0.9, 2, rounds=9),
    Case("2,000 in threads", "in threads", 2000, 1, 1 / 0.9, None, BOTH, 9),
    Case("2,000 in tasks", "in tasks", 2000, 1, 1 / 0.9, None, BOTH, 9),
    Case("peak memory", "peak", 1000, 1, 1.3, 1 / 0.6),
    Case("installed size", "size", 0, 1, None, 4, ("ours", "vendor"), 1),
    Case("decode 80", "decode", 80, 200, 2.2, 2.5, ALL),
)

LISTS = tuple(
    Case(f"list of {number:,} (growth)", "list", number, max(3, 200 // number), rounds=3)
    for number in (10, 100, 1000, 10_000, 100_000)
)
OPERATIONS = tuple(
    Case(f"{number:,} {what} (growth)", what, number, contenders=("ours",), rounds=1 if number > 1000 else 3)
    for what in ("in threads", "in tasks")
    for number in (10, 100, 1000, 10_000)
)
GROWTH = LISTS + OPERATIONS
