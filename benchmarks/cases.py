"""The benchmark cases, and the targets for their ratios."""

from typing import NamedTuple


class Case(NamedTuple):
    """A benchmark.

    Attributes:
        name: Its name in the results.
        kind: What is measured, as `run.measure` and `worker.py` call it.
        size: How many models are listed, requests are in flight, operations are sent, or files are read.
        repetitions: How often in each round; the median counts.
        max_vs_baseline: The target for the ratio of ours to the baseline, at most; None for no target.
        min_vs_vendor: The target for the vendor's SDK, as a multiple of ours, at least; None for no target.
        contenders: Which contenders are measured. The first one is ours: "ours", or "speed" for this package with the
            extra of that name. "baseline" is plain httpx, or the program that README.md names. "vendor" is the vendor's
            SDK.
        rounds: The number of rounds.
    """

    name: str
    kind: str
    size: int = 0
    repetitions: int = 1
    max_vs_baseline: float | None = None
    min_vs_vendor: float | None = None
    contenders: tuple[str, ...] = ("ours", "baseline", "vendor")
    rounds: int = 15


WITHOUT_VENDOR = ("ours", "baseline")  # the vendor's SDK has neither bulk operations nor a command line
WITHOUT_BASELINE = ("ours", "vendor")
WITH_SPEED = ("speed", "baseline", "vendor")
PROGRAMS = ("--demo list", "--version", "--help", "completion", "audit")
"""Kinds that measure the command line as a whole process."""
SLOW_KINDS = ("in flight", "in threads", "in tasks", "audit")

TARGETS = (
    Case("start to first list", "start", 46, 1, 1.1, 3.2),
    Case("import and construct", "import", 0, 1, 0.5, 10),
    Case("first list_async: longest block", "blocking", 46, 1, None, 5, WITHOUT_BASELINE),
    Case("second client over TLS", "second client over TLS", 0, 10, 0.3, 10),
    Case("list of 46", "list", 46, 200, 1.25, 2.6),
    Case("list of 1,000", "list", 1000, 15, 1.5, 2),
    Case("list of 1,000, with `speed`", "list", 1000, 15, 1.5, 3, WITH_SPEED),
    Case("retrieve", "retrieve", 0, 200, 1.05, 3),
    Case("50 in flight", "in flight", 50, 1, 0.6, 2, rounds=9),
    Case("2,000 in threads", "in threads", 2000, 1, 1.12, None, WITHOUT_VENDOR, 9),
    Case("2,000 in tasks", "in tasks", 2000, 1, 1.12, None, WITHOUT_VENDOR, 9),
    Case("peak memory", "peak memory", 1000, 1, 1.1, 1.6),
    Case("installed size", "installed size", 0, 1, None, 4, WITHOUT_BASELINE, 1),
    Case("decode a list of 46", "decode", 46, 200, 2.2, 2.5),
    Case("`mistral-models --demo list`", "--demo list", 0, 1, 1.5, None, WITHOUT_VENDOR),
    Case("`mistral-models --version`", "--version", 0, 1, 1.3, None, WITHOUT_VENDOR),
    Case("`mistral-models --help`", "--help", 0, 1, 1.3, None, WITHOUT_VENDOR),
    Case("audit of 10,000 files", "audit", 10_000, 1, None, None, WITHOUT_VENDOR, 5),
    Case("completion of an id", "completion", 0, 1, 1.3, None, WITHOUT_VENDOR),
)

GROWING_LISTS = tuple(
    Case(f"list of {size:,} (growth)", "list", size, max(3, 200 // size), rounds=3)
    for size in (10, 100, 1000, 10_000, 100_000)
)
GROWING_MEMORY = tuple(
    Case(f"peak memory of {size:,} (growth)", "peak memory", size, rounds=1)
    for size in (10, 100, 1000, 10_000, 100_000)
)
GROWING_BULKS = tuple(
    Case(f"{size:,} {kind} (growth)", kind, size, contenders=("ours",), rounds=1 if size > 1000 else 3)
    for kind in ("in threads", "in tasks")
    for size in (10, 100, 1000, 10_000)
)
GROWTH = GROWING_LISTS + GROWING_MEMORY + GROWING_BULKS
