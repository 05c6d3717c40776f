"""Find the names of this API's models in a text, each with the verdict on it. Pure."""

import re
from typing import Final, NamedTuple

from .names import UNKNOWN, Names, Verdict
from .platforms import is_elsewhere
from .positions import names_model
from .surroundings import surroundings
from .tokens import Scanner

_IS_DISTINCTIVE: Final = re.compile(r"\d|-latest$|^ft:")
"""Names without a digit or `-latest`, such as `mistral-small`, can mean other things."""


class Occurrence(NamedTuple):
    """A name in a text."""

    start: int
    """Index of its first character, without a prefix such as `mistral/`."""
    end: int
    verdict: Verdict
    key: str
    """The variable, key or option whose value it is; empty if there is none."""


class Scan(NamedTuple):
    """The names in a text."""

    occurrences: tuple[Occurrence, ...]
    dynamic: int
    """Number of names that are put together at run time, so that nothing is known about them."""


def scan(text: str, scanner: Scanner, names: Names) -> Scan:
    """Find the names in a text."""
    occurrences: list[Occurrence] = []
    dynamic = 0
    for token in scanner.tokens(text):
        if not token.name:
            dynamic += 1
        elif (verdict := names.judge(token.name)) is not None:
            around = surroundings(text, token)
            is_certain = verdict.status != UNKNOWN and _IS_DISTINCTIVE.search(token.name)
            if (is_certain or names_model(text, token, around)) and not is_elsewhere(text, token, around):
                occurrences.append(Occurrence(token.start, token.end, verdict, around.key))
    return Scan(tuple(occurrences), dynamic)
