"""The benchmark cases, and the targets for their ratios."""

from typing import NamedTuple


class Case(NamedTuple):
    """A benchmark.

    Attributes:
        name: Its name in the results.
        kind: What is measured, as `run.measure` and `worker.py` call it.
        size: How many models are listed, requests are in flight, or operations are sent.
        repetitions: How often in each round; the median counts.
        max_vs_httpx: The target for the ratio to httpx, at most; None for no target.
        min_vs_vendor: The target for the vendor's SDK, as a multiple of this package, at least; None for no target.
        contenders: Who is measured; "speed" is this package with the extra of that name.
        rounds: The number of rounds.
    """

    name: str
    kind: str
    size: int = 0
    repetitions: int = 1
    max_vs_httpx: float | None = None
    min_vs_vendor: float | None = None
    contenders: tuple[str, ...] = ("ours", "httpx", "vendor")
    rounds: int = 15


ALL = ("ours", "httpx", "vendor", "speed")
WITHOUT_VENDOR = ("ours", "httpx")  # the vendor's SDK has no bulk operations
SLOW_KINDS = ("in flight", "in threads", "in tasks")

TARGETS = (
    Case("start to first list", "start", 80, 1, 1.25, 3),
    Case("import and construct", "import", 0, 1, 0.5, 10),
    Case("second client over TLS", "second client over TLS", 0, 10, 0.3, 10),
    Case("list of 80", "list", 80, 200, 1.35, 2.5, ALL),
    Case("list of 1,000", "list", 1000, 15, 1.6, 2.5, ALL),
    Case("retrieve", "retrieve", 0, 200, 1.15, 2),
    Case("50 in flight", "in flight", 50, 1, 1 / 0.9, 2, rounds=9),
    Case("2,000 in threads", "in threads", 2000, 1, 1 / 0.9, None, WITHOUT_VENDOR, 9),
    Case("2,000 in tasks", "in tasks", 2000, 1, 1 / 0.9, None, WITHOUT_VENDOR, 9),
    Case("peak memory", "peak memory", 1000, 1, 1.3, 1 / 0.6),
    Case("installed size", "installed size", 0, 1, None, 4, ("ours", "vendor"), 1),
    Case("decode a list of 80", "decode", 80, 200, 2.2, 2.5, ALL),
)

GROWING_LISTS = tuple(
    Case(f"list of {size:,} (growth)", "list", size, max(3, 200 // size), rounds=3)
    for size in (10, 100, 1000, 10_000, 100_000)
)
GROWING_BULKS = tuple(
    Case(f"{size:,} {kind} (growth)", kind, size, contenders=("ours",), rounds=1 if size > 1000 else 3)
    for kind in ("in threads", "in tasks")
    for size in (10, 100, 1000, 10_000)
)
GROWTH = GROWING_LISTS + GROWING_BULKS
