"""The results of `make bench`: the table, the file for pyperf and the plots. The measurements here are invented."""

import json

import pytest

from benchmarks import plots, report
from benchmarks.cases import GROWTH, TARGETS, Case


def invented(cases: tuple[Case, ...]) -> dict[str, dict[str, list[float]]]:
    """Return two rounds of each contender, in which the baseline takes 5 and the vendor 20 times as long."""
    factors = {"ours": 1, "speed": 1, "baseline": 5, "vendor": 20}
    return {case.name: {name: [factors[name] * 1.0, factors[name] * 1.1] for name in case.contenders} for case in cases}


def test_every_case_is_a_row_with_its_ratios():
    """The first ratio is that to the baseline, the second one that of the vendor's SDK."""
    rows = report.table(invented(TARGETS)).splitlines()[2:]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [case.name for case in TARGETS]
    (row,) = [row for row in rows if row.startswith("| list of 46 |")]
    assert row.split(" | ")[4:] == ["0.20 (0.20 to 0.20) ≤ 1.25 ✓", "20.00 (20.00 to 20.00) ≥ 2.60 ✓ |"]


@pytest.mark.parametrize("slower", [1, 7])
def test_one_ratio_that_misses_its_target_is_reported(slower):
    """Also if all others are met."""
    measured = invented(TARGETS)
    assert report.all_targets_met(measured)
    measured["list of 46"]["ours"] = [value * slower for value in measured["list of 46"]["ours"]]
    assert report.all_targets_met(measured) is (slower == 1)


def test_the_results_and_the_plots_are_written(tmp_path):
    """With every case, those without a baseline or a vendor too."""
    report.write(tmp_path, invented(TARGETS), invented(GROWTH), {"httpx": "1.2"})
    plots.write(tmp_path, invented(TARGETS), invented(GROWTH))
    assert "httpx 1.2" in (tmp_path / "results.md").read_text("utf-8")
    assert len(json.loads((tmp_path / "results.json").read_text("utf-8"))["benchmarks"]) == sum(
        len(case.contenders) for case in TARGETS + GROWTH
    )
    for theme in ("light", "dark"):
        assert "retrieve" in (tmp_path / f"ratios-{theme}.svg").read_text("utf-8")
        assert (tmp_path / f"growth-{theme}.svg").read_text("utf-8").count("models in one list") == 2
