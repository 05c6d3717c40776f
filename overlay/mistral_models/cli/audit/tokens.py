"""Find what may be ids of this API's models in text: whole tokens, decided by what surrounds them. Pure.

A token is the longest run of letters, digits, `.`, `-` and `_` around a family name such as `mistral` (every family
ends in `stral` or `xtral`) or a known id that has none. What touches it decides whether it is an id of this API: after
`mistral/` it is one, after `mistralai/` it belongs to another platform.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from .words import names_a_model

_ID_CHARACTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
_FAMILY_ENDS: Final = ("stral", "xtral")
_MOVING_END: Final = "-latest"
"""Names that end in it are found although their family name is misspelled."""
_MAX_LENGTH: Final = 200
"""Longer runs are encoded data."""

_SEPARATORS: Final = frozenset(" \t\r\n\f\v\u00a0\"'`=,;()[]|<>\u201c\u201d\u2018\u2019«»\\")
"""What separates a token from the text before it, unlike a path, a URL or the default of a variable."""
_FINE_TUNED_BEFORE: Final = re.compile(r"(?<![A-Za-z0-9_.-])ft:(?:classifier:)?\Z")
_FINE_TUNED_AFTER: Final = re.compile(r"(?::[A-Za-z0-9._-]*[A-Za-z0-9]){2,}(?![:*{$<]|/(?!archive))")
_VARIABLE_DEFAULT: Final = re.compile(r".*\$\{[\w.-]+?(?::[-=?+]?|[-=?+])")
"""`${MODEL:-`, `${MODEL-` of shells and `${model:` of Spring: what follows is an id of its own."""
_API_PREFIX: Final = re.compile(
    r"(?:litellm(?:_proxy)?/)?(?:mistral:?/|mistral:|mistralai:|codestral/|text-completion-codestral/)"
)
_API_URL: Final = re.compile(
    r"(?i:https?://(?:api|api\.[a-z]+|codestral)\.mistral\.ai(?::\d+)?/\S*/?models/)"
    r"|(?![^/]*://)(?:\S*[/}])?v1/(?:fine_tuning/)?models/"
)
_ESCAPES: Final = re.compile(r"(?:n|t|r|b|f|v|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})")
"""What follows the backslash of an escape sequence."""
_PATH_BEFORE: Final = re.compile(r"[\w:.]\\{1,2}\Z")
"""A path of Windows."""
_TEMPLATE_AFTER: Final = re.compile(r"\$?\{|#\{|%[sdr({]|<[%\w]|\$\(|\$\w")
_TEMPLATE_BEFORE: Final = re.compile(r"(?:\}|%s)[-._]?\Z")


class Token(NamedTuple):
    """A token that may be an id of this API."""

    start: int
    """Index of its first character in the text, without a prefix such as `mistral/`."""
    end: int
    name: str
    """Empty if a part of the name is filled in at run time."""
    has_prefix: bool
    """Whether a prefix says that it is an id of this API."""


class Scanner:
    """Finds tokens.

    Args:
        known: All known ids. A name is found if it contains a family name, or if it is one of them.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known: Final = frozenset(known)
        others = sorted(name for name in self._known if not any(end in name for end in (*_FAMILY_ENDS, _MOVING_END)))
        self._parts: Final = (*_FAMILY_ENDS, _MOVING_END, *others)
        self._needles: Final = tuple(part.encode() for part in self._parts)

    def may_match(self, content: bytes) -> bool:
        """Tell quickly whether a file in an ASCII-compatible encoding can contain tokens."""
        return any(needle in content for needle in self._needles)

    def tokens(self, text: str) -> Iterator[Token]:
        """Yield the tokens of a text in their order."""
        end = 0
        for position in sorted(position for part in self._parts for position in _positions(text, part)):
            if position < end:
                continue
            start, end = _run(text, position, position)
            if end - start <= _MAX_LENGTH and (token := self._token(text, start, end)):
                yield token
                end = max(end, token.end)

    def _token(self, text: str, start: int, end: int) -> Token | None:
        """Return the token of a run of id characters; None if what surrounds it rules an id of this API out."""
        start, end = _trim(text, start, end)
        if _PATH_BEFORE.search(text, max(start - 3, 0), start):
            return None
        prefix = touching(text, start)
        if default := _VARIABLE_DEFAULT.match(prefix + text[start:end]):
            start += max(default.end() - len(prefix), 0)
            prefix = prefix[default.end() :]
        if fine_tuned := _FINE_TUNED_BEFORE.search(text, max(start - 20, 0), start):
            rest = _FINE_TUNED_AFTER.match(text, end)
            if rest is None:
                return None
            prefix = prefix[: len(prefix) - len(fine_tuned[0])]
            start, end = fine_tuned.start(), rest.end()
        has_prefix = bool(_API_PREFIX.fullmatch(prefix) or _API_URL.fullmatch(prefix))
        if _is_template(text, end, prefix):
            has_family = any(part in text[start:end] for part in _FAMILY_ENDS)
            return Token(start, end, "", has_prefix) if has_family else None
        if not has_prefix and not self._may_follow(prefix, text[max(start - len(prefix) - 1, 0) : start - len(prefix)]):
            return None
        if not self._may_precede(text, end, is_fine_tuned=bool(fine_tuned), in_url=has_prefix and "models/" in prefix):
            return None
        return Token(start, end, text[start:end], has_prefix)

    def _may_follow(self, prefix: str, before: str) -> bool:
        """Tell whether an id without a prefix of this API can stand after these characters, and the one before them."""
        if not prefix or prefix[-1] not in "/:@&#$\\.~+?%!^":
            return True
        if prefix in {":", "//", "~", "~~", "!", "+", "^"} or (prefix == "#" and not before.strip()):
            return True
        separator, word = prefix[-1], prefix[:-1]
        if separator == "/":
            return all(part in self._known for part in word.split("/"))
        if separator == ":":
            return names_a_model(word)
        return separator in "?%!^~"

    def _may_precede(self, text: str, end: int, *, is_fine_tuned: bool, in_url: bool) -> bool:
        """Tell whether an id can stand before what follows it."""
        after = text[end : end + 1]
        following = text[end + 1 : end + 2]
        if after == "/":
            first, last = _run(text, end + 1, end + 1)
            rest = text[first:last]
            return is_fine_tuned or in_url or rest in self._known or not (following.isalnum() or following in "._*$")
        if after in {":", "@"}:
            return not (following.isalnum() or following in {"$", "{", "/"})
        return True


def _positions(text: str, part: str) -> Iterator[int]:
    position = text.find(part)
    while position >= 0:
        yield position
        position = text.find(part, position + 1)


def touching(text: str, start: int) -> str:
    """Return what touches a token from the left."""
    first = start
    while first and text[first - 1] not in _SEPARATORS and start - first < _MAX_LENGTH:
        first -= 1
    return text[first:start]


def _run(text: str, start: int, end: int) -> tuple[int, int]:
    """Extend to the whole run of id characters, as far as an id can reach."""
    first, last = max(start - _MAX_LENGTH, 0), min(end + _MAX_LENGTH, len(text))
    while start > first and text[start - 1] in _ID_CHARACTERS:
        start -= 1
    while end < last and text[end] in _ID_CHARACTERS:
        end += 1
    return start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Remove what is punctuation or an escape sequence, and not a part of a name."""
    if start and text[start - 1] == "\\" and (escape := _ESCAPES.match(text, start, end)):
        start = escape.end()
    elif start and text[start - 1] == "%" and re.match(r"[0-9A-Fa-f]{2}", text[start:end]):
        start += 2
    while end > start and text[end - 1] == ".":
        end -= 1
    if text[start] == "-" and (start == 0 or text[start - 1] == "\n"):  # a removed line of a diff, or an item of a list
        start += 1
    while end - start > 2 and text[start] == "_" and text[end - 1] == "_":  # emphasis in Markdown
        start, end = start + 1, end - 1
    return start, end


def _is_template(text: str, end: int, prefix: str) -> bool:
    """Tell whether a part of the name is filled in at run time."""
    is_glob = text[end : end + 1] == "*" and text[end + 1 : end + 2] != "/" and not prefix.endswith("*")
    if is_glob or text[end - 1] == "-" or _TEMPLATE_AFTER.match(text, end):
        return True
    return _TEMPLATE_BEFORE.search(prefix) is not None and not _API_URL.fullmatch(prefix)
