"""Find the API key: passed by the caller, in a token file, or in an environment variable."""

import codecs
import os
from collections.abc import Callable
from typing import Final

from ._settings import EnvironmentVariableError, is_visible_ascii, plain

API_KEY_VARIABLE: Final = "MISTRAL_API_KEY"
TOKEN_PATH_VARIABLE: Final = "MISTRAL_SA_TOKEN_PATH"  # noqa: S105 the name of a variable
"""The path of a file that contains a service account's token."""


class Secret:
    """API key whose `repr` is redacted. A leading `Bearer` is dropped, as in the vendor's SDK."""

    __slots__ = ("value",)

    def __init__(self, value: str | None) -> None:
        value = plain(value) if isinstance(value, str) else value
        has_prefix = isinstance(value, str) and value[:7].lower() == "bearer "
        self.value: str | None = value[7:] if value and has_prefix else value

    @property
    def text(self) -> str:
        """The value; empty if there is none."""
        return self.value or ""

    def __repr__(self) -> str:
        return "Secret(***)"


def find_api_key(given: Secret | Callable[[], str | None]) -> Secret:
    """Return the API key to send.

    Args:
        given: The key, or a function that returns it. If it is empty, the environment is used, in the order of the
            vendor's SDK: first `TOKEN_PATH_VARIABLE`, then `API_KEY_VARIABLE`.

    Raises:
        EnvironmentVariableError: There is no key, or the token file cannot be read.
        ValueError: The key cannot be sent in a header. The message does not show it.
        TypeError: The key is not a string.
    """
    key = given if isinstance(given, Secret) else Secret(given())
    if not key.value:
        key = Secret(_read_token() or os.environ.get(API_KEY_VARIABLE))
    if not key.value:
        raise EnvironmentVariableError(f"no API key: pass api_key, or set the environment variable {API_KEY_VARIABLE}")
    if not isinstance(key.value, str):
        raise TypeError(f"the API key must be a string, not {type(key.value).__name__}")
    if not is_visible_ascii(key.value):
        raise ValueError(
            "the API key contains white space (perhaps a trailing line break) or characters outside ASCII;"
            " it is not shown here"
        )
    return key


def _read_token() -> str | None:
    """Read the token file again for every attempt: mounted tokens are replaced before they expire."""
    path = os.environ.get(TOKEN_PATH_VARIABLE)
    if not path:
        return None
    try:
        with open(path, "rb") as file:  # noqa: PTH123 pathlib would be imported for this line alone
            content = file.read()
    except (OSError, ValueError) as error:
        raise EnvironmentVariableError(f"{TOKEN_PATH_VARIABLE}: the token cannot be read: {error}") from None
    try:
        token = content.decode("utf-8-sig").strip()  # some editors and shells begin files with a byte-order mark
    except UnicodeDecodeError:
        found = "UTF-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "another encoding"
        raise EnvironmentVariableError(f"{TOKEN_PATH_VARIABLE}: {path} is {found}; save it as UTF-8") from None
    if not token:
        raise EnvironmentVariableError(f"{TOKEN_PATH_VARIABLE}: {path} is empty")
    return token
