"""Measurements of a process over time, and whether its resource usage grew. Pure."""

from collections.abc import Sequence
from statistics import median
from typing import Final, NamedTuple


class Sample(NamedTuple):
    """One measurement."""

    seconds: float
    """Since the start."""
    operations: int
    """Finished since the start."""
    failures: int
    """Operations that raised an error."""
    memory: float
    """Resident set size in MiB."""
    descriptors: int
    threads: int
    tasks: int


class Tolerance(NamedTuple):
    """How much the median of the last third may exceed that of the first: a ratio plus an absolute amount."""

    ratio: float
    amount: float
    unit: str = ""


TOLERANCES: Final = {
    "memory": Tolerance(0.05, 3, " MiB"),
    "descriptors": Tolerance(0.15, 5),
    "threads": Tolerance(0.15, 3),
    "tasks": Tolerance(0.15, 5),
}
WARM_UP: Final = 0.25
"""The share of the samples that is ignored: connection pools fill up, and modules are loaded."""


def growth(samples: Sequence[Sample]) -> list[str]:
    """Describe each resource that grew between the first and the last third of the samples after the warm-up."""
    measured = samples[round(len(samples) * WARM_UP) :]
    third = len(measured) // 3
    if not third:
        return [f"{len(samples)} samples are too few to detect growth"]
    found: list[str] = []
    for name, (ratio, amount, unit) in TOLERANCES.items():
        first = median(float(getattr(sample, name)) for sample in measured[:third])
        last = median(float(getattr(sample, name)) for sample in measured[-third:])
        limit = first * (1 + ratio) + amount
        if last > limit:
            found.append(f"{name} grew from {first:.1f} to {last:.1f}{unit}; the limit is {limit:.1f}")
    return found


def table(samples: Sequence[Sample], rows: int = 20) -> str:
    """Format samples as a table of at most `rows` rows at even intervals, including the last sample."""
    step = max(1, -(-len(samples) // rows))
    selected = list(samples[::-1][::step])[::-1]
    head = "   seconds operations   failures  MiB     descriptors  threads  tasks"
    lines = [
        f"{s.seconds:10.1f} {s.operations:10d} {s.failures:10d}  {s.memory:<7.1f} {s.descriptors:11d} {s.threads:8d}"
        f" {s.tasks:6d}"
        for s in selected
    ]
    return "\n".join([head, *lines])
