"""Pictures of what was measured, each once for light and once for dark pages."""

import statistics
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from .cases import LISTS, OPERATIONS, PROMISED
from .report import ratio

INK = {"light": "#24292f", "dark": "#d0d7de"}
COLOURS = {"ours": "#e4572e", "httpx": "#8b949e", "vendor": "#4c8dcf"}
NAMES = {"ours": "mistral-models", "httpx": "httpx by hand", "vendor": "mistralai"}


def draw(folder: Path, measured: dict[str, dict[str, list[float]]], growth: dict[str, dict[str, list[float]]]) -> None:
    """Write `ratios-*.svg` and `growth-*.svg`."""
    for theme, ink in INK.items():
        style: dict[Any, Any] = {
            **{f"{part}.color": ink for part in ("text", "xtick", "ytick")},
            "axes.labelcolor": ink,
            "axes.edgecolor": ink,
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
            for name, figure in (("ratios", ratios(measured)), ("growth", growing(growth))):
                figure.savefig(folder / f"{name}-{theme}.svg", bbox_inches="tight", metadata={"Date": None})
                plt.close(figure)


def ratios(measured: dict[str, dict[str, list[float]]]) -> Figure:
    """Draw how many times as much as ours the others take: the medians of the ratios of the rounds, as in the table.

    Bars start at ours: those to the left take less.
    """
    cases = [case.name for case in PROMISED if case.what != "decode"][::-1]
    figure, axes = plt.subplots(figsize=(8, 5))
    for offset, name in ((0.2, "httpx"), (-0.2, "vendor")):
        bars = [
            (place, ratio(measured[case][name], measured[case]["ours"]).middle)
            for place, case in enumerate(cases)
            if name in measured[case]
        ]
        places, values = zip(*bars, strict=True)
        middles = [place + offset for place in places]
        axes.barh(middles, [value - 1 for value in values], 0.36, left=1, color=COLOURS[name], label=NAMES[name])
        for middle, value in zip(middles, values, strict=True):
            aside, edge = (4, "left") if value >= 1 else (-4, "right")
            axes.annotate(
                f"{value:.2g} ×", (value, middle), (aside, 0), textcoords="offset points", va="center", ha=edge
            )
    axes.axvline(1, color=COLOURS["ours"], linewidth=2, label=f"{NAMES['ours']} = 1")
    axes.set_yticks(range(len(cases)), cases)
    axes.set_xscale("log")
    axes.set_xlim(left=0.45)
    axes.set_xticks([0.5, 1, 2, 5, 10, 20], ["0.5 ×", "1 ×", "2 ×", "5 ×", "10 ×", "20 ×"], minor=False)
    axes.minorticks_off()
    axes.set_xlabel("time, memory or size: how many times ours (logarithmic; further right is worse)")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 0.13))
    return figure


def growing(growth: dict[str, dict[str, list[float]]]) -> Figure:
    """Draw how cost grows with the number of models and of operations."""
    figure, (models, operations) = plt.subplots(1, 2, figsize=(9, 4))
    for name in ("ours", "httpx", "vendor"):
        points = [(case.number, statistics.median(growth[case.name][name])) for case in LISTS]
        models.plot(*zip(*points, strict=True), "o-", color=COLOURS[name], label=NAMES[name], markersize=4)
    for what, dashes in (("in threads", "o-"), ("in tasks", "s--")):
        points = [
            (case.number, statistics.median(growth[case.name]["ours"])) for case in OPERATIONS if case.what == what
        ]
        operations.plot(*zip(*points, strict=True), dashes, color=COLOURS["ours"], label=what, markersize=4)
    models.set_xlabel("models in one list")
    operations.set_xlabel("operations sent through send_all")
    for axes in (models, operations):
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_ylabel("seconds")
        axes.legend()
    figure.tight_layout()
    return figure
