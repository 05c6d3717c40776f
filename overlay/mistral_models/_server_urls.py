"""The base URL of the service: find it, check it, and warn if it is not encrypted."""

from __future__ import annotations

import functools
import re
import sys
import warnings
from collections.abc import Mapping
from typing import Final

from ._deferred import ipaddress, urllib_parse
from ._settings import EnvironmentVariableError, is_visible_ascii, items, plain

# The names and addresses of the vendor's SDK 3.7.0.
SERVERS: Final = {
    "global": "https://api.mistral.ai",
    "eu": "https://api.eu.mistral.ai",
    "us": "https://api.us.mistral.ai",
}
SERVER_URL_VARIABLE: Final = "MISTRAL_SERVER_URL"
"""The default of `server_url`. Not `…_BASE_URL`: programs set such variables to addresses that end with `/v1`."""

_LOOPBACK: Final = r"(.*\.)?localhost|127\.[0-9.]+|::1"
_LIKE_IPV4: Final = r"([0-9]+\.){3}[0-9]+"


def find_server_url(
    url: str | None, server: str | None, url_params: Mapping[str, str] | None, default: str | None
) -> str:
    """Return the base URL that the paths of a client's operations are appended to.

    Args:
        url: The URL; it may have `{names}` that `url_params` fills in.
        server: A key of `SERVERS`, used where there is no URL.
        url_params: Values for the names in braces.
        default: The value of the environment variable `SERVER_URL_VARIABLE`, used where there is neither.

    Raises:
        ValueError: The URL is not that of a server, or the server's name is unknown.
        EnvironmentVariableError: The same for the URL of the environment.
    """
    if url:
        return server_url(url, url_params)
    if server or not default:
        name = server or "global"
        if not isinstance(name, str) or plain(name) not in SERVERS:
            raise ValueError(f"server must be one of {', '.join(map(repr, SERVERS))}, not {server!r}")
        return SERVERS[plain(name)]
    try:
        return server_url(default, url_params)
    except ValueError as error:
        raise EnvironmentVariableError(f"{SERVER_URL_VARIABLE}: {error}") from None


def server_url(url: str, url_params: Mapping[str, str] | None = None) -> str:
    """Check a base URL, and return it without trailing slashes.

    Args:
        url: The URL; it may have a path, and `{names}` that `url_params` fills in.
        url_params: Values for the names in braces.

    Raises:
        ValueError: The URL is not that of a server.
    """
    if not isinstance(url, str):
        raise TypeError(f"server_url must be a string, not {type(url).__name__}")
    url = plain(url)
    for name, value in items("url_params", url_params):
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError("url_params must map names to strings")
        url = url.replace(f"{{{plain(name)}}}", plain(value))
    if "@" in url:
        raise ValueError("server_url must not contain a user name or password (it is not shown here); use http_headers")
    try:
        parts = urllib_parse.urlsplit(url)
        _ = parts.port
        _check_host(parts.hostname or "", is_bracketed="[" in parts.netloc)
    except ValueError as error:
        raise ValueError(f"server_url {url!r} is not a URL: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not is_visible_ascii(url):
        raise ValueError(f"server_url must look like 'https://host' or 'https://host/path', not {url!r}")
    if {"?", "#", "{"} & {*url}:
        raise ValueError(f"server_url must have no query, fragment or unfilled {{name}}: {url!r}")
    return f"{parts.scheme}{url[len(parts.scheme) :].rstrip('/')}"  # the scheme in lower case


def _check_host(host: str, *, is_bracketed: bool) -> None:
    """Check an IP address or an internationalized name; DNS decides on all else.

    Raises:
        ValueError: It is not a valid address or name.
    """
    if is_bracketed:
        ipaddress.IPv6Address(host)
    elif re.fullmatch(_LIKE_IPV4, host):
        ipaddress.IPv4Address(host)
    for label in host.split("."):
        if label.startswith("xn--") and not label[4:].encode().decode("punycode").isprintable():
            raise ValueError(f"{label!r} is not a valid internationalized name")


def is_loopback(url: str) -> bool:
    """Return whether a URL points to this machine."""
    return re.fullmatch(_LOOPBACK, urllib_parse.urlsplit(url).hostname or "") is not None


@functools.cache
def warn_if_unencrypted(url: str, proxy: str | None) -> None:
    """Warn once per URL and proxy that the API key travels unencrypted, unless it stays on this machine.

    Args:
        url: The base URL.
        proxy: The address of the proxy that requests go through.
    """
    if url.startswith("http:") and not (is_loopback(url) and is_loopback(proxy or url)):
        via = f", and goes through the proxy {proxy}" if proxy else ""
        message = f"{url} is not encrypted{via}: anyone on the network path can read the API key; use https://"
        warnings.warn(message, UserWarning, stacklevel=_caller_stacklevel())


def _caller_stacklevel() -> int:
    """Return the `stacklevel` with which `warnings.warn` points at the first frame outside this package."""
    frame = sys._getframe(1)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] # documented; inspect loads a lot
    level = 1
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
        frame = frame.f_back
        level += 1
    return level
