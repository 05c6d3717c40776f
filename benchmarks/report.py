"""What was measured, as a table, as a file for pyperf, and as pictures."""

import os
import platform
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyperf

from .cases import PROMISED, Case

Measured = dict[str, dict[str, list[float]]]
"""By the name of the case and of the contender: one number a round."""


class Ratio(NamedTuple):
    """How two contenders compare: the median of the ratios of the rounds, between their quartiles."""

    low: float
    middle: float
    high: float


def ratio(above: list[float], below: list[float]) -> Ratio:
    """Compare round by round."""
    each = sorted(one / other for one, other in zip(above, below, strict=True))
    return Ratio(each[len(each) // 4], statistics.median(each), each[-1 - len(each) // 4])


class Verdict(NamedTuple):
    """A ratio, and what was promised of it."""

    ratio: Ratio
    sign: str
    limit: float

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        return self.ratio.middle <= self.limit if self.sign == "≤" else self.ratio.middle >= self.limit

    def __str__(self) -> str:
        spread = f"{self.ratio.low:.2f} to {self.ratio.high:.2f}"
        return f"{self.ratio.middle:.2f} ({spread}) {self.sign} {self.limit:.2f} {'✓' if self.kept else '✗'}"


def table(measured: Measured) -> str:
    """Make a Markdown table of what is promised."""
    rows = [["", "ours", "httpx", "vendor", "ours / httpx", "vendor / ours"], ["---"] * 6]
    for case in PROMISED:
        for name, each in _ours(case, measured):
            medians = [shown(case, statistics.median(each[who])) if who in each else "" for who in rows[0][1:4]]
            rows.append([name, *medians, *(str(one or "") for one in _verdicts(case, each))])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def holds(measured: Measured) -> bool:
    """Say whether everything is as it was promised."""
    verdicts = (one for case in PROMISED for _, each in _ours(case, measured) for one in _verdicts(case, each))
    return all(verdict is None or verdict.kept for verdict in verdicts)


def _ours(case: Case, measured: Measured) -> Iterator[tuple[str, dict[str, list[float]]]]:
    """What was found of a case, without the extra `speed` and with it."""
    found = measured.get(case.name, {})
    for name, mine in ((case.name, "ours"), (f"{case.name}, with `speed`", "speed")):
        if mine in found:
            yield name, {**found, "ours": found[mine]}


def _verdicts(case: Case, found: dict[str, list[float]]) -> Iterator[Verdict | None]:
    for above, below, limit, sign in (("ours", "httpx", case.most, "≤"), ("vendor", "ours", case.least, "≥")):
        yield None if limit is None else Verdict(ratio(found[above], found[below]), sign, limit)


def shown(case: Case, value: float) -> str:
    """Write a number with its unit."""
    if case.what == "peak":
        return f"{value / 2**20:.1f} MiB"
    if case.what == "size":
        return f"{value / 1e6:.1f} MB"
    number, unit = (value, "s") if value >= 1 else (value * 1e3, "ms")
    return f"{number:.{0 if number >= 100 else 1 if number >= 10 else 2}f} {unit}"


def write(folder: Path, measured: Measured, growth: Measured) -> None:
    """Write results.json (for pyperf, with machine and versions), results.md, and the pictures."""
    # pyperf's own collection would name this machine and its folders.
    metadata: dict[str, Any] = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }

    def benchmark(name: str, values: list[float]) -> pyperf.Benchmark:
        named = {"name": name, **metadata}
        return pyperf.Benchmark([pyperf.Run([value], metadata=named, collect_metadata=False) for value in values])

    everything = {**measured, **growth}
    suite = pyperf.BenchmarkSuite(
        [benchmark(f"{case}: {name}", values) for case, found in everything.items() for name, values in found.items()]
    )
    suite.dump(str(folder / "results.json"), replace=True)
    where = ", ".join(f"{name} {value}" for name, value in metadata.items())
    text = f"# Measured\n\nMedians of alternating rounds, one run; {where}.\n\n{table(measured)}\n"
    (folder / "results.md").write_text(text)

    from . import plots  # matplotlib is large

    plots.draw(folder, measured, growth)
