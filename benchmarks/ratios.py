"""Measurements of several rounds, and the ratio of two contenders."""

import statistics
from typing import NamedTuple

Measurements = dict[str, dict[str, list[float]]]
"""By the names of the case and the contender: one number for each round."""


class Ratio(NamedTuple):
    """The ratio of two contenders: the median of the ratios of all rounds, and its quartiles."""

    lower_quartile: float
    median: float
    upper_quartile: float


def ratio(numerator: list[float], denominator: list[float]) -> Ratio:
    """Return the ratio of two contenders, round by round."""
    ratios = sorted(above / below for above, below in zip(numerator, denominator, strict=True))
    return Ratio(ratios[len(ratios) // 4], statistics.median(ratios), ratios[-1 - len(ratios) // 4])
