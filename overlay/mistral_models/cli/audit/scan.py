"""Find the names of this API's models in a text, each with the verdict on it. Pure."""

import re
from typing import Final, NamedTuple

from .names import UNKNOWN, Names, Verdict
from .positions import is_elsewhere, names_model, surroundings
from .tokens import Scanner

_IS_DISTINCTIVE: Final = re.compile(r"\d|-latest$|^ft:")
"""Names without a digit or `-latest`, such as `mistral-small`, can mean other things."""


class Occurrence(NamedTuple):
    """A name in a text."""

    start: int
    """Index of its first character, without a prefix such as `mistral/`."""
    end: int
    verdict: Verdict
    is_assigned: bool
    """Whether it stands where a model is named."""
    has_key: bool
    """Whether it is the value of a variable, a key or an option."""


class Scan(NamedTuple):
    """The names in a text."""

    occurrences: tuple[Occurrence, ...]
    dynamic: int
    """How many names are put together at run time, so that nothing is known about them."""


def scan(text: str, scanner: Scanner, names: Names) -> Scan:
    """Find the names in a text."""
    occurrences: list[Occurrence] = []
    dynamic = 0
    for token in scanner.tokens(text):
        if not token.name:
            dynamic += 1
        elif (verdict := names.judge(token.name)) is not None:
            around = surroundings(text, token)
            is_assigned = names_model(text, token, around)
            is_certain = verdict.status != UNKNOWN and _IS_DISTINCTIVE.search(token.name)
            if (is_assigned or is_certain) and not is_elsewhere(text, token, around):
                occurrences.append(Occurrence(token.start, token.end, verdict, is_assigned, bool(around.key)))
    return Scan(tuple(occurrences), dynamic)
