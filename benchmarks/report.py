"""The results as a Markdown table and as a file for pyperf."""

import os
import platform
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyperf

from .cases import TARGETS, Case
from .ratios import Measurements, Ratio, ratio

_COLUMNS = {"ours": "mistral-models", "baseline": "httpx or other baseline", "vendor": "mistralai"}


class TargetCheck(NamedTuple):
    """A ratio and its target."""

    ratio: Ratio
    sign: str
    limit: float

    @property
    def is_met(self) -> bool:
        """Whether the ratio is within its target."""
        return self.ratio.median <= self.limit if self.sign == "≤" else self.ratio.median >= self.limit

    def __str__(self) -> str:
        quartiles = f"{self.ratio.lower_quartile:.2f} to {self.ratio.upper_quartile:.2f}"
        return f"{self.ratio.median:.2f} ({quartiles}) {self.sign} {self.limit:.2f} {'✓' if self.is_met else '✗'}"


def table(measured: Measurements) -> str:
    """Format the cases that have targets as a Markdown table."""
    head = ["", *_COLUMNS.values(), "mistral-models / baseline", "mistralai / mistral-models"]
    rows = [head, ["---"] * len(head)]
    for case in TARGETS:
        if rounds := measured.get(case.name):
            by_column = {"ours": rounds[case.contenders[0]], **rounds}
            medians = [
                format_value(case, statistics.median(by_column[column])) if column in by_column else ""
                for column in _COLUMNS
            ]
            rows.append([case.name, *medians, *(str(check or "") for check in _target_checks(case, rounds))])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def all_targets_met(measured: Measurements) -> bool:
    """Return whether every ratio is within its target."""
    checks = (check for case in TARGETS if case.name in measured for check in _target_checks(case, measured[case.name]))
    return all(check is None or check.is_met for check in checks)


def _target_checks(case: Case, rounds: dict[str, list[float]]) -> Iterator[TargetCheck | None]:
    ours = case.contenders[0]
    for numerator, denominator, limit, sign in (
        (ours, "baseline", case.max_vs_baseline, "≤"),
        ("vendor", ours, case.min_vs_vendor, "≥"),
    ):
        yield None if limit is None else TargetCheck(ratio(rounds[numerator], rounds[denominator]), sign, limit)


def format_value(case: Case, value: float) -> str:
    """Format a measured value with its unit."""
    if case.kind == "peak memory":
        return f"{value / 2**20:.1f} MiB"
    if case.kind == "installed size":
        return f"{value / 1e6:.1f} MB"
    number, unit = (value, "s") if value >= 1 else (value * 1e3, "ms")
    return f"{number:.{0 if number >= 100 else 1 if number >= 10 else 2}f} {unit}"


def _processor() -> str:
    """Return the name of the processor, where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def write(folder: Path, measured: Measurements, growth: Measurements, versions: dict[str, str]) -> None:
    """Write results.json (for pyperf, with machine and versions) and results.md."""
    # The metadata that pyperf collects by itself would contain the host name and local paths.
    metadata: dict[str, Any] = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        **versions,
    }

    def benchmark(name: str, values: list[float]) -> pyperf.Benchmark:
        named = {"name": name, **metadata}
        return pyperf.Benchmark([pyperf.Run([value], metadata=named, collect_metadata=False) for value in values])

    suite = pyperf.BenchmarkSuite(
        [
            benchmark(f"{case}: {contender}", values)
            for case, rounds in {**measured, **growth}.items()
            for contender, values in rounds.items()
        ]
    )
    suite.dump(str(folder / "results.json"), replace=True)
    environment = ", ".join(f"{name} {value}" for name, value in metadata.items())
    text = f"# Results\n\nMedians of rounds in random order, one run; {environment}.\n\n{table(measured)}\n"
    (folder / "results.md").write_text(text)
