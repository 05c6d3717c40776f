"""Check what callers configure and normalize it: arguments in; values, `ValueError` or `TypeError` out."""

from __future__ import annotations

import functools
import math
import re
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from ._version import __version__

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

CONNECT_TIMEOUT: Final = 5.0
"""Seconds."""
CALL_TIMEOUT: Final = 60.0
"""Seconds for a whole call: all attempts, and the waits between them."""
MAX_TIMEOUT: Final = 1e8
"""Seconds, about three years: operating systems overflow with much longer timeouts."""
MAX_RESPONSE_BYTES: Final = 32 * 1024 * 1024
"""Size limit of a decompressed response body."""
SECRET_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})

_ASYNC_FLAGS: Final = 0x80 | 0x200
"""`inspect.CO_COROUTINE` and `inspect.CO_ASYNC_GENERATOR`; inspect takes long to import."""
_USER_AGENT: Final = f"mistral-models/{__version__}"
_HEADER_NAME: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110, 5.6.2
_NOT_IN_HEADER_VALUES: Final = r"[\x00-\x08\x0a-\x1f\x7f]|^\s|\s$"  # RFC 9110, 5.5
_FRAMING_HEADERS: Final = frozenset({"content-length", "transfer-encoding"})


class EnvironmentVariableError(ValueError):
    """An environment variable that a call needs (API key, certificates, proxy) is missing or unusable."""


class Headers:
    """Headers whose `repr` redacts secret values. Not a dictionary, because Sentry shows the items of one.

    Args:
        by_name: The values by name.
    """

    __slots__ = ("by_name",)

    def __init__(self, by_name: Mapping[str, str]) -> None:
        self.by_name: Mapping[str, str] = by_name

    def __repr__(self) -> str:
        return repr({name: "***" if name.lower() in SECRET_HEADERS else value for name, value in self.by_name.items()})


class HttpClient(Protocol):
    """An `httpx.Client`, or the `Client` of httpx2. Anything else is rejected at run time."""

    def build_request(self, method: str, url: str) -> object:
        """Build a request with the client's configuration."""

    def close(self) -> None:
        """Close the client's connections."""


class AsyncHttpClient(Protocol):
    """An `httpx.AsyncClient`, or the `AsyncClient` of httpx2. Anything else is rejected at run time."""

    def build_request(self, method: str, url: str) -> object:
        """Build a request with the client's configuration."""

    async def aclose(self) -> None:
        """Close the client's connections."""


def plain(text: str) -> str:
    """Return a string as a `str` itself: for a member of a `(str, Enum)` its value, which `str()` would not return."""
    return text if text.__class__ is str else str.__str__(text)


def is_visible_ascii(text: str) -> bool:
    """Return whether a text has only printable ASCII characters, and no space."""
    return text.isascii() and text.isprintable() and " " not in text


def items(argument: str, given: Mapping[Any, Any] | None) -> Iterable[tuple[Any, Any]]:
    """Return the items of an argument that must be a mapping.

    Raises:
        TypeError: It is something else.
    """
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise TypeError(f"{argument} must be a mapping, such as a dict, not {type(given).__name__}")
    return given.items()


def timeout_seconds(timeout_ms: float | None) -> float | None:
    """Convert `timeout_ms` to seconds.

    Raises:
        ValueError: It is not a number above 0.
    """
    if timeout_ms is None:
        return None
    if isinstance(timeout_ms, bool) or not isinstance(timeout_ms, int | float) or not 0 < timeout_ms < math.inf:
        raise ValueError(f"timeout_ms must be a number of milliseconds above 0, not {timeout_ms!r}")
    return min(max(timeout_ms, 0.001), MAX_TIMEOUT * 1000) / 1000


def call_timeout(call_ms: float | None, client_seconds: float | None, *, owns_client: bool) -> float | None:
    """Choose the timeout of a call, in seconds: the call's, else that of `Mistral`, else the default.

    None leaves all timeouts to the caller's HTTP client: it was configured, and nothing else was.

    Args:
        call_ms: The call's `timeout_ms`, in milliseconds.
        client_seconds: The timeout of `Mistral`, in seconds.
        owns_client: False if the caller's own HTTP client sends.
    """
    return timeout_seconds(call_ms) or client_seconds or (CALL_TIMEOUT if owns_client else None)


def sync_function(given: T, argument: str) -> T:
    """Check that a function which the client will call is not an `async def`: its result would never be awaited.

    Args:
        given: The argument: a function, or anything else.
        argument: Its name, for the message.

    Raises:
        TypeError: It is a coroutine function, or a partial of one, or its `__call__` is one.
    """
    function: Any = given
    while isinstance(function, functools.partial):
        function = function.func
    method: Any = getattr(function.__class__, "__call__", None)  # noqa: B004 the method itself is needed
    for candidate in (function, method):
        flags = getattr(getattr(candidate, "__code__", None), "co_flags", 0)
        if isinstance(flags, int) and flags & _ASYNC_FLAGS:
            raise TypeError(f"{argument} must be a plain function; an `async def` would never be awaited")
    return given


def response_limit(limit: int) -> int:
    """Check `max_response_bytes`.

    Raises:
        ValueError: It is not an integer above 0.
    """
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise ValueError(f"max_response_bytes must be a number of bytes above 0, not {limit!r}")
    return min(limit, sys.maxsize - 1)  # zlib cannot count further


def http_client(given: object, kind: str, argument: str) -> Any:  # noqa: ANN401 httpx2's clients are used like httpx's
    """Check that a client comes from httpx or httpx2, and is sync or async as required.

    Args:
        given: The client, or None.
        kind: `Client` or `AsyncClient`.
        argument: The argument's name, for the message.

    Raises:
        TypeError: It is something else.
    """
    # Compare names, not classes: this module need not import httpx, and httpx2 need not be installed.
    accepted = {("httpx", kind), ("httpx2", kind)}
    if given is None or any(
        (cls.__module__.partition(".")[0], cls.__name__) in accepted for cls in type(given).__mro__
    ):
        return given
    raise TypeError(f"{argument} must be an httpx.{kind}, not {type(given).__module__}.{type(given).__qualname__}")


def check_client_is_open(given: httpx.Client | httpx.AsyncClient | None) -> None:
    """Check that the caller's HTTP client can still send.

    Raises:
        ValueError: It is closed.
    """
    if given is not None and given.is_closed:
        raise ValueError(f"the {type(given).__name__} that was passed to Mistral is closed; open a new one")


def checked_headers(given: Mapping[str, str] | None) -> dict[str, str]:
    """Check a caller's headers, and return them by lower-case name.

    Raises:
        ValueError: A name or value cannot be sent. Values are not shown.
        TypeError: The headers are not a mapping.
    """
    headers: dict[str, str] = {}
    for name, value in items("http_headers", given):
        if not isinstance(name, str) or not re.fullmatch(_HEADER_NAME, name):
            raise ValueError(f"http_headers: {name!r} is not a header name")
        if name.lower() in _FRAMING_HEADERS:
            raise ValueError(f"http_headers: {name!r} is computed from the body and cannot be set")
        if not isinstance(value, str) or re.search(_NOT_IN_HEADER_VALUES, value) or not value.isascii():
            raise ValueError(f"http_headers: the value of {name!r} is not a string that a header can hold")
        headers[plain(name).lower()] = plain(value)
    return headers


def merged_headers(
    client: httpx.Client | httpx.AsyncClient | None, own: Headers, given: Mapping[str, str] | None
) -> Headers:
    """Return the headers that the caller configures for a call; the later ones win.

    Args:
        client: The caller's HTTP client: a `User-Agent` that is not httpx's own is the caller's.
        own: The checked headers of `Mistral`.
        given: The headers of the call.

    Raises:
        ValueError, TypeError: As `checked_headers`.
    """
    user_agent = client.headers.get("user-agent", "") if client else ""
    of_client = {} if not user_agent or user_agent.startswith("python-httpx") else {"user-agent": user_agent}
    of_call = checked_headers(given)
    return Headers({**of_client, **own.by_name, **of_call}) if of_client or of_call else own


def request_headers(configured: Headers, *, has_content: bool) -> Headers:
    """Add the default headers to those of the caller. The API key is added later."""
    defaults = {"accept": "application/json", "accept-encoding": "gzip, deflate", "user-agent": _USER_AGENT}
    if has_content:
        defaults["content-type"] = "application/json"
    return Headers({**defaults, **configured.by_name})


def token(authorization: str) -> str:
    """Return the token in the value of an `Authorization` header."""
    return authorization.rpartition(" ")[2]


def has_credentials(client: httpx.Client | httpx.AsyncClient | None) -> bool:
    """Return whether the caller's HTTP client authorizes requests: with `auth`, or an `Authorization` header."""
    return client is not None and (client.auth is not None or "authorization" in client.headers)
