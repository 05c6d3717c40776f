"""Plots of the results, each for light and for dark pages."""

import statistics
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from .cases import GROWING_BULKS, GROWING_LISTS, GROWING_MEMORY, PROGRAMS, TARGETS
from .ratios import Measurements, ratio

TEXT_COLOURS = {"light": "#24292f", "dark": "#d0d7de"}
COLOURS = {"ours": "#e4572e", "baseline": "#8b949e", "vendor": "#4c8dcf"}
SECONDS = {0.001: "1 ms", 0.01: "10 ms", 0.1: "100 ms", 1.0: "1 s", 10.0: "10 s"}
MEBIBYTES = {float(size): f"{size} MiB" for size in (30, 50, 100, 200, 400, 800)}
NAMES = {"ours": "mistral-models", "baseline": "httpx", "vendor": "mistralai"}


def write(folder: Path, measured: Measurements, growth: Measurements) -> None:
    """Write `ratios-*.svg` and `growth-*.svg`."""
    for theme, colour in TEXT_COLOURS.items():
        style: dict[Any, Any] = {
            **{f"{part}.color": colour for part in ("text", "xtick", "ytick")},
            "axes.labelcolor": colour,
            "axes.edgecolor": colour,
            "font.size": 10,
            "font.family": "sans-serif",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "legend.frameon": False,
            "svg.fonttype": "none",
            "svg.hashsalt": "benchmarks",
            "savefig.transparent": True,
        }
        with mpl.rc_context(style):
            for name, figure in (("ratios", plot_ratios(measured)), ("growth", plot_growth(growth))):
                figure.savefig(folder / f"{name}-{theme}.svg", bbox_inches="tight", metadata={"Date": None})
                plt.close(figure)


def plot_ratios(measured: Measurements) -> Figure:
    """Plot the others as multiples of this package: the medians of the ratios of all rounds, as in the table.

    Bars start at 1, which is this package; those to the left of it take less. Cases whose baseline is not httpx are
    left out.
    """
    cases = [case for case in TARGETS if case.kind not in {"decode", *PROGRAMS}][::-1]
    figure, axes = plt.subplots(figsize=(8, 5))
    for offset, contender in ((0.2, "baseline"), (-0.2, "vendor")):
        bars = [
            (position, ratio(measured[case.name][contender], measured[case.name][case.contenders[0]]).median)
            for position, case in enumerate(cases)
            if contender in case.contenders
        ]
        positions, values = zip(*bars, strict=True)
        centres = [position + offset for position in positions]
        widths = [value - 1 for value in values]
        axes.barh(centres, widths, 0.36, left=1, color=COLOURS[contender], label=NAMES[contender])
        for centre, value in zip(centres, values, strict=True):
            distance, alignment = (4, "left") if value >= 1 else (-4, "right")
            axes.annotate(
                f"{value:.2g} ×", (value, centre), (distance, 0), textcoords="offset points", va="center", ha=alignment
            )
    axes.axvline(1, color=COLOURS["ours"], linewidth=2, label=f"{NAMES['ours']} = 1")
    axes.set_yticks(range(len(cases)), [case.name.replace("`", "") for case in cases])
    axes.set_xscale("log")
    axes.set_xlim(left=0.45)
    axes.set_xticks([0.5, 1, 2, 5, 10, 20], ["0.5 ×", "1 ×", "2 ×", "5 ×", "10 ×", "20 ×"], minor=False)
    axes.minorticks_off()
    axes.set_xlabel("time, memory or size relative to mistral-models (logarithmic; less is better)")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 0.13))
    return figure


def plot_growth(growth: Measurements) -> Figure:
    """Plot how time and memory grow with the number of models, and time with the number of operations."""
    figure, (time, memory, operations) = plt.subplots(1, 3, figsize=(12, 4))
    for contender in ("ours", "baseline", "vendor"):
        for axes, cases, unit in ((time, GROWING_LISTS, 1), (memory, GROWING_MEMORY, 2**20)):
            points = [(case.size, statistics.median(growth[case.name][contender]) / unit) for case in cases]
            axes.plot(*zip(*points, strict=True), "o-", color=COLOURS[contender], label=NAMES[contender], markersize=4)
    for kind, line_style in (("in threads", "o-"), ("in tasks", "s--")):
        points = [
            (case.size, statistics.median(growth[case.name]["ours"])) for case in GROWING_BULKS if case.kind == kind
        ]
        operations.plot(*zip(*points, strict=True), line_style, color=COLOURS["ours"], label=kind, markersize=4)
    for axes, label, title, ticks in (
        (time, "models in one list", "time", SECONDS),
        (memory, "models in one list", "peak memory of the process", MEBIBYTES),
        (operations, "operations sent with send_all", "time", SECONDS),
    ):
        axes.set_xlabel(label)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.set_title(title)
        axes.set_yscale("log")
        lowest, highest = axes.get_ylim()
        shown = {value: text for value, text in ticks.items() if lowest <= value <= highest}
        axes.set_yticks([*shown], [*shown.values()])
        axes.minorticks_off()
        axes.legend()
    figure.tight_layout()
    return figure
