"""When a name that never existed looks like an id of this API, and which id was probably meant. Pure.

A name looks like an id if it has the words of a known id, in the same order, with other numbers between or after
them: `open-mistral-nemo-2408`. Numbers are versions (`3`, `3-5`, `3.5`), months (`2408`), release candidates (`rc5`)
and `latest`. Sizes (`7b`, `8x22b`) count as words, because other platforms name models by size: there is
`ministral-8b-2512`, but no `mistral-saba-24b`. It also looks like an id if it is one with a typing error: at most two
letters or hyphens are added, missing, exchanged or wrong, while all digits are right. `mistral-large-latest-academic`
is neither. The names by which the documentation calls models count as well.
"""

import re
from collections.abc import Mapping
from typing import Final

_NUMBER: Final = re.compile(r"\d{1,2}|\d{4}|\d+(?:\.\d+)+|rc\d+|latest")
_SIZE: Final = re.compile(r"\d+(?:x\d+)?b")
_DATED_SLUG: Final = re.compile(r"(.+)-(\d\d)-(\d\d)")
"""How the documentation calls the page of a model: name, version, year and month of its release."""
_MAX_TYPING_ERRORS: Final = 2
_MIN_LENGTH: Final = 10
"""Shorter names are within two letters of ordinary words."""


class Grammar:
    """The known ids, and what resembles them.

    Args:
        known: All ids.
        titles: Ids by what the documentation calls the model.
        listed: The ids that are listed now, which are preferred.
    """

    def __init__(self, known: frozenset[str], titles: Mapping[str, str], listed: frozenset[str]) -> None:
        self._known: Final = known
        self._titles: Final = titles
        self._listed: Final = listed
        self._skeletons: Final = {_skeleton(name) for name in known if not name.startswith("ft:")}

    def is_like_an_id(self, name: str) -> bool:
        """Tell whether a name that is not known looks like an id."""
        if "-" not in name or name != name.lower():  # Azure capitalizes its names
            return False
        return _skeleton(name) in self._skeletons or self._documented(name) is not None or self._is_typing_error(name)

    def meant(self, name: str) -> str | None:
        """Return the id that was probably meant, or None if no id is similar."""
        moving = f"{name}-latest"
        return self._documented(name) or (moving if moving in self._known else self._nearest(name))

    def _documented(self, name: str) -> str | None:
        """Return the id of a model that the documentation calls so."""
        if name in self._titles:
            return self._titles[name]
        slug = _DATED_SLUG.fullmatch(name)
        if slug is None:
            return None
        versioned, year, month = slug.groups()
        words = re.sub(r"(?:-\d{1,2})+$", "", versioned)
        candidates = (versioned, f"{words}-{year}{month}", self._titles.get(versioned, ""), self._titles.get(words, ""))
        return next((each for each in candidates if each in self._known), None)

    def _nearest(self, name: str) -> str | None:
        limit = max(len(name) // 3, 3)
        distances = [
            (_distance(name, each, limit), each not in self._listed, each)
            for each in self._known
            if abs(len(each) - len(name)) <= limit
        ]
        distance, _, nearest = min(distances, default=(limit + 1, True, ""))
        return nearest if distance <= limit else None

    def _is_typing_error(self, name: str) -> bool:
        digits = re.sub(r"\D", "", name)
        return len(name) >= _MIN_LENGTH and any(
            abs(len(each) - len(name)) <= _MAX_TYPING_ERRORS
            and re.sub(r"\D", "", each) == digits
            and _distance(name, each, _MAX_TYPING_ERRORS) <= (_MAX_TYPING_ERRORS if _end_alike(name, each) else 1)
            for each in self._known
        )


def _end_alike(left: str, right: str) -> bool:
    """Tell whether the last words begin with the same letter, unlike those of `mistral-small-test` and `-latest`."""
    return left.rpartition("-")[2][:1] == right.rpartition("-")[2][:1]


def _skeleton(name: str) -> tuple[str, ...]:
    """Return the words of a name without its numbers; every size is the same word."""
    return tuple("<size>" if _SIZE.fullmatch(part) else part for part in name.split("-") if not _NUMBER.fullmatch(part))


def _distance(left: str, right: str, limit: int) -> int:
    """Count the letters to add, remove, change or exchange with their neighbour; give up beyond the limit."""
    before_previous: list[int] = []
    previous = list(range(len(right) + 1))
    for row, char in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (char != other))
            if row > 1 and column > 1 and char == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before_previous[column - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before_previous, previous = previous, current
    return previous[-1]
