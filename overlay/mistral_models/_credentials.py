"""The key: where it comes from, and who may see it. The environment and the file that it names are read here."""

import os
from collections.abc import Callable
from typing import Final

from ._settings import VISIBLE

KEY_VARIABLE: Final = "MISTRAL_API_KEY"
ACCOUNT_VARIABLE: Final = "MISTRAL_SA_TOKEN_PATH"
"""The path of a file with the token of a service account."""


class EnvironmentVariableError(ValueError):
    """What the environment has for a call (a key, certificates, a proxy) cannot be used."""


class Secret:
    """A key that shows itself to nobody but who asks for its value. As with the vendor's SDK, `Bearer` may lead it."""

    __slots__ = ("value",)

    def __init__(self, value: str | None) -> None:
        is_header = isinstance(value, str) and value[:7].lower() == "bearer "
        self.value: str | None = value[7:] if value and is_header else value

    def __repr__(self) -> str:
        return "Secret(***)"


def api_key(given: Secret | Callable[[], str | None]) -> Secret:
    """Find the key to send.

    Args:
        given: The key, or a function that returns it; where it is empty, the environment has it, in the order of the
            vendor's SDK: first `ACCOUNT_VARIABLE`, then `KEY_VARIABLE`.

    Raises:
        ValueError: There is none, or it cannot be sent in a header. The message does not show it.
    """
    key = given if isinstance(given, Secret) else Secret(given())
    if not key.value:
        key = Secret(_token() or os.environ.get(KEY_VARIABLE))
    if not key.value:
        raise EnvironmentVariableError(f"no API key: pass api_key, or set the environment variable {KEY_VARIABLE}")
    if not isinstance(key.value, str):
        raise TypeError(f"the API key must be a string, not {type(key.value).__name__}")
    if not VISIBLE.fullmatch(key.value):
        raise ValueError(
            "the API key has white space (a line break at its end, perhaps) or characters other than ASCII;"
            " it is not shown here"
        )
    return key


def _token() -> str | None:
    """Read the token anew each time: who mounts such a file replaces it before it expires."""
    path = os.environ.get(ACCOUNT_VARIABLE)
    if not path:
        return None
    from pathlib import Path

    try:
        token = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise EnvironmentVariableError(f"{ACCOUNT_VARIABLE}: the token cannot be read: {error}") from None
    if not token:
        raise EnvironmentVariableError(f"{ACCOUNT_VARIABLE}: there is nothing in {path}")
    return token
