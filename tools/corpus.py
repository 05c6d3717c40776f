"""`python -m tools.corpus`: measure how many names `mistral-models audit` finds in files that people have labelled.

The files are in `tests/data/audit/*.txt`: each begins with a line `=== PATH`. Names that must be found are written as
`⟦+NAME⟧`, unknown names (they look like a name of this API, but never were one) as `⟦?NAME⟧`, and text that must not be
reported as `⟦-TEXT⟧`. The marks are removed before the files are audited. Whatever is found without a label is a false
alarm.

The exit code is 1 if recall is below 98 % or precision below 95 %.
"""

import datetime as dt
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from mistral_models.cli.audit.names import UNKNOWN, Names
from mistral_models.cli.audit.scan import scan
from mistral_models.cli.audit.sources import load_bundle
from mistral_models.cli.audit.tokens import Scanner

from .generate import ROOT

CORPUS: Final = ROOT / "tests" / "data" / "audit"
TODAY: Final = dt.date(2026, 11, 26)
"""The day for which the files are audited; what is found does not depend on it."""
MIN_RECALL: Final = 0.98
MIN_PRECISION: Final = 0.95

_MARK: Final = re.compile(r"⟦(?P<label>[+?-])(?P<text>[^⟧]*)⟧")


class Labelled(NamedTuple):
    """A file without its marks."""

    path: str
    text: str
    expected: dict[tuple[int, int], bool]
    """The spans of the text that must be found, and whether each is an unknown name."""
    others: int
    """The number of labels for text that must not be reported."""


class Result(NamedTuple):
    """The findings compared with the labels."""

    files: int
    labels: int
    found: int
    missed: list[str]
    false_alarms: list[str]

    @property
    def recall(self) -> float:
        """The share of the labelled names that was found."""
        return self.found / (self.found + len(self.missed))

    @property
    def precision(self) -> float:
        """The share of what was found that is labelled."""
        return self.found / (self.found + len(self.false_alarms))


def read_corpus(folder: Path = CORPUS) -> Iterator[Labelled]:
    """Read the labelled files."""
    for file in sorted(folder.glob("*.txt")):
        _, *parts = re.split(r"^=== (.+)\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for path, marked in zip(parts[::2], parts[1::2], strict=True):
            yield _unmark(path, marked)


def _unmark(path: str, marked: str) -> Labelled:
    text, position, others = "", 0, 0
    expected: dict[tuple[int, int], bool] = {}
    for mark in _MARK.finditer(marked):
        text += marked[position : mark.start()]
        if mark["label"] == "-":
            others += 1
        else:
            expected[len(text), len(text) + len(mark["text"])] = mark["label"] == "?"
        text += mark["text"]
        position = mark.end()
    return Labelled(path, text + marked[position:], expected, others)


def measure(corpus: Iterator[Labelled]) -> Result:
    """Audit the files, and compare with their labels."""
    names = Names(load_bundle(), None, TODAY)
    scanner = Scanner(names.known)
    files = labels = found = 0
    missed: list[str] = []
    false_alarms: list[str] = []
    for each in corpus:
        files += 1
        labels += len(each.expected) + each.others
        actual = {
            (occurrence.start, occurrence.end): occurrence.verdict.status == UNKNOWN
            for occurrence in scan(each.text, scanner, names).occurrences
        }
        found += len(each.expected.items() & actual.items())
        missed += [_place(each, span) for span in sorted(dict(each.expected.items() - actual.items()))]
        false_alarms += [_place(each, span) for span in sorted(dict(actual.items() - each.expected.items()))]
    return Result(files, labels, found, missed, false_alarms)


def _place(file: Labelled, span: tuple[int, int]) -> str:
    line = file.text.count("\n", 0, span[0]) + 1
    return f"{file.path}:{line}: {file.text[slice(*span)]}"


def main() -> int:
    """Print the result, and return the exit code."""
    if sys.argv[1:]:
        print(__doc__)
        return 0 if sys.argv[1:] == ["--help"] else 2
    result = measure(read_corpus())
    for title, places in (("missed", result.missed), ("false alarm", result.false_alarms)):
        for place in places:
            print(f"{title}: {place}")
    print(f"{result.files} files, {result.labels} labels: recall {result.recall:.1%}, precision {result.precision:.1%}")
    return 0 if result.recall >= MIN_RECALL and result.precision >= MIN_PRECISION else 1


if __name__ == "__main__":
    sys.exit(main())
