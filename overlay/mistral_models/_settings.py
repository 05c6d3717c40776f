"""What callers configure, checked and brought into one form. Pure: arguments in, values or `ValueError` out."""

import functools
import math
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol
from urllib.parse import urlsplit

from mistral_models_raw.types import Unset

from ._version import __version__

if TYPE_CHECKING:
    import httpx

    from ._retries import Retries

# The names and addresses of the vendor's SDK 3.7.0.
SERVERS: Final = {
    "global": "https://api.mistral.ai",
    "eu": "https://api.eu.mistral.ai",
    "us": "https://api.us.mistral.ai",
}
CONNECT_TIMEOUT: Final = 5.0
"""Seconds."""
CALL_TIMEOUT: Final = 60.0
"""Seconds for a whole call: all attempts, and the waits between them."""
LONGEST_TIMEOUT: Final = 1e8
"""Seconds; three years. Operating systems have no words for much longer ones."""
MAX_RESPONSE_BYTES: Final = 32 * 1024 * 1024
"""After decompression."""

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, 5.6.2
_FORBIDDEN_IN_VALUES: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|^\s|\s$")  # RFC 9110, 5.5
_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})
VISIBLE: Final = re.compile(r"[\x21-\x7e]+")
"""ASCII without white space and control characters."""


class Headers(dict[str, str]):
    """Headers by their lower-case names, whose repr masks what is secret."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr({name: "***" if name.lower() in SECRET_HEADERS else value for name, value in self.items()})


SECRET_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})


def server_url(url: str | None, server: str | None = None, parameters: Mapping[str, str] | None = None) -> str:
    """Find the URL that paths are added to, without a slash at its end.

    Args:
        url: The URL, perhaps with a path; perhaps with `{names}` that `parameters` fill.
        server: The name of a server that `SERVERS` lists, where there is no URL; `global` by default.
        parameters: Values for the names in braces.

    Raises:
        ValueError: It is not the URL of a server.
    """
    if not url:
        if server and server not in SERVERS:
            raise ValueError(f"server must be one of {', '.join(map(repr, SERVERS))}, not {server!r}")
        return SERVERS[server or "global"]
    if not isinstance(url, str):
        raise TypeError(f"server_url must be a string, not {type(url).__name__}")
    for name, value in (parameters or {}).items():
        url = url.replace(f"{{{name}}}", value)
    if "@" in url:
        raise ValueError("server_url must not hold a user name or password (it is not shown here); use http_headers")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"server_url {url!r} is not a URL: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or VISIBLE.fullmatch(url) is None:
        raise ValueError(f"server_url must look like 'https://host' or 'https://host/path', not {url!r}")
    if {"?", "#", "{"} & {*url}:
        raise ValueError(f"server_url must have no query, fragment or unfilled {{name}}: {url!r}")
    return f"{parts.scheme}{url[len(parts.scheme) :].rstrip('/')}"  # the scheme in lower case


@functools.cache
def warn_of_plain_http(url: str) -> None:
    """Warn, once for an address, that keys travel to it unencrypted; not of this machine's own addresses."""
    if url.startswith("http:") and not is_this_machine(url):
        import warnings

        message = f"{url} is not encrypted: whoever is on the way to it can read the API key; https:// hides it"
        warnings.warn(message, UserWarning, stacklevel=_levels_to_the_caller())


def _levels_to_the_caller() -> int:
    """Count the frames of this package above whoever asks for a warning."""
    import inspect

    return next(
        number
        for number, frame in enumerate(inspect.stack(0)[1:], 1)
        if frame.frame.f_globals.get("__name__", "").partition(".")[0] != __package__
    )


def is_this_machine(url: str) -> bool:
    """Decide whether an address is of the machine that it is used on."""
    return _LOOPBACK.fullmatch(urlsplit(url).hostname or "") is not None


_LOOPBACK: Final = re.compile(r"(.*\.)?localhost|127\.[0-9.]+|::1")


def seconds(timeout_ms: float | None) -> float | None:
    """Turn `timeout_ms` into seconds.

    Raises:
        ValueError: It is not more than 0.
    """
    if timeout_ms is None:
        return None
    if isinstance(timeout_ms, bool) or not isinstance(timeout_ms, int | float) or not 0 < timeout_ms < math.inf:
        raise ValueError(f"timeout_ms must be a number of milliseconds above 0, not {timeout_ms!r}")
    return min(max(timeout_ms, 0.001), LONGEST_TIMEOUT * 1000) / 1000


class Timeouts(NamedTuple):
    """How long things may take, in seconds; None leaves it to the client that sends."""

    connect: float | None
    whole: float | None
    """All attempts, and the waits between them."""


def timeouts(call_ms: float | None, own: float | None, *, given: bool) -> Timeouts:
    """Find how long a call may take: as the call says, else as `Mistral`, else as the client that was given.

    Args:
        call_ms: The call's `timeout_ms`, in milliseconds.
        own: That of `Mistral`, in seconds.
        given: Whether the caller's own client sends.
    """
    whole = seconds(call_ms) or own
    if whole is None and given:
        return Timeouts(None, None)
    return Timeouts(CONNECT_TIMEOUT, whole or CALL_TIMEOUT)


def retries(given: "Retries") -> "Retries":
    """Check what says how to retry.

    Raises:
        ValueError: It does not.
    """
    if given is None or isinstance(given, Unset):
        return given
    if not isinstance(given, int):
        from ._retries import RetryConfig

        if isinstance(given, RetryConfig) or callable(given):
            return given
    elif given >= 0 and not isinstance(given, bool):
        return given
    raise ValueError(
        f"retries must be a mistral_models.utils.RetryConfig, a function, None, or a number from 0, not {given!r}"
    )


def response_limit(limit: int) -> int:
    """Check `max_response_bytes`."""
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise ValueError(f"max_response_bytes must be a number of bytes above 0, not {limit!r}")
    return min(limit, sys.maxsize - 1)  # zlib counts no further


class HttpClient(Protocol):
    """An `httpx.Client`, or one of httpx2; nothing else will do."""

    def build_request(self, method: str, url: str) -> object:
        """Make a request as the client is configured."""

    def close(self) -> None:
        """Close its connections."""


class AsyncHttpClient(Protocol):
    """An `httpx.AsyncClient`, or one of httpx2; nothing else will do."""

    def build_request(self, method: str, url: str) -> object:
        """Make a request as the client is configured."""

    async def aclose(self) -> None:
        """Close its connections."""


def http_client(given: object, kind: str, argument: str) -> Any:  # noqa: ANN401 one of httpx2 is used like one of httpx
    """Check that a client is of httpx or httpx2, and plain or async as it should be.

    Raises:
        TypeError: It is something else.
    """
    # Whoever passes a client has imported its package.
    libraries = [library for name in ("httpx", "httpx2") if (library := sys.modules.get(name))]
    if given is None or any(isinstance(given, getattr(library, kind)) for library in libraries):
        return given
    raise TypeError(f"{argument} must be an httpx.{kind}, not {type(given).__module__}.{type(given).__qualname__}")


def check_open(given: "httpx.Client | httpx.AsyncClient | None") -> None:
    """Check that the caller's client can still send.

    Raises:
        ValueError: It is closed.
    """
    if given is not None and given.is_closed:
        raise ValueError(f"the {type(given).__name__} that was given to Mistral is closed: it can send nothing")


def headers(given: Mapping[str, str] | None, *, content: bool) -> Headers:
    """Make the headers of a request but for the key; what the caller gives replaces ours, whatever its case.

    Raises:
        ValueError: A name or value cannot be sent. Values are not shown.
    """
    found = Headers({"accept": "application/json", "accept-encoding": "gzip, deflate", "user-agent": _USER_AGENT})
    if content:
        found["content-type"] = "application/json"
    for name, value in (given or {}).items():
        if not isinstance(name, str) or not _TOKEN.fullmatch(name):
            raise ValueError(f"http_headers: {name!r} is not the name of a header")
        if name.lower() in _FRAMING:
            raise ValueError(f"http_headers: {name!r} follows from the body; it cannot be given")
        if not isinstance(value, str) or _FORBIDDEN_IN_VALUES.search(value) or not value.isascii():
            raise ValueError(f"http_headers: the value of {name!r} is not a string that a header can hold")
        found[name.lower()] = value
    return found


_USER_AGENT: Final = f"mistral-models/{__version__}"
