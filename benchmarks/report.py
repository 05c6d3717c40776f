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

_COLUMNS = {"ours": "mistral-models", "httpx": "httpx", "vendor": "mistralai"}


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
    head = ["", *_COLUMNS.values(), "mistral-models / httpx", "mistralai / mistral-models"]
    rows = [head, ["---"] * len(head)]
    for case in TARGETS:
        for name, rounds in _rows(case, measured):
            medians = [
                format_value(case, statistics.median(rounds[contender])) if contender in rounds else ""
                for contender in _COLUMNS
            ]
            rows.append([name, *medians, *(str(check or "") for check in _target_checks(case, rounds))])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def all_targets_met(measured: Measurements) -> bool:
    """Return whether every ratio is within its target."""
    checks = (
        check for case in TARGETS for _, rounds in _rows(case, measured) for check in _target_checks(case, rounds)
    )
    return all(check is None or check.is_met for check in checks)


def _rows(case: Case, measured: Measurements) -> Iterator[tuple[str, dict[str, list[float]]]]:
    """Yield the measurements of a case, without the extra `speed` and with it."""
    found = measured.get(case.name, {})
    for name, contender in ((case.name, "ours"), (f"{case.name}, with `speed`", "speed")):
        if contender in found:
            yield name, {**found, "ours": found[contender]}


def _target_checks(case: Case, rounds: dict[str, list[float]]) -> Iterator[TargetCheck | None]:
    for numerator, denominator, limit, sign in (
        ("ours", "httpx", case.max_vs_httpx, "≤"),
        ("vendor", "ours", case.min_vs_vendor, "≥"),
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


def write(folder: Path, measured: Measurements, growth: Measurements) -> None:
    """Write results.json (for pyperf, with machine and versions) and results.md."""
    # The metadata that pyperf collects by itself would contain the host name and local paths.
    metadata: dict[str, Any] = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
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
    text = f"# Results\n\nMedians of alternating rounds, one run; {environment}.\n\n{table(measured)}\n"
    (folder / "results.md").write_text(text)
