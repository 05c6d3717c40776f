"""Remove an API key from text that the service sent, in whatever form the text repeats it. Pure."""

import binascii
import functools
import re
from typing import Final

REPLACEMENT: Final = "***"
_MIN_KEY: Final = 16
"""Characters. Shorter keys are placeholders in tests; they could be an ordinary word of the text."""
_MAX_DEPTH: Final = 3
"""How often escaped text is escaped again, as in a JSON document that is a string of another one."""

_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPE: Final = (
    r"\\u00([2-7][0-9a-f])|\\x([2-7][0-9a-f])|\\u\{0*([2-7][0-9a-f])\}|%([2-7][0-9a-f])|&#x0*([2-7][0-9a-f]);?"
    r"|&#0*([0-9]{2,3});?|&(amp|lt|gt|quot|apos);|\\([!-/:-@\[-`{-~])"
)
"""Visible ASCII as escaped by JSON, JavaScript, Python, URLs and HTML."""
_PARTIAL_ESCAPE: Final = r"(?:\\{1,7}(?:u\{?|x)?|%|&(?:amp;){0,3}#?x?)[0-9A-Za-z]{0,4}$"
_LONGEST_ESCAPE: Final = 12
"""Characters, such as `&amp;#x0073;`."""
_MIN_PARTIAL_KEY: Final = 4
"""Characters. A shorter beginning of a key, at the end of a text, reveals too little to be dropped."""
_ESCAPING: Final = "\\%&"
_HEXADECIMAL_FORMS: Final = 5
"""The first groups of `_ESCAPE`."""


def redact(text: str, key: str) -> str:
    """Replace a key by `***` wherever the text contains it: as it is, escaped, wholly or in part, or in Base64.

    If the key can still be found after that, in any form, `***` replaces the whole text. The time is proportional to
    the length of the text.

    Args:
        text: Text of any origin; bytes are decoded as Latin-1.
        key: Visible ASCII.
    """
    if not contains(text, key):
        return text
    redacted = _pattern(key).sub(REPLACEMENT, text)
    return REPLACEMENT if contains(redacted, key) else redacted


def redact_bytes(content: bytes, key: str, *, is_complete: bool = True) -> bytes:
    """Redact bytes, as `redact` does with text.

    Args:
        content: The bytes.
        key: Visible ASCII.
        is_complete: False if more bytes followed: then the last ones may be the beginning of a key.
    """
    text = content.decode("latin-1")
    redacted = redact(text, key)
    if not is_complete and len(key) >= _MIN_KEY:
        redacted = _without_partial_key(redacted, key)
    return content if redacted is text else redacted.encode("latin-1")


def redact_excerpt(text: str, key: str) -> str:
    """Redact text that may have been truncated with `...` in the middle of a key."""
    redacted = redact(text, key)
    excerpt = redacted.removesuffix("...")
    if excerpt == redacted or len(key) < _MIN_KEY:
        return redacted
    return f"{_without_partial_key(excerpt, key)}..."


def contains(text: str, key: str) -> bool:
    """Return whether a text contains a key in any form."""
    if len(key) < _MIN_KEY:
        return False
    text = text.replace("\0", "")  # UTF-16 and UTF-32 have zero bytes between visible ASCII
    if any(char in key for char in _ESCAPING):  # what they mean depends on what follows: try every way to read them
        return _pattern(key).search(text) is not None
    forms = (key, *_base64_forms(key))
    for _ in range(_MAX_DEPTH + 1):
        for form in forms:
            if form in text:
                return True
        if "\\" not in text and "%" not in text and "&" not in text:  # this is faster than `any`
            return False
        text = _escapes().sub(_unescaped, text)
    return False


def _without_partial_key(text: str, key: str) -> str:
    """Drop the end of a text if it is the beginning of a key."""
    tail = re.sub(_PARTIAL_ESCAPE, "", text[-_LONGEST_ESCAPE * len(key) :])
    for _ in range(_MAX_DEPTH):
        tail = _escapes().sub(_unescaped, tail)
    ends_in_key = any(tail.endswith(key[:length]) for length in range(_MIN_PARTIAL_KEY, len(key)))
    return text[: -_LONGEST_ESCAPE * len(key)] if ends_in_key else text


def _unescaped(escape: re.Match[str]) -> str:
    index = escape.lastindex or 0  # every alternative has a group
    value = escape[index]
    if index <= _HEXADECIMAL_FORMS:
        return chr(int(value, 16))
    if index == _HEXADECIMAL_FORMS + 1:
        return chr(int(value))
    return _ENTITIES.get(value.lower(), value)


@functools.cache
def _escapes() -> re.Pattern[str]:
    return re.compile(_ESCAPE, re.IGNORECASE)  # when it is needed: most programs do without


@functools.lru_cache(maxsize=8)
def _base64_forms(key: str) -> frozenset[str]:
    """Return what Base64 makes of a key (RFC 4648, 4 and 5), for each place that it can have in groups of three bytes.

    Characters that also depend on what is before or after the key are left out.
    """
    forms: set[str] = set()
    for offset in range(3):
        size = (offset + len(key)) * 8 // 6
        form = binascii.b2a_base64(bytes(offset) + key.encode()).decode()[-(-offset * 8 // 6) : size]
        forms |= {form, form.replace("+", "-").replace("/", "_")}
    return frozenset(forms)


@functools.lru_cache(maxsize=8)
def _pattern(key: str) -> re.Pattern[str]:
    """Return a pattern that matches all forms of a key. It takes long to compile, so `contains` decides first."""
    forms = ("".join(map(_char_pattern, form)) for form in sorted(_base64_forms(key)))
    return re.compile("|".join([r"\0{0,3}".join(map(_char_pattern, key)), *forms]))


@functools.cache
def _char_pattern(char: str) -> str:
    """Return a pattern that matches a visible ASCII character in all its forms."""
    code = "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in f"{ord(char):02x}")
    names = "".join(f"|{name};" for name, value in _ENTITIES.items() if value == char)
    literal = re.escape(char) if char.isalnum() else rf"\\{{0,7}}{re.escape(char)}"
    return (
        rf"(?:{literal}|\\{{1,7}}(?:u00{code}|x{code}|u\{{0{{0,6}}{code}\}})|%(?:25){{0,3}}{code}"
        rf"|&(?:amp;){{0,3}}(?:#0{{0,6}}{ord(char)};?|#[xX]0{{0,6}}{code};?{names}))"
    )
