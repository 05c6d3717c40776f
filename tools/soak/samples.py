"""Measurements of a process over time, and whether anything grew. Nothing here does I/O."""

from collections.abc import Sequence
from statistics import median
from typing import Final, NamedTuple


class Sample(NamedTuple):
    """One measurement."""

    seconds: float
    """Since the start."""
    operations: int
    """So far."""
    failures: int
    """Of them."""
    memory: float
    """Resident, in MiB."""
    descriptors: int
    threads: int
    tasks: int


class Tolerance(NamedTuple):
    """How much more the last third may hold than the first: a share of it, and a number beside."""

    share: float
    number: float
    unit: str = ""


TOLERANCES: Final = {
    "memory": Tolerance(0.05, 3, " MiB"),
    "descriptors": Tolerance(0.15, 5),
    "threads": Tolerance(0.15, 3),
    "tasks": Tolerance(0.15, 5),
}
WARM_UP: Final = 0.25
"""The share of the samples that does not count: pools fill, and code is loaded."""


def growth(samples: Sequence[Sample]) -> list[str]:
    """Say what grew, by the medians of the first and the last third after warm-up; one sentence each."""
    counted = samples[round(len(samples) * WARM_UP) :]
    third = len(counted) // 3
    if not third:
        return [f"{len(samples)} samples are too few to tell whether anything grew"]
    found: list[str] = []
    for name, (share, number, unit) in TOLERANCES.items():
        first = median(float(getattr(sample, name)) for sample in counted[:third])
        last = median(float(getattr(sample, name)) for sample in counted[-third:])
        most = first * (1 + share) + number
        if last > most:
            found.append(f"{name} grew from {first:.1f} to {last:.1f}{unit}; up to {most:.1f} is tolerated")
    return found


def table(samples: Sequence[Sample], rows: int = 20) -> str:
    """Draw samples as a table; of many, so many rows at even distances, the last among them."""
    step = max(1, -(-len(samples) // rows))
    shown = list(samples[::-1][::step])[::-1]
    head = "   seconds operations   failures  MiB     descriptors  threads  tasks"
    lines = [
        f"{s.seconds:10.1f} {s.operations:10d} {s.failures:10d}  {s.memory:<7.1f} {s.descriptors:11d} {s.threads:8d}"
        f" {s.tasks:6d}"
        for s in shown
    ]
    return "\n".join([head, *lines])
